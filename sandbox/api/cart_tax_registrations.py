"""`tax-registrations` of a cart: which tax identifiers its country knows, and those it has. Envelope B."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.api.requests import answer, base_of, decoded, nothing, reader_of, shopper_of, world_of
from sandbox.model.cart import Cart
from sandbox.wire.money import Json
from sandbox.wire.refusal import Refusal

INDIVIDUAL, BUSINESS = "I", "B"


@dataclass(frozen=True)
class Identifier:
    key: str
    title: str
    description: str
    pattern: str


UK_VAT = Identifier("UK_VAT", "UK VAT number", "GB followed by nine digits.", "^GB[0-9]{9}$")
DE_VAT = Identifier("DE_VAT", "German VAT number", "DE followed by nine digits.", "^DE[0-9]{9}$")
CPF = Identifier("CPF", "CPF", "Eleven digits.", "^[0-9]{11}$")
CNPJ = Identifier("CNPJ", "CNPJ", "Fourteen digits.", "^[0-9]{14}$")
IE = Identifier("IE", "Inscrição Estadual", "Two to fourteen digits.", "^[0-9]{2,14}$")

KNOWN: dict[str, dict[str, tuple[Identifier, ...]]] = {
    "GB": {BUSINESS: (UK_VAT,)},
    "DE": {BUSINESS: (DE_VAT,)},
    "BR": {INDIVIDUAL: (CPF,), BUSINESS: (CNPJ, IE)},
}
"""By country and kind of buyer; a kind that is missing gives none."""

DEMANDED = frozenset({"BR"})
"""Countries to which nothing is sold without an identifier."""


async def schema(request: Request) -> Response:
    """`GET tax-registrations/schema`: what a buyer may or must give, by the cart's country."""
    cart = None if request.query_params.get("apiKey") else _cart(request)
    reader_of(request)
    sets = _sets(cart)
    known = {one.key: one for identifiers in sets.values() for one in identifiers}
    # A document of its own: no switch turns its lists into anything else.
    return JSONResponse(
        {
            "$schema": "http://json-schema.org/draft-04/schema#",
            "id": f"{base_of(request)}/cart-api/active/tax-registrations/schema",
            "oneOf": [
                _form("Individual", INDIVIDUAL, sets.get(INDIVIDUAL, ())),
                _form("Business", BUSINESS, sets.get(BUSINESS, ())),
            ],
            "definitions": {key: _definition(one) for key, one in known.items()},
            "liveMode": False,
        }
    )


async def show(request: Request) -> Response:
    """`GET tax-registrations`."""
    return _answer(request, _cart(request))


async def replace(request: Request) -> Response:
    """`POST tax-registrations`: the kind of buyer, and identifiers in place of those before."""
    cart = _cart(request)
    given = await _body(request)
    kind = given.get("customerType")
    if kind not in (INDIVIDUAL, BUSINESS):
        raise _no(400, "invalid-request", "The customer type must be I or B.")
    registrations = _registrations(given.get("taxRegistrations") or [])
    if world_of(request).switches.tax_registrations == "off":
        text = "Tax Exemption Rest of the World is not enabled on this site."
        raise _no(409, "vat-exemption-failure", text, "vat-exemption-unavailable")
    _check(registrations, _sets(cart).get(kind, ()))
    cart.customer_type, cart.registrations = kind, registrations
    world_of(request).settle(cart)
    return _answer(request, cart)


async def remove(request: Request) -> Response:
    """`DELETE tax-registrations`: the buyer is a person without identifiers again."""
    cart = _cart(request)
    cart.customer_type, cart.registrations = INDIVIDUAL, {}
    world_of(request).settle(cart)
    return nothing()


def _sets(cart: Cart | None) -> dict[str, tuple[Identifier, ...]]:
    return KNOWN.get((cart.tax_place if cart else {}).get("country") or "", {})


def _check(registrations: dict[str, str], allowed: Iterable[Identifier]) -> None:
    """The answer to what does not fit is not documented: the code of the service's other refusals."""
    known = {one.key: one for one in allowed}
    for key, value in registrations.items():
        if key not in known or not re.fullmatch(known[key].pattern, value):
            raise _no(409, "vat-exemption-failure", f"The tax registration {key} is not valid.")


def _registrations(given: Any) -> dict[str, str]:
    listed = given if isinstance(given, list) else [given]
    if not all(isinstance(one, dict) and one.get("key") and one.get("value") for one in listed):
        raise _no(400, "invalid-request", "Each tax registration needs a key and a value.")
    return {str(one["key"]): str(one["value"]) for one in listed}


def _form(title: str, kind: str, identifiers: tuple[Identifier, ...]) -> Json:
    properties: Json = {"customerType": {"type": "string", "readOnly": True, "enum": [kind]}}
    if identifiers:
        properties["taxRegistrations"] = {
            "type": "array",
            "title": "Tax Registrations",
            "minItems": 1,
            "maxItems": len(identifiers),
            "items": [{"$ref": f"#/definitions/{one.key}"} for one in identifiers],
        }
    return {
        "type": "object",
        "title": title,
        "additionalProperties": False,
        "required": ["customerType"],
        "properties": properties | {name: {"type": "string"} for name in ("companyId", "siteId")},
    }


def _definition(one: Identifier) -> Json:
    value = {"type": "string", "title": one.title, "description": one.description, "pattern": one.pattern}
    properties = {"key": {"type": "string", "readOnly": True, "enum": [one.key]}, "value": value}
    return {"type": "object", "additionalProperties": False, "required": ["key", "value"], "properties": properties}


def _answer(request: Request, cart: Cart) -> Response:
    return answer(request, cart.registrations_wire() | {"customerType": cart.customer_type})


def _cart(request: Request) -> Cart:
    cart = world_of(request).cart_of(shopper_of(request))
    if cart.order is not None and request.method != "GET":
        raise _no(409, "cart-failure", "The cart has been submitted and waits for the shopper.")
    return cart


async def _body(request: Request) -> Json:
    body = decoded(await request.body())
    if body is None:
        raise _no(400, "invalid-request", "The request was invalid and could not be parsed by the system.")
    return body


def _no(status: int, code: str, text: str, subcode: str | None = None) -> Refusal:
    return Refusal(status, code, text, envelope="B", subcode=subcode)
