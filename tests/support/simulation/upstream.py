"""The network between the replicas and the sandbox. A simulation holds, loses and delays single requests."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import Protocol

import httpx
from starlette.types import ASGIApp

from tests.support.shop import CART, SUBMIT
from tests.support.simulation.submit_request import SubmitRequest

RESUME = f"{CART}/resume-cart"
TOKEN = "/oauth20/token"

SUBMISSION_ARRIVES_WITHIN = timedelta(seconds=115)
"""Time within which a lost submit-cart or resume-cart can still arrive. The quiet time is 120 seconds."""

CHANGE_ARRIVES_WITHIN = timedelta(seconds=38)
"""Time within which a change that a killed replica has sent can still arrive. Its lock lasts for 40 seconds."""


class Point(Enum):
    """The kinds of requests that a simulation stops."""

    READ = "read"
    CHANGE = "change"
    TOKEN = "token"
    MERGE = "merge"
    """A request for a token that adds a guest's cart to the cart of an account."""
    SUBMIT = "submit"
    RESUME = "resume"


class Stop(Enum):
    """Where a request stops on its way."""

    BEFORE = "before"
    """The request is held before it arrives."""
    AFTER = "after"
    """The request has taken effect, and its answer is held."""
    LOST = "lost"
    """The connection breaks. The request may still arrive later."""
    REFUSED = "refused"
    """The connection is refused, so nothing was sent."""
    TWICE = "twice"
    """A proxy that has lost the answer sends the request again, and passes the second answer on."""


@dataclass
class Call:
    """A request of a client, as far as it matters to the requests that the gateway sends for it."""

    submit_request: SubmitRequest | None = None
    stops: dict[Point, Stop] = field(default_factory=dict)
    """The stops of the next requests to Digital River, by kind."""


CALL: ContextVar[Call | None] = ContextVar("call", default=None)
"""The client's request that a task works for. A task that continues after its client has left keeps the call."""


@dataclass(eq=False)
class Delivery:
    """A request on its way to Digital River."""

    request: httpx.Request
    point: Point | None
    call: Call | None
    sent_at: datetime
    sender_killed: asyncio.Event
    answer: "asyncio.Future[httpx.Response]"
    has_arrived: bool = False
    is_dropped: bool = False

    def may_arrive(self, now: datetime) -> bool:
        """Whether the request can still arrive, although it was held or lost."""
        age = now - self.sent_at
        if self.point in (Point.SUBMIT, Point.RESUME):
            return age < SUBMISSION_ARRIVES_WITHIN
        if self.sender_killed.is_set():
            return age < CHANGE_ARRIVES_WITHIN
        return not self.answer.done()


class Observer(Protocol):
    """What a simulation checks when an order is sent, and when it arrives."""

    def sent(self, delivery: Delivery) -> None: ...

    @contextmanager
    def arriving(self, delivery: Delivery) -> Iterator[None]: ...


class Upstream:
    def __init__(self, sandbox: ASGIApp, now: Callable[[], datetime], observer: Observer) -> None:
        self._transport = httpx.ASGITransport(app=sandbox)
        self._now = now
        self._observer = observer
        self.waiting: list[Delivery] = []
        """Requests that are held, or lost on their way."""

    async def answer(self, request: httpx.Request, sender_killed: asyncio.Event) -> httpx.Response:
        call, point = CALL.get(), point_of(request)
        stop = call.stops.pop(point, None) if call is not None and point is not None else None
        if stop is Stop.REFUSED:
            raise httpx.ConnectError("refused", request=request)
        future: asyncio.Future[httpx.Response] = asyncio.get_running_loop().create_future()
        delivery = Delivery(request, point, call, self._now(), sender_killed, future)
        if point in (Point.SUBMIT, Point.RESUME):
            self._observer.sent(delivery)
        match stop:
            case None:
                return await self._deliver(delivery)
            case Stop.LOST:
                self.waiting.append(delivery)
                future.cancel()
                raise httpx.ReadError("lost", request=request)
            case Stop.TWICE:
                await self._deliver(delivery)
                return await self._deliver(delivery)
            case Stop.AFTER:
                response = await self._deliver(delivery)
                self.waiting.append(delivery)
                await future
                return response
        self.waiting.append(delivery)
        return await future

    async def release(self, delivery: Delivery) -> None:
        """Let a held or lost request arrive, or let its held answer arrive. A request that is too old is dropped."""
        self.waiting.remove(delivery)
        if delivery.has_arrived:
            if not delivery.answer.done():
                delivery.answer.set_result(httpx.Response(204))
            return
        if not delivery.may_arrive(self._now()):
            self.drop(delivery)
            return
        try:
            response = await self._deliver(delivery)
        except httpx.TransportError as error:
            if not delivery.answer.done():
                delivery.answer.set_exception(error)
            return
        if not delivery.answer.done():
            delivery.answer.set_result(response)

    def drop(self, delivery: Delivery) -> None:
        delivery.is_dropped = True
        if not delivery.answer.done():
            delivery.answer.set_exception(httpx.ReadError("lost", request=delivery.request))

    def forget_old(self) -> None:
        """Drop the requests that can no longer arrive."""
        for delivery in list(self.waiting):
            if not delivery.has_arrived and not delivery.may_arrive(self._now()):
                self.waiting.remove(delivery)
                self.drop(delivery)

    async def _deliver(self, delivery: Delivery) -> httpx.Response:
        delivery.has_arrived = True
        try:
            if delivery.point not in (Point.SUBMIT, Point.RESUME):
                return await self._transport.handle_async_request(delivery.request)
            with self._observer.arriving(delivery):
                return await self._transport.handle_async_request(delivery.request)
        except ConnectionResetError as error:
            raise httpx.ReadError("dropped", request=delivery.request) from error


def point_of(request: httpx.Request) -> Point | None:
    path = request.url.path
    if path in (SUBMIT, RESUME):
        return Point.SUBMIT if path == SUBMIT else Point.RESUME
    if path == TOKEN:
        return Point.MERGE if b"dr_limited_token" in request.content else Point.TOKEN
    if path == CART and request.method == "GET":
        return Point.READ
    return Point.CHANGE if path.startswith(CART) and request.method != "GET" else None
