"""The ways to pay: asked once for the same facts, never shown for others."""

import asyncio
from typing import Any

from tests.shop import METHODS, POLES, Clock, Shopper, Storefront

LIST = """{ availablePaymentMethods { isStale amount { amount } countryCode
  methods { type isUsable obstacles } } }"""


async def methods(storefront: Storefront) -> dict[str, Any]:
    found: dict[str, Any] = (await storefront.ask(LIST)).data["availablePaymentMethods"]
    return found


def asked(shopper: Shopper) -> int:
    return shopper.world.calls.count("GET", METHODS)


async def fill(shopper: Shopper) -> None:
    """A cart whose list of methods nobody has asked for."""
    await shopper.storefront.add(POLES)
    text = """mutation { prepareCheckout(input: {termsOfSaleAccepted: true}) { errors { code } } }"""
    await shopper.storefront.ask(text)
    assert asked(shopper) == 0


async def test_five_hundred_callers_share_one_call(shopper: Shopper) -> None:
    await fill(shopper)
    tabs = [shopper.storefront.another_tab() for _ in range(500)]
    lists = await asyncio.gather(*(methods(tab) for tab in tabs))
    assert asked(shopper) == 1
    assert all(one == lists[0] for one in lists)
    assert len(lists[0]["methods"]) > 5


async def test_the_list_is_fresh_for_a_minute(shopper: Shopper, clock: Clock) -> None:
    await fill(shopper)
    await methods(shopper.storefront)
    clock.move(59)
    await methods(shopper.storefront)
    assert asked(shopper) == 1
    clock.move(2)
    await methods(shopper.storefront)
    assert asked(shopper) == 2


async def test_other_facts_are_another_list(shopper: Shopper) -> None:
    await fill(shopper)
    await methods(shopper.storefront)
    await shopper.storefront.add(POLES)
    assert (await methods(shopper.storefront))["amount"]["amount"] == "118.00"
    assert asked(shopper) == 2, "the amount"

    await shopper.storefront.give_details()
    before = asked(shopper)
    abroad = {"countryCode": "DE", "countrySubdivision": None, "postalCode": "50667", "city": "Köln"}
    await shopper.storefront.give_details(**abroad)
    found = await methods(shopper.storefront)
    assert found["countryCode"] == "DE"
    assert asked(shopper) == before + 1, "the country"


async def test_another_session_is_another_list(shopper: Shopper) -> None:
    await fill(shopper)
    await methods(shopper.storefront)
    stranger = Storefront(shopper.storefront.http)
    await stranger.add(POLES)
    await methods(stranger)
    assert asked(shopper) == 2


async def test_a_stored_list_stands_in_and_says_so(shopper: Shopper, clock: Clock) -> None:
    await fill(shopper)
    fresh = await methods(shopper.storefront)
    await shopper.fault("status", METHODS, status=503)
    clock.move(61)
    stale = await methods(shopper.storefront)
    assert stale == fresh | {"isStale": True}

    await shopper.storefront.add(POLES)
    answer = await shopper.storefront.ask(LIST)
    assert answer.body["data"] == {"availablePaymentMethods": None}
    assert answer.codes == ["UPSTREAM_UNAVAILABLE"], "never the list of another cart"


async def test_a_stored_list_has_an_end(shopper: Shopper, clock: Clock) -> None:
    await fill(shopper)
    await methods(shopper.storefront)
    await shopper.fault("status", METHODS, status=503)
    clock.move(60 + 601)
    answer = await shopper.storefront.ask(LIST)
    assert answer.codes == ["UPSTREAM_UNAVAILABLE"]


async def test_a_failure_is_not_remembered(shopper: Shopper) -> None:
    await fill(shopper)
    await shopper.fault("malformed", METHODS, times=1)
    assert (await shopper.storefront.ask(LIST)).codes == ["UPSTREAM_INVALID_RESPONSE"]
    assert (await methods(shopper.storefront))["isStale"] is False


async def test_the_filter_is_applied_to_what_is_stored(shopper: Shopper) -> None:
    await fill(shopper)
    text = "{ availablePaymentMethods(filter: {usableOnly: true}) { methods { isUsable } } }"
    usable = (await shopper.storefront.ask(text)).data["availablePaymentMethods"]["methods"]
    assert usable
    assert all(method["isUsable"] for method in usable)
    assert len((await methods(shopper.storefront))["methods"]) >= len(usable)
    assert asked(shopper) == 1
