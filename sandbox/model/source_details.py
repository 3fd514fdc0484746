"""Checks the details that a client sends for a new source, and reads the details of a card."""

import re
from collections.abc import Callable
from datetime import datetime

from sandbox.demo_shop import card_numbers, ibans
from sandbox.demo_shop.banks_and_stores import LAWSON, STORES, bank_codes
from sandbox.demo_shop.payment_methods import Method
from sandbox.model.owner import Owner
from sandbox.wire.body import Body
from sandbox.wire.refusal import Refusal, bad_parameter, missing_parameter
from sandbox.wire.values import Json

NEEDS_NO_OWNER = frozenset({"payPal", "payPalBilling", "payPalCredit", "msts"})

RETURN_ADDRESS = re.compile(r"https?://[^/\s]+\S*|(?!https?:)[a-z][a-z0-9+.-]*:/[^\s]+", re.IGNORECASE)
"""Pattern of an address to which a shopper returns: a web address, or an address with the scheme of an app, such as
`com.example.shop:/paid`.
"""

NO_APP = frozenset({"about", "blob", "data", "file", "javascript", "vbscript", "view-source"})
"""Schemes of addresses that a browser runs or opens itself. No app can have them."""

LAST_YEAR = 9999

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


def is_web_address(url: str) -> bool:
    return is_return_address(url) and url.lower().startswith(("http://", "https://"))


def _check_store(method: Method, sent: Body, owner: Owner | None) -> None:
    store = sent.string("storeId")
    if store not in STORES:
        raise _invalid(method, "storeId")
    names = [owner.last_name, owner.first_name] if owner else []
    if store == LAWSON and not all(name and all(ord(letter) > 0xFF for letter in name) for name in names):
        raise bad_parameter("invalid_parameter", "owner.lastName", "Lawson takes names in double-byte letters only.")


def _check_bank(method: Method, sent: Body, owner: Owner | None) -> None:
    country = owner.address.get("country") if owner is not None else None
    if sent.string("bankCode") not in bank_codes(country):
        raise _invalid(method, "bankCode")


def _check_iban(method: Method, sent: Body, _owner: Owner | None) -> None:
    """Check the account that the IBAN element collects. A source without it asks for it on the provider's page."""
    iban = sent.string("iban")
    if iban is not None and not ibans.is_valid(iban):
        raise bad_parameter("invalid_iban", f"{method.type}.iban", "The IBAN is invalid.")


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
    "directDebit": _check_iban,
    "ideal": _check_iban,
    "konbini": _check_store,
    "onlineBanking": _check_bank,
}


def card_details(sent: Body, number: str, now: datetime) -> Json:
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
    }


def _expiration(sent: Body, now: datetime) -> tuple[int, int]:
    """Month and year of expiration."""
    try:
        month, year = (int(sent.string(name) or "") for name in ("expirationMonth", "expirationYear"))
    except ValueError:
        raise bad_parameter("invalid_expiration_date", "creditCard.expirationMonth", "The expiry is invalid.") from None
    if not 1 <= month <= 12 or not (now.year, now.month) <= (year, month) <= (LAST_YEAR, 12):
        raise bad_parameter("invalid_expiration_date", "creditCard.expirationYear", "The expiry is invalid.")
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


def _invalid(method: Method, name: str) -> Refusal:
    return bad_parameter("invalid_parameter", f"{method.type}.{name}", f"The {name} is invalid.")
