"""Renews the access tokens of sessions before they expire. Concurrent requests share one renewal of a token, even on
different replicas."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from gateway.elapsed_time import elapsed_s
from gateway.errors import (
    GatewayError,
    SessionExpired,
    StoreUnavailable,
    TokenRenewalTimeout,
    UpstreamError,
    UpstreamRefusal,
)
from gateway.sessions.sessions import Session, Sessions
from gateway.store.interface import LockNotAcquired, Store
from gateway.store.waiting import renew_waiting
from gateway.upstream.client import Upstream
from gateway.upstream.oauth import Tokens
from gateway.upstream.priority import Priority, prioritized

log = logging.getLogger(__name__)

FRESH_FOR_CHECKOUT = timedelta(seconds=120)
"""Minimum remaining lifetime of an access token that is used in the checkout."""

RENEWAL_S = 10
"""Maximum time in seconds for which a replica may hold the lock of a token's renewal. Other replicas wait for the lock
at most as long."""


PAUSE_S = 0.1
"""Seconds before renewed tokens are stored again after the store has failed."""


class TokenRenewal:
    def __init__(self, sessions: Sessions, store: Store, upstream: Upstream, now: Callable[[], datetime]) -> None:
        self._sessions = sessions
        self._store = store
        self._upstream = upstream
        self._now = now
        self._running: dict[str, asyncio.Task[None]] = {}

    async def access_token(self, session: Session, *, good_for: timedelta = timedelta(0)) -> str:
        """Access token of the session. It is renewed first if it expires within `good_for`.

        Raises `SessionExpired` if the token has expired and cannot be renewed. If the renewal fails earlier, the
        current token is returned.
        """
        if not self.has_time_left(session, good_for):
            if session.record.refresh_token is not None:
                await self._renew_early(session)
            elif session.record.access_ends_at <= self._now():
                await self._sessions.lose_tokens(session)
                raise SessionExpired
        return session.record.access_token

    def has_time_left(self, session: Session, good_for: timedelta) -> bool:
        """Whether the access token of the session is valid for longer than `good_for`."""
        return session.record.access_ends_at - self._now() > good_for

    async def _renew_early(self, session: Session) -> None:
        try:
            await self.renew(session, stale=session.record.access_token, is_refused=False)
        except UpstreamError:
            # A failed renewal is raised only if the current token has expired.
            if session.record.access_ends_at <= self._now():
                raise

    async def renew(self, session: Session, *, stale: str, is_refused: bool = True) -> None:
        """Replace the access token `stale`. Concurrent requests share one renewal.

        `is_refused`: whether Digital River has refused `stale`. Raises `SessionExpired` if the session has no usable
        token left.
        """
        renewal = self._running.get(session.store_key)
        if renewal is None:
            renewal = asyncio.create_task(self._renew_locked(session, stale, is_refused))
            self._running[session.store_key] = renewal
            renewal.add_done_callback(lambda task: self._ended(session.store_key, task))
        # A request that is cancelled leaves the renewal running. `asyncio.shield` would create a future whose exception
        # asyncio logs if the request is cancelled at that moment.
        await asyncio.wait({renewal})
        renewal.result()
        # The renewal updated only the `Session` of the request that started it. Other requests read the record here.
        await self._sessions.reload(session)

    def _ended(self, store_key: str, renewal: asyncio.Task[None]) -> None:
        del self._running[store_key]
        failure = None if renewal.cancelled() else renewal.exception()
        if failure is not None and not isinstance(failure, GatewayError):
            # The failure is logged here, because the requests that would report it may have ended.
            log.error("renewal interrupted", exc_info=failure)

    async def _renew_locked(self, session: Session, stale: str, is_refused: bool) -> None:
        try:
            async with self._store.lock(f"renewal:{session.id}", wait_s=RENEWAL_S, ttl_s=RENEWAL_S):
                with prioritized(Priority.SUBMISSION):  # A submission may wait for the renewal that another began.
                    await self._renew(session, stale, is_refused)
        except LockNotAcquired:
            raise TokenRenewalTimeout(detail="renewal by another replica") from None

    async def _renew(self, session: Session, stale: str, is_refused: bool) -> None:
        await self._sessions.reload(session)
        if session.record.access_token != stale:
            return  # Another replica has already renewed the token.
        if session.record.refresh_token is None:
            await self._sessions.lose_tokens(session)
            raise SessionExpired
        now = self._now()
        try:
            tokens = await self._upstream.tokens.refreshed_token(session.record.refresh_token)
        except UpstreamRefusal as refusal:
            if refusal.status not in (400, 401):
                raise  # Other statuses, such as 429, do not mean that the refresh token is invalid.
            log.warning("refresh token refused", extra={"status": refusal.status})
            await self._sessions.reload(session)
            if session.record.access_token != stale:
                return  # A replica whose lock had ended used the refresh token first.
            if is_refused or session.record.access_ends_at <= now:
                await self._sessions.lose_tokens(session)
                raise SessionExpired from refusal
            # The refresh token may have been used by a renewal whose answer was lost. The access token still works.
            await self._sessions.change(session, lambda record: setattr(record, "refresh_token", None))
            return
        await self._store_tokens(session, tokens, now)

    async def _store_tokens(self, session: Session, tokens: Tokens, now: datetime) -> None:
        """Store renewed tokens. The refresh token is spent: without the new one, the session would end."""
        gives_up_at = elapsed_s() + RENEWAL_S
        while True:
            renew_waiting()
            try:
                await self._sessions.change(session, lambda record: record.set_tokens(tokens, now))
            except StoreUnavailable as failure:
                if elapsed_s() >= gives_up_at:
                    log.error("renewed tokens lost", extra={"reason": failure.detail})
                    raise
                await asyncio.sleep(PAUSE_S)
            else:
                return
