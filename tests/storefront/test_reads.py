"""What the storefront shows if the graph cannot be read, if the session has ended, or if nothing can be stored."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from sandbox.model.fault import Fault
from sandbox.model.world import World
from tests.storefront.conftest import OpenShop
from tests.support.checkout_pages import checkout, do, pay
from tests.support.chromium import Chromium, Profile
from tests.support.storefront_build import served_storefront

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

SCENARIOS = "storefront/reads.mjs"

CART = "/v1/shoppers/me/carts/active"
PRODUCT = "Trailhead 28L Daypack"


@asynccontextmanager
async def shopper_in(
    open_shop: OpenShop, chromium: Chromium, submits: int = 0, **options: Any
) -> AsyncIterator[Profile]:
    shop = open_shop.shop
    with shop.submits.of_shopper(submits):
        async with chromium.profile(SCENARIOS, options, url=shop.url, sandbox=shop.sandbox) as shopper:
            yield shopper


async def signed_in(shopper: Profile, open_shop: OpenShop, path: str) -> None:
    keys = open_shop.world.keys
    await shopper.play("signInAt", username=keys.shopper_username, password=keys.shopper_password, path=path)


async def test_unreadable_cart_is_not_shown_as_empty(open_shop: OpenShop, chromium: Chromium) -> None:
    async with shopper_in(open_shop, chromium) as shopper:
        await do(shopper, "fillCart")
        with open_shop.failing(CART):
            shown = [await shopper.play("openUnreadable", path=path) for path in ("/cart", "/checkout")]
        await do(
            shopper, ("tryAgain", {"until": "Contact and address"}), ("openPage", {"path": "/cart", "until": PRODUCT})
        )
        with open_shop.failing(CART):
            older = await shopper.play("readAgainInVain", until=PRODUCT)
        await shopper.play("tryAgain", until=PRODUCT)
    assert shown == [{"empty": 0, "findings": []}] * 2
    assert older == {"shown": 1, "empty": 0, "findings": []}


async def test_start_page_without_its_categories_says_so(world: World, chromium: Chromium) -> None:
    """The gateway of this test has no categories in its cache."""
    world.faults.append(Fault(path="/v1/shoppers/me/categories", kind="status", status=503))
    async with served_storefront(world) as shop, chromium.profile(SCENARIOS, url=shop.url) as shopper:
        assert await shopper.play("openHomeInPart") == []


async def test_form_survives_a_change_without_connection(open_shop: OpenShop, chromium: Chromium) -> None:
    async with shopper_in(open_shop, chromium) as shopper:
        await do(shopper, "fillCart", "openCheckout")
        city = await shopper.play("sendAddressInVain", value="Kyoto")
    assert city == ["Kyoto", "Kyoto"]


@pytest.mark.exhaustive
async def test_profile_survives_a_change_without_connection(open_shop: OpenShop, chromium: Chromium) -> None:
    async with shopper_in(open_shop, chromium) as shopper:
        await signed_in(shopper, open_shop, "/account")
        shown = await shopper.play("sendProfileInVain", value="Byron")
    assert shown == ["Byron", "Byron"]


async def test_lost_session_shows_no_account_page(open_shop: OpenShop, chromium: Chromium) -> None:
    async with shopper_in(open_shop, chromium) as shopper:
        await signed_in(shopper, open_shop, "/account/addresses")
        shown = await shopper.play("loseSession", link="Profile")
    assert shown == {"entries": 0, "told": 1, "findings": []}


@pytest.mark.exhaustive
async def test_ended_session_shows_no_account_page(open_shop: OpenShop, chromium: Chromium) -> None:
    async with shopper_in(open_shop, chromium) as shopper:
        await signed_in(shopper, open_shop, "/account/addresses")
        await shopper.play("readEntries")
        with open_shop.later(3 * 3600):
            shown = await shopper.play("outliveSession", link="Cards")
    assert shown == {"entries": 0, "told": 1, "findings": []}


async def test_first_answer_that_fails_does_not_choose_the_market(open_shop: OpenShop, chromium: Chromium) -> None:
    async with shopper_in(open_shop, chromium, locale="de-DE") as shopper:
        shown = await shopper.play("startInVain")
    assert shown == {"stored": None, "troubles": 0}


async def test_defect_of_the_frame_is_explained(open_shop: OpenShop, chromium: Chromium) -> None:
    async with shopper_in(open_shop, chromium) as shopper:
        assert await shopper.play("breakFrame") == 1


async def test_shop_sells_to_a_browser_without_storage(open_shop: OpenShop, chromium: Chromium) -> None:
    async with shopper_in(open_shop, chromium, submits=1) as shopper:
        shown = await do(shopper, "blockStorage", *checkout(), pay(), "order", "placed")
    assert shown["state"] == "SUBMITTED"
