"""Counts a call to Digital River in the metrics."""

import asyncio
import time

from gateway.errors import (
    CallHeldBack,
    CartLockLost,
    CircuitOpen,
    QuotaUsedUp,
    UpstreamInvalidResponse,
    UpstreamNotReached,
    UpstreamRefusal,
    UpstreamTimeout,
    UpstreamUnavailable,
)
from gateway.metrics.declaring import OTHER
from gateway.metrics.upstream import CALLS, DURATION

CAUSES: tuple[tuple[type[BaseException], str], ...] = (
    (CartLockLost, "lock_lost"),
    (CircuitOpen, "circuit_open"),
    (QuotaUsedUp, "quota_used_up"),
    (CallHeldBack, "held_back"),
    (UpstreamNotReached, "not_reached"),
    (UpstreamTimeout, "timeout"),
    (UpstreamInvalidResponse, "invalid_response"),
    (UpstreamRefusal, "refused"),
    (UpstreamUnavailable, "unavailable"),
    (asyncio.CancelledError, "cancelled"),
)
"""Label values by class of the failure. Subclasses stand before their base classes."""


class CountedCall:
    """Counts the call that is made during the `with` block."""

    __slots__ = ("_call", "_started_at")

    def __init__(self, call: str) -> None:
        self._call = call

    def __enter__(self) -> None:
        self._started_at = time.perf_counter()

    def __exit__(self, _type: object, failure: BaseException | None, _traceback: object) -> None:
        DURATION.labels(self._call).observe(time.perf_counter() - self._started_at)
        CALLS.labels(self._call, status_class(failure), cause_of(failure)).inc()


def cause_of(failure: BaseException | None) -> str:
    if failure is None:
        return "none"
    return next((cause for class_, cause in CAUSES if isinstance(failure, class_)), OTHER)


def status_class(failure: BaseException | None) -> str:
    """Class of the status with which a call ended, of the metric's label."""
    if failure is None:
        return "2xx"
    status = failure.status if isinstance(failure, UpstreamRefusal | UpstreamUnavailable) else None
    return "none" if status is None else f"{status // 100}xx"
