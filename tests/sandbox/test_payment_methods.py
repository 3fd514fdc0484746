"""Payment methods: the limits of each method, and the two API resources that list the methods for a cart."""

from decimal import Decimal

import pytest

from sandbox.demo_shop.payment_methods import TABLE, Limit, Method, Purchase, fits
from tests.support.commerce_client import ADDRESS, ME, Client
from tests.support.shop import CART, METHODS, PACK

CENT = Decimal("0.01")
UNSERVED_COUNTRY = "AQ"
TENT = 5401231200


def purchase_at(method: Method, limit: Limit, amount: Decimal, country: str | None = None) -> Purchase:
    """A purchase of this amount in the currency of the limit. The default country is one that the method accepts."""
    countries = limit.countries or method.countries
    return Purchase(
        currency=limit.currency,
        country=country or min(countries or {"US"}),
        amount=amount,
        is_recurring=method.only_recurring,
        has_free_trial=False,
        has_organization=True,
        has_tax_registrations=True,
    )


def amount_within(limit: Limit) -> Decimal:
    return limit.min or min(limit.max or CENT, CENT)


@pytest.mark.parametrize("method", TABLE, ids=lambda method: method.name)
def test_method_is_available_only_within_its_amount_limits(method: Method) -> None:
    for limit in method.limits:
        assert fits(method, purchase_at(method, limit, amount_within(limit)))
        if limit.max is not None:
            assert fits(method, purchase_at(method, limit, limit.max))
            assert not fits(method, purchase_at(method, limit, limit.max + CENT))
        if limit.min is not None:
            assert not fits(method, purchase_at(method, limit, limit.min - CENT))
        if limit.countries or method.countries:
            assert not fits(method, purchase_at(method, limit, amount_within(limit), UNSERVED_COUNTRY))
    unknown = Purchase(currency="XXX", country="US", amount=CENT, is_recurring=method.only_recurring)
    assert fits(method, unknown) == (not method.limits)


@pytest.mark.parametrize("method", [method for method in TABLE if method.limits], ids=lambda method: method.name)
def test_recurring_purchase_is_accepted_only_by_methods_with_recurring_support(method: Method) -> None:
    limit = method.limits[0]
    country = min(limit.countries or method.countries or {"US"})
    recurring = Purchase(limit.currency, country, amount_within(limit), True, False, True, True)
    assert fits(method, recurring) == method.supports_recurring
    free = Purchase(limit.currency, country, amount_within(limit), True, True, True, True)
    assert fits(method, free) == (method.supports_recurring and method.supports_free_trial)


def test_method_that_needs_buyer_data_is_unavailable_without_the_data() -> None:
    for needs, lacking in (("organization", "has_organization"), ("taxRegistrations", "has_tax_registrations")):
        (method,) = (method for method in TABLE if method.needs == needs)
        limit = method.limits[0]
        known = purchase_at(method, limit, amount_within(limit))
        assert fits(method, known)
        assert not fits(method, Purchase(**vars(known) | {lacking: False}))


async def test_available_methods_depend_on_currency_country_and_amount(client: Client) -> None:
    assert len(TABLE) >= 28
    await client.fill()

    async def types() -> set[str]:
        session_id = (await client.cart())["paymentSession"]["id"]
        headers = {"Authorization": f"Bearer {client.world.keys.public_key}"}
        answer = await client.http.get(f"{METHODS}?sessionId={session_id}&locale=en_US", headers=headers)
        return {method["type"] for method in answer.json()["paymentMethods"]}

    in_america = await types()
    assert {"creditCard", "payPal", "klarnaCredit", "wireTransfer"} <= in_america
    await client.ask("POST", f"{ME}?locale=ja_JP", 204)
    japanese = ADDRESS | {"country": "JP", "countrySubdivision": None, "postalCode": "106-0032"}
    await client.ask("PUT", f"{CART}/billing-address", 204, json={"address": japanese})
    in_japan = await types()
    assert "konbini" in in_japan
    assert "konbini" not in in_america
    await client.http.post("/_sandbox/stock", json={"productId": TENT, "quantity": 500})
    await client.ask("POST", f"{CART}?productId={TENT}&quantity=200")
    assert "konbini" not in await types(), "the total is above the limit of konbini"


async def test_cart_payment_methods_list_card_brands_instead_of_credit_card(client: Client) -> None:
    await client.ask("POST", f"{CART}?productId={PACK}")
    listed = (await client.ask("GET", f"{CART}/payment-methods"))["paymentMethods"]
    assert listed["uri"].endswith(f"{CART}/payment-methods")
    assert {"type": "visa", "displayName": "Visa", "description": "Visa"} in listed["paymentMethod"]
    types = [method["type"] for method in listed["paymentMethod"]]
    assert "creditCard" not in types
    assert "payPal" in types
    assert all(method.keys() == {"type", "displayName", "description"} for method in listed["paymentMethod"])
