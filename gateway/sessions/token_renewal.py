"""Renews the access tokens of sessions before they expire. All waiting requests and replicas share one renewal."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from gateway.errors import SessionExpired, TokenRenewalTimeout, UpstreamError, UpstreamRefusal
from gateway.sessions.sessions import Session, Sessions
from gateway.store.interface import LockNotAcquired, Store
from gateway.upstream.client import Upstream

FRESH_FOR_CHECKOUT = timedelta(seconds=120)
"""Minimum remaining lifetime of an access token before a step of the checkout."""

RENEWAL_S = 10
"""Maximum duration of a renewal in seconds, and maximum time for which another replica waits for the renewal."""


class TokenRenewal:
    def __init__(self, sessions: Sessions, store: Store, upstream: Upstream, now: Callable[[], datetime]) -> None:
        self._sessions = sessions
        self._store = store
        self._upstream = upstream
        self._now = now
        self._running: dict[str, asyncio.Task[None]] = {}

    async def access_token(self, session: Session, *, good_for: timedelta = timedelta(0)) -> str:
        """Access token that is valid for at least `good_for`, renewed if necessary.

        A token that cannot be renewed is used until it expires. After that, `SessionExpired` is raised.
        """
        if session.record.access_ends_at - self._now() <= good_for:
            if session.record.refresh_token is not None:
                await self._renew_early(session)
            elif session.record.access_ends_at <= self._now():
                await self._sessions.end(session)
                raise SessionExpired
        return session.record.access_token

    async def _renew_early(self, session: Session) -> None:
        try:
            await self.renew(session, stale=session.record.access_token)
        except UpstreamError:
            # The current token is used until it expires.
            if session.record.access_ends_at <= self._now():
                raise

    async def renew(self, session: Session, *, stale: str) -> None:
        """Replace the token `stale`, once for all waiting requests. Raises `SessionExpired` when Digital River refuses
        the renewal."""
        renewal = self._running.get(session.store_key)
        if renewal is None:
            renewal = asyncio.create_task(self._renew_locked(session, stale))
            self._running[session.store_key] = renewal
            renewal.add_done_callback(lambda _: self._running.pop(session.store_key))
        await asyncio.shield(renewal)
        # The renewal may have changed the session object of another request.
        await self._sessions.reload(session)

    async def _renew_locked(self, session: Session, stale: str) -> None:
        try:
            async with self._store.lock(f"renewal:{session.id}", wait_s=RENEWAL_S, ttl_s=RENEWAL_S):
                await self._renew(session, stale)
        except LockNotAcquired:
            raise TokenRenewalTimeout(detail="renewal by another replica") from None

    async def _renew(self, session: Session, stale: str) -> None:
        await self._sessions.reload(session)
        if session.record.access_token != stale:
            return  # Another replica has already renewed the token.
        if session.record.refresh_token is None:
            await self._sessions.end(session)
            raise SessionExpired
        try:
            tokens = await self._upstream.tokens.refreshed_token(session.record.refresh_token)
        except UpstreamRefusal as refusal:
            if refusal.status not in (400, 401):
                raise  # An exceeded quota does not mean that the token is invalid.
            await self._sessions.end(session)
            raise SessionExpired from refusal
        now = self._now()
        await self._sessions.change(session, lambda record: record.set_tokens(tokens, now))
