"""Tests with a browser take turns: a few at a time, or the browsers of all workers would slow each other down so much
that a click arrives after the layout has changed, or that an answer arrives too late."""

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

BROWSERS = (os.cpu_count() or 1) + 1
"""Tests with a browser that run at the same time, in all workers. While one of them waits, another uses its core."""


@contextmanager
def browser_turn() -> Iterator[None]:
    """Wait until a test of this worker may use a browser."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", "alone")
    with Path(tempfile.gettempdir(), f"riverfront-browsers-{run}-{worker % BROWSERS}").open("w") as place:
        fcntl.flock(place, fcntl.LOCK_EX)
        yield
