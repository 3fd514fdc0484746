"""`/_sandbox/`: how a developer or a test moves the sandbox. Nothing here exists at Digital River.

Input that is unknown is refused with a 400 that names it, so that a misspelt control is not a passing test. The
first paragraph of a handler's docstring is what `GET /_sandbox/` tells of it.
"""

import inspect
import json
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated, NamedTuple, TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from sandbox.api.requests import nothing, world_of
from sandbox.control import make_source
from sandbox.control.fault_layer import USES, Fault
from sandbox.control.place_orders import arrive
from sandbox.demo_shop.products import PRODUCTS
from sandbox.model.world import Balance, Switches
from sandbox.timeline import settlement
from sandbox.wire.money import Json

T = TypeVar("T")


class Ticks(msgspec.Struct, forbid_unknown_fields=True):
    """Seconds by which the clock goes forward, from where it is."""

    forward_s: Annotated[float, msgspec.Meta(ge=0, le=10**8)]


class Stock(msgspec.Struct, forbid_unknown_fields=True):
    product_id: Annotated[int, msgspec.Meta(ge=1)] = msgspec.field(name="productId")
    quantity: Annotated[int, msgspec.Meta(ge=0)] | None
    """None: nobody counts."""
    is_sold_ahead: bool = msgspec.field(name="isSoldAhead", default=False)
    """Whether it is sold before it is there."""
    expected_on: date | None = msgspec.field(name="expectedOn", default=None)


class Credit(msgspec.Struct, forbid_unknown_fields=True):
    """What stands to a shopper's credit in the merchant's ledger."""

    reference: Annotated[str, msgspec.Meta(min_length=1)]
    amount: Decimal
    currency: str


class SessionState(msgspec.Struct, forbid_unknown_fields=True):
    """The state that an open cart's payment session shows; None: the one that follows from the cart."""

    session_id: str = msgspec.field(name="sessionId")
    state: str | None


class Arrivals(msgspec.Struct, forbid_unknown_fields=True):
    """So many orders that a shopper has placed elsewhere, each of one product."""

    shopper_id: str = msgspec.field(name="shopperId")
    count: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 1
    product_id: int = msgspec.field(name="productId", default=5401230100)
    quantity: Annotated[int, msgspec.Meta(ge=1)] = 1


class OrderState(msgspec.Struct, forbid_unknown_fields=True):
    """The state an order is in from now on; an amount that was paid back."""

    order_id: int = msgspec.field(name="orderId")
    state: str | None = None
    refunded: Annotated[float, msgspec.Meta(ge=0)] | None = None


class OrderEvent(msgspec.Struct, forbid_unknown_fields=True):
    """What happens to the money of an order, now or once the clock has moved on so far."""

    order_id: int = msgspec.field(name="orderId")
    event: str
    after_s: Annotated[float, msgspec.Meta(ge=0, le=10**8)] = msgspec.field(name="afterS", default=0)


async def health(_request: Request) -> Response:
    """Answers while the sandbox runs."""
    return JSONResponse({"status": "ok"})


async def keys(request: Request) -> Response:
    """The demo shop's keys, and its shoppers with their passwords."""
    shown = world_of(request).keys
    return JSONResponse(
        {
            "publicApiKey": shown.public_key,
            "confidentialApiKey": shown.confidential_key,
            "confidentialSecret": shown.confidential_secret,
            "merchantKey": f"{shown.merchant_key}:{shown.merchant_secret}",
            "paymentKey": shown.payment_key,
            "ledgerKey": shown.ledger_key,
            "shoppers": [
                {
                    "id": account.id,
                    "externalReferenceId": account.external_reference,
                    "username": account.username,
                    "password": account.password,
                }
                for account in world_of(request).accounts
            ],
        }
    )


async def reset(request: Request) -> Response:
    """Puts everything back to how it began."""
    world_of(request).reset()
    return nothing()


async def show_calls(request: Request) -> Response:
    """What was asked, by method, path template and shopper."""
    calls = world_of(request).calls
    rows = [
        {"method": call.method, "path": call.path, "shopper": call.shopper, "count": number}
        for call, number in calls.by_call.items()
    ]
    return JSONResponse({"total": calls.count(), "withoutJson": calls.without_json, "calls": rows})


async def clear_calls(request: Request) -> Response:
    """Begins to count anew."""
    world_of(request).calls.clear()
    return nothing()


async def show_faults(request: Request) -> Response:
    """The faults that are still to come."""
    return JSONResponse(msgspec.to_builtins(world_of(request).faults))


async def add_fault(request: Request) -> Response:
    """Lets the next calls of a path go wrong: status, delay, drip, drop-before, drop-after, malformed, huge or
    content-type, as `sandbox/faults.py` tells. The oldest fault that fits a call is the one that happens.
    """
    fault = await _read(request, Fault)
    methods: dict[str, frozenset[str]] = request.app.state.methods
    if fault.path not in methods:
        return _refused(f"No route has the path {fault.path}. Paths are templates, as /_sandbox/calls shows them.")
    if fault.method is not None and fault.method not in methods[fault.path]:
        return _refused(f"{fault.path} has no method {fault.method}. It has {', '.join(sorted(methods[fault.path]))}.")
    given = await _read(request, dict[str, object])
    if unused := sorted(
        given.keys() - {"path", "kind", "method", "skips", "times"} - USES.get(fault.kind, frozenset())
    ):
        return _refused(f"A fault of the kind {fault.kind} does not use {', '.join(unused)}.")
    world_of(request).faults.append(fault)
    return nothing()


async def clear_faults(request: Request) -> Response:
    """Lets everything go well again."""
    world_of(request).faults.clear()
    return nothing()


async def show_clock(request: Request) -> Response:
    """The sandbox's time."""
    return JSONResponse({"now": world_of(request).now().isoformat()})


async def move_clock(request: Request) -> Response:
    """Moves the clock forward, and lets happen what was due by then."""
    world = world_of(request)
    world.moved += timedelta(seconds=(await _read(request, Ticks)).forward_s)
    world.catch_up()
    return await show_clock(request)


async def set_stock(request: Request) -> Response:
    """How many of a product there are, and whether it is sold before it is there."""
    given = await _read(request, Stock)
    stock = world_of(request).stock
    if given.product_id not in stock:
        return _refused(f"There is no product {given.product_id}.")
    stock[given.product_id] = given.quantity
    backorders = world_of(request).backorders
    backorders.pop(given.product_id, None)
    if given.is_sold_ahead:
        backorders[given.product_id] = given.expected_on.isoformat() if given.expected_on else None
    return nothing()


async def set_credit(request: Request) -> Response:
    """What stands to a shopper's credit in the merchant's ledger."""
    given = await _read(request, Credit)
    if not given.amount.is_finite() or given.amount < 0:
        return _refused(f"An amount is 0 or more, not {given.amount}.")
    world_of(request).ledger[given.reference] = Balance(given.amount, given.currency)
    return nothing()


async def set_session_state(request: Request) -> Response:
    """The state that the payment session of an open cart shows; null for that which follows from the cart."""
    given = await _read(request, SessionState)
    cart = world_of(request).cart_of_session(given.session_id)
    if cart is None:
        return _refused("No open cart has this payment session.")
    cart.forced_state = given.state
    return nothing()


async def show_orders(request: Request) -> Response:
    """All orders, the newest first, with what their confirmation mail says."""
    rows = [
        {"id": order.id, "state": order.state, "email": order.email, "password": order.password}
        for order in world_of(request).orders()
    ]
    return JSONResponse(rows)


async def add_orders(request: Request) -> Response:
    """Lets orders arrive that a shopper has placed elsewhere."""
    world, given = world_of(request), await _read(request, Arrivals)
    shopper = next((one for one in world.shoppers if one.id == given.shopper_id), None)
    product = PRODUCTS.get(given.product_id)
    if shopper is None or product is None or product.is_base:
        return _refused("There is no such shopper, or no such product.")
    arrived = [arrive(world, shopper, product, given.quantity) for _ in range(given.count)]
    return JSONResponse({"ids": [order.id for order in arrived]})


async def set_order_state(request: Request) -> Response:
    """Moves an order to a state, or says what of it was paid back."""
    world, given = world_of(request), await _read(request, OrderState)
    order = next((one for one in world.orders() if one.id == given.order_id), None)
    if order is None:
        return _refused(f"There is no order {given.order_id}.")
    if given.state is not None:
        order.settle(given.state, world.now())
    if given.refunded is not None:
        order.refunded = Decimal(str(given.refunded))
    return nothing()


async def let_happen(request: Request) -> Response:
    """Lets happen what time would bring to an order, now or `afterS` seconds on: funds-arrive, funds-lapse,
    charge-settles, charge-fails, review-passes or review-blocks.
    """
    world, given = world_of(request), await _read(request, OrderEvent)
    order = next((one for one in world.orders() if one.id == given.order_id), None)
    happen = settlement.EVENTS.get(given.event)
    if order is None or happen is None:
        return _refused(f"There is no order {given.order_id}, or none of {', '.join(settlement.EVENTS)} is meant.")
    world.later(timedelta(seconds=given.after_s), lambda: happen(world, order))
    world.catch_up()
    return nothing()


async def show_notices(request: Request) -> Response:
    """The events that would have been sent, the oldest first."""
    return JSONResponse(world_of(request).notices)


async def fill_in(request: Request) -> Response:
    """Makes a source as the form of DigitalRiver.js would, for the newest cart. `attachSource` takes its `sourceId`."""
    source = make_source.filled(request, await _read(request, make_source.Form))
    made = {"sourceId": str(source.id), "state": source.state, "redirectUrl": source.redirect.get("redirectUrl")}
    return JSONResponse(made, 201)


async def show_switches(request: Request) -> Response:
    """Readings on which the sources of the contract differ, as they are chosen."""
    return JSONResponse(msgspec.to_builtins(world_of(request).switches))


async def set_switches(request: Request) -> Response:
    """Some switches or all of them, as `sandbox/world.py` tells what each may be; those not named stay."""
    world = world_of(request)
    known = msgspec.to_builtins(world.switches)
    given = await _read(request, dict[str, object])
    if unknown := sorted(set(given) - set(known)):
        return _refused(f"There is no switch {', '.join(unknown)}. There are {', '.join(known)}.")
    try:
        world.switches = msgspec.convert(known | given, Switches)
    except msgspec.ValidationError as error:
        return _refused(str(error))
    return nothing()


class BadControl(Exception):
    """The body of a control cannot be read; the text says why."""


async def answer_bad_control(_request: Request, problem: Exception) -> Response:
    """The exception handler of the application."""
    return _refused(str(problem))


async def _read(request: Request, type: type[T]) -> T:
    try:
        return msgspec.json.decode(await request.body() or b"{}", type=type)
    except msgspec.DecodeError as error:
        raise BadControl(str(error)) from error


def _refused(text: str) -> Response:
    return JSONResponse({"error": text}, 400)


class Control(NamedTuple):
    method: str
    path: str
    act: Callable[[Request], Awaitable[Response]]
    example: Json | None = None
    """A body that can be sent."""

    def told(self) -> Json:
        does = " ".join((inspect.getdoc(self.act) or "").partition("\n\n")[0].split())
        return {"method": self.method, "path": self.path, "does": does} | (
            {"example": self.example} if self.example is not None else {}
        )


CONTROLS = [
    Control("GET", "/_sandbox/health", health),
    Control("GET", "/_sandbox/keys", keys),
    Control("POST", "/_sandbox/reset", reset),
    Control("POST", "/_sandbox/sources", fill_in, {"type": "creditCard", "lastName": "Lovelace"}),
    Control("GET", "/_sandbox/calls", show_calls),
    Control("DELETE", "/_sandbox/calls", clear_calls),
    Control("GET", "/_sandbox/faults", show_faults),
    Control(
        "POST",
        "/_sandbox/faults",
        add_fault,
        {"path": "/v1/shoppers/me/carts/active/submit-cart", "kind": "status", "status": 503, "times": 1},
    ),
    Control("DELETE", "/_sandbox/faults", clear_faults),
    Control("GET", "/_sandbox/clock", show_clock),
    Control("POST", "/_sandbox/clock", move_clock, {"forward_s": 3600}),
    Control("POST", "/_sandbox/stock", set_stock, {"productId": 5401230100, "quantity": 3}),
    Control(
        "POST", "/_sandbox/credit", set_credit, {"reference": "rf-cust-000042", "amount": "120.50", "currency": "USD"}
    ),
    Control(
        "POST",
        "/_sandbox/session-state",
        set_session_state,
        {"sessionId": "as Cart.paymentSession.sessionId has it", "state": "failed"},
    ),
    Control("GET", "/_sandbox/orders", show_orders),
    Control("POST", "/_sandbox/orders", add_orders, {"shopperId": "as /_sandbox/keys has it", "count": 3}),
    Control("POST", "/_sandbox/order-state", set_order_state, {"orderId": 1127950780082, "state": "Complete"}),
    Control("POST", "/_sandbox/order-events", let_happen, {"orderId": 1127950780082, "event": "funds-arrive"}),
    Control("GET", "/_sandbox/events", show_notices),
    Control("GET", "/_sandbox/switches", show_switches),
    Control("POST", "/_sandbox/switches", set_switches, {"address_verifier": "on"}),
]


async def guide(_request: Request) -> Response:
    """All of this, for whoever looks for it."""
    about = {
        "sandbox": "A stand-in of the Digital River Commerce API and of its payment service, with one demo shop.",
        "imitates": "What sandbox/__init__.py says: python -c 'import sandbox; help(sandbox)'",
        "controls": [control.told() for control in CONTROLS],
    }
    return Response(json.dumps(about, indent=2), media_type="application/json")


async def to_guide(_request: Request) -> Response:
    return RedirectResponse("/_sandbox/")


ROUTES = [
    Route("/", to_guide, methods=["GET"]),
    Route("/_sandbox", to_guide, methods=["GET"]),
    Route("/_sandbox/", guide, methods=["GET"]),
    *(Route(control.path, control.act, methods=[control.method]) for control in CONTROLS),
]
