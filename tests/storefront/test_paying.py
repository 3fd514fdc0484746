"""Guests and a signed-in shopper pay in the checkout with every kind of payment method, in Chromium."""

from decimal import Decimal
from typing import Any, NamedTuple

import pytest

from sandbox.model.world import Balance
from tests.storefront.conftest import OpenShop
from tests.support.checkout_pages import CHALLENGED, Deed, checkout, do, pay, shopper_in
from tests.support.chromium import Chromium

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

THANKS = "Thank you for your order"
PLEASE_PAY = "Please pay for your order now"

EURO, YEN = ("de-DE", "EUR"), ("ja-JP", "JPY")


class Case(NamedTuple):
    """What a guest does from the payment step on, and the state and the title of the order's page."""

    deeds: list[Deed]
    state: str
    title: str
    country: str = "US"
    market: tuple[str, str] = ("en-US", "USD")


def approved(method: str) -> list[Deed]:
    """The order is placed, and then approved on the provider's page."""
    return [pay(method), "order", "decide"]


CASES = {
    "card": Case([pay(), "order"], "SUBMITTED", THANKS),
    "challenge passed": Case(
        [pay(**CHALLENGED), ("answerBank", {"password": "password"}), "order"], "SUBMITTED", THANKS
    ),
    "PayPal": Case([pay("payPal"), "decide", "order"], "SUBMITTED", THANKS),
    "Klarna": Case(approved("klarnaCredit"), "SUBMITTED", THANKS),
}

EXHAUSTIVE = {
    "wire transfer": Case([pay("wireTransfer"), "order"], "SOURCE_PENDING_FUNDS", PLEASE_PAY),
    "iDEAL": Case(approved("ideal"), "SUBMITTED", "Vielen Dank für Ihre Bestellung", "NL", EURO),
    "SEPA": Case(approved("directDebit"), "CHARGE_PENDING", "Vielen Dank für Ihre Bestellung", "AT", EURO),
    "konbini": Case([pay("konbini"), "order"], "SOURCE_PENDING_FUNDS", "お支払いをお願いします", "JP", YEN),
    "Apple Pay": Case([pay("applePay"), "order"], "SUBMITTED", THANKS),
    "Google Pay": Case([pay("googlePay"), "order"], "SUBMITTED", THANKS),
}


def cases() -> list[Any]:
    far = [pytest.mark.slow, pytest.mark.exhaustive]
    return [
        *(pytest.param(case, id=name) for name, case in CASES.items()),
        *(pytest.param(case, id=name, marks=far) for name, case in EXHAUSTIVE.items()),
    ]


@pytest.mark.parametrize("case", cases())
async def test_purchase_ends_on_the_right_page_with_one_order(
    case: Case, open_shop: OpenShop, chromium: Chromium
) -> None:
    async with shopper_in(open_shop.shop, chromium, submits=1) as shopper:
        deeds = [*checkout(case.country, case.market), *case.deeds]
        shown = await do(shopper, *deeds, "placed")
        again = await do(shopper, "reload", "placed")
    assert (shown["state"], shown["title"]) == (case.state, case.title)
    assert again == shown
    assert (shown["instructions"] is not None) == (case.state == "SOURCE_PENDING_FUNDS")
    assert shopper.problems == []
    assert set(shopper.origins) == {open_shop.shop.url, open_shop.shop.sandbox}


UNPASSED = [
    pytest.param("wrong", id="failed"),
    pytest.param(None, id="abandoned", marks=[pytest.mark.slow, pytest.mark.exhaustive]),
]


@pytest.mark.parametrize("password", UNPASSED)
async def test_unpassed_challenge_orders_nothing_and_another_card_pays(
    password: str | None, open_shop: OpenShop, chromium: Chromium
) -> None:
    async with shopper_in(open_shop.shop, chromium, submits=1) as shopper:
        unpassed = [pay(**CHALLENGED), ("answerBank", {"password": password})]
        with open_shop.shop.submits.expected(0):
            message = await do(shopper, *checkout(), *unpassed, "notice")
        # Drop-in says why. The page adds what it cannot know.
        assert message == "Nothing was ordered, and no money was taken."
        shown = await do(shopper, pay(), "order", "placed")
    assert shown["state"] == "SUBMITTED"


CARDS = [
    pytest.param(["useSavedCard"], "Visa ending in 1111", id="saved card"),
    pytest.param(
        ["leaveSavedCards", pay(number="5555555555554444"), "sources"],
        "MasterCard ending in 4444",
        id="new card",
        marks=[pytest.mark.slow, pytest.mark.exhaustive],
    ),
]


@pytest.mark.parametrize(("deeds", "name"), CARDS)
async def test_signed_in_shopper_pays_with_credit_and_a_card(
    deeds: list[Deed], name: str, open_shop: OpenShop, chromium: Chromium
) -> None:
    keys = open_shop.world.keys
    open_shop.world.ledger["rf-cust-000042"] = Balance(Decimal("20.00"), "USD")
    account = {"username": keys.shopper_username, "password": keys.shopper_password}
    async with shopper_in(open_shop.shop, chromium, submits=1) as shopper:
        await do(shopper, ("signIn", account), "addProduct", "openCheckout", "acceptSavedAddress")
        chosen = await do(shopper, "useCredit", *deeds)
        shown = await do(shopper, "order", "placed")
    credit, card = (source.split("\n") for source in chosen)
    assert credit == ["Store credit", "$20.00"]
    assert card[0] == name
    assert shown["state"] == "SUBMITTED"
