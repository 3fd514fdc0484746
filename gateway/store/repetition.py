"""Repeats an action in the background until it is stopped."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable

log = logging.getLogger(__name__)


class Repetition:
    """A task that repeats an action every `interval_s` seconds.

    The task is not stopped by cancelling it: on Python 3.11, `asyncio.wait_for`, which redis-py uses, can swallow a
    cancellation. A task that waits for its next repetition would then never end.
    """

    def __init__(self, action: Callable[[], Awaitable[None]], interval_s: float) -> None:
        self._action = action
        self._interval_s = interval_s
        self._stopping = asyncio.Event()
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Stop, and wait for the action that is in progress."""
        self._stopping.set()
        await self._task

    async def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                await self._action()
            except Exception:
                # The next repetition may succeed. Without it, the process would stop its background work for ever.
                log.exception("background work failed")
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._interval_s):
                    await self._stopping.wait()
