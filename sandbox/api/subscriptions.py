"""`/v1/subscriptions`, the merchant's own side, and the older `/v1/shoppers/me/subscriptions`.

Every change is accepted with a 202 and made a little later; until then it is among the pending actions.
"""

import base64
import binascii
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.api.requests import Body, answer, base_of, body_of, expand_of, paged, shopper_of, world_of
from sandbox.model.postal_address import for_cart
from sandbox.model.subscription import Action, Subscription
from sandbox.model.world import World
from sandbox.wire.money import Json
from sandbox.wire.refusal import Refusal


async def show_all(request: Request) -> Response:
    """`GET subscriptions?shopperId=`: by the shopper's identifier or external reference."""
    world = _as_merchant(request)
    asked = request.query_params.get("shopperId")
    if not asked:
        raise _missing()
    found = [one for one in world.subscriptions if asked in (one.account.id, one.account.external_reference)]
    return answer(request, {"subscriptions": [_wire(request, one) for one in found]})


async def show(request: Request) -> Response:
    """`GET subscriptions/{id}`. The answer has no wrapper."""
    return answer(request, _wire(request, _subscription(request)))


async def orders(request: Request) -> Response:
    """`GET subscriptions/{id}/orders`, the newest first."""
    one = _subscription(request)
    base, expand = base_of(request), expand_of(request, "orders").below("order")
    return paged(request, "orders", "order", one.orders[::-1], lambda order: order.listed_wire(base, expand))


async def pending_actions(request: Request) -> Response:
    """`GET subscriptions/{id}/pending-actions`."""
    return answer(request, {"pendingActions": [action.wire() for action in _subscription(request).pending]})


# Changes.


async def cancel(request: Request) -> Response:
    """`POST subscriptions/{id}/cancel`."""
    one, given = await _change(request)
    _flag(given, "suppressCancelNotification", default=False)
    world = world_of(request)
    return _accept(request, one, "cancel", lambda: one.cancel(world.now()))


async def set_renewal_type(request: Request) -> Response:
    """`POST subscriptions/{id}/renewal-type`."""
    one, given = await _change(request)
    wanted = _flag(given, "autoRenewal")
    return _accept(request, one, "renewal_type", lambda: setattr(one, "is_auto_renewing", wanted))


async def set_renewal_quantity(request: Request) -> Response:
    """`POST subscriptions/{id}/renewal-quantity`."""
    one, given = await _change(request)
    wanted = _quantity(given, "renewalQuantity")
    return _accept(request, one, "renewal_quantity", lambda: setattr(one, "renewal_quantity", wanted))


async def reduce(request: Request) -> Response:
    """`POST subscriptions/{id}/reduce`: the quantity from now on."""
    one, given = await _change(request)
    if given.object("product").text("id") != str(one.product.id):
        raise _missing()
    wanted = _quantity(given, "quantity")
    if wanted >= one.quantity:
        raise _no(400, "validation-error", "The quantity must be lower than the current one.")

    def act() -> None:
        one.quantity = one.renewal_quantity = wanted

    return _accept(request, one, "reduce", act)


async def set_payment_option(request: Request) -> Response:
    """`POST subscriptions/{id}/payment-option`: one of the shopper's saved means of payment."""
    one, given = await _change(request)
    option = one.account.payment_option(_text(given, "paymentOptionId"))
    if option is None:
        raise _no(404, "resource-not-found", "The payment option could not be found.")
    same = _flag(given, "isShippingSameAsBilling", default=True)
    source = option.source

    def act() -> None:
        one.source = source
        _ship_to_billing(one, same)

    return _accept(request, one, "payment_option", act)


async def set_payment_source(request: Request) -> Response:
    """`POST subscriptions/{id}/payment-source`: a source that can be charged again."""
    one, given = await _change(request)
    world, text = world_of(request), _text(given, "sourceId")
    source = next((found for id, found in world.sources.items() if str(id) == text), None)
    if source is None:
        raise _no(404, "resource-not-found", "The source could not be found.")
    if not source.reusable:
        raise Refusal(409, "nonreusable_source", "The source cannot be used again.")
    same = _flag(given, "isShippingSameAsBilling", default=True)

    def act() -> None:
        one.source = source
        _ship_to_billing(one, same)

    return _accept(request, one, "payment_source", act)


async def set_address(request: Request) -> Response:
    """`POST subscriptions/{id}/ship-to-address`."""
    one, given = await _change(request)
    for name in ("firstName", "lastName", "line1", "city", "country"):
        _text(given, name)
    address = for_cart(given, "shipping")
    return _accept(request, one, "ship_to_address", lambda: setattr(one, "address", address))


def _ship_to_billing(one: Subscription, same: bool) -> None:
    """The documented default, which moves the goods with the means of payment."""
    if same:
        one.address = one.orders[0].cart.billing or one.address


async def _change(request: Request) -> tuple[Subscription, Body]:
    one = _subscription(request)
    given = await body_of(request, "")
    if one.is_over:
        raise _no(400, "validation-error", "The subscription is cancelled.")
    return one, given


def _accept(request: Request, one: Subscription, kind: str, act: Callable[[], None]) -> Response:
    one.pending.append(Action(kind, world_of(request).now(), act))
    return JSONResponse({"subscriptionId": str(one.id)}, 202)


# The shopper's own, older side.


async def show_own(request: Request) -> Response:
    """`GET shoppers/me/subscriptions`."""
    base = base_of(request)
    listed = [one.legacy_wire(base) for one in _own(request)]
    return answer(
        request,
        {"subscriptions": {"uri": f"{base}/v1/shoppers/me/subscriptions", "subscription": listed}},
    )


async def show_one_of_own(request: Request) -> Response:
    """`GET shoppers/me/subscriptions/{id}`."""
    found = next((one for one in _own(request) if str(one.id) == request.path_params["id"]), None)
    if found is None:
        raise _no(404, "resource-not-found", "The subscription could not be found.")
    return answer(request, {"subscription": found.legacy_wire(base_of(request))})


def _own(request: Request) -> list[Subscription]:
    shopper = shopper_of(request)
    if shopper.account is None:
        raise _no(403, "forbidden", "Subscriptions are listed for registered shoppers only.")
    return [one for one in world_of(request).current_subscriptions() if one.account is shopper.account]


# Shared.


def _as_merchant(request: Request) -> World:
    """The world, for whoever shows the merchant's own key."""
    world = world_of(request)
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    try:
        shown = base64.b64decode(encoded, validate=True).decode() if scheme.lower() == "basic" else ""
    except (binascii.Error, UnicodeDecodeError):
        shown = ""
    if shown != f"{world.keys.merchant_key}:{world.keys.merchant_secret}":
        raise _no(401, "invalid_client", "The merchant's key is missing or wrong.")
    world.current_subscriptions()
    return world


def _subscription(request: Request) -> Subscription:
    world, text = _as_merchant(request), request.path_params["id"]
    found = next((one for one in world.subscriptions if str(one.id) == text), None)
    if found is None:
        raise _no(404, "resource-not-found", f"The subscription {text} could not be found.")
    return found


def _wire(request: Request, one: Subscription) -> Json:
    return one.wire(shows_shopper=world_of(request).switches.subscription_shopper == "present")


def _text(given: Body, name: str) -> str:
    text = given.text(name)
    if text is None:
        raise _missing()
    return text


def _flag(given: Body, name: str, *, default: bool | None = None) -> bool:
    value = given.get(name, default)
    if value is None:
        raise _missing()
    if str(value).lower() not in ("true", "false"):
        raise _no(400, "invalid-request", f"{name} must be true or false.")
    return str(value).lower() == "true"


def _quantity(given: Body, name: str) -> int:
    text = _text(given, name)
    if not text.isdecimal() or int(text) < 1:
        raise _no(400, "invalid-request", f"{name} must be at least 1.")
    return int(text)


def _missing() -> Refusal:
    return Refusal(400, "invalid-request", "A required field is missing.", subcode="required-data-missing")


def _no(status: int, code: str, text: str) -> Refusal:
    return Refusal(status, code, text)
