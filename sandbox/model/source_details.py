"""What each method asks for before a source is made of it, and what the source then shows of itself."""

import re
from collections.abc import Callable
from datetime import datetime
from uuid import uuid4

from sandbox.api.requests import Body
from sandbox.demo_shop import card_numbers
from sandbox.demo_shop.payment_methods import Method
from sandbox.model.source import Owner
from sandbox.wire.money import Json
from sandbox.wire.refusal import Refusal

NEEDS_NO_OWNER = frozenset({"payPal", "payPalBilling", "payPalCredit", "msts"})

STORES = {
    "010": ("Seven Eleven", "セブン‐イレブン"),
    "030": ("Family Mart", "ファミリーマート"),
    "060": ("Lawson / MiniStop", "ローソン/ミニストップ"),
    "080": ("Daily Store", "デイリーヤマザキ"),
}
"""Of a konbini, by the id that is chosen."""

LAWSON = "060"

PLACEMENTS = frozenset({"Home", "Cart", "Product", "Checkout", "Other"})
AMAZON_LANGUAGES = frozenset({"en_US", "en_GB", "de_DE", "fr_FR", "it_IT", "es_ES", "ja_JP"})


def check(method: Method, hash: Body, owner: Owner | None) -> None:
    """Raises for what is missing, and for what no provider would take."""
    for name in method.required:
        if not hash.text(name):
            raise bad("missing_parameter", f"{method.type}.{name}", "A required parameter is missing.")
    for name in hash:
        if name.endswith("Url") and not re.match(r"https?://[^/\s]+", hash.text(name) or ""):
            raise _invalid(method, name)
    further = _CHECKS.get(method.type)
    if further is not None:
        further(method, hash, owner)


def _check_store(method: Method, hash: Body, owner: Owner | None) -> None:
    store = hash.text("storeId")
    if store not in STORES:
        raise _invalid(method, "storeId")
    names = [owner.last_name, owner.first_name] if owner else []
    if store == LAWSON and not all(name and all(ord(letter) > 0xFF for letter in name) for name in names):
        raise bad("invalid_parameter", "owner.lastName", "Lawson takes names in double-byte letters only.")


def _check_tax_number(method: Method, hash: Body, _owner: Owner | None) -> None:
    digits = re.sub(r"[.\-/]", "", hash.text("nationalId") or "")
    if not re.fullmatch(r"\d{11}|\d{14}", digits):
        raise _invalid(method, "nationalId")


def _check_phone(_method: Method, _hash: Body, owner: Owner | None) -> None:
    digits = re.sub(r"\D", "", (owner.phone if owner else None) or "")
    if not re.fullmatch(r"\d{10}", digits):
        raise bad("invalid_parameter", "owner.phoneNumber", "The phone number must have 10 digits.")


def _check_amazon(method: Method, hash: Body, _owner: Owner | None) -> None:
    for name, known in (("placement", PLACEMENTS), ("checkoutLanguage", AMAZON_LANGUAGES)):
        if hash.text(name) not in known:
            raise _invalid(method, name)


_CHECKS: dict[str, Callable[[Method, Body, Owner | None], None]] = {
    "amazonPay": _check_amazon,
    "boletoBancario": _check_tax_number,
    "ccavenue": _check_phone,
    "konbini": _check_store,
}


def details(method: Method, hash: Body, *, number: str | None, currency: str, now: datetime) -> Json:
    """The object of a source that is named after its method."""
    match method.type:
        case "creditCard":
            return _card(hash, number or "", now)
        case "googlePay":
            return {"brand": "Visa", "lastFourDigits": "1111"}
        case "wireTransfer":
            return _bank_account(currency)
        case "konbini":
            return _slip(hash.text("storeId") or "")
        case "boletoBancario":
            code = str(uuid4().int)[:36]
            return {"documentCode": f"23790001246{code}", "document": f"https://payments.riverdemo.example/{code}.pdf"}
        case _:
            return {"token": f"tok_{uuid4().hex}"}


def after_approval(method: Method) -> Json:
    """What a provider tells of a payment that was approved there."""
    if method.type != "ccavenue":
        return {}
    return {
        "bankReferenceNumber": str(uuid4().int)[:6],
        "trackingId": str(uuid4().int)[:12],
        "subType": "Net Banking",
        "bankName": "AvenueTest",
        "orderStatus": "Success",
    }


def _card(hash: Body, number: str, now: datetime) -> Json:
    """Brand, expiry and the last four digits; the number itself is kept nowhere."""
    if not number:
        raise bad("missing_parameter", "creditCard.number", "A required parameter is missing.")
    brand = card_numbers.brand(number)
    if brand is None or not card_numbers.is_card_number(number):
        raise bad("invalid_card_number", "creditCard.number", "The card number is invalid.")
    try:
        month, year = (int(hash.text(name) or "") for name in ("expirationMonth", "expirationYear"))
    except ValueError:
        raise bad("invalid_expiration_date", "creditCard.expirationMonth", "The expiry is invalid.") from None
    if not 1 <= month <= 12 or (year, month) < (now.year, now.month):
        raise bad("invalid_expiration_date", "creditCard.expirationYear", "The card has expired.")
    cvv = hash.text("cvv") or ""
    if not cvv.isdecimal() or len(cvv) != (4 if brand == "American Express" else 3):
        raise bad("invalid_parameter", "creditCard.cvv", "The security code is invalid.")
    return {
        "brand": brand,
        "expirationMonth": month,
        "expirationYear": year,
        "lastFourDigits": number[-4:],
        "fundingSource": "credit",
    }


def _bank_account(currency: str) -> Json:
    """Where to send the money of a wire transfer."""
    account: Json = {
        "referenceId": str(uuid4().int)[:12],
        "bankName": "Example Bank N.A.",
        "city": "Ontario",
        "country": "United States",
        "accountHolder": "Riverdemo Collections",
        "accountNumber": "0487369908",
    }
    return account | ({"iban": "NL02EXAM0123456789"} if currency == "EUR" else {"swiftCode": "EXAMUS66XXX"})


def _slip(store: str) -> Json:
    name, localized = STORES[store]
    receipt = str(uuid4().int)[:13]
    return {
        "storeId": store,
        "receiptNumber": receipt,
        "printableInvoiceUrl": f"https://payments.riverdemo.example/konbini/{receipt}",
        "storeName": name,
        "localizedStoreName": localized,
        "storeLogoUrl": f"https://payments.riverdemo.example/logos/{store}.png",
    }


def _invalid(method: Method, name: str) -> Refusal:
    return bad("invalid_parameter", f"{method.type}.{name}", f"The {name} is invalid.")


def bad(code: str, parameter: str, message: str) -> Refusal:
    return no(400, code, message, parameter, "bad_request")


def no(status: int, code: str, message: str, parameter: str | None, type: str) -> Refusal:
    """The payment service's own envelope."""
    return Refusal(status, code, message, envelope="C", parameter=parameter, type=type)
