"""One operation causes a limited number of calls to Digital River, whatever it selects."""

from base64 import urlsafe_b64decode as b64decode
from base64 import urlsafe_b64encode as b64encode
from contextlib import nullcontext
from typing import Any

import pytest

from gateway.errors import RateLimited
from gateway.store.client_calls import RATE, ClientCalls
from gateway.upstream.call_budget import MAX_CALLS
from gateway.upstream.ids import global_id
from resolvers.pagination import TAG_BYTES
from sandbox.model.world import World
from tests.support.shop import Clock, Shopper, Storefront

SEARCH = 'search%d: products(search: {text: "p%d", purchasableOnly: true}, first: 1) { nodes { name } }'


def category_ids(number: int) -> list[str]:
    return [global_id("Category", str(70_000_000 + index)) for index in range(number)]


async def nodes(storefront: Storefront, ids: list[str]) -> Any:
    """Ask for objects in lists of at most 50."""
    parts = [ids[index : index + 50] for index in range(0, len(ids), 50)]
    variables = {f"ids{index}": part for index, part in enumerate(parts)}
    declared = ", ".join(f"${name}: [ID!]!" for name in variables)
    fields = " ".join(f"{name}: nodes(ids: ${name}) {{ id }}" for name in variables)
    return await storefront.ask(f"query({declared}) {{ {fields} }}", **variables)


async def test_objects_beyond_forty_calls_have_an_error_each(storefront: Storefront, world: World) -> None:
    answer = await nodes(storefront, category_ids(45))
    assert world.calls.count("GET") == MAX_CALLS == 40
    assert answer.codes == ["OPERATION_TOO_EXPENSIVE"] * 5
    assert all(f"more than {MAX_CALLS} calls" in error["message"] for error in answer.body["errors"])
    # The next operation has calls of its own, and finds the first objects in the cache.
    world.calls.clear()
    assert (await nodes(storefront, category_ids(45))).codes == []
    assert world.calls.count("GET") == 5


async def test_five_hundred_objects_are_too_expensive_to_ask_for(storefront: Storefront, world: World) -> None:
    answer = await nodes(storefront, category_ids(500))
    assert (answer.status, answer.codes) == (400, ["OPERATION_TOO_EXPENSIVE"])
    assert world.calls.count() == 0


async def test_orders_of_a_shopper_count_as_well(registered_shopper: Shopper) -> None:
    registered_shopper.world.calls.clear()
    orders = [global_id("Order", str(100_000 + number)) for number in range(50)]
    answer = await nodes(registered_shopper.storefront, orders)
    assert registered_shopper.world.calls.count("GET") == MAX_CALLS
    assert answer.codes == ["OPERATION_TOO_EXPENSIVE"] * 10


@pytest.mark.slow
async def test_calls_of_one_client_are_limited_each_minute(storefront: Storefront, world: World, clock: Clock) -> None:
    ids = category_ids(RATE.amount + MAX_CALLS)
    for index in range(0, RATE.amount, MAX_CALLS):
        assert (await nodes(storefront, ids[index : index + MAX_CALLS])).codes == []
    assert world.calls.count("GET") == RATE.amount == 3000
    answer = await nodes(storefront, ids[-MAX_CALLS:])
    assert answer.codes == ["RATE_LIMITED"] * MAX_CALLS
    assert answer.body["errors"][0]["extensions"]["retryAfter"]
    assert (await nodes(storefront, ids[:MAX_CALLS])).codes == [], "the cache still answers"
    clock.move(60)
    assert (await nodes(storefront, ids[-MAX_CALLS:])).codes == []


@pytest.mark.parametrize(
    ("address", "is_limited"), [("198.51.100.7", True), ("2001:db8::1", True), ("127.0.0.1", False), ("unknown", False)]
)
def test_only_addresses_of_one_client_are_limited(clock: Clock, address: str, *, is_limited: bool) -> None:
    calls = ClientCalls(clock)
    for _ in range(RATE.amount):
        calls.count(address)
    with pytest.raises(RateLimited) if is_limited else nullcontext():
        calls.count(address)
    calls.count("203.0.113.9")


async def test_made_up_cursor_is_refused_before_a_call(storefront: Storefront, world: World) -> None:
    query = "query($after: String) { products(first: 2, after: $after) { nodes { name } pageInfo { endCursor } } }"
    page = (await storefront.ask(query)).data["products"]
    world.calls.clear()
    position = b64decode(page["pageInfo"]["endCursor"])[TAG_BYTES:]
    for forged in (b"10:40:999", position, bytes(TAG_BYTES) + position):
        answer = await storefront.ask(query, after=b64encode(forged).decode())
        assert answer.codes == ["BAD_USER_INPUT"]
    other_list = 'query($after: String) { products(first: 2, after: $after, search: {text: "a"}) { totalCount } }'
    assert (await storefront.ask(other_list, after=page["pageInfo"]["endCursor"])).codes == ["BAD_USER_INPUT"]
    assert world.calls.count() == 0


async def test_pages_of_different_sizes_share_one_call(storefront: Storefront, world: World) -> None:
    for size in (1, 7, 20, 25):
        await storefront.ask("query($n: Int) { products(first: $n) { nodes { name } } }", n=size)
    assert world.calls.count("GET", "/v1/shoppers/me/products") == 1


async def test_ten_searches_cause_at_most_forty_calls(storefront: Storefront, world: World) -> None:
    await storefront.ask("{ " + " ".join(SEARCH % (number, number) for number in range(10)) + " }")
    assert 10 <= world.calls.count("GET") <= MAX_CALLS
