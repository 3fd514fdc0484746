"""`python -m gateway serve --workers`: several processes that serve one port."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import httpx
import pytest

from bench.replicas.environment import free_port
from gateway.http.usable_cores import usable_cores
from tests.project.test_programs import start
from tests.support.shop import eventually
from tests.support.valkey import Valkey

pytestmark = pytest.mark.slow

KEYS = {
    "RIVERFRONT_UPSTREAM_URL": "http://127.0.0.1:9",
    "RIVERFRONT_API_KEY": "key",
    "RIVERFRONT_API_SECRET": "a-long-enough-secret",
    "RIVERFRONT_PUBLISHABLE_KEY": "pk_1",
    "RIVERFRONT_DRAIN_S": "0",
}

CANNOT_START = """
import socket, sys
from gateway.http.workers import Workers
Workers(2, socket.socket(), lambda worker: sys.exit(3)).run()
"""

IMPATIENT = """
from gateway.__main__ import app
from gateway.http import workers
workers.LOOK_S = 0.2
app()
"""


class Running:
    """A gateway with two workers."""

    def __init__(self, process: asyncio.subprocess.Process, port: int) -> None:
        self.process = process
        self.url = f"http://127.0.0.1:{port}"
        self.log = b""

    def workers(self) -> set[int]:
        pid = self.process.pid
        with suppress(FileNotFoundError):
            return {int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()}
        return set()

    async def read_log(self) -> None:
        assert self.process.stderr is not None
        async for line in self.process.stderr:
            self.log += line

    async def is_served(self) -> bool:
        async with httpx.AsyncClient() as http:
            try:
                answer = await http.post(f"{self.url}/graphql", json={"query": "{ __typename }"})
            except httpx.TransportError:
                return False
            return bool(answer.json() == {"data": {"__typename": "Query"}})


@asynccontextmanager
async def two_workers(valkey: Valkey, program: tuple[str, ...] = ("-m", "gateway")) -> AsyncIterator[Running]:
    port = free_port()
    environment = KEYS | {"RIVERFRONT_STORE_URL": valkey.url, "RIVERFRONT_PORT": str(port)}
    running = Running(await start(*program, "serve", "--workers", "2", **environment), port)
    reading = asyncio.create_task(running.read_log())
    try:
        await eventually(lambda: running.log.count(b'"listening"') == 2)
        yield running
    finally:
        for pid in running.workers():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if running.process.returncode is None:
            running.process.kill()
        await reading
        # Reads the output to its end. A pipe that is still open would fail a later test with a warning.
        await running.process.communicate()


async def test_several_workers_need_a_shared_store() -> None:
    gateway = await start("-m", "gateway", "serve", "--workers", "2", **KEYS)
    _, errors = await gateway.communicate()
    assert gateway.returncode == 1
    assert "several workers need a store that they share. Set RIVERFRONT_STORE_URL." in errors.decode()
    assert "Traceback" not in errors.decode()


async def test_worker_that_dies_is_replaced(own_valkey: Valkey) -> None:
    async with two_workers(own_valkey) as running:
        before = running.workers()
        assert len(before) == 2
        assert await running.is_served()
        os.kill(min(before), signal.SIGKILL)
        assert await running.is_served()
        await eventually(lambda: len(running.workers() - before) == 1 and running.log.count(b'"listening"') == 3)
        assert b'"worker ended"' in running.log
        assert await running.is_served()


async def test_worker_that_does_not_react_is_replaced(own_valkey: Valkey) -> None:
    async with two_workers(own_valkey, ("-c", IMPATIENT)) as running:
        stopped = min(running.workers())
        os.kill(stopped, signal.SIGSTOP)
        await eventually(lambda: stopped not in running.workers() and running.log.count(b'"listening"') > 2)
        assert b'"worker killed"' in running.log
        assert await running.is_served()


async def test_replaced_worker_is_ready_during_an_outage_of_the_store(own_valkey: Valkey) -> None:
    async with two_workers(own_valkey) as running:

        async def is_ready() -> bool:
            async with httpx.AsyncClient() as http:
                return bool((await http.get(f"{running.url}/health/ready")).status_code == 200)

        assert await is_ready()
        before = running.workers()
        own_valkey.stop()
        for worker in before:
            os.kill(worker, signal.SIGKILL)
        await eventually(lambda: not running.workers() & before and running.log.count(b'"listening"') == 4)
        assert await is_ready()


async def test_number_of_workers_must_be_a_number_or_auto() -> None:
    for workers in ("0", "many", "-1"):
        gateway = await start("-m", "gateway", "serve", f"--workers={workers}", **KEYS)
        _, errors = await gateway.communicate()
        assert (gateway.returncode, b"must be a number from 1 to 999, or auto" in errors) == (1, True)


@pytest.mark.parametrize(
    ("files", "cores"),
    [
        ({"cpu.max": "100000 100000"}, 1),
        ({"cpu.max": "50000 100000"}, 1),
        ({"cpu/cpu.cfs_quota_us": "100000", "cpu/cpu.cfs_period_us": "100000"}, 1),
        ({"cpu/cpu.cfs_quota_us": "-1", "cpu/cpu.cfs_period_us": "100000"}, None),
        ({"cpu.max": "max 100000"}, None),
        ({}, None),
    ],
)
def test_auto_is_one_worker_for_each_core_of_the_container(
    tmp_path: Path, files: dict[str, str], cores: int | None
) -> None:
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content)
    assert usable_cores(tmp_path) == (cores or len(os.sched_getaffinity(0)))


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
async def test_signal_stops_all_workers(own_valkey: Valkey, sent: signal.Signals) -> None:
    async with two_workers(own_valkey) as running:
        workers = running.workers()
        running.process.send_signal(sent)
        assert await running.process.wait() == -sent
        for pid in workers:
            with pytest.raises(ProcessLookupError):
                os.kill(pid, 0)
        assert not await running.is_served()


async def test_workers_end_if_their_parent_is_killed(own_valkey: Valkey) -> None:
    async with two_workers(own_valkey) as running:
        running.process.kill()
        await running.process.wait()

        async def is_closed() -> bool:
            return not await running.is_served()

        await eventually(is_closed)


async def test_all_end_if_a_worker_cannot_start() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", CANNOT_START, cwd=Path(__file__).parents[2], stderr=asyncio.subprocess.PIPE
    )
    _, errors = await process.communicate()
    assert process.returncode == 1
    assert errors == b""
