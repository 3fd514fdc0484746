"""Relay connections over lists that upstream pages by number, and that change while somebody pages.

A cursor says where an item was and which one it was. The item is looked for where it was, then near it,
then further away, so that a list that grew in front neither repeats nor skips what is behind. All pages of
one answer must tell the same number of items; where they do not, the list moved in between and is read again.
"""

import asyncio
import base64
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Generic, Protocol, TypeVar

from gateway.errors import BadUserInput

LARGEST_PAGE = 100

WIDE_SEARCHES = 10
"""Pages of the largest size in which an item that has moved far is looked for."""

MOST_SIFTED = 2000
"""Items of a list that is read as a whole."""

LOOKS = 3
"""Times a list that moves is read before its answer is taken as it is."""


class Item(Protocol):
    @property
    def upstream_id(self) -> str: ...


T = TypeVar("T", bound=Item)


@dataclass(frozen=True)
class Page(Generic[T]):
    """One page of a list, and how many items there are on all pages."""

    items: list[T]
    total_count: int


Read = Callable[[int, int, bool], Awaitable[Page[T]]]
"""Reads the page of a number from 1 and a size. The last argument is true for a page that must not come
from a cache: what was remembered did not fit together."""


@dataclass(frozen=True)
class PageInfo:
    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None
    end_cursor: str | None


@dataclass(frozen=True)
class Edge(Generic[T]):
    cursor: str
    node: T


@dataclass(frozen=True)
class Connection(Generic[T]):
    edges: list[Edge[T]]
    page_info: PageInfo
    total_count: int

    @property
    def nodes(self) -> list[T]:
        return [edge.node for edge in self.edges]


@dataclass(frozen=True)
class Window:
    """What was asked for: so many items behind a cursor, or so many in front of one."""

    size: int
    cursor: "Cursor | None"
    is_forward: bool

    @classmethod
    def of(
        cls, first: int | None, after: str | None, last: int | None, before: str | None, *, largest: int = LARGEST_PAGE
    ) -> "Window":
        """A page by `first` and `after`, or by `last` and `before`; exactly one pair. Raises `BadUserInput`."""
        if (first is None) == (last is None) or (first is None and after) or (last is None and before):
            raise BadUserInput("Give either first, with or without after, or last, with or without before.")
        size = first if first is not None else last
        if size is None or not 1 <= size <= largest:
            raise BadUserInput(f"A page has 1 to {largest} items.")
        text = after or before
        return cls(size, Cursor.read(text) if text else None, is_forward=first is not None)


@dataclass(frozen=True)
class Cursor:
    """Where an item was, from 0, in a list read by pages of `size`; and which one it was."""

    size: int
    place: int
    item_id: str

    def text(self) -> str:
        return base64.urlsafe_b64encode(f"{self.size}:{self.place}:{self.item_id}".encode()).decode()

    @classmethod
    def read(cls, text: str) -> "Cursor":
        try:
            size, place, item_id = base64.urlsafe_b64decode(text.encode()).decode().split(":", 2)
            cursor = cls(int(size), int(place), item_id)
        except ValueError:
            raise BadUserInput("This is not a cursor of this list.") from None
        if not (1 <= cursor.size <= LARGEST_PAGE and 0 <= cursor.place < 10_000_000):
            raise BadUserInput("This is not a cursor of this list.")
        return cursor


async def connection(read: Read[T], window: Window, *, at_once: bool = False) -> Connection[T]:
    """The page that was asked for, as the list is now.

    `at_once`: for a list that no cache knows, the cursor's item and all that is asked for are read as one
    upstream page, of whatever size that takes. One call is enough then as long as nothing has moved.
    """
    for look in range(1, LOOKS):
        try:
            return await Look(read, past_cache=look > 1, at_once=at_once).answer(window)
        except Moved:
            continue
    return await Look(read, past_cache=True, at_once=at_once, is_last=True).answer(window)


def sifted(read: Read[T], *, keep: Callable[[T], bool] = bool, kept_also_by: Read[T] | None = None) -> Read[T]:
    """The items of a list that pass, and that another list has too. Upstream cannot sift, so that all of the
    list is read, at most `MOST_SIFTED` items of it.
    """
    kept: dict[bool, list[T]] = {}

    async def page(number: int, size: int, past_cache: bool) -> Page[T]:
        if past_cache not in kept:
            items = [item for item in await whole(read, past_cache) if keep(item)]
            if kept_also_by is not None:
                others = {item.upstream_id for item in await whole(kept_also_by, past_cache)}
                items = [item for item in items if item.upstream_id in others]
            kept[past_cache] = items
        shown = kept[past_cache]
        return Page(shown[(number - 1) * size : number * size], len(shown))

    return page


async def whole(read: Read[T], past_cache: bool) -> list[T]:
    """Every item of a list. Raises `BadUserInput` for a list that is too long for that."""
    first = await read(1, LARGEST_PAGE, past_cache)
    if first.total_count > MOST_SIFTED:
        raise BadUserInput(
            f"{first.total_count} products match, {MOST_SIFTED} are allowed. Search for more, or set purchasableOnly "
            "to false."
        )
    numbers = range(2, -(-first.total_count // LARGEST_PAGE) + 1)
    others = await asyncio.gather(*(read(number, LARGEST_PAGE, past_cache) for number in numbers))
    return [item for page in (first, *others) for item in page.items]


class Moved(Exception):
    """The list changed between two of its pages."""


@dataclass
class Look(Generic[T]):
    """One look at a list: pages read at about the same time, each once."""

    read: Read[T]
    past_cache: bool
    at_once: bool = False
    is_last: bool = False
    """Whether pages that do not fit together are taken all the same."""
    pages: dict[tuple[int, int], Page[T]] = field(default_factory=dict)
    total: int | None = None

    async def answer(self, window: Window) -> Connection[T]:
        size = window.size
        if self.at_once and window.cursor and (found := await self._in_one(window.cursor, window)):
            return found
        if window.is_forward:
            start = await self._behind(window.cursor) if window.cursor else 0
            return await self._between(start, start + size, size)
        end = await self._front_of(window.cursor) if window.cursor else (await self._page(0, size)).total_count
        return await self._between(max(end - size, 0), end, size)

    async def _in_one(self, cursor: Cursor, window: Window) -> Connection[T] | None:
        """All of it from one page; None when the item is no longer where it was."""
        start = cursor.place if window.is_forward else max(cursor.place - window.size, 0)
        end = cursor.place + 1 + (window.size if window.is_forward else 0)
        number, size = _page_that_holds(start, end)
        row = (await self._page(number, size)).items[start - number * size : end - number * size]
        at = cursor.place - start
        if at >= len(row) or row[at].upstream_id != cursor.item_id:
            return None
        return (
            self._shown(start + 1, row[1:], window.size)
            if window.is_forward
            else self._shown(start, row[:at], window.size)
        )

    async def _between(self, start: int, end: int, size: int) -> Connection[T]:
        first_page, last_page = start // size, max(end - 1, start) // size
        row: list[T] = []
        for number in range(first_page, last_page + 1):
            row += (await self._page(number, size)).items
        offset = start - first_page * size
        return self._shown(start, _without_repeats(row[offset : offset + end - start]), size)

    def _shown(self, start: int, shown: list[T], size: int) -> Connection[T]:
        """These items, which stand from `start` on."""
        edges = [Edge(Cursor(size, start + index, item.upstream_id).text(), item) for index, item in enumerate(shown)]
        total = self.total or 0
        info = PageInfo(
            has_next_page=bool(shown) and start + len(shown) < total,
            has_previous_page=bool(shown) and start > 0,
            start_cursor=edges[0].cursor if edges else None,
            end_cursor=edges[-1].cursor if edges else None,
        )
        return Connection(edges, info, total)

    async def _behind(self, cursor: Cursor) -> int:
        """The place behind the cursor's item; of one that is gone, the place it had."""
        found = await self._place_of(cursor)
        return cursor.place if found is None else found + 1

    async def _front_of(self, cursor: Cursor) -> int:
        found = await self._place_of(cursor)
        return cursor.place if found is None else found

    async def _place_of(self, cursor: Cursor) -> int | None:
        """Where the item is now; None when it is nowhere near, as one that is gone."""
        number = cursor.place // cursor.size
        # New items mostly come first in a list: what was there is further down.
        for near in (number, number + 1, number - 1):
            place = await self._place_on(near, cursor.size, cursor.item_id)
            if place is not None:
                return place
        middle = cursor.place // LARGEST_PAGE
        for far in sorted(range(middle + WIDE_SEARCHES), key=lambda one: abs(one - middle))[:WIDE_SEARCHES]:
            place = await self._place_on(far, LARGEST_PAGE, cursor.item_id)
            if place is not None:
                return place
        return None

    async def _place_on(self, number: int, size: int, item_id: str) -> int | None:
        if number < 0 or (self.total is not None and number * size >= self.total):
            return None
        items = (await self._page(number, size)).items
        return next((number * size + index for index, item in enumerate(items) if item.upstream_id == item_id), None)

    async def _page(self, number: int, size: int) -> Page[T]:
        """The page of a number from 0."""
        known = self.pages.get((number, size))
        if known is None:
            known = self.pages[number, size] = await self.read(number + 1, size, self.past_cache)
            if self.total not in (None, known.total_count) and not self.is_last:
                raise Moved
            self.total = known.total_count
        return known


def _page_that_holds(start: int, end: int) -> tuple[int, int]:
    """Number, from 0, and size of the smallest page with all places from `start` up to `end`. At most about twice
    as long as what it is to hold."""
    size = next(size for size in count(end - start) if start // size == (end - 1) // size)
    return start // size, size


def _without_repeats(items: list[T]) -> list[T]:
    return list({item.upstream_id: item for item in items}.values())
