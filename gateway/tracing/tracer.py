"""Decides which operations, and which checks in the background, are traced, and begins their spans."""

import random
from collections.abc import Callable

from gateway.telemetry.spans import RemoteSpan, Span, SpanKind, Trace, random_id

NOT_YET_NAMED = "request"
"""Name of an operation's span until the operation is known."""


class Tracer:
    """`share`: the share of operations that are traced, from 0 to 1. `sink` receives each span that has ended."""

    def __init__(self, share: float, sink: Callable[[Span], None]) -> None:
        self._share = share
        self._sink = sink

    def continued(self, parent: RemoteSpan) -> Span | None:
        """The span of an operation in the trace of a trusted program, which decides whether it is traced."""
        if not parent.is_sampled:
            return None
        return Span(Trace(parent.trace_id, self._sink), parent.span_id, NOT_YET_NAMED, SpanKind.SERVER)

    def begin(self, name: str = NOT_YET_NAMED, kind: SpanKind = SpanKind.SERVER) -> Span | None:
        """A span in a trace of its own; None for all but a share of them."""
        if random.random() >= self._share:  # noqa: S311 - no secret
            return None
        return Span(Trace(random_id(128), self._sink), None, name, kind)
