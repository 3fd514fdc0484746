"""Only the silence of the store's server counts as its failure, and one lost connection fails no later command."""

import asyncio
import time
import uuid
from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from gateway.errors import StoreUnavailable
from gateway.store.redis import RedisStore
from gateway.store.waiting import Waiting, limited_waiting, looks_in, renew_waiting
from tests.support.shop import eventually
from tests.support.store_relay import StoreRelay, relay_to
from tests.support.valkey import Valkey

SHORT_S = 0.1
LONG_S = 10


@pytest.fixture(params=[True, False], ids=["uvloop", "asyncio"])
def anyio_backend(request: pytest.FixtureRequest) -> tuple[str, dict[str, bool]]:
    """Both event loops, since they look at sockets and timers in another order."""
    return "asyncio", {"use_uvloop": request.param}


@pytest.fixture
async def relay(valkey: Valkey) -> AsyncIterator[StoreRelay]:
    async with relay_to(valkey) as relay:
        yield relay


def store_on(url: str, timeout_s: float) -> RedisStore:
    return RedisStore(url, timeout_s=timeout_s, prefix=f"{uuid.uuid4()}:")


async def failures(store: RedisStore, commands: int = 50) -> int:
    answers = await asyncio.gather(*(store.get(f"k{number}") for number in range(commands)), return_exceptions=True)
    return sum(isinstance(answer, StoreUnavailable) for answer in answers)


async def test_concurrent_commands_share_one_connection(relay: StoreRelay) -> None:
    store = store_on(relay.url, LONG_S)
    assert await failures(store, 1000) == 0
    assert relay.connections == 1
    await store.aclose()


async def test_busy_process_does_not_take_its_own_delay_for_silence(valkey: Valkey) -> None:
    store = store_on(valkey.url, SHORT_S)
    await store.put("k0", b"1", ttl_s=60)
    for _ in range(3):
        reading = [asyncio.create_task(store.get("k0")) for _ in range(500)]
        await asyncio.sleep(0)
        time.sleep(2 * SHORT_S)  # noqa: ASYNC251 - all tasks of the process wait, which is the condition of this test
        assert await asyncio.gather(*reading) == [b"1"] * 500
    await store.aclose()


async def test_commands_of_one_request_are_not_counted_in_busy_process(valkey: Valkey) -> None:
    store = store_on(valkey.url, SHORT_S)
    with limited_waiting(SHORT_S):
        for _ in range(30):
            reading = asyncio.create_task(store.get("k0"))
            await asyncio.sleep(0)
            time.sleep(0.02)  # noqa: ASYNC251 - all tasks of the process wait, which is the condition of this test
            await reading
    await store.aclose()


async def test_closed_connection_fails_no_command(relay: StoreRelay) -> None:
    store = store_on(relay.url, LONG_S)
    assert await failures(store) == 0
    relay.cut()
    assert await failures(store) == 0
    assert relay.connections == 2
    await store.aclose()


async def test_read_is_sent_again_and_write_is_not(relay: StoreRelay) -> None:
    store = store_on(relay.url, LONG_S)
    await store.put("a", b"1", ttl_s=60)
    answers = relay.answers
    relay.open.clear()
    reading, writing = asyncio.create_task(store.get("a")), asyncio.create_task(store.put("a", b"2", ttl_s=60))
    await asyncio.sleep(0)
    relay.cut()
    relay.open.set()
    assert await reading in (b"1", b"2")
    with pytest.raises(StoreUnavailable):
        await writing
    assert relay.connections == 2
    assert relay.answers > answers
    await store.aclose()


async def test_dead_connection_is_replaced_after_one_silence(relay: StoreRelay) -> None:
    store = store_on(relay.url, SHORT_S)
    assert await failures(store) == 0
    relay.swallows = lambda connection: connection == 1
    assert await failures(store, 50) == 50, "the loss is not noticed yet"

    async def works() -> bool:
        return await failures(store, 1) == 0

    await eventually(works)
    assert await failures(store, 200) == 0
    assert relay.connections == 2
    await store.aclose()


async def test_silent_server_fails_commands_at_once_until_it_answers(own_valkey: Valkey) -> None:
    store = store_on(own_valkey.url, SHORT_S)
    await store.put("k0", b"1", ttl_s=60)
    with own_valkey.paused():
        assert await failures(store) == 50
        for _ in range(1000):
            # These commands would take 100 seconds if each of them waited.
            assert await failures(store, 1) == 1

    async def works() -> bool:
        return await failures(store, 1) == 0

    await eventually(works)
    assert await store.get("k0") == b"1"
    await store.aclose()


@pytest.mark.parametrize(
    "garbage", [b":abc\r\n", b"$abc\r\n", b"*\r\n", b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\xff\xff\r\n"]
)
async def test_store_recovers_from_answers_that_are_not_redis(relay: StoreRelay, garbage: bytes) -> None:
    store = store_on(relay.url, LONG_S)
    assert await failures(store) == 0
    relay.rewrites = lambda _: garbage
    assert await failures(store) == 50
    relay.rewrites = lambda data: data

    async def works() -> bool:
        return await failures(store, 1) == 0

    await eventually(works)
    await store.aclose()


async def test_commands_of_one_request_share_one_waiting_time(relay: StoreRelay) -> None:
    store = store_on(relay.url, LONG_S)
    assert await failures(store) == 0
    with limited_waiting(SHORT_S):
        relay.open.clear()
        assert await failures(store) == 50, "all commands of the request fail together"
        relay.open.set()
        assert await failures(store) == 50, "no waiting time is left"
        renew_waiting()
        assert await failures(store) == 0, "the connection was kept"
    assert await failures(store) == 0
    assert relay.connections == 1
    await store.aclose()


async def test_cancelled_command_leaves_the_other_answers_in_order(valkey: Valkey) -> None:
    store = store_on(valkey.url, LONG_S)
    for number in range(100):
        await store.put(f"k{number}", str(number).encode(), ttl_s=60)
    reading = [asyncio.create_task(store.get(f"k{number}")) for number in range(100)]
    await asyncio.sleep(0)
    for task in reading[::3]:
        task.cancel()
    answers = await asyncio.gather(*reading, return_exceptions=True)
    assert [answer for number, answer in enumerate(answers) if number % 3] == [
        str(number).encode() for number in range(100) if number % 3
    ]
    await store.aclose()


async def test_server_that_became_a_replica_is_looked_up_again(own_valkey: Valkey) -> None:
    async with relay_to(own_valkey) as relay:
        store = store_on(relay.url, LONG_S)
        redis = Redis.from_url(own_valkey.url)
        await store.put("a", b"1", ttl_s=60)
        await redis.replicaof("127.0.0.1", "1")
        with pytest.raises(StoreUnavailable):
            await store.put("a", b"2", ttl_s=60)
        await redis.replicaof("NO", "ONE")
        await store.put("a", b"3", ttl_s=60)
        assert relay.connections == 2
        await redis.aclose()
        await store.aclose()


async def test_closing_the_store_fails_commands_that_wait(relay: StoreRelay) -> None:
    store = store_on(relay.url, LONG_S)
    assert await failures(store) == 0
    relay.open.clear()
    waiting = asyncio.create_task(failures(store))
    await asyncio.sleep(0)
    await store.aclose()
    async with asyncio.timeout(5):
        assert await waiting == 50


def test_each_look_is_counted_once_until_the_waiting_is_over() -> None:
    waiting = Waiting(SHORT_S)
    for look in range(1, 13):
        assert not waiting.is_over
        waiting.count(look)
        waiting.count(look)
    assert waiting.is_over


@pytest.mark.parametrize(("duration_s", "looks"), [(0.001, 1), (0.01, 1), (0.25, 25)])
def test_shortest_waiting_is_one_look(duration_s: float, looks: int) -> None:
    assert looks_in(duration_s) == looks
