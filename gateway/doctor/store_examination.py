"""Examines the store that replicas share: that it can do all that the gateway needs, and how fast."""

import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from statistics import median
from typing import Any

from gateway.doctor.finding import Finding, failed, ok, warning
from gateway.errors import StoreEvicts, StoreIsCluster, StoreUnavailable
from gateway.settings.settings import Settings
from gateway.store.redis import RedisStore

OLDEST_MAJOR_VERSION = 7
"""The oldest major version of Redis and Valkey with which the gateway is tested."""

LATENCY_TRIES = 11

SLOW_MS = 5
"""Latency above which a store slows down every operation with a session, which runs three to five commands."""

MOST_CLOCK_DIFFERENCE_S = 5
"""The gateway uses the store's clock. A large difference means that one of the clocks is wrong, and tokens of Digital
River end by its clock."""


async def examine_store(settings: Settings) -> AsyncIterator[Finding]:
    url = settings.store_url.get_secret_value()
    if not url:
        advice = "Set RIVERFRONT_STORE_URL. Without it, run exactly one process; its sessions end with it."
        yield warning("store", "in memory", advice)
        return
    store = RedisStore(url, ca=settings.store_ca, timeout_s=settings.store_timeout_s)
    try:
        async for finding in _examine(store):
            yield finding
    finally:
        await store.aclose()


async def _examine(store: RedisStore) -> AsyncIterator[Finding]:
    try:
        await store.probe()
    except StoreEvicts as error:
        advice = (
            "Set its maxmemory-policy to noeviction. A submission record that is evicted could allow a second order."
        )
        yield failed("store", str(error.detail), advice)
        return
    except StoreIsCluster:
        yield failed("store", "a cluster", "Use one server, with Sentinels or a managed service that replaces it.")
        return
    except StoreUnavailable as error:
        advice = (
            "Check RIVERFRONT_STORE_URL, the network, the user's password and commands (docs/operating.md), memory."
        )
        yield failed("store", f"not usable: {error.detail}", advice)
        return
    yield _examine_version(await store.redis.info())
    yield await _examine_latency(store)
    yield await _examine_clock(store)


def _examine_version(server: dict[str, Any]) -> Finding:
    name = "Valkey" if "valkey_version" in server else "Redis"
    version = str(server.get("valkey_version") or server.get("redis_version") or "unknown")
    state = f"{name} {version}, keeps its keys, and the user has every command"
    if not version[0].isdecimal() or int(version.partition(".")[0]) < OLDEST_MAJOR_VERSION:
        return warning("store", state, f"Use version {OLDEST_MAJOR_VERSION} or later: older ones are not tested.")
    return ok("store", state)


async def _examine_latency(store: RedisStore) -> Finding:
    times = []
    for _ in range(LATENCY_TRIES):
        began_at = time.perf_counter()
        await store.now()
        times.append((time.perf_counter() - began_at) * 1000)
    state = f"{median(times):.1f} ms for a command, at most {max(times):.1f} ms"
    if median(times) > SLOW_MS:
        return warning("store latency", state, "Move the store near to the gateway: it answers slowly.")
    return ok("store latency", state)


async def _examine_clock(store: RedisStore) -> Finding:
    difference_s = ((await store.now()) - datetime.now(UTC)).total_seconds()
    state = f"{abs(difference_s):.1f} s {'ahead of' if difference_s > 0 else 'behind'} this machine"
    if abs(difference_s) > MOST_CLOCK_DIFFERENCE_S:
        return warning("store clock", state, "Synchronize the clocks of the store and of this machine by NTP.")
    return ok("store clock", state)
