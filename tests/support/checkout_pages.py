"""A shopper in the checkout of the storefront, who does one thing after the other."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any

from tests.support.chromium import Chromium, Profile
from tests.support.shop import PACK
from tests.support.storefront_build import Shop

SCENARIOS = "storefront/checkout.mjs"

CHALLENGED = {"number": "5454545454545454"}
"""A card whose bank asks the shopper."""

Deed = str | tuple[str, dict[str, Any]]
"""Name of a function of the scenarios, with its values."""


@asynccontextmanager
async def shopper_in(shop: Shop, chromium: Chromium, *, submits: int, **options: Any) -> AsyncIterator[Profile]:
    """A shopper who sends so many orders to Digital River, 0 for one who only looks. `options`: see `profile`."""
    with shop.submits.of_shopper(submits):
        async with chromium.profile(SCENARIOS, options, url=shop.url, sandbox=shop.sandbox) as shopper:
            yield shopper


async def do(shopper: Profile, *deeds: Deed) -> Any:
    """Do one thing after the other. Returns what the last one has reported."""
    shown = None
    for deed in deeds:
        name, values = deed if isinstance(deed, tuple) else (deed, {})
        shown = await shopper.play(name, **values)
    return shown


def checkout(
    country: str = "US", market: Iterable[str] = ("en-US", "USD"), product: str = PACK, **address: Any
) -> list[Deed]:
    """A guest has a product in the cart and has given an address."""
    fill: Deed = ("fillCart", {"market": list(market), "product": product})
    return [fill, "openCheckout", ("giveAddress", {"country": country} | address)]


def pay(method: str = "creditCard", **card: str) -> Deed:
    return ("pay", {"method": method, "card": card})
