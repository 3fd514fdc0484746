"""The command line: `python -m bench.outages [NAME]`, where `NAME` is a part of the names of the outages to stage."""

import asyncio
import os
import sys
import time
from collections import Counter
from dataclasses import dataclass

import httpx
import typer
from prometheus_client.parser import text_string_to_metric_families

from bench.outages import __doc__ as description
from bench.outages.staging import OUTAGES, Outage
from bench.outages.traffic import Noticed, Traffic, share_of
from bench.replicas.environment import STORE_TIMEOUT_S, Environment, free_port, running_environment
from bench.replicas.fault_proxy import Shares
from bench.replicas.oracle import Verdict
from tests.support.alarm_rules import holding
from tests.support.metric_values import Values

HEALTHY_S = 5
AFTER_S = 5
"""Time in seconds for which the shoppers go on when everything has to be normal again."""
NOTICED_S = 5
"""Time in seconds after which a gateway must know of an outage. Before that, each request finds it out by itself."""

COLUMNS = (
    "outage",
    "requests, failed",
    "upstream requests per request",
    "failed answer: median, 95 %",
    "before: median, 95 %",
    "last failure after",
    "alarms",
    "placed = orders",
)


@dataclass
class Measured:
    """What an outage has cost."""

    outage: Outage
    during: list[Noticed]
    failed: list[Noticed]
    """Failed requests that began when the gateways had to know of the outage."""
    before: list[Noticed]
    calls: int
    """Requests that reached Digital River during the outage."""
    late: list[Noticed]
    """Failed requests that were answered after the outage."""
    back_s: float
    alarms: set[str]
    placed: int
    orders: int
    verdict: Verdict

    @property
    def calls_per_request(self) -> float:
        return self.calls / max(len(self.during), 1)

    def problems(self) -> list[str]:
        outage, problems = self.outage, []
        if self.calls_per_request > outage.most_calls:
            problems.append(f"{self.calls_per_request:.2f} upstream requests per request, bound {outage.most_calls}")
        took_ms = share_of((request.took_ms for request in self.failed), 0.95)
        if outage.answers_in_ms is not None and took_ms > outage.answers_in_ms:
            problems.append(f"95 % of the failed answers take {took_ms:.0f} ms, bound {outage.answers_in_ms:.0f}")
        if self.back_s > outage.back_in_s:
            problems.append(f"last failure {self.back_s:.1f} s after the end, bound {outage.back_in_s:.0f}")
        if missing := outage.alarms - self.alarms:
            problems.append(f"alarms that do not fire: {', '.join(sorted(missing))}")
        if self.placed != self.orders:
            problems.append(f"{self.placed} answered as placed, {self.orders} orders")
        return problems + [f"{name}: {lines[:3]}" for name, lines in self.verdict.violations() if lines]

    def row(self) -> tuple[str, ...]:
        return (
            self.outage.name,
            f"{len(self.during)}, {sum(bool(request.codes) for request in self.during)}",
            f"{self.calls_per_request:.2f}",
            _times(self.failed),
            _times(self.before),
            f"{self.back_s:.1f} s",
            ", ".join(sorted(self.alarms)) or "none",
            f"{self.placed} = {self.orders}" if self.placed == self.orders else f"{self.placed}, {self.orders}",
        )


def _codes(requests: list[Noticed]) -> dict[str, int]:
    return dict(Counter(code for request in requests for code in request.codes))


def _times(requests: list[Noticed]) -> str:
    times = [request.took_ms for request in requests]
    return f"{share_of(times, 0.5):.0f} ms, {share_of(times, 0.95):.0f} ms" if times else "none"


async def scraped(ports: list[int]) -> Values:
    """The metrics of all gateways, with the label `instance`."""
    values: Values = {}
    async with httpx.AsyncClient(trust_env=False, timeout=10) as http:
        for port in ports:
            instance = ("instance", str(port))
            text = (await http.get(f"http://127.0.0.1:{port}/metrics")).text
            for family in text_string_to_metric_families(text):
                for sample in family.samples:
                    values[sample.name, frozenset({*sample.labels.items(), instance})] = sample.value
            values["up", frozenset({instance})] = 1
    return values


def calls_of_gateways(environment: Environment) -> int:
    """Requests that reached Digital River, without those of pages."""
    return sum(number for call, number in environment.world.calls.by_call.items() if call.path != "/payments/sources")


async def measured(outage: Outage, seconds: float) -> Measured:
    async with running_environment(1, shares=Shares(0, 0, 0, 0)) as environment:
        ports = [free_port(), free_port()]
        gateways = [
            await environment.start(
                ahead_s=ahead_s,
                store_timeout_s=STORE_TIMEOUT_S,
                changes={"RIVERFRONT_METRICS_PORT": str(port)},
            )
            for port, ahead_s in zip(ports, (0, outage.ahead_s), strict=True)
        ]
        traffic = Traffic(environment, gateways)
        shopping = [asyncio.create_task(traffic.shop()) for _ in range(outage.shoppers)]
        began_at = time.monotonic()
        await asyncio.sleep(HEALTHY_S)
        before, calls_before = await scraped(ports), calls_of_gateways(environment)
        out_at = time.monotonic()
        async with outage.staged(environment):
            await asyncio.sleep(seconds)
            after, calls_after = await scraped(ports), calls_of_gateways(environment)
            back_at = time.monotonic()
        await asyncio.sleep(outage.back_in_s + AFTER_S)
        traffic.ended.set()
        await asyncio.gather(*shopping)
        ended_at = time.monotonic()
        await traffic.settle()
        failures = [request for request in traffic.between(out_at, ended_at) if request.codes]
        return Measured(
            outage,
            during=traffic.between(out_at, back_at),
            failed=[request for request in failures if out_at + NOTICED_S <= request.began_at < back_at],
            before=traffic.between(began_at, out_at),
            calls=calls_after - calls_before,
            late=[request for request in failures if request.ended_at > back_at],
            back_s=max([0.0, *(request.ended_at - back_at for request in failures)]),
            alarms=holding(before, after, seconds),
            placed=len(traffic.placed),
            orders=len(environment.ledger.orders()),
            verdict=environment.verdict(),
        )


async def stage(name: str, seconds: float) -> bool:
    print(f"| {' | '.join(COLUMNS)} |\n{'|---' * len(COLUMNS)}|", flush=True)
    is_good = True
    for outage in OUTAGES:
        if name not in outage.name:
            continue
        result = await measured(outage, seconds)
        problems = result.problems()
        is_good = is_good and not problems
        print(f"| {' | '.join(result.row())} |", flush=True)
        codes = f"    codes: {_codes(result.during)}, after the outage: {_codes(result.late)}"
        print("\n".join([codes, *(f"    {problem}" for problem in problems)]), file=sys.stderr, flush=True)
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.0f}, outages of {seconds:.0f} s")
    return is_good


def main(name: str = typer.Argument(""), seconds: float = 20) -> None:
    """Print a table, and exit with 1 if a bound does not hold. `seconds`: how long each outage lasts."""
    names = [outage.name for outage in OUTAGES]
    if not any(name in known for known in names):
        raise typer.BadParameter(f"No outage has {name!r} in its name. The names are: {'; '.join(names)}.")
    sys.exit(0 if asyncio.run(stage(name, seconds)) else 1)


if __name__ == "__main__":
    main.__doc__ = f"{description}\n\n{main.__doc__}"
    typer.run(main)
