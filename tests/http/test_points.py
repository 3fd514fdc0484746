"""Points limit what one session and one client address may cost in a minute."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from gateway.store.point_counts import PointCounts
from gateway.store.rate_limits import MAX_KEYS
from sandbox.model.world import World
from tests.store.standing_clock import StandingClock
from tests.support.shop import CLIENT, Answer, Clock, InMemoryTransport, Storefront, app_for, running, settings_for

COSTS_40 = "{ products(first: 30) { nodes { name } } }"

START_BEARER = "mutation { startSession(input: {delivery: BEARER}) { bearerToken } }"

SUBMIT = """mutation { submitOrder(input: {idempotencyKey: "8f14e45f-ceea-4a67-8d3e-6f1f2b3c4d5e",
  expectedTotal: {amount: "1", currencyCode: "USD"}, ifRevision: "r"}) { errors { code } } }"""

KEY = "k" * 32


@pytest.fixture
def clock() -> Clock:
    return StandingClock()


@asynccontextmanager
async def client_at(address: str, app: Any) -> AsyncIterator[Storefront]:
    transport = httpx.ASGITransport(app=app, client=(address, 4711))
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as http:
        yield Storefront(http)


@asynccontextmanager
async def limited(
    world: World, network: InMemoryTransport, clock: Clock, **changes: Any
) -> AsyncIterator[tuple[Storefront, Any]]:
    """A gateway with a limit of 400 points for each address, and its application."""
    settings = settings_for(world, **({"cost_limit": 100, "address_points": 400} | changes))
    app = app_for(settings, network, now=clock)
    async with running(app) as http:
        yield Storefront(http), app


async def used_up(storefront: Storefront, times: int = 10) -> Answer:
    """The answer to the request that follows this number of requests."""
    for _ in range(times):
        assert (await storefront.ask(COSTS_40)).codes == []
    return await storefront.ask(COSTS_40)


async def test_address_without_points_waits_until_retry_after(
    world: World, network: InMemoryTransport, clock: Clock
) -> None:
    async with limited(world, network, clock) as (storefront, app):
        refused = await used_up(storefront)
        assert (refused.status, refused.codes) == (429, ["RATE_LIMITED"])
        world.calls.clear()
        assert (await storefront.ask(START_BEARER)).codes == ["RATE_LIMITED"]
        assert world.calls.count() == 0
        async with client_at("203.0.113.9", app) as other:
            assert (await other.ask(COSTS_40)).codes == []
        [error] = refused.body["errors"]
        wait = datetime.fromisoformat(error["extensions"]["retryAfter"]) - clock()
        assert 0 <= int(refused.headers["retry-after"]) - wait.total_seconds() < 1
        clock.move((wait - timedelta(milliseconds=500)).total_seconds())
        assert (await storefront.ask(COSTS_40)).codes == ["RATE_LIMITED"]
        clock.move(0.5)
        assert (await storefront.ask(COSTS_40)).codes == []
        assert (await storefront.ask(COSTS_40)).codes == ["RATE_LIMITED"]


async def test_session_without_points_leaves_other_sessions_alone(
    world: World, network: InMemoryTransport, clock: Clock
) -> None:
    async with limited(world, network, clock, session_points=400, address_points=0) as (storefront, _):
        first, second = storefront.another_tab(), storefront.another_tab()
        for tab in (first, second):
            token = (await tab.ask(START_BEARER)).data["startSession"]["bearerToken"]
            tab.headers["Authorization"] = f"Bearer {token}"
        assert (await used_up(first)).codes == ["RATE_LIMITED"]
        assert (await second.ask(COSTS_40)).codes == []
        assert (await used_up(storefront, 20)).codes == [], "no session, no limit"


async def test_submissions_may_use_half_as_much_more(world: World, network: InMemoryTransport, clock: Clock) -> None:
    async with limited(world, network, clock) as (storefront, _):
        await used_up(storefront)
        answers = [await storefront.ask(SUBMIT) for _ in range(4)]
        assert {answer.headers["x-riverfront-cost"] for answer in answers} == {"55"}
        assert [answer.codes for answer in answers] == [["SESSION_REQUIRED"]] * 3 + [["RATE_LIMITED"]]


async def test_legacy_media_type_reports_limit_with_status_200(
    world: World, network: InMemoryTransport, clock: Clock
) -> None:
    async with limited(world, network, clock) as (storefront, _):
        await used_up(storefront)
        refused = await storefront.send({"query": COSTS_40}, Accept="application/json")
        assert refused.status_code == 200
        assert refused.json()["errors"][0]["extensions"]["code"] == "RATE_LIMITED"
        assert int(refused.headers["retry-after"]) > 1


async def test_header_names_points_that_are_left(world: World, network: InMemoryTransport, clock: Clock) -> None:
    async with limited(world, network, clock) as (storefront, _):
        lefts = [(await storefront.ask(COSTS_40)).headers["x-riverfront-points-left"] for _ in range(3)]
        assert lefts == ["360", "320", "280"]
        public = await storefront.http.get("/graphql", params={"query": COSTS_40}, headers=CLIENT)
        assert "public" in public.headers["cache-control"]
        assert "x-riverfront-points-left" not in public.headers


async def test_clients_that_cannot_be_told_apart_are_not_limited(
    world: World, network: InMemoryTransport, clock: Clock
) -> None:
    async with limited(world, network, clock, server_keys=(KEY,)) as (storefront, app):
        async with client_at("127.0.0.1", app) as local:
            answer = await used_up(local, 20)
            assert (answer.codes, "x-riverfront-points-left" in answer.headers) == ([], False)
        storefront.headers["X-Riverfront-Server-Key"] = KEY
        assert (await used_up(storefront, 20)).codes == []


async def test_development_mode_has_no_limit_by_default(world: World, network: InMemoryTransport, clock: Clock) -> None:
    assert settings_for(world).client_limits == (0, 0, 0, 0)
    assert settings_for(world, development=False).client_limits == (6000, 20_000, 5, 5)
    with pytest.raises(ValueError, match="at least twice RIVERFRONT_COST_LIMIT"):
        settings_for(world, session_points=1999)


def test_memory_of_counts_is_bounded() -> None:
    counts = PointCounts("session", 100)
    for number in range(MAX_KEYS + 10):
        list(counts.of(str(number), 1))
    assert len(counts) == MAX_KEYS
    for number in range(MAX_KEYS):
        list(counts.of(f"later {number}", 3))
    assert len(counts) == MAX_KEYS
    [used] = counts.of("later 0", 3)
    used.add(5)
    assert next(counts.of("later 0", 3)).used(0, alone=True) == 5
