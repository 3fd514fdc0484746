"""A payment that the shopper has made is used, whatever is lost on the way."""

import pytest

from tests.storefront.conftest import OpenShop
from tests.support.checkout_pages import Deed, checkout, do, pay, shopper_in
from tests.support.chromium import Chromium

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

NOT_LOST = "It is not lost, and you need not enter or approve it again. Nothing was ordered, and no money was taken."
APPROVED = "Your payment is approved, but nothing is ordered yet."

LOST = [
    pytest.param("CheckoutPage", id="page", marks=pytest.mark.exhaustive),
    pytest.param("CheckoutAttach", id="attachment"),
]
"""What fails when the shopper comes back from PayPal."""


def broken(operation: str) -> Deed:
    return ("breakOperation", {"operation": operation})


@pytest.mark.parametrize("name", LOST)
async def test_approved_payment_is_used_after_a_lost_answer(name: str, open_shop: OpenShop, chromium: Chromium) -> None:
    async with shopper_in(open_shop.shop, chromium, submits=1) as shopper:
        await do(shopper, *checkout(), pay("payPal"), ("atProvider", {}), broken(name), "decide")
        unused = await do(shopper, "trouble" if name == "CheckoutPage" else "notice")
        approved = await do(shopper, "repair", "tryAgain", ("noticeWith", {"text": APPROVED}))
        shown = await do(shopper, "order", "placed")
    assert NOT_LOST in unused
    assert APPROVED in approved
    assert shown["state"] == "SUBMITTED"


@pytest.mark.slow
@pytest.mark.exhaustive
async def test_approved_payment_is_used_after_a_reload(open_shop: OpenShop, chromium: Chromium) -> None:
    """Also if the shopper comes back to the checkout by another way than the provider's page."""
    async with shopper_in(open_shop.shop, chromium, submits=0) as shopper:
        await do(shopper, *checkout(), pay("payPal"), ("atProvider", {}), broken("CheckoutAttach"), "decide", "notice")
        assert APPROVED in await do(shopper, "repair", "openCheckout", ("noticeWith", {"text": APPROVED}))


async def test_source_waits_until_the_payment_methods_are_known(open_shop: OpenShop, chromium: Chromium) -> None:
    async with shopper_in(open_shop.shop, chromium, submits=0) as shopper:
        unused = await do(shopper, broken("CheckoutMethods"), *checkout(), pay("payPal"), "notice")
        await do(shopper, "repair", "tryAgain", "decide")
        assert APPROVED in await do(shopper, ("noticeWith", {"text": APPROVED}))
    assert NOT_LOST in unused


@pytest.mark.slow
@pytest.mark.exhaustive
async def test_card_that_was_typed_is_attached_after_a_lost_answer(open_shop: OpenShop, chromium: Chromium) -> None:
    async with shopper_in(open_shop.shop, chromium, submits=1) as shopper:
        unused = await do(shopper, *checkout(), broken("CheckoutAttach"), pay(), "notice")
        shown = await do(shopper, "repair", "tryAgain", "order", "placed")
    assert NOT_LOST in unused
    assert shown["state"] == "SUBMITTED"


async def test_card_waits_for_a_slow_change_of_the_delivery(open_shop: OpenShop, chromium: Chromium) -> None:
    async with shopper_in(open_shop.shop, chromium, submits=1) as shopper:
        shown = await do(shopper, *checkout(), ("steps", {"until": "payment"}), "payDuringDelivery", "order", "placed")
    assert shown["state"] == "SUBMITTED"
