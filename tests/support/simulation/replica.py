"""A gateway that a test can kill, or cut off from its store, while it answers requests."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime, timedelta
from typing import TypeVar

import httpx

from gateway.errors import StoreUnavailable
from gateway.settings.settings import Settings
from gateway.store.interface import Lease, Store
from tests.support.shop import Clock, MovedRedisStore, app_for, running
from tests.support.simulation.upstream import Upstream

T = TypeVar("T")

RECONCILE_EVERY_S = 1


class Switch:
    """Whether a replica runs. A killed replica stops wherever it waits for its store or for Digital River, and cleans
    up nothing."""

    def __init__(self) -> None:
        self.is_cut_off = False
        """Whether the store refuses all commands of the replica."""
        self.is_over = False
        """Whether the test has ended. The tasks of a killed replica then end too."""
        self.killed = asyncio.Event()
        self._stopped: list[asyncio.Future[None]] = []
        """What the tasks of a killed replica wait for. Without this list, they would be garbage."""

    async def passing(self) -> None:
        """Never return after the replica was killed."""
        if self.is_over:
            raise asyncio.CancelledError
        if self.killed.is_set():
            future = asyncio.get_running_loop().create_future()
            self._stopped.append(future)
            await future


class SwitchedStore(MovedRedisStore):
    """The shared store as one replica reaches it. Its time is `clock`, whatever the clock of the replica."""

    def __init__(self, url: str, clock: Clock, switch: Switch) -> None:
        super().__init__(url, clock, timeout_s=10)
        self._switch = switch
        self.leases: list[Lease] = []

    @property
    def is_busy(self) -> bool:
        """Whether the server has not yet answered a command."""
        return self.redis.shared.is_waiting

    @asynccontextmanager
    async def lock(self, name: str, *, wait_s: float, ttl_s: float) -> AsyncIterator[Lease]:
        async with super().lock(name, wait_s=wait_s, ttl_s=ttl_s) as lease:
            self.leases.append(lease)
            try:
                yield lease
            finally:
                self.leases.remove(lease)

    async def _run(self, command: Callable[[], Awaitable[T]]) -> T:
        await self._switch.passing()
        if self._switch.is_cut_off:
            raise StoreUnavailable(detail="cut off")
        answer = await super()._run(command)
        await self._switch.passing()
        return answer


class SwitchedNetwork(httpx.AsyncBaseTransport):
    """The network between one replica and Digital River."""

    def __init__(self, upstream: Upstream, switch: Switch) -> None:
        self._upstream = upstream
        self._switch = switch

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await self._switch.passing()
        response = await self._upstream.answer(request, self._switch.killed)
        await self._switch.passing()
        return response


class Replica:
    """`skew`: the time by which the replica's own clock is ahead of the store's clock."""

    http: httpx.AsyncClient

    def __init__(self, settings: Settings, upstream: Upstream, store: Store, switch: Switch, clock: Clock) -> None:
        self.store = store
        self.switch = switch
        self.skew = timedelta(0)
        self._clock = clock
        self._app = app_for(
            settings,
            SwitchedNetwork(upstream, switch),
            now=self._now,
            store=store,
            reconcile_every_s=RECONCILE_EVERY_S,
            elapsed=clock.elapsed,
        )
        self._stack = AsyncExitStack()

    def _now(self) -> datetime:
        return self._clock() + self.skew

    @property
    def leases(self) -> list[Lease]:
        return self.store.leases if isinstance(self.store, SwitchedStore) else []

    @property
    def is_busy(self) -> bool:
        return isinstance(self.store, SwitchedStore) and self.store.is_busy

    async def start(self) -> None:
        self.http = await self._stack.enter_async_context(running(self._app))

    async def stop(self) -> None:
        """Stop the replica as a deployment does. All its requests must have ended."""
        await self._stack.aclose()

    def kill(self) -> None:
        self.switch.killed.set()
