"""Countries that the demo shop serves or refuses, and their tax rates.

The rates are invented or simplified.
"""

from decimal import Decimal

US_STATES = {
    "AK": "0", "AL": "0.04", "AR": "0.065", "AZ": "0.056", "CA": "0.0725", "CO": "0.029", "CT": "0.0635",
    "DC": "0.06", "DE": "0", "FL": "0.06", "GA": "0.04", "HI": "0.04", "IA": "0.06", "ID": "0.06",
    "IL": "0.0625", "IN": "0.07", "KS": "0.065", "KY": "0.06", "LA": "0.0445", "MA": "0.0625", "MD": "0.06",
    "ME": "0.055", "MI": "0.06", "MN": "0.07375", "MO": "0.04225", "MS": "0.07", "MT": "0", "NC": "0.0475",
    "ND": "0.05", "NE": "0.055", "NH": "0", "NJ": "0.06625", "NM": "0.05125", "NV": "0.0685", "NY": "0.08875",
    "OH": "0.0575", "OK": "0.045", "OR": "0", "PA": "0.06", "RI": "0.07", "SC": "0.06", "SD": "0.045",
    "TN": "0.07", "TX": "0.0825", "UT": "0.0485", "VA": "0.053", "VT": "0.06", "WA": "0.065", "WI": "0.05",
    "WV": "0.06", "WY": "0.04",
    "AS": "0", "GU": "0", "MP": "0", "PR": "0.105", "VI": "0",
    "AA": "0", "AE": "0", "AP": "0",
}  # fmt: skip
"""Sales tax rates of the United States, by state, territory, and region of military addresses."""

COUNTRIES = {
    "AT": "0.20", "AU": "0.10", "BE": "0.21", "BR": "0.17", "CA": "0.13", "CH": "0.077", "CN": "0.13", "DE": "0.19",
    "DK": "0.25", "ES": "0.21", "FI": "0.24", "FR": "0.20", "GB": "0.20", "IE": "0.23", "IN": "0.18", "IT": "0.22",
    "JP": "0.10", "KR": "0.10", "LU": "0.17", "MY": "0.08", "NL": "0.21", "NO": "0.25", "NZ": "0.15", "PL": "0.23",
    "PT": "0.23", "SE": "0.25", "SG": "0.08", "US": "0",
}  # fmt: skip
"""Tax rates by country. The rate in the United States depends on the state."""

RESTRICTED = frozenset({"CU", "IR", "KP", "SY"})
"""Countries that cannot be billed or shipped to."""


def rate(country: str | None, subdivision: str | None) -> Decimal:
    if country == "US":
        return Decimal(US_STATES.get((subdivision or "").upper(), "0"))
    return Decimal(COUNTRIES.get(country or "", "0"))
