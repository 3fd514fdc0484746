"""A refusal of submit-cart is no proof that there is no order: another request may have submitted the cart before."""

from collections.abc import AsyncIterator

import httpx
import pytest

from sandbox.app import create_app as create_sandbox
from sandbox.model.world import World
from tests.submission.lost_submissions import order_states, status_of
from tests.support.shop import SUBMIT, Clock, InMemoryTransport, Shopper, Storefront, gateway, new_key, signed_in

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
