"""Sends a call to Digital River once it has a permit, and stops all calls for a while if Digital River refuses one
because of its quota."""

from collections.abc import Callable
from datetime import datetime

from gateway.errors import CallHeldBack, QuotaUsedUp
from gateway.metrics.protection import SHED
from gateway.settings.settings import Settings
from gateway.store.call_permits import LocalPermits, SharedPermits
from gateway.store.interface import Store
from gateway.store.redis import RedisStore
from gateway.upstream.exchange import Request, Response, Sender
from gateway.upstream.priority import Priority, calling_operation
from gateway.upstream.protection.breakers import Breakers
from gateway.upstream.protection.quota import Quota, RefusedOrders, rank_of
from gateway.upstream.protection.resources import Resource, resource_of

PAUSE_S = 1
"""Pause in seconds after such a refusal, if it does not say when to call again. Digital River counts calls a second."""

LONGEST_PAUSE_S = 60
"""Longest pause in seconds that an answer may demand of all calls."""


class LimitedCalls:
    """A `Sender` that raises `QuotaUsedUp` instead of sending a call that would exceed the quota."""

    def __init__(
        self, sender: Sender, quota: Quota, refused_orders: RefusedOrders, elapsed: Callable[[], float]
    ) -> None:
        self._sender = sender
        self._quota = quota
        self._refused_orders = refused_orders
        self._elapsed = elapsed

    async def exchange(self, request: Request, within_s: float) -> Response:
        """See `Sender`."""
        if resource_of(request.call) is Resource.LEDGER:
            return await self._sender.exchange(request, within_s)  # The ledger is not Digital River's.
        operation = calling_operation()
        if operation is not None and operation.is_lost:
            SHED.labels(request.priority.name.lower()).inc()
            raise QuotaUsedUp(detail="quota used up", retry_after=operation.retry_after)
        permit = self._quota.take_now()
        if permit is None:
            began_at = self._elapsed()
            try:
                is_continued = operation is not None and operation.has_begun
                permit = await self._quota.take(rank_of(request.priority, is_continued=is_continued), within_s)
            except QuotaUsedUp as failure:
                SHED.labels(request.priority.name.lower()).inc()
                if request.priority is Priority.SUBMISSION:
                    self._refused_orders.note()
                if operation is not None:
                    operation.retry_after = failure.retry_after
                raise
            within_s -= self._elapsed() - began_at
            if within_s <= 0:
                raise CallHeldBack(detail="no time left")
        if operation is not None:
            operation.has_begun = True
        try:
            response = await self._sender.exchange(request, within_s)
        finally:
            self._quota.answered(permit)
        if response.is_of_quota:
            await self._quota.pause(min(response.retry_after_s or PAUSE_S, LONGEST_PAUSE_S))
        return response

    async def aclose(self) -> None:
        await self._sender.aclose()


def protected(
    sender: Sender,
    settings: Settings,
    store: Store,
    refused_orders: RefusedOrders,
    now: Callable[[], datetime],
    elapsed: Callable[[], float],
) -> Sender:
    """The sender with all that protects Digital River. Without a quota in the settings, calls need no permits."""
    if settings.upstream_quota_per_s:
        local = LocalPermits(elapsed)
        shared = SharedPermits(store.redis) if isinstance(store, RedisStore) else local
        quota = Quota(settings.upstream_quota_per_s, shared, local, now, elapsed)
        sender = LimitedCalls(sender, quota, refused_orders, elapsed)
    return Breakers(sender, now, elapsed)
