"""A traced operation has a span for itself, its root fields, its calls to Digital River and its store commands."""

import io
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.types import ASGIApp

from gateway.documents.manifest import manifest_of
from gateway.upstream.retrying_calls import READ_ATTEMPTS
from sandbox.app import create_app as create_sandbox
from sandbox.model.world import World
from tests.submission.lost_submissions import is_unlocked
from tests.support.otlp_receiver import ERROR, Collector, Tree, attributes, collector
from tests.support.shop import (
    CART,
    PACK,
    POLES,
    SUBMIT,
    Clock,
    InMemoryTransport,
    Shopper,
    eventually,
    gateway,
)
from tests.support.valkey import Valkey

READ_CART = f"GET {CART}"

PRODUCTS = f"""query Alias7 {{ first: product(by: {{upstreamId: "{PACK}"}}) {{ name }}
  second: product(by: {{upstreamId: "{POLES}"}}) {{ name }} storefront {{ locales }} }}"""


class RecordingTransport(InMemoryTransport):
    """Keeps the trace context of each request to Digital River."""

    def __init__(self, app: ASGIApp) -> None:
        super().__init__(app)
        self.contexts: list[str | None] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.contexts.append(request.headers.get("traceparent"))
        return await super().handle_async_request(request)


@pytest.fixture
async def spans() -> AsyncIterator[Collector]:
    async with collector() as received:
        yield received


def calls_in(tree: Tree) -> list[str]:
    """Names of the spans in a tree, without those of the store."""
    name, children = tree
    return [name, *[call for child in children for call in calls_in(child) if not call.startswith("store ")]]


async def traced_purchase(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient, **changes: Any
) -> None:
    async with gateway(world, network, clock, traces_share=1, **changes) as storefront:
        shopper = Shopper(storefront, sandbox, world)
        await shopper.get_ready()
        assert (await storefront.outcome())["__typename"] == "OrderPlaced"


async def test_submission_has_spans_of_its_field_and_calls(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient, spans: Collector
) -> None:
    await traced_purchase(world, network, clock, sandbox, traces_url=spans.url)
    root = spans.roots()[-1]
    assert calls_in(spans.tree(root)) == ["mutation", "Mutation.submitOrder", READ_CART, f"POST {SUBMIT}"]
    described = attributes(root)
    assert len(str(described.pop("riverfront.request_id"))) == 32
    assert described == {
        "graphql.operation.type": "mutation",
        "http.response.status_code": 200,
        "riverfront.outcome": "PLACED",
    }
    (submit,) = spans.named(f"POST {SUBMIT}")
    assert attributes(submit) == {"riverfront.status": "2xx", "riverfront.cause": "none", "riverfront.tries": 1}
    assert not any(span.name.startswith("store ") for span in spans.spans), "a store in memory has no commands"


async def test_checkout_in_shared_store_has_spans_of_commands(
    world: World,
    network: InMemoryTransport,
    clock: Clock,
    sandbox: httpx.AsyncClient,
    spans: Collector,
    valkey: Valkey,
) -> None:
    async with gateway(world, network, clock, traces_url=spans.url, traces_share=1, store_url=valkey.url) as storefront:
        await Shopper(storefront, sandbox, world).fill_cart()
        await storefront.run("CheckoutPage")
    name, (field, *others) = spans.tree(spans.roots()[-1])
    assert (name, others) == ("query", [])
    assert field[0] == "Query.cart"
    assert field[1][0] == ("store GET", ())
    assert READ_CART in calls_in(field)
    commands = {span.name for span in spans.spans if span.name.startswith("store ")}
    assert {"store GET", "store SET", "store EVALSHA", "store TIME"} <= commands
    assert "store other" not in commands
    assert all(attributes(command) == {} for command in spans.spans if command.name.startswith("store "))
    assert not any(span.status.code == ERROR for span in spans.spans)


async def test_check_in_the_background_has_spans_of_its_calls(
    world: World,
    network: InMemoryTransport,
    clock: Clock,
    sandbox: httpx.AsyncClient,
    spans: Collector,
    log: io.StringIO,
) -> None:
    changes = {"traces_url": spans.url, "traces_share": 1, "reconcile_every_s": 0.01}
    async with gateway(world, network, clock, **changes) as storefront:
        shopper = Shopper(storefront, sandbox, world)
        await shopper.get_ready()
        await shopper.fault("drop-after", SUBMIT, times=1)
        assert (await storefront.outcome())["__typename"] == "OrderInDoubt"
        clock.move(30)
        await eventually(lambda: is_unlocked(storefront))
    check = next(span for span in reversed(spans.named("reconcile")) if attributes(span)["riverfront.result"] == "done")
    assert "GET /v1/shoppers/me/orders/{id}" in calls_in(spans.tree(check))
    assert attributes(check) == {"riverfront.result": "done"}
    lines = [line for line in map(json.loads, log.getvalue().splitlines()) if line["event"] == "submission reconciled"]
    assert [line["trace_id"] for line in lines] == [check.trace_id.hex()]


async def test_failed_call_has_its_tries_and_cause(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient, spans: Collector
) -> None:
    async with gateway(world, network, clock, traces_url=spans.url, traces_share=1) as storefront:
        shopper = Shopper(storefront, sandbox, world)
        await shopper.fill_cart()
        await shopper.fault("status", CART, method="GET", times=READ_ATTEMPTS, status=503)
        answer = await storefront.ask("{ cart { id } }")
        assert answer.codes == ["UPSTREAM_UNAVAILABLE"]
    root = spans.roots()[-1]
    assert calls_in(spans.tree(root)) == ["query", "Query.cart", READ_CART]
    assert (attributes(root)["riverfront.codes"], root.status.code) == (["UPSTREAM_UNAVAILABLE"], ERROR)
    call = spans.named(READ_CART)[-1]
    assert attributes(call) == {
        "riverfront.status": "5xx",
        "riverfront.cause": "unavailable",
        "riverfront.tries": READ_ATTEMPTS,
    }
    assert call.status.code == ERROR


async def test_fields_without_call_have_no_span_and_aliases_no_name(
    world: World, network: InMemoryTransport, clock: Clock, spans: Collector
) -> None:
    async with gateway(world, network, clock, traces_url=spans.url, traces_share=1) as storefront:
        await storefront.ask(PRODUCTS)
    (root,) = spans.roots()
    name, fields = spans.tree(root)
    assert name == "query", "the document is not in the manifest"
    assert {field[0] for field in fields} == {"Query.product"}


async def test_operation_of_the_manifest_has_its_name(
    world: World, network: InMemoryTransport, clock: Clock, tmp_path: Path, spans: Collector
) -> None:
    document = "query Locales { storefront { locales } }"
    file = tmp_path / "manifest.json"
    file.write_text(manifest_of({"Locales": document}))
    changes = {"manifest": str(file), "traces_url": spans.url, "traces_share": 1}
    async with gateway(world, network, clock, **changes) as storefront:
        await storefront.ask(document)
        await storefront.send({"query": "{"})
    known, refused = spans.roots()
    assert (known.name, attributes(known)["graphql.operation.name"]) == ("Locales", "Locales")
    assert (refused.name, attributes(refused)["riverfront.codes"]) == ("request", ["GRAPHQL_PARSE_FAILED"])


async def test_log_lines_and_span_of_a_request_find_each_other(
    world: World,
    network: InMemoryTransport,
    clock: Clock,
    sandbox: httpx.AsyncClient,
    spans: Collector,
    log: io.StringIO,
) -> None:
    await traced_purchase(world, network, clock, sandbox, traces_url=spans.url)
    root = spans.roots()[-1]
    reference = attributes(root)["riverfront.request_id"]
    lines = [line for line in map(json.loads, log.getvalue().splitlines()) if line.get("request_id") == reference]
    assert {line["event"] for line in lines} >= {"request answered", "submission sent", "submission outcome"}
    assert {line["trace_id"] for line in lines} == {root.trace_id.hex()}


async def test_no_operation_is_traced_with_a_share_of_zero(
    world: World, network: InMemoryTransport, clock: Clock, spans: Collector, log: io.StringIO
) -> None:
    async with gateway(world, network, clock, traces_url=spans.url, traces_share=0) as storefront:
        await storefront.ask("{ storefront { locales } }")
    assert (spans.spans, spans.requests) == ([], [])
    assert "trace_id" not in log.getvalue()


TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"

SAMPLED, NOT_SAMPLED = f"00-{TRACE}-{PARENT}-01", f"00-{TRACE}-{PARENT}-00"

QUERY = {"query": "{ storefront { locales } }"}


async def test_context_of_a_client_is_linked_and_forces_nothing(
    world: World, network: InMemoryTransport, clock: Clock, spans: Collector
) -> None:
    async with gateway(world, network, clock, traces_url=spans.url, traces_share=1) as storefront:
        await storefront.send(QUERY, traceparent=NOT_SAMPLED)
    async with gateway(world, network, clock, traces_url=spans.url, traces_share=0) as storefront:
        await storefront.send(QUERY, traceparent=SAMPLED)
    (root,) = spans.roots()
    assert root.trace_id.hex() != TRACE
    (link,) = root.links
    assert (link.trace_id.hex(), link.span_id.hex()) == (TRACE, PARENT)


MALFORMED = {
    "too short": SAMPLED[:-1],
    "capitals": SAMPLED.upper(),
    "forbidden version": f"ff{SAMPLED[2:]}",
    "no trace": f"00-{'0' * 32}-{PARENT}-01",
    "no span": f"00-{TRACE}-{'0' * 16}-01",
    "too long": f"{SAMPLED}-{'a' * 100}",
    "number of a card as trace": f"00-{'0' * 16}4444222233331111-{PARENT}-01",
    "number of a card as span": f"00-{TRACE}-4444222233331111-01",
}


@pytest.mark.parametrize("sent", MALFORMED.values(), ids=MALFORMED)
async def test_malformed_context_is_ignored(
    world: World, network: InMemoryTransport, clock: Clock, spans: Collector, sent: str
) -> None:
    async with gateway(world, network, clock, traces_url=spans.url, traces_share=1) as storefront:
        await storefront.send(QUERY, traceparent=sent)
    (root,) = spans.roots()
    assert not root.links
    assert sent.encode() not in b"".join(spans.requests)


async def test_trusted_proxy_decides_only_if_the_setting_says_so(
    world: World, network: InMemoryTransport, clock: Clock, spans: Collector
) -> None:
    behind_proxy: dict[str, Any] = {"traces_url": spans.url, "trusted_proxies": ("198.51.100.7",)}
    async with gateway(world, network, clock, traces_share=0, **behind_proxy) as storefront:
        await storefront.send(QUERY, traceparent=SAMPLED)
    assert spans.spans == []
    async with gateway(world, network, clock, traces_share=0, traces_from_proxies=True, **behind_proxy) as storefront:
        await storefront.send(QUERY, traceparent=SAMPLED)
        await storefront.send(QUERY, traceparent=NOT_SAMPLED)
    (continued,) = spans.spans
    assert (continued.trace_id.hex(), continued.parent_span_id.hex()) == (TRACE, PARENT)
    another = behind_proxy | {"trusted_proxies": ("192.0.2.1",)}
    async with gateway(world, network, clock, traces_share=1, traces_from_proxies=True, **another) as storefront:
        await storefront.send(QUERY, traceparent=SAMPLED)
    (linked,) = spans.roots()
    assert linked.trace_id.hex() != TRACE


@pytest.mark.parametrize("is_on", [False, True])
async def test_digital_river_gets_the_context_only_by_setting(
    world: World, clock: Clock, spans: Collector, is_on: bool
) -> None:
    network = RecordingTransport(create_sandbox(world))
    async with gateway(
        world, network, clock, traces_url=spans.url, traces_share=1, traces_to_upstream=is_on
    ) as storefront:
        await storefront.send({"query": PRODUCTS}, traceparent=SAMPLED)
    calls = [span for span in spans.spans if span.name.partition(" ")[0] in ("GET", "POST")]
    expected = {f"00-{call.trace_id.hex()}-{call.span_id.hex()}-01" for call in calls} if is_on else {None}
    assert set(network.contexts) == expected
    assert len(network.contexts) == len(calls) >= 2
