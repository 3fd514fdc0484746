"""What goes wrong on purpose: the layer around the whole sandbox that also counts every call."""

import asyncio
from typing import TYPE_CHECKING, Annotated, Literal
from uuid import uuid4

import msgspec
from starlette.datastructures import Headers, QueryParams
from starlette.responses import Response
from starlette.routing import Match, Route, Router
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.model.call_counts import Call
from sandbox.wire.refusal import Envelope, Refusal

if TYPE_CHECKING:
    from sandbox.model.world import World  # which holds our faults

USES: dict[str, frozenset[str]] = {
    "status": frozenset({"status", "code", "subcode", "description", "envelope"}),
    "delay": frozenset({"delay_s"}),
    "drip": frozenset({"delay_s"}),
}
"""What is told of a fault beside its path, method, skips and times, by its kind."""

HUGE_BYTES = 8 * 1024 * 1024
CHUNK_BYTES = 64 * 1024

CONTROLS = "/_sandbox/"
TO_CONTROLS = ("/", "/_sandbox")
"""Ways to the list of them."""
JSON_SUFFIX = ".json"

Kind = Literal[
    "status",
    "delay",
    "drip",
    "drop-before",
    "drop-after",
    "malformed",
    "huge",
    "content-type",
]


class Fault(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """One thing that goes wrong with the next calls of a path.

    status: the work is not done; the answer is `status` with `code` and `description` in `envelope`. delay:
    the answer comes `delay_s` later. drip: its bytes come one by one, `delay_s` apart. drop-before and
    drop-after: the connection is closed before or after the work. malformed: half of the JSON. huge: 8 MiB of
    it. content-type: the answer says it is HTML.
    """

    path: str
    """Template of a route (`/v1/shoppers/me/orders/{id}`), or `*`."""
    kind: Kind
    method: str | None = None
    skips: Annotated[int, msgspec.Meta(ge=0)] = 0
    """Calls that go well before the first that does not."""
    times: Annotated[int, msgspec.Meta(ge=1)] | None = None
    """None: until `reset`, or until the faults are cleared."""
    status: Annotated[int, msgspec.Meta(ge=200, le=599)] = 500
    code: str = "system-error"
    subcode: str | None = None
    envelope: Envelope = "A"
    description: str = "A fault was asked for."
    delay_s: Annotated[float, msgspec.Meta(ge=0, le=600)] = 1.0

    def fits(self, method: str, path: str) -> bool:
        return self.path in ("*", path) and self.method in (None, method)


class Dropped(ConnectionResetError):
    """The connection is closed without an answer, where there is no connection to close."""


class FaultLayer:
    def __init__(self, app: ASGIApp, router: Router, world: "World") -> None:
        self._app = app
        self._router = router
        self._world = world

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(CONTROLS) or scope["path"] in TO_CONTROLS:
            await self._app(scope, receive, send)
            return
        asks_for_json = _asks_for_json(scope)
        if scope["path"].endswith(JSON_SUFFIX):
            scope = {**scope, "path": scope["path"].removesuffix(JSON_SUFFIX)}
        path = self._template(scope)
        self._count(scope, path, asks_for_json)
        fault = self._due(scope["method"], path)
        send = Answering(send)
        if fault is None:
            await self._app(scope, receive, send)
        else:
            await self._go_wrong(fault, scope, receive, send)

    def _template(self, scope: Scope) -> str:
        for route in self._router.routes:
            match, _ = route.matches(scope)
            if match is not Match.NONE and isinstance(route, Route):
                return route.path
        return "other"

    def _count(self, scope: Scope, path: str, asks_for_json: bool) -> None:
        token = Headers(scope=scope).get("authorization", "").partition(" ")[2]
        known = self._world.tokens.get(token or QueryParams(scope["query_string"]).get("token", ""))
        shopper = known.shopper.id if known is not None else None
        self._world.calls.by_call[Call(scope["method"], path, shopper)] += 1
        if not asks_for_json:
            self._world.calls.without_json += 1

    def _due(self, method: str, path: str) -> Fault | None:
        faults = self._world.faults
        fault = next((one for one in faults if one.fits(method, path)), None)
        if fault is not None and fault.skips > 0:
            fault.skips -= 1
            return None
        if fault is not None and fault.times is not None:
            fault.times -= 1
            if fault.times == 0:
                faults.remove(fault)
        return fault

    async def _go_wrong(self, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        match fault.kind:
            case "status":
                await self._refusal(fault)(scope, receive, send)
            case "drop-before":
                _drop(send)
            case "drop-after":
                await self._answered(scope, receive)
                _drop(send)
            case "delay":
                answer = await self._answered(scope, receive)
                await asyncio.sleep(fault.delay_s)
                await answer(scope, receive, send)
            case "drip":
                answer = await self._answered(scope, receive)
                await _drip(answer, fault.delay_s, send)
            case "malformed":
                answer = await self._answered(scope, receive)
                half = bytes(answer.body)[: max(len(answer.body) // 2, 1)] or b"{"
                await Response(half, answer.status_code, media_type="application/json")(scope, receive, send)
            case "huge":
                await self._answered(scope, receive)
                await _huge(send)
            case "content-type":
                answer = await self._answered(scope, receive)
                page = b"<!doctype html><title>Please stand by</title>"
                await Response(page, answer.status_code, media_type="text/html")(scope, receive, send)

    def _refusal(self, fault: Fault) -> Response:
        status = fault.status
        if fault.code == "rate-limit-quota-exceeded":
            status = self._world.switches.rate_limit_status
        return Refusal(
            status,
            fault.code,
            fault.description,
            envelope=fault.envelope,
            relation="CartsResource",
            subcode=fault.subcode,
        ).response()

    async def _answered(self, scope: Scope, receive: Receive) -> Response:
        """Do the work, and keep the answer."""
        kept = Response(b"")
        parts: list[bytes] = []

        async def keep(message: Message) -> None:
            if message["type"] == "http.response.start":
                kept.status_code = message["status"]
                kept.raw_headers = list(message.get("headers", []))
            else:
                parts.append(message.get("body", b""))

        await self._app(scope, receive, keep)
        kept.body = b"".join(parts)
        return kept


def _drop(send: Send) -> None:
    transport = getattr(getattr(send, "connection", None), "transport", None)
    if transport is None:
        raise Dropped
    transport.abort()


async def _drip(answer: Response, delay_s: float, send: Send) -> None:
    await send({"type": "http.response.start", "status": answer.status_code, "headers": answer.raw_headers})
    for byte in bytes(answer.body):
        await asyncio.sleep(delay_s)
        await send({"type": "http.response.body", "body": bytes([byte]), "more_body": True})
    await send({"type": "http.response.body", "body": b""})


async def _huge(send: Send) -> None:
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b'{"cart": "', "more_body": True})
    for _ in range(HUGE_BYTES // CHUNK_BYTES):
        await send({"type": "http.response.body", "body": b"a" * CHUNK_BYTES, "more_body": True})
    await send({"type": "http.response.body", "body": b'"}'})


def _asks_for_json(scope: Scope) -> bool:
    """By the path, the header or the query; the default of the Shopper API is XML."""
    if not scope["path"].startswith("/v1/") or scope["path"].endswith(JSON_SUFFIX):
        return True
    accepted = Headers(scope=scope).get("accept", "")
    return "application/json" in accepted or QueryParams(scope["query_string"]).get("format") == "json"


CROSS_ORIGIN = [
    (b"access-control-allow-origin", b"*"),
    (b"access-control-allow-methods", b"GET, POST, PUT, DELETE"),
    (b"access-control-allow-headers", b"Authorization, Content-Type, Accept"),
]
"""Any page may call: sources are made in the shopper's browser."""


class Answering:
    """Adds the headers that every answer has. Keeps the server's connection, to close it."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.connection = getattr(send, "__self__", None)

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            request_id = (b"x-dr-requestid", str(uuid4()).encode())
            headers = [*message.get("headers", []), *CROSS_ORIGIN, request_id]
            message = {**message, "headers": headers}
        await self._send(message)
