"""Keeps packages out of the process that nothing here uses. It is imported before all others.

httpx imports its command line if rich and click are installed, which typer needs for ours: 3 MB of memory, and 0.1 s.
redis-py imports the metrics of OpenTelemetry if the packages for traces are installed, even if traces are off.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def _kept_out(package: str) -> Iterator[None]:
    """During the `with` block, importing the package fails, as if it were not installed."""
    imported = sys.modules.pop(package, None)
    sys.modules[package] = None  # type: ignore[assignment]  # This is how Python is told.
    try:
        yield
    finally:
        del sys.modules[package]
        if imported is not None:
            sys.modules[package] = imported


sys.modules["httpx._main"] = None  # type: ignore[assignment]  # Importing it fails, as if rich were not installed.

with _kept_out("opentelemetry"):
    import redis.asyncio  # noqa: F401
