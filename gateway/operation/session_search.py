"""Finds the session of an operation once, although several of its fields need it."""

import asyncio
from collections.abc import Awaitable, Callable


class SessionSearch:
    """The field that needs the session first searches for it, and the others wait for this field.

    A task for the search would take longer than the search in a store in memory, which answers at once. If only the
    field that searches is cancelled, the next one searches again.
    """

    def __init__(self) -> None:
        self._searching = asyncio.Lock()
        self._has_ended = False
        self._failure: Exception | None = None

    async def once(self, search: Callable[[], Awaitable[None]]) -> None:
        """Call `search`, unless it has been called. Raises what it raised."""
        if not self._has_ended:
            async with self._searching:
                if not self._has_ended:
                    await self._end(search)
        if self._failure is not None:
            raise self._failure

    async def _end(self, search: Callable[[], Awaitable[None]]) -> None:
        try:
            await search()
        except Exception as failure:
            self._failure = failure
        self._has_ended = True
