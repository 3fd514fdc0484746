"""Creates a payment source without DigitalRiver.js, to try out a checkout by hand, for `POST /_sandbox/sources`."""

from typing import Any
from urllib.parse import urlencode

import msgspec
from starlette.requests import Request

from sandbox.api.payment_service import malformed_field
from sandbox.api.requests import base_of, world_of
from sandbox.api.sources import create_source
from sandbox.demo_shop.banks_and_stores import bank_codes
from sandbox.demo_shop.payment_methods import method_of
from sandbox.demo_shop.scenario_names import EXPIRATION, LAST_NAME, NAMED_SCENARIOS, TEST_CARDS, cvv_of
from sandbox.model.cart import Cart
from sandbox.model.source import Source
from sandbox.model.world import World
from sandbox.wire.body import Body
from sandbox.wire.refusal import bad_parameter
from sandbox.wire.values import Json

RETURNED_PATH = "/_sandbox/returned"
"""Path of the page to which a shopper returns by default after the decision on the provider's page."""

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

DETAILS: dict[str, Json] = {
    "amazonPay": {"placement": "Cart", "checkoutLanguage": "en_US"},
    "boletoBancario": {"nationalId": "123.456.789-09"},
    "konbini": {"storeId": "010"},
}
"""Details that a payment method requires beside its return addresses, by type."""


class Form(msgspec.Struct, forbid_unknown_fields=True, rename="camel"):
    """Request body of `POST /_sandbox/sources`. All fields are optional."""

    scenario: str | None = None
    """Name of a test scenario. It determines `type`, `number` and `last_name`."""
    type: str | None = None
    """Type of the payment method; None for `creditCard`."""
    session_id: str | None = None
    """Id of the payment session; None for the payment session of the newest open cart with lines."""
    number: str | None = None
    """Number of a card; None for the first test card."""
    last_name: str | None = None
    return_url: str | None = None
    """Address to which the provider's page or the bank returns the shopper; None for a page of the sandbox."""
    cancel_url: str | None = None
    """Address to which the shopper returns without a decision; None for `return_url`."""
    details: dict[str, Any] = {}
    """Details that the payment method requires, such as `{"storeId": "010"}` for a konbini."""


def make_source(request: Request, form: Form) -> Source:
    """Create a payment source. Raises a `Refusal` of the payment service for an invalid form."""
    form = _with_scenario(form)
    cart = _cart(world_of(request), form.session_id)
    sent_type = form.type or "creditCard"
    method = method_of(sent_type)
    kind = method.type if method is not None else sent_type
    address = cart.billing or ADDRESS
    returned = f"{base_of(request)}{RETURNED_PATH}?{urlencode({'session': cart.session_id})}"
    body = {
        "type": kind,
        "sessionId": cart.session_id,
        "owner": _owner(address, form.last_name or LAST_NAME),
        kind: _details(kind, form, returned, address.get("country")),
    }
    return create_source(request, Body(body, malformed_field))


def _with_scenario(form: Form) -> Form:
    """The form with the values of its test scenario."""
    if form.scenario is None:
        return form
    if form.type is not None or form.number is not None or form.last_name is not None:
        message = "A scenario determines type, number and lastName. Send either the scenario or these fields."
        raise bad_parameter("invalid_parameter", "scenario", message)
    named = NAMED_SCENARIOS.get(form.scenario)
    if named is None:
        message = f"There is no scenario '{form.scenario}'. GET /_sandbox/test-scenarios lists them."
        raise bad_parameter("invalid_parameter", "scenario", message)
    return msgspec.structs.replace(form, type=named.method.type, number=named.number, last_name=named.last_name)


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


def _details(kind: str, form: Form, returned: str, country: str | None) -> Json:
    if kind == "creditCard":
        number = form.number or TEST_CARDS[0].number
        month, year = EXPIRATION
        card = {"number": number, "expirationMonth": month, "expirationYear": year, "cvv": cvv_of(number)}
        return card | ({"returnUrl": form.return_url or returned}) | form.details
    return_url = form.return_url or returned
    addresses = {"returnUrl": return_url, "cancelUrl": form.cancel_url or return_url}
    if kind == "amazonPay":
        addresses["resultReturnUrl"] = return_url
    bank = {"bankCode": min(bank_codes(country))} if kind == "onlineBanking" else {}
    return addresses | bank | DETAILS.get(kind, {}) | form.details
