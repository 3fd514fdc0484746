"""The log in the format of the gateway, recorded while a test runs."""

import io
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from gateway.telemetry import logs


@contextmanager
def recorded_log(level: int = logging.DEBUG) -> Iterator[io.StringIO]:
    """The log output of all loggers, also of those of which the gateway writes only warnings."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(logs.JsonLines())
    root = logging.getLogger()
    before = root.level
    loggers = [logging.getLogger(name) for name in logs.NOISY_LOGGERS]
    levels = [logger.level for logger in loggers]
    root.addHandler(handler)
    root.setLevel(level)
    for logger in loggers:
        logger.setLevel(level)
    try:
        yield written
    finally:
        root.removeHandler(handler)
        root.setLevel(before)
        for logger, earlier in zip(loggers, levels, strict=True):
            logger.setLevel(earlier)


def lines_with(log: io.StringIO, **fields: Any) -> list[dict[str, Any]]:
    """The lines that have these fields with these values, as `jq` would select them."""
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    return [line for line in lines if fields.items() <= {name: line.get(name) for name in fields}.items()]
