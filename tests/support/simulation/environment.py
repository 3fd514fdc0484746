"""The sandbox, the store and the replicas of a simulation, and the time that they share."""

import asyncio
import contextlib
from abc import ABC, abstractmethod
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any, TypeVar

import httpx
from redis import Redis
from redis.exceptions import ResponseError

from gateway.store.interface import Store
from gateway.store.memory import MemoryStore
from sandbox.app import create_app as create_sandbox
from sandbox.model.world import World
from tests.support.shop import PACK, POLES, Clock, settings_for
from tests.support.simulation.moved_loop import MovedLoop, settle
from tests.support.simulation.promises import Promises
from tests.support.simulation.replica import Replica, Switch, SwitchedStore
from tests.support.simulation.upstream import Upstream
from tests.support.valkey import Valkey, intact_since_2000

T = TypeVar("T")

LONGEST_STEP_S = 3
"""Longest step of time while requests are open. Heartbeats and locks last longer than one step."""

DEADLINE_S = 10
"""The default deadline of operations, from which the times of locks follow."""

OPEN_FOR_S = 130
"""Time after which every request that was open has ended, so that the remaining time can pass at once."""

EVICTED_BYTES = 500_000
FILLER_MS = 3000

AGE = """
for _, key in ipairs(redis.call('KEYS', '*')) do
  local left = redis.call('PTTL', key)
  if left >= 0 then
    if left <= tonumber(ARGV[1]) then redis.call('DEL', key) else redis.call('PEXPIRE', key, left - ARGV[1]) end
  end
end
"""
"""Script that brings the end of every key nearer, by a number of milliseconds."""


class Storage(ABC):
    """The store of a simulation, which outlives its replicas or not."""

    replicas: int
    """Number of replicas that run at the same time."""

    @abstractmethod
    def store_for(self, switch: Switch, clock: Clock) -> Store:
        """The store of a new replica."""

    @property
    @abstractmethod
    def url(self) -> str:
        """The setting of the store; empty for a store in memory."""

    @abstractmethod
    def age(self, seconds: float) -> None:
        """Bring the end of every record nearer, because time has passed."""


class MemoryStorage(Storage):
    """Every replica has a store of its own, so one replica runs at a time. `is_first`: no replica has run before."""

    replicas = 1

    def __init__(self) -> None:
        self._is_first = True

    url = ""

    def store_for(self, switch: Switch, clock: Clock) -> Store:  # noqa: ARG002 - the store ends with its process
        intact_since = clock() - timedelta(days=1) if self._is_first else None
        self._is_first = False
        return MemoryStore(clock, intact_since=intact_since)

    def age(self, seconds: float) -> None:
        """Nothing to do: a store in memory reads the time from the clock of the simulation."""


class ValkeyStorage(Storage):
    """A real server, which all simulations of a process use one after the other."""

    replicas = 2

    def __init__(self, valkey: Valkey) -> None:
        self._valkey = valkey
        self.redis = Redis.from_url(valkey.url)
        self._age = self.redis.register_script(AGE)
        self.redis.flushall()
        self.redis.set("riverfront:server", intact_since_2000(self.redis.info()))

    def store_for(self, switch: Switch, clock: Clock) -> Store:
        return SwitchedStore(self._valkey.url, clock, switch)

    @property
    def url(self) -> str:
        return self._valkey.url

    def age(self, seconds: float) -> None:
        self._age(args=[int(seconds * 1000)])

    def restart(self) -> None:
        self.redis.close()
        self._valkey.restart()

    def flush(self) -> None:
        self.redis.flushall()

    def evict(self, kinds: list[int]) -> None:
        """Let the server delete all records of some kinds, as if its memory were full.

        `kinds`: indexes of kinds in the list of those that are stored. The server would choose records at random, and a
        history could not be repeated. So it evicts a filler, which raises its count of evicted keys.
        """
        stored: list[bytes] = self.redis.keys("*")  # type: ignore[assignment]  # the answers of this client are bytes
        names = sorted({kind_of(key) for key in stored})
        evicted = {names[index % len(names)] for index in kinds if names}
        for key in stored:
            if kind_of(key) in evicted:
                self.redis.delete(key)
        self.redis.set("filler", b"-" * EVICTED_BYTES, px=FILLER_MS)
        before = int(self.redis.info("stats")["evicted_keys"])
        self.redis.config_set("maxmemory-policy", "volatile-ttl")
        self.redis.config_set("maxmemory-samples", 64)
        self.redis.config_set("maxmemory", int(self.redis.info("memory")["used_memory"]) - EVICTED_BYTES // 2)
        with contextlib.suppress(ResponseError):
            self.redis.set("small", b"-", px=1)
        self.redis.config_set("maxmemory", 0)
        self.redis.config_set("maxmemory-policy", "noeviction")
        assert int(self.redis.info("stats")["evicted_keys"]) > before


def kind_of(key: bytes) -> bytes:
    """Kind of the value under a key, as in `riverfront:session:…`."""
    return b":".join(key.split(b":")[:2])


class Environment:
    """Runs all programs of a simulation in one event loop. Its methods return when every task waits for an event."""

    def __init__(self, storage: Storage) -> None:
        self.storage = storage
        self.clock = Clock()
        self.loop = MovedLoop()
        self.world = World()
        self.world.stock |= {int(PACK): None, int(POLES): None}
        self.promises = Promises(self.world)
        sandbox = create_sandbox(self.world)
        self.upstream = Upstream(sandbox, self.clock, self.promises)
        self.sandbox = httpx.AsyncClient(transport=httpx.ASGITransport(app=sandbox), base_url="http://sandbox")
        self.replicas: list[Replica] = []
        self._killed: list[Replica] = []
        self.open: list[asyncio.Task[Any]] = []
        """Requests of clients that have no answer yet."""
        self._unaged_s = 0.0
        for _ in range(storage.replicas):
            self.start_replica()

    # Running the programs.

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(work)

    def settle(self) -> None:
        self.run(settle(self.loop, lambda: any(replica.is_busy for replica in (*self.replicas, *self._killed))))

    def advance(self, seconds: float) -> None:
        """Let time pass for the sandbox, the store, the replicas and everything that waits."""
        self.settle()
        passed_s = 0.0
        while passed_s < seconds:
            is_busy = passed_s < OPEN_FOR_S and (self.open or self.upstream.waiting)
            step = min(seconds - passed_s, LONGEST_STEP_S) if is_busy else seconds - passed_s
            passed_s += step
            self._move(step)
            self.settle()
        self.upstream.forget_old()
        self.settle()

    def _move(self, seconds: float) -> None:
        self.clock.move(seconds)
        self.world.advance(timedelta(seconds=seconds))
        for replica in (*self.replicas, *self._killed):
            for lease in replica.leases:
                lease.ends_at -= seconds
        self._unaged_s += seconds
        if self._unaged_s >= 1:
            self.storage.age(self._unaged_s)
            self._unaged_s = 0
        self.loop.moved_s += seconds

    # Replicas.

    def start_replica(self, skew_s: float = 0) -> Replica:
        switch = Switch()
        settings = settings_for(self.world, store_url=self.storage.url, operation_deadline_s=DEADLINE_S)
        store = self.storage.store_for(switch, self.clock)
        replica = Replica(settings, self.upstream, store, switch, self.clock)
        replica.skew = timedelta(seconds=skew_s)
        self.run(replica.start())
        self.replicas.append(replica)
        return replica

    def kill(self, replica: Replica) -> None:
        self.replicas.remove(replica)
        self._killed.append(replica)
        replica.kill()
        self.settle()

    def stop(self, replica: Replica) -> None:
        """Stop a replica as a deployment does. No request may be open."""
        self.replicas.remove(replica)
        self.run(replica.stop())

    def skew(self, replica: Replica, skew_s: float) -> None:
        """Set the clock of a replica. Its next heartbeat notices the change."""
        replica.skew = timedelta(seconds=skew_s)
        self.advance(1)

    def close(self) -> None:
        """Stop all programs, whatever they are doing."""
        self.run(self._close())
        self.loop.close()

    async def _close(self) -> None:
        stores = [replica.store for replica in (*self.replicas, *self._killed)]
        for replica in (*self.replicas, *self._killed):
            replica.switch.is_over = True
        while tasks := asyncio.all_tasks() - {asyncio.current_task()}:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks, timeout=0.01)
        for store in stores:
            await store.aclose()
        await self.sandbox.aclose()
