"""Reads the stock of all products of an operation in one call."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import NamedTuple

from gateway.upstream.catalog import InventoryStatus

QUIET_CYCLES = 8
"""The stock is read after this number of event loop cycles without a new read."""


class PendingReads:
    """Counts the reads of an operation that are in progress. The results of these reads may contain more products whose
    stock is needed."""

    def __init__(self) -> None:
        self._pending = 0
        self._started = 0
        self._changed: asyncio.Event | None = None
        """Set when a read has ended. None until a stock loader waits."""

    def __enter__(self) -> None:
        """Count a read as in progress during the `with` block."""
        self._pending += 1
        self._started += 1

    def __exit__(self, *_: object) -> None:
        self._pending -= 1
        if self._changed is not None:
            self._changed.set()

    async def settle(self, within_s: float) -> None:
        """Wait until all reads have ended and no new read starts, for at most `within_s` seconds."""
        try:
            async with asyncio.timeout(within_s):
                while not await self._is_quiet():
                    self._changed = self._changed or asyncio.Event()
                    self._changed.clear()
                    if self._pending:
                        await self._changed.wait()
        except TimeoutError:
            return

    async def _is_quiet(self) -> bool:
        started = self._started
        for _ in range(QUIET_CYCLES):
            if self._pending or self._started != started:
                return False
            await asyncio.sleep(0)
        return not self._pending and self._started == started


class StockKey(NamedTuple):
    product_id: str
    past_cache: bool


class StockLoader:
    """Collects the products whose stock is requested, and reads their stock in one call.

    The stock of variations can be requested only after the variations have been read. The loader therefore first waits
    for reads in progress, for at most `patience_s` seconds.
    """

    def __init__(
        self,
        read: Callable[[list[str], bool], Awaitable[Mapping[str, InventoryStatus]]],
        reads: PendingReads,
        patience_s: float,
    ) -> None:
        self._read = read
        self._reads = reads
        self._patience_s = patience_s
        self._futures: dict[StockKey, asyncio.Future[InventoryStatus | None]] = {}
        self._waiting: list[StockKey] = []
        self._reading: asyncio.Task[None] | None = None

    def load(self, product_id: str, *, past_cache: bool = False) -> "asyncio.Future[InventoryStatus | None]":
        """The stock of a product; None for an unknown product."""
        key = StockKey(product_id, past_cache)
        future = self._futures.get(key)
        if future is None:
            future = self._futures[key] = asyncio.get_running_loop().create_future()
            # `exception()` marks the exception as retrieved. Otherwise asyncio would log it if the requesting field was
            # cancelled.
            future.add_done_callback(lambda done: done.cancelled() or done.exception())
            self._waiting.append(key)
            if self._reading is None or self._reading.done():
                self._reading = asyncio.create_task(self._read_waiting())
        return asyncio.shield(future)

    async def _read_waiting(self) -> None:
        while self._waiting:
            await self._reads.settle(self._patience_s)
            batch, self._waiting = {key: self._futures[key] for key in self._waiting}, []
            try:
                stock = await self._read([key.product_id for key in batch], any(key.past_cache for key in batch))
            except Exception as failure:
                for future in batch.values():
                    future.set_exception(failure)
            else:
                for key, future in batch.items():
                    future.set_result(stock.get(key.product_id))
