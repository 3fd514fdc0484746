"""What we tell about ourselves: one line of JSON per event, of fields from a list.

A field that is not on the list is dropped, so a new one is a decision. Nothing of a request is on it but
its method, its route and the name of its operation; nothing of an error but its class and where it came
from. Libraries are told from us by the name of their logger, and of theirs only the fixed words count.
"""

import logging
import sys
from collections.abc import Iterator, MutableMapping
from contextvars import ContextVar
from typing import Any

import structlog
from stamina.instrumentation import RetryDetails, set_on_retry_hooks

log = logging.getLogger(__name__)


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
