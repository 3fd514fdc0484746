"""A shopper of the browser tests cannot send an order that the test does not count."""

from pathlib import Path

import pytest

from tests.support.checkout_pages import SCENARIOS
from tests.support.shop import Shopper
from tests.support.storefront_build import Submits

TESTS = Path(__file__).parents[1]


@pytest.mark.parametrize("number", [0, 2])
async def test_shopper_with_other_number_of_submits_fails(number: int, shopper: Shopper) -> None:
    submits = Submits(shopper.world)
    await shopper.get_ready()
    with pytest.raises(AssertionError, match="1 orders were sent"), submits.of_shopper(number):
        await shopper.storefront.submit()
    submits.check_all_counted()


async def test_order_outside_of_a_counted_shopper_fails(shopper: Shopper) -> None:
    submits = Submits(shopper.world)
    await shopper.get_ready()
    with submits.of_shopper(1):
        await shopper.storefront.submit()
    submits.check_all_counted()
    await shopper.fill_cart()
    await shopper.pay_with()
    await shopper.storefront.submit()
    with pytest.raises(AssertionError, match="does not count"):
        submits.check_all_counted()


def test_only_counted_shoppers_play_the_checkout() -> None:
    files = [path for path in TESTS.rglob("*.py") if SCENARIOS in path.read_text()]
    assert [path.name for path in files] == ["checkout_pages.py"]
