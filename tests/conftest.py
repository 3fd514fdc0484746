"""Shared fixtures: a sandbox, a gateway that calls the sandbox, and shoppers."""

import gc
import io
import os
import threading
import uuid
from collections.abc import AsyncIterator, Generator, Iterator

import httpx
import pytest
from cryptography.fernet import Fernet

from gateway.app import utc_now
from gateway.sessions.encrypted_store import EncryptedStore
from gateway.sessions.encryption import SessionEncryption
from gateway.store.interface import Store
from gateway.store.memory import MemoryStore
from gateway.store.redis import RedisStore
from sandbox.app import create_app as create_sandbox
from sandbox.model.world import World
from schema.build import build
from tests.support.browser_turns import browser_turn
from tests.support.commerce_client import Client
from tests.support.recorded_log import recorded_log
from tests.support.shop import Clock, InMemoryTransport, Shopper, Storefront, gateway, signed_in
from tests.support.valkey import Valkey

EXPORT_PATIENCE_S = 10

LONG_S = 200
"""A test that may take so many seconds begins before the others."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the long tests, or the last of them would run alone.

    Each of the workers of pytest-xdist first gets one part of the tests, so each part begins with its share of them.
    """
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    long = [item for item in items if _seconds(item) > LONG_S]
    others = [item for item in items if _seconds(item) <= LONG_S]
    ordered: list[pytest.Item] = []
    for worker in range(workers):
        own = long[worker::workers]
        size = (len(items) - len(ordered)) // (workers - worker)
        more = max(size - len(own), 0)
        ordered += own + others[:more]
        others = others[more:]
    items[:] = ordered + others


def _seconds(item: pytest.Item) -> float:
    marker = item.get_closest_marker("timeout")
    return float(marker.args[0]) if marker else 0


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Before the time limit of the test begins, wait for a browser."""
    if item.get_closest_marker("browser") is None:
        return (yield)
    with browser_turn():
        return (yield)


def pytest_collection_finish() -> None:
    """Build the schemas once and exclude them from garbage collection, to make garbage collection faster."""
    for suggests in (True, False):
        build(suggests=suggests)
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def no_export_of_spans_goes_on() -> Iterator[None]:
    """Its thread would draw random numbers during later tests, which Hypothesis takes for those of their strategies."""
    yield
    for thread in threading.enumerate():
        if thread.name == "spans":
            thread.join(EXPORT_PATIENCE_S)
            assert not thread.is_alive(), "the test started an export of spans and did not close it"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def valkey() -> Iterator[Valkey]:
    """A Valkey server that all tests in one pytest worker process share. Each test uses different keys."""
    with Valkey() as server:
        yield server


@pytest.fixture
def own_valkey() -> Iterator[Valkey]:
    """A Valkey server that only one test uses, so the test may stop or flush the server."""
    with Valkey() as server:
        yield server


@pytest.fixture(params=["memory", "valkey", "encrypted"])
async def store(request: pytest.FixtureRequest) -> AsyncIterator[Store]:
    """A memory store, or a Redis store with its own key prefix, with and without encryption. A test with this fixture
    runs once with each store."""
    store: Store
    if request.param == "memory":
        store = MemoryStore(utc_now)
    else:
        valkey: Valkey = request.getfixturevalue("valkey")
        store = RedisStore(valkey.url, timeout_s=10, prefix=f"{uuid.uuid4()}:")
        if request.param == "encrypted":
            store = EncryptedStore(store, SessionEncryption([Fernet.generate_key()]))
    yield store
    await store.aclose()


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """The log output of all loggers at level DEBUG, in the format of the gateway."""
    with recorded_log() as written:
        yield written


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def network(world: World) -> InMemoryTransport:
    """Transport that connects the gateway and the browser of the shopper to the sandbox."""
    return InMemoryTransport(create_sandbox(world))


@pytest.fixture
async def sandbox(network: InMemoryTransport) -> AsyncIterator[httpx.AsyncClient]:
    """HTTP client that calls the sandbox in the role of DigitalRiver.js or of the shopper's browser."""
    async with httpx.AsyncClient(transport=network, base_url="http://sandbox") as http:
        yield http


@pytest.fixture
async def storefront(world: World, network: InMemoryTransport, clock: Clock) -> AsyncIterator[Storefront]:
    async with gateway(world, network, clock) as storefront:
        yield storefront


@pytest.fixture
def shopper(storefront: Storefront, sandbox: httpx.AsyncClient, world: World) -> Shopper:
    return Shopper(storefront, sandbox, world)


@pytest.fixture
async def reconciled_shopper(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient
) -> AsyncIterator[Shopper]:
    """A shopper of a gateway whose reconciler runs every 10 milliseconds."""
    async with gateway(world, network, clock, reconcile_every_s=0.01) as storefront:
        yield Shopper(storefront, sandbox, world)


@pytest.fixture
async def client(sandbox: httpx.AsyncClient, world: World) -> Client:
    client = Client(sandbox, world)
    await client.start()
    return client


@pytest.fixture
async def registered_shopper(storefront: Storefront, sandbox: httpx.AsyncClient, world: World) -> Shopper:
    """The shopper Alex of the demo shop, who is signed in and has saved addresses and cards."""
    keys = world.keys
    return await signed_in(storefront, sandbox, world, keys.shopper_username, keys.shopper_password)


@pytest.fixture
async def other_registered_shopper(storefront: Storefront, sandbox: httpx.AsyncClient, world: World) -> Shopper:
    """The shopper Sam of the demo shop, who is signed in at the same gateway as Alex."""
    keys = world.keys
    return await signed_in(storefront, sandbox, world, keys.other_shopper_username, keys.other_shopper_password)
