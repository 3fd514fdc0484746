"""The outer layer of the sandbox application, through which each API call passes.

The outer layer has six tasks:

- answer the preflights of browsers
- refuse the calls that exceed the quota of `/_sandbox/quota`
- accept paths with the suffix `.json` or with a slash at the end
- count all calls, and separately the calls that do not ask for JSON
- cause the faults that were added with `/_sandbox/faults`
- add the CORS headers and a request id to each answer, also to those of the sandbox controls
"""

import asyncio
from uuid import uuid4

from starlette.datastructures import Headers, QueryParams
from starlette.responses import Response
from starlette.routing import Match, Route, Router
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.model.call_counts import Call
from sandbox.model.fault import Fault
from sandbox.model.world import World
from sandbox.wire.refusal import PAYMENT_SERVICE, Refusal

HUGE_BYTES = 8 * 1024 * 1024
CHUNK_BYTES = 64 * 1024

UNCOUNTED_PATHS = ("/_sandbox/", "/v1/DigitalRiver.js", "/v1/css/", "/v1/frames/", "/v1/legal/")
"""Path prefixes of the sandbox controls, and of what DigitalRiver.js loads. Requests for them are not API calls."""
NON_API_PATHS = ("/", "/_sandbox", "/favicon.ico")
"""Paths that browsers open. Requests for these paths are not counted as API calls."""
JSON_SUFFIX = ".json"


class Dropped(ConnectionResetError):
    """Simulates a closed connection when a test calls the sandbox in-process, where there is no connection to close."""


class OuterLayer:
    def __init__(self, app: ASGIApp, router: Router, world: World) -> None:
        self._app = app
        self._router = router
        self._world = world

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in NON_API_PATHS:
            await self._app(scope, receive, send)
            return
        if _is_preflight(scope):
            await Response(status_code=204)(scope, receive, HeaderSender(send))
            return
        if scope["path"].startswith(UNCOUNTED_PATHS):
            await self._app(scope, receive, HeaderSender(send))
            return
        asks_for_json = _asks_for_json(scope)
        scope = {**scope, "path": scope["path"].removesuffix("/").removesuffix(JSON_SUFFIX)}
        path = self._template(scope)
        self._count(scope, path, asks_for_json)
        send = HeaderSender(send)
        if self._needs_quota(scope) and not self._world.quota.allows_a_call():
            self._world.calls.refused += 1
            await self._quota_refusal(scope["path"])(scope, receive, send)
            return
        fault = self._next_fault(scope["method"], path)
        if fault is None:
            await self._app(scope, receive, send)
        else:
            await self._fail(fault, scope, receive, send)

    def _template(self, scope: Scope) -> str:
        """Path template of the route, such as `/v1/shoppers/me/orders/{id}`; `other` for an unknown path."""
        for route in self._router.routes:
            match, _ = route.matches(scope)
            if match is not Match.NONE and isinstance(route, Route):
                return route.path
        return "other"

    def _count(self, scope: Scope, path: str, asks_for_json: bool) -> None:
        bearer = Headers(scope=scope).get("authorization", "").partition(" ")[2]
        token = self._world.tokens.get(bearer or QueryParams(scope["query_string"]).get("token", ""))
        shopper = token.shopper.id if token is not None else None
        self._world.calls.by_call[Call(scope["method"], path, shopper)] += 1
        if not asks_for_json:
            self._world.calls.without_json += 1

    def _next_fault(self, method: str, path: str) -> Fault | None:
        """Oldest fault that matches the call; None if no fault matches, or if its `skips` lets the call succeed."""
        faults = self._world.faults
        fault = next((fault for fault in faults if fault.fits(method, path)), None)
        if fault is not None and fault.skips > 0:
            fault.skips -= 1
            return None
        if fault is not None and fault.times is not None:
            fault.times -= 1
            if fault.times == 0:
                faults.remove(fault)
        return fault

    async def _fail(self, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        match fault.kind:
            case "status":
                await self._refusal(fault, scope["path"])(scope, receive, send)
            case "drop-before":
                _drop(send)
            case "drop-after":
                await self._withheld_answer(scope, receive)
                _drop(send)
            case "delay":
                answer = await self._withheld_answer(scope, receive)
                await asyncio.sleep(fault.delay_s)
                await answer(scope, receive, send)
            case "drip":
                answer = await self._withheld_answer(scope, receive)
                await _drip(answer, fault.delay_s, send)
            case "malformed":
                answer = await self._withheld_answer(scope, receive)
                half = bytes(answer.body)[: max(len(answer.body) // 2, 1)] or b"{"
                await Response(half, answer.status_code, media_type="application/json")(scope, receive, send)
            case "huge":
                await self._withheld_answer(scope, receive)
                await _send_huge(send)
            case "content-type":
                answer = await self._withheld_answer(scope, receive)
                page = b"<!doctype html><title>Please stand by</title>"
                await Response(page, answer.status_code, media_type="text/html")(scope, receive, send)

    def _refusal(self, fault: Fault, path: str) -> Response:
        status, envelope = fault.status, fault.envelope
        if envelope is None:
            envelope = "C" if path.startswith(PAYMENT_SERVICE) else "A"
        if fault.code == "rate-limit-quota-exceeded":
            status = self._world.switches.rate_limit_status
        return Refusal(
            status,
            fault.code or ("unknown_error" if envelope == "C" else "system-error"),
            fault.description,
            envelope=envelope,
            relation="CartsResource",
            subcode=fault.subcode,
        ).response()

    def _needs_quota(self, scope: Scope) -> bool:
        """Whether the call counts for the confidential key. Pages call with the public key, which has a quota of its
        own, and the ledger belongs to the merchant."""
        is_of_page = Headers(scope=scope).get("authorization") == f"Bearer {self._world.keys.public_key}"
        return not is_of_page and not scope["path"].startswith("/_ledger")

    def _quota_refusal(self, path: str) -> Response:
        fault = Fault(path, "status", code="rate-limit-quota-exceeded", description="The quota of calls is used up.")
        refusal, retry_after_s = self._refusal(fault, path), self._world.quota.retry_after_s
        if retry_after_s is not None:
            refusal.headers["Retry-After"] = str(retry_after_s)
        return refusal

    async def _withheld_answer(self, scope: Scope, receive: Receive) -> Response:
        """Run the API call, and return its answer without sending it to the client."""
        answer = Response(b"")
        chunks: list[bytes] = []

        async def withhold(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer.status_code = message["status"]
                answer.raw_headers = list(message.get("headers", []))
            else:
                chunks.append(message.get("body", b""))

        await self._app(scope, receive, withhold)
        answer.body = b"".join(chunks)
        return answer


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


async def _send_huge(send: Send) -> None:
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b'{"cart": "', "more_body": True})
    for _ in range(HUGE_BYTES // CHUNK_BYTES):
        await send({"type": "http.response.body", "body": b"a" * CHUNK_BYTES, "more_body": True})
    await send({"type": "http.response.body", "body": b'"}'})


def _is_preflight(scope: Scope) -> bool:
    """Whether a browser asks if a script may send a call. It needs no other answer than the headers, and is neither
    counted as a call nor hit by a fault.
    """
    return scope["method"] == "OPTIONS" and "access-control-request-method" in Headers(scope=scope)


def _asks_for_json(scope: Scope) -> bool:
    """Whether the path, the Accept header or the query asks for JSON. Digital River answers the other calls in XML."""
    if not scope["path"].startswith("/v1/") or scope["path"].endswith(JSON_SUFFIX):
        return True
    accepted = Headers(scope=scope).get("accept", "")
    return "application/json" in accepted or QueryParams(scope["query_string"]).get("format") == "json"


SCRIPT_HEADERS = ("Authorization", "Content-Type", "version", "x-debug-drjs-application", "customer-token", "*")
"""Headers that scripts may send. DigitalRiver.js sends the named ones; not every browser knows the star."""

CROSS_ORIGIN = [
    (b"access-control-allow-origin", b"*"),
    (b"access-control-allow-methods", b"GET, POST, PUT, DELETE"),
    (b"access-control-allow-headers", ", ".join(SCRIPT_HEADERS).encode()),
    (b"access-control-expose-headers", b"Retry-After, x-dr-requestid"),
    (b"access-control-max-age", b"600"),
]
"""CORS headers that allow scripts of any origin. The script of a storefront calls the sandbox to create sources, and
GraphiQL uses its controls. The star does not include `Authorization`.
"""


class HeaderSender:
    """Sends an answer with CORS headers and a request id. `_drop` uses `connection` to cut off the client."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.connection = getattr(send, "__self__", None)

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            request_id = (b"x-dr-requestid", str(uuid4()).encode())
            headers = [*message.get("headers", []), *CROSS_ORIGIN, request_id]
            message = {**message, "headers": headers}
        await self._send(message)
