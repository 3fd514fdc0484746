"""The reconciler settles submissions in doubt in the background, and only with evidence from Digital River."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from gateway.store.memory import MemoryStore
from sandbox.model.world import World
from tests.submission.lost_submissions import DelayedSubmission, is_unlocked, order_states, status_of
from tests.support.shop import (
    CART,
    SHORT_DEADLINE_S,
    SUBMIT,
    Clock,
    InMemoryTransport,
    Shopper,
    Storefront,
    eventually,
    gateway,
    gateway_on,
    new_key,
    signed_in,
)

pytestmark = pytest.mark.slow

SIGN_OUT = "mutation { signOut { signedOut } }"

UNRELIABLE_ANSWERS: list[dict[str, Any]] = [
    {"kind": "drop-before"},
    {"kind": "drop-after"},
    {"kind": "malformed"},
    {"kind": "huge"},
    {"kind": "content-type"},
    *({"kind": "status", "status": status} for status in (500, 502, 503, 504)),
    {"kind": "status", "status": 500, "code": "internal-payment-error"},
    {"kind": "delay", "delay_s": 60},
    {"kind": "drip", "delay_s": 1},
]


@pytest.fixture
async def shopper(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient
) -> AsyncIterator[Shopper]:
    """A shopper of a gateway with a continuously running reconciler and a short deadline for submit-cart."""
    changes = {"reconcile_every_s": 0.01, "submission_deadline_s": SHORT_DEADLINE_S}
    async with gateway(world, network, clock, **changes) as storefront:
        yield Shopper(storefront, sandbox, world)


class SilentStore(MemoryStore):
    """A store that answers no read of an attempt while `is_silent`."""

    is_silent = False

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.is_reading = asyncio.Event()

    async def get(self, key: str) -> bytes | None:
        if self.is_silent and key.startswith("attempt:"):
            self.is_reading.set()
            await asyncio.Event().wait()
        return await super().get(key)


def has_order(world: World) -> bool:
    return any(shopper.orders for shopper in world.shoppers)


@pytest.mark.parametrize("fault", UNRELIABLE_ANSWERS, ids=lambda fault: "-".join(str(part) for part in fault.values()))
async def test_submission_is_reconciled_after_each_unreliable_answer(
    shopper: Shopper, world: World, clock: Clock, fault: dict[str, Any]
) -> None:
    await shopper.get_ready()
    await shopper.control("faults", {"path": SUBMIT, "times": 1} | fault)
    key = new_key()
    assert (await shopper.storefront.outcome(key))["__typename"] == "OrderInDoubt"
    clock.move(30)
    if not has_order(world):
        reads_before = world.calls.count("GET", "/v1/shoppers/me/orders/{id}")
        await eventually(lambda: world.calls.count("GET", "/v1/shoppers/me/orders/{id}") > reads_before)
        assert await status_of(shopper.storefront, key) == "IN_DOUBT", (
            "the order may still appear before the quiet time ends"
        )
        clock.move(100)
    await eventually(lambda: is_unlocked(shopper.storefront))
    assert await status_of(shopper.storefront, key) == ("PLACED" if has_order(world) else "NOT_PLACED")
    assert shopper.submits == 1


async def test_submission_is_reconciled_after_a_long_outage(shopper: Shopper, world: World, clock: Clock) -> None:
    await shopper.get_ready()
    await shopper.fault("drop-after", SUBMIT, times=1)
    key = new_key()
    assert (await shopper.storefront.outcome(key))["__typename"] == "OrderInDoubt"
    await shopper.fault("status", "/v1/shoppers/me/orders/{id}", status=503)
    clock.move(600)
    reads_before = world.calls.count("GET", "/v1/shoppers/me/orders/{id}")
    await eventually(lambda: world.calls.count("GET", "/v1/shoppers/me/orders/{id}") > reads_before)
    assert await status_of(shopper.storefront, key) == "IN_DOUBT", (
        "orders cannot be read, although the quiet time is over"
    )
    world.faults.clear()
    clock.move(31)
    await eventually(lambda: is_unlocked(shopper.storefront))
    assert await status_of(shopper.storefront, key) == "PLACED"


async def test_order_of_delayed_submit_cart_is_reported_as_placed(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient
) -> None:
    delayed_network = DelayedSubmission(network.app)
    delayed_network.is_armed = True
    async with gateway(world, delayed_network, clock, reconcile_every_s=0.01) as storefront:
        shopper = Shopper(storefront, sandbox, world)
        await shopper.get_ready()
        key = new_key()
        assert (await storefront.outcome(key))["__typename"] == "OrderInDoubt"
        clock.move(60)
        await eventually(lambda: world.calls.count("GET", "/v1/shoppers/me/orders/{id}") > 0)
        assert (await storefront.outcome())["__typename"] == "OrderBlocked", (
            "a second submission is blocked in the meantime"
        )
        assert await delayed_network.deliver() == 200
        clock.move(31)
        await eventually(lambda: is_unlocked(shopper.storefront))
        assert await status_of(storefront, key) == "PLACED"
        assert shopper.submits == 1


async def test_approved_submission_is_resumed_after_signing_in_and_out(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient
) -> None:
    async with gateway(world, network, clock, reconcile_every_s=0.01) as storefront:
        shopper = Shopper(storefront, sandbox, world)
        await shopper.get_ready("klarnaCredit")
        redirect = await storefront.outcome()
        keys = world.keys
        assert (await storefront.sign_in(keys.shopper_username, keys.shopper_password))["errors"] == []
        await storefront.ask(SIGN_OUT)
        await shopper.decide(redirect["action"]["redirectUrl"])
        clock.move(10)
        await eventually(lambda: order_states(world)[-1] == "Submitted")


async def test_approval_after_the_session_expired_still_places_the_order(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient
) -> None:
    async with gateway(world, network, clock, reconcile_every_s=0.01) as storefront:
        shopper = Shopper(storefront, sandbox, world)
        await shopper.get_ready("klarnaCredit")
        redirect = await storefront.outcome()
        reads_before = world.calls.count("GET", CART)
        clock.move(1801)
        await eventually(lambda: world.calls.count("GET", CART) > reads_before)
        await shopper.decide(redirect["action"]["redirectUrl"])

        def is_submitted() -> bool:
            # A check that began before the approval schedules another check. Move the clock until that check is due.
            clock.move(1)
            return order_states(world) == ["Submitted"]

        await eventually(is_submitted)


async def test_next_session_settles_attempt_in_doubt_of_expired_session(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient
) -> None:
    async with gateway(world, network, clock, reconcile_every_s=0.01) as storefront:
        keys = world.keys
        shopper = await signed_in(storefront, sandbox, world, keys.shopper_username, keys.shopper_password)
        await shopper.get_ready()
        await shopper.fault("drop-after", SUBMIT, times=1)
        await shopper.fault("status", "/v1/shoppers/me/orders/{id}", status=503)
        assert (await shopper.storefront.outcome())["__typename"] == "OrderInDoubt"
        reads_before = world.calls.count("GET", CART)
        clock.move(1801)
        await eventually(lambda: world.calls.count("GET", CART) > reads_before)
        world.faults.clear()
        next_session = await signed_in(storefront, sandbox, world, keys.shopper_username, keys.shopper_password)
        clock.move(31)
        await eventually(lambda: is_unlocked(next_session.storefront))


async def test_slow_reconciliation_does_not_delay_other_attempts(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient
) -> None:
    class SlowForFirstShopper(InMemoryTransport):
        slow_token: str | None = None
        is_reading, may_continue = asyncio.Event(), asyncio.Event()

        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            if self.slow_token and request.url.path == CART and request.headers["authorization"] == self.slow_token:
                self.is_reading.set()
                await self.may_continue.wait()
            if request.url.path == SUBMIT and self.slow_token is None:
                self.slow_token = request.headers["authorization"]
            return await super().handle_async_request(request)

    slow_network = SlowForFirstShopper(network.app)
    async with gateway(world, slow_network, clock, reconcile_every_s=0.01) as storefront:
        await Shopper(storefront, sandbox, world).fault("drop-after", SUBMIT, times=2)
        first_shopper = Shopper(storefront, sandbox, world)
        await first_shopper.get_ready()
        assert (await first_shopper.storefront.outcome())["__typename"] == "OrderInDoubt"
        clock.move(5)
        await slow_network.is_reading.wait()
        other_shopper = Shopper(Storefront(storefront.http), sandbox, world)
        await other_shopper.get_ready()
        assert (await other_shopper.storefront.outcome())["__typename"] == "OrderInDoubt"
        clock.move(31)
        try:
            await eventually(lambda: is_unlocked(other_shopper.storefront))
        finally:
            slow_network.may_continue.set()


async def test_stop_does_not_wait_for_checks_that_have_sent_nothing(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient
) -> None:
    store = SilentStore(clock)
    async with asyncio.timeout(30), gateway_on(store, world, network, clock, reconcile_every_s=0.01) as storefront:
        shopper = Shopper(storefront, sandbox, world)
        await shopper.get_ready()
        await shopper.fault("drop-after", SUBMIT, times=1)
        assert (await storefront.outcome())["__typename"] == "OrderInDoubt"
        store.is_silent = True
        clock.move(5)
        await store.is_reading.wait()
