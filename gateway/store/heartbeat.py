"""The heartbeat of a replica: other replicas take over what a dead one has left."""

import secrets

from gateway.store.interface import Store

ALIVE_S = 10
"""A replica counts as alive this long after its last beat. It beats several times as often."""


class Replica:
    """This process among the replicas of the gateway."""

    def __init__(self, store: Store) -> None:
        self.id = secrets.token_hex(8)
        self._store = store

    async def beat(self) -> None:
        await self._store.put(_store_key(self.id), b"alive", ttl_s=ALIVE_S)

    async def leave(self) -> None:
        """Stop being alive at once, so that other replicas take over without waiting for `ALIVE_S`."""
        await self._store.delete(_store_key(self.id))

    async def is_alive(self, replica_id: str) -> bool:
        return replica_id == self.id or await self._store.get(_store_key(replica_id)) is not None


def _store_key(replica_id: str) -> str:
    return f"replica:{replica_id}"
