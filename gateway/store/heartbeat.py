"""Heartbeat of a replica. When the heartbeat ends, other replicas take over the work of the replica."""

import contextlib
import secrets
from datetime import datetime

from gateway.errors import GatewayError
from gateway.store.clock import SharedClock
from gateway.store.interface import Store
from gateway.store.repetition import Repetition

ALIVE_S = 10
"""Seconds after its last heartbeat until a replica is regarded as dead."""

LONGEST_BEAT_INTERVAL_S = ALIVE_S / 4


class Replica:
    """Id and heartbeat of this process, which is one of the replicas."""

    def __init__(self, store: Store, clock: SharedClock) -> None:
        self.id = secrets.token_hex(8)
        self._store = store
        self._clock = clock

    def now(self) -> datetime:
        """The time that all replicas share."""
        return self._clock()

    def keep_beating(self, interval_s: float) -> Repetition:
        """Send heartbeats until stopped. A failed heartbeat does not delay the next heartbeat."""
        return Repetition(self._try_to_beat, min(interval_s, LONGEST_BEAT_INTERVAL_S))

    async def _try_to_beat(self) -> None:
        with contextlib.suppress(GatewayError):
            await self.beat()

    async def beat(self) -> None:
        """Send a heartbeat, synchronize the clock, let the store note a loss of its data, and check the store. A store
        that may drop keys is logged."""
        await self._store.put(_store_key(self.id), b"alive", ttl_s=ALIVE_S)
        await self._clock.synchronize()
        await self._store.intact_since()
        await self._store.check()

    async def leave(self) -> None:
        """End the heartbeat at once, so that other replicas take over without waiting for `ALIVE_S`."""
        await self._store.delete(_store_key(self.id))

    async def is_alive(self, replica_id: str) -> bool:
        return replica_id == self.id or await is_alive(self._store, replica_id)


async def is_alive(store: Store, replica_id: str) -> bool:
    return await store.get(_store_key(replica_id)) is not None


def _store_key(replica_id: str) -> str:
    return f"replica:{replica_id}"
