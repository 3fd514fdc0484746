"""What does one process answer at five times its load? `python -m bench.overload`

The gateway has one core; the load and the stand-in for Digital River share the other one. Requests are sent when they
are due, whether others are answered or not, and the clients ignore `Retry-After`, as the worst do: product pages,
pages of carts and checkouts, changes of a quantity, and one submission in a hundred, each connection with a session of
its own. First the peak of a gateway is measured that refuses nothing, with `PEAK_CONNECTIONS` requests at once. Then
another one gets a fifth of it, which is called unloaded, then five times the peak. Calls to Digital River take 20 ms,
much less than the real ones.

Goodput is the CPU time that the accepted operations cost at the peak, a second: what is accepted in an overload is
another mixture, because changes come before reads. It is compared for the same CPU time, because other programs may
have taken a part of the core in one of the phases, and for the same speed of the core. Everything is measured in
rounds, each with a peak of its own. Exits with 1 if the median goodput is below 80 % of the peak, the median of the
99th percentiles of accepted reads and changes above twice that of the same operations unloaded, the growth of memory
above 150 MB, or if a submission was refused.
"""

import argparse
import asyncio
import json
import random
import sys
import time
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from statistics import mean, median
from typing import cast
from uuid import uuid4

import uvloop

from bench.harness.core_speed import CoreSpeed, core_speed
from bench.harness.load import Load, post, send
from bench.harness.operations import CART_PAGE, CHANGE_QUANTITY, CHECKOUT_PAGE, PRODUCT_PAGE, Operation
from bench.harness.recording import Recorded, record
from bench.harness.report import introduce
from bench.harness.rounds import bearers, upstream
from bench.harness.servers import Server, gateway, serving, take_last_core
from tests.support.shop import documents

SUBMIT = Operation(
    "GuestOrder",
    documents()["GuestOrder"],
    {"key": "8f14e45f-ceea-467f-a2e6-6c1f2b9a5f10", "total": {"amount": "1.00", "currencyCode": "USD"}},
)
"""A submission whose total is not the cart's, so that it ends before anything is sent."""

MIX = [(PRODUCT_PAGE, 40), (CHECKOUT_PAGE, 22), (CART_PAGE, 22), (CHANGE_QUANTITY, 15), (SUBMIT, 1)]
"""Operations with their percentages."""

PROTECTED = gateway("gateway", RIVERFRONT_OVERLOAD_WAIT_S="0.05")

UNPROTECTED = gateway("gateway")

SESSIONS = 1000

PEAK_CONNECTIONS = 128

PEAK_ROUNDS = 2

HEAD = "                    sent   accepted   work ms/s   median      p99     refused    median      p99 memory MB"

OPENED_AT_ONCE = 32

TIMES = 5

UNLOADED = 0.2

TICK_S = 0.002


@dataclass
class Counts:
    """What became of the requests of one phase."""

    sent: int = 0
    unsent: int = 0
    """Requests that were due while all connections waited for answers."""
    lost: int = 0
    """Connections that were closed without an answer."""
    accepted: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    accepted_s: list[tuple[float, str]] = field(default_factory=list)
    """Times to the answer, with the names of the operations, without submissions."""
    refused_s: list[float] = field(default_factory=list)
    took_s: float = 0
    cpu_s: float = 0
    """CPU time of the gateway."""
    slowness: float = 1
    """Of the core meanwhile."""
    memory_mb: float = 0

    @property
    def times_s(self) -> list[float]:
        return [took_s for took_s, _ in self.accepted_s]

    @property
    def cpu_share(self) -> float:
        """Of the core, if it had its usual speed."""
        return self.cpu_s / self.slowness / self.took_s

    def work_per_s(self, cost_ms: dict[str, float]) -> float:
        return sum(number * cost_ms[name] for name, number in self.accepted.items()) / self.took_s


def like(unloaded: Counts, overloaded: Counts) -> Iterator[tuple[float, float]]:
    """The times without overload, each with its weight if the operations had the shares that they have with it."""
    weights = {name: number / max(unloaded.accepted[name], 1) for name, number in overloaded.accepted.items()}
    return ((took_s, weights.get(name, 0)) for took_s, name in unloaded.accepted_s)


def weighted_ms(latencies_s: Iterable[tuple[float, float]], share: float) -> float:
    """The time below which this share of the weights is."""
    ordered = sorted(latencies_s)
    left = share * sum(weight for _, weight in ordered)
    for took_s, weight in ordered:
        left -= weight
        if left <= 0:
            return took_s * 1000
    return 0.0


def percentile_ms(latencies_s: list[float], share: float) -> float:
    return sorted(latencies_s)[int(len(latencies_s) * share)] * 1000 if latencies_s else 0.0


class Client(asyncio.Protocol):
    """One connection. It reads only the status and the length of an answer, because it shares a core."""

    transport: asyncio.Transport

    def __init__(self, idle: "deque[Client]", session: str) -> None:
        self.session = session
        self._idle = idle
        self._counts = Counts()
        self._name = ""
        self._sent_at = 0.0
        self._missing = 0
        self._status = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)

    def connection_lost(self, _error: Exception | None) -> None:
        self._counts.lost += self._missing != 0
        with suppress(ValueError):
            self._idle.remove(self)

    def send(self, request: bytes, name: str, counts: Counts) -> None:
        self._counts, self._name, self._missing = counts, name, -1
        counts.sent += 1
        self._sent_at = time.perf_counter()
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        if self._missing < 0:
            head, _, body = data.partition(b"\r\n\r\n")
            self._status = data[9:12]
            self._missing = int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0]) - len(body)
        else:
            self._missing -= len(data)
        if self._missing == 0:
            took_s = time.perf_counter() - self._sent_at
            if self._status == b"200":
                self._counts.accepted[self._name] += 1
                if self._name != SUBMIT.name:
                    self._counts.accepted_s.append((took_s, self._name))
            else:
                self._counts.refused[self._name] += 1
                self._counts.refused_s.append(took_s)
            self._idle.append(self)


async def offered(
    server: Server,
    speed: CoreSpeed,
    idle: "deque[Client]",
    requests: Iterator[tuple[str, dict[str, bytes]]],
    per_s: float,
    seconds: float,
) -> Counts:
    """Send so many requests a second for this time."""
    counts, due = Counts(), 0.0
    speed.begin()
    before_s = server.cpu_s()
    began_at = last = time.perf_counter()
    memory_at = began_at
    while (now := time.perf_counter()) - began_at < seconds:
        due += (now - last) * per_s
        last = now
        while due >= 1:
            due -= 1
            name, by_session = next(requests)
            if idle:
                client = idle.popleft()
                client.send(by_session[client.session], name, counts)
            else:
                counts.unsent += 1
        if now >= memory_at:
            memory_at = now + 1
            counts.memory_mb = max(counts.memory_mb, server.memory_mb())
        await asyncio.sleep(TICK_S)
    counts.took_s = time.perf_counter() - began_at
    counts.cpu_s, counts.slowness = server.cpu_s() - before_s, speed.slowness()
    await asyncio.sleep(1)
    return counts


def mixed(bodies: dict[str, dict[str, bytes]]) -> Iterator[tuple[str, dict[str, bytes]]]:
    """Requests of the mixture by session, in a random order."""
    draw = random.Random(1)  # noqa: S311 - no secret
    names, parts = [operation.name for operation, _ in MIX], [part for _, part in MIX]
    while True:
        for name in draw.choices(names, parts, k=1000):
            yield name, bodies[name]


async def measured(server: Server, speed: CoreSpeed, requests: Iterable[bytes], seconds: float) -> tuple[float, Load]:
    """CPU time a second, if the core had its usual speed."""
    speed.begin()
    before_s = server.cpu_s()
    load = await send(server.port, requests, connections=PEAK_CONNECTIONS, seconds=seconds)
    assert load.failures == 0, load.body
    return (server.cpu_s() - before_s) / speed.slowness() / load.took_s, load


def printed(name: str, counts: Counts, cost_ms: dict[str, float]) -> None:
    accepted, refused = sum(counts.accepted.values()), sum(counts.refused.values())
    print(
        f"  {name:12} {counts.sent / counts.took_s:9.0f} {accepted / counts.took_s:10.0f} "
        f"{counts.work_per_s(cost_ms):12.0f} {percentile_ms(counts.times_s, 0.5):8.1f} "
        f"{percentile_ms(counts.times_s, 0.99):8.1f} {refused / counts.took_s:11.0f} "
        f"{percentile_ms(counts.refused_s, 0.5):9.1f} {percentile_ms(counts.refused_s, 0.99):8.1f} "
        f"{counts.memory_mb:9.0f}",
        flush=True,
    )
    if counts.lost:
        print(f"               {counts.lost} connections were closed without an answer")
    if counts.unsent:
        print(f"               {counts.unsent / counts.took_s:.0f} a second were not sent: no free connection")


@dataclass
class Peak:
    """What a gateway answers that refuses nothing."""

    cost_ms: dict[str, float]
    """CPU time of each operation."""
    per_s: float
    cpu_share: float

    @property
    def work_per_s(self) -> float:
        return self.per_s * sum(self.cost_ms[operation.name] * part / 100 for operation, part in MIX)


def bodies_for(server: Server, recorded: Recorded) -> dict[str, dict[str, bytes]]:
    """Requests by operation and session, each session for one connection."""
    sessions = bearers(server, SESSIONS)
    submission = recorded.operations[-1]
    return {
        operation.name: {token: post(operation.body, token) for token in sessions} for operation in recorded.operations
    } | {SUBMIT.name: {token: post(own_key(submission), token) for token in sessions}}


async def peak_of(server: Server, speed: CoreSpeed, bodies: dict[str, dict[str, bytes]]) -> Peak:
    tokens = list(bodies[SUBMIT.name])
    mix = [by_session[token] for (_, by_session), token in zip(mixed(bodies), tokens * 20, strict=False)]
    costs_ms: dict[str, list[float]] = {name: [] for name in bodies}
    peaks: list[tuple[float, Load]] = []
    for _ in range(PEAK_ROUNDS):
        for name, by_session in bodies.items():
            cpu_share, load = await measured(server, speed, by_session.values(), 1.5)
            costs_ms[name].append(cpu_share * 1000 / load.per_s)
        peaks.append(await measured(server, speed, mix, 3))
    peak = Peak(
        {name: mean(costs) for name, costs in costs_ms.items()},
        mean(load.per_s for _, load in peaks),
        mean(cpu_share for cpu_share, _ in peaks),
    )
    print("\n  CPU ms: " + ", ".join(f"{name} {cost:.2f}" for name, cost in peak.cost_ms.items()))
    p99_ms = mean(load.p99_ms for _, load in peaks)
    print(
        f"  peak: {peak.per_s:.0f} answers a second, {peak.work_per_s:.0f} ms of work in "
        f"{peak.cpu_share * 1000:.0f} ms of CPU time, p99 {p99_ms:.1f} ms with {PEAK_CONNECTIONS} connections",
        flush=True,
    )
    return peak


async def clients_of(server: Server, bodies: dict[str, dict[str, bytes]]) -> "deque[Client]":
    """A connection for each session, over which one page has been read."""
    loop, idle = asyncio.get_running_loop(), deque[Client]()
    for number, (session, request) in enumerate(bodies[PRODUCT_PAGE.name].items()):
        _, client = await loop.create_connection(partial(Client, idle, session), "127.0.0.1", server.port)
        client.send(request, PRODUCT_PAGE.name, Counts())
        if number % OPENED_AT_ONCE == 0:
            await asyncio.sleep(OPENED_AT_ONCE * TICK_S)
    return idle


@dataclass
class Round:
    """The phases that are compared with each other."""

    peak: Peak
    unloaded: Counts
    overloaded: Counts

    @property
    def by_clock(self) -> float:
        return self.overloaded.work_per_s(self.peak.cost_ms) / self.peak.work_per_s

    @property
    def goodput(self) -> float:
        return self.by_clock * self.peak.cpu_share / self.overloaded.cpu_share

    @property
    def slower(self) -> float:
        unloaded_ms = weighted_ms(like(self.unloaded, self.overloaded), 0.99)
        return percentile_ms(self.overloaded.times_s, 0.99) / unloaded_ms

    @property
    def growth_mb(self) -> float:
        return self.overloaded.memory_mb - self.unloaded.memory_mb


async def main(rounds: int, seconds: float, upstream_ms: float) -> bool:
    load = f"{rounds} times {seconds:g} s at {TIMES} times the peak"
    introduce(__doc__, f"{load}; Digital River answers after {upstream_ms:g} ms")
    recorded = await record([operation for operation, _ in MIX])
    with (
        upstream(recorded.recording, upstream_ms) as url,
        core_speed() as speed,
        serving(UNPROTECTED, url) as unprotected,
        serving(PROTECTED, url) as server,
    ):
        peak_bodies, bodies = bodies_for(unprotected, recorded), bodies_for(server, recorded)
        for by_session in peak_bodies.values():
            await measured(unprotected, speed, by_session.values(), 0.5)
        requests, idle = mixed(bodies), await clients_of(server, bodies)
        results = []
        for _ in range(rounds):
            peak = await peak_of(unprotected, speed, peak_bodies)
            print(HEAD)
            unloaded = await offered(server, speed, idle, requests, peak.per_s * UNLOADED, 10)
            printed("unloaded", unloaded, peak.cost_ms)
            overloaded = await offered(server, speed, idle, requests, peak.per_s * TIMES, seconds)
            printed(f"{TIMES} times", overloaded, peak.cost_ms)
            after = await offered(server, speed, idle, requests, peak.per_s * UNLOADED, 5)
            printed("afterwards", after, peak.cost_ms)
            print(f"  accepted: {dict(overloaded.accepted)}\n  refused: {dict(overloaded.refused)}")
            results.append(result := Round(peak, unloaded, overloaded))
            print(
                f"  goodput {result.goodput:.2f} of the peak for the same CPU time "
                f"({overloaded.cpu_share * 1000:.0f} ms a second), {result.by_clock:.2f} by the clock, "
                f"p99 {result.slower:.2f} times that of the same operations unloaded, "
                f"memory {result.growth_mb:+.0f} MB",
                flush=True,
            )
    goodput, slower = median(result.goodput for result in results), median(result.slower for result in results)
    growth_mb = max(result.growth_mb for result in results)
    submissions = sum(result.overloaded.refused[SUBMIT.name] for result in results)
    lost = sum(result.overloaded.lost for result in results)
    print(
        f"\n  medians: goodput {goodput:.2f}, p99 {slower:.2f} times; at most {growth_mb:+.0f} MB; {submissions} "
        f"submissions refused"
    )
    return not lost and goodput >= 0.8 and slower <= 2 and growth_mb <= 150 and not submissions


def own_key(operation: Operation) -> dict[str, object]:
    return json.loads(json.dumps(operation.body | {"variables": operation.variables | {"key": str(uuid4())}}))  # type: ignore[no-any-return]  # of JSON


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--upstream-ms", type=float, default=20)
    arguments = parser.parse_args()
    take_last_core()
    with suppress(KeyboardInterrupt):
        sys.exit(0 if uvloop.run(main(arguments.rounds, arguments.seconds, arguments.upstream_ms)) else 1)
