"""Requests that send the same new document at the same time share one reading of it, and its result."""

import asyncio
from collections.abc import Awaitable, Callable

from gateway.documents.errors import DocumentRefused
from gateway.documents.known_documents import KnownDocument
from gateway.documents.turns import too_many_new_documents
from gateway.errors import TopLevelCode

MOST_SHARING = 1_000
"""Maximum number of requests that wait for the readings of others."""

OF_ONE_REQUEST = frozenset({TopLevelCode.RATE_LIMITED, TopLevelCode.BAD_USER_INPUT})
"""Codes of refusals that say nothing about the document: too many wait, or the looks of the request are used up, which
its card screen refuses like a card number."""


class Reading:
    """`outcome`: None if the reading has said nothing about the document."""

    __slots__ = ("has_ended", "outcome")

    def __init__(self) -> None:
        self.has_ended = asyncio.Event()
        self.outcome: KnownDocument | DocumentRefused | None = None


class SharedReadings:
    def __init__(self, longest_wait_s: float) -> None:
        self._longest_wait_s = longest_wait_s
        self._readings: dict[str, Reading] = {}
        """The readings that have begun, by the source of the document."""
        self._sharing = 0

    async def read(self, source: str, read: Callable[[], Awaitable[KnownDocument]]) -> KnownDocument:
        """The document, read by `read` for this request or for another one. Raises `DocumentRefused`."""
        reading = self._readings.get(source)
        if reading is not None:
            outcome = await self._outcome_of(reading)
            if isinstance(outcome, DocumentRefused):
                raise outcome.for_another_request()
            # A request that waited in vain waits no second time for others: each reading would wake all of them.
            return outcome if outcome is not None else await read()
        reading = self._readings[source] = Reading()
        try:
            reading.outcome = document = await read()
        except DocumentRefused as refused:
            if refused.code not in OF_ONE_REQUEST:
                reading.outcome = refused.for_another_request()
            raise
        finally:
            del self._readings[source]
            reading.has_ended.set()
        return document

    async def _outcome_of(self, reading: Reading) -> KnownDocument | DocumentRefused | None:
        if self._sharing >= MOST_SHARING:
            raise too_many_new_documents()
        self._sharing += 1
        try:
            async with asyncio.timeout(self._longest_wait_s):
                await reading.has_ended.wait()
        except TimeoutError:
            raise too_many_new_documents() from None
        finally:
            self._sharing -= 1
        return reading.outcome
