"""Makes a change with an idempotency key only once. A request that repeats the key gets the outcome of the first
change."""

import asyncio
import hashlib
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import msgspec
from msgspec.structs import replace

from gateway.enums import RetryAdvice
from gateway.errors import GatewayError, KeyedChangeInterrupted, StoreUnavailable
from gateway.refusals.user_errors import AnyUserError
from gateway.refusals.warnings import MutationWarning
from gateway.sessions.sessions import Session
from gateway.store.interface import Store
from gateway.store.stored_records import StoredRecord, read_record, stored_form, write_record
from gateway.store.waiting import renew_waiting

log = logging.getLogger(__name__)

RECORD_TTL_S = 86_400

POLL_S = 0.05

MAX_CHANGE_DURATION = timedelta(seconds=60)
"""Maximum duration of a change. If a key has no outcome after this time, the replica that reserved it has stopped."""


class ChangeOutcome(msgspec.Struct, frozen=True):
    """Errors and warnings of a change. The change was made if there are no errors."""

    errors: list[AnyUserError] = []
    warnings: list[MutationWarning] = []

    @property
    def may_repeat(self) -> bool:
        """Whether the change was not made and the same request may succeed if it is sent again."""
        return bool(self.errors) and all(error.retry is RetryAdvice.RETRY for error in self.errors)


class KeyRecord(StoredRecord):
    """The store's record of an idempotency key. `outcome` is None while the change runs and after an interruption."""

    fingerprint: str
    reserved_at: datetime = msgspec.field(name="since")
    outcome: ChangeOutcome | None = msgspec.field(name="done", default=None)
    was_interrupted: bool = msgspec.field(name="broke_off", default=False)


def fingerprint(field: str, value: object) -> str:
    """Digest of the name and the input of a mutation. The idempotency key is not included.

    A field that the client has left out changes nothing, so a gateway that does not have the field yet computes the
    same digest.
    """
    sent = _without_empty(msgspec.to_builtins(value, str_keys=True))
    return hashlib.sha256(field.encode() + b":" + msgspec.json.encode(sent, order="sorted")).hexdigest()


def _without_empty(value: Any) -> Any:
    """The value without fields that are empty or false, as those that were left out are."""
    match value:
        case dict():
            fields = {name: _without_empty(part) for name, part in value.items()}
            return {name: part for name, part in fields.items() if part or part == "" or _is_number(part)}
        case list() | tuple():
            return [_without_empty(part) for part in value]
        case _:
            return value


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


class KeyReused(Exception):
    """Raised when the idempotency key was used before with another input."""


class IdempotencyRecords:
    """Outcomes of changes by session and idempotency key, stored for a day."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._running: dict[str, tuple[str, asyncio.Task[ChangeOutcome]]] = {}

    async def run_once(
        self, session: Session, key: str, fingerprint: str, change: Callable[[], Awaitable[ChangeOutcome]]
    ) -> ChangeOutcome:
        """Outcome of the change. A repeated request waits for the running change, or gets the stored outcome.

        Raises `KeyReused`, and `KeyedChangeInterrupted` when the outcome of an earlier request is unknown. The change
        continues when the client disconnects, so that a repeated request finds the outcome.
        """
        store_key = f"keyed:{session.id}:{key}"
        if store_key not in self._running:
            task = asyncio.create_task(self._run(store_key, fingerprint, change))
            self._running[store_key] = (fingerprint, task)
            task.add_done_callback(lambda task: self._ended(store_key, task))
        running_fingerprint, task = self._running[store_key]
        if running_fingerprint != fingerprint:
            raise KeyReused
        # A request that is cancelled leaves the change running.
        await asyncio.wait({task})
        return task.result()

    def _ended(self, store_key: str, task: "asyncio.Task[ChangeOutcome]") -> None:
        del self._running[store_key]
        failure = None if task.cancelled() else task.exception()
        if failure is not None and not isinstance(failure, GatewayError | KeyReused):
            # The failure is logged here, because the requests that would report it may have ended.
            log.error("keyed change interrupted", exc_info=failure)

    async def _run(
        self, store_key: str, fingerprint: str, change: Callable[[], Awaitable[ChangeOutcome]]
    ) -> ChangeOutcome:
        # The key is reserved before the change, because a change without a record could be made twice.
        reserved = KeyRecord(fingerprint, await self._store.now())
        while not await self._store.replace(store_key, write_record(reserved), expected=None, ttl_s=RECORD_TTL_S):
            if (outcome := await self._outcome_elsewhere(store_key, fingerprint)) is not None:
                return outcome
            # The other replica changed nothing and removed its reservation, so this replica reserves the key.
            reserved = KeyRecord(fingerprint, await self._store.now())
        try:
            outcome = await change()
        except KeyReused:
            # A change can consist of several calls, each recorded under a separate key. An earlier request used such a
            # key with another input, so this request changed nothing.
            await self._free(store_key, reserved)
            raise
        except BaseException:
            await self._record(store_key, reserved, replace(reserved, was_interrupted=True))
            raise
        if outcome.may_repeat:
            await self._free(store_key, reserved)
        else:
            await self._record(store_key, reserved, replace(reserved, outcome=outcome))
        return outcome

    async def _record(self, store_key: str, reserved: KeyRecord, record: KeyRecord) -> None:
        try:
            await self._store.replace(
                store_key, write_record(record, over=reserved), expected=stored_form(reserved), ttl_s=RECORD_TTL_S
            )
        except StoreUnavailable as failure:
            # The current request still gets the outcome. A repeated request raises `KeyedChangeInterrupted`.
            log.warning("outcome of a keyed change not recorded", extra={"reason": failure.detail})

    async def _free(self, store_key: str, reserved: KeyRecord) -> None:
        try:
            await self._store.delete(store_key, expected=stored_form(reserved))
        except StoreUnavailable as failure:
            log.warning("outcome of a keyed change not recorded", extra={"reason": failure.detail})

    async def _outcome_elsewhere(self, store_key: str, fingerprint: str) -> ChangeOutcome | None:
        """Wait for the outcome from the replica that reserved the key. None if that replica removed the reservation."""
        while (stored := await self._store.get(store_key)) is not None:
            record = read_record(stored, KeyRecord)
            if record.fingerprint != fingerprint:
                raise KeyReused
            if record.outcome is not None:
                return record.outcome
            if record.was_interrupted or await self._store.now() - record.reserved_at > MAX_CHANGE_DURATION:
                raise KeyedChangeInterrupted
            renew_waiting()
            await asyncio.sleep(POLL_S)
        return None
