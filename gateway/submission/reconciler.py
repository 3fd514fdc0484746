"""Reconciles open submissions in the background: doubts, open redirects, and attempts of replicas that died.

Every replica does it. The store hands each due attempt to one of them, and what they find is written by
compare-and-set, so that two replicas with the same attempt do no harm.
"""

import asyncio
import logging
from datetime import timedelta

from gateway.errors import GatewayError
from gateway.operation.services import Services
from gateway.orders.attempts import OPEN_ATTEMPTS, NothingToResume
from gateway.submission.submissions import reconcile

log = logging.getLogger(__name__)

INTERVAL_S = 1
"""Seconds between two rounds."""

MAX_CONCURRENT = 20

CLAIM = timedelta(seconds=30)
"""How long a claimed attempt belongs to this replica; after that another one may claim it."""


class Reconciler:
    def __init__(self, services: Services, *, interval_s: float = INTERVAL_S) -> None:
        self._services = services
        self.interval_s = interval_s
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Reconcile round after round, until cancelled."""
        try:
            while True:
                try:
                    await self.reconcile_due()
                except GatewayError as failure:
                    log.warning("submissions not reconciled", extra={"code": failure.code.value})
                await asyncio.sleep(self.interval_s)
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def reconcile_due(self) -> None:
        """One round: begin to reconcile every attempt that is due."""
        now = self._services.now()
        due = await self._services.store.claim_due(
            OPEN_ATTEMPTS, now=now, until=now + CLAIM, limit=MAX_CONCURRENT - len(self._tasks)
        )
        for store_key in due:
            task = asyncio.create_task(self._reconcile(store_key))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _reconcile(self, store_key: str) -> None:
        try:
            await reconcile(self._services, store_key)
        except NothingToResume:
            return
        except GatewayError as failure:
            # It stays claimed, and is due again when the claim ends.
            log.info("submission not reconciled", extra={"code": failure.code.value, "reason": failure.detail})
