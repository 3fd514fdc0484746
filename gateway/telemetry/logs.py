"""Writes the log: one line of JSON for each event, with only the fields that are listed in this module.

A request is logged with its method, route and operation name. An error is logged with its class and source lines. The
log lines of third-party packages have none of `OUR_FIELDS`. A third-party message is suppressed if personal or secret
values may have been inserted into it.
"""

import copy
import json
import logging
import os
import sys
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextvars import Context, ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from json.encoder import encode_basestring_ascii as quoted  # A character beyond ASCII could do harm in a terminal.
from types import TracebackType
from typing import TextIO

from stamina.instrumentation import set_on_retry_hooks

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
    "suppressed",
    "call",
    "try",
    "upstream_request_id",
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
"""Fields of our own lines, besides those that every line has: event, level, logger, timestamp, request id, trace id and
a description of the exception."""

VARYING_FIELDS = frozenset({"duration_ms", "try", "upstream_request_id", "suppressed"})
"""Fields that do not make two lines different."""

MAX_VALUE_LENGTH = 200

FOLDED: Mapping[str, object] = {"is_folded": True}
"""For `extra`: equal lines are folded, see `Folding`. Never used for lines about orders and money."""

FOLD_S = 60.0
"""Seconds for which equal lines are counted instead of written."""

MOST_FOLDED = 500
"""Maximum number of different lines that are counted at the same time."""

NOISY_LOGGERS = ("asyncio", "uvicorn.access", "uvicorn.error")
"""Third-party loggers that log every call, or events that the gateway logs itself. Only their warnings and errors are
logged."""

ENCODER = json.JSONEncoder(default=repr)

Fields = tuple[tuple[str, Hashable], ...]
"""Names and values of fields, of `OUR_FIELDS` and in their order."""

current_request_id: ContextVar[str | None] = ContextVar("current_request_id", default=None)

current_trace_id: ContextVar[str | None] = ContextVar("current_trace_id", default=None)
"""Id of the trace of what runs now; None if it is not traced."""


def configure(level: str) -> None:
    """Write log records to standard error if their level is at least `level`."""
    # No line has these values, and each would be asked for.
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    root = logging.getLogger()
    root.handlers[:] = [StandardError()]
    root.setLevel(level)
    sys.excepthook = log_uncaught
    for name in NOISY_LOGGERS:
        logging.getLogger(name).setLevel(logging.WARNING)


def silence_retries() -> None:
    """Turn off the retry library's own log, which would contain the arguments of calls. Each try is logged where it is
    sent."""
    set_on_retry_hooks([])


def log_uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Log an exception that ends the process. Python would print its message, which may contain secrets."""
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
    else:
        log.critical("process crashed", exc_info=(kind, error, trace))


@dataclass
class Repeats:
    """Lines that are equal to a written one. `last`: the latest of those that were not written."""

    since: float
    suppressed: int = 0
    last: logging.LogRecord | None = None


class Folding:
    """Writes one of many equal lines at once. After `FOLD_S` seconds, and then again, writes the latest of those that
    came since, with their number as `suppressed`.

    `elapsed`: a clock in seconds.
    """

    def __init__(self, elapsed: Callable[[], float] = time.monotonic) -> None:
        self._elapsed = elapsed
        self._repeats: OrderedDict[Hashable, Repeats] = OrderedDict()
        """The one whose time began first is first."""

    def admits(self, record: logging.LogRecord) -> bool:
        """Whether the line is written now."""
        key = _fold_key(record)
        repeats = self._repeats.get(key)
        if repeats is None:
            self._repeats[key] = Repeats(self._elapsed())
            return True
        repeats.suppressed += 1
        repeats.last = record
        return False

    def due(self, *, at_end: bool = False) -> Iterator[logging.LogRecord]:
        """The lines for those that were not written. `at_end`: for all, because the process stops."""
        now = self._elapsed()
        while self._repeats:
            key, repeats = next(iter(self._repeats.items()))
            is_over = now - repeats.since >= FOLD_S
            if not (is_over or at_end or len(self._repeats) > MOST_FOLDED):
                return
            del self._repeats[key]
            if repeats.last is not None:
                line = copy.copy(repeats.last)
                line.__dict__["suppressed"] = repeats.suppressed
                yield line
                if is_over and not at_end:
                    self._repeats[key] = Repeats(now)


def _fold_key(record: logging.LogRecord) -> Hashable:
    values = [str(vars(record).get(name)) for name in OUR_FIELDS if name not in VARYING_FIELDS]
    return (record.name, record.levelno, record.msg, *values)


def _is_folded(record: logging.LogRecord) -> bool:
    """Whether equal lines are folded: ours if they say so, and warnings of third-party packages."""
    if _is_ours(record.name):
        return "is_folded" in vars(record)
    return record.levelno >= logging.WARNING


async def write_folded() -> None:
    """Write the lines that are due for those that were folded. Called in the background, for times without lines."""
    for handler in logging.getLogger().handlers:
        if isinstance(handler, StandardError):
            handler.write_folded()


class StandardError(logging.StreamHandler[TextIO]):
    """The gateway's own handler. It folds repeated lines, and can also write a line without a record.

    `stream` is a file of the operating system.
    """

    def __init__(self, stream: TextIO | None = None, elapsed: Callable[[], float] = time.monotonic) -> None:
        super().__init__(stream or sys.stderr)
        self.setFormatter(JsonLines())
        self._file = self.stream.fileno()
        self._folding = Folding(elapsed)

    def close(self) -> None:
        """Called by `logging` when the process ends."""
        self.write_folded(at_end=True)
        super().close()

    def emit(self, record: logging.LogRecord) -> None:
        if not _is_folded(record) or self._folding.admits(record):
            super().emit(record)
        self.write_folded()

    def write_folded(self, *, at_end: bool = False) -> None:
        self.acquire()
        try:
            for record in self._folding.due(at_end=at_end):
                # Without the id of the running request, which is another one.
                Context().run(super().emit, record)
        finally:
            self.release()

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
    trace_id = current_trace_id.get()
    if trace_id is not None:
        line += f', "trace_id": "{trace_id}"'
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
