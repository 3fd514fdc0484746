"""Each fault on each upstream call of the purchase, over real sockets.

Whatever breaks, the answer keeps what does not depend on it, names the failure, comes in time, asks no
read more than three times, and makes no change twice.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from gateway.errors import UpstreamUnavailable
from gateway.upstream import transport
from gateway.upstream.calls import Calls, Pauses, Repeat, Retries
from gateway.upstream.client import Upstream
from sandbox.app import create_app as create_sandbox
from sandbox.model.world import World
from tests.support.shop import (
    ADDRESS,
    CART,
    METHODS,
    PACK,
    SUBMIT,
    Answer,
    Shopper,
    Storefront,
    app_for,
    documents,
    listening,
    new_key,
    running,
    settings_for,
)

pytestmark = pytest.mark.slow

ME = "/v1/shoppers/me"

DEADLINE_S = 1.0
"""For one operation, where something hangs. Much more than it takes, on a busy machine too."""

LONG_DEADLINE_S = 30.0
"""Where nothing hangs: a busy machine is no fault."""

HANGING = ("delay", "drip")

FAULTS: dict[str, tuple[dict[str, Any], str]] = {
    "status": ({"status": 503}, "UPSTREAM_UNAVAILABLE"),
    "delay": ({"delay_s": 60}, "UPSTREAM_TIMEOUT"),
    "drip": ({"delay_s": 1}, "UPSTREAM_TIMEOUT"),
    "drop-before": ({}, "UPSTREAM_UNAVAILABLE"),
    "drop-after": ({}, "UPSTREAM_UNAVAILABLE"),
    "malformed": ({}, "UPSTREAM_INVALID_RESPONSE"),
    "huge": ({}, "UPSTREAM_INVALID_RESPONSE"),
    "content-type": ({}, "UPSTREAM_INVALID_RESPONSE"),
}
"""By kind: what it is told, and the code of the error in the answer."""

PAY = "mutation($id: String!) { attachSource(input: {source: {sourceId: $id}}) { errors { code } } }"
PAGE = {
    "id": "UHJvZHVjdDo1NDAxMjMwMzAw",
    "locale": "de-DE",
    "currency": "EUR",
    "pointOfPromotion": "CrossSell_ProductDetail",
}
FIRST = "UHJvZHVjdDo1NDAxMjMwMTAw"


@asynccontextmanager
async def reaching(world: World, deadline_s: float) -> AsyncIterator[Shopper]:
    """A shopper whose gateway reaches the sandbox over a socket."""
    async with listening(create_sandbox(world), "off") as url:
        settings = settings_for(
            world, upstream_url=url, operation_deadline_s=deadline_s, submission_deadline_s=deadline_s
        )
        async with running(app_for(settings)) as http, httpx.AsyncClient(base_url=url) as sandbox:
            yield Shopper(Storefront(http), sandbox, world)


@pytest.fixture
async def live(world: World) -> AsyncIterator[Shopper]:
    """A gateway with little patience."""
    async with reaching(world, DEADLINE_S) as shopper:
        yield shopper


@dataclass(frozen=True)
class Step:
    """An operation, the state it starts from, and one of its upstream calls."""

    operation: str
    method: str
    path: str
    keeps: tuple[str, ...] = ()
    """What is in the answer in spite of the fault, as dotted paths."""
    loses: str | None = None
    """What is null then."""
    harmless: tuple[str, ...] = ()
    """Faults of a change of which no part is missed: the cart that is read afterwards tells."""
    is_stood_in_for: bool = False
    """Whether another call tells the same."""

    @property
    def is_read(self) -> bool:
        return self.method == "GET" or self.path == "/oauth20/token"

    def __str__(self) -> str:
        return f"{self.operation}-{self.method}-{self.path.rpartition('/')[2]}"


STEPS = [
    Step("ProductPage", "GET", f"{ME}/products/{{id}}", ("storefront.publishableKey",), "product"),
    Step(
        "ProductPage",
        "GET",
        f"{ME}/products/inventory-status",
        ("storefront", "product.name", "product.pricing", "product.variations", "product.crossSells"),
        "product.inventory",
    ),
    Step(
        "ProductPage",
        "GET",
        f"{ME}/products/{{id}}/variations",
        ("storefront", "product.name", "product.pricing", "product.crossSells"),
        "product.variations",
    ),
    Step(
        "ProductPage",
        "GET",
        f"{ME}/products/{{id}}/point-of-promotions/{{name}}/offers",
        ("storefront", "product.name", "product.pricing", "product.variations"),
        "product.crossSells",
    ),
    Step("CartPage", "GET", CART, ("session.id",), "cart"),
    Step(
        "CartPage", "GET", f"{CART}/applied-offers", ("session.id", "cart.id", "cart.readiness"), "cart.appliedOffers"
    ),
    Step("CheckoutPage", "GET", CART, ("storefront.publishableKey",), "cart"),
    Step(
        "CheckoutPage",
        "GET",
        f"{CART}/tax-registrations/schema",
        ("storefront", "cart.id", "cart.paymentSession.availablePaymentMethods.methods", "cart.readiness"),
        "cart.taxIdentifierRequirements",
    ),
    Step(
        "CheckoutPage",
        "GET",
        METHODS,
        ("storefront", "cart.id", "cart.readiness", "cart.paymentSession.availablePaymentMethods.methods"),
        is_stood_in_for=True,
    ),
    Step("GuestFirstLine", "POST", "/oauth20/token"),
    Step("GuestFirstLine", "POST", f"{CART}/line-items", harmless=("malformed", "content-type")),
    Step("GuestFirstLine", "GET", CART, (), "addCartLines.cart"),
    Step("GuestDetails", "POST", CART),
    Step("GuestDetails", "POST", f"{CART}/apply-shipping-option"),
    Step(
        "GuestDetails",
        "GET",
        METHODS,
        ("prepareCheckout.cart.id", "prepareCheckout.cart.paymentSession.availablePaymentMethods.methods"),
        is_stood_in_for=True,
    ),
    Step("GuestSource", "GET", CART),
    Step("GuestSource", "DELETE", f"{CART}/apply-payment-method", harmless=("drip",)),
    Step("GuestSource", "POST", f"{CART}/apply-payment-method"),
    Step("GuestOrder", "GET", CART),
    Step("GuestOrder", "POST", SUBMIT),
]


async def arrange(shopper: Shopper, step: Step) -> dict[str, Any]:
    """The state before the operation, and its variables. Asks for no list of methods."""
    storefront, operation = shopper.storefront, step.operation
    # Upstream would choose the option by itself.
    shopper.world.switches.shipping_option = "open"
    if operation == "ProductPage":
        return PAGE
    if operation == "GuestFirstLine":
        return {"key": new_key(), "productId": FIRST}
    await storefront.add("5401230100")
    if operation == "GuestDetails":
        return {"address": ADDRESS}
    text = """mutation($a: AddressInput!) { prepareCheckout(input: {billing: {address: $a}, shipping: {sameAs: BILLING},
      shippingOption: {rule: CHEAPEST}, termsOfSaleAccepted: true}) { errors { code } } }"""
    await storefront.ask(text, a=ADDRESS)
    if operation in ("CartPage", "CheckoutPage"):
        return {}
    source_id = await shopper.source()
    if step.method == "DELETE":
        await storefront.ask(PAY, id=source_id)
        return {"sourceId": await shopper.source()}
    if operation == "GuestSource":
        return {"sourceId": source_id}
    await storefront.ask(PAY, id=source_id)
    cart = await storefront.cart()
    return {"key": new_key(), "total": cart["totals"]["orderTotal"], "revision": cart["revision"]}


def found(answer: Answer, path: str) -> Any:
    value: Any = answer.body["data"]
    for name in path.split("."):
        value = value[name]
    return value


def codes(answer: Answer) -> set[str]:
    """Codes of the errors, those in a payload included."""
    told = set(answer.codes)
    for payload in (answer.body.get("data") or {}).values():
        if isinstance(payload, dict):
            told |= {error["code"] for error in payload.get("errors") or []}
    return told


@pytest.mark.parametrize("kind", FAULTS)
@pytest.mark.parametrize("step", STEPS, ids=str)
async def test_a_fault_stays_where_it_happened(world: World, step: Step, kind: str) -> None:
    deadline_s = DEADLINE_S if kind in HANGING else LONG_DEADLINE_S
    async with reaching(world, deadline_s) as live:
        await check_fault(live, step, kind, deadline_s)


async def check_fault(live: Shopper, step: Step, kind: str, deadline_s: float) -> None:
    world, variables = live.world, await arrange(live, step)
    more, code = FAULTS[kind]
    await live.fault(kind, step.path, method=step.method, **more)
    world.calls.clear()

    async with asyncio.timeout(deadline_s * 4):
        answer = await live.storefront.ask(documents()[step.operation], **variables)

    calls = world.calls.count(step.method, step.path)
    assert 1 <= calls <= (3 if step.is_read else 1)
    if step.path == SUBMIT:
        payload = answer.data["submitOrder"]
        assert payload["result"]["__typename"] == "OrderInDoubt"
        assert payload["attempt"]["wasSentUpstream"] is True
        return
    if kind in step.harmless:
        assert codes(answer) == set()
        assert (await live.storefront.cart())["totalQuantity"] == 1
        return
    # A payload has one code for a change that failed, whatever the cause.
    told = codes(answer)
    if step.is_stood_in_for:
        assert told == set(), answer.body
    else:
        assert told & {code, "UPSTREAM_UNAVAILABLE"}, answer.body
        assert code in told or step.operation.startswith("Guest"), answer.body
    for path in step.keeps:
        assert found(answer, path) is not None, path
    if step.loses:
        assert found(answer, step.loses) is None
    assert world.calls.count("POST", SUBMIT) == 0

    # Once the fault is over nothing of it remains.
    world.faults.clear()
    again = await live.storefront.ask("{ cart { totalQuantity } }")
    assert "errors" not in again.body


async def test_nobody_listening_is_told_at_once(world: World) -> None:
    async with listening(create_sandbox(world), "off") as url:
        pass
    async with running(app_for(settings_for(world, upstream_url=url))) as http:
        storefront = Storefront(http)
        answer = await storefront.ask("{ products(first: 1) { totalCount } storefront { locales } }")
        assert answer.codes == ["UPSTREAM_UNAVAILABLE"]
        assert answer.body["data"]["storefront"]["locales"]
        payload = await storefront.add("5401230100")
        assert payload["errors"][0]["code"] == "UPSTREAM_UNAVAILABLE"
        assert payload["errors"][0]["retry"] == "RETRY"


async def test_callers_that_leave_do_not_use_up_the_connections(world: World) -> None:
    async with reaching(world, deadline_s=20) as live:
        await live.storefront.add(PACK)
        await live.fault("delay", CART, method="GET", delay_s=60, times=30)
        tabs = [live.storefront.another_tab() for _ in range(30)]
        asked = [asyncio.create_task(tab.ask("{ cart { id } }")) for tab in tabs]
        await asyncio.sleep(0)
        for task in asked:
            task.cancel()
        await asyncio.gather(*asked, return_exceptions=True)
        world.faults.clear()
        answers = await asyncio.gather(*(live.storefront.another_tab().ask("{ cart { id } }") for _ in range(100)))
        assert all("errors" not in answer.body for answer in answers)


START = 'mutation { startSession(input: {locale: "de-DE"}) { session { id } errors { code } } }'
STOCK = "/v1/shoppers/me/products/inventory-status"
SLOW = [
    ("cart and methods", "{ cart { id } availablePaymentMethods { methods { type } } }", CART, METHODS),
    ("cart and stock", "{ cart { lines { product { inventory { isInStock } } } } }", CART, STOCK),
    ("token and market", START, "/oauth20/token", "/v1/shoppers/me"),
]


@pytest.mark.parametrize(("text", "one", "other"), [row[1:] for row in SLOW], ids=[row[0] for row in SLOW])
async def test_calls_after_one_another_share_a_deadline(live: Shopper, text: str, one: str, other: str) -> None:
    if text != START:
        await live.storefront.add(PACK)
    for path in (one, other):
        await live.fault("delay", path, delay_s=DEADLINE_S * 0.8)
    answer = await live.storefront.ask(text)
    payload = (answer.body["data"] or {}).get("startSession") or {"errors": []}
    assert "UPSTREAM_TIMEOUT" in answer.codes or payload["errors"] == [{"code": "UPSTREAM_UNAVAILABLE"}]


async def test_upstream_is_left_alone_for_as_long_as_it_asks(world: World) -> None:
    def busy(request: httpx.Request) -> httpx.Response:
        return httpx.Response(503, headers={"Retry-After": "2"}, request=request)

    async with transport.client(httpx.MockTransport(busy)) as http:
        with pytest.raises(UpstreamUnavailable) as caught:
            await Upstream(Calls(http, settings_for(world), Retries(read_attempts=1))).cart.active_cart("token")
    pause = Pauses(Repeat.READ, wait_s=0.1, deadline_at=time.monotonic() + 60)
    assert pause(caught.value) == 2
    assert pause(UpstreamUnavailable(status=503, retry_after_s=60)) == 5
    assert 0 <= pause(UpstreamUnavailable(status=503)) <= 0.4
    assert pause(UpstreamUnavailable(status=501)) is False
