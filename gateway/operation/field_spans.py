"""The spans of an operation's root fields."""

import asyncio
from collections.abc import Callable
from types import CoroutineType
from typing import Any

from gateway.telemetry.spans import Span, SpanKind, inside


class FieldSpans:
    """The calls of a root field belong to its span, and so do the calls of the fields below it. A root field that makes
    no call and sends no command has no span.

    The name of a span is the name of the field in the schema. The alias would be chosen by the client.
    """

    def __init__(self, operation: Span) -> None:
        self._operation = operation
        self._by_key: dict[str, Span] = {}

    def of(self, root_key: str, coordinate: str) -> Span:
        """The span of the root field with this response key. `coordinate` is that of the root field in the first call,
        as a root field is resolved before the fields below it."""
        span = self._by_key.get(root_key)
        if span is None:
            span = self._by_key[root_key] = self._operation.child(coordinate, SpanKind.INTERNAL)
        return span

    def resolve(self, root_key: str, coordinate: str, call: Callable[[], Any]) -> Any:
        """What `call`, which resolves a field, returns: a value, or an awaitable that belongs to the span."""
        span = self.of(root_key, coordinate)
        with inside(span):
            value = call()
            if isinstance(value, CoroutineType):
                value = asyncio.get_running_loop().create_task(value)
        if isinstance(value, asyncio.Future):
            value.add_done_callback(lambda _: span.touch())
        return value

    def end(self) -> None:
        for span in self._by_key.values():
            if span.has_children:
                span.hand_over()
