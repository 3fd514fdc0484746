"""`POST /_sandbox/sources`: creates a payment source without a browser, to try out a checkout by hand.

In a storefront, DigitalRiver.js creates the source.
"""

from typing import Any

import msgspec
from starlette.requests import Request

from sandbox.api.requests import world_of
from sandbox.api.sources import create_source, malformed_field
from sandbox.model.cart import Cart
from sandbox.model.source import Source
from sandbox.model.world import World
from sandbox.wire.body import Body
from sandbox.wire.refusal import bad_parameter
from sandbox.wire.values import Json

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
"""Default address of the source's owner, used if the cart has no billing address."""


class Form(msgspec.Struct, forbid_unknown_fields=True, rename="camel"):
    """Request body of `POST /_sandbox/sources`. All fields are optional."""

    type: str = "creditCard"
    session_id: str | None = None
    """Id of the payment session; None for the payment session of the newest open cart with lines."""
    number: str = "4444222233331111"
    last_name: str = "Lovelace"
    details: dict[str, Any] = {}
    """Details that the payment method requires, such as `{"storeId": "010"}` for a konbini."""


def make_source(request: Request, form: Form) -> Source:
    """Create a payment source. Raises a `Refusal` of the payment service for an invalid form."""
    cart = _cart(world_of(request), form.session_id)
    body = {
        "type": form.type,
        "sessionId": cart.session_id,
        "owner": _owner(cart.billing or ADDRESS, form.last_name),
        form.type: _details(form),
    }
    return create_source(request, Body(body, malformed_field))


def _cart(world: World, session_id: str | None) -> Cart:
    carts = (shopper.cart for shopper in world.shoppers)
    open_carts = [cart for cart in carts if cart is not None and cart.lines and not cart.is_submitted]
    candidates = [cart for cart in open_carts if session_id in (None, cart.session_id)]
    if not candidates:
        message = "No open cart with lines has this payment session. Add something to a cart first."
        raise bad_parameter("invalid_parameter", "sessionId", message)
    return max(candidates, key=lambda cart: cart.id)


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


def _details(form: Form) -> Json:
    if form.type == "creditCard":
        card = {"number": form.number, "expirationMonth": 10, "expirationYear": 2035, "cvv": "123"}
        return card | form.details
    return {"returnUrl": f"{SHOP}/return", "cancelUrl": f"{SHOP}/cancel"} | form.details
