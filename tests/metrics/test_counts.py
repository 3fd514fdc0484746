"""Requests, calls, submissions, sessions, the cache and the store are counted, with labels from closed sets."""

import random
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from gateway.documents.manifest import manifest_of
from gateway.store.redis import RedisStore
from sandbox.model.world import World
from tests.support.metric_values import Counted, current
from tests.support.shop import (
    CART,
    CLIENT,
    PACK,
    SUBMIT,
    Clock,
    InMemoryTransport,
    Shopper,
    Storefront,
    eventually,
    gateway,
    gateway_on,
    new_key,
)
from tests.support.valkey import Valkey

LOCALES = "query Locales { storefront { locales } }"

OPERATIONS = "riverfront_operations_total"

CALLS = "riverfront_upstream_calls_total"

PRODUCT = f'{{ product(by: {{upstreamId: "{PACK}"}}) {{ name }} }}'

PRODUCT_PATH = f"/v1/shoppers/me/products/{PACK}"

READ_CART = f"GET {CART}"

CARD = "4111 1111 1111 1111"

SIGN_OUT = "mutation { signOut { signedOut } }"


@pytest.fixture
def counted() -> Counted:
    return Counted()


async def test_operations_of_the_manifest_are_counted_by_name(
    world: World, network: InMemoryTransport, clock: Clock, tmp_path: Path
) -> None:
    file = tmp_path / "manifest.json"
    file.write_text(manifest_of({"Locales": LOCALES}))
    async with gateway(world, network, clock, manifest=str(file)) as storefront:
        counted = Counted()
        await storefront.ask(LOCALES)
        await storefront.ask("{ storefront { locales } }")
    labels = {"kind": "query", "outcome": "succeeded"}
    assert counted(OPERATIONS, operation="Locales", **labels) == 1
    assert counted(OPERATIONS, operation="other", **labels) == 1
    assert counted("riverfront_operation_seconds_count", kind="query") == 2


async def test_failed_and_refused_operations_are_counted_with_their_codes(
    storefront: Storefront, network: InMemoryTransport
) -> None:
    await storefront.add(PACK)
    counted = Counted()
    network.unreachable.add(CART)
    await storefront.ask("{ cart { id } }")
    await storefront.ask("{ unknown }")
    assert counted(OPERATIONS, outcome="failed") == 1
    assert counted(OPERATIONS, outcome="refused") == 1
    assert counted("riverfront_operation_errors_total", code="UPSTREAM_UNAVAILABLE") == 1
    assert counted("riverfront_operation_errors_total", code="GRAPHQL_VALIDATION_FAILED") == 1


async def test_errors_of_payloads_are_counted_with_their_codes(shopper: Shopper, counted: Counted) -> None:
    await shopper.control("faults", {"path": "*", "kind": "status", "status": 503})
    payload = await shopper.storefront.add(PACK)
    assert [error["code"] for error in payload["errors"]] == ["UPSTREAM_UNAVAILABLE"]
    assert counted("riverfront_operation_errors_total", code="UPSTREAM_UNAVAILABLE") == 1


async def test_quota_refusals_are_counted_without_a_quota_in_the_settings(shopper: Shopper, counted: Counted) -> None:
    fault = {"path": "*", "kind": "status", "code": "rate-limit-quota-exceeded"}
    await shopper.control("faults", fault)
    await shopper.storefront.add(PACK)
    assert counted("riverfront_upstream_quota_refusals_total") > 0


async def test_refused_keys_are_counted(storefront: Storefront, world: World, counted: Counted) -> None:
    world.keys = replace(world.keys, confidential_secret="another")
    await storefront.add(PACK)
    assert counted("riverfront_upstream_key_refusals_total", key="api") == 1


async def test_random_requests_add_no_series(storefront: Storefront, counted: Counted) -> None:
    async def send_random(number: int) -> None:
        values = random.Random(number)  # noqa: S311 - no secret
        name = f"N{values.getrandbits(64):x}"
        headers = CLIENT | {"Origin": f"https://{name}.example", "X-Request-Id": name}
        body = {"query": f"query {name} {{ storefront {{ locales }} }}", "operationName": name}
        await storefront.http.post("/graphql", json=body, headers=headers)
        await storefront.http.request(name.upper(), f"/{name}", headers=headers)
        await storefront.http.post("/graphql", content=name, headers=headers)

    for number in range(3):
        await send_random(number)
    series = counted.series()
    for number in range(100, 200):
        await send_random(number)
    assert counted.series() == series


async def test_calls_are_counted_with_status_cause_and_requests(
    storefront: Storefront, network: InMemoryTransport
) -> None:
    await storefront.add(PACK)
    counted = Counted()
    await storefront.ask("{ cart { id } }")
    network.unreachable.add(CART)
    await storefront.ask("{ cart { id } }")
    assert counted(CALLS, call=READ_CART, status="2xx", cause="none") == 1
    assert counted(CALLS, call=READ_CART, status="none", cause="not_reached") == 1
    assert counted("riverfront_upstream_requests_total", call=READ_CART) == 4
    assert counted("riverfront_upstream_call_seconds_count", call=READ_CART) == 2


@pytest.mark.parametrize(
    ("fault", "status", "cause"),
    [
        ({"kind": "status", "status": 503}, "5xx", "unavailable"),
        ({"kind": "status", "status": 409, "code": "some-code"}, "4xx", "refused"),
        ({"kind": "malformed"}, "2xx", "none"),
        ({"kind": "drop-before"}, "none", "unavailable"),
    ],
)
async def test_failures_of_calls_are_counted_by_cause(
    shopper: Shopper, fault: dict[str, object], status: str, cause: str
) -> None:
    await shopper.storefront.add(PACK)
    counted = Counted()
    await shopper.control("faults", {"path": CART, "times": 3} | fault)
    await shopper.storefront.ask("{ cart { id } }")
    assert counted(CALLS, call=READ_CART, status=status, cause=cause) == 1


async def test_outcomes_of_submissions_are_counted(shopper: Shopper, counted: Counted) -> None:
    await shopper.get_ready()
    await shopper.storefront.outcome()
    assert counted("riverfront_submissions_total", outcome="placed") == 1
    assert counted("riverfront_submissions_total") == 1


@pytest.fixture
async def doubting(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient
) -> AsyncIterator[Shopper]:
    changes = {"reconcile_every_s": 0.01, "metrics_port": 1}
    async with gateway(world, network, clock, **changes) as storefront:
        yield Shopper(storefront, sandbox, world)


async def test_doubts_are_measured_until_they_are_settled(doubting: Shopper, clock: Clock, counted: Counted) -> None:
    await doubting.get_ready()
    await doubting.fault("drop-before", SUBMIT)
    assert (await doubting.storefront.outcome(new_key()))["__typename"] == "OrderInDoubt"
    await eventually(lambda: current("riverfront_submissions_open", state="in_doubt") == 1)
    clock.move(60)
    await eventually(lambda: current("riverfront_submissions_oldest_doubt_seconds") >= 60)
    clock.move(200)
    await eventually(lambda: current("riverfront_submissions_open", state="in_doubt") == 0)
    await eventually(lambda: current("riverfront_submissions_oldest_doubt_seconds") == 0)
    assert counted("riverfront_submissions_total", outcome="in_doubt") == 1
    assert counted("riverfront_submissions_total", outcome="not_placed") == 1
    assert counted("riverfront_reconciliations_total", result="done") >= 1


async def test_sessions_are_counted_as_they_begin_and_end(storefront: Storefront, counted: Counted) -> None:
    await storefront.add(PACK)
    await storefront.ask(SIGN_OUT)
    assert counted("riverfront_sessions_started_total", level="ANONYMOUS") == 1
    assert counted("riverfront_sessions_ended_total", reason="sign_out") == 1


async def test_reads_of_the_cache_are_counted_by_kind(
    storefront: Storefront, network: InMemoryTransport, clock: Clock, counted: Counted
) -> None:
    await storefront.ask(PRODUCT)
    await storefront.ask(PRODUCT)
    clock.move(3600)
    network.unreachable.add(PRODUCT_PATH)
    await storefront.ask(PRODUCT)
    reads = {read: counted("riverfront_cache_reads_total", kind="product", read=read) for read in ("hit", "stale")}
    assert reads == {"hit": 1, "stale": 1}
    assert counted("riverfront_cache_reads_total", kind="product", read="loaded") == 2


async def test_commands_and_failures_of_the_store_are_counted(
    world: World, network: InMemoryTransport, clock: Clock, own_valkey: Valkey, counted: Counted
) -> None:
    store = RedisStore(own_valkey.url, timeout_s=10)
    async with gateway_on(store, world, network, clock) as storefront:
        await storefront.add(PACK)
        assert current("riverfront_store_up") == 1
        assert counted("riverfront_store_commands_total", command="GET") > 0
        assert counted("riverfront_store_commands_total", command="other") == 0
        assert counted("riverfront_store_errors_total") == 0
        own_valkey.stop()
        await storefront.ask("{ cart { id } }")
        await eventually(lambda: current("riverfront_store_up") == 0)
        await storefront.ask("{ cart { id } }")
        assert counted("riverfront_store_errors_total", cause="down") >= 1


async def test_security_events_are_counted(storefront: Storefront, counted: Counted) -> None:
    await storefront.ask("query($text: String!) { products(search: {text: $text}) { totalCount } }", text=CARD)
    await storefront.send({"query": "{ cart { id } }"}, Origin="https://stranger.example", Cookie="__Host-rf_session=x")
    assert counted("riverfront_security_events_total", event="card") == 1
    assert counted("riverfront_security_events_total", event="origin") >= 1
