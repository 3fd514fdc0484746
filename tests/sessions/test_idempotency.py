"""Repeating a mutation has the effect that its `@idempotency` directive states."""

import json
from typing import Any

import pytest

from gateway.enums import IdempotencyMode
from sandbox.model.world import World
from schema.build import build
from schema.directives import Idempotency
from schema.enforce_directives import directive_of, elements
from tests.support.shop import ADDRESS, PACK, POLES, Shopper, new_key

FACTS = """{ session { id locale currencyCode level }
  cart { revision totalQuantity organizationId lines { id quantity } shippingOptions { id }
    appliedOffers { offer { id } couponCode } paymentSession { primarySource { ... on CardSource { sourceId } } } }
  shopper { firstName addresses { id nickname isDefault } paymentOptions { id nickname } } }"""

APPLY = 'mutation { applyOffer(input: {offer: {couponCode: "TRAIL10"}}) { errors { code } } }'

NATURAL: dict[str, str] = {
    "startSession": "{}",
    "updateSession": '{locale: "en-GB", currencyCode: "GBP"}',
    "updateShopper": '{firstName: "Sasha"}',
    "saveAddress": '{id: "$address", nickname: "office", address: $postal}',
    "deleteAddress": '{id: "$address"}',
    "deletePaymentOption": '{id: "$option"}',
    "updateCartLines": '{lines: [{lineId: "$line", quantity: 3}]}',
    "removeCartLines": '{lineIds: ["$line"]}',
    "applyOffer": '{offer: {couponCode: "TRAIL10"}}',
    "removeOffer": '{offerId: "$offer"}',
    "setCartAddresses": "{billing: {address: $postal}, shipping: {sameAs: BILLING}}",
    "selectShippingOption": '{shippingOptionId: "$shipping"}',
    "setTaxIdentifiers": "{customerType: INDIVIDUAL, taxIdentifiers: []}",
    "updateCart": '{organizationId: "org-7", termsOfSaleAccepted: true}',
    "applyShopper": "{}",
    "prepareCheckout": '{organizationId: "org-8", shippingOption: {id: "$shipping"}}',
    "attachSource": '{source: {sourceId: "$source"}}',
    "detachSource": "{target: {all: true}}",
}
"""Input of each mutation that is idempotent without a key. `filled_in` replaces placeholders such as `$line`."""

TESTED_ELSEWHERE = {
    "signIn": "a second sign-in renews the handle like the first: test_sign_in",
    "signOut": "takes no input: a test of its own below",
    "lookupOrder": "reads an order: test_orders",
    "savePaymentOption": "test_shopper",
    "applyStoreCredit": "test_store_credit",
    "removeStoreCredit": "test_store_credit",
    "changeSubscriptionContract": "test_contracts",
    "cancelSubscriptionContract": "test_contracts",
}

KEYED = {"addCartLines", "submitOrder", "resumeOrder", "registerShopper"}


REFUSED_WITH_A_SOURCE = {"applyShopper", "updateSession"}
"""Mutations tested on a cart without a source. While one is attached, Digital River rejects some of their changes."""

DELETES = {"deleteAddress", "deletePaymentOption", "removeOffer"}
"""Mutations whose object is missing when they are repeated."""

CHANGES_NO_FACT = {"startSession", "setTaxIdentifiers", "attachSource"}


def mutations(mode: IdempotencyMode) -> set[str]:
    names = set()
    for coordinate, element in elements(build().core):
        directive = directive_of(element, Idempotency)
        if directive is not None and directive.mode is mode:
            names.add(coordinate.partition(".")[2])
    return names


def test_every_mutation_has_an_idempotency_test() -> None:
    assert mutations(IdempotencyMode.NATURAL) <= NATURAL.keys() | TESTED_ELSEWHERE.keys()
    assert mutations(IdempotencyMode.KEYED) == KEYED


def literal(value: dict[str, Any]) -> str:
    """Write the fields and their values as an input object in GraphQL syntax."""
    return "{" + ", ".join(f"{name}: {json.dumps(field)}" for name, field in value.items()) + "}"


async def facts_of(shopper: Shopper) -> dict[str, Any]:
    facts: dict[str, Any] = (await shopper.storefront.ask(FACTS)).data
    return facts


async def filled_in(shopper: Shopper, template: str) -> str:
    """Replace placeholders such as `$line` by values of the shopper's cart and account. Returns the mutation input."""
    facts = await facts_of(shopper)
    cart, account = facts["cart"], facts["shopper"]
    values = {
        "$postal": literal(ADDRESS | {"line2": "Suite 7"}),
        "$address": account["addresses"][0]["id"],
        "$option": account["paymentOptions"][0]["id"],
        "$line": cart["lines"][0]["id"],
        "$shipping": cart["shippingOptions"][-1]["id"],
        "$offer": next((applied["offer"]["id"] for applied in cart["appliedOffers"] if applied["couponCode"]), ""),
        "$source": (cart["paymentSession"]["primarySource"] or {}).get("sourceId", ""),
    }
    for name, value in values.items():
        template = template.replace(name, value)
    return template


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(NATURAL))
async def test_repeating_a_naturally_idempotent_mutation_has_no_further_effect(
    registered_shopper: Shopper, name: str
) -> None:
    storefront = registered_shopper.storefront
    await registered_shopper.fill_cart()
    await storefront.add(POLES)
    if name not in REFUSED_WITH_A_SOURCE:
        await registered_shopper.pay_with()
    if name == "removeOffer":
        await storefront.ask(APPLY)
    mutation_input = await filled_in(registered_shopper, NATURAL[name])
    query = f"mutation {{ {name}(input: {mutation_input}) {{ errors {{ code }} }} }}"
    before = await facts_of(registered_shopper)
    first = (await storefront.ask(query)).data
    after = await facts_of(registered_shopper)
    assert first == {name: {"errors": []}}
    if name not in CHANGES_NO_FACT:
        assert after != before, "the first call changes something"

    repeat = (await storefront.ask(query)).data
    assert repeat[name]["errors"] == ([{"code": "NOT_FOUND"}] if name in DELETES else []), name
    assert await facts_of(registered_shopper) == after


async def test_second_sign_out_returns_no_error(registered_shopper: Shopper) -> None:
    for _ in range(2):
        answer = await registered_shopper.storefront.ask("mutation { signOut { signedOut errors { code } } }")
        assert answer.data == {"signOut": {"signedOut": True, "errors": []}}


async def test_repeat_with_same_idempotency_key_adds_no_second_line(shopper: Shopper) -> None:
    key = new_key()
    for _ in range(2):
        payload = await shopper.storefront.add(PACK, key=key)
        assert payload["cart"]["totalQuantity"] == 1


async def test_repeat_with_same_idempotency_key_registers_no_second_account(storefront: Any, world: World) -> None:
    await storefront.add(PACK)
    query = """mutation($key: UUID!) { registerShopper(input: {idempotencyKey: $key, email: "new@shop.example",
      password: "Secret-123456", firstName: "New", lastName: "Here"}) { errors { code } } }"""
    key = new_key()
    payloads = [(await storefront.ask(query, key=key)).data["registerShopper"] for _ in range(2)]
    assert [payload["errors"] for payload in payloads] == [[], []]


async def test_repeat_with_same_idempotency_key_places_no_second_order(shopper: Shopper) -> None:
    await shopper.get_ready("klarnaCredit")
    key = new_key()
    agreed = await shopper.storefront.agreement()
    for _ in range(2):
        result = await shopper.storefront.outcome(key, **agreed)
        assert result["__typename"] == "OrderActionRequired"
    assert shopper.submits == 1
    await shopper.decide(result["action"]["redirectUrl"])
    query = (
        "mutation($key: UUID) { resumeOrder(input: {idempotencyKey: $key}) { result { __typename } errors { code } } }"
    )
    for _ in range(2):
        answer = await shopper.storefront.ask(query, key=key)
        assert answer.data["resumeOrder"] == {"result": {"__typename": "OrderPlaced"}, "errors": []}
    assert shopper.submits == 1
