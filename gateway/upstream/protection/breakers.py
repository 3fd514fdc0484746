"""Sends calls to Digital River only to the parts of its API that work.

Each resource has two breakers: one for the operations that submit or resume an order, and one for all others. Orders
are sent for as long as the calls that they need succeed, although other calls fail. If submissions fail, they end
before anything is sent, instead of as orders in doubt, and everything else goes on.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from gateway.errors import CallHeldBack, CircuitOpen, UpstreamTimeout, UpstreamUnavailable
from gateway.metrics.protection import CIRCUIT_OPEN, HELD_BACK
from gateway.upstream.connections.connection import StaleConnection
from gateway.upstream.exchange import Request, Response, Sender
from gateway.upstream.priority import Priority
from gateway.upstream.protection.breaker import Breaker, Ended, State
from gateway.upstream.protection.resources import Resource, resource_of

log = logging.getLogger(__name__)

PATIENCE_S = 1
"""Shortest time in seconds that Digital River must have had before its silence counts as a failure."""


class Breakers:
    """A `Sender` that raises `CircuitOpen` instead of sending a call to a resource that fails."""

    def __init__(self, sender: Sender, now: Callable[[], datetime], elapsed: Callable[[], float]) -> None:
        self._sender = sender
        self._now = now
        self._breakers = {(resource, submits): Breaker(elapsed) for resource in Resource for submits in (False, True)}

    async def exchange(self, request: Request, within_s: float) -> Response:
        """See `Sender`."""
        resource, submits = resource_of(request.call), request.priority is Priority.SUBMISSION
        breaker = self._breakers[resource, submits]
        permit = breaker.admit()
        if permit is None:
            HELD_BACK.labels(resource, operations_label(submits=submits)).inc()
            raise CircuitOpen(
                detail=f"{resource} failed before", retry_after=self._now() + timedelta(seconds=breaker.wait_s())
            )
        ended = Ended.UNCLEAR
        try:
            response = await self._sender.exchange(request, within_s)
            ended = Ended.FAILED if response.status >= 500 else Ended.SUCCEEDED
        except (UpstreamUnavailable, UpstreamTimeout) as failure:
            if _is_of_digital_river(failure, within_s):
                ended = Ended.FAILED
            raise
        finally:
            before = breaker.state  # Other calls have ended since this one began.
            breaker.end(permit, ended)
            if breaker.state is not before:
                _report(breaker.state, resource, submits=submits)
        return response

    async def aclose(self) -> None:
        await self._sender.aclose()


def operations_label(*, submits: bool) -> str:
    return "ordering" if submits else "not_ordering"


def _is_of_digital_river(failure: UpstreamUnavailable | UpstreamTimeout, within_s: float) -> bool:
    """Whether the call failed because Digital River did, and not by a decision of the gateway."""
    if isinstance(failure, UpstreamTimeout):
        return within_s >= PATIENCE_S
    return not isinstance(failure, StaleConnection | CallHeldBack)


def _report(state: State, resource: Resource, *, submits: bool) -> None:
    CIRCUIT_OPEN.labels(resource, operations_label(submits=submits)).set(state is not State.CLOSED)
    calls = f"{resource} for submissions" if submits else str(resource)
    if state is State.CLOSED:
        log.warning("calls to Digital River are sent again", extra={"reason": calls})
    elif state is State.OPEN:
        log.warning("calls to Digital River are held back, as too many failed", extra={"reason": calls})
