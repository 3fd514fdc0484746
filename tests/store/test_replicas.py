"""Replicas of the gateway that share a store act like a single gateway."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx
import pytest
from starlette.types import ASGIApp

from bench.replicas.fault_proxy import Shares
from bench.replicas.journeys import signs_in_between
from bench.replicas.kills import kills
from bench.replicas.load import load
from sandbox.model.world import World
from tests.support.shop import (
    PACK,
    SUBMIT,
    Clock,
    InMemoryTransport,
    Shopper,
    Storefront,
    gateway,
    new_key,
    signed_in,
)
from tests.support.valkey import Valkey, emptied

pytestmark = pytest.mark.slow

ORDER_SUBMISSION = "query($key: UUID) { orderSubmission(idempotencyKey: $key) { status result { __typename } } }"
SIGN_IN = """mutation { signIn(input: {delivery: BEARER, credentials: {password: {username: "kim@example.com",
  password: "wrong"}}}) { errors { code } } }"""


@dataclass
class Replicas:
    """Two gateways that share a store, and a shopper whose storefront calls the first gateway."""

    http: tuple[httpx.AsyncClient, httpx.AsyncClient]
    shopper: Shopper

    @property
    def tabs(self) -> tuple[Storefront, Storefront]:
        """One storefront for each replica. Both storefronts have the shopper's session."""
        own = self.shopper.storefront
        first, second = (Storefront(http, dict(own.headers), own.cookie) for http in self.http)
        return first, second


@pytest.fixture
async def replicas(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient, valkey: Valkey
) -> AsyncIterator[Replicas]:
    await emptied(valkey)
    async with (
        gateway(world, network, clock, store_url=valkey.url) as first,
        gateway(world, network, clock, store_url=valkey.url) as second,
    ):
        yield Replicas((first.http, second.http), Shopper(first, sandbox, world))


async def test_session_of_one_replica_is_valid_at_the_other(replicas: Replicas) -> None:
    await replicas.shopper.fill_cart()
    first, second = replicas.tabs
    assert (await second.cart())["totalQuantity"] == 1
    await second.ask("mutation { signOut { signedOut } }")
    assert (await first.ask("{ paymentSession { id } }")).codes == ["SESSION_EXPIRED"]


async def test_rejected_token_is_renewed_once_for_both_replicas(replicas: Replicas, world: World) -> None:
    await replicas.shopper.fill_cart()
    for token in [token for token, grant in world.tokens.items() if grant.shopper.cart]:
        del world.tokens[token]
    world.calls.clear()
    tabs = [tab for _ in range(10) for tab in replicas.tabs]
    answers = await asyncio.gather(*(tab.ask("{ cart { totalQuantity } }") for tab in tabs))
    assert all(answer.data["cart"] == {"totalQuantity": 1} for answer in answers)
    assert world.calls.count("POST", "/oauth20/token") == 1


async def test_same_idempotency_key_at_two_replicas_adds_product_once(replicas: Replicas) -> None:
    await replicas.shopper.fill_cart()
    key = new_key()
    payloads = await asyncio.gather(*(tab.add(PACK, key=key) for _ in range(5) for tab in replicas.tabs))
    assert all(payload["errors"] == [] for payload in payloads)
    assert (await replicas.shopper.storefront.cart())["totalQuantity"] == 2


async def test_same_idempotency_key_at_two_replicas_places_one_order(replicas: Replicas) -> None:
    await replicas.shopper.get_ready()
    agreed, key = await replicas.shopper.storefront.agreement(), new_key()
    payloads = await asyncio.gather(*(tab.submit(key, **agreed) for _ in range(10) for tab in replicas.tabs))
    assert {payload["result"]["__typename"] for payload in payloads} == {"OrderPlaced"}
    assert len({payload["result"]["order"]["number"] for payload in payloads}) == 1
    assert [payload["attempt"]["isReplay"] for payload in payloads].count(False) == 1
    assert replicas.shopper.submits == 1


async def test_different_idempotency_keys_at_two_replicas_place_one_order(replicas: Replicas) -> None:
    await replicas.shopper.get_ready()
    agreed = await replicas.shopper.storefront.agreement()
    results = await asyncio.gather(*(tab.outcome(**agreed) for _ in range(10) for tab in replicas.tabs))
    assert Counter(result["__typename"] for result in results) == {"OrderPlaced": 1, "OrderBlocked": 19}
    assert replicas.shopper.submits == 1


@pytest.mark.parametrize("is_known_at_sign_in", [True, False])
async def test_two_devices_of_one_shopper_place_one_order(
    replicas: Replicas, sandbox: httpx.AsyncClient, world: World, is_known_at_sign_in: bool
) -> None:
    if not is_known_at_sign_in:
        await replicas.shopper.fault("status", "/v1/shoppers/me", method="GET", skips=1, times=1, status=400)
    keys = world.keys
    devices = [
        await signed_in(Storefront(http), sandbox, world, keys.shopper_username, keys.shopper_password)
        for http in replicas.http
    ]
    await devices[0].get_ready()
    agreed = await devices[0].storefront.agreement()

    results = await asyncio.gather(*(device.storefront.outcome(**agreed) for device in devices))
    assert Counter(result["__typename"] for result in results) == {"OrderPlaced": 1, "OrderBlocked": 1}
    assert replicas.shopper.submits == 1


async def test_sign_in_rate_limit_applies_across_replicas(replicas: Replicas) -> None:
    codes = []
    for number in range(6):
        answer = await Storefront(replicas.http[number % 2]).ask(SIGN_IN)
        codes += [error["code"] for error in answer.data["signIn"]["errors"]]
    assert codes == ["SIGN_IN_FAILED"] * 5 + ["RATE_LIMITED"]


async def test_sign_in_rate_limit_counts_simultaneous_attempts_at_replicas(replicas: Replicas) -> None:
    answers = await asyncio.gather(*(Storefront(http).ask(SIGN_IN) for _ in range(10) for http in replicas.http))
    codes = Counter(error["code"] for answer in answers for error in answer.data["signIn"]["errors"])
    assert codes == {"SIGN_IN_FAILED": 5, "RATE_LIMITED": 15}


class FirstOrderReadIsLost(InMemoryTransport):
    """A network in which the first read of an order waits until a test sets `may_fail`, and then fails."""

    def __init__(self, app: ASGIApp) -> None:
        super().__init__(app)
        self.is_reading, self.may_fail = asyncio.Event(), asyncio.Event()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if "/orders/" in request.url.path and not self.is_reading.is_set():
            self.is_reading.set()
            await self.may_fail.wait()
            raise httpx.ReadError("lost", request=request)
        return await super().handle_async_request(request)


async def test_stale_replica_does_not_overwrite_newer_outcome(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient, valkey: Valkey
) -> None:
    await emptied(valkey)
    transport = FirstOrderReadIsLost(network.app)
    async with (
        gateway(world, transport, clock, store_url=valkey.url) as first,
        gateway(world, transport, clock, store_url=valkey.url) as second,
    ):
        shopper = Shopper(first, sandbox, world)
        await shopper.get_ready()
        await shopper.fault("drop-after", SUBMIT, times=1)
        key = new_key()
        assert (await first.outcome(key))["__typename"] == "OrderInDoubt"
        clock.move(5)
        stale = asyncio.create_task(first.another_tab().ask(ORDER_SUBMISSION, key=key))
        await transport.is_reading.wait()
        newer = await Storefront(second.http, cookie=first.cookie).ask(ORDER_SUBMISSION, key=key)
        assert newer.data["orderSubmission"]["status"] == "PLACED"
        transport.may_fail.set()
        assert (await stale).data["orderSubmission"]["status"] == "PLACED"
        assert (await first.add(PACK))["errors"] == [], "the cart is not locked"


# These tests start gateways as real processes. By default, `python -m bench.replicas` sends many more requests.


@pytest.mark.timeout(240)
async def test_contested_carts_are_bought_once_and_as_agreed() -> None:
    report = await load(submits=400, carts=40, idle_s=15)
    assert report.is_good, report
    assert report.mix["submit requests"] > 300
    assert report.orders > 20


@pytest.mark.timeout(240)
async def test_account_learns_of_order_in_doubt_of_its_guest_session() -> None:
    faults, kinds = Shares(lost=0.9), [(signs_in_between, True, 100)]
    report = await load(submits=60, carts=10, idle_s=4, faults=faults, kinds=kinds)
    assert report.is_good, report
    assert report.mix["upstream: lost answers to requests that buy"] > 5


@pytest.mark.timeout(240)
async def test_killed_gateways_leave_no_wrong_order_or_open_attempt() -> None:
    report = await kills(times=4, idle_s=15)
    assert report.is_good, report
    assert report.orders > 4
