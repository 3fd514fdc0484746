"""Traces a request: takes the client's trace context in, and describes the operation once it is answered.

Anybody can send a context. It is only linked, and decides nothing, unless a setting lets trusted proxies decide.
"""

import logging
import re
from functools import lru_cache

from gateway.documents.card_numbers import has_card_number
from gateway.http.client_address import is_from_trusted_proxy
from gateway.http.http_request import HttpRequest
from gateway.http.log_levels import LEVELS
from gateway.http.logged_request import LoggedRequest
from gateway.metrics.declaring import OTHER
from gateway.metrics.operations import OPERATION
from gateway.settings.settings import Settings
from gateway.telemetry.logs import Fields, current_trace_id
from gateway.telemetry.spans import UNTRACED, Attribute, RemoteSpan, Span, Untraced, inside
from gateway.tracing.tracer import Tracer

TRACEPARENT = re.compile(rb"(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?")

LONGEST = 128
"""Maximum length of a context. Later versions of its format may be longer than the first one, of 55 characters."""

SAMPLED = 0x01


class RequestTracing:
    def __init__(self, tracer: Tracer, settings: Settings) -> None:
        self._tracer = tracer
        self._settings = settings

    def traced(self, request: HttpRequest, logged: LoggedRequest) -> "TracedRequest | Untraced":
        """The `with` block answers the request, and writes its log line."""
        span = self._begin(request)
        return TracedRequest(span, logged) if span is not None else UNTRACED

    def _begin(self, request: HttpRequest) -> Span | None:
        sent = remote_span(request.headers.lines(b"traceparent"))
        if sent is None:
            return self._tracer.begin()
        if self._settings.traces_from_proxies and is_from_trusted_proxy(request, self._settings):
            return self._tracer.continued(sent)
        span = self._tracer.begin()
        if span is not None:
            span.link = sent
        return span


def remote_span(lines: tuple[bytes, ...]) -> RemoteSpan | None:
    """The span that a header of W3C Trace Context names; None if it is missing, repeated or malformed."""
    if len(lines) != 1 or len(lines[0]) > LONGEST:
        return None
    match = TRACEPARENT.fullmatch(lines[0])
    if match is None:
        return None
    trace_id, span_id, flags = (part.decode() for part in match.groups())
    # A client chooses the ids. They may have only digits, like the number of a card.
    if not int(trace_id, 16) or not int(span_id, 16) or has_card_number(trace_id) or has_card_number(span_id):
        return None
    return RemoteSpan(int(trace_id, 16), int(span_id, 16), bool(int(flags, 16) & SAMPLED))


class TracedRequest:
    __slots__ = ("_inside", "_logged", "_span")

    def __init__(self, span: Span, logged: LoggedRequest) -> None:
        self._span = span
        self._logged = logged
        self._inside = inside(span)

    def __enter__(self) -> None:
        current_trace_id.set(self._span.trace_id)
        self._inside.__enter__()

    def __exit__(self, *_: object) -> None:
        self._inside.__exit__()
        current_trace_id.set(None)
        span, logged = self._span, self._logged
        name, attributes = _described(logged.fields)
        span.name = name or span.name
        span.has_failed = logged.level >= logging.WARNING
        span.attributes = {
            **attributes,
            "http.response.status_code": logged.status,
            "riverfront.request_id": logged.id,
        }
        span.end()


@lru_cache(maxsize=1024)
def _described(fields: Fields) -> tuple[str | None, dict[str, Attribute]]:
    """Name and attributes of the span, from fields of the log line. The values come from closed sets."""
    logged = dict(fields)
    kind, outcome, name = logged.get("kind"), logged.get("outcome"), OPERATION.closed(str(logged.get("operation")))
    attributes: dict[str, Attribute] = {}
    if isinstance(kind, str):
        attributes["graphql.operation.type"] = kind
    if name != OTHER:
        attributes["graphql.operation.name"] = name
    if isinstance(outcome, str):
        attributes["riverfront.outcome"] = outcome
    for field, attribute in (("codes", "riverfront.codes"), ("payload_codes", "riverfront.payload_codes")):
        codes = logged.get(field)
        if isinstance(codes, tuple) and codes:
            attributes[attribute] = tuple(dict.fromkeys(code if code in LEVELS else OTHER for code in codes))
    return (str(kind) if name == OTHER else name) if kind is not None else None, attributes
