"""Access tokens of sessions: renewed before they end, and once for all requests and replicas that wait."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from gateway.errors import SessionExpired, TokenRenewalTimeout, UpstreamError, UpstreamRefusal
from gateway.sessions.sessions import Session, Sessions
from gateway.store.interface import LockNotAcquired, Store
from gateway.upstream.client import Upstream

FRESH_FOR_CHECKOUT = timedelta(seconds=120)
"""How long an access token must still live before a step of the checkout."""

RENEWAL_S = 10
"""How long a renewal may take, and how long another replica waits for it."""


class TokenRenewal:
    def __init__(self, sessions: Sessions, store: Store, upstream: Upstream, now: Callable[[], datetime]) -> None:
        self._sessions = sessions
        self._store = store
        self._upstream = upstream
        self._now = now
        self._running: dict[str, asyncio.Task[None]] = {}

    async def access_token(self, session: Session, *, good_for: timedelta = timedelta(0)) -> str:
        """A token that lives at least `good_for` longer, renewed where needed.

        A token that cannot be renewed is used up to its end. Raises `SessionExpired` after that.
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
            # The present token is used as long as it lives.
            if session.record.access_ends_at <= self._now():
                raise

    async def renew(self, session: Session, *, stale: str) -> None:
        """Replace the token `stale`, once for all callers. Raises `SessionExpired` when Digital River refuses."""
        renewal = self._running.get(session.store_key)
        if renewal is None:
            renewal = asyncio.create_task(self._renew_locked(session, stale))
            self._running[session.store_key] = renewal
            renewal.add_done_callback(lambda _: self._running.pop(session.store_key))
        await asyncio.shield(renewal)
        # The renewal may have changed another caller's object.
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
            return  # Another replica was first.
        if session.record.refresh_token is None:
            await self._sessions.end(session)
            raise SessionExpired
        try:
            tokens = await self._upstream.tokens.refreshed_token(session.record.refresh_token)
        except UpstreamRefusal as refusal:
            if refusal.status not in (400, 401):
                raise  # A quota says nothing about the token.
            await self._sessions.end(session)
            raise SessionExpired from refusal
        now = self._now()
        await self._sessions.change(session, lambda record: record.set_tokens(tokens, now))
