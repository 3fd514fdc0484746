"""Logs which pages of other origins were refused, because a browser shows them no reason."""

import logging
import re
from collections import OrderedDict
from collections.abc import Callable

from gateway.metrics.limits import SECURITY

log = logging.getLogger(__name__)

EVERY_S = 60
"""Minimum time between two lines about the same origin, or about the same header of an origin, in seconds."""

MOST_LINES = 100
"""Maximum number of lines in this time. Anybody can send requests with other origins."""

ORIGIN = re.compile(r"null|[a-z][a-z0-9+.-]{0,30}://[a-z0-9._:\[\]-]{1,150}")

HEADER = re.compile(r"[a-z0-9-]{1,60}")

MALFORMED = "malformed"
"""Logged instead of an origin or header in another format, which may contain anything."""


class RefusedPages:
    def __init__(self, elapsed: Callable[[], float]) -> None:
        self._elapsed = elapsed
        self._logged_at: OrderedDict[tuple[str, str], float] = OrderedDict()
        """When each origin and header was logged. The oldest is first."""

    def log_origin(self, origin: str) -> None:
        SECURITY.labels("origin").inc()
        name = origin if ORIGIN.fullmatch(origin) else MALFORMED
        if self._is_due(name, ""):
            log.warning("origin refused: not in RIVERFRONT_ORIGINS", extra={"origin": name})

    def log_header(self, origin: str, header: str) -> None:
        """Log a header that a page of an allowed origin may not send."""
        SECURITY.labels("header").inc()
        name = header if HEADER.fullmatch(header) else MALFORMED
        if self._is_due(origin, name):
            log.warning("header refused: not in RIVERFRONT_CORS_HEADERS", extra={"origin": origin, "header": name})

    def _is_due(self, origin: str, header: str) -> bool:
        now = self._elapsed()
        while self._logged_at and next(iter(self._logged_at.values())) <= now - EVERY_S:
            self._logged_at.popitem(last=False)
        if (origin, header) in self._logged_at or len(self._logged_at) >= MOST_LINES:
            return False
        self._logged_at[origin, header] = now
        return True
