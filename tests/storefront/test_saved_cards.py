"""Shoppers save cards in the account of the storefront, and choose which one pays for a subscription, in Chromium."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from sandbox.control.place_orders import place_order
from sandbox.demo_shop.payment_methods import METHODS
from sandbox.demo_shop.products import PRODUCTS
from sandbox.demo_shop.registered_shoppers import ALEX_HOME
from sandbox.demo_shop.test_scenarios import SCENARIOS_BY_CARD
from sandbox.model.fault import Fault
from sandbox.model.shopper import Account, PaymentOption, SavedAddress
from sandbox.model.source import Source
from sandbox.model.subscription import Subscription
from sandbox.model.world import World
from sandbox.timeline import renewals
from sandbox.wire.recurring_terms import DEFAULT_TERMS
from sandbox.wire.values import Json
from tests.storefront.conftest import OpenShop
from tests.support.checkout_pages import CHALLENGED, Deed, do
from tests.support.chromium import Chromium, Profile
from tests.support.shop import LIVE_MAPS

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

SCENARIOS = "storefront/cards.mjs"
OPTIONS = "/v1/shoppers/me/payment-options"
NOTHING = "Nothing was saved, and no money was taken."
DECLINED, MISTYPED = {"number": "4000000000003295"}, {"number": "4444222233331112"}


def account_of(world: World, username: str | None = None) -> Account:
    return next(account for account in world.accounts if account.username == (username or world.keys.shopper_username))


@asynccontextmanager
async def signed_in(
    open_shop: OpenShop, chromium: Chromium, account: Account, *, submits: int = 0
) -> AsyncIterator[Profile]:
    """A shopper who sends so many orders to Digital River."""
    # The gateway limits how often an address signs in.
    open_shop.clock.move(60)
    with open_shop.shop.submits.of_shopper(submits):
        async with chromium.profile(SCENARIOS, url=open_shop.shop.url) as shopper:
            await shopper.play("signIn", username=account.username, password=account.password)
            yield shopper


def give(**card: str) -> Deed:
    return ("giveCard", {"card": card})


def new_account(world: World, username: str, address: Json | None = None) -> Account:
    account = world.open_account(username, "Rivers+Lakes7", None, "Ada", "Lovelace")
    if address:
        fields = {name: value for name, value in address.items() if value is not None}
        account.addresses.append(SavedAddress(next(world.address_ids), "Home", True, fields))
    return account


def saved(account: Account, name: str = "Visa ending in 1111") -> Deed:
    return ("savedCards", {"saved": name, "count": len(account.payment_options) + 1})


def save_challenged_card(world: World, account: Account) -> None:
    """A saved card for which the bank asks at each payment."""
    source = Source(
        method=METHODS["creditCard"],
        amount=None,
        currency=None,
        state="chargeable",
        owner=None,
        session_id=None,
        created_at=world.now(),
        details={"brand": "Mastercard", "expirationMonth": 12, "expirationYear": 2035, "lastFourDigits": "5454"},
        clock=world.now,
        reusable=True,
        customer_id=account.id,
        scenario=SCENARIOS_BY_CARD[CHALLENGED["number"]],
    )
    world.sources[source.id] = source
    account.payment_options.append(PaymentOption(next(world.option_ids), "Challenged", True, source))


def subscription_of(world: World, account: Account) -> Subscription:
    """A subscription that is paid with the first saved card."""
    order = place_order(world, account.shopper, PRODUCTS[int(LIVE_MAPS)])
    order.cart.lines[0].terms, order.cart.source = DEFAULT_TERMS, account.payment_options[0].source
    renewals.begin(world, order)
    return world.subscriptions[-1]


async def test_shopper_saves_a_card_only_with_an_agreement(open_shop: OpenShop, chromium: Chromium) -> None:
    account = account_of(open_shop.world)
    before = len(account.payment_options)
    async with signed_in(open_shop, chromium, account) as shopper:
        shown = saved(account)
        assert await do(shopper, "openAddCard", "giveCardWithoutAgreement")
        assert len(account.payment_options) == before
        names = await do(shopper, give(), shown)
    source = account.payment_options[-1].source
    assert names.count("Visa ending in 1111") == 2
    assert len(names) == len(account.payment_options) == before + 1
    assert (source.reusable, source.session_id) == (True, None)
    assert source.mandate is not None
    assert source.reported["usage"] == "convenience"
    assert shopper.problems == []


async def test_page_of_a_new_card_is_accessible(open_shop: OpenShop, chromium: Chromium) -> None:
    account = account_of(open_shop.world)
    async with signed_in(open_shop, chromium, account) as shopper:
        assert await do(shopper, "openAddCard", give(**DECLINED), "problem")
        assert await shopper.play("audit") == []


async def test_challenged_card_is_saved_once_the_bank_agrees(open_shop: OpenShop, chromium: Chromium) -> None:
    account = new_account(open_shop.world, "challenged@example.com", ALEX_HOME)
    async with signed_in(open_shop, chromium, account) as shopper:
        shown = saved(account, "Mastercard ending in 5454")
        await do(shopper, "openAddCard", give(**CHALLENGED), ("answerBank", {"password": "wrong"}))
        problem = await shopper.play("problem")
        assert NOTHING in problem
        assert account.payment_options == []
        await do(shopper, give(**CHALLENGED), ("answerBank", {"password": "password"}), shown)
    assert len(account.payment_options) == 1
    assert account.payment_options[0].is_default


@pytest.mark.exhaustive
async def test_declined_card_is_not_saved_and_another_one_is(open_shop: OpenShop, chromium: Chromium) -> None:
    account = new_account(open_shop.world, "declined@example.com", ALEX_HOME)
    async with signed_in(open_shop, chromium, account) as shopper:
        shown = saved(account)
        await do(shopper, "openAddCard", give(**MISTYPED))
        assert "number" in await shopper.play("fieldProblem")
        await do(shopper, give(**DECLINED))
        problem = await shopper.play("problem")
        assert NOTHING in problem
        assert account.payment_options == []
        assert await do(shopper, give(), shown) == ["Visa ending in 1111"]


async def test_bank_agrees_before_a_saved_card_pays(open_shop: OpenShop, chromium: Chromium) -> None:
    account = new_account(open_shop.world, "challenged-again@example.com", ALEX_HOME)
    save_challenged_card(open_shop.world, account)
    async with signed_in(open_shop, chromium, account, submits=1) as shopper:
        with open_shop.shop.submits.expected(0):
            await do(shopper, "addProduct", "openCheckout", "acceptSavedAddress", "breakBank", "chooseSavedCard")
            unasked = await do(shopper, "notice")
            await do(shopper, "repair", "chooseSavedCard")
            message = await do(shopper, ("answerBank", {"password": "wrong"}), ("noticeWith", {"text": "confirm"}))
        assert unasked.startswith("Your bank could not be asked whether it is you. Nothing was ordered")
        assert message.startswith("Your bank could not confirm that it is you. Nothing was ordered")
        sources = await do(shopper, "chooseSavedCard", ("answerBank", {"password": "password"}), "sources")
        shown = await do(shopper, "order", "placed")
    assert sources == ["Mastercard ending in 5454"]
    assert shown["state"] == "SUBMITTED"


@pytest.mark.slow
@pytest.mark.exhaustive
async def test_lost_answer_saves_one_card(open_shop: OpenShop, chromium: Chromium) -> None:
    account = new_account(open_shop.world, "lost@example.com", ALEX_HOME)
    open_shop.world.faults.append(Fault(path=OPTIONS, method="POST", kind="drop-after", times=1))
    async with signed_in(open_shop, chromium, account) as shopper:
        shown = saved(account)
        await do(shopper, "openAddCard", give(), "problem", "tryAgain", shown)
    assert len(account.payment_options) == 1


@pytest.mark.slow
@pytest.mark.exhaustive
async def test_card_that_could_not_be_saved_is_sent_again(open_shop: OpenShop, chromium: Chromium) -> None:
    account = new_account(open_shop.world, "unsaved@example.com", ALEX_HOME)
    async with signed_in(open_shop, chromium, account) as shopper:
        shown = saved(account)
        with open_shop.failing(OPTIONS, method="POST"):
            await do(shopper, "openAddCard", give(), "problem")
        await do(shopper, "tryAgain", shown)
    assert len(account.payment_options) == 1


@pytest.mark.slow
@pytest.mark.exhaustive
@pytest.mark.parametrize(
    ("method", "name"), [("payPalBilling", "PayPal"), ("klarnaCreditRecurring", "Klarna"), ("msts", "TreviPay")]
)
async def test_method_that_a_provider_approves_is_saved(
    method: str, name: str, open_shop: OpenShop, chromium: Chromium
) -> None:
    account = new_account(open_shop.world, f"{method}@example.com", ALEX_HOME)
    async with signed_in(open_shop, chromium, account) as shopper:
        shown = saved(account, name)
        names = await do(shopper, "openAddCard", ("approveMethod", {"method": method}), shown)
    assert names == [name]


@pytest.mark.exhaustive
async def test_address_without_phone_number_is_completed_first(open_shop: OpenShop, chromium: Chromium) -> None:
    phoneless = new_account(open_shop.world, "unreachable@example.com", ALEX_HOME | {"phoneNumber": None})
    homeless = new_account(open_shop.world, "homeless@example.com")
    typed = {"line1": "10380 Bren Road W", "city": "Minnetonka", "postalCode": "55343"}
    for account, values in ((phoneless, {}), (homeless, typed | {"nickname": "Home"})):
        async with signed_in(open_shop, chromium, account) as shopper:
            shown = saved(account)
            form = await do(shopper, "openAddCard", ("completeAddress", {"values": values}))
            assert form["isNeeded"]
            await do(shopper, give(), shown)
        owner = account.payment_options[0].source.owner
        assert owner is not None
        assert (owner.phone, owner.address["line1"]) == ("952-555-0100", account.addresses[0].fields["line1"])
        assert "__typename" not in owner.address


async def test_subscription_moves_to_another_saved_card(open_shop: OpenShop, chromium: Chromium) -> None:
    world = open_shop.world
    account = account_of(world)
    subscription = subscription_of(world, account)
    address = subscription.address
    async with signed_in(open_shop, chromium, account) as shopper:
        assert await shopper.play("openSubscriptions") == "Paid with Visa ending in 1111"
        others = await shopper.play("openOtherCards")
        assert others[0] == "MasterCard ending in 0008 – Travel card"
        shown = await do(shopper, "moveSubscription", "moved")
        world.advance(timedelta(minutes=2))
        assert await shopper.play("openSubscriptions") == "Paid with MasterCard ending in 0008"
    assert "MasterCard ending in 0008" in shown["message"]
    assert shown["findings"] == []
    assert subscription.source is account.payment_options[1].source
    assert subscription.address == address


@pytest.mark.exhaustive
async def test_shopper_reads_why_a_subscription_was_not_moved(open_shop: OpenShop, chromium: Chromium) -> None:
    world = open_shop.world
    account = account_of(world, world.keys.other_shopper_username)
    subscription = subscription_of(world, account)
    account.payment_options.append(account_of(world).payment_options[1])
    async with signed_in(open_shop, chromium, account) as shopper:
        await do(shopper, "openSubscriptions", "openOtherCards")
        account.payment_options.pop()
        gone = await do(shopper, "moveSubscription", "notMoved")
    assert "This payment method is no longer saved in your account. Please choose another one." in gone["message"]
    assert "Nothing has changed: Visa ending in 1111 still pays the renewals." in gone["message"]
    assert gone["findings"] == []
    assert subscription.source is account.payment_options[0].source


@pytest.mark.exhaustive
async def test_card_added_for_a_subscription_can_pay_it(open_shop: OpenShop, chromium: Chromium) -> None:
    account = new_account(open_shop.world, "renewing@example.com", ALEX_HOME)
    account.payment_options.append(account_of(open_shop.world).payment_options[0])
    subscription_of(open_shop.world, account)
    async with signed_in(open_shop, chromium, account) as shopper:
        await do(
            shopper, "openSubscriptions", "openOtherCards", "openCardForSubscriptions", give(number="6011987698769876")
        )
        others = await shopper.play("backAtSubscriptions", saved="Discover ending in 9876")
    source = account.payment_options[-1].source
    assert source.mandate is not None
    assert source.reported["usage"] == "subscription"
    assert [name.split(" – ")[0] for name in others] == ["Discover ending in 9876"]
