"""Writes the log: one line of JSON for each event, with only the fields that are listed in this module.

A request is logged with its method, route and operation name. An error is logged with its class and source lines. The
log lines of third-party packages have none of `OUR_FIELDS`. A third-party message is suppressed if personal or secret
values may have been inserted into it.
"""

import json
import logging
import os
import sys
import time
from collections.abc import Hashable, Iterator, Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import lru_cache
from json.encoder import encode_basestring_ascii as quoted  # A character beyond ASCII could do harm in a terminal.
from typing import TextIO

from stamina.instrumentation import RetryDetails, set_on_retry_hooks

log = logging.getLogger(__name__)

OUR_PACKAGES = frozenset({"gateway", "resolvers", "schema"})

OUR_FIELDS = (
    "duration_ms",
    "method",
    "route",
    "status",
    "kind",
    "operation",
    "codes",
    "payload_codes",
    "outcome",
    "code",
    "reason",
    "meaning",
    "upstream_code",
    "upstream_subcode",
    "scope",
    "evidence",
    "key",
    "session",
    "cart",
    "order",
    "host",
    "port",
    "origin",
    "header",
    "version",
)
"""Fields of our own lines, besides those that every line has: event, level, logger, timestamp, request id and a
description of the exception."""

MAX_VALUE_LENGTH = 200

NOISY_LOGGERS = ("asyncio", "uvicorn.access", "uvicorn.error")
"""Third-party loggers that log every call, or events that the gateway logs itself. Only their warnings and errors are
logged."""

ENCODER = json.JSONEncoder(default=repr)

Fields = tuple[tuple[str, Hashable], ...]
"""Names and values of fields, of `OUR_FIELDS` and in their order."""

current_request_id: ContextVar[str | None] = ContextVar("current_request_id", default=None)


def configure(level: str) -> None:
    """Write log records to standard error if their level is at least `level`."""
    # No line has these values, and each would be asked for.
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    root = logging.getLogger()
    root.handlers[:] = [StandardError()]
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


class StandardError(logging.StreamHandler[TextIO]):
    """The gateway's own handler. It can also write a line without a record."""

    def __init__(self) -> None:
        super().__init__(sys.stderr)
        self.setFormatter(JsonLines())
        self._file = sys.stderr.fileno()

    def write_line(self, line: str) -> None:
        try:  # noqa: SIM105 - every request writes a line, and `suppress` costs a fourth of the writing
            os.write(self._file, f"{line}\n".encode())
        except OSError:
            pass  # As for records, a full disk does not fail the request.


def log_often(logger: logging.Logger, level: int, message: str, duration_ms: float, fields: Fields) -> None:
    """Log what is logged for every request. Without a record, a line costs a fifth of its CPU time. Records are made
    only if there are other handlers than the gateway's own, such as those of tests.

    The values of `fields` should repeat, because their JSON is kept.
    """
    if not logger.isEnabledFor(level):
        return
    match logging.getLogger().handlers:
        case [StandardError() as handler]:
            beginning = _beginning(message, logging.getLevelName(level), logger.name)
            handler.write_line(_line(beginning, time.time(), f'"duration_ms": {duration_ms}, {_joined_once(fields)}'))
        case _:
            logger.log(level, message, extra={"duration_ms": duration_ms, **dict(fields)})


class JsonLines(logging.Formatter):
    """Writes a record as one line of JSON, without personal or secret values."""

    def format(self, record: logging.LogRecord) -> str:
        is_ours = _is_ours(record.name)
        message = _message(record, is_ours=is_ours)[:MAX_VALUE_LENGTH]
        beginning = _beginning(message, record.levelname, record.name)
        exception = record.exc_info[1] if record.exc_info else None
        return _line(beginning, record.created, _joined(vars(record)) if is_ours else "", exception)


def _line(beginning: str, time_s: float, fields: str, exception: BaseException | None = None) -> str:
    """Joins values that are JSON already, because every request is logged: an encoder takes three times as long."""
    line = f"{{{beginning}, {_timestamp(time_s)}"
    if fields:
        line += f", {fields}"
    request_id = current_request_id.get()
    if request_id is not None:
        line += f', "request_id": {_json(request_id)}'
    if exception is not None:
        # The message of an exception is left out, because it may contain personal data.
        line += f', "exception": {quoted("; because of ".join(_described_causes(exception)))}'
    return line + "}"


def _joined(fields: Mapping[str, object]) -> str:
    return ", ".join([f'"{name}": {_json(fields[name])}' for name in OUR_FIELDS if name in fields])


@lru_cache(maxsize=1024)
def _joined_once(fields: Fields) -> str:
    return _joined(dict(fields))


def _message(record: logging.LogRecord, *, is_ours: bool) -> str:
    """The message without its arguments, which may be personal or secret values. A third-party message is suppressed if
    values may already have been inserted into it."""
    is_template = bool(record.args)
    if is_ours or is_template or record.name.startswith("uvicorn"):
        return str(record.msg)
    return "third-party message suppressed"


@lru_cache(maxsize=256)
def _beginning(message: str, level: str, logger: str) -> str:
    return f'"event": {quoted(message)}, "level": {quoted(level.lower())}, "logger": {quoted(logger)}'


def _timestamp(time_s: float) -> str:
    second, microseconds = divmod(int(time_s * 1_000_000), 1_000_000)
    return f'"timestamp": "{_second(second)}.{microseconds:06}Z"'


@lru_cache(maxsize=4)
def _second(second: int) -> str:
    return f"{datetime.fromtimestamp(second, UTC):%Y-%m-%dT%H:%M:%S}"


def _json(value: object) -> str:
    if isinstance(value, str):
        return quoted(value[:MAX_VALUE_LENGTH])
    return ENCODER.encode(value)


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


@lru_cache(maxsize=1024)
def _is_ours(logger_name: str) -> bool:
    return logger_name.partition(".")[0] in OUR_PACKAGES
