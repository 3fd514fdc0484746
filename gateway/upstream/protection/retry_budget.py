"""Limits how many calls are repeated, so that an outage does not multiply the calls to Digital River."""

from collections.abc import Callable

from gateway.metrics.protection import NOT_REPEATED
from gateway.upstream.protection.recent_calls import RecentCalls
from gateway.upstream.protection.resources import Resource

SHARE = 0.2
"""Largest number of repetitions in `WINDOW_S` seconds, as a share of the calls that were sent for the first time."""

ALWAYS = 10
"""Repetitions in `WINDOW_S` seconds that are allowed even after few calls."""


class RetryBudget:
    """The repetitions that the process may still send, to each resource and to all together."""

    def __init__(self, elapsed: Callable[[], float]) -> None:
        self._calls = {resource: RecentCalls(elapsed) for resource in Resource}
        """The calls to each resource. The repetitions are marked."""

    def count(self, resource: Resource, *, is_repeated: bool) -> None:
        """Count a call that is sent now."""
        self._calls[resource].add(marked=is_repeated)

    def allows(self, resource: Resource) -> bool:
        """Whether a call to the resource may be repeated now."""
        counts = {name: calls.counts() for name, calls in self._calls.items()}
        of_all = tuple(map(sum, zip(*counts.values(), strict=True)))
        has_room = _has_room(*counts[resource]) and _has_room(*of_all)
        if not has_room:
            NOT_REPEATED.labels(resource).inc()
        return has_room


def _has_room(total: int, repeated: int) -> bool:
    return repeated < max((total - repeated) * SHARE, ALWAYS)
