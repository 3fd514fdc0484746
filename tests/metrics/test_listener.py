"""Prometheus reads the metrics on a port of their own."""

import logging

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from bench.replicas.environment import free_port
from gateway.http.server import metrics_sockets
from gateway.version import VERSION
from sandbox.model.world import World
from tests.support.raw_http import exchange, served, statuses
from tests.support.shop import InMemoryTransport, settings_for


def test_metrics_are_off_unless_their_port_is_set(world: World) -> None:
    assert metrics_sockets(settings_for(world), workers=4) == []


async def test_metrics_are_read_on_their_own_port_only(world: World, network: InMemoryTransport) -> None:
    port = free_port()
    async with served(world, network, metrics_port=port) as url, httpx.AsyncClient() as http:
        answer = await http.get(f"http://127.0.0.1:{port}/metrics")
        assert answer.status_code == 200
        families = {family.name: family for family in text_string_to_metric_families(answer.text)}
        assert {"version": VERSION} in [sample.labels for sample in families["riverfront_info"].samples]
        assert families["riverfront_store_up"].samples[0].value == 1
        assert (await http.get(f"{url}/metrics")).status_code == 404
        assert (
            await http.post(f"http://127.0.0.1:{port}/graphql", json={"query": "{ cart { id } }"})
        ).status_code == 404
        for path in ("graphql", "metrics"):
            assert (await http.post(f"http://127.0.0.1:{port}/{path}", json={})).status_code == 404


async def test_any_host_name_reads_metrics_and_nothing_is_logged(
    world: World, network: InMemoryTransport, caplog: pytest.LogCaptureFixture
) -> None:
    port = free_port()
    caplog.set_level(logging.INFO)
    async with served(world, network, metrics_port=port, hosts=("shop.example",)) as _, httpx.AsyncClient() as http:
        caplog.clear()
        assert (await http.get(f"http://127.0.0.1:{port}/metrics", headers={"Host": "pod-7"})).status_code == 200
        assert [record.message for record in caplog.records if record.name.startswith("gateway.http.logged")] == []


async def test_too_large_requests_of_metrics_are_refused(world: World, network: InMemoryTransport) -> None:
    port = free_port()
    async with served(world, network, metrics_port=port):
        received = await exchange(
            f"http://127.0.0.1:{port}", b"GET /metrics HTTP/1.1\r\nHost: a\r\nA: " + b"a" * 20_000 + b"\r\n\r\n"
        )
        assert statuses(received) == [431]


async def test_repeated_scrapes_get_one_text(world: World, network: InMemoryTransport) -> None:
    port = free_port()
    async with served(world, network, metrics_port=port), httpx.AsyncClient() as http:
        texts = {(await http.get(f"http://127.0.0.1:{port}/metrics")).text for _ in range(3)}
        assert len(texts) == 1
