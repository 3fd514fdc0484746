"""A keyed change happens once: a repeat with the same key gets the errors and warnings of the first time."""

import asyncio
import hashlib
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import msgspec
from msgspec.structs import replace

from gateway.enums import RetryAdvice
from gateway.errors import StoreUnavailable, UpstreamRefusal, UpstreamTimeout
from gateway.refusals.user_errors import AnyUserError
from gateway.refusals.warnings import MutationWarning
from gateway.sessions.sessions import Session
from gateway.store.interface import Store
from gateway.upstream.decoding import decode, encode

log = logging.getLogger(__name__)

KEPT_S = 86_400

LOOK_AGAIN_S = 0.05

LONGEST_CHANGE = timedelta(seconds=60)
"""Longer than any change takes: whoever was at one that is older has died."""


class ChangeOutcome(msgspec.Struct, frozen=True):
    """What a change of the cart came to. No errors: it was made."""

    errors: list[AnyUserError] = []
    warnings: list[MutationWarning] = []

    @property
    def may_repeat(self) -> bool:
        """Nothing happened, and the same call may succeed when it is sent again."""
        return bool(self.errors) and all(error.retry is RetryAdvice.RETRY for error in self.errors)


class KeyRecord(msgspec.Struct, frozen=True):
    """What stands under a key. `done` is None while somebody is at it, and when it broke off."""

    fingerprint: str
    since: datetime
    done: ChangeOutcome | None = None
    broke_off: bool = False


def fingerprint(field: str, value: object) -> str:
    """Digest of a mutation's name and input, without its key."""
    return hashlib.sha256(field.encode() + b":" + encode(value)).hexdigest()


class KeyReused(Exception):
    """The key came before, with another input."""


class IdempotencyRecords:
    """What keyed changes came to, for a day, by session and key."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._running: dict[str, tuple[str, asyncio.Task[ChangeOutcome]]] = {}

    async def run_once(
        self, session: Session, key: str, fingerprint: str, act: Callable[[], Awaitable[ChangeOutcome]]
    ) -> ChangeOutcome:
        """Do it, join who is doing it, or tell what it came to. Raises `KeyReused`.

        The work goes on when its caller leaves, so that a repeat finds what it came to.
        """
        place = f"keyed:{session.id}:{key}"
        if place not in self._running:
            task = asyncio.create_task(self._do(place, fingerprint, act))
            self._running[place] = (fingerprint, task)
            task.add_done_callback(lambda _: self._running.pop(place))
        running_fingerprint, task = self._running[place]
        if running_fingerprint != fingerprint:
            raise KeyReused
        return await asyncio.shield(task)

    async def _do(self, place: str, fingerprint: str, act: Callable[[], Awaitable[ChangeOutcome]]) -> ChangeOutcome:
        # Reserved before anything is done: a change that nobody can note down would be made twice.
        begun = KeyRecord(fingerprint, await self._store.now())
        if not await self._store.replace(place, encode(begun), expected=None, ttl_s=KEPT_S):
            return await self._told(place, fingerprint)
        try:
            done = await act()
        except KeyReused:
            # A part of it was made under this key, with another input: nothing has happened here.
            await self._note(place, begun, None)
            raise
        except BaseException:
            await self._note(place, begun, replace(begun, broke_off=True))
            raise
        await self._note(place, begun, None if done.may_repeat else replace(begun, done=done))
        return done

    async def _note(self, place: str, begun: KeyRecord, kept: KeyRecord | None) -> None:
        """Keep what it came to, or free the key. It is told to whoever asked even where that fails."""
        try:
            if kept is None:
                await self._store.delete(place, expected=encode(begun))
            else:
                await self._store.replace(place, encode(kept), expected=encode(begun), ttl_s=KEPT_S)
        except StoreUnavailable as failure:
            log.warning("outcome of a keyed change not kept", extra={"reason": failure.detail})

    async def _told(self, place: str, fingerprint: str) -> ChangeOutcome:
        """What somebody else made of this key, or is making of it.

        Raises `UpstreamTimeout` when nobody knows: the change may have been made.
        """
        while (found := await self._store.get(place)) is not None:
            kept = decode(found, KeyRecord)
            if kept.fingerprint != fingerprint:
                raise KeyReused
            if kept.done is not None:
                return kept.done
            if kept.broke_off or await self._store.now() - kept.since > LONGEST_CHANGE:
                raise UpstreamTimeout(detail="a keyed change that broke off")
            await asyncio.sleep(LOOK_AGAIN_S)
        # Whoever was at it came to nothing, and may have left nothing.
        raise UpstreamRefusal(409, "concurrent-cart-modification-failure")
