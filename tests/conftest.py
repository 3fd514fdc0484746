"""What every test stands on: a sandbox, a gateway in front of it, and a shopper."""

from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.types import ASGIApp

from sandbox.app import create_app as create_sandbox
from sandbox.world import World
from tests.shop import Clock, Shopper, Storefront, gateway


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def sandbox_app(world: World) -> ASGIApp:
    return create_sandbox(world)


@pytest.fixture
async def sandbox(sandbox_app: ASGIApp) -> AsyncIterator[httpx.AsyncClient]:
    """The sandbox as DigitalRiver.js and the payment provider meet it."""
    transport = httpx.ASGITransport(app=sandbox_app)
    async with httpx.AsyncClient(transport=transport, base_url="http://sandbox") as http:
        yield http


@pytest.fixture
async def storefront(world: World, sandbox_app: ASGIApp, clock: Clock) -> AsyncIterator[Storefront]:
    async with gateway(world, sandbox_app, clock) as storefront:
        yield storefront


@pytest.fixture
def shopper(storefront: Storefront, sandbox: httpx.AsyncClient, world: World) -> Shopper:
    return Shopper(storefront, sandbox, world)
