"""`tax-registrations`: the tax identifiers of the active cart.

Refusals have error envelope B, which `sandbox/wire/refusal.py` defines.
"""

import re
from collections.abc import Iterable
from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.api.requests import answer, base_of, no_content, reader_of, shopper_of, world_of
from sandbox.demo_shop.tax_identifiers import BUSINESS, IDENTIFIERS, INDIVIDUAL, Identifier
from sandbox.model.cart import Cart
from sandbox.model.cart_wire import registrations_wire
from sandbox.wire.body import decode_object
from sandbox.wire.refusal import Refusal
from sandbox.wire.values import Json

_refused = partial(Refusal, envelope="B")


async def schema(request: Request) -> Response:
    """`GET tax-registrations/schema`: the tax identifiers of the cart's country, as a JSON schema."""
    cart = None if request.query_params.get("apiKey") else _cart(request)
    reader_of(request)
    by_customer_type = _identifiers(cart)
    identifiers = {entry.key: entry for entries in by_customer_type.values() for entry in entries}
    # The function `answer` is not used here, because its sandbox switches must not change the JSON schema.
    return JSONResponse(
        {
            "$schema": "http://json-schema.org/draft-04/schema#",
            "id": f"{base_of(request)}/cart-api/active/tax-registrations/schema",
            "oneOf": [
                _form("Individual", INDIVIDUAL, by_customer_type.get(INDIVIDUAL, ())),
                _form("Business", BUSINESS, by_customer_type.get(BUSINESS, ())),
            ],
            "definitions": {key: _definition(identifier) for key, identifier in identifiers.items()},
            "liveMode": False,
        }
    )


async def show(request: Request) -> Response:
    """`GET tax-registrations`."""
    return _answer(request, _cart(request))


async def replace(request: Request) -> Response:
    """`POST tax-registrations`: sets the customer type, and replaces the tax identifiers."""
    cart = _cart(request)
    sent = decode_object(await request.body())
    if sent is None:
        raise _refused(400, "invalid-request", "The request was invalid and could not be parsed by the system.")
    customer_type = sent.get("customerType")
    if customer_type not in (INDIVIDUAL, BUSINESS):
        raise _refused(400, "invalid-request", "The customer type must be I or B.")
    registrations = _registrations(sent.get("taxRegistrations") or [])
    if world_of(request).switches.tax_registrations == "off":
        description = "Tax Exemption Rest of the World is not enabled on this site."
        raise _refused(409, "vat-exemption-failure", description, subcode="vat-exemption-unavailable")
    _check(registrations, _identifiers(cart).get(customer_type, ()))
    cart.customer_type, cart.registrations = customer_type, registrations
    world_of(request).refresh(cart)
    return _answer(request, cart)


async def remove(request: Request) -> Response:
    """`DELETE tax-registrations`: removes the tax identifiers, and sets the customer type to individual."""
    cart = _cart(request)
    cart.customer_type, cart.registrations = INDIVIDUAL, {}
    world_of(request).refresh(cart)
    return no_content()


def _identifiers(cart: Cart | None) -> dict[str, tuple[Identifier, ...]]:
    """Tax identifiers of the country that taxes the cart, by customer type."""
    return IDENTIFIERS.get((cart.tax_address if cart else {}).get("country") or "", {})


def _check(registrations: dict[str, str], identifiers: Iterable[Identifier]) -> None:
    """Raise a 409 for an invalid tax identifier. Digital River does not document the code of this error, so the code is
    a guess.
    """
    patterns = {identifier.key: identifier.pattern for identifier in identifiers}
    for key, value in registrations.items():
        if key not in patterns or not re.fullmatch(patterns[key], value):
            raise _refused(409, "vat-exemption-failure", f"The tax registration {key} is not valid.")


def _registrations(sent: Any) -> dict[str, str]:
    """Values of the tax identifiers in the body, by the keys of the identifiers."""
    entries = sent if isinstance(sent, list) else [sent]
    if not all(isinstance(entry, dict) and entry.get("key") and entry.get("value") for entry in entries):
        raise _refused(400, "invalid-request", "Each tax registration needs a key and a value.")
    return {str(entry["key"]): str(entry["value"]) for entry in entries}


def _form(title: str, customer_type: str, identifiers: tuple[Identifier, ...]) -> Json:
    properties: Json = {"customerType": {"type": "string", "readOnly": True, "enum": [customer_type]}}
    if identifiers:
        properties["taxRegistrations"] = {
            "type": "array",
            "title": "Tax Registrations",
            "minItems": 1,
            "maxItems": len(identifiers),
            "items": [{"$ref": f"#/definitions/{identifier.key}"} for identifier in identifiers],
        }
    return {
        "type": "object",
        "title": title,
        "additionalProperties": False,
        "required": ["customerType"],
        "properties": properties | {name: {"type": "string"} for name in ("companyId", "siteId")},
    }


def _definition(identifier: Identifier) -> Json:
    value = {
        "type": "string",
        "title": identifier.title,
        "description": identifier.description,
        "pattern": identifier.pattern,
    }
    properties = {"key": {"type": "string", "readOnly": True, "enum": [identifier.key]}, "value": value}
    return {"type": "object", "additionalProperties": False, "required": ["key", "value"], "properties": properties}


def _answer(request: Request, cart: Cart) -> Response:
    return answer(request, registrations_wire(cart) | {"customerType": cart.customer_type})


def _cart(request: Request) -> Cart:
    cart = world_of(request).cart_of(shopper_of(request))
    if cart.is_submitted and request.method != "GET":
        raise _refused(409, "cart-failure", "The cart has been submitted and waits for the shopper.")
    return cart
