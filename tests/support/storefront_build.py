"""The storefront of `examples/storefront`, built once and served beside a gateway as `make run` serves it."""

import asyncio
import fcntl
import os
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx

from gateway.app import utc_now
from sandbox.model.world import World
from tests.support.client_package import SDL, client_package
from tests.support.external_programs import TYPESCRIPT_CLIENT, needs_node, output
from tests.support.running_gateway import running_gateway
from tests.support.shop import SUBMIT, eventually

STOREFRONT = Path(__file__).parents[2] / "examples" / "storefront"

NOT_A_SOURCE = {"node_modules", "dist", "generated"}


class Submits:
    """The calls with which orders are sent to Digital River. A test says how many its shopper causes."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._counted = 0

    @property
    def sent(self) -> int:
        return self._world.calls.count("POST", SUBMIT)

    @contextmanager
    def of_shopper(self, number: int) -> Iterator[None]:
        """Expect that all that this shopper does sends so many orders."""
        self.check_all_counted()
        try:
            with self.expected(number):
                yield
        finally:
            self._counted = self.sent

    @contextmanager
    def expected(self, number: int) -> Iterator[None]:
        """Expect that a part of what the shopper does sends so many orders."""
        before = self.sent
        yield
        assert self.sent - before == number, f"{self.sent - before} orders were sent to Digital River."

    def check_all_counted(self) -> None:
        assert self.sent == self._counted, "A test has sent orders that it does not count: use `shopper_in`."


@dataclass(frozen=True)
class Shop:
    url: str
    gateway: str
    sandbox: str
    submits: Submits


async def built_storefront() -> Path:
    """Folder of the storefront, built by `npm run build` unless it is up to date. Skips the test without Node."""
    needs_node(STOREFRONT)
    package = await client_package()
    stamp = STOREFRONT / "dist" / ".sources"
    with _lock():
        digest = _digest_of_sources()
        if not stamp.exists() or stamp.read_text() != digest:
            await _use(package)
            await output("npm", "run", "build", folder=STOREFRONT)
            stamp.write_text(digest)
    return STOREFRONT


async def _use(package: Path) -> None:
    """Copies the built client package, of which npm installed the state at that time."""
    target = STOREFRONT / "node_modules" / "riverfront-client"
    await output("cp", "-r", str(package / "dist"), str(package / "package.json"), str(target))


@asynccontextmanager
async def served_storefront(world: World, now: Callable[[], datetime] = utc_now, **changes: Any) -> AsyncIterator[Shop]:
    """Serve the storefront in front of a new gateway and sandbox. `changes` are settings of the gateway.

    Fails at the end if an order was sent that no test counts.
    """
    folder = await built_storefront()
    async with running_gateway(world, now, **changes) as (gateway, sandbox):
        port = _free_port()
        settings = {"GATEWAY_URL": gateway, "DIGITAL_RIVER_ORIGINS": sandbox, "STOREFRONT_PORT": str(port)}
        process = await asyncio.create_subprocess_exec(
            needs_node(),
            str(folder / "node_modules" / "vite" / "bin" / "vite.js"),
            "preview",
            cwd=folder,
            env=os.environ | settings,
            stdout=asyncio.subprocess.DEVNULL,
        )
        url = f"http://localhost:{port}"
        try:
            async with httpx.AsyncClient(base_url=url) as http:
                await eventually(lambda: _answers(http))
            submits = Submits(world)
            yield Shop(url, gateway, sandbox, submits)
            submits.check_all_counted()
        finally:
            process.terminate()
            await process.wait()


async def _answers(http: httpx.AsyncClient) -> bool:
    try:
        return (await http.get("/")).is_success
    except httpx.TransportError:
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _lock() -> Iterator[None]:
    with (STOREFRONT / "node_modules" / ".build-lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _digest_of_sources() -> str:
    digest = sha256()
    for path in sorted([SDL, *_sources(STOREFRONT), *_sources(TYPESCRIPT_CLIENT / "src")]):
        digest.update(str(path).encode() + path.read_bytes())
    return digest.hexdigest()


def _sources(root: Path) -> Iterator[Path]:
    for folder, folders, names in os.walk(root):
        folders[:] = set(folders) - NOT_A_SOURCE
        yield from (Path(folder, name) for name in names if not name.endswith(".generated.ts"))
