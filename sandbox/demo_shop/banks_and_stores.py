"""Banks of online banking, stores of konbini, and the regions of Amazon Pay.

The names are Digital River's. The codes of the banks outside Germany are invented.
"""

BANKS: dict[tuple[str, str], dict[str, str]] = {
    ("DE", "EUR"): {"86": "Sofortüberweisung", "21": "Giropay"},
    ("AT", "EUR"): {"30": "EPS"},
    ("FI", "EUR"): {
        "41": "Nordea",
        "42": "S-Pankki",
        "43": "Säästöpankki",
        "44": "Danske Bank",
        "45": "Aktia",
        "46": "OP Pohjola",
    },
    ("NL", "EUR"): {
        "51": "ABN AMRO",
        "52": "ASN Bank",
        "53": "Bunq",
        "54": "ING",
        "55": "Knab",
        "56": "Rabobank",
        "57": "RegioBank",
        "58": "SNS Bank",
        "59": "Triodos Bank",
        "60": "Van Lanschot",
    },
    ("PL", "PLN"): {"61": "mTransfer", "62": "Inteligo", "63": "Przelew24", "64": "Alior Bank", "65": "Pekao24"},
    ("SE", "SEK"): {"71": "Handelsbanken", "72": "Swedbank"},
}
"""Names of the banks by country and currency, and then by `bankCode`."""

STORES = {
    "010": ("Seven Eleven", "セブン‐イレブン"),
    "030": ("Family Mart", "ファミリーマート"),
    "060": ("Lawson / MiniStop", "ローソン/ミニストップ"),
    "080": ("Daily Store", "デイリーヤマザキ"),
}
"""Names of the konbini stores in English and Japanese, by `storeId`."""

LAWSON = "060"

_AMAZON_EUROPE = frozenset({"AT", "BE", "DE", "DK", "ES", "FR", "GB", "HU", "IE", "IT", "LU", "NL", "PT", "SE"})


def bank_codes(country: str | None) -> frozenset[str]:
    """Codes of the banks of the country; of all banks if the country is unknown or has no banks."""
    own = [banks for (place, _), banks in BANKS.items() if place == country]
    return frozenset(code for banks in own or BANKS.values() for code in banks)


def amazon_region(country: str, currency: str) -> tuple[str, str]:
    """Region of Amazon Pay, and the currency in which it keeps the merchant's account."""
    if country == "JP" or currency == "JPY":
        return "JP", "JPY"
    if country in _AMAZON_EUROPE:
        return "EU", "GBP" if currency == "GBP" else "EUR"
    return "NA", "USD"
