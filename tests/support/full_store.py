"""A store in memory that has no room for new keys."""

from gateway.errors import RateLimited
from gateway.store.memory import MemoryStore


async def fill(store: MemoryStore) -> None:
    """Add keys for a minute, until the store refuses another one."""
    number = 0
    while True:
        try:
            await store.put(f"filler:{number}", b"", ttl_s=60)
        except RateLimited:
            return
        number += 1
