"""Reconciles open submissions in the background.

A submission is open while its order is in doubt or waits for the shopper. A submission whose replica died is also open.
Every replica runs a reconciler. The store gives each due attempt to one replica. Results are written by
compare-and-set, so two replicas that work on the same attempt do not overwrite each other's result.
"""

import asyncio
import logging
from datetime import timedelta

from gateway.errors import GatewayError
from gateway.metrics.submissions import RECONCILIATIONS
from gateway.operation.services import Services
from gateway.orders.attempts import OPEN_ATTEMPTS, NothingToResume, SubmissionKeyTaken, store_key_in
from gateway.store.repetition import Repetition
from gateway.submission.submissions import reconcile
from gateway.telemetry.logs import current_trace_id
from gateway.telemetry.spans import SpanKind, inside
from gateway.tracing.tracer import Tracer

log = logging.getLogger(__name__)

INTERVAL_S = 1
"""Seconds between two searches for due attempts."""

MAX_CONCURRENT = 20

CLAIM = timedelta(seconds=30)
"""Time for which a replica has the exclusive right to a due attempt. Afterwards another replica may claim the
attempt."""


class Reconciler:
    def __init__(self, services: Services, *, interval_s: float = INTERVAL_S, tracer: Tracer | None = None) -> None:
        self._services = services
        self._tracer = tracer
        self.interval_s = interval_s
        self._tasks: set[asyncio.Task[None]] = set()
        self._failed: str | None = None
        """Code of the error that prevented the last search for due attempts; None if it succeeded."""

    def run(self) -> Repetition:
        """Reconcile due attempts every `interval_s` seconds, until stopped."""
        return Repetition(self._try_to_reconcile, self.interval_s)

    async def cancel_tasks(self) -> None:
        """Stop waiting for the attempts in progress. `Attempts.drain` waits for them."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _try_to_reconcile(self) -> None:
        failed = None
        try:
            await self.reconcile_due()
        except GatewayError as failure:
            failed = failure.code.value
        if failed != self._failed:
            # Every second would be too often.
            event = "submissions not reconciled" if failed is not None else "submissions reconciled again"
            log.warning(event, extra={"code": failed or self._failed})
            self._failed = failed

    async def reconcile_due(self) -> None:
        """Start a task for every attempt that is due, up to `MAX_CONCURRENT` tasks."""
        now = self._services.now()
        due = await self._services.store.claim_due(
            OPEN_ATTEMPTS, now=now, until=now + CLAIM, limit=MAX_CONCURRENT - len(self._tasks)
        )
        for tag in due:
            task = asyncio.create_task(self._reconcile(tag))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _reconcile(self, tag: str) -> None:
        span = self._tracer.begin("reconcile", SpanKind.INTERNAL) if self._tracer else None
        # This task has a context of its own.
        current_trace_id.set(span.trace_id if span is not None else None)
        with inside(span):
            result = await self._result(tag)
        RECONCILIATIONS.labels(result).inc()
        if span is not None:
            span.has_failed = result in ("failed", "session_ended")
            span.attributes = {"riverfront.result": result}
            span.end()

    async def _result(self, tag: str) -> str:
        """Reconcile an attempt, and return a value of the label of `RECONCILIATIONS`."""
        try:
            return await reconcile(self._services, tag)
        except (NothingToResume, SubmissionKeyTaken):  # Of a request whose task the check has joined.
            return "nothing_to_do"
        except GatewayError as failure:
            # The attempt is due again when this replica's claim ends.
            key = store_key_in(tag).rpartition(":")[2]
            fields = {"key": key, "code": failure.code.value, "reason": failure.detail}
            log.warning("submission not reconciled", extra=fields)
            return "failed"
