"""What goes wrong is blamed on the right party: the gateway's words, the connection, the bank, or the page itself."""

import pytest

from tests.storefront.conftest import OpenShop
from tests.support.checkout_pages import checkout, do, pay, shopper_in
from tests.support.chromium import Chromium

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


async def test_refused_order_shows_the_words_of_the_gateway(open_shop: OpenShop, chromium: Chromium) -> None:
    words = "Too many attempts. Please wait a moment and try again."
    limited = {"code": "RATE_LIMITED", "shopperMessage": words, "supportReference": "r-17"}
    refuse = ("refuseOperation", {"operation": "CheckoutSubmit", "extensions": limited})
    async with shopper_in(open_shop.shop, chromium, submits=1) as shopper:
        with open_shop.shop.submits.expected(0):
            message = await do(shopper, *checkout(), pay(), "readyToOrder", refuse, "order", "notice")
        shown = await do(shopper, "repair", "order", "placed")
    assert words in message
    assert "r-17" in message
    assert "connection" not in message
    assert shown["state"] == "SUBMITTED"


async def test_page_that_breaks_says_that_it_has_a_fault(open_shop: OpenShop, chromium: Chromium) -> None:
    async with shopper_in(open_shop.shop, chromium, submits=0) as shopper:
        shown = await do(shopper, "openBrokenProduct")
    assert "because of a fault of ours" in shown
    assert "connection" not in shown
