"""The shoppers of a staged outage, and what they notice."""

import asyncio
import itertools
import random
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from bench.replicas.environment import Entrance, Environment
from bench.replicas.oracle import SubmitRequest
from bench.replicas.shopper import Answer, Device, NotPrepared, Shopper

SEARCH = "{ products(first: 5) { nodes { name } } }"

LONGEST_PAUSE_S = 0.4
"""Longest pause of a shopper between two requests, in seconds."""


@dataclass(frozen=True)
class Noticed:
    """One request and its answer. Times are of `time.monotonic`."""

    began_at: float
    ended_at: float
    codes: frozenset[str]

    @property
    def took_ms(self) -> float:
        return (self.ended_at - self.began_at) * 1000


@dataclass
class Traffic:
    """All requests of the shoppers, in the order of their answers."""

    environment: Environment
    gateways: Sequence[Entrance]
    noticed: list[Noticed] = field(default_factory=list)
    submissions: list[tuple[Shopper, Device, SubmitRequest]] = field(default_factory=list)
    placed: set[str] = field(default_factory=set)
    """Keys that were answered as placed."""
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    _numbers: Any = field(default_factory=itertools.count)

    def between(self, begin: float, end: float) -> list[Noticed]:
        """The requests that began in this time."""
        return [request for request in self.noticed if begin <= request.began_at < end]

    async def shop(self) -> None:
        """Buy with one session after another, until `ended` is set."""
        while not self.ended.is_set():
            number = next(self._numbers)
            shopper = Shopper.new(self.environment, number, random.Random(number), has_account=False)  # noqa: S311
            device = Watched(shopper, self.gateways, traffic=self)
            try:
                await self._buy(shopper, device)
            except Stopped:
                await asyncio.sleep(shopper.rng.uniform(0, LONGEST_PAUSE_S))

    async def _buy(self, shopper: Shopper, device: Device) -> None:
        await device.ask(SEARCH)
        await _no_error(shopper.add(device))
        cart = await _no_error(shopper.make_ready(device))
        request = shopper.request(cart)
        self.submissions.append((shopper, device, request))
        if await shopper.submit(device, request) == "OrderPlaced":
            self.placed.add(request.key)

    async def settle(self) -> None:
        """Ask for the outcome of every submit request."""
        await asyncio.gather(*(self._settle(*submission) for submission in self.submissions))

    async def _settle(self, shopper: Shopper, device: Device, request: SubmitRequest) -> None:
        if request.key not in self.placed:
            try:
                await shopper.settle(device, request)
            except NotPrepared as failure:
                shopper.witness.unsettled[request] = str(failure)
        if shopper.witness.results[request.key]["OrderPlaced"]:
            self.placed.add(request.key)


class Stopped(Exception):
    """A step of a purchase failed. The shopper begins a new purchase."""


async def _no_error(step: Any) -> Any:
    try:
        return await step
    except (NotPrepared, AssertionError) as failure:  # An `AssertionError`: the page could not create a source.
        raise Stopped from failure


@dataclass
class Watched(Device):
    """A device that notes each of its requests, and sends none again by itself."""

    traffic: Traffic | None = None

    async def ask(self, document: str, *, within_s: float = 30, **variables: Any) -> Answer:
        assert self.traffic is not None
        if not self.traffic.ended.is_set():
            await asyncio.sleep(self.shopper.rng.uniform(0, LONGEST_PAUSE_S))
        began_at = time.monotonic()
        answer = await super().ask(document, within_s=within_s, **variables)
        self.traffic.noticed.append(Noticed(began_at, time.monotonic(), answer.codes))
        return answer

    async def accepted(self, document: str, name: str, **variables: Any) -> dict[str, Any]:
        answer = await self.ask(document, **variables)
        if answer.codes or not answer.payload(name):
            raise NotPrepared(f"{name}: {sorted(answer.codes)}")
        return answer.payload(name)


def share_of(values: Iterable[float], share: float) -> float:
    """The value below which this share of the values is; 0 without values."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else 0
