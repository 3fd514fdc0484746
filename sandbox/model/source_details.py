"""Checks the details that a client sends for a new source, and creates the details that the source reports."""

import re
from collections.abc import Callable
from datetime import datetime
from uuid import uuid4

from sandbox.demo_shop import card_numbers
from sandbox.demo_shop.document_paths import payment_slip
from sandbox.demo_shop.image_paths import method_image
from sandbox.demo_shop.payment_methods import Method
from sandbox.model.owner import Owner
from sandbox.wire.body import Body
from sandbox.wire.refusal import Refusal, bad_parameter, missing_parameter
from sandbox.wire.values import Json

NEEDS_NO_OWNER = frozenset({"payPal", "payPalBilling", "payPalCredit", "msts"})

STORES = {
    "010": ("Seven Eleven", "セブン‐イレブン"),
    "030": ("Family Mart", "ファミリーマート"),
    "060": ("Lawson / MiniStop", "ローソン/ミニストップ"),
    "080": ("Daily Store", "デイリーヤマザキ"),
}
"""Names of the konbini stores in English and Japanese, by `storeId`."""

LAWSON = "060"

RETURN_ADDRESS = re.compile(r"https?://[^/\s]+\S*|(?!https?:)[a-z][a-z0-9+.-]*:/[^\s]+", re.IGNORECASE)
"""Pattern of an address to which a shopper returns: a web address, or an address with the scheme of an app, such as
`com.example.shop:/paid`.
"""

NO_APP = frozenset({"about", "blob", "data", "file", "javascript", "vbscript", "view-source"})
"""Schemes of addresses that a browser runs or opens itself. No app can have them."""

PLACEMENTS = frozenset({"Home", "Cart", "Product", "Checkout", "Other"})
AMAZON_LANGUAGES = frozenset({"en_US", "en_GB", "de_DE", "fr_FR", "it_IT", "es_ES", "ja_JP"})


def check_details(method: Method, sent: Body, owner: Owner | None) -> None:
    """Check the details of a new source. Raises a `Refusal` for a missing field or an invalid value."""
    for name in method.required:
        if not sent.string(name):
            raise missing_parameter(f"{method.type}.{name}")
    for name in sent:
        if name.endswith("Url") and not is_return_address(sent.string(name)):
            raise _invalid(method, name)
    check = _CHECKS.get(method.type)
    if check is not None:
        check(method, sent, owner)


def is_return_address(url: str | None) -> bool:
    scheme = (url or "").partition(":")[0].lower()
    return scheme not in NO_APP and RETURN_ADDRESS.fullmatch(url or "") is not None


def _check_store(method: Method, sent: Body, owner: Owner | None) -> None:
    store = sent.string("storeId")
    if store not in STORES:
        raise _invalid(method, "storeId")
    names = [owner.last_name, owner.first_name] if owner else []
    if store == LAWSON and not all(name and all(ord(letter) > 0xFF for letter in name) for name in names):
        raise bad_parameter("invalid_parameter", "owner.lastName", "Lawson takes names in double-byte letters only.")


def _check_tax_number(method: Method, sent: Body, _owner: Owner | None) -> None:
    digits = re.sub(r"[.\-/]", "", sent.string("nationalId") or "")
    if not re.fullmatch(r"\d{11}|\d{14}", digits):
        raise _invalid(method, "nationalId")


def _check_phone(_method: Method, _sent: Body, owner: Owner | None) -> None:
    digits = re.sub(r"\D", "", (owner.phone if owner else None) or "")
    if not re.fullmatch(r"\d{10}", digits):
        raise bad_parameter("invalid_parameter", "owner.phoneNumber", "The phone number must have 10 digits.")


def _check_amazon(method: Method, sent: Body, _owner: Owner | None) -> None:
    for name, known in (("placement", PLACEMENTS), ("checkoutLanguage", AMAZON_LANGUAGES)):
        if sent.string(name) not in known:
            raise _invalid(method, name)


_CHECKS: dict[str, Callable[[Method, Body, Owner | None], None]] = {
    "amazonPay": _check_amazon,
    "boletoBancario": _check_tax_number,
    "ccavenue": _check_phone,
    "konbini": _check_store,
}


def details(method: Method, sent: Body, *, number: str | None, currency: str | None, now: datetime, base: str) -> Json:
    """Details that a new source reports. The source's type names their field in the JSON, such as `creditCard`.

    `base` is the base URL of documents and pictures.
    """
    match method.type:
        case "creditCard":
            return _card(sent, number or "", now)
        case "googlePay":
            return {"brand": "Visa", "lastFourDigits": "1111"}
        case "wireTransfer":
            return _bank_account(currency)
        case "konbini":
            return _payment_slip(sent.string("storeId") or "", base)
        case "boletoBancario":
            code = str(uuid4().int)[:36]
            return {"documentCode": f"23790001246{code}", "document": f"{base}{payment_slip(code)}"}
        case _:
            return {"token": f"tok_{uuid4().hex}"}


def details_of_approval(method: Method) -> Json:
    """Details that the provider adds to the source when the shopper approves the payment."""
    if method.type != "ccavenue":
        return {}
    return {
        "bankReferenceNumber": str(uuid4().int)[:6],
        "trackingId": str(uuid4().int)[:12],
        "subType": "Net Banking",
        "bankName": "AvenueTest",
        "orderStatus": "Success",
    }


def _card(sent: Body, number: str, now: datetime) -> Json:
    """Brand, expiration date and last four digits of a card. The card number is not stored."""
    if not number:
        raise missing_parameter("creditCard.number")
    brand = card_numbers.brand(number)
    if brand is None or not card_numbers.is_valid(number):
        raise bad_parameter("invalid_card_number", "creditCard.number", "The card number is invalid.")
    month, year = _expiration(sent, now)
    cvv = sent.string("cvv") or ""
    if not cvv.isdecimal() or len(cvv) != (4 if brand == "American Express" else 3):
        raise bad_parameter("invalid_parameter", "creditCard.cvv", "The security code is invalid.")
    return {
        "brand": brand,
        "expirationMonth": month,
        "expirationYear": year,
        "lastFourDigits": number[-4:],
        "fundingSource": "credit",
    }


def _expiration(sent: Body, now: datetime) -> tuple[int, int]:
    """Month and year of expiration."""
    try:
        month, year = (int(sent.string(name) or "") for name in ("expirationMonth", "expirationYear"))
    except ValueError:
        raise bad_parameter("invalid_expiration_date", "creditCard.expirationMonth", "The expiry is invalid.") from None
    if not 1 <= month <= 12 or (year, month) < (now.year, now.month):
        raise bad_parameter("invalid_expiration_date", "creditCard.expirationYear", "The card has expired.")
    return month, year


def change_card(card: Json, sent: Body, now: datetime) -> Json:
    """The details of a card with the sent expiration date. Nothing else of a card can be changed."""
    unknown = sorted(sent.keys() - {"expirationMonth", "expirationYear"})
    if unknown:
        raise bad_parameter("invalid_parameter", f"creditCard.{unknown[0]}", f"The {unknown[0]} cannot be changed.")
    if not sent:
        return card
    month, year = _expiration(sent, now)
    return card | {"expirationMonth": month, "expirationYear": year}


def _bank_account(currency: str | None) -> Json:
    """Bank account that receives a wire transfer."""
    account: Json = {
        "referenceId": str(uuid4().int)[:12],
        "bankName": "Example Bank N.A.",
        "city": "Ontario",
        "country": "United States",
        "accountHolder": "Riverdemo Collections",
        "accountNumber": "0487369908",
    }
    return account | ({"iban": "NL02EXAM0123456789"} if currency == "EUR" else {"swiftCode": "EXAMUS66XXX"})


def _payment_slip(store_id: str, base: str) -> Json:
    name, localized = STORES[store_id]
    receipt = str(uuid4().int)[:13]
    return {
        "storeId": store_id,
        "receiptNumber": receipt,
        "printableInvoiceUrl": f"{base}{payment_slip(receipt)}",
        "storeName": name,
        "localizedStoreName": localized,
        "storeLogoUrl": f"{base}{method_image('konbini')}",
    }


def _invalid(method: Method, name: str) -> Refusal:
    return bad_parameter("invalid_parameter", f"{method.type}.{name}", f"The {name} is invalid.")
