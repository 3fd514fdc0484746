"""Sends spans to a collector, by OTLP over HTTP, in a thread of its own.

No request waits for it or fails because of it: what the collector does not take in time is dropped and counted. This is
the only module that imports OpenTelemetry. It is imported only if traces are on.
"""

import contextlib
import logging
import threading
from collections import deque
from uuid import uuid4

import requests
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExportResult
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import Link, SpanContext, Status, StatusCode, TraceFlags
from opentelemetry.trace import SpanKind as OtlpKind

from gateway.metrics.traces import SPANS
from gateway.settings.settings import Settings
from gateway.telemetry.spans import RemoteSpan, Span, SpanKind
from gateway.version import VERSION

log = logging.getLogger(__name__)

MOST_WAITING = 4096
"""Spans that wait for the collector. Further ones are dropped. A span takes about a kilobyte."""

MOST_OF_TRACE = 500
"""Spans of one operation. Further ones are dropped."""

BATCH = 128
"""Spans of one request to the collector. Others wait for a few milliseconds while a batch is encoded."""

EVERY_S = 1.0
"""Time after which spans are sent, even if they are no batch."""

EXPORT_S = 5.0
"""Time limit of one request to the collector, with its repetitions."""

STOP_S = 3.0
"""Time for which a process that stops waits for the collector."""

KINDS = {SpanKind.SERVER: OtlpKind.SERVER, SpanKind.INTERNAL: OtlpKind.INTERNAL, SpanKind.CLIENT: OtlpKind.CLIENT}

OUR_FLAGS = TraceFlags(TraceFlags.SAMPLED)

ERROR, NO_ERROR = Status(StatusCode.ERROR), Status(StatusCode.UNSET)

# Counters have no locks. The first two are counted in the thread of the export, the third in that of the event loop.
EXPORTED, FAILED, DROPPED = SPANS.labels("exported"), SPANS.labels("failed"), SPANS.labels("dropped")


class SpanExport:
    """The spans that wait, and the thread that sends them. `close` ends the thread."""

    def __init__(self, settings: Settings) -> None:
        # The collector is named by a setting. A proxy or a password of the environment is not meant for it.
        session = requests.Session()
        session.trust_env = False
        self._exporter = OTLPSpanExporter(endpoint=settings.traces_url, timeout=EXPORT_S, session=session)
        self._resource = Resource.create(
            {"service.name": "riverfront", "service.version": VERSION, "service.instance.id": str(uuid4())}
        )
        self._scope = InstrumentationScope("riverfront", VERSION)
        self._waiting: deque[Span] = deque()
        self._wake = threading.Event()
        self._is_stopping = False
        self._reaches_collector = True
        # The library logs each failure. This module logs the first, and the next success.
        logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)
        self._thread = threading.Thread(target=self._run, name="spans", daemon=True)
        self._thread.start()

    def add(self, span: Span) -> None:
        """Send a span soon. It is dropped if too many wait. Called in the thread of the event loop."""
        if len(self._waiting) >= MOST_WAITING or span.trace.number_of_spans > MOST_OF_TRACE or self._is_stopping:
            DROPPED.inc()
            return
        self._waiting.append(span)
        if len(self._waiting) >= BATCH:
            self._wake.set()

    def close(self) -> None:
        """Send what waits, for at most `STOP_S` seconds. Blocks the calling thread."""
        self._is_stopping = True
        self._wake.set()
        self._thread.join(STOP_S)
        self._exporter.shutdown()  # type: ignore[no-untyped-call]  # the library has no type for it

    def count_rest(self) -> None:
        """Count the spans that could not be sent before the end."""
        DROPPED.inc(len(self._remove_oldest(MOST_WAITING)))

    def _run(self) -> None:
        while not self._is_stopping:
            self._wake.wait(EVERY_S)
            self._wake.clear()
            while batch := self._remove_oldest(BATCH):
                self._send(batch)

    def _remove_oldest(self, most: int) -> list[Span]:
        oldest: list[Span] = []
        # A stop may remove them while the thread still does.
        with contextlib.suppress(IndexError):
            while len(oldest) < most:
                oldest.append(self._waiting.popleft())
        return oldest

    def _send(self, batch: list[Span]) -> None:
        try:
            has_arrived = self._exporter.export([self._otlp(span) for span in batch]) is SpanExportResult.SUCCESS
        except Exception:
            log.exception("spans not encoded")
            has_arrived = False
        (EXPORTED if has_arrived else FAILED).inc(len(batch))
        if has_arrived is not self._reaches_collector:
            self._reaches_collector = has_arrived
            log.warning("spans are taken again" if has_arrived else "spans not taken by the collector")

    def _otlp(self, span: Span) -> ReadableSpan:
        """The span as the exporter needs it. It is made here, and not by the library's tracer, which would take ten
        times as long, and in the thread of the requests."""
        trace_id = span.trace.id
        return ReadableSpan(
            span.name,
            _context(trace_id, span.id),
            _context(trace_id, span.parent_id, is_remote=span.kind is SpanKind.SERVER) if span.parent_id else None,
            self._resource,
            dict(span.attributes),
            links=[_link(span.link)] if span.link is not None else (),
            kind=KINDS[span.kind],
            status=ERROR if span.has_failed else NO_ERROR,
            start_time=span.began_ns,
            end_time=span.ended_ns,
            instrumentation_scope=self._scope,
        )


def _context(trace_id: int, span_id: int, *, is_remote: bool = False) -> SpanContext:
    return SpanContext(trace_id, span_id, is_remote, OUR_FLAGS)


def _link(client: RemoteSpan) -> Link:
    return Link(_context(client.trace_id, client.span_id, is_remote=True))
