"""Connections to Digital River: who may use one, when it may be used again, and what a request without one means."""

import asyncio
import contextlib
import os
import socket
import stat
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from gateway.elapsed_time import elapsed_s
from gateway.errors import (
    CartLockLost,
    UpstreamInvalidResponse,
    UpstreamNotReached,
    UpstreamUnavailable,
)
from gateway.settings.settings import Settings
from gateway.store.interface import Lease
from gateway.upstream import transport
from gateway.upstream.connections.connection import Connection
from gateway.upstream.connections.pool import ConnectionPool
from gateway.upstream.exchange import Origin, Reserve
from gateway.upstream.priority import Priority, prioritized
from gateway.upstream.retrying_calls import Calls, Repeat, Retries
from gateway.upstream.slots import SHARES
from gateway.upstream.transport import Network
from sandbox.model.world import World
from tests.support.shop import CART, SUBMIT, eventually, settings_for, shopper_over_socket
from tests.support.upstream_ways import Way

SEARCH = "/v1/shoppers/me/product-search"


def answer(body: str, status: str = "200 OK") -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()


@dataclass
class Server:
    """A server that answers each request with the path of the request, unless a test decides otherwise."""

    url: str = ""
    connections: list[asyncio.StreamWriter] = field(default_factory=list)
    """All connections that clients have opened, in sequence."""
    held: set[str] = field(default_factory=set)
    """Paths of requests that are not answered."""
    last_request: dict[str, int] = field(default_factory=dict)
    """Index of the connection on which the last request for each path arrived."""
    heads: list[str] = field(default_factory=list)
    """Heads of all requests, in sequence."""
    ended: set[int] = field(default_factory=set)
    """Indices of the connections that clients have ended."""
    answer: bytes | None = None
    """Answer to all requests; None for the path of the request."""
    way: Way = Way.DIRECT
    closes_reused: bool = False
    """Close a connection when a second request arrives, without an answer."""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        index = len(self.connections)
        self.connections.append(writer)
        requests = 0
        while head := await _head(reader):
            self.heads.append(head)
            path = head.split(" ")[1]
            self.last_request[path] = index
            requests += 1
            if self.closes_reused and requests > 1:
                break
            if path in self.held:
                continue
            writer.write(self.answer or answer(f'"{path}"'))
        else:
            self.ended.add(index)
        writer.close()

    async def end(self) -> None:
        """End all connections, without a goodbye of TLS, for which the client may be gone."""
        for writer in self.connections:
            writer.transport.abort()
        # The event loop ends a connection in its next step.
        for _ in range(3):
            await asyncio.sleep(0)


async def _head(reader: asyncio.StreamReader) -> str:
    """Head of the next request; empty at the end of the connection."""
    try:
        return (await reader.readuntil(b"\r\n\r\n")).decode()
    except (asyncio.IncompleteReadError, ConnectionError):
        return ""


@pytest.fixture(params=[False, True], ids=["asyncio", "uvloop"])
def anyio_backend(request: pytest.FixtureRequest) -> tuple[str, dict[str, bool]]:
    """Both event loops: the gateway runs on uvloop, whose sockets are not those of asyncio."""
    return "asyncio", {"use_uvloop": request.param}


@pytest.fixture(params=Way, ids=lambda way: way.value)
async def server(request: pytest.FixtureRequest) -> AsyncIterator[Server]:
    """A server that is asked on each way."""
    server = Server(way=request.param)
    serving = await asyncio.start_server(server.serve, "127.0.0.1", 0, ssl=server.way.server_tls)
    server.url = f"{server.way.scheme}://127.0.0.1:{serving.sockets[0].getsockname()[1]}"
    yield server
    serving.close()
    await server.end()


@asynccontextmanager
async def calls_to(server: Server, world: World, **limits: Any) -> AsyncIterator[Calls]:
    async with server.way.sender(**limits) as http:
        settings = settings_for(world, upstream_url=server.url, operation_deadline_s=20)
        yield Calls(http, settings, Retries(read_attempts=1))


@asynccontextmanager
async def in_progress(*requests: Awaitable[bytes]) -> AsyncIterator[Sequence["asyncio.Future[bytes]"]]:
    tasks = [asyncio.ensure_future(request) for request in requests]
    try:
        yield tasks
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@asynccontextmanager
async def busy(server: Server, calls: Calls) -> AsyncIterator[None]:
    """Keep one connection busy with a request that the server does not answer."""
    server.held.add("/slow")
    async with in_progress(calls.read("/slow", "token", {})):
        await eventually(lambda: "/slow" in server.last_request)
        yield


SURPLUS = {
    "stray bytes": b"\r\n\r\nx",
    "a second answer": answer('"/another-shopper"'),
    "a timeout of the server": answer("", "408 Request Timeout"),
}


@pytest.mark.parametrize("surplus", SURPLUS.values(), ids=SURPLUS.keys())
async def test_connection_with_a_surplus_answer_is_not_used_again(server: Server, world: World, surplus: bytes) -> None:
    async with calls_to(server, world) as calls:
        assert await calls.read("/first", "token", {}) == b'"/first"'
        # Written while the connection is idle. Nothing runs in between, so the client could not read the bytes yet.
        server.connections[0].write(surplus)
        for path in ("/second", "/third"):
            assert await calls.read(path, "token", {}) == f'"{path}"'.encode()
    assert server.last_request["/second"] == 1


@pytest.mark.parametrize("surplus", SURPLUS.values(), ids=SURPLUS.keys())
async def test_surplus_answer_that_was_read_while_idle_is_discarded(
    server: Server, world: World, surplus: bytes
) -> None:
    async with calls_to(server, world) as calls:
        await calls.read("/first", "token", {})
        server.connections[0].write(surplus)
        # An answer on another connection takes several steps of the event loop, in which the client reads the bytes.
        async with calls_to(server, world) as others:
            await others.read("/second", "token", {})
        assert await calls.read("/third", "token", {}) == b'"/third"'
    assert server.last_request["/third"] == 2


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("surplus", SURPLUS.values(), ids=SURPLUS.keys())
async def test_surplus_in_the_moment_of_sending_is_discarded(
    server: Server, world: World, surplus: bytes, method: str
) -> None:
    async with calls_to(server, world) as calls:
        await calls.read("/first", "token", {})
        connections = pool(calls)
        take = connections._take

        def take_and_send_surplus(origin: Origin) -> Connection | None:
            connection = take(origin)
            if connection is not None:
                # The connection was idle, and the request is sent next.
                os.write(server.connections[0].get_extra_info("socket").fileno(), surplus)
            return connection

        vars(connections)["_take"] = take_and_send_surplus
        assert await calls.send(method, "/second", token="token", json={}) == b'"/second"'
        assert server.last_request["/second"] == 1


async def test_surplus_behind_an_expired_connection_is_discarded(server: Server, world: World) -> None:
    server.held.add("/slow")
    async with calls_to(server, world) as calls:
        async with in_progress(calls.read("/slow", "token", {})) as (slow,):
            await eventually(lambda: "/slow" in server.last_request)
            await calls.read("/first", "token", {})
            server.connections[0].write(answer('"/slow"'))
            await slow
        idle = idle_connections(calls)
        assert len(idle) == 2
        # The connection that became idle first has been idle for too long.
        idle[0].idle_since -= 3600
        server.connections[0].write(answer('"/another-shopper"'))
        assert await calls.read("/second", "token", {}) == b'"/second"'
    assert server.last_request["/second"] == 2


def idle_connections(calls: Calls) -> list[Connection]:
    """The idle connections, the oldest first."""
    (idle,) = pool(calls)._idle.values()
    return idle


def pool(calls: Calls) -> ConnectionPool:
    sender: Any = calls.http
    network: Network = getattr(sender, "_network", sender)
    return network.pool


async def test_connection_is_reused_while_nothing_arrives(server: Server, world: World) -> None:
    async with calls_to(server, world) as calls:
        for number in range(5):
            await calls.read(f"/{number}", "token", {})
    assert len(server.connections) == 1


async def test_closed_idle_connection_is_replaced(server: Server, world: World) -> None:
    async with calls_to(server, world) as calls:
        await calls.read("/first", "token", {})
        server.connections[0].close()
        await server.connections[0].wait_closed()
        assert await calls.change("POST", "/second", "token") == b'"/second"'


async def test_request_that_is_sent_once_gets_a_new_connection(server: Server, world: World) -> None:
    server.closes_reused = True
    async with calls_to(server, world) as calls:
        await calls.read("/first", "token", {})
        assert await calls.send("POST", "/submit-cart", token="token", repeat=Repeat.NEVER) == b'"/submit-cart"'
        assert await calls.send("POST", "/resume-cart", token="token", repeat=Repeat.NEVER) == b'"/resume-cart"'
    assert (server.last_request["/submit-cart"], server.last_request["/resume-cart"]) == (1, 2)


async def test_cancelled_waiters_pass_the_free_connection_on(server: Server, world: World) -> None:
    server.held.add("/slow")
    paths = ("/slow", "/a", "/b", "/c")
    async with (
        calls_to(server, world, connections=1) as calls,
        in_progress(*(calls.read(path, "token", {}) for path in paths)) as requests,
    ):
        await eventually(lambda: "/slow" in server.last_request)
        # In one step, the connection becomes free and the next two waiters are cancelled.
        for request in requests[:3]:
            request.cancel()
        assert await requests[3] == b'"/c"'


async def test_request_without_a_free_connection_was_not_sent(server: Server, world: World) -> None:
    async with calls_to(server, world, connections=1, wait_s=0.01) as calls, busy(server, calls):
        with pytest.raises(UpstreamNotReached):
            await calls.change("POST", "/second", "token")
    assert "/second" not in server.last_request


async def test_cart_is_never_changed_without_its_lock(server: Server, world: World) -> None:
    async with calls_to(server, world) as calls:
        with pytest.raises(AssertionError, match="lock"):
            await calls.change("POST", f"{CART}/line-items", "token")
        locked = replace(calls, leases=(Lease(),))
        assert await locked.change("POST", f"{CART}/line-items", "token") == f'"{CART}/line-items"'.encode()
        lost = replace(calls, leases=(Lease(), Lease(ends_at=0)))
        with pytest.raises(CartLockLost):
            await lost.change("POST", f"{CART}/line-items", "token")


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such option")
@pytest.mark.parametrize("repeat", [Repeat.READ, Repeat.NEVER], ids=["a kept connection", "a new connection"])
async def test_unacknowledged_bytes_are_given_up_before_the_quiet_time(
    server: Server, world: World, repeat: Repeat
) -> None:
    server.held.add("/slow")
    async with calls_to(server, world) as calls, in_progress(calls.send("POST", "/slow", token="token", repeat=repeat)):
        await eventually(lambda: "/slow" in server.last_request)
        (limit_ms,) = [
            connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)
            for connection in own_sockets()
            if connection.getpeername() == server.connections[0].get_extra_info("sockname")
        ]
    assert 0 < limit_ms < Settings.model_fields["doubt_quiet_s"].default * 1000


def own_sockets() -> Iterator[socket.socket]:
    """Copies of the connected TCP sockets of this process."""
    for descriptor in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(OSError):
            if stat.S_ISSOCK(os.fstat(int(descriptor.name)).st_mode):
                with socket.socket(fileno=os.dup(int(descriptor.name))) as copy:
                    copy.getpeername()
                    yield copy


class EndingLease(Lease):
    """A lease that ends after it was checked once."""

    checks = 0

    def is_held(self, *, for_s: float = 0) -> bool:  # noqa: ARG002 - as in `Lease`
        self.checks += 1
        return self.checks == 1


async def test_nothing_is_sent_if_lock_ends_while_connecting(server: Server, world: World) -> None:
    async with calls_to(server, world) as calls:
        locked = replace(calls, leases=(EndingLease(),))
        with pytest.raises(CartLockLost):
            await locked.change("POST", f"{CART}/line-items", "token")
        with pytest.raises(UpstreamNotReached):
            await replace(calls, leases=(EndingLease(),)).send("POST", "/submit-cart", repeat=Repeat.NEVER)
        await calls.read("/next", "token", {})
    assert server.last_request.keys() == {"/next"}


def test_deadlines_go_on_while_the_machine_is_suspended() -> None:
    assert abs(elapsed_s() - time.clock_gettime(time.CLOCK_BOOTTIME)) < 1


@pytest.mark.parametrize("hanging", [None, Reserve.SUBMISSIONS, Reserve.TOKENS])
async def test_hanging_requests_leave_other_reserves_free(
    server: Server, world: World, hanging: Reserve | None
) -> None:
    number = hanging.value if hanging is not None else 1
    server.held.add("/slow")
    async with calls_to(server, world, connections=1, wait_s=0.01) as calls:
        slow = replace(calls, reserve=hanging)
        async with in_progress(*(slow.read("/slow", "token", {}) for _ in range(number))):
            await eventually(lambda: len(server.connections) == number)
            for reserve in {None, *Reserve} - {hanging}:
                assert await replace(calls, reserve=reserve).read("/free", "token", {}) == b'"/free"'
            if hanging is Reserve.SUBMISSIONS:
                assert await slow.read("/more", "token", {}) == b'"/more"', "by a connection that others share"
            else:
                with pytest.raises(UpstreamNotReached):
                    await slow.read("/more", "token", {})


async def test_hanging_reads_leave_room_for_changes(server: Server, world: World) -> None:
    server.held.add("/slow")
    async with calls_to(server, world, connections=10, wait_s=0.01) as calls:
        hanging = [Priority.PUBLIC] * 6 + [Priority.SESSION] * 6
        async with in_progress(*(as_part_of(priority, calls.read("/slow", "token", {})) for priority in hanging)):
            await eventually(lambda: len(server.connections) == 8)
            for priority in (Priority.PUBLIC, Priority.SESSION):
                with pytest.raises(UpstreamNotReached):
                    await as_part_of(priority, calls.read("/free", "token", {}))
            for priority in (Priority.CHECKOUT, Priority.SUBMISSION):
                assert await as_part_of(priority, calls.read("/free", "token", {})) == b'"/free"'


async def as_part_of(priority: Priority, call: Awaitable[bytes]) -> bytes:
    with prioritized(priority):
        return await call


@pytest.mark.slow
async def test_order_is_placed_while_every_public_connection_hangs(world: World) -> None:
    async with shopper_over_socket(world) as live:
        await live.get_ready()
        cart = await live.storefront.cart()
        await live.fault("delay", SEARCH, delay_s=60, times=1000)
        most_public = transport.CONNECTIONS * SHARES[Priority.PUBLIC]
        searches = [
            asyncio.ensure_future(
                live.storefront.another_tab().ask(
                    "query($keyword: String!) { products(search: {text: $keyword}, first: 1) { totalCount } }",
                    keyword=f"pack {number}",
                )
            )
            for number in range(transport.CONNECTIONS)
        ]
        await eventually(lambda: world.calls.count("GET", SEARCH) == most_public)
        result = await live.storefront.outcome(total=cart["totals"]["orderTotal"], revision=cart["revision"])
        assert result["__typename"] == "OrderPlaced"
        assert world.calls.count("POST", SUBMIT) == 1
        for search in searches:
            search.cancel()
        await asyncio.gather(*searches, return_exceptions=True)


HEADERS = {
    "content type": (b"200 OK", b"Content-Type: application/json; charset=\xff\xfe"),
    "unknown charset": (b"200 OK", b"Content-Type: application/json; charset=nonsense"),
    "retry after": (b"503 Service Unavailable", b"Retry-After: \xb2"),
    "retry after in other digits": (b"503 Service Unavailable", "Retry-After: ٣".encode()),
    "huge retry after": (b"503 Service Unavailable", b"Retry-After: " + b"9" * 400),
    "location": (b"302 Found", b"Location: http://\xff\xfe:99999/"),
    "cookie": (b"200 OK", b"Set-Cookie: \xff=\xfe; Max-Age=\xb2; Expires=\xff"),
    "date": (b"200 OK", b"Date: \xff"),
    "any": (b"200 OK", b"X-Any: \xff\xfe"),
}


EXPECTED = {
    b"200 OK": type(None),
    b"503 Service Unavailable": UpstreamUnavailable,
    b"302 Found": UpstreamInvalidResponse,
}
"""Class of the error that is raised for each status."""


@pytest.mark.parametrize(("status", "header"), HEADERS.values(), ids=HEADERS.keys())
async def test_header_outside_ascii_raises_no_unexpected_error(
    server: Server, world: World, status: bytes, header: bytes
) -> None:
    server.answer = b"HTTP/1.1 " + status + b"\r\n" + header + b"\r\nContent-Length: 2\r\n\r\n{}"
    async with calls_to(server, world) as calls:
        sending = asyncio.ensure_future(calls.send("POST", "/submit-cart", token="token", repeat=Repeat.NEVER))
        await asyncio.wait({sending})
        failure, expected = sending.exception(), EXPECTED[status]
        assert type(failure) is expected
        server.answer = None
        assert await calls.read("/next", "token", {}) == b'"/next"'
