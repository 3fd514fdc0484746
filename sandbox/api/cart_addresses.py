"""Where a cart goes: its two addresses, the corrections offered for them, and how it ships."""

from starlette.requests import Request
from starlette.responses import Response

from sandbox.api.active_cart import cart_of, settled
from sandbox.api.requests import answer, base_of, body_of, expand_of, nothing, world_of
from sandbox.model import postal_address
from sandbox.model.postal_address import Side
from sandbox.wire.money import Json
from sandbox.wire.refusal import Refusal


async def show_billing_address(request: Request) -> Response:
    """`GET billing-address`."""
    return _show(request, "billing")


async def show_shipping_address(request: Request) -> Response:
    """`GET shipping-address`."""
    return _show(request, "shipping")


async def set_billing_address(request: Request) -> Response:
    """`PUT billing-address`."""
    return await _put(request, "billing")


async def set_shipping_address(request: Request) -> Response:
    """`PUT shipping-address`."""
    return await _put(request, "shipping")


async def apply_billing_address(request: Request) -> Response:
    """`POST apply-billing-address`."""
    return await _apply(request, "billing")


async def apply_shipping_address(request: Request) -> Response:
    """`POST apply-shipping-address`."""
    return await _apply(request, "shipping")


async def suggest_billing_address(request: Request) -> Response:
    """`GET billing-address/suggestions`, and one of them by its id."""
    return _suggest(request, "billing")


async def suggest_shipping_address(request: Request) -> Response:
    """`GET shipping-address/suggestions`, and one of them by its id."""
    return _suggest(request, "shipping")


def _show(request: Request, side: Side) -> Response:
    return answer(request, {"address": cart_of(request).full_address_wire(side, base_of(request))})


async def _put(request: Request, side: Side) -> Response:
    cart = cart_of(request)
    given = (await body_of(request, postal_address.relation_of(side))).get("address")
    cart.set_address(side, postal_address.for_cart(given, side))
    world_of(request).settle(cart)
    return nothing()


async def _apply(request: Request, side: Side) -> Response:
    """Take a correction that is offered, or estimate with no more than a country and a postal code."""
    cart, query = cart_of(request), request.query_params
    suggestion_id = query.get("suggestionId") or query.get("suggestionid")
    if suggestion_id:
        address = _found(cart.suggestions(side), suggestion_id, side)
    elif query.get("country") or query.get("postalCode"):
        present = cart.address(side) or {}
        given = {name: query[name] for name in ("country", "postalCode") if query.get(name)}
        address = present | given
    else:
        raise _no(side, 400, "invalid-request", "A suggestion, a country or a postal code is needed.")
    cart.set_address(side, postal_address.for_cart(address, side))
    return settled(request, cart)


def _suggest(request: Request, side: Side) -> Response:
    cart = cart_of(request)
    suggestion_id = request.path_params.get("id")
    if suggestion_id is None:
        return answer(request, {"suggestions": cart.suggestions_wire(side, base_of(request))})
    found = _found(cart.suggestions(side), suggestion_id, side)
    return answer(request, {"address": cart.suggestion_wire(side, base_of(request), suggestion_id, found)})


def _found(offered: dict[str, Json], suggestion_id: str, side: Side) -> Json:
    if suggestion_id not in offered:
        raise _no(side, 404, "resource-not-found", f"The suggestion {suggestion_id} could not be found.")
    return offered[suggestion_id]


def _no(side: Side, status: int, code: str, text: str) -> Refusal:
    return Refusal(status, code, text, relation=postal_address.relation_of(side))


async def shipping_options(request: Request) -> Response:
    """`GET shipping-options`."""
    cart = cart_of(request)
    uri = f"{base_of(request)}/v1/shoppers/me/carts/active"
    expand = expand_of(request, "shippingOptions")
    options = cart.shipping_options()
    wire: Json = {"uri": f"{uri}/shipping-options"}
    if options:
        whole = expand.has("shippingOption")
        wire["shippingOption"] = [cart.option_wire(option, uri, whole=whole) for option in options]
    return answer(request, {"shippingOptions": wire})


async def apply_shipping_option(request: Request) -> Response:
    """`POST apply-shipping-option`."""
    cart = cart_of(request)
    text = request.query_params.get("shippingOptionId", "")
    option = next((one for one in cart.shipping_options() if str(one) == text), None)
    if option is None:
        text = f"The shipping option {text} could not be found."
        raise Refusal(404, "resource-not-found", text, relation="ShippingOptionsResource")
    cart.shipping_option = option
    return settled(request, cart)
