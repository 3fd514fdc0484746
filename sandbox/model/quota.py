"""The quota of calls a second that the sandbox allows, as Digital River does for each API key."""

from collections import deque
from dataclasses import dataclass, field
from time import monotonic

WINDOW_S = 1


@dataclass
class CallQuota:
    per_second: int | None = None
    """None: any number."""
    retry_after_s: int | None = None
    """Value of the header `Retry-After` of a refusal. None: it has no such header, as Digital River documents none."""
    _times: deque[float] = field(default_factory=deque)

    def allows_a_call(self) -> bool:
        """Count a call, and return whether it is within the quota. Refused calls do not use up the quota."""
        if self.per_second is None:
            return True
        now = monotonic()
        while self._times and self._times[0] <= now - WINDOW_S:
            self._times.popleft()
        if len(self._times) >= self.per_second:
            return False
        self._times.append(now)
        return True
