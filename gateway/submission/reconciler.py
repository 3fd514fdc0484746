"""Looks after submissions that nobody waits for any more: doubts, open redirects, and what a dead replica left.

Every replica does it. What is due is claimed by one of them, and whatever is found is written by
compare-and-set, so that two looking at the same attempt do no harm.
"""

import asyncio
import contextlib
import logging
from datetime import timedelta

from gateway.errors import GatewayError
from gateway.operation.services import Services
from gateway.orders.attempts import OPEN
from gateway.store.heartbeat import ALIVE_S
from gateway.submission.submissions import NothingToResume

log = logging.getLogger(__name__)

EVERY_S = 1
"""Between two rounds."""

MOST_AT_ONCE = 20

CLAIMED_FOR = timedelta(seconds=30)
"""How long a replica has for what it claimed; after that another one may look."""


class Reconciler:
    def __init__(self, services: Services, *, every_s: float = EVERY_S) -> None:
        self._services = services
        self._every_s = every_s
        self._looking: set[asyncio.Task[None]] = set()

    async def beat(self) -> None:
        """Say that this replica is alive, whatever it waits for."""
        while True:
            with contextlib.suppress(GatewayError):
                await self._services.replica.beat()
            await asyncio.sleep(min(self._every_s, ALIVE_S / 4))

    async def run(self) -> None:
        """Look, and look again, until cancelled."""
        try:
            while True:
                try:
                    await self.look()
                except GatewayError as failure:
                    log.warning("submissions not looked after", extra={"code": failure.code.value})
                await asyncio.sleep(self._every_s)
        finally:
            for task in self._looking:
                task.cancel()
            await asyncio.gather(*self._looking, return_exceptions=True)

    async def look(self) -> None:
        """One round: say that this replica is alive, and see to everything that is due."""
        services = self._services
        now = services.now()
        due = await services.store.claim_due(
            OPEN, now=now, until=now + CLAIMED_FOR, limit=MOST_AT_ONCE - len(self._looking)
        )
        for place in due:
            task = asyncio.create_task(self._look_at(place))
            self._looking.add(task)
            task.add_done_callback(self._looking.discard)

    async def _look_at(self, place: str) -> None:
        try:
            await self._services.submissions.look_after(self._services, place)
        except NothingToResume:
            return
        except GatewayError as failure:
            # It stays claimed, and is due again after that.
            log.info("submission not looked after", extra={"code": failure.code.value, "reason": failure.detail})
