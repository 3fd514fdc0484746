"""Reads and validates postal addresses, and suggests corrections like an address verifier."""

import re
import zlib
from functools import partial
from typing import Any, Literal

from sandbox.demo_shop import taxes
from sandbox.wire.refusal import Refusal
from sandbox.wire.values import Json

Side = Literal["billing", "shipping"]
SIDES: tuple[Side, Side] = ("billing", "shipping")

ADDRESS_FIELDS = [
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

POSTAL_CODE_SUFFIX = "1234"
"""Suffix that the address verifier adds to five-digit postal codes in the United States."""


def read_address(sent: Any, relation: str) -> Json:
    """Address with all fields in `ADDRESS_FIELDS`. A field that the client did not send is None."""
    if not isinstance(sent, dict) or not sent:
        raise Refusal(400, "invalid-request", "Invalid or Missing Request Content", relation=relation)
    if any(isinstance(sent.get(name), dict | list) for name in ADDRESS_FIELDS):
        raise Refusal(400, "invalid-request", "A field of the address is malformed.", relation=relation)
    address = {name: None if sent.get(name) in (None, "") else str(sent[name]) for name in ADDRESS_FIELDS}
    for name, value in address.items():
        if value is not None and len(value) > LONGEST_FIELD:
            raise Refusal(409, "field-too-long", f"The field {name} is too long.", relation=relation)
    return address


def check_postal_code(address: Json, relation: str) -> None:
    code = address["postalCode"]
    if address["country"] == "US" and code and not re.fullmatch(r"\d{5}(-\d{4})?", code):
        description = "The postal code must be written ##### or #####-####."
        raise Refusal(409, "invalid-postal-code", description, relation=relation)


def read_cart_address(sent: Any, side: Side) -> Json:
    """Validated address for a cart. Raises a `Refusal` with status 409 for a country or state that is not served."""
    refused = partial(Refusal, 409, relation=relation_of(side))
    address = read_address(sent, relation_of(side))
    verb = "bill" if side == "billing" else "ship"
    country, state = address["country"], address["countrySubdivision"]
    if country in taxes.RESTRICTED:
        raise refused(f"restricted-{verb}-to-country", f"The {verb}-to country is restricted for one or more products.")
    if country is not None and country not in taxes.COUNTRIES:
        raise refused(f"invalid-{verb}-to-country", f"The {verb}-to country is invalid.")
    check_postal_code(address, relation_of(side))
    if country == "US" and state and state.upper() not in taxes.US_STATES:
        raise refused("operation-failed", "TAX_000001: the address could not be verified.")
    return address


def relation_of(side: Side) -> str:
    return f"{side.title()}AddressResource"


def suggestions(address: Json | None) -> dict[str, Json]:
    """Suggested corrections of the address, by suggestion id. The suggestion id is a checksum of the address."""
    present = address or {}
    code = present.get("postalCode") or ""
    if present.get("country") != "US" or not re.fullmatch(r"\d{5}", code):
        return {}
    corrected = present | {"postalCode": f"{code}-{POSTAL_CODE_SUFFIX}"}
    return {str(zlib.crc32(repr(sorted(present.items())).encode())): corrected}
