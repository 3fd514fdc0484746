"""The ways to pay: asked once for the same facts, never shown for others."""

import asyncio
from typing import Any

import msgspec
import pytest

from gateway.upstream.cart import Cart
from gateway.upstream.wire import decode
from resolvers import payments
from tests.shop import ADDRESS, METHODS, POLES, SOFTWARE, Clock, Shopper, Storefront

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


ABROAD = ADDRESS | {"countryCode": "DE", "countrySubdivision": None, "postalCode": "50667", "city": "Köln"}
TO = "mutation($a: AddressInput!) { setCartAddresses(input: {%s: {address: $a}}) { errors { code } } }"
SESSION = "mutation { updateSession(input: {%s}) { errors { code } } }"
CART = "mutation { updateCart(input: {%s}) { errors { code } } }"
BUYER = "mutation { setTaxIdentifiers(input: {customerType: BUSINESS, taxIdentifiers: [%s]}) { errors { code } } }"

FACTS: list[tuple[str, str, dict[str, Any]]] = [
    ("the locale", SESSION % 'locale: "en-GB", currencyCode: "EUR"', {}),
    ("the currency", SESSION % 'currencyCode: "USD"', {}),
    ("the country of the bill", TO % "billing", {"a": ADDRESS}),
    ("the country the cart goes to", TO % "shipping", {"a": ADDRESS}),
    ("the organisation", CART % 'organizationId: "org-1"', {}),
    ("the kind of buyer", BUYER % "", {}),
    ("a tax identifier", BUYER % '{key: "DE_VAT", value: "DE123456789"}', {}),
]
"""Each leaves the total as it is, but the currency: prices in euros have the tax in them."""


@pytest.mark.parametrize(("fact", "text", "variables"), FACTS, ids=[fact for fact, _, _ in FACTS])
async def test_each_fact_alone_is_another_list(
    shopper: Shopper, fact: str, text: str, variables: dict[str, Any]
) -> None:
    storefront = shopper.storefront
    await storefront.ask('mutation { startSession(input: {locale: "de-DE"}) { errors { code } } }')
    await storefront.add(SOFTWARE)
    for side in ("billing", "shipping"):
        await storefront.ask(TO % side, a=ABROAD)
    before = await methods(storefront)
    assert asked(shopper) == 1
    (payload,) = (await storefront.ask(text, **variables)).data.values()
    assert payload["errors"] == []
    after = await methods(storefront)
    assert asked(shopper) == 2
    assert fact == "the currency" or before["amount"] == after["amount"]
    await methods(storefront)
    assert asked(shopper) == 2, "and then it is known"


async def test_no_two_facts_share_a_key(shopper: Shopper) -> None:
    await shopper.fill_cart()
    wire = (await shopper.wire_cart())["cart"]
    (line,) = wire["lineItems"]["lineItem"]

    def recurring(**terms: str) -> dict[str, Any]:
        return {"lineItems": {"lineItem": [line | {"subscriptionInfo": {"autoRenewal": "true"} | terms}]}}

    changes: list[dict[str, Any]] = [
        {},
        {"paymentSession": wire["paymentSession"] | {"id": "another"}},
        {"pricing": wire["pricing"] | {"orderTotal": {"currency": "USD", "value": 1}}},
        {"pricing": wire["pricing"] | {"orderTotal": {"currency": "EUR", "value": 96.69}}},
        {"billingAddress": wire["billingAddress"] | {"country": "DE"}},
        {"shippingAddress": wire["shippingAddress"] | {"country": "DE"}},
        {"customerType": "B"},
        {"customerType": "B", "taxRegistrations": [{"key": "UK_VAT", "value": "GB123456789"}]},
        {"organizationId": "org-1"},
        recurring(),
        recurring(freeTrial="true"),
    ]
    keys = [payments._key(decode(msgspec.json.encode(wire | change), Cart), "en-US") for change in changes]
    keys.append(payments._key(decode(msgspec.json.encode(wire), Cart), "en-GB"))
    assert len(set(keys)) == len(changes) + 1


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
