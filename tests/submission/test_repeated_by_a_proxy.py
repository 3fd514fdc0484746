"""A refusal of submit-cart is no proof that there is no order: another request may have submitted the cart before."""

from collections.abc import AsyncIterator

import httpx
import pytest

from sandbox.app import create_app as create_sandbox
from sandbox.model.world import World
from tests.submission.lost_submissions import order_states, status_of
from tests.support.shop import CART, SUBMIT, Clock, InMemoryTransport, Shopper, Storefront, gateway, new_key, signed_in

ORDER = "/v1/shoppers/me/orders/{id}"
RESUME = "mutation { resumeOrder(input: {}) { result { __typename } errors { code } } }"


class RepeatingProxy(InMemoryTransport):
    """A network with a proxy that repeats submit-cart, because it has lost the first answer."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == SUBMIT:
            await super().handle_async_request(request)
        return await super().handle_async_request(request)


@pytest.fixture
async def storefront_behind_proxy(world: World, clock: Clock) -> AsyncIterator[Storefront]:
    async with gateway(world, RepeatingProxy(create_sandbox(world)), clock) as storefront:
        yield storefront


async def test_guest_learns_of_order_whose_repetition_was_refused(
    storefront_behind_proxy: Storefront, sandbox: httpx.AsyncClient, world: World
) -> None:
    shopper = Shopper(storefront_behind_proxy, sandbox, world)
    await shopper.get_ready()
    key = new_key()
    assert (await shopper.storefront.outcome(key))["__typename"] == "OrderPlaced"
    assert await status_of(shopper.storefront, key) == "PLACED"
    assert order_states(world) == ["Submitted"]


@pytest.mark.parametrize("unread", [ORDER, CART])
async def test_repetition_with_unread_evidence_leaves_a_doubt(
    storefront_behind_proxy: Storefront, sandbox: httpx.AsyncClient, world: World, clock: Clock, unread: str
) -> None:
    shopper = Shopper(storefront_behind_proxy, sandbox, world)
    await shopper.get_ready()
    agreed = await shopper.storefront.agreement()
    # The guard reads the cart once before it is sent.
    await shopper.fault("status", unread, method="GET", status=503, skips=1 if unread == CART else 0)
    key = new_key()
    assert (await shopper.storefront.outcome(key, **agreed))["__typename"] == "OrderInDoubt"
    world.faults.clear()
    clock.move(60)
    assert await status_of(shopper.storefront, key) == "PLACED"
    assert order_states(world) == ["Submitted"]


async def test_redirect_whose_repetition_was_refused_can_be_finished(
    storefront_behind_proxy: Storefront, sandbox: httpx.AsyncClient, world: World
) -> None:
    keys = world.keys
    alex = await signed_in(storefront_behind_proxy, sandbox, world, keys.shopper_username, keys.shopper_password)
    await alex.get_ready("klarnaCredit")
    result = await alex.storefront.outcome()
    assert result["__typename"] == "OrderActionRequired"
    await alex.decide(result["action"]["redirectUrl"])
    payload = (await alex.storefront.ask(RESUME)).data["resumeOrder"]
    assert payload == {"result": {"__typename": "OrderPlaced"}, "errors": []}
    assert order_states(world) == ["Submitted"]
