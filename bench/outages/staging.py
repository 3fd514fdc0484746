"""The outages, how they are staged, and which bounds and alarms they must keep to."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace

from redis.asyncio import Redis

from bench.replicas.environment import Environment
from sandbox.model.fault import Fault

FULL_BYTES = 1
"""Memory limit of a server that has no room for anything."""


def calls_fail(*faults: Fault) -> "Staging":
    @asynccontextmanager
    async def staged(environment: Environment) -> AsyncIterator[None]:
        environment.world.faults += faults
        try:
            yield
        finally:
            environment.world.faults.clear()

    return staged


@asynccontextmanager
async def store_is_silent(environment: Environment) -> AsyncIterator[None]:
    with environment.valkey.paused():
        yield


@asynccontextmanager
async def store_is_restarted(environment: Environment) -> AsyncIterator[None]:
    """The server is gone for the time of the outage, and comes back empty."""
    await asyncio.to_thread(environment.valkey.stop)
    yield
    await asyncio.to_thread(environment.valkey.restart)


@asynccontextmanager
async def store_is_full(environment: Environment) -> AsyncIterator[None]:
    async with Redis.from_url(environment.valkey.url) as redis:
        await redis.config_set("maxmemory", FULL_BYTES)
        try:
            yield
        finally:
            await redis.config_set("maxmemory", 0)


@asynccontextmanager
async def secret_is_wrong(environment: Environment) -> AsyncIterator[None]:
    """Digital River no longer accepts the secret of the gateways."""
    right = environment.world.keys
    environment.world.keys = replace(right, confidential_secret="another")  # noqa: S106 - invented
    try:
        yield
    finally:
        environment.world.keys = right


@asynccontextmanager
async def nothing_else(_: Environment) -> AsyncIterator[None]:
    yield


Staging = Callable[[Environment], AbstractAsyncContextManager[None]]


@dataclass(frozen=True)
class Outage:
    name: str
    staged: Staging
    alarms: frozenset[str]
    """Alarms of which each must fire."""
    shoppers: int = 12
    ahead_s: float = 0
    """Seconds by which the clock of the second replica is ahead."""
    most_calls: float = 1.3
    """Largest number of requests to Digital River for each request of a shopper."""
    answers_in_ms: float | None = 300
    """Time in which 95 % of the failed requests are answered; None if each needs the time of Digital River."""
    back_in_s: float = 10
    """Time after the outage in which the last request fails."""


QUOTA = Fault(path="*", kind="status", code="rate-limit-quota-exceeded", description="Quota used up.")

OUTAGES = [
    Outage(
        "Digital River answers 503",
        calls_fail(Fault(path="*", kind="status", status=503)),
        frozenset({"UpstreamFailing", "CircuitOpen", "OperationsFailing"}),
    ),
    Outage(
        "Digital River takes 9 s",
        calls_fail(Fault(path="*", kind="delay", delay_s=9)),
        frozenset({"UpstreamSlow", "OperationsFailing"}),
        shoppers=50,
        answers_in_ms=None,
        back_in_s=20,
    ),
    Outage("Digital River refuses for the quota", calls_fail(QUOTA), frozenset({"QuotaRefusals"})),
    Outage("store silent", store_is_silent, frozenset({"StoreDown", "OperationsFailing"})),
    Outage("store gone, then empty", store_is_restarted, frozenset({"StoreDown", "OperationsFailing"})),
    Outage("store full", store_is_full, frozenset({"StoreRefusesCommands", "OperationsFailing"})),
    Outage("wrong secret", secret_is_wrong, frozenset({"KeyRefused", "OperationsFailing"})),
    Outage("clock of a replica wrong by an hour", nothing_else, frozenset(), ahead_s=3600, most_calls=10),
]
