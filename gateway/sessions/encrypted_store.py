"""A store whose values are encrypted: records of submissions, and of changes with an idempotency key.

These records contain order numbers, totals, and messages about products. The keys of the store are not encrypted. They
contain random ids, ids of Digital River and digests.
"""

from contextlib import AbstractAsyncContextManager
from datetime import datetime

from gateway.errors import SessionUnreadable
from gateway.metrics.sessions import UNREADABLE
from gateway.sessions.encryption import SessionEncryption, encryption_keys
from gateway.settings.settings import Settings
from gateway.store.interface import Lease, Store


def encrypted(store: Store, settings: Settings) -> Store:
    """The store with encrypted values. A store in memory is returned as it is."""
    keys = encryption_keys(settings)
    return EncryptedStore(store, SessionEncryption(keys)) if keys else store


class EncryptedStore:
    """Encrypts the values of another store, see `Store` for the methods.

    A value that was encrypted for another key, or with a key that this replica does not have, raises
    `SessionUnreadable`.
    """

    def __init__(self, store: Store, encryption: SessionEncryption) -> None:
        self._store = store
        self._encryption = encryption

    async def get(self, key: str) -> bytes | None:
        return self._decrypted(key, await self._store.get(key))

    async def replace(self, key: str, value: bytes, *, expected: bytes | None, ttl_s: float) -> bool:
        encrypted = self._encryption.encrypt(key, value)
        if expected is None:
            return await self._store.replace(key, encrypted, expected=None, ttl_s=ttl_s)
        # Equal values differ once they are encrypted, so the store compares the bytes that it has.
        while (stored := await self._store.get(key)) is not None and self._decrypted(key, stored) == expected:
            if await self._store.replace(key, encrypted, expected=stored, ttl_s=ttl_s):
                return True
        return False

    async def put(self, key: str, value: bytes, *, ttl_s: float) -> None:
        await self._store.put(key, self._encryption.encrypt(key, value), ttl_s=ttl_s)

    async def delete(self, key: str, *, expected: bytes | None = None) -> bool:
        if expected is None:
            return await self._store.delete(key)
        while (stored := await self._store.get(key)) is not None and self._decrypted(key, stored) == expected:
            if await self._store.delete(key, expected=stored):
                return True
        return False

    def _decrypted(self, key: str, stored: bytes | None) -> bytes | None:
        if stored is None:
            return None
        value = self._encryption.decrypt(key, stored)
        if value is None:
            UNREADABLE.labels().inc()
            raise SessionUnreadable(detail="encrypted for another key")
        return value

    # These methods have no values.

    def lock(self, name: str, *, wait_s: float, ttl_s: float) -> AbstractAsyncContextManager[Lease]:
        return self._store.lock(name, wait_s=wait_s, ttl_s=ttl_s)

    async def schedule(self, schedule_name: str, entry: str, at: datetime) -> None:
        await self._store.schedule(schedule_name, entry, at)

    async def unschedule(self, schedule_name: str, entry: str) -> None:
        await self._store.unschedule(schedule_name, entry)

    async def scheduled(self, schedule_name: str, *, limit: int) -> list[str]:
        return await self._store.scheduled(schedule_name, limit=limit)

    async def claim_due(self, schedule_name: str, *, now: datetime, until: datetime, limit: int) -> list[str]:
        return await self._store.claim_due(schedule_name, now=now, until=until, limit=limit)

    async def now(self) -> datetime:
        return await self._store.now()

    async def check(self) -> None:
        await self._store.check()

    async def probe(self) -> None:
        await self._store.probe()

    async def intact_since(self) -> datetime:
        return await self._store.intact_since()

    async def aclose(self) -> None:
        await self._store.aclose()
