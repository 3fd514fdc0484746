"""The commands of the README, run as separate processes."""

import asyncio
import json
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from redis.asyncio import Redis

from bench.replicas.environment import free_port
from gateway.documents.manifest import manifest_of
from gateway.version import VERSION
from sandbox.app import create_app as create_sandbox
from sandbox.demo_shop.products import LISTED_PRODUCTS
from sandbox.model.world import World
from tests.support.running_gateway import running_gateway
from tests.support.shop import documents, listening
from tests.support.valkey import Valkey

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def ctrl_c() -> Iterator[None]:
    """Make started programs react to Ctrl-C. A shell's background jobs ignore Ctrl-C by default."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


async def start(*arguments: str, **environment: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        *arguments,
        cwd=ROOT,
        env=os.environ | environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


@asynccontextmanager
async def both_programs() -> AsyncIterator[tuple[asyncio.subprocess.Process, str, str]]:
    """Run `make run` on free ports. Yields the process, the gateway's URL and the sandbox's URL."""
    port, sandbox_port = free_port(), free_port()
    program = await start(
        "-m", "examples.run", PORT=str(port), SANDBOX_PORT=str(sandbox_port), STOREFRONT_PORT=str(free_port())
    )
    assert program.stdout is not None
    try:
        async for line in program.stdout:
            if b"Ctrl-C stops all" in line:
                break
        else:
            assert program.stderr is not None
            raise AssertionError((await program.stderr.read()).decode())
        yield program, f"http://127.0.0.1:{port}", f"http://127.0.0.1:{sandbox_port}"
    finally:
        if program.returncode is None:
            program.send_signal(signal.SIGINT)
            await program.communicate()


async def test_demo_places_one_order_through_the_gateway_of_make_run() -> None:
    async with both_programs() as (program, gateway, sandbox):
        async with httpx.AsyncClient() as http:
            answer = await http.get(f"{gateway}/graphql", params={"query": "{ products(first: 1) { totalCount } }"})
            assert answer.json() == {"data": {"products": {"totalCount": len(LISTED_PRODUCTS)}}}
            library = "{ storefront { digitalRiverJs { scriptUrl } } }"
            answer = await http.get(f"{gateway}/graphql", params={"query": library})
            script = f"{sandbox.replace('127.0.0.1', 'localhost')}/v1/DigitalRiver.js"
            assert answer.json() == {"data": {"storefront": {"digitalRiverJs": {"scriptUrl": script}}}}

            demo = await start("-m", "examples.demo", "--gateway", gateway, "--sandbox", sandbox)
            out, errors = await demo.communicate()
            assert demo.returncode == 0, errors.decode()
            assert "\nOrder number 11" in out.decode()
            assert "1 of them submit-cart" in out.decode()
            calls = (await http.get(f"{sandbox}/_sandbox/calls")).json()["calls"]
            assert sum(row["count"] for row in calls if row["path"].endswith("submit-cart")) == 1
        program.send_signal(signal.SIGINT)
        out, _ = await program.communicate()
        assert program.returncode == 0
        assert out.decode().endswith("Stopped.\n")
        async with httpx.AsyncClient() as http:
            with pytest.raises(httpx.ConnectError):
                await http.get(f"{gateway}/health/live")


async def test_make_run_prints_the_host_name_of_development_servers() -> None:
    """Vite and its like print `localhost`. A page there keeps no cookie of a gateway on 127.0.0.1."""
    port = free_port()
    program = await start("-m", "examples.run", PORT=str(port), SANDBOX_PORT=str(free_port()), PATH="/no/programs")
    assert program.stdout is not None
    try:
        _, printed = (await program.stdout.readuntil(b"Ctrl-C stops all")).decode().split("Riverfront is ready.")
        assert f"http://localhost:{port}/graphql" in printed
        assert "127.0.0.1" not in printed
        assert "The storefront needs Node 20.19 or later with npm." in printed
        async with httpx.AsyncClient() as http:
            answer = await http.get(f"http://localhost:{port}/graphql?query={{storefront{{locales}}}}")
            assert answer.json()["data"]
    finally:
        program.send_signal(signal.SIGINT)
        await program.communicate()


async def test_make_run_reports_a_program_on_the_other_loopback_address() -> None:
    with socket.socket(socket.AF_INET6) as other:
        try:
            other.bind(("::1", 0))
        except OSError:
            pytest.skip("needs the address ::1")
        other.listen()
        program = await start("-m", "examples.run", PORT=str(other.getsockname()[1]), SANDBOX_PORT=str(free_port()))
        _, errors = await program.communicate()
    assert "is in use" in errors.decode()


async def test_gateway_warns_of_pages_without_encryption() -> None:
    settings = {"API_KEY": "a", "API_SECRET": "b", "PUBLISHABLE_KEY": "c", "DEVELOPMENT": "true", "PORT": "0"}
    settings["ORIGINS"] = "http://192.168.1.5:5173,http://localhost:5173,https://shop.example"
    gateway = await start("-m", "gateway", "serve", **{f"RIVERFRONT_{name}": value for name, value in settings.items()})
    assert gateway.stderr is not None
    lines = [json.loads(line) async for line in _until_listening(gateway.stderr)]
    gateway.send_signal(signal.SIGINT)
    await gateway.communicate()
    warned = [line["origin"] for line in lines if line["event"].startswith("pages of this origin keep no session")]
    assert warned == ["http://192.168.1.5:5173"]


async def test_second_signal_ends_a_draining_gateway_at_once() -> None:
    settings = {"API_KEY": "a", "API_SECRET": "b", "PUBLISHABLE_KEY": "c", "DEVELOPMENT": "true", "DRAIN_S": "600"}
    port = free_port()
    settings["PORT"] = str(port)
    gateway = await start("-m", "gateway", "serve", **{f"RIVERFRONT_{name}": value for name, value in settings.items()})
    assert gateway.stderr is not None
    _ = [line async for line in _until_listening(gateway.stderr)]
    gateway.send_signal(signal.SIGTERM)
    async for line in gateway.stderr:
        if b'"stopping"' in line:
            break
    async with httpx.AsyncClient() as http:
        assert (await http.get(f"http://127.0.0.1:{port}/health/live")).headers["connection"] == "close"
    gateway.send_signal(signal.SIGTERM)
    assert await gateway.wait() == -signal.SIGTERM
    await gateway.communicate()


async def test_health_check_of_the_image_follows_host_and_port(world: World) -> None:
    async with running_gateway(world) as (url, _):
        port = url.rpartition(":")[2]
        for host in ("", "127.0.0.1", "0.0.0.0", "localhost"):  # noqa: S104 - as the setting of the gateway
            check = await start("-m", "gateway.health_check", host, port)
            assert await check.wait() == 0, host
            await check.communicate()
    check = await start("-m", "gateway.health_check", "", port)
    assert await check.wait() == 1
    await check.communicate()


async def _until_listening(output: asyncio.StreamReader) -> AsyncIterator[bytes]:
    async for line in output:
        yield line
        if b'"listening"' in line:
            return


async def test_output_of_demo_is_shown_on_the_examples_page() -> None:
    async with both_programs() as (_, gateway, sandbox):
        demo = await start("-m", "examples.demo", "--gateway", gateway, "--sandbox", sandbox)
        out, _ = await demo.communicate()
    printed = [line for line in out.decode().splitlines() if "source " not in line and "payment methods" not in line]
    shown = (ROOT / "examples" / "README.md").read_text().split("```")
    block = next(part for part in shown if part.startswith("\n1. What is for sale?"))
    expected = [line for line in block.splitlines() if "source " not in line and "payment methods" not in line]
    assert [line for line in printed if line.strip()] == [line for line in expected if line.strip()]


async def test_make_run_reports_a_busy_port_and_stops() -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = str(busy.getsockname()[1])
        program = await start("-m", "examples.run", PORT=port, SANDBOX_PORT=str(free_port()))
        _, errors = await program.communicate()
    assert program.returncode == 1
    assert f"Port {port} is in use" in errors.decode()
    assert "Traceback" not in errors.decode()


async def test_demo_without_a_gateway_suggests_make_run() -> None:
    demo = await start("-m", "examples.demo", "--gateway", f"http://127.0.0.1:{free_port()}")
    _, errors = await demo.communicate()
    assert demo.returncode == 1
    assert "Start one with `make run`" in errors.decode()


async def test_demo_takes_the_ports_of_make_run() -> None:
    port, sandbox_port = free_port(), free_port()
    demo = await start("-m", "examples.demo", PORT=str(port), SANDBOX_PORT=str(sandbox_port))
    _, errors = await demo.communicate()
    assert f"http://127.0.0.1:{sandbox_port}" in errors.decode()
    assert "make demo PORT=9000 SANDBOX_PORT=9001" in errors.decode()


async def test_demo_names_the_sandbox_of_another_gateway() -> None:
    async with both_programs() as (_, gateway, _), listening(create_sandbox(), "off") as other:
        demo = await start("-m", "examples.demo", "--gateway", gateway, "--sandbox", other)
        _, errors = await demo.communicate()
    assert f"The gateway uses another sandbox than {other}" in errors.decode()


async def test_missing_settings_are_named_in_the_error_output() -> None:
    gateway = await start("-m", "gateway", "serve")
    _, errors = await gateway.communicate()
    assert gateway.returncode == 1
    assert "RIVERFRONT_API_KEY is not set. Confidential API key of the site." in errors.decode()
    assert "`make run` sets those for the sandbox" in errors.decode()
    assert "Traceback" not in errors.decode()


async def test_too_short_api_secret_is_named_in_the_error_output() -> None:
    keys = {"RIVERFRONT_API_KEY": "a", "RIVERFRONT_API_SECRET": "short", "RIVERFRONT_PUBLISHABLE_KEY": "c"}
    gateway = await start("-m", "gateway", "serve", **keys)
    _, errors = await gateway.communicate()
    assert "  RIVERFRONT_API_SECRET: must have at least 12 characters." in errors.decode().splitlines()


async def test_wrong_messages_for_shoppers_prevent_the_start(tmp_path: Path) -> None:
    (tmp_path / "de.po").write_text('msgid "ErrorCode.COUPON_INVALDI"\nmsgstr "Nein."\n')
    settings = {
        "API_KEY": "key",
        "API_SECRET": "a-long-enough-secret",
        "PUBLISHABLE_KEY": "pk_1",
        "UPSTREAM_URL": "https://api.example.com",
        "SHOPPER_MESSAGES": str(tmp_path),
    }
    program = await start("-m", "gateway", "serve", **{f"RIVERFRONT_{name}": value for name, value in settings.items()})
    _, errors = await program.communicate()
    assert program.returncode == 1
    assert b"messages in RIVERFRONT_SHOPPER_MESSAGES are wrong" in errors
    assert b"de.po: there is no message ErrorCode.COUPON_INVALDI. Did you mean ErrorCode.COUPON_INVALID?" in errors


async def test_sandbox_on_a_busy_port_suggests_the_port_option() -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        sandbox = await start("-m", "sandbox", "--port", str(busy.getsockname()[1]))
        out, errors = await sandbox.communicate()
    assert (sandbox.returncode, out) == (1, b"")
    assert "Address already in use. --port chooses another." in errors.decode()


async def test_gateway_does_not_start_with_a_store_that_evicts_keys(own_valkey: Valkey) -> None:
    redis = Redis.from_url(own_valkey.url)
    await redis.config_set("maxmemory-policy", "allkeys-lru")
    await redis.aclose()
    gateway = await start(
        "-m",
        "gateway",
        "serve",
        RIVERFRONT_STORE_URL=own_valkey.url,
        RIVERFRONT_UPSTREAM_URL="http://127.0.0.1:9",
        RIVERFRONT_API_KEY="key",
        RIVERFRONT_API_SECRET="a-long-enough-secret",
        RIVERFRONT_PUBLISHABLE_KEY="pk_1",
    )
    _, errors = await gateway.communicate()
    assert gateway.returncode == 1
    assert "allkeys-lru, not noeviction" in errors.decode()
    assert "Traceback" not in errors.decode()


async def test_gateway_exits_at_once_if_its_port_is_in_use() -> None:
    with Valkey() as valkey, socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        gateway = await start(
            "-m",
            "gateway",
            "serve",
            RIVERFRONT_PORT=str(other.getsockname()[1]),
            RIVERFRONT_UPSTREAM_URL="http://127.0.0.1:9",
            RIVERFRONT_STORE_URL=valkey.url,
            RIVERFRONT_API_KEY="key",
            RIVERFRONT_API_SECRET="a-long-enough-secret",
            RIVERFRONT_PUBLISHABLE_KEY="pk_1",
        )
        _, errors = await gateway.communicate()
        redis = Redis.from_url(valkey.url)
        keys = await redis.keys()
        await redis.aclose()
    assert gateway.returncode not in (0, None)
    assert "Address already in use" in errors.decode()
    assert "Traceback" not in errors.decode()
    assert not any(b"replica" in key for key in keys), "it has reported itself as a live replica"


async def test_version_command_prints_the_version() -> None:
    program = await start("-m", "gateway", "--version")
    out, _ = await program.communicate()
    assert out.decode() == f"riverfront {VERSION}\n"


async def test_schema_command_prints_the_committed_sdl() -> None:
    schema = await start("-m", "gateway", "schema")
    out, _ = await schema.communicate()
    assert out.decode() == (ROOT / "schema" / "schema.graphql").read_text()


async def test_stopping_gateway_finishes_a_running_submission(tmp_path: Path) -> None:
    manifest = tmp_path / "manifest.json"
    manifest.write_text(manifest_of(documents()))
    sandbox_port, port = free_port(), free_port()
    sandbox = await start("-m", "sandbox", "--port", str(sandbox_port))
    assert sandbox.stdout is not None
    await sandbox.stdout.readline()
    url = f"http://127.0.0.1:{sandbox_port}"
    async with httpx.AsyncClient(base_url=url, transport=httpx.AsyncHTTPTransport(retries=20)) as upstream:
        keys = (await upstream.get("/_sandbox/keys")).json()
        gateway = await start(
            "-m",
            "gateway",
            "serve",
            RIVERFRONT_DEVELOPMENT="true",
            RIVERFRONT_PORT=str(port),
            RIVERFRONT_UPSTREAM_URL=url,
            RIVERFRONT_API_KEY=keys["confidentialApiKey"],
            RIVERFRONT_API_SECRET=keys["confidentialSecret"],
            RIVERFRONT_PUBLISHABLE_KEY=keys["publicApiKey"],
            RIVERFRONT_MANIFEST=str(manifest),
        )
        fault = {"path": "/v1/shoppers/me/carts/active/submit-cart", "kind": "delay", "delay_s": 1}
        await upstream.post("/_sandbox/faults", json=fault)
        assert gateway.stderr is not None
        async for line in gateway.stderr:
            if b'"listening"' in line:
                break
        demo = await start("-m", "examples.demo", "--gateway", f"http://127.0.0.1:{port}", "--sandbox", url)
        assert demo.stdout is not None
        async for line in demo.stdout:
            if b"5. Buy" in line:
                break
        while not any(
            row["path"].endswith("submit-cart") for row in (await upstream.get("/_sandbox/calls")).json()["calls"]
        ):
            pass
        gateway.terminate()
        _, errors = await gateway.communicate()
        out, demo_errors = await demo.communicate()
        assert "Order number" in out.decode(), demo_errors.decode()
        lines = [json.loads(line) for line in errors.decode().splitlines()]
        assert any(line.get("operation") == "GuestOrder" and line["status"] == 200 for line in lines)
    sandbox.terminate()
    await sandbox.communicate()
