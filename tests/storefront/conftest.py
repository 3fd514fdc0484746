from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from gateway.upstream.protection.breaker import OPEN_S
from gateway.upstream.protection.recent_calls import WINDOW_S
from sandbox.model.fault import Fault
from sandbox.model.world import World
from tests.support.chromium import Chromium, running_chromium
from tests.support.shop import Clock
from tests.support.storefront_build import Shop, served_storefront

FORGOTTEN_S = WINDOW_S + max(OPEN_S)
"""Time in seconds after which failed calls are neither counted nor a reason to hold others back."""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Chromium]:
    with running_chromium() as chromium:
        yield chromium


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    """As in the other tests, and for fixtures that the tests of a file share."""
    return "asyncio"


@dataclass(frozen=True)
class OpenShop:
    """A storefront that the tests of a file share. Each test has a shopper of its own."""

    shop: Shop
    world: World
    clock: Clock

    @contextmanager
    def later(self, seconds: float) -> Iterator[None]:
        """The gateway is so much later. Afterwards, its time of day is again that of the browsers of the next tests."""
        self.clock.move(seconds)
        try:
            yield
        finally:
            self.clock.jump(-seconds)

    @contextmanager
    def failing(self, path: str, **values: Any) -> Iterator[None]:
        """Digital River answers calls of this path with 503. Afterwards, the gateway holds no such calls back."""
        fault = Fault(path=path, kind="status", status=503, **values)
        self.world.faults.append(fault)
        try:
            yield
        finally:
            self.world.faults.remove(fault)
            with self.later(FORGOTTEN_S):
                pass


@pytest.fixture(scope="module")
async def open_shop() -> AsyncIterator[OpenShop]:
    world, clock = World(), Clock()
    async with served_storefront(world, clock) as shop:
        yield OpenShop(shop, world, clock)
