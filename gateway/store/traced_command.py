"""Traces a command of the shared store: which command it is, never its key or value."""

from types import TracebackType

from redis.exceptions import NoScriptError

from gateway.metrics.store import COMMAND
from gateway.telemetry.spans import UNTRACED, Span, SpanKind, Untraced, current_span


class TracedCommand:
    """The `with` block sends the command, and waits for its answer."""

    __slots__ = ("_span",)

    def __init__(self, span: Span) -> None:
        self._span = span

    def __enter__(self) -> None: ...

    def __exit__(
        self, _type: type[BaseException] | None, failure: BaseException | None, _traceback: TracebackType | None
    ) -> None:
        # A script that the server does not know is loaded next.
        self._span.has_failed = isinstance(failure, Exception) and not isinstance(failure, NoScriptError)
        self._span.end()


def traced_command(command: str) -> TracedCommand | Untraced:
    parent = current_span()
    if parent is None:
        return UNTRACED
    return TracedCommand(parent.child(f"store {COMMAND.closed(command)}", SpanKind.CLIENT))
