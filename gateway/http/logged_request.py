"""The log line of a request, and its id in all other lines."""

import logging
import time

from gateway.telemetry.logs import Fields, current_request_id, log_often

log = logging.getLogger(__name__)

METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"})

NO_ROUTE = "none"
"""Logged instead of a path without a route, because clients can put any string in it."""


class LoggedRequest:
    """During the `with` block, a request is answered. At its end, the log line of the request is written.

    The line has the `status` of the answer, and the level and further fields that the endpoint knows.
    """

    __slots__ = ("_method", "_started_at", "_token", "fields", "id", "level", "route", "status")

    def __init__(self, request_id: str, method: str, route: str = NO_ROUTE) -> None:
        self._method = method
        self.id = request_id
        self.route = route
        self.status = 500
        self.fields: Fields = ()
        self.level = logging.INFO

    def __enter__(self) -> "LoggedRequest":
        self._started_at = time.monotonic()
        self._token = current_request_id.set(self.id)
        return self

    def __exit__(self, *_: object) -> None:
        method = self._method if self._method in METHODS else "other"
        duration_ms = round((time.monotonic() - self._started_at) * 1000, 1)
        # Health checks are sent every few seconds, so they are logged at the level DEBUG.
        level = logging.DEBUG if self.route.startswith("/health/") else self.level
        fields = (("method", method), ("route", self.route), ("status", self.status), *self.fields)
        log_often(log, level, "request answered", duration_ms, fields)
        current_request_id.reset(self._token)
