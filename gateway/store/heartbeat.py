"""This process among its replicas: who is alive can be asked, and what the dead have left is taken over."""

import secrets

from gateway.store.interface import Store

ALIVE_S = 10
"""How long after its last beat a replica counts as alive; a new beat comes far more often."""


class Replica:
    def __init__(self, store: Store) -> None:
        self.id = secrets.token_hex(8)
        self._store = store

    async def beat(self) -> None:
        await self._store.put(_place(self.id), b"alive", ttl_s=ALIVE_S)

    async def leave(self) -> None:
        """Stop being alive at once, so that nobody waits for what will not come."""
        await self._store.delete(_place(self.id))

    async def is_alive(self, replica_id: str) -> bool:
        return replica_id == self.id or await self._store.get(_place(replica_id)) is not None


def _place(replica_id: str) -> str:
    return f"replica:{replica_id}"
