"""A way out that breaks while the gateway runs is reported by the first call that needs it, and again once it works."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from gateway.http.health import WATCH_S
from sandbox.app import create_app as create_sandbox
from sandbox.model.world import World
from tests.store.test_readiness import is_ready, reasons
from tests.support.shop import Clock, Storefront, app_for, listening, running, settings_for
from tests.support.upstream_ways import authority
from tests.upstream.test_egress_proxy import ConnectProxy, proxy
from tests.upstream.test_egress_proxy import ca as ca


@asynccontextmanager
async def behind_a_proxy(world: World, clock: Clock, ca: str) -> AsyncIterator[tuple[Storefront, ConnectProxy]]:
    """A gateway that has begun to work, and the proxy through which it reaches the sandbox."""
    async with (
        proxy() as (connect_proxy, proxy_url),
        listening(create_sandbox(world), lifespan="off", tls=authority().localhost) as url,
    ):
        changes = {"upstream_url": url.replace("127.0.0.1", "localhost"), "upstream_proxy": proxy_url}
        settings = settings_for(world, upstream_ca=ca, **changes)
        async with running(app_for(settings, now=clock, elapsed=clock.elapsed)) as http:
            storefront = Storefront(http)
            assert await is_ready(storefront)
            assert await reasons(storefront, clock) == []
            yield storefront, connect_proxy


SEARCH = "query($text: String!) { products(search: {text: $text}, first: 1) { totalCount } }"


async def codes_of_a_call(storefront: Storefront, text: str) -> list[str]:
    """Codes of an operation that needs a call, as its text was not searched for before."""
    return (await storefront.ask(SEARCH, text=text)).codes


async def test_refusal_of_the_proxy_stops_orders_until_a_call_succeeds(world: World, clock: Clock, ca: str) -> None:
    async with behind_a_proxy(world, clock, ca) as (storefront, connect_proxy):
        connect_proxy.refusal = "407 Proxy Authentication Required"
        assert await codes_of_a_call(storefront, "kept") == []
        assert await reasons(storefront, clock) == [], "the connection is kept, and works"
        connect_proxy.end_connections()
        assert await codes_of_a_call(storefront, "new") == ["UPSTREAM_UNAVAILABLE"]
        assert await reasons(storefront, clock) == ["NO_WAY_OUT"]
        assert await is_ready(storefront), "public reads go on, from the cache"
        connect_proxy.refusal = ""
        assert await codes_of_a_call(storefront, "mended") == []
        assert await reasons(storefront, clock) == []


async def test_way_out_that_works_again_is_found_without_calls(world: World, clock: Clock, ca: str) -> None:
    async with behind_a_proxy(world, clock, ca) as (storefront, connect_proxy):
        connect_proxy.refusal = "403 Forbidden"
        connect_proxy.end_connections()
        assert await codes_of_a_call(storefront, "new") == ["UPSTREAM_UNAVAILABLE"]
        clock.move(WATCH_S)
        assert await reasons(storefront, clock) == ["NO_WAY_OUT"]
        connect_proxy.refusal = ""
        before = world.calls.count()
        clock.move(WATCH_S)
        assert await reasons(storefront, clock) == []
        assert world.calls.count() == before, "a connection was opened, and nothing was sent"
