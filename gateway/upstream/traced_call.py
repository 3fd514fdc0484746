"""Traces a call to Digital River, and records it for the client, if either is wanted."""

import time
from types import TracebackType

from gateway.settings.settings import Settings
from gateway.telemetry.recorded_calls import RecordedCall, current_record
from gateway.telemetry.spans import Span, SpanKind, current_span, inside
from gateway.upstream.counted_call import cause_of, status_class
from gateway.upstream.exchange import Header

NO_FAILURES = frozenset({"none", "refused", "cancelled"})
"""Causes with which a call did what it should."""


class UntracedCall:
    """`recorded` is where the tries of the call are recorded; None if they are not."""

    __slots__ = ("recorded",)

    headers: tuple[Header, ...] = ()

    def __init__(self, recorded: RecordedCall | None) -> None:
        self.recorded = recorded

    def __enter__(self) -> None: ...

    def __exit__(self, *_: object) -> None: ...


NEITHER = UntracedCall(None)


class TracedCall:
    """The `with` block makes the call, and repeats it if need be. `headers` name the trace to Digital River."""

    __slots__ = ("_inside", "_span", "headers", "recorded")

    def __init__(self, span: Span, recorded: RecordedCall, headers: tuple[Header, ...]) -> None:
        self._span = span
        self._inside = inside(span)
        self.headers = headers
        self.recorded = recorded

    def __enter__(self) -> None:
        self._inside.__enter__()

    def __exit__(
        self, _type: type[BaseException] | None, failure: BaseException | None, _traceback: TracebackType | None
    ) -> None:
        self._inside.__exit__()
        cause = cause_of(failure)
        self._span.has_failed = cause not in NO_FAILURES
        self._span.attributes = {
            "riverfront.status": status_class(failure),
            "riverfront.cause": cause,
            "riverfront.tries": self.recorded.tries,
        }
        self._span.end()


def traced_call(call: str, settings: Settings) -> TracedCall | UntracedCall:
    record, parent = current_record.get(), current_span()
    if record is None and parent is None:
        return NEITHER
    recorded = record.begin_call(call) if record is not None else None
    if parent is None:
        return UntracedCall(recorded)
    span = parent.child(call, SpanKind.CLIENT)
    headers: tuple[Header, ...] = (("traceparent", span.traceparent),) if settings.traces_to_upstream else ()
    return TracedCall(span, recorded or RecordedCall(call, None, None, time.perf_counter()), headers)
