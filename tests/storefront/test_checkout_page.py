"""The pages of the checkout: forms that help, words that screen readers read, and nothing personal left behind."""

from decimal import Decimal

import httpx
import pytest

from tests.storefront.conftest import OpenShop
from tests.support.checkout_pages import CHALLENGED, Deed, checkout, do, pay, shopper_in
from tests.support.chromium import Chromium

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


SCROLL_POSITIONS = "react-router-scroll-positions"


async def test_faults_of_a_form_stand_beside_their_fields(open_shop: OpenShop, chromium: Chromium) -> None:
    async with shopper_in(open_shop.shop, chromium, submits=0) as shopper:
        empty = await do(shopper, "fillCart", "openCheckout", "sendAddress", "faults")
        unusual = await do(shopper, ("giveAddress", {"address": {"postalCode": "5534"}}), "faults")
        refused = await do(shopper, ("fillIn", {"values": {"email": "ada"}}), "sendAddress", "faults")
        values = {"postalCode": "55343", "email": "ada@example.com"}
        steps = await do(shopper, ("fillIn", {"values": values}), "sendAddress", ("steps", {"until": "payment"}))
    assert empty["focus"] == "firstName"
    assert set(empty["messages"].values()) == {"Please fill in this field."}
    assert "companyName" not in empty["messages"]
    assert unusual["messages"]["postalCode"].startswith("This looks unusual. A typical value is")
    assert "email" in refused["messages"], "what the post office advises is sent if the shopper insists"
    assert steps["address"] == "done"


async def test_form_cannot_be_sent_before_its_fields_are_there(open_shop: OpenShop, chromium: Chromium) -> None:
    async with shopper_in(open_shop.shop, chromium, submits=0) as shopper:
        assert await do(shopper, "fillCart", "openSlowForm") == {"early": False, "late": True}


async def test_form_that_could_not_be_loaded_is_loaded_again(open_shop: OpenShop, chromium: Chromium) -> None:
    async with shopper_in(open_shop.shop, chromium, submits=0) as shopper:
        assert await do(shopper, "fillCart", "openFailingForm")


@pytest.mark.slow
@pytest.mark.exhaustive
async def test_step_that_was_opened_again_can_be_left_unchanged(open_shop: OpenShop, chromium: Chromium) -> None:
    async with shopper_in(open_shop.shop, chromium, submits=0) as shopper:
        left = ("openAndCancel", {"step": "address"})
        states = await do(shopper, *checkout(), ("steps", {"until": "payment"}), left)
    assert states == {"opened": "open", "closed": "done", "focus": "payment-title"}


async def test_axe_finds_nothing_serious_in_the_checkout(open_shop: OpenShop, chromium: Chromium) -> None:
    async with shopper_in(open_shop.shop, chromium, submits=1) as shopper:
        fill, open_page, address = checkout()
        reports = [await do(shopper, fill, open_page, ("steps", {}), "sendAddress", "audit")]
        reports.append(await do(shopper, address, ("steps", {"until": "payment"}), "audit"))
        reports.append(await do(shopper, pay("wireTransfer"), "readyToOrder", "audit"))
        stored = await do(shopper, "stored")
        reports.append(await do(shopper, "order", "placed", "audit"))
        stored_after = await do(shopper, "stored")
    assert reports == [[], [], [], []]
    assert list(stored["local"]) == list(stored_after["local"]) == ["shop.market"]
    assert set(stored["session"]) | set(stored_after["session"]) <= {SCROLL_POSITIONS}


async def test_amounts_with_tax_in_them_add_up_on_both_pages(open_shop: OpenShop, chromium: Chromium) -> None:
    async with shopper_in(open_shop.shop, chromium, submits=1) as shopper:
        shown = await do(shopper, *checkout("DE", ("de-DE", "EUR")), pay(), "order", "placed", "amountsOfOrder")
    amounts = [Decimal(row.removesuffix("\u00a0€").replace(",", ".")) for row in shown["own"]["rows"]]
    assert sum(amounts[:-1]) == amounts[-1]
    assert "Steuer enthalten" in shown["own"]["note"]
    assert shown["after"] == shown["own"]


async def test_pages_allow_no_inline_script_or_style(open_shop: OpenShop) -> None:
    async with httpx.AsyncClient(base_url=open_shop.shop.url) as http:
        policy = (await http.get("/checkout")).headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy


@pytest.mark.slow
@pytest.mark.exhaustive
async def test_suggested_address_is_taken_with_one_click(open_shop: OpenShop, chromium: Chromium) -> None:
    open_shop.world.switches.address_verifier = "on"
    try:
        async with shopper_in(open_shop.shop, chromium, submits=0) as shopper:
            address = await do(shopper, *checkout(), "useSuggestion")
    finally:
        open_shop.world.switches.address_verifier = "off"
    assert "55343-1234" in address


SCREENS: dict[str, list[Deed]] = {
    "payment": [*checkout(), ("steps", {"until": "payment"})],
    "order in doubt": [
        *checkout(),
        pay(),
        "readyToOrder",
        "loseConnectionAtOrder",
        "order",
        ("panel", {"kind": "doubt"}),
    ],
    "bank asks": [*checkout(), pay(**CHALLENGED), "bankAsks"],
    "bank refused": [*checkout(), pay(**CHALLENGED), ("answerBank", {"password": "wrong"}), "notice"],
    "approval": [
        *checkout(),
        pay("klarnaCredit"),
        "order",
        ("decide", {"decision": "cancel"}),
        ("panel", {"kind": "approval"}),
    ],
    "payment instructions": [*checkout(), pay("wireTransfer"), "order", "placed"],
}

ORDERED = {"approval", "payment instructions"}


@pytest.mark.slow
@pytest.mark.exhaustive
@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("screen", SCREENS)
async def test_axe_finds_nothing_serious_on_each_screen(
    screen: str, width: int, scheme: str, open_shop: OpenShop, chromium: Chromium
) -> None:
    options = {"viewport": {"width": width, "height": 900}, "colorScheme": scheme}
    async with shopper_in(open_shop.shop, chromium, submits=int(screen in ORDERED), **options) as shopper:
        assert await do(shopper, *SCREENS[screen], "audit") == []


@pytest.mark.slow
@pytest.mark.exhaustive
@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_serious_after_the_session(
    width: int, scheme: str, open_shop: OpenShop, chromium: Chromium
) -> None:
    options = {"viewport": {"width": width, "height": 900}, "colorScheme": scheme}
    async with shopper_in(open_shop.shop, chromium, submits=0, **options) as shopper:
        await do(shopper, *checkout(), pay(), "readyToOrder")
        with open_shop.later(3600):
            await do(shopper, "order", ("panel", {"kind": "sessionEnded"}))
        assert await do(shopper, "audit") == []
