"""Records the calls that an operation causes, if its client asks for them. `docs/operating.md` has the
format.

A record contains no id, no value of the shopper and no key: a call has its name, of `gateway.upstream.call_names`.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

MOST_CALLS = 100
"""Maximum number of calls that are listed. An operation causes at most 40, besides those that belong to changes."""


class CacheUse(StrEnum):
    HIT = "HIT"
    """The answer was in the cache."""
    LOADED = "LOADED"
    """The call was made, and its answer is kept for later operations."""
    SHARED = "SHARED"
    """Another operation was making the call, and this one waited for it."""
    STALE = "STALE"
    """The call failed, and an older answer was in the cache."""


@dataclass(slots=True)
class RecordedCall:
    """A call to Digital River, or a read of the cache that made no call."""

    call: str | None
    read: str | None
    cache: CacheUse | None
    began_at: float
    ended_at: float | None = None
    tries: int = 0
    status: int | None = None

    def try_again(self) -> None:
        self.tries += 1
        self.status = None

    def end(self) -> None:
        self.ended_at = time.perf_counter()


@dataclass
class CallRecord:
    """The calls of one operation, in the order in which they began."""

    began_at: float = field(default_factory=time.perf_counter)
    calls: list[RecordedCall] = field(default_factory=list)
    read: str | None = None
    """Kind of answer for the cache that is being loaded; None outside of loads."""

    def of_load(self, key: str) -> "CallRecord":
        """The same record, for the calls that load the cache entry with this key."""
        return CallRecord(self.began_at, self.calls, _kind(key))

    def begin_call(self, call: str) -> RecordedCall:
        cache = CacheUse.LOADED if self.read is not None else None
        return self._begin(RecordedCall(call, self.read, cache, time.perf_counter()))

    def begin_read(self, key: str, cache: CacheUse) -> RecordedCall:
        """Record that the cache entry with this key is used, without a call of this operation."""
        return self._begin(RecordedCall(None, _kind(key), cache, time.perf_counter()))

    def _begin(self, recorded: RecordedCall) -> RecordedCall:
        self.calls.append(recorded)
        return recorded

    def as_json(self) -> dict[str, Any]:
        listed = {"calls": [self._listed(call) for call in self.calls[:MOST_CALLS]]}
        left_out = len(self.calls) - MOST_CALLS
        return listed | ({"callsLeftOut": left_out} if left_out > 0 else {})

    def _listed(self, call: RecordedCall) -> dict[str, Any]:
        return {
            "call": call.call,
            "read": call.read,
            "cache": call.cache,
            "startMs": _ms(call.began_at - self.began_at),
            "durationMs": _ms(call.ended_at - call.began_at) if call.ended_at is not None else None,
            "tries": call.tries,
            "status": call.status,
        }


current_record: ContextVar[CallRecord | None] = ContextVar("call_record", default=None)
"""The record of the running operation; None if its client does not ask for it."""


@contextmanager
def recording(record: CallRecord) -> Iterator[None]:
    """Record the calls that begin during the `with` block, and in tasks that begin there."""
    token = current_record.set(record)
    try:
        yield
    finally:
        current_record.reset(token)


def _kind(key: str) -> str:
    """The first part of a cache key, such as `stock`. The rest is a hash."""
    return key.partition(":")[0]


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 1)
