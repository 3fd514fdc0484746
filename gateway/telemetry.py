"""What we tell about ourselves: one line of JSON per event, of fields from a list.

A field that is not on the list is dropped, so a new one is a decision. Nothing of a request is on it but
its method, its route and the name of its operation; nothing of an error but its class and where it came
from. Libraries are told from us by the name of their logger, and of theirs only the fixed words count.
"""

import logging
import re
import secrets
import sys
import time
from collections.abc import Iterator, MutableMapping
from contextvars import ContextVar
from typing import Any

import structlog
from stamina.instrumentation import RetryDetails, set_on_retry_hooks
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.documents.card_numbers import has_card_number
from gateway.http import client_address
from gateway.settings import Settings

log = logging.getLogger(__name__)

REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")

OUR_PACKAGES = frozenset({"gateway", "resolvers", "schema"})

FIELDS_OF_ALL = frozenset({"event", "level", "logger", "timestamp", "request_id", "exception"})

FIELDS = FIELDS_OF_ALL | {
    "method",
    "route",
    "status",
    "duration_ms",
    "kind",
    "operation",
    "codes",
    "code",
    "reason",
    "meaning",
    "upstream_code",
    "upstream_subcode",
    "scope",
    "evidence",
    "key",
    "host",
    "port",
}

LONGEST_VALUE = 200

NOISY = ("httpx", "httpcore", "aiohttp", "asyncio", "uvicorn.access", "uvicorn.error")
"""Loggers that say something for every call, or what we say ourselves."""

METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"})

FIXED_HEADERS = {
    "Cache-Control": "private, no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""On every answer that does not say otherwise itself."""

HSTS = "max-age=31536000"

current_request_id: ContextVar[str | None] = ContextVar("current_request_id", default=None)

Event = MutableMapping[str, Any]


def configure(level: str) -> None:
    """Send every line of the process, ours and the libraries', through one chain to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)


def tell_retries() -> None:
    """Log that a call is made again by our own line. The library's own shows the call's arguments."""
    set_on_retry_hooks([_tell_retry])


def _tell_retry(details: RetryDetails) -> None:
    log.info("upstream asked again", extra={"reason": type(details.caused_by).__name__})


def formatter() -> logging.Formatter:
    """Makes a line of a record: what is not known to be harmless is gone from it."""
    return structlog.stdlib.ProcessorFormatter(
        # Without its arguments a message is the text that stands in the source.
        use_get_message=False,
        foreign_pre_chain=[
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.stdlib.ExtraAdder(),
            _add_request_id,
            _describe_exception,
            _keep_fixed_words,
            _keep_listed_fields,
        ],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(),
        ],
    )


def _add_request_id(_logger: object, _method: str, event: Event) -> Event:
    request_id = current_request_id.get()
    if request_id is not None:
        event["request_id"] = request_id
    return event


def _describe_exception(_logger: object, _method: str, event: Event) -> Event:
    """Of what kind, and where; never its text, which may hold anything."""
    event.pop("exception", None)
    info = event.pop("exc_info", None)
    if info and info[1] is not None:
        event["exception"] = "; because of ".join(_described(info[1]))
    return event


def _described(error: BaseException | None) -> Iterator[str]:
    """The error and what caused it, the last one first."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        frames = []
        trace = error.__traceback__
        while trace is not None:
            file = "/".join(trace.tb_frame.f_code.co_filename.split("/")[-2:])
            frames.append(f"{file}:{trace.tb_lineno}")
            trace = trace.tb_next
        yield f"{type(error).__name__} at {' < '.join(reversed(frames)) or 'no frame'}"
        cause = error.__cause__ or error.__context__
        error = error.exceptions[0] if isinstance(error, BaseExceptionGroup) else cause


def _keep_fixed_words(_logger: object, _method: str, event: Event) -> Event:
    """A library that puts its message together itself may have put anything into it."""
    record: logging.LogRecord = event["_record"]
    is_template = bool(record.args)
    if not (_is_ours(record) or is_template or record.name.startswith("uvicorn")):
        event["event"] = "a library has something to say"
    return event


def _keep_listed_fields(_logger: object, _method: str, event: Event) -> Event:
    record: logging.LogRecord = event["_record"]
    kept = FIELDS if _is_ours(record) else FIELDS_OF_ALL
    for name in [name for name in event if not name.startswith("_")]:
        if name not in kept:
            del event[name]
        elif isinstance(event[name], str) and name != "exception":
            event[name] = event[name][:LONGEST_VALUE]
    return event


def _is_ours(record: logging.LogRecord) -> bool:
    return record.name.partition(".")[0] in OUR_PACKAGES


def tell(request: Request, **facts: object) -> None:
    """Add facts to the line that is written when this request has been answered."""
    request.state.told.update(facts)


class RequestIds:
    """Gives every request an id and one line in the log, and every answer that id and the fixed headers.

    A client's own id is taken over when it is harmless, so that it can find its requests with us.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")
        request_id = given if REQUEST_ID.fullmatch(given) and not has_card_number(given) else secrets.token_hex(16)
        told: dict[str, object] = {"status": 500}
        scope.setdefault("state", {}).update(request_id=request_id, told=told)

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                told["status"] = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Request-Id"] = request_id
                for name, value in FIXED_HEADERS.items():
                    headers.setdefault(name, value)
                if client_address.is_encrypted(scope, self._settings):
                    headers["Strict-Transport-Security"] = HSTS
            await send(message)

        token = current_request_id.set(request_id)
        started_at = time.monotonic()
        try:
            await self._app(scope, receive, with_headers)
        finally:
            _log_request(scope, told, time.monotonic() - started_at)
            current_request_id.reset(token)


def _log_request(scope: Scope, told: dict[str, object], duration_s: float) -> None:
    route = _route(scope)
    method = scope["method"] if scope["method"] in METHODS else "other"
    # Whoever watches over the process asks every few seconds.
    level = logging.DEBUG if route.startswith("/health/") else logging.INFO
    facts = {"method": method, "route": route, "duration_ms": round(duration_s * 1000, 1)}
    log.log(level, "request answered", extra=facts | told)


def _route(scope: Scope) -> str:
    """The path of the route that matched. Any other path is the client's own words."""
    route = getattr(scope.get("route"), "path", None)
    return route if isinstance(route, str) else "none"
