"""A rule that Digital River could not check stops no shopper for good: the page says so, and checks again by itself."""

import pytest

from gateway.sessions.cart_change_lock import SETTLED_AFTER_S
from sandbox.model.fault import Fault
from tests.storefront.conftest import OpenShop
from tests.support.checkout_pages import checkout, do, shopper_in
from tests.support.chromium import Chromium
from tests.support.shop import CART

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

NOTHING_TO_CORRECT = "You need not change anything. We check again by ourselves, and you can go on then."

LONGEST_PAUSE_S = 30
"""Within this time the page reads again, whatever the clock of the device says."""


async def test_cart_with_an_unknown_change_is_checked_again(open_shop: OpenShop, chromium: Chromium) -> None:
    lost = Fault(path=f"{CART}/line-items/{{id}}", method="POST", kind="drop-after", times=1)
    async with shopper_in(open_shop.shop, chromium, submits=0) as shopper:
        await do(shopper, "fillCart", "holdClock", "openCart")
        open_shop.world.faults.append(lost)
        shown = await do(shopper, "oneMore", "unchecked")
        with open_shop.later(SETTLED_AFTER_S + 1):
            await do(shopper, ("passTime", {"seconds": LONGEST_PAUSE_S}), "checked", "toCheckout")
    assert NOTHING_TO_CORRECT in shown["text"]
    assert shown["faults"] == []
    assert shown["findings"] == []


@pytest.mark.exhaustive
async def test_unknown_tax_rule_is_checked_again(open_shop: OpenShop, chromium: Chromium) -> None:
    async with shopper_in(open_shop.shop, chromium, submits=0) as shopper:
        with open_shop.failing(f"{CART}/tax-registrations/schema"):
            shown = await do(shopper, *checkout("BR"), "unchecked")
        steps = await do(shopper, "checkNow", "checked", ("steps", {"until": "tax"}))
        two = await do(shopper, "twoTaxNumbers")
    assert NOTHING_TO_CORRECT in shown["text"]
    assert shown["faults"] == []
    assert shown["findings"] == []
    assert steps["payment"] == "later"
    assert two == []
