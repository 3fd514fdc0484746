"""Work on documents that the gateway does not know yet: one document at a time, in short steps, clients in turns.

A request with a known document never waits here. It waits for one step at most, because between two steps the event
loop serves all others. A client with many new documents delays its own, and each other client by one document.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Generator
from contextlib import asynccontextmanager
from typing import TypeVar

from graphql import GraphQLError

from gateway.documents.errors import DocumentRefused
from gateway.errors import TopLevelCode
from gateway.metrics.limits import HIT

MAX_OF_CLIENT = 50
"""Maximum number of new documents of one client that wait. Most take 10 ms, the most expensive ones 60 ms."""

MAX_WAITING = 200
"""Maximum number of all new documents that wait."""

ROUNDS_BETWEEN_STEPS = 5
"""Number of rounds of the event loop between two steps. A request on a new connection needs four: to accept the
connection, to read, to answer and to write."""

RETRY_AFTER_S = 5
"""Time after which a refused request may be sent again, in seconds. All that may wait needs 2 to 12 seconds."""

T = TypeVar("T")

Steps = Generator[None, None, T]
"""Work that yields between its steps and returns its result."""

Client = str | None


def result_of(steps: Steps[T]) -> T:
    """The result of all steps, done at once."""
    while True:
        try:
            next(steps)
        except StopIteration as ended:
            result: T = ended.value
            return result


class Turns:
    def __init__(self, longest_wait_s: float) -> None:
        self._longest_wait_s = longest_wait_s
        self._is_taken = False
        self._waiting: dict[Client, deque[asyncio.Future[None]]] = {}
        """The waiting turns of each client. The first client is the next."""

    async def run(self, client: Client, steps: Steps[T]) -> T:
        """Do the steps when it is the client's turn. Raises `DocumentRefused` if too much work waits, or if it has
        waited too long."""
        async with self._turn(client):
            while True:
                try:
                    next(steps)
                except StopIteration as ended:
                    result: T = ended.value
                    return result
                await _let_others_run()

    @asynccontextmanager
    async def _turn(self, client: Client) -> AsyncIterator[None]:
        if self._is_taken:
            await self._wait(client)
        self._is_taken = True
        try:
            yield
        finally:
            self._pass_on()

    async def _wait(self, client: Client) -> None:
        own = self._waiting.get(client, ())
        if len(own) >= MAX_OF_CLIENT or sum(map(len, self._waiting.values())) >= MAX_WAITING:
            raise too_many_new_documents()
        turn = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(client, deque()).append(turn)
        try:
            async with asyncio.timeout(self._longest_wait_s):
                await turn
            await _let_others_run()
        except (TimeoutError, asyncio.CancelledError) as ended:
            if turn.done() and not turn.cancelled():
                self._pass_on()
            else:
                self._leave(client, turn)
            if isinstance(ended, TimeoutError):
                raise too_many_new_documents() from None
            raise

    def _leave(self, client: Client, turn: asyncio.Future[None]) -> None:
        turns = self._waiting.get(client, deque())
        if turn in turns:
            turns.remove(turn)
        if not turns:
            self._waiting.pop(client, None)

    def _pass_on(self) -> None:
        """Give the turn to the next client that still waits."""
        while self._waiting:
            client = next(iter(self._waiting))
            turns = self._waiting.pop(client)
            turn = turns.popleft()
            if turns:
                self._waiting[client] = turns  # behind all others
            if not turn.done():
                turn.set_result(None)
                return
        self._is_taken = False


async def _let_others_run() -> None:
    for _ in range(ROUNDS_BETWEEN_STEPS):
        await asyncio.sleep(0)


def too_many_new_documents() -> DocumentRefused:
    HIT.labels("documents").inc()
    message = (
        "Too many new documents wait to be read. Nothing was executed. Wait as `Retry-After` says, then try again."
    )
    refused = DocumentRefused(TopLevelCode.RATE_LIMITED, GraphQLError(message))
    refused.retry_after_s = RETRY_AFTER_S
    return refused
