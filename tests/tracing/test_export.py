"""Spans are sent in the background: no request waits for the collector, and what it does not take is counted."""

import asyncio
import io
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from gateway.telemetry.spans import Span, SpanKind, Trace
from gateway.tracing.export import MOST_OF_TRACE, MOST_WAITING, STOP_S, SpanExport
from sandbox.model.world import World
from tests.support.metric_values import Counted
from tests.support.otlp_receiver import collector
from tests.support.recorded_log import lines_with
from tests.support.shop import Clock, InMemoryTransport, eventually, gateway, settings_for

ROOT = Path(__file__).parents[2]

LOCALES = "{ storefront { locales } }"

SPANS = "riverfront_trace_spans_total"

START = """
import sys
from gateway.__main__ import app
from gateway.app import create_app
from gateway.settings.settings import Settings
create_app(Settings.from_environment())
packages = ("opentelemetry", "requests", "urllib3", "google.protobuf")
print([name for name in packages if name in sys.modules])
"""

WITHOUT_PACKAGES = """
import sys
from gateway.__main__ import app
sys.modules["opentelemetry"] = None
app(["serve"])
"""

ENVIRONMENT = {
    "RIVERFRONT_API_KEY": "key",
    "RIVERFRONT_API_SECRET": "a-long-enough-secret",
    "RIVERFRONT_PUBLISHABLE_KEY": "pk_1",
    "RIVERFRONT_DEVELOPMENT": "true",
}


@pytest.fixture
def silent() -> Iterator[str]:
    """URL of a collector that accepts connections and never answers."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/v1/traces"


def run(program: str, **settings: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | ENVIRONMENT | settings
    return subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True)


def test_packages_are_loaded_only_if_traces_are_on() -> None:
    assert run(START).stdout.strip() == "[]"
    loaded = run(START, RIVERFRONT_TRACES_URL="http://127.0.0.1:9/v1/traces").stdout.strip()
    assert loaded == "['opentelemetry', 'requests', 'urllib3', 'google.protobuf']"


def test_start_without_packages_names_setting_and_lock_file() -> None:
    refused = run(WITHOUT_PACKAGES, RIVERFRONT_TRACES_URL="http://127.0.0.1:9/v1/traces")
    assert refused.returncode == 1
    message = refused.stderr.splitlines()[-1]
    for part in ("RIVERFRONT_TRACES_URL", "opentelemetry", "requirements-otel.lock"):
        assert part in message


async def test_spans_that_a_collector_refuses_are_counted_and_logged_once(
    world: World, network: InMemoryTransport, clock: Clock, log: io.StringIO
) -> None:
    counted = Counted()
    async with collector() as refusing:
        refusing.status = 400
        async with gateway(world, network, clock, traces_url=refusing.url, traces_share=1) as storefront:
            for _ in range(3):
                assert (await storefront.ask(LOCALES)).status == 200
    assert counted(SPANS, result="failed") == 3
    assert counted(SPANS, result="exported") == 0
    assert [line["level"] for line in lines_with(log, event="spans not taken by the collector")] == ["warning"]
    assert "refusing" not in log.getvalue()


@pytest.mark.slow
async def test_silent_collector_delays_no_request_and_no_stop(
    world: World, network: InMemoryTransport, clock: Clock, silent: str
) -> None:
    counted = Counted()
    loop = asyncio.get_running_loop()
    async with gateway(world, network, clock, traces_url=silent, traces_share=1) as storefront:
        for _ in range(200):
            await storefront.ask(LOCALES)
        stopped_at = loop.time()
    assert loop.time() - stopped_at < STOP_S + 2
    assert counted(SPANS, result="dropped") > 0
    assert counted(SPANS, result="exported") == 0


async def test_spans_beyond_the_limits_are_dropped_and_counted(world: World) -> None:
    async with collector() as received:  # It answers when the test waits.
        export = SpanExport(settings_for(world, traces_url=received.url))
        counted = Counted()
        long = Trace(1, export.add)
        for _ in range(MOST_OF_TRACE + 3):
            Span(long, None, "operation", SpanKind.SERVER).end()
        assert counted(SPANS, result="dropped") == 3
        for number in range(MOST_WAITING * 2):
            Span(Trace(number + 2, export.add), None, "operation", SpanKind.SERVER).end()
        assert counted(SPANS, result="dropped") >= MOST_WAITING / 2
        export.count_rest()
        await asyncio.to_thread(export.close)


async def test_collector_that_answers_again_gets_later_spans(
    world: World, network: InMemoryTransport, clock: Clock, log: io.StringIO
) -> None:
    async with collector() as received:
        received.status = 400
        async with gateway(world, network, clock, traces_url=received.url, traces_share=1) as storefront:
            await storefront.ask(LOCALES)
            await eventually(lambda: bool(received.requests))
            received.status = 200
            await storefront.ask(LOCALES)
    assert len(received.spans) == 1
    assert lines_with(log, event="spans are taken again")
