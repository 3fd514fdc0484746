"""Lists in pages: nothing comes twice and nothing is missing, also while the list changes."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from gateway.errors import BadUserInput
from resolvers.pagination import Connection, Page, Window, connection


@dataclass(frozen=True)
class Thing:
    upstream_id: str


class Shop:
    """A list that upstream pages by number, newest first."""

    def __init__(self, count: int, *, at_once: bool = False) -> None:
        self.at_once = at_once
        self.ids = [str(number) for number in range(count, 0, -1)]
        self.reads = 0
        self.before_read: Callable[[], None] = lambda: None

    async def read(self, number: int, size: int, _past_cache: bool) -> Page[Thing]:
        self.before_read()
        self.reads += 1
        shown = self.ids[(number - 1) * size : number * size]
        return Page([Thing(one) for one in shown], len(self.ids))

    def arrive(self, count: int = 1) -> None:
        for _ in range(count):
            self.ids.insert(0, f"new-{len(self.ids)}")

    async def forward(self, size: int, after: str | None = None) -> Connection[Thing]:
        return await connection(self.read, Window.of(size, after, None, None), at_once=self.at_once)

    async def backward(self, size: int, before: str | None = None) -> Connection[Thing]:
        return await connection(self.read, Window.of(None, None, size, before), at_once=self.at_once)


def ids(page: Connection[Thing]) -> list[str]:
    return [node.upstream_id for node in page.nodes]


@pytest.mark.parametrize("at_once", [False, True])
@pytest.mark.parametrize("arrivals", [0, 1, 4, 7, 230])
async def test_nothing_is_repeated_or_skipped_while_the_list_grows(arrivals: int, at_once: bool) -> None:
    shop = Shop(500, at_once=at_once)
    there = list(shop.ids)
    seen: list[str] = []
    page = await shop.forward(20)
    while True:
        seen += ids(page)
        if not page.page_info.has_next_page:
            break
        shop.arrive(arrivals)
        page = await shop.forward(20, page.page_info.end_cursor)
    assert seen == there

    there = list(shop.ids)
    seen = []
    page = await shop.backward(20)
    for _ in range(10):
        seen = ids(page) + seen
        shop.arrive(arrivals)
        page = await shop.backward(20, page.page_info.start_cursor)
    assert seen == there[-200:]


@pytest.mark.parametrize("way", ["forward", "backward"])
async def test_an_item_that_arrives_between_two_pages_of_one_answer_moves_nothing(way: str) -> None:
    shop = Shop(60)
    there = list(shop.ids)
    first = await shop.forward(10)
    # Places 7 to 16 are on two upstream pages.
    cursor = (await shop.forward(7)).page_info.end_cursor
    arrived = False

    def arrive_once() -> None:
        nonlocal arrived
        if shop.reads == reads + 2 and not arrived:
            arrived = True
            shop.arrive()

    reads = shop.reads
    shop.before_read = arrive_once
    if way == "forward":
        assert ids(await shop.forward(10, cursor)) == there[7:17]
    else:
        before = first.edges[6].cursor
        assert ids(await shop.backward(4, before)) == there[2:6]
        arrived = True
    assert arrived


async def test_a_list_that_never_rests_is_answered_without_repeats() -> None:
    shop = Shop(60)
    cursor = (await shop.forward(7)).page_info.end_cursor
    shop.before_read = shop.arrive
    found = ids(await shop.forward(10, cursor))
    assert len(found) == len(set(found)) > 0


async def test_the_place_of_an_item_that_is_gone_is_where_it_was() -> None:
    shop = Shop(30)
    page = await shop.forward(10)
    shop.ids.remove(page.nodes[-1].upstream_id)
    assert ids(await shop.forward(10, page.page_info.end_cursor)) == [str(number) for number in range(20, 10, -1)]


async def test_the_next_page_costs_at_most_two_reads() -> None:
    shop = Shop(100)
    page = await shop.forward(20)
    assert shop.reads == 1
    await shop.forward(20, page.page_info.end_cursor)
    assert shop.reads == 3


async def test_at_once_the_next_page_costs_one_read_until_something_moves() -> None:
    shop = Shop(500, at_once=True)
    page = await shop.forward(20)
    for _ in range(5):
        shop.reads = 0
        page = await shop.forward(20, page.page_info.end_cursor)
        assert shop.reads == 1
    shop.reads = 0
    back = await shop.backward(20, page.page_info.start_cursor)
    assert (shop.reads, len(back.nodes)) == (1, 20)
    shop.arrive()
    shop.reads = 0
    await shop.forward(20, page.page_info.end_cursor)
    assert 1 < shop.reads <= 4


async def test_the_ends_are_told() -> None:
    shop = Shop(5)
    whole = await shop.forward(10)
    assert (whole.total_count, whole.page_info.has_next_page, whole.page_info.has_previous_page) == (5, False, False)
    end = await shop.backward(2)
    assert ids(end) == ["2", "1"]
    assert (end.page_info.has_next_page, end.page_info.has_previous_page) == (False, True)
    nothing = await Shop(0).forward(5)
    assert (nothing.edges, nothing.page_info.end_cursor, nothing.total_count) == ([], None, 0)


@pytest.mark.parametrize(
    ("first", "after", "last", "before"),
    [
        (None, None, None, None),
        (0, None, None, None),
        (101, None, None, None),
        (5, None, 5, None),
        (5, None, None, "MTA6OTox"),
        (5, "nonsense", None, None),
        (5, "MTAwMDowOjE=", None, None),
    ],
)
def test_a_window_that_makes_no_sense_is_refused(
    first: int | None, after: str | None, last: int | None, before: str | None
) -> None:
    with pytest.raises(BadUserInput):
        Window.of(first, after, last, before)
