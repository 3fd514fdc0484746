"""`/v1/subscriptions` for the merchant, and the older `/v1/shoppers/me/subscriptions` for the shopper.

A change by the merchant gets a 202 and takes effect a minute later. Until then, `pending-actions` lists the change.
"""

from collections.abc import Callable
from functools import partial

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.api.requests import (
    answer,
    base_of,
    basic_credentials_of,
    body_of,
    expand_of,
    find,
    paged,
    shopper_of,
    world_of,
)
from sandbox.model.postal_address import read_cart_address
from sandbox.model.source import Source
from sandbox.model.subscription import Subscription
from sandbox.model.world import World
from sandbox.timeline import renewals
from sandbox.wire.body import Body
from sandbox.wire.refusal import Refusal
from sandbox.wire.values import Json, is_true

_invalid = partial(Refusal, 400, "invalid-request")


async def show_all(request: Request) -> Response:
    """`GET subscriptions?shopperId=`: subscriptions of the shopper with this id or external reference."""
    world = _world_of_merchant(request)
    shopper_id = request.query_params.get("shopperId")
    if not shopper_id:
        raise _missing()
    wires = [
        _wire(request, subscription)
        for subscription in world.subscriptions
        if shopper_id in (subscription.account.id, subscription.account.external_reference)
    ]
    return answer(request, {"subscriptions": wires})


async def show(request: Request) -> Response:
    """`GET subscriptions/{id}`. The answer is the subscription itself, without an enclosing object."""
    return answer(request, _wire(request, _subscription(request)))


async def orders(request: Request) -> Response:
    """`GET subscriptions/{id}/orders`: the orders of the subscription, the newest first."""
    newest_orders = _subscription(request).orders[::-1]
    base, expand = base_of(request), expand_of(request, "orders").below("order")
    return paged(request, "orders", "order", newest_orders, lambda order: order.listed_wire(base, expand))


async def pending_actions(request: Request) -> Response:
    """`GET subscriptions/{id}/pending-actions`."""
    return answer(request, {"pendingActions": [change.wire() for change in _subscription(request).pending_changes]})


# Changes of a subscription by the merchant.


async def cancel(request: Request) -> Response:
    """`POST subscriptions/{id}/cancel`."""
    subscription, sent = await _changeable(request)
    _flag(sent, "suppressCancelNotification", default=False)
    world = world_of(request)
    return _accept(request, subscription, "cancel", lambda: subscription.cancel(world.now()))


async def set_renewal_type(request: Request) -> Response:
    """`POST subscriptions/{id}/renewal-type`."""
    subscription, sent = await _changeable(request)
    is_auto_renewing = _flag(sent, "autoRenewal")

    def apply() -> None:
        subscription.is_auto_renewing = is_auto_renewing

    return _accept(request, subscription, "renewal_type", apply)


async def set_renewal_quantity(request: Request) -> Response:
    """`POST subscriptions/{id}/renewal-quantity`."""
    subscription, sent = await _changeable(request)
    quantity = _quantity(sent, "renewalQuantity")

    def apply() -> None:
        subscription.renewal_quantity = quantity

    return _accept(request, subscription, "renewal_quantity", apply)


async def reduce(request: Request) -> Response:
    """`POST subscriptions/{id}/reduce`: lowers the quantity of the current term and of the renewals."""
    subscription, sent = await _changeable(request)
    if sent.object("product").string("id") != str(subscription.product.id):
        raise _missing()
    quantity = _quantity(sent, "quantity")
    if quantity >= subscription.quantity:
        raise Refusal(400, "validation-error", "The quantity must be lower than the current one.")

    def apply() -> None:
        subscription.quantity = subscription.renewal_quantity = quantity

    return _accept(request, subscription, "reduce", apply)


async def set_payment_option(request: Request) -> Response:
    """`POST subscriptions/{id}/payment-option`: selects the saved payment option that pays the renewals."""
    subscription, sent = await _changeable(request)
    option_id = _string(sent, "paymentOptionId")
    options = subscription.account.payment_options
    option = next((option for option in options if str(option.id) == option_id), None)
    if option is None:
        raise Refusal(404, "resource-not-found", "The payment option could not be found.")
    return _accept_source(request, subscription, sent, "payment_option", option.source)


async def set_payment_source(request: Request) -> Response:
    """`POST subscriptions/{id}/payment-source`: selects the reusable payment source that pays the renewals."""
    subscription, sent = await _changeable(request)
    source = world_of(request).sources.get(_string(sent, "sourceId"))
    if source is None:
        raise Refusal(404, "resource-not-found", "The source could not be found.")
    if not source.reusable:
        raise Refusal(409, "nonreusable_source", "The source cannot be used again.")
    return _accept_source(request, subscription, sent, "payment_source", source)


def _accept_source(request: Request, subscription: Subscription, sent: Body, kind: str, source: Source) -> Response:
    """Accept a new payment source. Unless `isShippingSameAsBilling` is false, renewals are shipped to the billing
    address.
    """
    ships_to_billing = _flag(sent, "isShippingSameAsBilling", default=True)

    def apply() -> None:
        subscription.source = source
        if ships_to_billing:
            subscription.address = subscription.orders[0].cart.billing or subscription.address

    return _accept(request, subscription, kind, apply)


async def set_address(request: Request) -> Response:
    """`POST subscriptions/{id}/ship-to-address`."""
    subscription, sent = await _changeable(request)
    for name in ("firstName", "lastName", "line1", "city", "country"):
        _string(sent, name)
    address = read_cart_address(sent, "shipping")

    def apply() -> None:
        subscription.address = address

    return _accept(request, subscription, "ship_to_address", apply)


async def _changeable(request: Request) -> tuple[Subscription, Body]:
    subscription = _subscription(request)
    sent = await body_of(request, "")
    if subscription.is_cancelled:
        raise Refusal(400, "validation-error", "The subscription is cancelled.")
    return subscription, sent


def _accept(request: Request, subscription: Subscription, kind: str, apply: Callable[[], None]) -> Response:
    renewals.request_change(world_of(request), subscription, kind, apply)
    return JSONResponse({"subscriptionId": str(subscription.id)}, 202)


# `/v1/shoppers/me/subscriptions`, the shopper's older resource.


async def show_own(request: Request) -> Response:
    """`GET shoppers/me/subscriptions`."""
    base = base_of(request)
    wires = [subscription.legacy_wire(base) for subscription in _own(request)]
    uri = f"{base}/v1/shoppers/me/subscriptions"
    return answer(request, {"subscriptions": {"uri": uri, "subscription": wires}})


async def show_one_of_own(request: Request) -> Response:
    """`GET shoppers/me/subscriptions/{id}`."""
    own = {str(subscription.id): subscription for subscription in _own(request)}
    subscription = own.get(request.path_params["id"])
    if subscription is None:
        raise Refusal(404, "resource-not-found", "The subscription could not be found.")
    return answer(request, {"subscription": subscription.legacy_wire(base_of(request))})


def _own(request: Request) -> list[Subscription]:
    account = shopper_of(request).account
    if account is None:
        raise Refusal(403, "forbidden", "Subscriptions are listed for registered shoppers only.")
    return [subscription for subscription in world_of(request).subscriptions if subscription.account is account]


# The subscription of a request, and the fields of its body.


def _world_of_merchant(request: Request) -> World:
    """The sandbox's state, `World`. Raises a 401 if the request does not have the merchant's key."""
    world = world_of(request)
    if basic_credentials_of(request) != f"{world.keys.merchant_key}:{world.keys.merchant_secret}":
        raise Refusal(401, "invalid_client", "The merchant's key is missing or wrong.")
    return world


def _subscription(request: Request) -> Subscription:
    return find(_world_of_merchant(request).subscriptions, request.path_params["id"], "subscription", "")


def _wire(request: Request, subscription: Subscription) -> Json:
    return subscription.wire(shows_shopper=world_of(request).switches.subscription_shopper == "present")


def _string(sent: Body, name: str) -> str:
    value = sent.string(name)
    if value is None:
        raise _missing()
    return value


def _flag(sent: Body, name: str, *, default: bool | None = None) -> bool:
    value = sent.get(name, default)
    if value is None:
        raise _missing()
    if str(value).lower() not in ("true", "false"):
        raise _invalid(f"{name} must be true or false.")
    return is_true(value)


def _quantity(sent: Body, name: str) -> int:
    value = _string(sent, name)
    if not value.isdecimal() or int(value) < 1:
        raise _invalid(f"{name} must be at least 1.")
    return int(value)


def _missing() -> Refusal:
    return _invalid("A required field is missing.", subcode="required-data-missing")
