"""Lost submissions are reconciled in the background, and their outcome is never guessed."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from sandbox.model.world import World
from tests.support.shop import SUBMIT, Clock, InMemoryTransport, Shopper, Storefront, eventually, gateway, new_key

READ_STATUS = "query($key: UUID) { orderSubmission(idempotencyKey: $key) { status } }"

pytestmark = pytest.mark.slow

UNTRUSTED_ANSWERS: list[dict[str, Any]] = [
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
    """A shopper of a gateway whose reconciler runs all the time, with a short deadline for submit-cart."""
    changes = {"reconcile_every_s": 0.01, "submission_deadline_s": 0.5}
    async with gateway(world, network, clock, **changes) as storefront:
        yield Shopper(storefront, sandbox, world)


async def status_of(storefront: Storefront, key: str) -> str:
    status: str = (await storefront.ask(READ_STATUS, key=key)).data["orderSubmission"]["status"]
    return status


async def has_free_cart(shopper: Shopper) -> bool:
    return bool((await shopper.storefront.add("5401230200"))["errors"] == [])


def has_order(world: World) -> bool:
    return any(shopper.orders for shopper in world.shoppers)


@pytest.mark.parametrize("fault", UNTRUSTED_ANSWERS, ids=lambda fault: "-".join(str(part) for part in fault.values()))
async def test_outcome_is_reconciled_after_any_untrusted_answer(
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
            "no order before the quiet time ends proves nothing"
        )
        clock.move(100)
    await eventually(lambda: has_free_cart(shopper))
    assert await status_of(shopper.storefront, key) == ("PLACED" if has_order(world) else "NOT_PLACED")
    assert shopper.submits == 1


async def test_outcome_is_reconciled_after_a_long_outage(shopper: Shopper, world: World, clock: Clock) -> None:
    await shopper.get_ready()
    await shopper.fault("drop-after", SUBMIT, times=1)
    key = new_key()
    assert (await shopper.storefront.outcome(key))["__typename"] == "OrderInDoubt"
    await shopper.fault("status", "/v1/shoppers/me/orders/{id}", status=503)
    clock.move(600)
    reads_before = world.calls.count("GET", "/v1/shoppers/me/orders/{id}")
    await eventually(lambda: world.calls.count("GET", "/v1/shoppers/me/orders/{id}") > reads_before)
    assert await status_of(shopper.storefront, key) == "IN_DOUBT", "past the quiet time, but orders cannot be read"
    world.faults.clear()
    clock.move(31)
    await eventually(lambda: has_free_cart(shopper))
    assert await status_of(shopper.storefront, key) == "PLACED"


class DelayedSubmission(InMemoryTransport):
    """Loses the first submit-cart for its sender. `deliver` sends it to Digital River later."""

    delayed: httpx.Request | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == SUBMIT and self.delayed is None:
            self.delayed = request
            raise httpx.ReadError("lost", request=request)
        return await super().handle_async_request(request)

    async def deliver(self) -> None:
        assert self.delayed is not None
        answer = await super().handle_async_request(self.delayed)
        assert answer.status_code == 200


async def test_late_order_is_never_reported_absent(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient
) -> None:
    delayed_network = DelayedSubmission(network.app)
    async with gateway(world, delayed_network, clock, reconcile_every_s=0.01) as storefront:
        shopper = Shopper(storefront, sandbox, world)
        await shopper.get_ready()
        key = new_key()
        assert (await storefront.outcome(key))["__typename"] == "OrderInDoubt"
        clock.move(60)
        await eventually(lambda: world.calls.count("GET", "/v1/shoppers/me/orders/{id}") > 0)
        assert (await storefront.outcome())["__typename"] == "OrderBlocked", "no second submission in the meantime"
        await delayed_network.deliver()
        clock.move(31)
        await eventually(lambda: has_free_cart(shopper))
        assert await status_of(storefront, key) == "PLACED"
        assert shopper.submits == 1
