"""Measures how many submissions are open, and how old the oldest doubt is, for the metrics."""

import contextlib
from collections import Counter
from datetime import timedelta
from functools import partial

from gateway.errors import GatewayError
from gateway.metrics.submissions import OLDEST_DOUBT, OPEN, STATE
from gateway.operation.services import Services
from gateway.orders.attempts import OPEN_ATTEMPTS, AttemptRecord
from gateway.store.repetition import Repetition

EVERY = 10
"""Searches of the reconciler between two measurements."""

MOST_READ = 100
"""Maximum number of records that are read at a time. With more doubts than this, their exact number is of no use."""


def measurements(services: Services, search_every_s: float) -> Repetition | None:
    """Measure in the background, until stopped. None if metrics are off."""
    return Repetition(partial(measure, services), search_every_s * EVERY) if services.settings.metrics_port else None


async def measure(services: Services) -> None:
    """Read the open submissions of all replicas. While the store is down, the last values stay."""
    with contextlib.suppress(GatewayError):
        tags = await services.store.scheduled(OPEN_ATTEMPTS, limit=MOST_READ)
        located = [await services.attempts.tagged(tag) for tag in tags]
        records = [attempt.record for attempt in located if attempt is not None and attempt.record.is_open]
        states = Counter(map(_state, records))
        for state in STATE.values:
            OPEN.labels(state).set(states[state])
        now = services.now()
        ages = [now - (record.sent_at or record.started_at) for record in records if record.is_in_doubt]
        OLDEST_DOUBT.labels().set(max(ages, default=timedelta()).total_seconds())


def _state(record: AttemptRecord) -> str:
    if record.result is None:
        return "under_way"
    return "in_doubt" if record.is_in_doubt else "waiting_for_shopper"
