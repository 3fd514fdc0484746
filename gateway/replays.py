"""A keyed change happens once: a repeat with the same key gets the errors and warnings of the first time."""

import asyncio
import hashlib
import logging
from collections.abc import Awaitable, Callable

import msgspec

from gateway.enums import RetryAdvice, WarningCode
from gateway.errors import StoreUnavailable, UpstreamRefusal
from gateway.session import Session
from gateway.store import Store
from gateway.upstream.wire import decode, encode
from gateway.user_errors import AnyUserError

log = logging.getLogger(__name__)

KEPT_S = 86_400

LOOK_AGAIN_S = 0.05

RESERVED_S = 60
"""How long a key is held for whoever is at it; longer than any change takes, and gone after a crash."""


class Warning(msgspec.Struct, frozen=True):
    """A condition worth telling the shopper; the change was made."""

    code: WarningCode
    message: str
    target_id: str | None = None


class Done(msgspec.Struct, frozen=True):
    """What a change of the cart came to. No errors: it was made."""

    errors: list[AnyUserError] = []
    warnings: list[Warning] = []

    @property
    def may_repeat(self) -> bool:
        """Nothing happened, and the same call may succeed when it is sent again."""
        return bool(self.errors) and all(error.retry is RetryAdvice.RETRY for error in self.errors)


class Kept(msgspec.Struct, frozen=True):
    """What stands under a key. `done` is None while somebody is at it."""

    fingerprint: str
    done: Done | None = None


def fingerprint(field: str, value: object) -> str:
    """Digest of a mutation's name and input, without its key."""
    return hashlib.sha256(field.encode() + b":" + encode(value)).hexdigest()


class KeyReused(Exception):
    """The key came before, with another input."""


class Replays:
    """What keyed changes came to, for a day, by session and key."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._running: dict[str, tuple[str, asyncio.Task[Done]]] = {}

    async def once(self, session: Session, key: str, fingerprint: str, act: Callable[[], Awaitable[Done]]) -> Done:
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

    async def _do(self, place: str, fingerprint: str, act: Callable[[], Awaitable[Done]]) -> Done:
        # Reserved before anything is done: a change that nobody can note down would be made twice.
        reserved = encode(Kept(fingerprint))
        if not await self._store.replace(place, reserved, expected=None, ttl_s=RESERVED_S):
            return await self._told(place, fingerprint)
        done: Done | None = None
        try:
            done = await act()
        finally:
            await self._note(place, reserved, None if done is None or done.may_repeat else Kept(fingerprint, done))
        return done

    async def _note(self, place: str, reserved: bytes, kept: Kept | None) -> None:
        """Keep what it came to, or free the key. It is told to whoever asked even where that fails."""
        try:
            if kept is None:
                await self._store.delete(place, expected=reserved)
            else:
                await self._store.replace(place, encode(kept), expected=reserved, ttl_s=KEPT_S)
        except StoreUnavailable as failure:
            log.warning("outcome of a keyed change not kept", extra={"reason": failure.detail})

    async def _told(self, place: str, fingerprint: str) -> Done:
        """What another process made of this key, or is making of it."""
        while (found := await self._store.get(place)) is not None:
            kept = decode(found, Kept)
            if kept.fingerprint != fingerprint:
                raise KeyReused
            if kept.done is not None:
                return kept.done
            await asyncio.sleep(LOOK_AGAIN_S)
        # Whoever was at it came to nothing, and may have left nothing.
        raise UpstreamRefusal(409, "concurrent-cart-modification-failure")
