"""Stock of everything that an operation shows, in one call."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple

from gateway.upstream.catalog import InventoryStatus

QUIET_TURNS = 8
"""Turns of the event loop after a read in which the fields below its answer ask for what they need."""


class Reads:
    """Reads that an operation has under way, of what may show stock."""

    def __init__(self) -> None:
        self._under_way = 0
        self._begun = 0
        self._changed = asyncio.Event()

    @contextmanager
    def one(self) -> Iterator[None]:
        self._under_way += 1
        self._begun += 1
        try:
            yield
        finally:
            self._under_way -= 1
            self._changed.set()

    async def settle(self, within_s: float) -> None:
        """Wait until no read is under way and none follows from what was read; at most so long."""
        try:
            async with asyncio.timeout(within_s):
                while not await self._is_quiet():
                    self._changed.clear()
                    if self._under_way:
                        await self._changed.wait()
        except TimeoutError:
            return

    async def _is_quiet(self) -> bool:
        begun = self._begun
        for _ in range(QUIET_TURNS):
            if self._under_way or self._begun != begun:
                return False
            await asyncio.sleep(0)
        return not self._under_way and self._begun == begun


class Stock:
    """Gathers what is asked for and asks once.

    Fields ask at different times: that of a product at once, those of its variations after another read.
    So it waits for reads under way, but not longer than `patience_s`: a read that hangs delays no stock.
    """

    def __init__(
        self,
        ask: Callable[[list[str], bool], Awaitable[Mapping[str, InventoryStatus]]],
        reads: Reads,
        patience_s: float,
    ) -> None:
        self._ask = ask
        self._reads = reads
        self._patience_s = patience_s
        self._known: dict[Wanted, asyncio.Future[InventoryStatus | None]] = {}
        self._waiting: list[Wanted] = []
        self._asking: asyncio.Task[None] | None = None

    def load(self, product_id: str, *, fresh: bool = False) -> "asyncio.Future[InventoryStatus | None]":
        """The stock of a product, None for one that is not there. `fresh`: not one that a cache remembers."""
        wanted = Wanted(product_id, fresh)
        known = self._known.get(wanted)
        if known is None:
            known = self._known[wanted] = asyncio.get_running_loop().create_future()
            # A field that has given up no longer asks what became of it.
            known.add_done_callback(lambda done: done.cancelled() or done.exception())
            self._waiting.append(wanted)
            if self._asking is None or self._asking.done():
                self._asking = asyncio.create_task(self._answer())
        return asyncio.shield(known)

    def clear(self) -> None:
        """After a change: what was known is no longer so. Who still waits gets what is about to be asked."""
        self._known = {wanted: future for wanted, future in self._known.items() if not future.done()}

    async def _answer(self) -> None:
        while self._waiting:
            await self._reads.settle(self._patience_s)
            asked, self._waiting = {wanted: self._known[wanted] for wanted in self._waiting}, []
            try:
                found = await self._ask([one.product_id for one in asked], any(one.fresh for one in asked))
            except Exception as failure:
                for future in asked.values():
                    future.set_exception(failure)
            else:
                for wanted, future in asked.items():
                    future.set_result(found.get(wanted.product_id))


class Wanted(NamedTuple):
    product_id: str
    fresh: bool
