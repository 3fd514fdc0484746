"""Relay connections over lists that Digital River pages by number and that may change between two requests.

A cursor contains the index and the id of an item. The gateway looks for the item on the page of this index, then on the
pages beside it, and then on pages farther away. No item is therefore repeated or skipped after items were added at the
front of the list. A cursor is signed for its list, because a made-up cursor would cause many reads. All pages that the
gateway reads for one connection must report the same total number of items. If they do not, the list has changed, and
the gateway reads it again.
"""

import asyncio
import base64
import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Generic, Protocol, TypeVar

from gateway.errors import BadUserInput

LARGEST_PAGE = 100

SHARED_PAGE = 25
"""Size of the pages that are read for windows of at most this size, so that they share the pages in the cache."""

TAG_BYTES = 8
"""Length of a cursor's signature. A forged cursor causes some reads, and shows nothing that is not shown without it."""

WIDE_SEARCHES = 10
"""Maximum number of pages that are searched for a cursor's item if it is not near its index. Each page has
`LARGEST_PAGE` items.
"""

MOST_FILTERED = 2000
"""Maximum number of items in a list that the gateway filters. The gateway reads such a list completely."""

MOST_READINGS = 3
"""Maximum number of times that a changing list is read. The result of the last reading is used even if the list has
changed again.
"""


class Item(Protocol):
    @property
    def upstream_id(self) -> str: ...


T = TypeVar("T", bound=Item)


@dataclass(frozen=True)
class Page(Generic[T]):
    """A page of a list, and the number of items on all pages."""

    items: list[T]
    total_count: int


Read = Callable[[int, int, bool], Awaitable[Page[T]]]
"""Function that reads one page of a list. Its arguments are the page number, the page size, and a flag to bypass the
cache. Page numbers begin at 1. The cache is bypassed after cached pages have reported different total numbers of items.
"""


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
    """The part of a list that a client requests: a number of items after or before a cursor."""

    size: int
    cursor: "Cursor | None"
    is_forward: bool
    key: bytes
    """Key that signs the cursors of the list, see `key_of`."""

    @classmethod
    def of(
        cls,
        first: int | None,
        after: str | None,
        last: int | None,
        before: str | None,
        *,
        key: bytes,
        largest: int = LARGEST_PAGE,
    ) -> "Window":
        """The window of `first` and `after`, or of `last` and `before`. Raises `BadUserInput` for any other
        combination, and for a cursor of another list.
        """
        if (first is None) == (last is None) or (first is None and after) or (last is None and before):
            raise BadUserInput("Use `first`, with or without `after`, or `last`, with or without `before`.")
        size = first if first is not None else last
        if size is None or not 1 <= size <= largest:
            name = "first" if first is not None else "last"
            raise BadUserInput(f"`{name}` must be 1 to {largest}.")
        cursor = after or before
        return cls(size, Cursor.decode(cursor, key) if cursor else None, is_forward=first is not None, key=key)


@dataclass(frozen=True)
class Cursor:
    """The position of an item in a list. `index` begins at 0. `size` is the size of the page on which the item was
    read.
    """

    size: int
    index: int
    item_id: str

    def encode(self, key: bytes) -> str:
        position = f"{self.size}:{self.index}:{self.item_id}".encode()
        return base64.urlsafe_b64encode(_tag(position, key) + position).decode()

    @classmethod
    def decode(cls, encoded: str, key: bytes) -> "Cursor":
        """The decoded cursor. Raises `BadUserInput` if the gateway has not made it for the list with this key."""
        try:
            decoded = base64.urlsafe_b64decode(encoded.encode())
        except ValueError:
            decoded = b""
        tag, position = decoded[:TAG_BYTES], decoded[TAG_BYTES:]
        if not hmac.compare_digest(tag, _tag(position, key)):
            raise BadUserInput("`after` and `before` must be cursors of this list.")
        size, index, item_id = position.decode().split(":", 2)
        return cls(int(size), int(index), item_id)


def key_of(secret: bytes, *parts: str | bool | None) -> bytes:
    """Key for the cursors of one list. `parts` are the name of the list and what selects its items."""
    return hmac.digest(secret, repr(("cursor", *parts)).encode(), "sha256")


def _tag(position: bytes, key: bytes) -> bytes:
    return hmac.digest(key, position, "sha256")[:TAG_BYTES]


async def connection(read: Read[T], window: Window, *, at_once: bool = False) -> Connection[T]:
    """The connection with the items that `window` requests.

    Set `at_once` for a list that is not cached. One call then reads the cursor's item together with the requested
    items, on a page of any size. Further calls are sent only if the cursor's item has moved.
    """
    for number in range(1, MOST_READINGS):
        try:
            return await Reading(read, window.key, past_cache=number > 1, at_once=at_once).answer(window)
        except ListChanged:
            continue
    return await Reading(read, window.key, past_cache=True, at_once=at_once, is_last=True).answer(window)


def filtered(read: Read[T], *, passes: Callable[[T], bool] = bool, also_in: Read[T] | None = None) -> Read[T]:
    """Function that reads the items for which `passes` is true. If `also_in` is given, that list must contain the items
    too.

    The function reads each list completely, because Digital River cannot filter. It raises `BadUserInput` if a list has
    more than `MOST_FILTERED` items.
    """
    by_past_cache: dict[bool, list[T]] = {}

    async def page(number: int, size: int, past_cache: bool) -> Page[T]:
        if past_cache not in by_past_cache:
            items = [item for item in await whole(read, past_cache) if passes(item)]
            if also_in is not None:
                other_ids = {item.upstream_id for item in await whole(also_in, past_cache)}
                items = [item for item in items if item.upstream_id in other_ids]
            by_past_cache[past_cache] = items
        items = by_past_cache[past_cache]
        return Page(items[(number - 1) * size : number * size], len(items))

    return page


async def whole(read: Read[T], past_cache: bool) -> list[T]:
    """All items of a list. Raises `BadUserInput` if the list has more than `MOST_FILTERED` items."""
    first = await read(1, LARGEST_PAGE, past_cache)
    if first.total_count > MOST_FILTERED:
        raise BadUserInput(
            f"The search matches {first.total_count} products and may match at most {MOST_FILTERED}. Search for more "
            "words or in a smaller category, or set `purchasableOnly` to false and remove the other filters."
        )
    numbers = range(2, -(-first.total_count // LARGEST_PAGE) + 1)
    others = await asyncio.gather(*(read(number, LARGEST_PAGE, past_cache) for number in numbers))
    return [item for page in (first, *others) for item in page.items]


class ListChanged(Exception):
    """Two pages of the list report different total numbers of items."""


@dataclass
class Reading(Generic[T]):
    """Reads a list for one connection. No page is read twice."""

    read: Read[T]
    key: bytes
    past_cache: bool
    at_once: bool = False
    is_last: bool = False
    """True in the last reading, which accepts pages that report different total numbers of items."""
    pages: dict[tuple[int, int], Page[T]] = field(default_factory=dict)
    total: int | None = None

    async def answer(self, window: Window) -> Connection[T]:
        """The connection with the items that `window` requests. Raises `ListChanged` if the list has changed, except in
        the last reading.
        """
        size = self._page_size(window.size)
        if self.at_once and window.cursor and (answer := await self._from_one_page(window.cursor, window)):
            return answer
        if window.is_forward:
            start = await self._index_after(window.cursor) if window.cursor else 0
            return await self._between(start, start + window.size, size)
        end = await self._index_before(window.cursor) if window.cursor else (await self._page(0, size)).total_count
        return await self._between(max(end - window.size, 0), end, size)

    def _page_size(self, window_size: int) -> int:
        if self.at_once:
            return window_size
        return SHARED_PAGE if window_size <= SHARED_PAGE else LARGEST_PAGE

    async def _from_one_page(self, cursor: Cursor, window: Window) -> Connection[T] | None:
        """The connection for `window`, read as one page. None if the cursor's item is no longer at its index."""
        start = cursor.index if window.is_forward else max(cursor.index - window.size, 0)
        end = cursor.index + 1 + (window.size if window.is_forward else 0)
        number, size = _page_that_holds(start, end)
        items = (await self._page(number, size)).items[start - number * size : end - number * size]
        offset = cursor.index - start
        if offset >= len(items) or items[offset].upstream_id != cursor.item_id:
            return None
        if window.is_forward:
            return self._connection(start + 1, items[1:], window.size)
        return self._connection(start, items[:offset], window.size)

    async def _between(self, start: int, end: int, size: int) -> Connection[T]:
        first_page, last_page = start // size, max(end - 1, start) // size
        items: list[T] = []
        for number in range(first_page, last_page + 1):
            items += (await self._page(number, size)).items
        offset = start - first_page * size
        return self._connection(start, _without_repeats(items[offset : offset + end - start]), size)

    def _connection(self, start: int, items: list[T], size: int) -> Connection[T]:
        """A connection of these items. `start` is the index of the first item in the whole list."""
        edges = [
            Edge(Cursor(size, start + index, item.upstream_id).encode(self.key), item)
            for index, item in enumerate(items)
        ]
        total = self.total or 0
        info = PageInfo(
            has_next_page=bool(items) and start + len(items) < total,
            has_previous_page=bool(items) and start > 0,
            start_cursor=edges[0].cursor if edges else None,
            end_cursor=edges[-1].cursor if edges else None,
        )
        return Connection(edges, info, total)

    async def _index_after(self, cursor: Cursor) -> int:
        """The index after the cursor's item. If the item is no longer in the list, the index that it had."""
        index = await self._index_of(cursor)
        return cursor.index if index is None else index + 1

    async def _index_before(self, cursor: Cursor) -> int:
        index = await self._index_of(cursor)
        return cursor.index if index is None else index

    async def _index_of(self, cursor: Cursor) -> int | None:
        """The current index of the cursor's item; None if the item is not found."""
        number = cursor.index // cursor.size
        # Most new items are added at the front of a list, so an item that moved is usually on the next page.
        for near in (number, number + 1, number - 1):
            index = await self._index_on(near, cursor.size, cursor.item_id)
            if index is not None:
                return index
        middle = cursor.index // LARGEST_PAGE
        for far in sorted(range(middle + WIDE_SEARCHES), key=lambda page: abs(page - middle))[:WIDE_SEARCHES]:
            index = await self._index_on(far, LARGEST_PAGE, cursor.item_id)
            if index is not None:
                return index
        return None

    async def _index_on(self, number: int, size: int, item_id: str) -> int | None:
        if number < 0 or (self.total is not None and number * size >= self.total):
            return None
        items = (await self._page(number, size)).items
        return next((number * size + offset for offset, item in enumerate(items) if item.upstream_id == item_id), None)

    async def _page(self, number: int, size: int) -> Page[T]:
        """The page with this number, read only once. Page numbers begin at 0. Raises `ListChanged` if the list has
        changed, except in the last reading.
        """
        page = self.pages.get((number, size))
        if page is None:
            page = self.pages[number, size] = await self.read(number + 1, size, self.past_cache)
            if self.total not in (None, page.total_count) and not self.is_last:
                raise ListChanged
            self.total = page.total_count
        return page


def _page_that_holds(start: int, end: int) -> tuple[int, int]:
    """Number and size of the smallest page that contains the indexes `start` to `end - 1`. Page numbers begin at 0.

    The page has at most about twice as many items as were requested.
    """
    size = next(size for size in count(end - start) if start // size == (end - 1) // size)
    return start // size, size


def _without_repeats(items: list[T]) -> list[T]:
    return list({item.upstream_id: item for item in items}.values())
