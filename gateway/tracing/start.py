"""Starts traces, if the settings say so."""

import asyncio
from typing import TYPE_CHECKING

from gateway.settings.settings import Settings
from gateway.tracing.tracer import Tracer

if TYPE_CHECKING:
    from gateway.tracing import export

PACKAGES = frozenset({"opentelemetry", "requests", "google"})
"""Top-level packages of the extra `otel`."""


class TracesUnavailable(Exception):
    """Traces are on, but the packages for them are not installed."""


def load_packages(settings: Settings) -> None:
    """Import the packages for traces if traces are on. Raises `TracesUnavailable`."""
    if not settings.traces_url:
        return
    try:
        import gateway.tracing.export  # noqa: F401 - they cost memory, and time of the start
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in PACKAGES:
            raise
        raise TracesUnavailable(error.name) from error


class Traces:
    """`tracer` is None if traces are off."""

    def __init__(self, settings: Settings) -> None:
        self._export: export.SpanExport | None = None
        self.tracer: Tracer | None = None
        if settings.traces_url:
            load_packages(settings)
            from gateway.tracing.export import SpanExport

            self._export = SpanExport(settings)
            self.tracer = Tracer(settings.traces_share, self._export.add)

    async def stop(self) -> None:
        """Send the spans that wait, within a limit of time."""
        if self._export is not None:
            await asyncio.to_thread(self._export.close)
            self._export.count_rest()
