"""A gateway takes traffic once it could have taken orders, and reports why it takes none."""

import asyncio
import logging
import re
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from redis.asyncio import Redis

from gateway.errors import StoreEvicts, StoreUnavailable
from gateway.http.health import KEY_CHECK_PAUSE_S, REMEMBERED_S, Reason
from gateway.store.memory import MemoryStore
from gateway.store.redis import RedisStore
from sandbox.model.world import World
from tests.support.metric_values import current
from tests.support.shop import (
    Clock,
    InMemoryTransport,
    MovedRedisStore,
    Shopper,
    Storefront,
    app_for,
    eventually,
    gateway,
    gateway_on,
    running,
    settings_for,
    signed_in,
)
from tests.support.store_relay import relay_to
from tests.support.valkey import Valkey, emptied

OPERATING = Path(__file__).parents[2] / "docs" / "operating.md"
PASSWORD = "a-password-of-this-test"
OF_LIMITS = {"lindex", "lpush", "ltrim", "lrange"}
"""Commands without which only the rate limits are counted by each replica alone."""

OF_CONNECTION = {"select", "script|load"}
"""Commands that a probe needs only on a new connection or with a new server."""


class CountingStore(MemoryStore):
    probes = 0

    async def probe(self) -> None:
        self.probes += 1
        await asyncio.sleep(0)
        await super().probe()


def documented_user() -> list[str]:
    line = re.search(r"^ACL SETUSER (.+)$", OPERATING.read_text(), re.MULTILINE)
    assert line is not None
    return line[1].replace("PASSWORD", PASSWORD).split()


async def as_user(valkey: Valkey, *rules: str) -> str:
    """Create the user with these rules. Return the URL with which the user uses the database 1."""
    redis = Redis.from_url(valkey.url)
    await redis.execute_command("ACL", "SETUSER", *rules)  # type: ignore[no-untyped-call]
    await redis.aclose()
    return f"{valkey.url.replace('unix://', f'unix://{rules[0]}:{PASSWORD}@')}?db=1"


async def is_ready(storefront: Storefront) -> bool:
    return bool((await storefront.http.get("/health/ready")).status_code == 200)


async def reasons(storefront: Storefront, clock: Clock) -> list[str]:
    """Why no orders are taken, by a new check. Empty if they are taken."""
    clock.move(REMEMBERED_S)
    answer = await storefront.http.get("/health/orders")
    codes = [reason["code"] for reason in answer.json()["reasons"]]
    assert (answer.status_code, answer.json()["takesOrders"]) == ((503, False) if codes else (200, True))
    return codes


@pytest.mark.slow
async def test_documented_user_of_the_store_is_enough_for_orders(
    world: World,
    network: InMemoryTransport,
    clock: Clock,
    sandbox: httpx.AsyncClient,
    own_valkey: Valkey,
    caplog: pytest.LogCaptureFixture,
) -> None:
    url = await as_user(own_valkey, *documented_user())
    caplog.set_level(logging.WARNING)
    async with gateway_on(MovedRedisStore(url, clock, timeout_s=10), world, network, clock) as storefront:
        assert await is_ready(storefront)
        clock.move(121)
        keys = world.keys
        shopper = await signed_in(storefront, sandbox, world, keys.shopper_username, keys.shopper_password)
        await shopper.get_ready()
        assert (await shopper.storefront.outcome())["__typename"] == "OrderPlaced"
        guest = Shopper(Storefront(storefront.http), sandbox, world)
        await guest.get_ready()
        assert (await guest.storefront.outcome())["__typename"] == "OrderPlaced"
    assert "counted by this replica alone" not in caplog.text


@pytest.mark.slow
async def test_user_who_lacks_one_command_is_not_ready(own_valkey: Valkey) -> None:
    user = documented_user()
    store = RedisStore(await as_user(own_valkey, *user), timeout_s=10)
    await store.probe()
    commands = {rule[1:] for rule in user if rule.startswith("+")}
    for command in sorted(commands - OF_LIMITS - OF_CONNECTION):
        await as_user(own_valkey, user[0], f"-{command}")
        with pytest.raises(StoreUnavailable) as failure:
            await store.probe()
        assert failure.value.detail == "NoPermissionError", command
        await as_user(own_valkey, user[0], f"+{command}")
    await store.probe()
    await store.aclose()


@pytest.mark.slow
async def test_store_that_fills_up_stops_orders_and_leaves_gateway_ready(
    world: World, network: InMemoryTransport, clock: Clock, own_valkey: Valkey
) -> None:
    await emptied(own_valkey)
    async with gateway(world, network, clock, store_url=own_valkey.url) as storefront:
        assert await is_ready(storefront)
        redis = Redis.from_url(own_valkey.url)
        await redis.config_set("maxmemory", 1)
        assert await reasons(storefront, clock) == ["STORE_UNAVAILABLE"]
        assert await is_ready(storefront)
        await redis.config_set("maxmemory", 0)
        await redis.config_set("maxmemory-policy", "allkeys-lru")
        assert await reasons(storefront, clock) == ["STORE_EVICTS"]
        await redis.config_set("maxmemory-policy", "noeviction")
        assert await reasons(storefront, clock) == []
        await redis.aclose()


@pytest.mark.slow
async def test_gateway_that_starts_with_a_full_store_is_not_ready(
    world: World, network: InMemoryTransport, clock: Clock, own_valkey: Valkey
) -> None:
    await emptied(own_valkey)
    redis = Redis.from_url(own_valkey.url)
    await redis.config_set("maxmemory", 1)
    async with gateway(world, network, clock, store_url=own_valkey.url) as storefront:
        assert not await is_ready(storefront)
        await redis.config_set("maxmemory", 0)
        clock.move(REMEMBERED_S)
        assert await is_ready(storefront)
    await redis.aclose()


@pytest.mark.slow
async def test_server_without_a_known_policy_is_not_ready(valkey: Valkey) -> None:
    async with relay_to(valkey) as relay:
        relay.rewrites = lambda data: data.replace(b"maxmemory_policy", b"maxmemory_secret")
        store = RedisStore(relay.url, timeout_s=10)
        with pytest.raises(StoreEvicts):
            await store.probe()
        await store.aclose()


@pytest.mark.slow
async def test_server_that_loses_a_written_value_is_not_ready(valkey: Valkey) -> None:
    async with relay_to(valkey) as relay:
        store = RedisStore(relay.url, timeout_s=10)
        await store.probe()
        relay.rewrites = lambda data: data.replace(b"$1\r\n2\r\n", b"_\r\n")
        with pytest.raises(StoreUnavailable):
            await store.probe()
        await store.aclose()


async def test_refused_api_secret_is_not_ready(world: World, network: InMemoryTransport, clock: Clock) -> None:
    async with gateway(world, network, clock, api_secret="not-the-secret-of-the-site") as storefront:
        assert not await is_ready(storefront)
        assert await reasons(storefront, clock) == ["API_KEY_REFUSED"]
        assert (await storefront.http.get("/health/live")).status_code == 200


async def test_gauge_follows_whether_orders_can_be_taken(storefront: Storefront, world: World, clock: Clock) -> None:
    assert await is_ready(storefront)
    assert current("riverfront_takes_orders") == 1
    accepted = world.keys
    world.keys = replace(accepted, confidential_secret="another-secret-of-the-site")
    clock.move(86_400)  # The guest token ends.
    assert await reasons(storefront, clock)
    assert current("riverfront_takes_orders") == 0
    world.keys = accepted
    clock.move(KEY_CHECK_PAUSE_S)
    assert not await reasons(storefront, clock)
    assert current("riverfront_takes_orders") == 1


async def test_mistyped_way_out_is_not_ready(world: World, clock: Clock) -> None:
    changes = {"upstream_url": "https://digital-river.invalid", "upstream_proxy": "http://127.0.0.1:1"}
    async with running(app_for(settings_for(world, **changes), now=clock, elapsed=clock.elapsed)) as http:
        storefront = Storefront(http)
        assert not await is_ready(storefront)
        assert await reasons(storefront, clock) == ["NO_WAY_OUT"]


async def test_secret_that_is_refused_later_stops_only_orders(
    storefront: Storefront, world: World, clock: Clock
) -> None:
    assert await is_ready(storefront)
    world.keys = replace(world.keys, confidential_secret="another-secret-of-the-site")
    clock.move(86_400)  # The guest token ends.
    assert await reasons(storefront, clock) == ["API_KEY_REFUSED"]
    assert await is_ready(storefront)


async def test_outage_of_digital_river_leaves_gateway_ready(storefront: Storefront, shopper: Shopper) -> None:
    await shopper.fault("status", "/oauth20/token", status=503)
    assert await is_ready(storefront)


async def test_accepted_key_is_not_asked_for_again(storefront: Storefront, world: World, clock: Clock) -> None:
    assert await is_ready(storefront)
    for _ in range(10):
        assert await reasons(storefront, clock) == []
    assert world.calls.count("POST", "/oauth20/token") == 1


async def test_dead_store_stops_orders_and_leaves_gateway_ready(
    world: World, network: InMemoryTransport, clock: Clock, own_valkey: Valkey, caplog: pytest.LogCaptureFixture
) -> None:
    async with gateway(world, network, clock, store_url=own_valkey.url, store_timeout_s=1) as storefront:
        assert await is_ready(storefront)
        own_valkey.stop()
        assert await reasons(storefront, clock) == ["STORE_UNAVAILABLE"]
        assert await is_ready(storefront)
        own_valkey.restart()

        async def takes_orders() -> bool:
            return not await reasons(storefront, clock)

        await eventually(takes_orders)
    assert [line.message for line in caplog.records if "orders can be taken" in line.message] == [
        "no orders can be taken",
        "orders can be taken again",
    ]


async def test_health_checks_that_come_together_share_one_probe(
    world: World, network: InMemoryTransport, clock: Clock
) -> None:
    store = CountingStore(clock)
    async with gateway_on(store, world, network, clock) as storefront:
        requests = [storefront.http.get(f"/health/{check}") for check in ("ready", "orders") * 10]
        assert {answer.status_code for answer in await asyncio.gather(*requests)} == {200}
        await storefront.http.get("/health/orders")
        assert store.probes == 1


def test_every_reason_is_in_the_operators_page() -> None:
    assert not [reason for reason in Reason if f"| `{reason}` |" not in OPERATING.read_text()]


async def test_reasons_reveal_neither_hosts_nor_secrets(world: World, network: InMemoryTransport, clock: Clock) -> None:
    url = "redis://user:a-planted-password@127.0.0.1:1/0"
    async with gateway(world, network, clock, store_url=url, store_timeout_s=1) as storefront:
        text = (await storefront.http.get("/health/orders")).text
    assert "STORE_UNAVAILABLE" in text
    assert not re.search(r"planted|127\.0|user:|Error", text)
