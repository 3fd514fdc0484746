"""Shoppers of the storefront sign in, look after their account and find their orders, in Chromium."""

import pytest

from sandbox.control.place_orders import place_order
from sandbox.demo_shop.products import PRODUCTS
from sandbox.model.world import World
from tests.support.chromium import Chromium
from tests.support.shop import Clock
from tests.support.storefront_build import served_storefront

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

SCENARIOS = "storefront/account.mjs"

BOTTLE = PRODUCTS[5401231000]


async def test_shopper_signs_in_and_looks_after_the_account(world: World, chromium: Chromium) -> None:
    keys = world.keys
    for _ in range(2):
        place_order(world, world.shoppers[0], BOTTLE)
    async with served_storefront(world) as shop, chromium.profile(SCENARIOS, url=shop.url) as shopper:
        new_account = await shopper.play("passwordRule")
        assert "8 to 32 characters" in new_account["rule"]
        assert new_account["findings"] == []
        signed_in = await shopper.play("signIn", username=keys.shopper_username, password=keys.shopper_password)
        assert signed_in["refusal"]
        order = await shopper.play("readOrder")
        assert order["count"] == 2
        assert order["refunds"] == 0
        findings = await shopper.play("changeAccount")
    assert signed_in["findings"] + order["findings"] + findings == []
    assert shopper.problems == []
    assert set(shopper.origins) == {shop.url, shop.sandbox}


@pytest.mark.exhaustive
async def test_guest_finds_an_order_until_the_session_ends(world: World, clock: Clock, chromium: Chromium) -> None:
    order = place_order(world, world.shoppers[0], BOTTLE)
    async with served_storefront(world, clock) as shop, chromium.profile(SCENARIOS, url=shop.url) as guest:
        shown = await guest.play("findOrder", number=str(order.id), password=order.password)
        clock.move(3600)
        findings = await guest.play("comeBack")
    assert shown["refusal"]
    assert shown["findings"] + findings == []
    assert guest.problems == ["Failed to load resource: the server responded with a status of 401 (Unauthorized)"]
