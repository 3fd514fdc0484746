"""A shopper looks around in the storefront, in Chromium."""

import pytest

from sandbox.model.world import World
from tests.support.chromium import Chromium
from tests.support.storefront_build import served_storefront

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

SCENARIOS = "storefront/browsing.mjs"


async def test_home_page_shows_products_and_asks_no_foreign_origin(world: World, chromium: Chromium) -> None:
    async with served_storefront(world) as shop, chromium.profile(SCENARIOS, url=shop.url) as shopper:
        shown = await shopper.play("openHome")
    assert shown["title"] == "Out of the door, onto the trail – Riverbank Outfitters"
    assert shown["categories"] == ["Packs", "Electronics", "Software", "Camp and trail"]
    assert shopper.problems == []
    assert set(shopper.origins) == {shop.url, shop.sandbox}
