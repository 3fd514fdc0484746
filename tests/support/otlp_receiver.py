"""A collector of traces: receives spans by OTLP over HTTP, and keeps them and the bytes of each request."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.support.shop import listening

PATH = "/v1/traces"

ERROR = 2
"""Status code of a span that failed."""

Tree = tuple[str, tuple["Tree", ...]]
"""Name of a span, and the trees of its children in the order in which they began."""


@dataclass
class Collector:
    url: str = ""
    status: int = 200
    requests: list[bytes] = field(default_factory=list)
    """Head and body of each request."""
    spans: list[Span] = field(default_factory=list)

    async def receive(self, request: Request) -> Response:
        body = await request.body()
        head = b"\n".join(name + b": " + value for name, value in request.headers.raw)
        self.requests.append(head + b"\n" + body)
        if self.status == 200:
            for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
                for scope in resource.scope_spans:
                    self.spans += scope.spans
        return Response(status_code=self.status)

    def named(self, name: str) -> list[Span]:
        return [span for span in self.spans if span.name == name]

    def roots(self) -> list[Span]:
        return [span for span in self._in_order(self.spans) if not span.parent_span_id]

    def tree(self, span: Span) -> Tree:
        children = self._in_order(child for child in self.spans if child.parent_span_id == span.span_id)
        return span.name, tuple(self.tree(child) for child in children)

    @staticmethod
    def _in_order(spans: "Iterator[Span] | list[Span]") -> list[Span]:
        return sorted(spans, key=lambda span: span.start_time_unix_nano)


@asynccontextmanager
async def collector() -> AsyncIterator[Collector]:
    received = Collector()
    async with listening(Starlette(routes=[Route(PATH, received.receive, methods=["POST"])]), "off") as url:
        received.url = url + PATH
        yield received


def attributes(span: Span) -> dict[str, str | int | list[str]]:
    return {attribute.key: _value(attribute.value) for attribute in span.attributes}


def _value(value: object) -> str | int | list[str]:
    kind = value.WhichOneof("value")  # type: ignore[attr-defined]  # a message of protobuf
    if kind == "array_value":
        return [item.string_value for item in value.array_value.values]  # type: ignore[attr-defined]
    scalar: str | int = getattr(value, kind)
    return scalar
