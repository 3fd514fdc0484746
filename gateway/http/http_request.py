"""A request to the GraphQL endpoint, and the reply to it, independent of the server that reads and writes them."""

from starlette.datastructures import QueryParams
from starlette.types import Message, Receive, Scope

from gateway.upstream.priority import Priority

HeaderLine = tuple[bytes, bytes]


class BodyTooLarge(Exception):
    pass


class ClientGone(Exception):
    """The client has closed the connection before its request was complete."""


class RequestHeaders:
    """The header lines of a request, whose names are in lower case. `get` returns the first line with a name."""

    __slots__ = ("_first", "raw")

    def __init__(self, raw: list[HeaderLine]) -> None:
        self.raw = raw
        self._first = dict(reversed(raw))

    def get(self, name: bytes, default: str = "") -> str:
        value = self._first.get(name)
        return default if value is None else value.decode("latin-1")

    def lines(self, name: bytes) -> tuple[bytes, ...]:
        """The values of all lines with this name."""
        first = self._first.get(name)
        if first is None:
            return ()
        if len(self._first) == len(self.raw):  # No name is repeated.
            return (first,)
        return tuple(value for header, value in self.raw if header == name)


class HttpRequest:
    """`peer` is the address of the other end of the connection, None behind a Unix socket. `scheme` is that of the
    connection. `receive` is that of ASGI. `whole_body` is the body, if all of it has arrived with the head. Then
    `receive` is not called."""

    __slots__ = ("_receive", "_whole_body", "admitted_as", "headers", "method", "peer", "query_string", "scheme")

    def __init__(
        self,
        method: str,
        query_string: bytes,
        headers: RequestHeaders,
        peer: str | None,
        scheme: str,
        receive: Receive,
        whole_body: bytes | None = None,
    ) -> None:
        self.method = method
        self.query_string = query_string
        self.headers = headers
        self.peer = peer
        self.scheme = scheme
        self._receive = receive
        self._whole_body = whole_body
        self.admitted_as: Priority | None = None
        """The priority for which the request was admitted before it was read, see `gateway.http.admission`."""

    @classmethod
    def of(cls, scope: Scope, receive: Receive) -> "HttpRequest":
        """The request of an ASGI application."""
        peer = scope["client"][0] if scope.get("client") else None
        headers = RequestHeaders(scope["headers"])
        return cls(scope["method"], scope["query_string"], headers, peer, scope["scheme"], receive)

    @property
    def is_read(self) -> bool:
        """Whether the request is sent by GET, or by HEAD for the headers of the answer to GET."""
        return self.method in ("GET", "HEAD")

    @property
    def query_params(self) -> QueryParams:
        return QueryParams(self.query_string)

    async def body(self, limit: int) -> bytes:
        """Raises `BodyTooLarge` as soon as more than `limit` bytes have arrived, and `ClientGone`."""
        if self._whole_body is not None:
            if len(self._whole_body) > limit:
                raise BodyTooLarge
            return self._whole_body
        body, has_more = bytearray(), True
        while has_more:
            message: Message = await self._receive()
            if message["type"] == "http.disconnect":
                raise ClientGone
            body += message.get("body", b"")
            if len(body) > limit:
                raise BodyTooLarge
            has_more = message.get("more_body", False)
        return bytes(body)


class Reply:
    """The answer to a request. `is_public`: caches may store it and send it to other clients."""

    __slots__ = ("body", "headers", "is_public", "status")

    def __init__(self, status: int, headers: list[HeaderLine], body: bytes, *, is_public: bool = False) -> None:
        self.status = status
        self.headers = headers
        self.body = body
        self.is_public = is_public
