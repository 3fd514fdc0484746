"""A gateway and its sandbox, each on a socket of its own, for clients that are other processes."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from gateway.app import utc_now
from sandbox.app import create_app as create_sandbox
from sandbox.model.world import World
from tests.support.shop import app_for, listening, settings_for


@asynccontextmanager
async def running_gateway(
    world: World, now: Callable[[], datetime] = utc_now, **changes: Any
) -> AsyncIterator[tuple[str, str]]:
    """Start a gateway and a sandbox. Yields the URLs of both. `changes` are settings of the gateway."""
    async with (
        listening(create_sandbox(world), "off") as sandbox,
        listening(app_for(settings_for(world, upstream_url=sandbox, **changes), now=now)) as gateway,
    ):
        yield gateway, sandbox
