"""Shoppers look around in the storefront and fill a cart, in Chromium."""

import re

import pytest
from dirty_equals import IsPartialDict

from sandbox.model.world import World
from tests.support.chromium import Chromium
from tests.support.storefront_build import served_storefront

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

SCENARIOS = "storefront/browsing.mjs"

SMALL_JUMPS = 0.1
"""Above this sum of layout shifts, browsers call a page unsteady."""

PHONE = {"viewport": {"width": 390, "height": 844}}


async def test_shopper_finds_products_and_fills_a_cart(world: World, chromium: Chromium) -> None:
    async with served_storefront(world) as shop, chromium.profile(SCENARIOS, url=shop.url) as shopper:
        home = await shopper.play("openHome")
        assert home["title"] == "Out of the door, onto the trail – Riverbank Outfitters"
        assert home["categories"] == ["Packs", "Electronics", "Software", "Camp and trail"]
        assert not re.search("unsafe", home["policy"])
        assert "default-src 'none'" in home["policy"]
        assert home["jumps"] < SMALL_JUMPS

        filtered = await shopper.play("sortAndFilter")
        assert (
            filtered["names"]
            == filtered["reloaded"]
            == ["Ridge Water Bottle", "Camp Coffee Box", "Summit Trekking Poles"]
        )
        assert filtered["focused"] == ["in-stock", "max"]
        assert (filtered["filtersAfterBack"], filtered["priceAfterBack"]) == (1, "")

        chosen = await shopper.play("searchAndChoose")
        assert chosen == IsPartialDict(chosen="Graphite", canBuySoldOut=0)

        cart = await shopper.play("changeCart")
        assert "code" in cart["refusal"]
        nothing = await shopper.play("openNothing")
        assert home["findings"] + filtered["findings"] + chosen["findings"] + cart["findings"] + nothing == []
    assert shopper.problems == []
    assert set(shopper.origins) == {shop.url, shop.sandbox}


async def test_language_and_connection_may_change(world: World, chromium: Chromium) -> None:
    async with served_storefront(world) as shop:
        async with chromium.profile(SCENARIOS, url=shop.url) as shopper:
            german = await shopper.play("readGerman")
        async with chromium.profile(SCENARIOS, url=shop.url) as other:
            lost = await other.play("loseConnection")
    assert german == IsPartialDict(language="de-DE", cart=1)
    assert german["title"].startswith("Trailhead Tagesrucksack 28 l")
    assert "€" in german["price"]
    assert "inkl. MwSt." in german["price"]
    assert shopper.problems == []
    assert lost == {
        "problem": "We cannot reach the shop. Check your connection and try again.",
        "cart": 1,
    }


async def test_page_with_a_missing_part_keeps_its_title(world: World, chromium: Chromium) -> None:
    async with served_storefront(world) as shop, chromium.profile(SCENARIOS, url=shop.url) as shopper:
        assert await shopper.play("searchInVain") == {"titles": ["Results for “watch”"], "findings": []}


async def test_show_more_loses_neither_pages_nor_the_sort_order(world: World, chromium: Chromium) -> None:
    async with served_storefront(world) as shop, chromium.profile(SCENARIOS, url=shop.url) as shopper:
        assert await shopper.play("showMore") == {"first": 12, "all": 15, "sort": "NAME_DESCENDING"}


async def test_choices_are_kept_that_the_page_has_not_shown(world: World, chromium: Chromium) -> None:
    async with served_storefront(world) as shop, chromium.profile(SCENARIOS, url=shop.url) as shopper:
        chosen = await shopper.play("chooseQuickly")
        assert chosen == {"isShownBefore": False, "address": "?sort=NAME_DESCENDING&in-stock=yes"}


async def test_focus_moves_to_the_heading_of_each_page(world: World, chromium: Chromium) -> None:
    async with served_storefront(world) as shop, chromium.profile(SCENARIOS, url=shop.url) as shopper:
        assert await shopper.play("walk") == ["H1"] * 7 + ["in-stock"]
    assert shopper.problems == []


@pytest.mark.exhaustive
async def test_rare_address_fields_are_folded_on_a_phone(world: World, chromium: Chromium) -> None:
    async with served_storefront(world) as shop, chromium.profile(SCENARIOS, PHONE, url=shop.url) as shopper:
        form = await shopper.play("openAddressForm")
    rare = set(form["unfolded"]) - set(form["folded"])
    assert rare == {"companyName"}
    assert "line3" not in form["unfolded"], "few addresses of the country have a third line"
    assert form["findings"] == []


async def test_checkout_without_a_session_logs_no_error(world: World, chromium: Chromium) -> None:
    async with served_storefront(world) as shop, chromium.profile(SCENARIOS, url=shop.url) as shopper:
        await shopper.play("openEmptyCheckout")
    assert shopper.problems == []


async def test_second_line_waits_for_the_change_of_the_first(world: World, chromium: Chromium) -> None:
    async with served_storefront(world) as shop, chromium.profile(SCENARIOS, url=shop.url) as shopper:
        assert await shopper.play("changeTwoLines") == ["2", "2"]


async def test_pages_do_not_jump_while_they_load(world: World, chromium: Chromium) -> None:
    async with served_storefront(world) as shop, chromium.profile(SCENARIOS, PHONE, url=shop.url) as shopper:
        paths = ["/", "/search?q=watch", "/search?q=nothing", "/cart", "/checkout", "/find-order"]
        jumps = {path: await shopper.play("jumpsOf", path=path) for path in paths}
    assert {path: sum_ for path, sum_ in jumps.items() if sum_ >= SMALL_JUMPS} == {}


async def test_german_pages_are_as_wide_as_a_phone(world: World, chromium: Chromium) -> None:
    german = PHONE | {"locale": "de-DE"}
    async with served_storefront(world) as shop, chromium.profile(SCENARIOS, german, url=shop.url) as shopper:
        paths = ["/", "/category/Q2F0ZWdvcnk6NzAyMjk3MDA", "/product/5401230300", "/cart", "/sign-in", "/register"]
        widths = {path: await shopper.play("tooWide", path=path) for path in paths}
    assert {path: width for path, width in widths.items() if width > 0} == {}


async def test_small_window_shows_the_category_and_may_grow(world: World, chromium: Chromium) -> None:
    german = PHONE | {"locale": "de-DE"}
    async with served_storefront(world) as shop, chromium.profile(SCENARIOS, german, url=shop.url) as shopper:
        assert await shopper.play("turn") == {"isCurrentInView": True, "narrow": False}


@pytest.mark.exhaustive
async def test_shop_opens_slowly_and_without_its_words(world: World, chromium: Chromium) -> None:
    german = {"locale": "de-DE"}
    async with served_storefront(world) as shop, chromium.profile(SCENARIOS, german, url=shop.url) as shopper:
        assert await shopper.play("openSlowly") == 1
