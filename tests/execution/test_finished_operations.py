"""A finished operation leaves no circle of objects, which would stay in memory until the garbage collector finds it."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from gateway.operation.context import Context
from gateway.upstream.ids import global_id
from tests.support.operation_calls import TABLE
from tests.support.shop import USES_PLANS, Shopper, documents

pytestmark = pytest.mark.skipif(not USES_PLANS, reason="graphql-core leaves circles")


@contextmanager
def collector_off() -> Iterator[None]:
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def contexts() -> list[Context]:
    return [context for context in gc.get_objects() if isinstance(context, Context)]


@pytest.mark.parametrize("name", ["ProductPage", "CheckoutPage", "ChangeQuantity", "GuestOrder"])
async def test_example_operation_leaves_no_context(name: str, shopper: Shopper) -> None:
    variables = await TABLE[name].arrange(shopper)
    with collector_off():
        await shopper.storefront.run(name, **variables)
        assert contexts() == []


async def test_refused_change_leaves_no_context(shopper: Shopper) -> None:
    variables = await TABLE["ChangeQuantity"].arrange(shopper)
    unknown_line = variables | {"lineId": global_id("CartLine", "999")}
    with collector_off():
        answer = await shopper.storefront.ask(documents()["ChangeQuantity"], **unknown_line)
        assert contexts() == []
    assert answer.data["updateCartLines"]["errors"] != []
