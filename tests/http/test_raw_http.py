"""Requests that no HTTP client sends are refused. Clients that send nothing cost no other client anything."""

import asyncio
import json
import socket
from dataclasses import replace

import pytest

from gateway.http.common_headers import FIXED_HEADERS
from gateway.http.connections import ConnectionLimits
from sandbox.model.world import World
from tests.support.haproxy import behind_haproxy
from tests.support.listed_messages import unlisted_messages
from tests.support.raw_http import (
    BODY,
    LIVE,
    NEVER_S,
    PATIENT,
    POST,
    QUERY,
    Connection,
    connect,
    exchange,
    rest,
    served,
    statuses,
)
from tests.support.shop import InMemoryTransport, eventually

SHORT_S = 0.05

PRODUCTS = "/v1/shoppers/me/products"

GET = b"GET " + QUERY + b" HTTP/1.1\r\nHost: gateway\r\n"

SMUGGLED = LIVE + b"\r\n"
"""A second request, which a proxy would take for a part of the first one."""

CHUNKED = POST + b"Transfer-Encoding: chunked\r\n"

AMBIGUOUS = {
    "length and chunks": POST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + SMUGGLED,
    "chunks and length": CHUNKED + b"Content-Length: 5\r\n\r\n0\r\n\r\n" + SMUGGLED,
    "two lengths": POST + b"Content-Length: 0\r\nContent-Length: 55\r\n\r\n" + SMUGGLED,
    "one length twice": POST + b"Content-Length: 0\r\nContent-Length: 0\r\n\r\n" + SMUGGLED,
    "list of lengths": POST + b"Content-Length: 0, 55\r\n\r\n" + SMUGGLED,
    "length with plus": POST + b"Content-Length: +0\r\n\r\n" + SMUGGLED,
    "length in hex": POST + b"Content-Length: 0x0\r\n\r\n" + SMUGGLED,
    "negative length": POST + b"Content-Length: -1\r\n\r\n" + SMUGGLED,
    "endless length": POST + b"Content-Length: 99999999999999999999999\r\n\r\n" + SMUGGLED,
    "length with leading zeros": POST + b"Content-Length: " + b"0" * 5000 + b"\r\n\r\n" + SMUGGLED,
    "empty length": POST + b"Content-Length:\r\n\r\n" + SMUGGLED,
    "length with blank": POST + b"Content-Length: 0 0\r\n\r\n" + SMUGGLED,
    "length before colon": POST + b"Content-Length : 0\r\n\r\n" + SMUGGLED,
    "two transfer codings": POST + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n" + SMUGGLED,
    "chunked twice": CHUNKED + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + SMUGGLED,
    "coding of two lines": POST + b"Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + SMUGGLED,
    "unknown coding": POST + b"Transfer-Encoding: xchunked\r\n\r\n" + SMUGGLED,
    "no coding": POST + b"Transfer-Encoding: identity\r\n\r\n" + SMUGGLED,
    "coding on a folded line": POST + b"Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n" + SMUGGLED,
    "coding before blank": POST + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + SMUGGLED,
    "coding with control character": POST + b"Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n" + SMUGGLED,
    "chunks in HTTP/1.0": CHUNKED.replace(b"HTTP/1.1", b"HTTP/1.0") + b"\r\n0\r\n\r\n" + SMUGGLED,
    "chunk size with prefix": CHUNKED + b"\r\n0x0\r\n\r\n" + SMUGGLED,
    "chunk size with sign": CHUNKED + b"\r\n-0\r\n\r\n" + SMUGGLED,
    "endless chunk size": CHUNKED + b"\r\nfffffffffffffffff\r\n" + SMUGGLED,
    "chunk size ended by LF": CHUNKED + b"\r\n0\n\r\n" + SMUGGLED,
    "LF in chunk extension": CHUNKED + b"\r\n0;a\nb\r\n\r\n" + SMUGGLED,
    "chunk longer than its size": CHUNKED + b"\r\n1\r\naXX0\r\n\r\n" + SMUGGLED,
    "lines ended by LF": b"GET /health/live HTTP/1.1\nHost: gateway\n\n" + SMUGGLED,
    "CR in a header": LIVE + b"X: a\rContent-Length: 55\r\n\r\n" + SMUGGLED,
    "NUL in a header": LIVE + b"X: a\0b\r\n\r\n" + SMUGGLED,
    "folded header": LIVE + b"X: a\r\n b\r\n\r\n" + SMUGGLED,
    "blank in header name": LIVE + b"X y: a\r\n\r\n" + SMUGGLED,
    "header without name": LIVE + b": a\r\n\r\n" + SMUGGLED,
    "blank before first header": b"GET /health/live HTTP/1.1\r\n X: a\r\nHost: gateway\r\n\r\n" + SMUGGLED,
    "upgrade with body": POST + b"Connection: upgrade\r\nUpgrade: h2c\r\nContent-Length: 55\r\n\r\n" + SMUGGLED,
    "upgrade": LIVE + b"Connection: upgrade\r\nUpgrade: websocket\r\n\r\n" + SMUGGLED,
    "CONNECT": b"CONNECT gateway:443 HTTP/1.1\r\nHost: gateway\r\n\r\n" + SMUGGLED,
    "beginning of HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + SMUGGLED,
    "HTTP/2.0 in text": b"GET /health/live HTTP/2.0\r\nHost: gateway\r\n\r\n" + SMUGGLED,
    "HTTP/0.9": b"GET /health/live\r\n\r\n" + SMUGGLED,
    "absolute target": b"GET http://other/health/live HTTP/1.1\r\nHost: gateway\r\n\r\n" + SMUGGLED,
    "target without path": b"OPTIONS * HTTP/1.1\r\nHost: gateway\r\n\r\n" + SMUGGLED,
    "fragment": b"GET /health/live#a HTTP/1.1\r\nHost: gateway\r\n\r\n" + SMUGGLED,
    "no host": b"GET /health/live HTTP/1.1\r\n\r\n" + SMUGGLED,
    "two hosts": LIVE + b"Host: other\r\n\r\n" + SMUGGLED,
    "host with path": b"GET /health/live HTTP/1.1\r\nHost: gateway/a\r\n\r\n" + SMUGGLED,
    "host with user": b"GET /health/live HTTP/1.1\r\nHost: a@gateway\r\n\r\n" + SMUGGLED,
    "list of hosts": b"GET /health/live HTTP/1.1\r\nHost: gateway, other\r\n\r\n" + SMUGGLED,
    "unknown method": b"FOO /health/live HTTP/1.1\r\nHost: gateway\r\n\r\n" + SMUGGLED,
}


READ_ALIKE = {"lines ended by LF", "folded header", "HTTP/2.0 in text"}
"""Requests that HAProxy accepts, and rewrites as HTTP/1.1 that can be read in one way only."""


@pytest.fixture(params=[True, False], ids=["fast lane", "application"])
def fast_lane(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


async def test_request_that_can_be_read_in_two_ways_is_refused(
    world: World, network: InMemoryTransport, *, fast_lane: bool
) -> None:
    async with served(world, network, fast_lane=fast_lane) as url:
        for name, sent in AMBIGUOUS.items():
            received = await exchange(url, sent)
            head, _, body = received.partition(b"\r\n\r\n")
            assert statuses(received) in ([400], [505]), (name, received)
            assert b"connection: close" in head.lower(), name
            assert all(f"{name.lower()}: {value}".encode() in head for name, value in FIXED_HEADERS.items()), sent
            error = json.loads(body)["errors"][0]
            assert f"x-request-id: {error['extensions']['supportReference']}".encode() in head, name
            assert unlisted_messages(json.loads(body)) == [], name


ORDINARY = {
    "one request": LIVE,
    "host with port": b"GET /health/live HTTP/1.1\r\nHost: gateway:8000\r\n",
    "address as host": b"GET /health/live HTTP/1.1\r\nHost: [2001:db8::1]:8000\r\n",
    "HTTP/1.0 without host": b"GET /health/live HTTP/1.0\r\n",
    "empty lines before": b"\r\n\r\n" + LIVE,
    "blanks around a value": LIVE + b"X:  a \t\r\n",
    "length": POST + b"Content-Length: %d\r\n" % len(BODY),
}


async def test_ordinary_requests_are_answered(world: World, network: InMemoryTransport, *, fast_lane: bool) -> None:
    async with served(world, network, fast_lane=fast_lane) as url:
        for name, head in ORDINARY.items():
            received = await exchange(
                url, head + b"Connection: close\r\n\r\n" + (BODY if head.startswith(POST) else b"")
            )
            assert statuses(received) == [200], (name, received)


async def test_field_after_a_body_is_no_header(world: World, network: InMemoryTransport, *, fast_lane: bool) -> None:
    chunks = b"%x;extension\r\n%s\r\n0\r\n" % (len(BODY), BODY)
    trailer = b"Accept: application/graphql-response+json\r\n\r\n"
    async with served(world, network, fast_lane=fast_lane) as url:
        received = await exchange(url, CHUNKED + b"Connection: close\r\n\r\n" + chunks + trailer)
    assert statuses(received) == [200]
    assert b"content-type: application/json" in received


async def test_head_is_refused_only_above_its_limits(
    world: World, network: InMemoryTransport, *, fast_lane: bool
) -> None:
    end = b"Connection: close\r\n\r\n"
    many = [b"X: a\r\n" * (number - 2) for number in (100, 101)]
    large = [b"X: " + b"a" * (size - len(LIVE + end) - 5) + b"\r\n" for size in (16_384, 16_385)]
    targets = [
        b"GET /" + b"a" * (size - len(b"GET / HTTP/1.1\r\nHost: gateway\r\n" + end)) + b" HTTP/1.1\r\nHost: gateway\r\n"
        for size in (16_384, 16_385)
    ]
    async with served(world, network, fast_lane=fast_lane) as url:
        for (accepted, refused), beginning in ((many, LIVE), (large, LIVE)):
            assert statuses(await exchange(url, beginning + accepted + end)) == [200]
            assert statuses(await exchange(url, beginning + refused + end)) == [431]
        assert [statuses(await exchange(url, target + end)) for target in targets] == [[404], [431]]


async def test_endless_head_is_refused_at_its_limit(
    world: World, network: InMemoryTransport, *, fast_lane: bool
) -> None:
    endless = {
        "header": LIVE + b"X: " + b"a" * 1_000_000,
        "headers": LIVE + b"X: a\r\n" * 100_000,
        "header name": LIVE + b"X" * 1_000_000,
        "target": b"GET /" + b"a" * 1_000_000,
        "empty lines": b"\r\n" * 500_000,
        "trailers": CHUNKED + b"\r\n0\r\n" + b"X: a\r\n" * 1_000,
    }
    async with served(world, network, fast_lane=fast_lane) as url:
        for name, sent in endless.items():
            # The client may be told that the connection is closed before it has read the answer.
            assert statuses(await exchange(url, sent)) in ([431], []), name
        assert statuses(await exchange(url, GET + b"Connection: close\r\n\r\n")) == [200]


async def test_body_in_many_chunks_is_refused(world: World, network: InMemoryTransport, *, fast_lane: bool) -> None:
    few, many = [b"1\r\n \r\n" * number for number in (9_000, 10_000)]
    end = b"%x\r\n%s\r\n0\r\n\r\n" % (len(BODY), BODY)
    async with served(world, network, fast_lane=fast_lane) as url:
        head = CHUNKED + b"Connection: close\r\n\r\n"
        assert statuses(await exchange(url, head + few + end)) == [200]
        assert statuses(await exchange(url, head + many + end)) == [400]


async def test_client_of_a_large_body_reads_its_answer(
    world: World, network: InMemoryTransport, *, fast_lane: bool
) -> None:
    async with served(world, network, fast_lane=fast_lane) as url:
        for size, expected in ((200_000, [413]), (900_000, [413])):
            connection = await connect(url)
            connection[1].write(
                POST + b"Content-Length: %d\r\n\r\n" % size + b" " * size + LIVE + b"Connection: close\r\n\r\n"
            )
            assert statuses(await rest(connection)) == [*expected, 200]


async def test_endless_body_is_cut_off(world: World, network: InMemoryTransport, *, fast_lane: bool) -> None:
    endless_extension = CHUNKED + b"\r\n1;" + b"a" * 2_000_000
    endless_body = POST + b"Content-Length: 20000000\r\n\r\n" + b" " * 2_000_000
    async with served(world, network, fast_lane=fast_lane) as url:
        for sent in (endless_extension, endless_body):
            assert statuses(await exchange(url, sent)) in ([], [413])


async def test_requests_at_once_are_answered_in_order(
    world: World, network: InMemoryTransport, *, fast_lane: bool
) -> None:
    async with served(world, network, fast_lane=fast_lane) as url:
        received = await exchange(
            url, GET + b"\r\n" + b"GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n" + LIVE + b"\r\n" + b"BROKEN\r\n\r\n"
        )
        assert statuses(received) == [200, 404, 200]


async def test_few_requests_may_wait_for_an_earlier_answer(
    world: World, network: InMemoryTransport, *, fast_lane: bool
) -> None:
    async with served(world, network, fast_lane=fast_lane) as url:
        assert statuses(await exchange(url, (LIVE + b"\r\n") * 4 + LIVE + b"Connection: close\r\n\r\n")) == [200] * 5
        assert statuses(await exchange(url, (LIVE + b"\r\n") * 1_000)) == [200] * 5


async def test_only_listed_hosts_are_served(world: World, network: InMemoryTransport, *, fast_lane: bool) -> None:
    end = b"Connection: close\r\n\r\n"
    async with served(world, network, hosts="gateway,shop.example", fast_lane=fast_lane) as url:
        assert statuses(await exchange(url, GET + end)) == [200]
        assert statuses(await exchange(url, GET.replace(b": gateway", b": Shop.Example:443") + end)) == [200]
        assert statuses(await exchange(url, GET.replace(b": gateway", b": other.example") + end)) == [421]
        assert statuses(await exchange(url, LIVE.replace(b": gateway", b": 10.0.0.1:8000") + end)) == [200]


HALF_SENT = {
    "nothing": (b"", []),
    "half a head": (LIVE, [408]),
    "half a target": (b"GET /hea", [408]),
    "no body": (POST + b"Content-Length: 5\r\n\r\n", [408]),
    "half a body": (POST + b"Content-Length: 100\r\n\r\n" + BODY, [408]),
    "half a chunk": (CHUNKED + b"\r\nff\r\n" + BODY, [408]),
    "body without end": (CHUNKED + b"\r\n%x\r\n%s\r\n" % (len(BODY), BODY), [408]),
    "second request": (LIVE + b"\r\n" + LIVE, [200, 408]),
    "half a body that is too large": (POST + b"Content-Length: 999999\r\n\r\n" + BODY, [413]),
}


async def test_half_sent_requests_end_while_others_are_served(
    world: World, network: InMemoryTransport, *, fast_lane: bool
) -> None:
    limits = ConnectionLimits(head_s=SHORT_S, body_s=SHORT_S)
    async with served(world, network, limits, fast_lane=fast_lane) as url:
        connections = []
        for name in list(HALF_SENT) * 20:
            connections.append((name, await connect(url)))
            connections[-1][1][1].write(HALF_SENT[name][0])
        assert statuses(await exchange(url, GET + b"Connection: close\r\n\r\n")) == [200]
        answers = [(name, statuses(await rest(connection))) for name, connection in connections]
    for name, (_, expected) in HALF_SENT.items():
        # On a slow machine, the time may end before the first byte has arrived. There is no answer to nothing.
        assert all(status in (expected, []) for sent, status in answers if sent == name), name
    assert [name for name, status in answers if status == [408]]


async def test_connection_is_closed_some_time_after_its_last_answer(
    world: World, network: InMemoryTransport, *, fast_lane: bool
) -> None:
    async with served(world, network, replace(PATIENT, idle_s=SHORT_S), fast_lane=fast_lane) as url:
        for request in (LIVE + b"\r\n", POST + b"Content-Length: %d\r\n\r\n" % len(BODY) + BODY):
            assert statuses(await exchange(url, request * 3)) == [200] * 3


async def test_slow_bytes_do_not_extend_the_time_limit(
    world: World, network: InMemoryTransport, *, fast_lane: bool
) -> None:
    # Otherwise, the number of chunks would end a body that has no time limit.
    limits = ConnectionLimits(head_s=SHORT_S, body_s=SHORT_S, body_parts=NEVER_S * 1_000_000)
    async with served(world, network, limits, fast_lane=fast_lane) as url:
        for head in (LIVE + b"X: ", CHUNKED + b"\r\n"):
            reader, writer = await connect(url)
            writer.write(head)
            reading = asyncio.create_task(rest((reader, writer)))
            while not reading.done():
                writer.write(b"1\r\na\r\n" if head.startswith(CHUNKED) else b"a")
                await asyncio.sleep(0)
            assert statuses(await reading) == [408]


async def test_half_sent_bodies_beyond_the_limit_are_closed(
    world: World, network: InMemoryTransport, *, fast_lane: bool
) -> None:
    async with served(world, network, replace(PATIENT, held_bytes=10_000), fast_lane=fast_lane) as url:
        connections = [await connect(url) for _ in range(8)]
        for _, writer in connections:
            writer.write(POST + b"Content-Length: 5000\r\n\r\n" + b" " * 4000)
            assert statuses(await exchange(url, LIVE + b"Connection: close\r\n\r\n")) == [200]
        assert await asyncio.gather(*(rest(connection) for connection in connections[:6])) == [b""] * 6
        for connection in connections[6:]:
            connection[1].write(b" " * (1000 - len(BODY)) + BODY)
            await connection[0].readuntil(b"\r\n\r\n")
            connection[1].close()


async def test_half_open_connections_beyond_the_limit_are_closed(
    world: World, network: InMemoryTransport, *, fast_lane: bool
) -> None:
    async with served(world, network, replace(PATIENT, connections=20), fast_lane=fast_lane) as url:
        half_open = [await connect(url) for _ in range(60)]
        for number, (_, writer) in enumerate(half_open):
            writer.write((b"", LIVE, POST + b"Content-Length: 9\r\n\r\n")[number % 3])
        for _ in range(30):
            assert statuses(await exchange(url, GET + b"Connection: close\r\n\r\n")) == [200]
        assert await asyncio.gather(*(rest(connection) for connection in half_open[:40])) == [b""] * 40
        for _, writer in half_open:
            writer.close()


async def test_connection_of_a_running_request_is_not_closed(
    world: World, network: InMemoryTransport, *, fast_lane: bool
) -> None:
    network.gates[PRODUCTS] = gate = asyncio.Event()
    search = (
        GET.replace(QUERY, b"/graphql?query=%7Bproducts(first:1)%7BtotalCount%7D%7D") + b"Connection: close\r\n\r\n"
    )
    async with served(world, network, replace(PATIENT, connections=2), fast_lane=fast_lane) as url:
        # The first request of the connection has its answer, and the second one is running.
        running = asyncio.create_task(exchange(url, LIVE + b"\r\n" + search))
        await network.arrived[PRODUCTS].wait()
        silent = [await connect(url) for _ in range(10)]
        assert await asyncio.gather(*(rest(connection) for connection in silent[:9])) == [b""] * 9
        silent[9][1].close()
        gate.set()
        assert statuses(await running) == [200, 200]


async def test_client_that_reads_no_answer_is_cut_off(
    world: World, network: InMemoryTransport, *, fast_lane: bool
) -> None:
    script = b"GET /graphiql/vendor/graphiql.min.js HTTP/1.1\r\nHost: gateway\r\n\r\n"
    async with served(world, network, replace(PATIENT, answer_s=SHORT_S), fast_lane=fast_lane) as url:
        whole = await exchange(url, script.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        reader, writer = await _lazy_client(url)
        writer.write(script * 10)
        await asyncio.get_running_loop().create_task(_other_answers(url, 100))
        assert len(await rest((reader, writer))) < 10 * len(whole), whole[:900]


async def test_connections_of_clients_that_do_not_read_make_room(
    world: World, network: InMemoryTransport, *, fast_lane: bool
) -> None:
    script = b"GET /graphiql/vendor/graphiql.min.js HTTP/1.1\r\nHost: gateway\r\n\r\n"
    async with served(world, network, replace(PATIENT, connections=3), fast_lane=fast_lane) as url:

        async def is_answered() -> bool:
            return statuses(await exchange(url, GET + b"Connection: close\r\n\r\n")) == [200]

        lazy = [await _lazy_client(url) for _ in range(3)]
        try:
            for reader, writer in lazy:
                # Four answers of a megabyte do not fit into the buffers, so the last request seems to be running.
                writer.write(script * 4)
                assert await reader.read(1)
            await eventually(is_answered)
            assert [await is_answered() for _ in range(20)] == [True] * 20
        finally:
            for _, writer in lazy:
                writer.transport.abort()


async def _lazy_client(url: str) -> Connection:
    """A connection whose client receives a few kilobytes, and reads no more."""
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.setblocking(False)
    await asyncio.get_running_loop().sock_connect(client, ("127.0.0.1", int(url.rpartition(":")[2])))
    return await asyncio.open_connection(sock=client, limit=1)


async def _other_answers(url: str, number: int) -> None:
    for _ in range(number):
        assert statuses(await exchange(url, GET + b"Connection: close\r\n\r\n")) == [200]


async def test_no_request_is_smuggled_through_a_proxy(
    world: World, network: InMemoryTransport, *, fast_lane: bool
) -> None:
    get = GET + b"Connection: close\r\n\r\n"
    async with served(world, network, fast_lane=fast_lane) as url, behind_haproxy(url) as proxy:
        whole = await exchange(proxy, get)
        for name, sent in AMBIGUOUS.items():
            connection = await connect(proxy)
            connection[1].write(sent)
            connection[1].write_eof()
            # The proxy may refuse the request, and may answer two requests. It must not take the second one for a part
            # of the first, nor give its answer to another client.
            received = statuses(await rest(connection))
            assert received[:1] != [200] or name in READ_ALIKE, (name, received)
            assert (await exchange(proxy, get)).partition(b"\r\n\r\n")[2] == whole.partition(b"\r\n\r\n")[2], name


@pytest.mark.parametrize(
    ("name", "rest_of_request"),
    {
        "too many bytes of headers": b"X: " + b"x" * 20_000 + b"\r\n\r\n",
        "two lengths": b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "chunk longer than its size": b"Transfer-Encoding: chunked\r\n\r\n1\r\naXX0\r\n\r\n",
    }.items(),
)
async def test_page_of_an_allowed_origin_reads_why_it_was_refused(
    world: World, network: InMemoryTransport, *, fast_lane: bool, name: str, rest_of_request: bytes
) -> None:
    shop, allowed = "https://shop.example", b"access-control-allow-origin: https://shop.example\r\n"
    async with served(world, network, fast_lane=fast_lane, development=False, origins=shop) as url:
        for origin, may_read in ((shop, True), ("https://evil.example", False), ("", False)):
            line = f"Origin: {origin}\r\n".encode() if origin else b""
            received = await exchange(url, POST + line + rest_of_request)
            assert statuses(received) in ([400], [431]), name
            assert (allowed in received) is may_read, name
            assert (b"access-control-allow" in received.lower()) is may_read, name
