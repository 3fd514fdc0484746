"""Postal addresses: what is read of one, what is refused, and the corrections of a verifier."""

import re
import zlib
from typing import Any, Literal

from sandbox.demo_shop import taxes
from sandbox.wire.money import Json
from sandbox.wire.refusal import Refusal

Side = Literal["billing", "shipping"]
SIDES: tuple[Side, Side] = ("billing", "shipping")

FIELDS = [
    "firstName",
    "lastName",
    "companyName",
    "line1",
    "line2",
    "line3",
    "city",
    "countrySubdivision",
    "postalCode",
    "country",
    "countryName",
    "phoneNumber",
    "countyName",
    "emailAddress",
    "phoneticFirstName",
    "phoneticLastName",
    "division",
]

LONGEST_FIELD = 255

LONG_CODE = "1234"
"""What the verifier adds to every postal code of the US that has five digits."""


def read(given: Any, relation: str) -> Json:
    """The known fields of an address; a partial one is accepted."""
    if not isinstance(given, dict) or not given:
        raise Refusal(400, "invalid-request", "Invalid or Missing Request Content", relation=relation)
    if any(isinstance(given.get(name), dict | list) for name in FIELDS):
        raise Refusal(400, "invalid-request", "A field of the address is malformed.", relation=relation)
    address = {name: None if given.get(name) in (None, "") else str(given[name]) for name in FIELDS}
    for name, value in address.items():
        if value is not None and len(value) > LONGEST_FIELD:
            raise Refusal(409, "field-too-long", f"The field {name} is too long.", relation=relation)
    return address


def check_postal_code(address: Json, relation: str) -> None:
    code = address["postalCode"]
    if address["country"] == "US" and code and not re.fullmatch(r"\d{5}(-\d{4})?", code):
        text = "The postal code must be written ##### or #####-####."
        raise Refusal(409, "invalid-postal-code", text, relation=relation)


def for_cart(given: Any, side: Side) -> Json:
    """An address of a cart, which must be in a country the site serves."""
    relation = relation_of(side)
    address = read(given, relation)
    way = "bill" if side == "billing" else "ship"
    country, state = address["country"], address["countrySubdivision"]
    if country in taxes.RESTRICTED:
        text = f"The {way}-to country is restricted for one or more products."
        raise Refusal(409, f"restricted-{way}-to-country", text, relation=relation)
    if country is not None and country not in taxes.COUNTRIES:
        text = f"The {way}-to country is invalid."
        raise Refusal(409, f"invalid-{way}-to-country", text, relation=relation)
    check_postal_code(address, relation)
    if country == "US" and state and state.upper() not in taxes.STATES:
        text = "TAX_000001: the address could not be verified."
        raise Refusal(409, "operation-failed", text, relation=relation)
    return address


def relation_of(side: Side) -> str:
    return f"{side.title()}AddressResource"


def suggestions(address: Json | None) -> dict[str, Json]:
    """Corrections by their id, which is good for this very address."""
    given = address or {}
    code = given.get("postalCode") or ""
    if given.get("country") != "US" or not re.fullmatch(r"\d{5}", code):
        return {}
    corrected = given | {"postalCode": f"{code}-{LONG_CODE}"}
    return {str(zlib.crc32(repr(sorted(given.items())).encode())): corrected}
