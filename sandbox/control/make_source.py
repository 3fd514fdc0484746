"""The form of DigitalRiver.js, filled in without a browser: `POST /_sandbox/sources`.

For whoever tries a checkout by hand. A storefront's own page lets DigitalRiver.js make the source.
"""

from typing import Any

import msgspec
from starlette.requests import Request

from sandbox.api.requests import Body, world_of
from sandbox.api.sources import make_source
from sandbox.model.cart import Cart
from sandbox.model.source import Source
from sandbox.model.source_details import bad
from sandbox.model.world import World
from sandbox.wire.money import Json

SHOP = "https://shop.example"

ADDRESS: Json = {
    "line1": "10380 Bren Road W",
    "city": "Minnetonka",
    "countrySubdivision": "MN",
    "postalCode": "55343",
    "country": "US",
    "phoneNumber": "952-555-0100",
    "emailAddress": "ada@example.com",
}
"""Of the owner, where the cart has none yet."""


class Form(msgspec.Struct, forbid_unknown_fields=True, rename="camel"):
    """What is filled in; every field may be left out."""

    type: str = "creditCard"
    session_id: str | None = None
    """None: the payment session of the newest cart with lines."""
    number: str = "4444222233331111"
    last_name: str = "Lovelace"
    details: dict[str, Any] = {}
    """Of the method, as its hash has them: `{"storeId": "010"}` for a konbini."""


def filled(request: Request, form: Form) -> Source:
    """The source that is made of the form. Raises what the payment service refuses."""
    cart = _cart(world_of(request), form.session_id)
    body = {
        "type": form.type,
        "sessionId": cart.session_id,
        "owner": _owner(cart.billing or ADDRESS, form.last_name),
        form.type: _hash(form),
    }
    return make_source(request, Body(body, lambda name: bad("invalid_format", name, f"{name} is malformed.")))


def _cart(world: World, session_id: str | None) -> Cart:
    open_carts = [one.cart for one in world.shoppers if one.cart and one.cart.lines and one.cart.order is None]
    meant = [cart for cart in open_carts if session_id in (None, cart.session_id)]
    if not meant:
        raise bad("invalid_parameter", "sessionId", "No open cart with lines is meant. Add something to a cart first.")
    return max(meant, key=lambda cart: cart.id)


def _owner(address: Json, last_name: str) -> Json:
    return {
        "firstName": address.get("firstName") or "Ada",
        "lastName": last_name,
        "email": address.get("emailAddress") or ADDRESS["emailAddress"],
        "phoneNumber": address.get("phoneNumber"),
        "address": {
            "line1": address.get("line1"),
            "city": address.get("city"),
            "state": address.get("countrySubdivision"),
            "postalCode": address.get("postalCode"),
            "country": address.get("country"),
        },
    }


def _hash(form: Form) -> Json:
    if form.type == "creditCard":
        card = {"number": form.number, "expirationMonth": 10, "expirationYear": 2035, "cvv": "123"}
        return card | form.details
    return {"returnUrl": f"{SHOP}/return", "cancelUrl": f"{SHOP}/cancel"} | form.details
