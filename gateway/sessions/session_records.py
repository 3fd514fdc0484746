"""The records of sessions in the store, encrypted if the settings have keys for it."""

from gateway.errors import RecordUnreadable, SessionUnreadable
from gateway.metrics import sessions as metrics
from gateway.sessions.encryption import SessionEncryption, encryption_keys
from gateway.sessions.record import SessionRecord
from gateway.settings.settings import Settings
from gateway.store.interface import Store
from gateway.store.stored_records import MSGPACK, Record, read_record, write_record

MOST_REMEMBERED = 500
"""Sessions whose decrypted records are remembered: a megabyte. To decrypt a record takes longer than to read it."""


class SessionRecords:
    def __init__(self, store: Store, settings: Settings) -> None:
        self._store = store
        keys = encryption_keys(settings)
        self._encryption = SessionEncryption(keys, most_remembered=MOST_REMEMBERED) if keys else None

    async def read(self, store_key: str) -> SessionRecord | None:
        stored = await self.stored(store_key)
        return stored[1] if stored is not None else None

    async def stored(self, store_key: str) -> tuple[bytes, SessionRecord] | None:
        """The value in the store, and its record."""
        value = await self._store.get(store_key)
        if value is None:
            return None
        readable = self._encryption.decrypt(store_key, value) if self._encryption else value
        return (value, decoded(readable, SessionRecord)) if readable is not None else None

    async def newest(self, store_key: str) -> tuple[bytes, SessionRecord] | None:
        """The value in the store and its record, to change it; None if the session has ended."""
        stored = await self.stored(store_key)
        return None if stored is None or stored[1].has_lost_tokens else stored

    def encoded(self, store_key: str, record: SessionRecord) -> bytes:
        value = write_record(record, over=record, coding=MSGPACK)
        return self._encryption.encrypt(store_key, value) if self._encryption else value


def decoded(stored: bytes, kind: type[Record]) -> Record:
    """Raises `SessionUnreadable`."""
    try:
        return read_record(stored, kind, MSGPACK)
    except RecordUnreadable as failure:
        metrics.UNREADABLE.labels().inc()
        raise SessionUnreadable(detail=failure.detail) from None
