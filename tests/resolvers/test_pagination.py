"""Paging neither repeats nor skips an item, even while the list changes."""

import base64
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from gateway.errors import BadUserInput
from resolvers.pagination import Connection, Cursor, Page, Window, connection, key_of

KEY = key_of(b"secret", "a list")


@dataclass(frozen=True)
class Item:
    upstream_id: str


class GrowingList:
    """A list of items, newest first. Like a list of Digital River, it is read in numbered pages."""

    def __init__(self, count: int, *, at_once: bool = False) -> None:
        self.at_once = at_once
        self.ids = [str(number) for number in range(count, 0, -1)]
        self.reads = 0
        self.before_read: Callable[[], None] = lambda: None

    async def read(self, number: int, size: int, _past_cache: bool) -> Page[Item]:
        self.before_read()
        self.reads += 1
        page = self.ids[(number - 1) * size : number * size]
        return Page([Item(item_id) for item_id in page], len(self.ids))

    def grow(self, count: int = 1) -> None:
        for _ in range(count):
            self.ids.insert(0, f"new-{len(self.ids)}")

    async def forward(self, size: int, after: str | None = None) -> Connection[Item]:
        return await connection(self.read, Window.of(size, after, None, None, key=KEY), at_once=self.at_once)

    async def backward(self, size: int, before: str | None = None) -> Connection[Item]:
        return await connection(self.read, Window.of(None, None, size, before, key=KEY), at_once=self.at_once)


def ids(page: Connection[Item]) -> list[str]:
    return [node.upstream_id for node in page.nodes]


@pytest.mark.parametrize("at_once", [False, True])
@pytest.mark.parametrize("growth", [0, 1, 4, 7, 230])
async def test_growing_list_is_paged_without_repeats_or_gaps(growth: int, at_once: bool) -> None:
    items = GrowingList(500, at_once=at_once)
    before = list(items.ids)
    paged: list[str] = []
    page = await items.forward(20)
    while True:
        paged += ids(page)
        if not page.page_info.has_next_page:
            break
        items.grow(growth)
        page = await items.forward(20, page.page_info.end_cursor)
    assert paged == before

    before = list(items.ids)
    paged = []
    page = await items.backward(20)
    for _ in range(10):
        paged = ids(page) + paged
        items.grow(growth)
        page = await items.backward(20, page.page_info.start_cursor)
    assert paged == before[-200:]


@pytest.mark.parametrize("direction", ["forward", "backward"])
async def test_item_added_during_a_read_does_not_shift_the_page(direction: str) -> None:
    items = GrowingList(60)
    before_growth = list(items.ids)
    first = await items.forward(10)
    # The ten items after this cursor are on two upstream pages, so the list can grow between the two reads.
    cursor = (await items.forward(20)).page_info.end_cursor
    has_grown = False

    def grow_once() -> None:
        nonlocal has_grown
        if items.reads == reads + 1 and not has_grown:
            has_grown = True
            items.grow()

    reads = items.reads
    items.before_read = grow_once
    if direction == "forward":
        assert ids(await items.forward(10, cursor)) == before_growth[20:30]
    else:
        before = first.edges[6].cursor
        assert ids(await items.backward(4, before)) == before_growth[2:6]
        has_grown = True
    assert has_grown


async def test_page_of_a_constantly_growing_list_has_no_repeats() -> None:
    items = GrowingList(60)
    cursor = (await items.forward(7)).page_info.end_cursor
    items.before_read = items.grow
    paged = ids(await items.forward(10, cursor))
    assert len(paged) == len(set(paged)) > 0


async def test_cursor_of_a_removed_item_remains_valid() -> None:
    items = GrowingList(30)
    page = await items.forward(10)
    items.ids.remove(page.nodes[-1].upstream_id)
    assert ids(await items.forward(10, page.page_info.end_cursor)) == [str(number) for number in range(20, 10, -1)]


async def test_next_page_is_assembled_from_at_most_two_upstream_pages() -> None:
    items = GrowingList(100)
    page = await items.forward(20)
    assert items.reads == 1
    await items.forward(20, page.page_info.end_cursor)
    assert items.reads == 3


async def test_next_page_of_unchanged_uncached_list_needs_one_upstream_read() -> None:
    items = GrowingList(500, at_once=True)
    page = await items.forward(20)
    for _ in range(5):
        items.reads = 0
        page = await items.forward(20, page.page_info.end_cursor)
        assert items.reads == 1
    items.reads = 0
    back = await items.backward(20, page.page_info.start_cursor)
    assert (items.reads, len(back.nodes)) == (1, 20)
    items.grow()
    items.reads = 0
    await items.forward(20, page.page_info.end_cursor)
    assert 1 < items.reads <= 4


async def test_page_info_reports_whether_further_pages_exist() -> None:
    items = GrowingList(5)
    whole = await items.forward(10)
    assert (whole.total_count, whole.page_info.has_next_page, whole.page_info.has_previous_page) == (5, False, False)
    end = await items.backward(2)
    assert ids(end) == ["2", "1"]
    assert (end.page_info.has_next_page, end.page_info.has_previous_page) == (False, True)
    empty = await GrowingList(0).forward(5)
    assert (empty.edges, empty.page_info.end_cursor, empty.total_count) == ([], None, 0)


@pytest.mark.parametrize(
    ("first", "after", "last", "before"),
    [
        (None, None, None, None),
        (0, None, None, None),
        (101, None, None, None),
        (5, None, 5, None),
        (5, None, None, "MTA6OTox"),
        (5, "nonsense", None, None),
        (5, "é", None, None),
        (5, Cursor(10, 9, "1").encode(key_of(b"secret", "another list")), None, None),
        (5, Cursor(10, 9, "1").encode(key_of(b"another secret", "a list")), None, None),
        (5, base64.urlsafe_b64encode(b"10:9:1").decode(), None, None),
    ],
)
def test_invalid_pagination_arguments_are_rejected(
    first: int | None, after: str | None, last: int | None, before: str | None
) -> None:
    with pytest.raises(BadUserInput):
        Window.of(first, after, last, before, key=KEY)
