"""Interleaved rounds: every program does each operation in every round, so that a busy machine disturbs all alike."""

import json
import random
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from statistics import median
from typing import Any

import httpx
import msgspec

from bench.harness.answers import Recording
from bench.harness.load import Load, post, send
from bench.harness.operations import Operation
from bench.harness.servers import CORES, Server, Variant, serving
from bench.harness.upstream import COUNTS

SESSIONS = 32
"""Sessions that take turns, so that no program can answer two shoppers with one call."""

START_SESSION = "mutation { startSession(input: {delivery: BEARER}) { bearerToken errors { code } } }"


@dataclass
class Figures:
    """What one program needed for one operation, by round."""

    cpu_ms: list[float] = field(default_factory=list)
    loads: list[Load] = field(default_factory=list)

    @property
    def median_cpu_ms(self) -> float:
        return median(self.cpu_ms)

    @property
    def per_s(self) -> float:
        return median(load.per_s for load in self.loads)

    @property
    def median_ms(self) -> float:
        return median(load.median_ms for load in self.loads)

    def over(self, other: "Figures") -> float:
        """The median of the ratios of each round."""
        return median(own / reference for own, reference in zip(self.cpu_ms, other.cpu_ms, strict=True))


Results = dict[tuple[str, str], Figures]
"""Figures by operation and program."""


STARTED_AT_ONCE = 8
"""Sessions that are started at the same time."""


def ask(server: Server, body: Any, bearer: str | None = None, post: Callable[..., httpx.Response] = httpx.post) -> Any:
    headers = {"X-Riverfront-Client": "bench", "Accept": "application/json"}
    if bearer:
        headers["Authorization"] = f"Bearer {bearer}"
    answer = post(f"{server.url}/graphql", json=body, headers=headers, timeout=30)
    return answer.json()


def bearers(server: Server, count: int = SESSIONS) -> list[str]:
    """Start sessions."""
    with httpx.Client() as client, ThreadPoolExecutor(STARTED_AT_ONCE) as threads:
        answers = threads.map(lambda _: ask(server, {"query": START_SESSION}, post=client.post), range(count))
        return [answer["data"]["startSession"]["bearerToken"] for answer in answers]


@contextmanager
def upstream(recording: Recording, delay_ms: float = 0) -> Iterator[str]:
    """Serve a recording on the last core and yield its URL. Fails if a call was not recorded."""
    with tempfile.NamedTemporaryFile(prefix="bench-", suffix=".recording") as file:
        file.write(msgspec.msgpack.encode(recording))
        file.flush()
        command = (sys.executable, "-m", "bench.harness.upstream", file.name, "{port}", str(delay_ms))
        with serving(Variant("upstream", command, ready=COUNTS), "", CORES[-1:]) as server:
            yield server.url
            unknown = httpx.get(server.url + COUNTS).json()["unknown"]
            assert unknown == {}, unknown


def calls_so_far(url: str) -> int:
    return int(httpx.get(url + COUNTS).json()["requests"])


@dataclass
class Contestant:
    """A running program, the operations that it is asked, and the requests with which they are sent."""

    server: Server
    operations: Sequence[Operation]
    requests: dict[str, list[bytes]]

    @property
    def name(self) -> str:
        return self.server.name

    def check(self, operation: Operation, answer: Any) -> None:
        if wrong := list(operation.differences(answer)):
            raise AssertionError(f"{self.name} answers {operation.name} wrongly: {'; '.join(wrong[:5])}")


def prepared(server: Server, operations: Sequence[Operation], tokens: Sequence[str] | None = None) -> Contestant:
    """Check the program's answers. Without tokens, sessions are started."""
    tokens = tokens or bearers(server)
    requests = {operation.name: [post(operation.body, token) for token in tokens] for operation in operations}
    contestant = Contestant(server, operations, requests)
    for operation in operations:
        contestant.check(operation, ask(server, operation.body, tokens[0]))
    return contestant


@contextmanager
def contestants(
    variants: Sequence[Variant], operations: Sequence[Operation], upstream_url: str
) -> Iterator[list[Contestant]]:
    """The running gateways, which have answered each operation correctly."""
    with ExitStack() as running:
        yield [prepared(running.enter_context(serving(variant, upstream_url)), operations) for variant in variants]


async def measure(
    programs: Sequence[Contestant], *, rounds: int, seconds: float, connections: int = 16, warm_s: float = 0.5
) -> Results:
    """Ask all operations of all programs in each round, and check the last answer of each round."""
    pairs = [(operation, program) for program in programs for operation in program.operations]
    results: Results = {(operation.name, program.name): Figures() for operation, program in pairs}

    async def load(operation: Operation, program: Contestant, seconds: float) -> Load:
        requests = program.requests[operation.name]
        return await send(program.server.port, requests, connections=connections, seconds=seconds)

    for operation, program in pairs:
        await load(operation, program, warm_s)
    for _ in range(rounds):
        for operation, program in random.sample(pairs, len(pairs)):
            before_s = program.server.cpu_s()
            loaded = await load(operation, program, seconds)
            used_s = program.server.cpu_s() - before_s
            assert loaded.failures == 0, f"{program.name}, {operation.name}: {loaded.body[:300]!r}"
            program.check(operation, json.loads(loaded.body))
            figures = results[operation.name, program.name]
            figures.cpu_ms.append(used_s * 1000 / loaded.answers)
            figures.loads.append(loaded)
    return results
