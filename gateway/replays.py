"""A keyed change happens once: a repeat with the same key gets the errors and warnings of the first time."""

import asyncio
from collections.abc import Awaitable, Callable

import msgspec

from gateway.enums import RetryAdvice, WarningCode
from gateway.session import Session
from gateway.store import Store
from gateway.upstream.wire import decode, encode
from gateway.user_errors import AnyUserError

KEPT_S = 86_400


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
    fingerprint: str
    done: Done


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
        found = await self._store.get(place)
        if found is not None:
            kept = decode(found, Kept)
            if kept.fingerprint != fingerprint:
                raise KeyReused
            return kept.done
        if place not in self._running:
            task = asyncio.create_task(self._do(place, fingerprint, act))
            self._running[place] = (fingerprint, task)
            task.add_done_callback(lambda _: self._running.pop(place))
        running_fingerprint, task = self._running[place]
        if running_fingerprint != fingerprint:
            raise KeyReused
        return await asyncio.shield(task)

    async def _do(self, place: str, fingerprint: str, act: Callable[[], Awaitable[Done]]) -> Done:
        done = await act()
        if not done.may_repeat:
            kept = Kept(fingerprint, done)
            await self._store.replace(place, encode(kept), expected=None, ttl_s=KEPT_S)
        return done
