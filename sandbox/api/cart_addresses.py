"""The addresses of the active cart, suggested corrections of the addresses, and the shipping options."""

from starlette.requests import Request
from starlette.responses import Response

from sandbox.api.active_cart import answer_changed_cart, cart_of
from sandbox.api.requests import answer, base_of, body_of, expand_of, no_content, world_of
from sandbox.model.cart_wire import address_resource_wire, shipping_options_wire, suggestion_wire, suggestions_wire
from sandbox.model.postal_address import Side, read_cart_address, relation_of
from sandbox.wire.refusal import Refusal
from sandbox.wire.values import Json


async def show_billing_address(request: Request) -> Response:
    """`GET billing-address`."""
    return _show_address(request, "billing")


async def show_shipping_address(request: Request) -> Response:
    """`GET shipping-address`."""
    return _show_address(request, "shipping")


async def set_billing_address(request: Request) -> Response:
    """`PUT billing-address`."""
    return await _set_address(request, "billing")


async def set_shipping_address(request: Request) -> Response:
    """`PUT shipping-address`."""
    return await _set_address(request, "shipping")


async def apply_billing_address(request: Request) -> Response:
    """`POST apply-billing-address`: applies a suggested correction, or a country and a postal code."""
    return _apply_address(request, "billing")


async def apply_shipping_address(request: Request) -> Response:
    """`POST apply-shipping-address`: applies a suggested correction, or a country and a postal code."""
    return _apply_address(request, "shipping")


async def suggest_billing_address(request: Request) -> Response:
    """`GET billing-address/suggestions`, and `GET billing-address/suggestions/{id}`."""
    return _suggest_address(request, "billing")


async def suggest_shipping_address(request: Request) -> Response:
    """`GET shipping-address/suggestions`, and `GET shipping-address/suggestions/{id}`."""
    return _suggest_address(request, "shipping")


def _show_address(request: Request, side: Side) -> Response:
    return answer(request, {"address": address_resource_wire(cart_of(request), side, base_of(request))})


async def _set_address(request: Request, side: Side) -> Response:
    cart = cart_of(request)
    sent = (await body_of(request, relation_of(side))).get("address")
    cart.set_address(side, read_cart_address(sent, side))
    world_of(request).refresh(cart)
    return no_content()


def _apply_address(request: Request, side: Side) -> Response:
    """Apply the suggested correction with the id in the query. Without an id, apply a country and a postal code for a
    tax estimate.
    """
    cart, query = cart_of(request), request.query_params
    suggestion_id = query.get("suggestionId") or query.get("suggestionid")
    if suggestion_id:
        address = _suggestion(cart.suggestions(side), suggestion_id, side)
    elif query.get("country") or query.get("postalCode"):
        sent = {name: query[name] for name in ("country", "postalCode") if query.get(name)}
        address = (cart.address(side) or {}) | sent
    else:
        description = "A suggestion, a country or a postal code is needed."
        raise Refusal(400, "invalid-request", description, relation=relation_of(side))
    cart.set_address(side, read_cart_address(address, side))
    return answer_changed_cart(request, cart)


def _suggest_address(request: Request, side: Side) -> Response:
    cart, base = cart_of(request), base_of(request)
    suggestion_id = request.path_params.get("id")
    if suggestion_id is None:
        return answer(request, {"suggestions": suggestions_wire(cart, side, base)})
    address = _suggestion(cart.suggestions(side), suggestion_id, side)
    return answer(request, {"address": suggestion_wire(side, base, suggestion_id, address)})


def _suggestion(suggestions: dict[str, Json], suggestion_id: str, side: Side) -> Json:
    if suggestion_id not in suggestions:
        description = f"The suggestion {suggestion_id} could not be found."
        raise Refusal(404, "resource-not-found", description, relation=relation_of(side))
    return suggestions[suggestion_id]


async def shipping_options(request: Request) -> Response:
    """`GET shipping-options`."""
    is_full = expand_of(request, "shippingOptions").has("shippingOption")
    wire = shipping_options_wire(cart_of(request), base_of(request), is_listed=True, is_full=is_full)
    return answer(request, {"shippingOptions": wire})


async def apply_shipping_option(request: Request) -> Response:
    """`POST apply-shipping-option`."""
    cart = cart_of(request)
    sent_id = request.query_params.get("shippingOptionId", "")
    option = next((option for option in cart.shipping_options() if str(option) == sent_id), None)
    if option is None:
        description = f"The shipping option {sent_id} could not be found."
        raise Refusal(404, "resource-not-found", description, relation="ShippingOptionsResource")
    cart.shipping_option = option
    return answer_changed_cart(request, cart)
