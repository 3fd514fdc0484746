"""Spans: what an operation, its root fields, its calls and its store commands took. A trace consists of them.

A check of an open submission in the background is traced like an operation.

Without a trace there is no span, and `current_span` is None. Names and attributes come from closed sets, so that no
personal data reaches a trace: no URL, no variable, no message of an error.
"""

import random
import time
from collections.abc import Callable, Mapping
from contextvars import ContextVar, Token
from enum import Enum
from typing import NamedTuple

Attribute = str | int | tuple[str, ...]


class SpanKind(Enum):
    SERVER = "server"
    """The operation of a client."""
    INTERNAL = "internal"
    CLIENT = "client"
    """A call to Digital River, or a command of the store."""


class RemoteSpan(NamedTuple):
    """The span of another program, as its header `traceparent` names it."""

    trace_id: int
    span_id: int
    is_sampled: bool


class Trace:
    """What all spans of one operation share. `sink` receives each span that has ended."""

    __slots__ = ("_clock_ns", "id", "number_of_spans", "sink")

    def __init__(self, trace_id: int, sink: "Callable[[Span], None]") -> None:
        self.id = trace_id
        self.sink = sink
        self.number_of_spans = 0
        # The time of day may jump between the beginning and the end of a span.
        self._clock_ns = time.time_ns() - time.perf_counter_ns()

    def now_ns(self) -> int:
        return self._clock_ns + time.perf_counter_ns()


class Span:
    """A span that begins now. `link`: the span of a client that caused the operation, in a trace of its own."""

    __slots__ = (
        "attributes",
        "began_ns",
        "ended_ns",
        "has_children",
        "has_failed",
        "id",
        "kind",
        "link",
        "name",
        "parent_id",
        "trace",
    )

    def __init__(
        self, trace: Trace, parent_id: int | None, name: str, kind: SpanKind, link: RemoteSpan | None = None
    ) -> None:
        self.trace = trace
        self.parent_id = parent_id
        self.id = random_id(64)
        self.name = name
        self.kind = kind
        self.link = link
        self.attributes: Mapping[str, Attribute] = {}
        self.has_children = self.has_failed = False
        self.began_ns = self.ended_ns = trace.now_ns()

    def child(self, name: str, kind: SpanKind) -> "Span":
        self.has_children = True
        return Span(self.trace, self.id, name, kind)

    def touch(self) -> None:
        """Let the span last until now, at least."""
        self.ended_ns = self.trace.now_ns()

    def end(self) -> None:
        self.touch()
        self.hand_over()

    def hand_over(self) -> None:
        self.trace.number_of_spans += 1
        self.trace.sink(self)

    @property
    def trace_id(self) -> str:
        return f"{self.trace.id:032x}"

    @property
    def traceparent(self) -> str:
        """The header that names this span to another program."""
        return f"00-{self.trace_id}-{self.id:016x}-01"


def random_id(bits: int) -> int:
    return random.getrandbits(bits) or 1


_current: ContextVar[Span | None] = ContextVar("current_span", default=None)

current_span = _current.get
"""The span to which what runs now belongs; None if it is not traced."""


class inside:  # noqa: N801 - a context manager
    """What runs during the `with` block, and in tasks that begin there, belongs to this span. With None, it is not
    traced."""

    __slots__ = ("_span", "_token")

    _token: Token[Span | None]

    def __init__(self, span: Span | None) -> None:
        self._span = span

    def __enter__(self) -> None:
        self._token = _current.set(self._span)

    def __exit__(self, *_: object) -> None:
        _current.reset(self._token)


class Untraced:
    """Does nothing, in place of a span."""

    __slots__ = ()

    def __enter__(self) -> None: ...

    def __exit__(self, *_: object) -> None: ...


UNTRACED = Untraced()
