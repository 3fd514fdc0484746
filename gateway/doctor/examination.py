"""Examines a deployment before it takes orders: `python -m gateway doctor`."""

from collections.abc import AsyncIterator

from gateway.doctor.finding import Finding
from gateway.doctor.settings_examination import examine_settings
from gateway.doctor.store_examination import examine_store
from gateway.doctor.upstream_examination import examine_upstream
from gateway.settings.settings import Settings


async def examine(settings: Settings) -> AsyncIterator[Finding]:
    """Everything that the gateway needs, in the order in which it is needed."""
    for finding in examine_settings(settings):
        yield finding
    async for finding in examine_store(settings):
        yield finding
    async for finding in examine_upstream(settings):
        yield finding
