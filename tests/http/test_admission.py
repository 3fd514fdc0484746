"""An overloaded gateway refuses requests, public reads first and submissions never."""

import asyncio
import hashlib
import json
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import cycle

import pytest

from gateway.http.admission import LEAST_REQUESTS, WINDOW_S
from gateway.http.graphql_path import GraphQLPath
from gateway.http.protocol import LimitedProtocol
from gateway.http.server import Server
from gateway.http.start_queue import StartQueue
from sandbox.model.world import World
from tests.support.raw_http import PATIENT, POST, QUERY, Connection, connect, rest
from tests.support.shop import InMemoryTransport, app_for, eventually, settings_for

PUBLIC = "{ storefront { locales } }"

SESSION = "{ cart { totalQuantity } }"

SUBMIT = """mutation { submitOrder(input: {idempotencyKey: "8f14e45f-ceea-467f-a2e6-6c1f2b9a5f10",
  expectedTotal: {amount: "1.00", currencyCode: "USD"}}) { errors { code } } }"""

COUPON = 'mutation { applyOffer(input: {offer: {couponCode: "SPRING20"}}) { errors { code } } }'

PRODUCTS = "/v1/shoppers/me/products"

WINDOW = LEAST_REQUESTS + 2


class ScriptedClock:
    """The clock of the admission. Each request waits for `wait_s`, and a window passes with every `WINDOW` requests."""

    def __init__(self) -> None:
        self.wait_s = 0.0
        self._now = 0.0
        self._is_begin = False
        self.asked = 0

    def pass_s(self, seconds: float) -> None:
        self._now += seconds

    def begin(self) -> None:
        self._is_begin = False

    def cpu_s(self) -> float:
        """The process is never idle."""
        return self._now

    def __call__(self) -> float:
        """The server asks twice for each request: when it is read, and when its work begins if it is not refused."""
        self.asked += 1
        self._is_begin = not self._is_begin
        if self._is_begin:
            self._now += (WINDOW_S + 0.001) / WINDOW
            return self._now - self.wait_s
        return self._now


def by_hash(query: str) -> dict[str, object]:
    """The `extensions` of a request."""
    return {"persistedQuery": {"version": 1, "sha256Hash": hashlib.sha256(query.encode()).hexdigest()}}


def plain(fields: dict[str, object], headers: bytes = b"") -> bytes:
    body = json.dumps(fields).encode()
    return POST + headers + b"Content-Length: %d\r\n\r\n" % len(body) + body


class Overload:
    """A gateway whose load is what the test says."""

    def __init__(self, clock: ScriptedClock, connection: Connection, path: GraphQLPath, server: Server) -> None:
        self.clock = clock
        self.path = path
        self._reader, self._writer = connection
        self.start_queue: StartQueue = server._protocol.start_queue
        self._server = server
        self.observed: list[float] = []
        """How long each request had waited whose work has begun."""
        self._observe = path.admission.observe
        path.admission.observe = self._observed  # type: ignore[method-assign]  # counts

    def _observed(self, read_at: float) -> bool:
        is_shedding = self._observe(read_at)
        self.observed.append(self.path.admission._last_wait_s)
        return is_shedding

    async def ask(self, query: str, headers: bytes = b"", *, fields: str = "query") -> tuple[int, bytes]:
        """Status of the answer, and the whole answer. `fields`: of the request, one or both."""
        sent = {"query": query, "extensions": by_hash(query)}
        return await self.send(plain({name: value for name, value in sent.items() if name in fields}, headers))

    async def send(self, *parts: bytes) -> tuple[int, bytes]:
        """The same of a request that is sent in parts. Each part arrives 10 seconds after the one before."""
        self.clock.begin()
        for part in parts[:-1]:
            self.clock.asked = 0
            self._writer.write(part)
            await eventually(lambda: self.clock.asked > 0)
            self.clock.pass_s(10)
        self._writer.write(parts[-1])
        return await self.answer()

    async def rest_after(self, sent: bytes) -> bytes:
        """Everything that the server sends until it closes the connection."""
        self._writer.write(sent)
        return await rest((self._reader, self._writer))

    def before_next_refusal(self, happens: Callable[[LimitedProtocol], None]) -> None:
        """Let this happen to the connection after the next request was refused, and before its answer is sent."""
        unsent_refusals = self._server._protocol.unsent_refusals
        put = unsent_refusals.put

        def put_after(transport: asyncio.Transport, answer: bytes, loop: asyncio.AbstractEventLoop) -> None:
            (connection,) = self._server.server_state.connections
            assert isinstance(connection, LimitedProtocol)
            loop.call_soon(happens, connection)
            put(transport, answer, loop)

        unsent_refusals.put = put_after  # type: ignore[method-assign]  # at this moment

    async def answer(self) -> tuple[int, bytes]:
        head = await self._reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
        return int(head.split()[1]), head + await self._reader.readexactly(length)

    async def statuses(self, number: int, *requests: tuple[str, bytes]) -> Counter[tuple[str, int]]:
        """Send these requests in turns, and count their statuses."""
        counts: Counter[tuple[str, int]] = Counter()
        for (query, headers), _ in zip(cycle(requests), range(number), strict=False):
            counts[query, (await self.ask(query, headers))[0]] += 1
        return counts


@asynccontextmanager
async def overload(world: World, network: InMemoryTransport, *, fast_lane: bool = True) -> AsyncIterator[Overload]:
    settings = settings_for(world, port=0, overload_wait_s=0.05, fast_lane=fast_lane)
    app = app_for(settings, network)
    path: GraphQLPath = app.state.graphql_path
    clock = ScriptedClock()
    path.admission.now = clock
    path.admission.cpu_s, path.admission._cpu_before_s = clock.cpu_s, 0.0
    server = Server(app, settings, PATIENT)
    task = asyncio.create_task(server._serve())
    await eventually(lambda: server.started)
    connection = await connect(f"http://127.0.0.1:{server.port}")
    try:
        yield Overload(clock, connection, path, server)
    finally:
        connection[1].close()
        server.should_exit = True
        await task


@pytest.fixture
async def load(world: World, network: InMemoryTransport) -> AsyncIterator[Overload]:
    async with overload(world, network) as running:
        yield running


BEARER = b"Authorization: Bearer a-session\r\n"

ALL = ((PUBLIC, b""), (SESSION, BEARER), (COUPON, BEARER), (SUBMIT, BEARER))


async def test_overload_is_refused_from_public_reads_on_and_never_submissions(
    load: Overload, caplog: pytest.LogCaptureFixture
) -> None:
    load.clock.wait_s = 0.03
    assert not [status for _, status in await load.statuses(3 * WINDOW, *ALL) if status == 503]
    await load.statuses(WINDOW, *ALL)
    load.clock.wait_s = 0.007  # A little too long, so that the budget shrinks slowly.
    refused: list[set[str]] = []
    for _ in range(60):
        statuses = await load.statuses(WINDOW, *ALL)
        refused.append({query for query, status in statuses if status == 503})
    first_refused = {
        query: next(number for number, queries in enumerate(refused) if query in queries)
        for query in (PUBLIC, SESSION, COUPON)
    }
    assert first_refused[PUBLIC] < first_refused[SESSION] < first_refused[COUPON]
    assert not any(SUBMIT in queries for queries in refused)
    assert [record.message for record in caplog.records if "overloaded" in record.message] == ["overloaded"]

    load.clock.wait_s = 0
    await load.statuses(90 * WINDOW, *ALL)
    assert {status for _, status in await load.statuses(WINDOW, *ALL)} == {200}
    assert "no longer overloaded" in caplog.text


async def test_refusal_says_when_to_try_again(load: Overload) -> None:
    load.clock.wait_s = 0.3
    await load.statuses(8 * WINDOW, (PUBLIC, b""))
    status, answer = await load.ask(PUBLIC, b"Origin: http://localhost:5173\r\n")
    assert status == 503
    assert b"retry-after: 2\r\n" in answer
    assert b"access-control-allow-origin: http://localhost:5173\r\n" in answer.lower()
    (error,) = json.loads(answer.rpartition(b"\r\n\r\n")[2])["errors"]
    assert error["extensions"]["code"] == "RATE_LIMITED"
    assert f"x-request-id: {error['extensions']['supportReference']}".encode() in answer
    assert (await load.ask(SUBMIT, BEARER))[0] == 200


def end_of_stream(connection: LimitedProtocol) -> None:
    """As the event loop reports it."""
    connection.eof_received()
    connection.transport.close()


@pytest.mark.parametrize(
    "happens", [LimitedProtocol.shutdown, end_of_stream, lambda connection: connection.data_received(b"no HTTP\r\n")]
)
async def test_refusal_is_sent_before_its_connection_ends(
    load: Overload, happens: Callable[[LimitedProtocol], None]
) -> None:
    load.clock.wait_s = 0.3
    await load.statuses(8 * WINDOW, (PUBLIC, b""))
    load.before_next_refusal(happens)
    assert (await load.ask(PUBLIC))[0] == 503


@pytest.mark.parametrize("fields", ["query", "extensions"])
async def test_refused_request_is_not_read(load: Overload, fields: str) -> None:
    for query, headers in ALL * 2:
        assert (await load.ask(query, headers, fields="query, extensions"))[0] == 200
    load.clock.wait_s = 0.3
    await load.statuses(8 * WINDOW, *ALL)
    read = len(load.observed)
    for query, headers in ALL[:-1]:
        assert (await load.ask(query, headers, fields=fields))[0] == 503
    assert len(load.observed) == read
    assert (await load.ask(SUBMIT, BEARER, fields=fields))[0] == 200
    assert len(load.observed) == read + 1


@pytest.mark.parametrize(
    "fields",
    [
        {"query": ""},
        {"query": None},
        {"variables": {"query": "shoes"}},
        {"variables": {"documentId": hashlib.sha256(PUBLIC.encode()).hexdigest()}},
        {"query": SUBMIT, "extensions": {}, "variables": {"documentId": hashlib.sha256(PUBLIC.encode()).hexdigest()}},
    ],
)
async def test_submission_that_looks_like_a_read_is_never_refused(load: Overload, fields: dict[str, object]) -> None:
    for query, headers in ALL * 2:
        assert (await load.ask(query, headers, fields="query, extensions"))[0] == 200
    load.clock.wait_s = 0.3
    await load.statuses(8 * WINDOW, *ALL)
    sent = plain({"extensions": by_hash(SUBMIT)} | fields, BEARER)
    assert [(await load.send(sent))[0] for _ in range(2 * WINDOW)] == [200] * 2 * WINDOW


async def test_overload_by_reads_in_urls_is_noticed(load: Overload) -> None:
    load.clock.wait_s = 0.3
    read = b"GET " + QUERY + b" HTTP/1.1\r\nHost: gateway\r\n\r\n"
    statuses = [(await load.send(read))[0] for _ in range(8 * WINDOW)]
    assert set(statuses[-WINDOW:]) == {503}


@pytest.mark.parametrize("fast_lane", [True, False])
async def test_overload_is_noticed_without_the_fast_lane(
    world: World, network: InMemoryTransport, *, fast_lane: bool
) -> None:
    async with overload(world, network, fast_lane=fast_lane) as load:
        load.clock.wait_s = 0.3
        await load.statuses(8 * WINDOW, (PUBLIC, b""))
        assert await load.statuses(2, (PUBLIC, b""), (SUBMIT, BEARER)) == {(PUBLIC, 503): 1, (SUBMIT, 200): 1}


@pytest.mark.parametrize("fast_lane", [True, False])
async def test_requests_of_other_paths_count_and_are_refused(
    world: World, network: InMemoryTransport, *, fast_lane: bool
) -> None:
    async with overload(world, network, fast_lane=fast_lane) as load:
        load.clock.wait_s = 0.3
        statuses = [(await load.send(get(b"/wp-login.php")))[0] for _ in range(8 * WINDOW)]
        assert statuses[0] == 404
        assert set(statuses[-WINDOW:]) == {503}
        status, answer = await load.send(get(b"/health/other"))
        assert status == 503
        assert b"retry-after: 2\r\n" in answer
        assert {(await load.send(get(b"/health/" + name)))[0] for name in (b"live", b"ready")} == {200}
        assert (await load.ask(SUBMIT, BEARER))[0] == 200


def get(path: bytes) -> bytes:
    return b"GET " + path + b" HTTP/1.1\r\nHost: gateway\r\n\r\n"


@pytest.mark.parametrize("target", [b"/graphql", QUERY])
async def test_refusal_of_a_head_request_has_no_body(load: Overload, target: bytes) -> None:
    load.clock.wait_s = 0.3
    await load.statuses(8 * WINDOW, (PUBLIC, b""))
    load.clock.begin()
    received = await load.rest_after(b"HEAD " + target + b" HTTP/1.1\r\nHost: gateway\r\nConnection: close\r\n\r\n")
    assert received.startswith(b"HTTP/1.1 503 ")
    assert received.endswith(b"\r\n\r\n")


async def test_too_large_head_is_refused_as_such(load: Overload) -> None:
    load.clock.wait_s = 0.3
    await load.statuses(8 * WINDOW, *ALL)
    sent = plain({"query": PUBLIC}, b"Accept: application/json" + b" " * PATIENT.head_bytes + b"\r\n")
    assert (await load.send(sent))[0] == 431


@pytest.mark.parametrize("end", [10, -1])
async def test_slow_client_does_not_look_like_load(load: Overload, end: int) -> None:
    load.clock.wait_s = 0.3
    await load.statuses(8 * WINDOW, *ALL)
    sent = plain({"query": SUBMIT}, BEARER)
    end = sent.index(b"\r\n\r\n") if end < 0 else end
    assert (await load.send(sent[:end], sent[end:]))[0] == 200
    assert load.observed[-1] < 1


async def test_wait_for_an_earlier_answer_is_not_load(load: Overload, network: InMemoryTransport) -> None:
    network.gates[PRODUCTS] = gate = asyncio.Event()
    both = plain({"query": "{ products(first: 1) { totalCount } }"}) + plain({"query": PUBLIC})
    first = asyncio.create_task(load.send(both))
    await network.arrived[PRODUCTS].wait()
    load.clock.pass_s(10)
    gate.set()
    assert [(await first)[0], (await load.answer())[0]] == [200, 200]
    assert max(load.observed) < 1


async def test_health_is_answered_although_requests_wait(load: Overload) -> None:
    load.start_queue.put = lambda _begin, _loop: None  # type: ignore[method-assign,assignment]  # nothing begins
    assert (await load.send(get(b"/health/live")))[0] == 200


async def test_single_pauses_of_the_process_refuse_nothing(load: Overload) -> None:
    for wait_s in (0.2, 0.0, 0.0, 0.5, 0.0, 0.0) * 3:
        load.clock.wait_s = wait_s
        assert {status for _, status in await load.statuses(WINDOW, *ALL)} == {200}


async def test_too_many_running_operations_refuse_reads_first(load: Overload) -> None:
    load.path.admission.running = 600
    statuses = await load.statuses(8, *ALL)
    assert {query for query, status in statuses if status == 503} == {PUBLIC}
    load.path.admission.running = 2000
    statuses = await load.statuses(8, *ALL)
    assert {query for query, status in statuses if status == 200} == {SUBMIT}
