"""Helpers for tests of lost submissions: a network that delays submit-cart, and functions that read the outcome."""

import httpx

from sandbox.model.world import World
from tests.support.shop import PACK, SUBMIT, InMemoryTransport, Storefront

READ_STATUS = "query($key: UUID) { orderSubmission(idempotencyKey: $key) { status result { __typename } } }"


async def status_of(storefront: Storefront, key: str) -> str:
    status: str = (await storefront.ask(READ_STATUS, key=key)).data["orderSubmission"]["status"]
    return status


def order_states(world: World) -> list[str]:
    return [order.state for shopper in world.shoppers for order in shopper.orders.values()]


class DelayedSubmission(InMemoryTransport):
    """A network that loses the first submit-cart request while `is_armed`. `deliver` sends the lost request."""

    delayed: httpx.Request | None = None
    is_armed = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == SUBMIT and self.is_armed and self.delayed is None:
            self.delayed = request
            raise httpx.ReadError("lost", request=request)
        return await super().handle_async_request(request)

    async def deliver(self) -> int:
        assert self.delayed is not None
        return (await super().handle_async_request(self.delayed)).status_code


async def is_unlocked(storefront: Storefront) -> bool:
    """Whether the cart is unlocked. Tries to add a cart line."""
    return bool((await storefront.add(PACK))["errors"] == [])
