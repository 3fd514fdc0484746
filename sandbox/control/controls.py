"""`/_sandbox/`: sandbox controls, with which a developer or a test changes the sandbox.

A body with an unknown field gets a 400 that names the field. The first paragraph of a handler's docstring is shown
at `/_sandbox/`.
"""

import inspect
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated, NamedTuple

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.api.requests import no_content, world_of
from sandbox.control.order_controls import add_order_event, add_orders, set_order_state, show_orders
from sandbox.control.refunds import add_refund, show_refunds
from sandbox.control.request_bodies import read, refused
from sandbox.control.test_payments import add_source, show_test_cards, show_test_scenarios
from sandbox.demo_shop.products import PRODUCTS
from sandbox.model.fault import COMMON_FIELDS, FIELDS_OF_KIND, Fault
from sandbox.model.payment_session import SESSION_STATES
from sandbox.model.quota import CallQuota
from sandbox.model.switches import Switches
from sandbox.model.world import Balance
from sandbox.timeline.clock_steps import CLOCK_STEPS
from sandbox.wire.money import money
from sandbox.wire.values import Json

# Request bodies of the sandbox controls.


class ClockBody(msgspec.Struct, forbid_unknown_fields=True):
    forward_s: Annotated[float, msgspec.Meta(ge=0, le=10**8)]
    """Seconds to add to the current time of the sandbox."""


class StockBody(msgspec.Struct, forbid_unknown_fields=True):
    product_id: Annotated[int, msgspec.Meta(ge=1)] = msgspec.field(name="productId")
    quantity: Annotated[int, msgspec.Meta(ge=0)] | None
    """Units in stock; None for unlimited stock."""
    is_sold_ahead: bool = msgspec.field(name="isSoldAhead", default=False)
    """Whether the product can be bought while it is out of stock."""
    expected_on: date | None = msgspec.field(name="expectedOn", default=None)


class CreditBody(msgspec.Struct, forbid_unknown_fields=True):
    reference: Annotated[str, msgspec.Meta(min_length=1)]
    amount: Decimal
    currency: str


class QuotaBody(msgspec.Struct, forbid_unknown_fields=True):
    per_second: Annotated[int, msgspec.Meta(ge=1)] | None = msgspec.field(name="perSecond")
    """Calls that are allowed in any second; None for any number."""
    retry_after_s: Annotated[int, msgspec.Meta(ge=0, le=3600)] | None = msgspec.field(
        name="retryAfterSeconds", default=None
    )
    """Value of the header `Retry-After` of refusals; None for no such header."""


class SessionStateBody(msgspec.Struct, forbid_unknown_fields=True):
    session_id: str = msgspec.field(name="sessionId")
    state: str | None
    """State to report in place of the real state of the payment session; None to report the real state again."""


# Handlers of the sandbox controls.


async def health(_request: Request) -> Response:
    """Reports that the sandbox is running."""
    return JSONResponse({"status": "ok"})


async def keys(request: Request) -> Response:
    """Lists the API keys, and the registered shoppers with their passwords."""
    world = world_of(request)
    return JSONResponse(
        {
            "publicApiKey": world.keys.public_key,
            "legacyPublicApiKey": world.keys.legacy_public_key,
            "confidentialApiKey": world.keys.confidential_key,
            "confidentialSecret": world.keys.confidential_secret,
            "merchantKey": f"{world.keys.merchant_key}:{world.keys.merchant_secret}",
            "paymentKey": world.keys.payment_key,
            "ledgerKey": world.keys.ledger_key,
            "shoppers": [
                {
                    "id": account.id,
                    "externalReferenceId": account.external_reference,
                    "username": account.username,
                    "password": account.password,
                }
                for account in world.accounts
            ],
        }
    )


async def reset(request: Request) -> Response:
    """Resets the sandbox to its state at start."""
    world_of(request).reset()
    return no_content()


async def show_calls(request: Request) -> Response:
    """Counts the API calls by method, path template and shopper."""
    calls = world_of(request).calls
    rows = [
        {"method": call.method, "path": call.path, "shopper": call.shopper, "count": number}
        for call, number in calls.by_call.items()
    ]
    counts = {"total": calls.count(), "refusedByQuota": calls.refused, "withoutJson": calls.without_json}
    return JSONResponse(counts | {"calls": rows})


async def clear_calls(request: Request) -> Response:
    """Resets the call counts to zero."""
    world_of(request).calls.clear()
    return no_content()


async def show_faults(request: Request) -> Response:
    """Lists the active faults."""
    return JSONResponse(msgspec.to_builtins(world_of(request).faults))


async def add_fault(request: Request) -> Response:
    """Makes the next API calls to a path fail. A call that matches several faults fails with the oldest fault."""
    fault, sent = await read(request, Fault), await read(request, dict[str, object])
    methods: dict[str, frozenset[str]] = request.app.state.methods
    if fault.path not in methods:
        return refused(f"No route has the path {fault.path}. Paths are templates, as /_sandbox/calls shows them.")
    if fault.method is not None and fault.method not in methods[fault.path]:
        return refused(f"{fault.path} has no method {fault.method}. It has {', '.join(sorted(methods[fault.path]))}.")
    if unused := sorted(sent.keys() - COMMON_FIELDS - FIELDS_OF_KIND.get(fault.kind, frozenset())):
        return refused(f"A fault of the kind {fault.kind} does not use {', '.join(unused)}.")
    world_of(request).faults.append(fault)
    return no_content()


async def clear_faults(request: Request) -> Response:
    """Removes all faults."""
    world_of(request).faults.clear()
    return no_content()


async def set_quota(request: Request) -> Response:
    """Limits the API calls a second, as Digital River does. Further calls are refused with
    `rate-limit-quota-exceeded`, with the status of the switch `rate_limit_status`. A `perSecond` of null ends the
    limit.
    """
    body = await read(request, QuotaBody)
    world_of(request).quota = CallQuota(body.per_second, body.retry_after_s)
    return no_content()


async def show_clock(request: Request) -> Response:
    """Shows the current time of the sandbox, and lists the steps by which moving it is useful."""
    return JSONResponse({"now": world_of(request).now().isoformat(), "steps": [step.wire() for step in CLOCK_STEPS]})


async def move_clock(request: Request) -> Response:
    """Moves the clock forward by `forward_s` seconds, and runs the events that are due by then."""
    body = await read(request, ClockBody)
    world_of(request).advance(timedelta(seconds=body.forward_s))
    return await show_clock(request)


async def show_stock(request: Request) -> Response:
    """Lists the stock of all products that can be bought. A `quantity` of null is unlimited stock."""
    world = world_of(request)
    rows = [
        {
            "productId": product.id,
            "name": product.name,
            "quantity": world.stock[product.id],
            "isSoldAhead": product.id in world.backorders,
            "expectedOn": world.backorders.get(product.id),
        }
        for product in PRODUCTS.values()
        if not product.is_base
    ]
    return JSONResponse(rows)


async def set_stock(request: Request) -> Response:
    """Sets the stock of a product. A `quantity` of null makes the stock unlimited. With `isSoldAhead`, the product can
    be bought while it is out of stock. `expectedOn` is the date on which new stock is expected.
    """
    world, body = world_of(request), await read(request, StockBody)
    if body.product_id not in world.stock:
        return refused(f"There is no product {body.product_id}.")
    world.stock[body.product_id] = body.quantity
    world.backorders.pop(body.product_id, None)
    if body.is_sold_ahead:
        world.backorders[body.product_id] = body.expected_on.isoformat() if body.expected_on else None
    return no_content()


async def set_credit(request: Request) -> Response:
    """Sets a shopper's balance in the merchant's ledger of store credit."""
    body = await read(request, CreditBody)
    if not body.amount.is_finite() or body.amount < 0:
        return refused(f"The amount must be 0 or more, not {body.amount}.")
    world_of(request).ledger[body.reference] = Balance(body.amount, body.currency)
    return no_content()


async def show_carts(request: Request) -> Response:
    """Lists the open carts with lines, the newest first, each with its payment session."""
    world = world_of(request)
    carts = (shopper.cart for shopper in world.shoppers)
    rows = [
        {
            "sessionId": cart.session_id,
            "state": cart.session_state(strict=world.strict),
            "quantity": cart.quantity,
            "total": money(cart.totals().total, cart.currency),
        }
        for cart in sorted(filter(None, carts), key=lambda cart: -cart.id)
        if cart.lines and not cart.is_submitted
    ]
    return JSONResponse(rows)


async def set_session_state(request: Request) -> Response:
    """Sets the state that the payment session of an open cart reports. A `state` of null restores the real state."""
    body = await read(request, SessionStateBody)
    cart = world_of(request).cart_of_session(body.session_id)
    if cart is None:
        return refused("No open cart has this payment session.")
    if body.state is not None and body.state not in SESSION_STATES:
        return refused(f"There is no state {body.state}. There are {', '.join(SESSION_STATES)}.")
    cart.forced_state = body.state
    return no_content()


async def show_merchant_events(request: Request) -> Response:
    """Lists the events that Digital River would have sent to the merchant's server, the oldest first."""
    return JSONResponse(world_of(request).merchant_events)


async def show_switches(request: Request) -> Response:
    """Shows the current values of the sandbox switches."""
    return JSONResponse(msgspec.to_builtins(world_of(request).switches))


async def set_switches(request: Request) -> Response:
    """Sets the sandbox switches in the request body. Other switches do not change."""
    world = world_of(request)
    present = msgspec.to_builtins(world.switches)
    sent = await read(request, dict[str, object])
    if unknown := sorted(set(sent) - set(present)):
        return refused(f"There is no switch {', '.join(unknown)}. There are {', '.join(present)}.")
    try:
        world.switches = msgspec.convert(present | sent, Switches)
    except msgspec.ValidationError as error:
        return refused(str(error))
    return no_content()


# List of the sandbox controls.


class Control(NamedTuple):
    method: str
    path: str
    handler: Callable[[Request], Awaitable[Response]]
    example: Json | None = None
    """Example of the control's request body, shown at `/_sandbox/`."""

    @property
    def description(self) -> str:
        return " ".join((inspect.getdoc(self.handler) or "").partition("\n\n")[0].split())


CONTROLS = [
    Control("GET", "/_sandbox/health", health),
    Control("GET", "/_sandbox/keys", keys),
    Control("POST", "/_sandbox/reset", reset),
    Control("POST", "/_sandbox/sources", add_source, {"scenario": "creditCard"}),
    Control("GET", "/_sandbox/test-cards", show_test_cards),
    Control("GET", "/_sandbox/test-scenarios", show_test_scenarios),
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
    Control("POST", "/_sandbox/quota", set_quota, {"perSecond": 10}),
    Control("GET", "/_sandbox/clock", show_clock),
    Control("POST", "/_sandbox/clock", move_clock, {"forward_s": 3600}),
    Control("GET", "/_sandbox/stock", show_stock),
    Control("POST", "/_sandbox/stock", set_stock, {"productId": 5401230100, "quantity": 3}),
    Control(
        "POST", "/_sandbox/credit", set_credit, {"reference": "rf-cust-000042", "amount": "120.50", "currency": "USD"}
    ),
    Control(
        "POST",
        "/_sandbox/session-state",
        set_session_state,
        {"sessionId": "the cart's paymentSession.sessionId", "state": "failed"},
    ),
    Control("GET", "/_sandbox/carts", show_carts),
    Control("GET", "/_sandbox/orders", show_orders),
    Control("POST", "/_sandbox/orders", add_orders, {"shopperId": "an id of /_sandbox/keys", "count": 3}),
    Control("POST", "/_sandbox/order-state", set_order_state, {"orderId": 1127950780082, "state": "Complete"}),
    Control("POST", "/_sandbox/order-events", add_order_event, {"orderId": 1127950780082, "event": "funds-arrive"}),
    Control("GET", "/_sandbox/refunds", show_refunds),
    Control("POST", "/_sandbox/refunds", add_refund, {"orderId": 1127950780082}),
    Control("GET", "/_sandbox/events", show_merchant_events),
    Control("GET", "/_sandbox/switches", show_switches),
    Control("POST", "/_sandbox/switches", set_switches, {"address_verifier": "on"}),
]


def _endpoint(control: Control) -> Callable[[Request], Awaitable[Response]]:
    async def serve(request: Request) -> Response:
        world_of(request).advance()
        return await control.handler(request)

    return serve


ROUTES = [Route(control.path, _endpoint(control), methods=[control.method]) for control in CONTROLS]
