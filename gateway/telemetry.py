"""Writes the log: one line of JSON for each event, with only the fields that are listed in this module.

A request is logged with its method, route and operation name. An error is logged with its class and source lines. The
log lines of third-party packages have only `COMMON_FIELDS`. A third-party message is suppressed if personal or secret
values may have been inserted into it.
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

COMMON_FIELDS = frozenset({"event", "level", "logger", "timestamp", "request_id", "exception"})

OUR_FIELDS = COMMON_FIELDS | {
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

MAX_VALUE_LENGTH = 200

NOISY_LOGGERS = ("httpx", "httpcore", "aiohttp", "asyncio", "uvicorn.access", "uvicorn.error")
"""Third-party loggers that log every call, or events that the gateway logs itself. Only their warnings and errors are
logged."""

current_request_id: ContextVar[str | None] = ContextVar("current_request_id", default=None)

Event = MutableMapping[str, Any]


def configure(level: str) -> None:
    """Write log records to standard error if their level is at least `level`."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in NOISY_LOGGERS:
        logging.getLogger(name).setLevel(logging.WARNING)


def log_retries() -> None:
    """Log when a call to Digital River is repeated.

    The retry library's own log would contain the arguments of the call.
    """
    set_on_retry_hooks([_log_retry])


def _log_retry(details: RetryDetails) -> None:
    log.info("upstream call repeated", extra={"reason": type(details.caused_by).__name__})


def formatter() -> logging.Formatter:
    """Formatter that writes a record as one line of JSON, without personal or secret values."""
    return structlog.stdlib.ProcessorFormatter(
        # Arguments are not inserted into the message, because they may contain personal or secret values.
        use_get_message=False,
        foreign_pre_chain=[
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.stdlib.ExtraAdder(),
            _add_request_id,
            _describe_exception,
            _suppress_built_message,
            _drop_unlisted_fields,
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
    """Log the class and source lines of an exception. Its message is left out, because it may contain personal data."""
    event.pop("exception", None)
    info = event.pop("exc_info", None)
    if info and info[1] is not None:
        event["exception"] = "; because of ".join(_described_causes(info[1]))
    return event


def _described_causes(error: BaseException | None) -> Iterator[str]:
    """Class and source lines of the error, and of each error in its chain of causes."""
    described: set[int] = set()
    while error is not None and id(error) not in described:
        described.add(id(error))
        frames = []
        trace = error.__traceback__
        while trace is not None:
            file = "/".join(trace.tb_frame.f_code.co_filename.split("/")[-2:])
            frames.append(f"{file}:{trace.tb_lineno}")
            trace = trace.tb_next
        yield f"{type(error).__name__} at {' < '.join(reversed(frames)) or 'no frame'}"
        cause = error.__cause__ or error.__context__
        error = error.exceptions[0] if isinstance(error, BaseExceptionGroup) else cause


def _suppress_built_message(_logger: object, _method: str, event: Event) -> Event:
    """Suppress a third-party message into which values may have been inserted. If the values are separate arguments,
    the message is logged without the values."""
    record: logging.LogRecord = event["_record"]
    is_template = bool(record.args)
    if not (_is_ours(record) or is_template or record.name.startswith("uvicorn")):
        event["event"] = "third-party message suppressed"
    return event


def _drop_unlisted_fields(_logger: object, _method: str, event: Event) -> Event:
    record: logging.LogRecord = event["_record"]
    allowed = OUR_FIELDS if _is_ours(record) else COMMON_FIELDS
    for name in [name for name in event if not name.startswith("_")]:
        if name not in allowed:
            del event[name]
        elif isinstance(event[name], str) and name != "exception":
            event[name] = event[name][:MAX_VALUE_LENGTH]
    return event


def _is_ours(record: logging.LogRecord) -> bool:
    return record.name.partition(".")[0] in OUR_PACKAGES
