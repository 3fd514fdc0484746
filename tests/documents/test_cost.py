"""The estimated cost of an operation: how it is computed, the header that reports it, and the limit."""

import pytest

from sandbox.model.world import World
from tests.support.shop import Clock, InMemoryTransport, Shopper, Storefront, documents, gateway

PRODUCTS = "query($n: Int) { products(first: $n) { nodes { name } } }"


@pytest.mark.parametrize(
    ("text", "points"),
    [
        ("{ __typename }", 0),
        ("{ storefront { locales } }", 1),
        ("{ products(first: 3) { totalCount } }", 10),
        ("{ products(first: 3) { nodes { name } } }", 10 + 3),
        ("{ products(first: 3) { nodes { name } edges { node { name } } } }", 10 + 3 + 3 * 2),
        ("{ products(first: 3) { nodes { inventory { isInStock } } } }", 10 + 3 * (1 + 1)),
        ("query($n: Int = 4) { products(first: $n) { nodes { name } } }", 10 + 4),
        ('{ nodes(ids: ["a", "b", "c"]) { id } }', 3 * 4),
        ("{ cart { lines { id } } }", 1 + 25),
        ("{ cart { lines { product { name } } } }", 1 + 25 * 2),
        ("{ cart { ...A ...A } } fragment A on Cart { lines { id } }", 1 + 25 + 25),
        ("{ cart { lines @include(if: false) { id } } }", 1 + 25),
        ("{ cart { warnings { code } } }", 1 + 5),
        ("{ __schema { types { fields { args { name } } } } }", 0),
    ],
)
async def test_estimated_cost_is_returned_in_a_header(storefront: Storefront, text: str, points: int) -> None:
    answer = await storefront.ask(text)
    assert answer.headers["x-riverfront-cost"] == str(points)
    assert answer.headers["x-riverfront-cost-limit"] == "1000"


async def test_interface_costs_as_much_as_its_most_expensive_type(storefront: Storefront) -> None:
    text = "{ cart { readiness { blockers { code %s } } } }"
    plain = 1 + 1 + 6
    cheaper = "... on SubmissionInProgressBlocker { attempt { idempotencyKey } }"
    most_expensive = "... on LineBlocker { line { product { id } } }"
    for selection, more in (("", 0), (cheaper, 6), (most_expensive, 12), (cheaper + most_expensive, 12)):
        answer = await storefront.ask(text % selection)
        assert answer.headers.get("x-riverfront-cost") == str(plain + more), selection


async def test_page_size_in_a_variable_multiplies_the_cost(storefront: Storefront) -> None:
    for size in (3, 50, 3):
        answer = await storefront.ask(PRODUCTS, n=size)
        assert answer.headers["x-riverfront-cost"] == str(10 + size)


@pytest.mark.parametrize("size", [999, 10**12])
async def test_operation_above_the_cost_limit_is_not_executed(storefront: Storefront, world: World, size: int) -> None:
    answer = await storefront.ask(PRODUCTS, n=size)
    assert answer.status == 400
    assert answer.codes == ["OPERATION_TOO_EXPENSIVE"]
    extensions = answer.body["errors"][0]["extensions"]
    assert (extensions["estimate"], extensions["limit"]) == (min(size, 10**6) + 10, 1000)
    assert extensions["supportReference"] == answer.headers["x-request-id"]
    assert world.calls.count() == 0


@pytest.mark.parametrize(
    "text",
    [
        "{ products { totalCount } }",
        "{ products(first: 1, last: 1) { totalCount } }",
        "{ products(first: null) { totalCount } }",
        "query($n: Int) { products(first: $n) { totalCount } }",
        "query($n: Int = 1, $m: Int = 1) { products(first: $n, last: $m) { totalCount } }",
    ],
)
async def test_list_with_neither_or_both_page_size_arguments_is_rejected(
    storefront: Storefront, world: World, text: str
) -> None:
    answer = await storefront.ask(text)
    assert answer.codes == ["BAD_USER_INPUT"]
    assert "exactly one of `first` and `last`" in answer.body["errors"][0]["message"]
    assert world.calls.count() == 0


async def test_error_names_the_page_size_variable_that_has_no_value(storefront: Storefront) -> None:
    answer = await storefront.ask("query($n: Int) { products(first: $n) { totalCount } }", m=3)
    message = (
        "Give exactly one of `first` and `last` at products, such as `products(first: 20)`. The variable $n has no "
        "value."
    )
    assert answer.body["errors"][0]["message"] == message


async def test_cost_limit_is_taken_from_the_settings(world: World, network: InMemoryTransport, clock: Clock) -> None:
    text = "{ cart { lines { id } } }"
    async with gateway(world, network, clock, cost_limit=26) as storefront:
        assert (await storefront.ask(text)).codes == []
    async with gateway(world, network, clock, cost_limit=25) as storefront:
        assert (await storefront.ask(text)).codes == ["OPERATION_TOO_EXPENSIVE"]


FIRST_PAGE = {"first": 20, "n": 20}


async def test_every_example_operation_is_within_the_cost_limit(storefront: Storefront) -> None:
    """The requests contain no variables except page sizes. The gateway estimates the cost without the others."""
    for name, text in documents().items():
        answer = await storefront.ask(text, **FIRST_PAGE)
        assert 0 < int(answer.headers["x-riverfront-cost"]) <= 600, name


async def test_cost_of_example_pages_agrees_with_the_docs(shopper: Shopper) -> None:
    costs = {
        name: int((await shopper.storefront.ask(documents()[name])).headers["x-riverfront-cost"])
        for name in ("CartPage", "CheckoutPage", "GuestDetails")
    }
    assert costs == {"CartPage": 314, "CheckoutPage": 497, "GuestDetails": 537}
