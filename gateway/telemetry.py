"""What we tell about ourselves: one line of JSON per event, from an allow-list of fields.

Nothing that came from a client or from Digital River is logged, but for the names and codes below. A
field that is not on the list is dropped, so a new one is a decision.
"""

import logging
import re
import secrets
import sys
from collections.abc import MutableMapping
from contextvars import ContextVar
from typing import Any

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")

FIELDS = frozenset(
    {
        "event",
        "level",
        "logger",
        "timestamp",
        "request_id",
        "operation",
        "kind",
        "method",
        "path",
        "status",
        "duration_ms",
        "codes",
        "code",
        "reason",
        "meaning",
        "upstream_code",
        "upstream_subcode",
        "scope",
        "evidence",
        "key",
        "exception",
    }
)

QUIET = ("httpx", "httpcore", "aiohttp", "asyncio", "uvicorn.access")
"""Libraries whose lines name addresses with their query."""

request_id_var: ContextVar[str] = ContextVar("request_id", default="-")

SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def configure(level: str) -> None:
    """Send every line of the process, ours and the libraries', through one chain."""
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.ExtraAdder(),
        _add_request_id,
        _describe_exception,
        _allow,
    ]
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(),
        ],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def _add_request_id(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    event.setdefault("request_id", request_id_var.get())
    return event


def _describe_exception(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Where it happened and of what kind; never its text, which may hold anything."""
    record = event.get("_record")
    info = record.exc_info if record is not None else None
    if record is not None and info and info[1] is not None:
        frames = []
        trace = info[1].__traceback__
        while trace is not None:
            frames.append(f"{trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}")
            trace = trace.tb_next
        event["exception"] = f"{type(info[1]).__name__} at {' < '.join(reversed(frames))}"
        # The formatter would print the text as well.
        record.exc_info = None
        record.exc_text = None
    event.pop("exc_info", None)
    return event


def _allow(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {name: event[name] for name in event if name in FIELDS or name.startswith("_")}


class RequestIds:
    """Gives every request an id, takes over a good one, and puts it in the answer beside the fixed headers."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")
        request_id = given if REQUEST_ID.fullmatch(given) else secrets.token_hex(16)
        scope.setdefault("state", {})["request_id"] = request_id
        token = request_id_var.set(request_id)

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["X-Request-Id"] = request_id
                headers.setdefault("Cache-Control", "private, no-store")
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            await self._app(scope, receive, with_headers)
        finally:
            request_id_var.reset(token)
