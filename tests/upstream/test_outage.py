"""An outage of Digital River: few calls are sent, answers come at once, and what works goes on."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from gateway.elapsed_time import elapsed_s
from gateway.errors import CircuitOpen, UpstreamError, UpstreamUnavailable
from gateway.metrics.protection import RESOURCES
from gateway.upstream import transport
from gateway.upstream.call_names import CALL_NAMES
from gateway.upstream.client import Upstream
from gateway.upstream.priority import Priority, prioritized
from gateway.upstream.protection.breaker import MIN_CALLS, OPEN_S
from gateway.upstream.protection.breakers import Breakers
from gateway.upstream.protection.resources import Resource, resource_of
from gateway.upstream.protection.retry_budget import RetryBudget
from gateway.upstream.retrying_calls import Calls, Retries
from sandbox.model.world import World
from tests.support.shop import CART, METHODS, PACK, SOFTWARE, Clock, Shopper, Storefront, new_key, settings_for

READ_CART = "{ cart { id } }"

OUTAGE_S = 120

HELD_BACK = "calls to Digital River are held back, as too many failed"


async def break_circuit(storefront: Storefront, query: str = READ_CART) -> datetime:
    """Send a query until its calls are held back. Returns when they may be sent again."""
    while True:
        answer = await storefront.ask(query)
        for error in answer.body.get("errors", ()):
            if "retryAfter" in error["extensions"]:
                return datetime.fromisoformat(error["extensions"]["retryAfter"])


async def test_outage_costs_few_calls_and_ends_soon(shopper: Shopper, clock: Clock) -> None:
    storefront, world = shopper.storefront, shopper.world
    await storefront.add(PACK)
    await shopper.fault("status", "*", status=503)
    world.calls.clear()
    requests = 0
    for _ in range(OUTAGE_S):
        for query in (READ_CART, '{ product(by: {upstreamId: "1"}) { name } }', "{ categories { name } }"):
            answer = await storefront.ask(query)
            assert answer.codes == ["UPSTREAM_UNAVAILABLE"]
            requests += 1
        clock.move(1)
    assert world.calls.count() <= 1.3 * requests
    assert clock() < await break_circuit(storefront) <= clock() + timedelta(seconds=OPEN_S[1])
    world.faults.clear()
    clock.move(OPEN_S[1])
    assert (await storefront.cart())["totalQuantity"] == 1


async def test_broken_reads_do_not_stop_an_order(shopper: Shopper) -> None:
    await shopper.get_ready()
    cart = await shopper.storefront.cart()
    await shopper.fault("status", CART, method="GET", status=503)
    await break_circuit(shopper.storefront)
    shopper.world.faults.clear()
    assert (await shopper.storefront.ask(READ_CART)).codes == ["UPSTREAM_UNAVAILABLE"]
    result = await shopper.storefront.outcome(total=cart["totals"]["orderTotal"], revision=cart["revision"])
    assert result["__typename"] == "OrderPlaced"


async def test_change_that_is_held_back_may_be_repeated(shopper: Shopper) -> None:
    await shopper.storefront.add(PACK)
    await shopper.fault("status", CART, method="GET", status=503)
    await break_circuit(shopper.storefront)
    calls = shopper.world.calls.count()
    answer = await shopper.storefront.ask(
        """mutation($key: UUID!, $id: String!) { addCartLines(input: {idempotencyKey: $key, lines: [
          {product: {upstreamId: $id}}]}) { errors { code retry } } }""",
        key=new_key(),
        id=PACK,
    )
    assert answer.data["addCartLines"]["errors"] == [{"code": "UPSTREAM_UNAVAILABLE", "retry": "RETRY"}]
    assert shopper.world.calls.count() == calls


async def test_cached_answer_is_served_while_calls_are_held_back(shopper: Shopper, clock: Clock) -> None:
    query = f'{{ product(by: {{upstreamId: "{PACK}"}}) {{ name }} }}'
    await shopper.storefront.ask(query)
    await shopper.fault("status", "*", status=503)
    await break_circuit(shopper.storefront, '{ product(by: {upstreamId: "1"}) { name } }')
    clock.move(61)
    await break_circuit(shopper.storefront, '{ product(by: {upstreamId: "1"}) { name } }')
    calls = shopper.world.calls.count()
    assert (await shopper.storefront.ask(query)).data["product"]["name"]
    assert shopper.world.calls.count() == calls


async def test_cart_lists_methods_while_payment_calls_are_held_back(shopper: Shopper) -> None:
    await shopper.fill_cart()
    await shopper.fault("status", METHODS, status=503)
    sent = [0]
    while len(sent) < 3 or sent[-1] > sent[-2]:
        await shopper.storefront.add(SOFTWARE)  # Another amount has another list.
        methods = (await shopper.storefront.ask("{ availablePaymentMethods { methods { type } } }")).data
        assert methods["availablePaymentMethods"]["methods"]
        sent.append(shopper.world.calls.count("GET", METHODS))
    assert sent[-1] == MIN_CALLS


@asynccontextmanager
async def client_of(answer: Callable[[httpx.Request], httpx.Response], world: World) -> AsyncIterator[Upstream]:
    """A client behind breakers, to which `answer` answers."""

    async def handle(request: httpx.Request) -> httpx.Response:
        return answer(request)

    async with transport.client(httpx.MockTransport(handle)) as network:
        breakers = Breakers(network, lambda: datetime.now(UTC), elapsed_s)
        yield Upstream(
            Calls(breakers, settings_for(world), Retries(first_wait_s=0), retry_budget=RetryBudget(elapsed_s))
        )


def status(code: int) -> Callable[[httpx.Request], httpx.Response]:
    return lambda request: httpx.Response(code, stream=httpx.ByteStream(b"{}"), request=request)


async def test_failed_submissions_are_no_longer_sent_but_reads_are(world: World) -> None:
    sent: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request.method)
        return status(503 if request.method == "POST" else 400)(request)

    async with client_of(answer, world) as upstream:
        with prioritized(Priority.SUBMISSION):
            for _ in range(MIN_CALLS):
                with pytest.raises(UpstreamUnavailable):
                    await upstream.orders.submit_cart("token", ip_address=None, terms_accepted=True)
            with pytest.raises(CircuitOpen) as held_back:
                await upstream.orders.submit_cart("token", ip_address=None, terms_accepted=True)
            assert not held_back.value.was_sent
            assert sent.count("POST") == MIN_CALLS
            for _ in range(3):
                with suppress(UpstreamError):
                    await upstream.cart.active_cart("token")
            assert sent.count("GET") == 3


async def test_refusals_and_hang_ups_open_no_circuit(world: World) -> None:
    sent: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request.method)
        if len(sent) % 2:
            raise asyncio.CancelledError
        return status(429)(request)

    async with client_of(answer, world) as upstream:
        for _ in range(4 * MIN_CALLS):
            with suppress(UpstreamError, asyncio.CancelledError):
                await upstream.cart.active_cart("token")
        assert len(sent) == 4 * MIN_CALLS


async def test_calls_that_fail_together_are_reported_once(world: World, caplog: pytest.LogCaptureFixture) -> None:
    calls, together = 3 * MIN_CALLS, asyncio.Event()
    sent = 0

    async def handle(request: httpx.Request) -> httpx.Response:
        nonlocal sent
        sent += 1
        if sent == calls:
            together.set()
        await together.wait()
        return status(503)(request)

    async with transport.client(httpx.MockTransport(handle)) as network:
        breakers = Breakers(network, lambda: datetime.now(UTC), elapsed_s)
        upstream = Upstream(Calls(breakers, settings_for(world), Retries(read_attempts=1)))
        reads = (upstream.cart.active_cart("token") for _ in range(calls))
        await asyncio.gather(*reads, return_exceptions=True)
    assert [record.message for record in caplog.records].count(HELD_BACK) == 1


def test_metrics_have_all_resources() -> None:
    assert {resource.value for resource in Resource} - {Resource.OTHER} == set(RESOURCES)


@pytest.mark.parametrize(
    ("call", "resource"),
    [
        ("POST /v1/shoppers/me/carts/active/submit-cart", Resource.SUBMISSIONS),
        ("GET /v1/shoppers/me/carts/active", Resource.CARTS),
        ("GET /payments/payment-methods", Resource.PAYMENTS),
        ("GET /v1/shoppers/me/product-search", Resource.CATALOG),
        ("POST /v1/shoppers/order-lookup", Resource.ORDERS),
        ("GET /v1/shoppers/me/payment-options", Resource.SHOPPERS),
        ("POST /oauth20/token", Resource.TOKENS),
        ("GET ledger", Resource.LEDGER),
    ],
)
def test_call_belongs_to_one_resource(call: str, resource: Resource) -> None:
    assert resource_of(call) is resource


def test_every_call_has_a_resource() -> None:
    assert {call for call in CALL_NAMES if resource_of(call) is Resource.OTHER} == set()
