"""Each fault on each upstream call of the purchase, over real sockets.

Whatever breaks, the answer keeps what does not depend on it, names the failure, comes in time, asks no
read more than three times, and makes no change twice.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from gateway.app import create_app
from sandbox.app import create_app as create_sandbox
from sandbox.world import World
from tests.shop import (
    ADDRESS,
    CART,
    METHODS,
    SUBMIT,
    Answer,
    Shopper,
    Storefront,
    documents,
    listening,
    new_key,
    running,
    settings_for,
)

pytestmark = pytest.mark.slow

DEADLINE_S = 0.4

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
FIRST = "UHJvZHVjdDo1NDAxMjMwMTAw"


@pytest.fixture
async def live(world: World) -> AsyncIterator[Shopper]:
    """A shopper whose gateway reaches the sandbox over a socket, with little patience."""
    async with listening(create_sandbox(world), "off") as url:
        settings = settings_for(
            world, upstream_url=url, operation_deadline_s=DEADLINE_S, submission_deadline_s=DEADLINE_S
        )
        async with running(create_app(settings)) as http, httpx.AsyncClient(base_url=url) as sandbox:
            yield Shopper(Storefront(http), sandbox, world)


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
    needs_answer: bool = True
    """False for a change whose answer is not needed: the cart that is read afterwards tells."""

    @property
    def is_read(self) -> bool:
        return self.method == "GET" or self.path == "/oauth20/token"

    def __str__(self) -> str:
        return f"{self.operation}-{self.method}-{self.path.rpartition('/')[2]}"


STEPS = [
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
        ("storefront", "cart.id", "cart.paymentSession.id", "cart.readiness", "cart.shippingOptions"),
        "cart.paymentSession.availablePaymentMethods",
    ),
    Step("GuestFirstLine", "POST", "/oauth20/token"),
    Step("GuestFirstLine", "POST", f"{CART}/line-items", needs_answer=False),
    Step("GuestFirstLine", "GET", CART, (), "addCartLines.cart"),
    Step("GuestDetails", "POST", CART),
    Step(
        "GuestDetails",
        "GET",
        METHODS,
        ("prepareCheckout.cart.id", "prepareCheckout.cart.readiness"),
        "prepareCheckout.cart.paymentSession.availablePaymentMethods",
    ),
    Step("GuestSource", "GET", CART),
    Step("GuestSource", "POST", f"{CART}/apply-payment-method"),
    Step("GuestOrder", "GET", CART),
    Step("GuestOrder", "POST", SUBMIT),
]


async def arrange(shopper: Shopper, operation: str) -> dict[str, Any]:
    """The state before the operation, and its variables. Asks for no list of methods."""
    storefront = shopper.storefront
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
async def test_a_fault_stays_where_it_happened(live: Shopper, world: World, step: Step, kind: str) -> None:
    variables = await arrange(live, step.operation)
    more, code = FAULTS[kind]
    await live.fault(kind, step.path, method=step.method, **more)
    world.calls.clear()

    async with asyncio.timeout(DEADLINE_S * 10):
        answer = await live.storefront.ask(documents()[step.operation], **variables)

    calls = world.calls.count(step.method, step.path)
    assert 1 <= calls <= (3 if step.is_read else 1)
    if step.path == SUBMIT:
        payload = answer.data["submitOrder"]
        assert payload["result"]["__typename"] == "OrderInDoubt"
        assert payload["attempt"]["wasSentUpstream"] is True
        return
    if not step.needs_answer and kind in ("malformed", "content-type"):
        assert answer.data["addCartLines"]["cart"]["totalQuantity"] == 1
        return
    # A payload has one code for a change that failed, whatever the cause.
    told = codes(answer)
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
    async with running(create_app(settings_for(world, upstream_url=url))) as http:
        storefront = Storefront(http)
        answer = await storefront.ask("{ products(first: 1) { totalCount } storefront { locales } }")
        assert answer.codes == ["UPSTREAM_UNAVAILABLE"]
        assert answer.body["data"]["storefront"]["locales"]
        payload = await storefront.add("5401230100")
        assert payload["errors"][0]["code"] == "UPSTREAM_UNAVAILABLE"
        assert payload["errors"][0]["retry"] == "RETRY"


async def test_callers_that_leave_do_not_use_up_the_connections(live: Shopper, world: World) -> None:
    await live.storefront.add("5401230100")
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
