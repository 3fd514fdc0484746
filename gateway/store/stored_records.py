"""Records of the store that gateways of several versions read and write, as during an upgrade and after a rollback.

A new optional field does not change the format of a record: an older gateway ignores the field, and keeps it when it
writes the record again. A change that an older gateway would misread raises `FORMAT` of the record. An older gateway
refuses such a record with `RecordUnreadable`, and leaves it as it is.
"""

from collections.abc import Callable
from decimal import Decimal
from functools import cache
from typing import Any, ClassVar, TypeVar

import msgspec

from gateway.errors import RecordUnreadable


class StoredRecord(msgspec.Struct, kw_only=True, dict=True):
    """Base class of records. The instance remembers the bytes from which it was read, see `stored_form`."""

    FORMAT: ClassVar[int] = 1
    """The newest format that this version of the gateway reads and writes."""

    format: int = 1


Record = TypeVar("Record", bound=StoredRecord)


class Coding(msgspec.Struct, frozen=True):
    """How records become bytes."""

    encode: Callable[[object], bytes]
    decoder: Callable[[Any], Any]
    """Decoder for a type."""

    def decode(self, stored: bytes, kind: Any) -> Any:
        return self.decoder(kind).decode(stored)


# The functions are cached because msgspec takes longer to make a decoder than to use it.
JSON = Coding(msgspec.json.encode, cache(lambda kind: msgspec.json.Decoder(kind, strict=False, float_hook=Decimal)))
MSGPACK = Coding(msgspec.msgpack.encode, cache(lambda kind: msgspec.msgpack.Decoder(kind)))


def read_record(stored: bytes, kind: type[Record], coding: Coding = JSON) -> Record:
    """Decode a record. Raises `RecordUnreadable` if a part of it is missing or unknown, or if its format is newer."""
    try:
        record: Record = coding.decode(stored, kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        # The message of the error may contain values.
        raise RecordUnreadable(detail=f"{type(error).__name__} {str(error).rpartition(' - at ')[2]}") from None
    if record.format > kind.FORMAT:
        raise RecordUnreadable(detail=f"format {record.format}")
    record.__dict__["stored"] = stored
    return record


def stored_form(record: StoredRecord, coding: Coding = JSON) -> bytes:
    """The bytes of the record in the store, for a compare-and-set. A record that was not read or written yet has the
    bytes of its encoding."""
    stored: bytes | None = record.__dict__.get("stored")
    return coding.encode(record) if stored is None else stored


def write_record(record: Record, *, over: Record | None = None, coding: Coding = JSON) -> bytes:
    """The bytes to write for a record that replaces the record `over`.

    Parts of `over` that only a newer version knows are kept, unless the object that had them was replaced by one of
    another type. The record remembers its bytes as `stored_form`.
    """
    record.format = record.FORMAT
    written = coding.encode(record)
    before: bytes | None = over.__dict__.get("stored") if over is not None else None
    if before is not None:
        known = coding.encode(coding.decode(before, type(record)))
        if known != before:
            merged = _with_unknown(*(coding.decode(value, Any) for value in (written, known, before)))
            written = coding.encode(merged)
    record.__dict__["stored"] = written
    return written


def _with_unknown(written: Any, known: Any, before: Any) -> Any:
    """`written` with the parts of `before` that this version does not know. `known`: `before` without them."""
    if written == known:
        return before
    if not (isinstance(written, dict) and isinstance(known, dict) and isinstance(before, dict)):
        return written
    if written.get("type") != before.get("type"):
        return written
    unknown = {name: value for name, value in before.items() if name not in known}
    return unknown | {
        # An older version has not written every field.
        name: _with_unknown(value, known.get(name), before[name]) if name in before else value
        for name, value in written.items()
    }
