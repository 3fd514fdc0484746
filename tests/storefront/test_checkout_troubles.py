"""What goes wrong in a checkout: the page says what happened to the money, and there is one order or none."""

from typing import Any

import pytest

from sandbox.model.fault import Fault
from tests.storefront.conftest import OpenShop
from tests.support.checkout_pages import Deed, checkout, do, pay, shopper_in
from tests.support.chromium import Chromium
from tests.support.shop import SUBMIT

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

LIMITED = "5401231100"
"""Of this product, a few are in stock."""

NOTHING = "Nothing was ordered, and no money was taken."


def fault(open_shop: OpenShop, **values: Any) -> None:
    open_shop.world.faults.append(Fault(path=SUBMIT, times=1, **values))


async def test_declined_card_orders_nothing_and_another_card_pays(open_shop: OpenShop, chromium: Chromium) -> None:
    async with shopper_in(open_shop.shop, chromium, submits=2) as shopper:
        with open_shop.shop.submits.expected(1):
            message = await do(shopper, *checkout(), pay(number="4000000000003600"), "order", "notice")
        shown = await do(shopper, pay(), "order", "placed")
    assert message.split("\n") == ["The payment was declined. Please pay another way.", "", NOTHING]
    assert shown["state"] == "SUBMITTED"


async def test_line_sold_out_in_the_checkout_is_named_there(open_shop: OpenShop, chromium: Chromium) -> None:
    stock = open_shop.world.stock
    async with shopper_in(open_shop.shop, chromium, submits=0) as shopper:
        await do(shopper, *checkout(product=LIMITED))
        before, stock[int(LIMITED)] = stock[int(LIMITED)], 0
        try:
            shown = await do(shopper, "reload", "goToBlockedCart")
        finally:
            stock[int(LIMITED)] = before
    assert "sold out" in shown["reason"] or "stock" in shown["reason"]
    assert shown["canCheckOut"] is False
    assert shown["findings"] == []


async def test_changed_total_needs_a_new_agreement(open_shop: OpenShop, chromium: Chromium) -> None:
    async with shopper_in(open_shop.shop, chromium, submits=1) as shopper:
        other_tab: list[Deed] = ["openTab", ("inTab", {"deed": "addProduct"})]
        with open_shop.shop.submits.expected(0):
            message = await do(shopper, *checkout(), pay(), *other_tab, "order", "notice")
        shown = await do(shopper, "order", "placed")
    assert message.startswith("The total has changed from $96.69 to ")
    assert NOTHING in message
    assert shown["state"] == "SUBMITTED"


async def test_click_in_two_tabs_places_one_order_that_both_show(open_shop: OpenShop, chromium: Chromium) -> None:
    async with shopper_in(open_shop.shop, chromium, submits=1) as shopper:
        first, second = await do(shopper, *checkout(), pay(), "openTab", "orderInBothTabs")
    assert first["number"] == second["number"]


NOT_ARRIVED = (
    "Your order has not reached us. Please place it again: even if the first attempt still arrives, it is ordered and "
    "paid once."
)


async def test_order_lost_with_the_connection_is_placed_once(open_shop: OpenShop, chromium: Chromium) -> None:
    async with shopper_in(open_shop.shop, chromium, submits=1) as shopper:
        sent = [*checkout(), pay(), "readyToOrder", "loseConnectionAtOrder", "order"]
        with open_shop.shop.submits.expected(0):
            doubt = await do(shopper, *sent, ("panel", {"kind": "doubt"}))
            heading = await do(shopper, ("focused", {"within": ".stage"}))
            badges = [await do(shopper, "badge")]
            message = await do(shopper, "goOnline", "notice")
            badges.append(await do(shopper, "badge"))
        shown = await do(shopper, "changeNetwork", "order", "placed")
    assert heading == "You are offline, and we do not know yet whether your order was placed"
    assert badges == ["1", "1"]
    assert "You are offline, and we do not know yet whether your order was placed" in doubt
    assert message == NOT_ARRIVED
    assert shown["state"] == "SUBMITTED"


async def test_order_without_a_connection_is_not_sent(open_shop: OpenShop, chromium: Chromium) -> None:
    async with shopper_in(open_shop.shop, chromium, submits=1) as shopper:
        with open_shop.shop.submits.expected(0):
            await do(shopper, *checkout(), pay(), "readyToOrder", "goOffline", "order", "notice")
            stored = await do(shopper, "stored")
        shown = await do(shopper, "goOnline", "order", "placed")
    assert "riverfront.submit-request" not in stored["local"]
    assert shown["state"] == "SUBMITTED"


async def test_silent_network_shows_doubt_and_wakes_the_order(open_shop: OpenShop, chromium: Chromium) -> None:
    async with shopper_in(open_shop.shop, chromium, submits=1) as shopper:
        doubt = await do(shopper, *checkout(), pay(), "readyToOrder", "orderIntoSilence", ("panel", {"kind": "doubt"}))
        shown = await do(shopper, "changeNetwork", "placed")
    assert "Please do not order again." in doubt
    assert shown["state"] == "SUBMITTED"


async def test_order_of_a_lost_session_is_not_bought_again_unasked(open_shop: OpenShop, chromium: Chromium) -> None:
    async with shopper_in(open_shop.shop, chromium, submits=2) as shopper:
        with open_shop.shop.submits.expected(1):
            fill, open_page, address = checkout()
            await do(shopper, fill, open_page, address, pay(), "readyToOrder", ("loseAnswers", {"times": 99}))
            await do(shopper, "order", ("panel", {"kind": "doubt"}), "loseSession", fill, open_page)
            first = await do(shopper, "notice")
            link = await do(shopper, "noticeLink")
            second = await do(shopper, address, pay(), "order", "notice")
        shown = await do(shopper, "order", "placed")
    assert first.startswith("We do not know whether your last order was placed")
    assert second.startswith("Your last order has reached us. Nothing new was ordered now")
    assert "Nothing was ordered" not in first + second
    assert link == "/find-order"
    assert shown["state"] == "SUBMITTED"


async def test_cart_emptied_in_another_tab_shows_no_earlier_order(open_shop: OpenShop, chromium: Chromium) -> None:
    async with shopper_in(open_shop.shop, chromium, submits=1) as shopper:
        bought = await do(shopper, *checkout(), pay(), "order", "placed")
        other_tab: list[Deed] = ["openTab", ("inTab", {"deed": "emptyCart"})]
        message = await do(shopper, "addProduct", "openCheckout", "steps", *other_tab, "emptyCheckout")
    assert f"Your order {bought['number']} has been placed." in message


async def test_session_that_ends_in_mid_checkout_is_explained(open_shop: OpenShop, chromium: Chromium) -> None:
    async with shopper_in(open_shop.shop, chromium, submits=0) as shopper:
        await do(shopper, *checkout(), pay(), "readyToOrder")
        with open_shop.later(3600):
            message = await do(shopper, "order", ("panel", {"kind": "sessionEnded"}))
            repeated = await do(shopper, "announcements")
    assert repeated == []
    assert message.startswith("Your session has ended")
    assert NOTHING in message


@pytest.mark.slow
@pytest.mark.exhaustive
async def test_session_after_an_ended_one_has_the_same_market(open_shop: OpenShop, chromium: Chromium) -> None:
    async with shopper_in(open_shop.shop, chromium, submits=0) as shopper:
        await do(shopper, *checkout("DE", ("de-DE", "EUR")), pay(), "readyToOrder")
        with open_shop.later(3600):
            message = await do(shopper, "order", ("panel", {"kind": "sessionEnded"}))
            market = await do(shopper, "marketOfNextSession")
    assert message.startswith("Ihre Sitzung")
    assert market == {"locale": "de-DE", "currencyCode": "EUR", "language": "de-DE"}


@pytest.mark.slow
@pytest.mark.exhaustive
async def test_soft_decline_can_be_tried_again_with_the_same_card(open_shop: OpenShop, chromium: Chromium) -> None:
    fault(open_shop, kind="status", status=409, code="declined", subcode="do_not_honor")
    async with shopper_in(open_shop.shop, chromium, submits=2) as shopper:
        with open_shop.shop.submits.expected(1):
            message = await do(shopper, *checkout(), pay(), "order", "notice")
        shown = await do(shopper, "order", "placed")
    advice = "The payment did not go through. Please try again later, or pay another way."
    assert message.split("\n") == [advice, "", NOTHING]
    assert shown["state"] == "SUBMITTED"


@pytest.mark.slow
@pytest.mark.exhaustive
@pytest.mark.parametrize("times", [1, 5])
async def test_answer_lost_on_the_way_to_the_page_is_found(times: int, open_shop: OpenShop, chromium: Chromium) -> None:
    async with shopper_in(open_shop.shop, chromium, submits=1) as shopper:
        lost: list[Deed] = ["readyToOrder", ("loseAnswers", {"times": times})]
        shown = await do(shopper, *checkout(), pay(), *lost, "order", "placed")
    assert shown["title"] == "Thank you for your order"


@pytest.mark.slow
@pytest.mark.exhaustive
async def test_order_that_digital_river_does_not_confirm_is_found(open_shop: OpenShop, chromium: Chromium) -> None:
    fault(open_shop, kind="drop-after")
    async with shopper_in(open_shop.shop, chromium, submits=1) as shopper:
        shown = await do(shopper, *checkout(), pay(), "order", "placed")
    assert shown["title"] == "Thank you for your order"


async def test_order_that_cannot_be_found_is_in_doubt(open_shop: OpenShop, chromium: Chromium) -> None:
    async with shopper_in(open_shop.shop, chromium, submits=1) as shopper:
        await do(shopper, *checkout(), pay(), "readyToOrder")
        fault(open_shop, kind="drop-after")
        with open_shop.failing("/v1/shoppers/me/orders/{id}"):
            message = await do(shopper, "order", ("panel", {"kind": "doubt"}))
        with open_shop.later(600):
            shown = await do(shopper, ("choose", {"index": 0}), "placed")
    assert "It may have been placed." in message
    assert "Please do not order again." in message
    assert shown["title"] == "Thank you for your order"


@pytest.mark.slow
@pytest.mark.exhaustive
async def test_double_click_places_one_order(open_shop: OpenShop, chromium: Chromium) -> None:
    async with shopper_in(open_shop.shop, chromium, submits=1) as shopper:
        shown = await do(shopper, *checkout(), pay(), "orderTwice", "placed")
    assert shown["state"] == "SUBMITTED"


@pytest.mark.slow
@pytest.mark.exhaustive
async def test_reload_at_each_step_shows_the_same_step(open_shop: OpenShop, chromium: Chromium) -> None:
    fault(open_shop, kind="delay", delay_s=2)
    async with shopper_in(open_shop.shop, chromium, submits=1) as shopper:
        fill, open_page, address = checkout()
        steps = [await do(shopper, fill, open_page, "reload", ("steps", {"until": "address"}))]
        steps.append(await do(shopper, address, ("steps", {"until": "payment"})))
        steps.append(await do(shopper, "reload", ("steps", {"until": "payment"})))
        steps.append(await do(shopper, pay(), ("steps", {"until": "review"})))
        steps.append(await do(shopper, "reload", ("steps", {"until": "review"})))
        shown = await do(shopper, "order", "reloadWhileSending", "placed")
    assert steps[1] == steps[2]
    assert steps[3] == steps[4]
    assert [step["payment"] for step in steps] == ["later", "open", "open", "done", "done"]
    assert shown["state"] == "SUBMITTED"


@pytest.mark.slow
@pytest.mark.exhaustive
@pytest.mark.parametrize("decision", ["cancel", "reject"])
async def test_redirect_without_approval_orders_nothing(decision: str, open_shop: OpenShop, chromium: Chromium) -> None:
    """The shopper who has left the provider's page can go on there, or pay in another way."""
    async with shopper_in(open_shop.shop, chromium, submits=2) as shopper:
        left = [pay("klarnaCredit"), "order", ("decide", {"decision": decision})]
        await do(shopper, *checkout(), *left)
        if decision == "cancel":
            message = await do(shopper, ("panel", {"kind": "approval"}))
            assert "Until then, nothing is ordered and no money is taken." in message
            await do(shopper, ("choose", {"index": 1}))
        message = await do(shopper, "notice")
        shown = await do(shopper, pay(), "order", "placed")
    assert NOTHING in message
    assert shown["state"] == "SUBMITTED"


@pytest.mark.slow
@pytest.mark.exhaustive
async def test_unfinished_redirect_can_be_gone_on_with(open_shop: OpenShop, chromium: Chromium) -> None:
    async with shopper_in(open_shop.shop, chromium, submits=1) as shopper:
        left = [pay("klarnaCredit"), "order", ("decide", {"decision": "cancel"}), ("panel", {"kind": "approval"})]
        shown = await do(shopper, *checkout(), *left, ("choose", {"index": 0}), "decide", "placed")
    assert shown["state"] == "SUBMITTED"


@pytest.mark.slow
@pytest.mark.exhaustive
async def test_paypal_without_approval_orders_nothing(open_shop: OpenShop, chromium: Chromium) -> None:
    async with shopper_in(open_shop.shop, chromium, submits=1) as shopper:
        left = [pay("payPal"), ("decide", {"decision": "cancel"})]
        with open_shop.shop.submits.expected(0):
            message = await do(shopper, *checkout(), *left, "notice")
        shown = await do(shopper, pay(), "order", "placed")
    assert message.startswith(f"You have not approved the payment. {NOTHING}")
    assert shown["state"] == "SUBMITTED"


@pytest.mark.slow
@pytest.mark.exhaustive
async def test_bank_that_asks_after_the_order_is_answered(open_shop: OpenShop, chromium: Chromium) -> None:
    """The shopper has agreed to the total before, and need not order again."""
    async with shopper_in(open_shop.shop, chromium, submits=2) as shopper:
        deeds = [*checkout(lastName="Decline:authentication_required"), pay(), "order", "goToBank"]
        message = await do(shopper, *deeds, ("answerBank", {"password": "wrong"}), "notice")
        shown = await do(shopper, "goToBank", ("answerBank", {"password": "password"}), "placed")
    assert NOTHING in message
    assert shown["state"] == "SUBMITTED"
