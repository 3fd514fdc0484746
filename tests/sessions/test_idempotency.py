"""A mutation may be sent again when its answer was lost: what then happens is what its `@idempotency` says."""

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
"""An input for each; a name behind a dollar is a fact of the shopper's."""

SHOWN_ELSEWHERE = {
    "signIn": "a second sign-in renews the handle, as the first: test_account",
    "signOut": "takes no input: below",
    "lookupOrder": "changes nothing: test_orders",
    "savePaymentOption": "by the source that it saves: test_account",
    "applyStoreCredit": "test_store_credit",
    "removeStoreCredit": "test_store_credit",
    "changeSubscriptionContract": "what is to be, not what is to change",
    "cancelSubscriptionContract": "what is to be, not what is to change",
}

KEYED = {"addCartLines", "submitOrder", "resumeOrder", "registerShopper"}


WITHOUT_A_SOURCE = {"applyShopper", "updateSession"}
"""Upstream refuses them, or a part of them, while a source is attached."""

CHANGES_NOTHING_HERE = {"startSession", "setTaxIdentifiers", "attachSource"}


def mutations(mode: IdempotencyMode) -> set[str]:
    found = set()
    for name, member in elements(build().core):
        said = directive_of(member, Idempotency)
        if said is not None and said.mode is mode:
            found.add(name.partition(".")[2])
    return found


def test_every_mutation_is_repeated_here_or_elsewhere() -> None:
    assert mutations(IdempotencyMode.NATURAL) <= NATURAL.keys() | SHOWN_ELSEWHERE.keys()
    assert mutations(IdempotencyMode.KEYED) == KEYED


def literal(value: dict[str, Any]) -> str:
    """An input object as GraphQL writes it."""
    return "{" + ", ".join(f"{name}: {json.dumps(one)}" for name, one in value.items()) + "}"


async def facts_of(shopper: Shopper) -> dict[str, Any]:
    found: dict[str, Any] = (await shopper.storefront.ask(FACTS)).data
    return found


async def filled_in(shopper: Shopper, text: str) -> str:
    facts = await facts_of(shopper)
    cart, account = facts["cart"], facts["shopper"]
    known = {
        "$postal": literal(ADDRESS | {"line2": "Suite 7"}),
        "$address": account["addresses"][0]["id"],
        "$option": account["paymentOptions"][0]["id"],
        "$line": cart["lines"][0]["id"],
        "$shipping": cart["shippingOptions"][-1]["id"],
        "$offer": next((one["offer"]["id"] for one in cart["appliedOffers"] if one["couponCode"]), ""),
        "$source": (cart["paymentSession"]["primarySource"] or {}).get("sourceId", ""),
    }
    for name, value in known.items():
        text = text.replace(name, value)
    return text


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(NATURAL))
async def test_what_is_asked_for_again_is_as_it_was(registered_shopper: Shopper, name: str) -> None:
    await registered_shopper.fill_cart()
    await registered_shopper.storefront.add(POLES)
    if name not in WITHOUT_A_SOURCE:
        await registered_shopper.pay_with()
    if name == "removeOffer":
        await registered_shopper.storefront.ask(APPLY)
    given = await filled_in(registered_shopper, NATURAL[name])
    text = f"mutation {{ {name}(input: {given}) {{ errors {{ code }} }} }}"
    before = await facts_of(registered_shopper)
    first = (await registered_shopper.storefront.ask(text)).data
    after = await facts_of(registered_shopper)
    assert first == {name: {"errors": []}}
    if name not in CHANGES_NOTHING_HERE:
        assert after != before, "it did something"
    again = (await registered_shopper.storefront.ask(text)).data
    assert again == first or again[name]["errors"] == [{"code": "NOT_FOUND"}], "what is gone is not there"
    assert await facts_of(registered_shopper) == after


async def test_a_session_that_has_ended_ends_again(registered_shopper: Shopper) -> None:
    for _ in range(2):
        answer = await registered_shopper.storefront.ask("mutation { signOut { signedOut errors { code } } }")
        assert answer.data == {"signOut": {"signedOut": True, "errors": []}}


async def test_a_key_adds_once(shopper: Shopper) -> None:
    key = new_key()
    for _ in range(2):
        payload = await shopper.storefront.add(PACK, key=key)
        assert payload["cart"]["totalQuantity"] == 1


async def test_a_key_registers_once(storefront: Any, world: World) -> None:
    await storefront.add(PACK)
    text = """mutation($key: UUID!) { registerShopper(input: {idempotencyKey: $key, email: "new@shop.example",
      password: "Secret-123456", firstName: "New", lastName: "Here"}) { errors { code } } }"""
    key = new_key()
    answers = [(await storefront.ask(text, key=key)).data["registerShopper"] for _ in range(2)]
    assert [one["errors"] for one in answers] == [[], []]


async def test_a_key_buys_once_and_resumes_once(shopper: Shopper) -> None:
    await shopper.get_ready("klarnaCredit")
    key = new_key()
    cart = await shopper.storefront.cart()
    agreed = {"total": cart["totals"]["orderTotal"], "revision": cart["revision"]}
    for _ in range(2):
        result = await shopper.storefront.outcome(key, **agreed)
        assert result["__typename"] == "OrderActionRequired"
    assert shopper.submits == 1
    await shopper.decide(result["action"]["redirectUrl"])
    text = (
        "mutation($key: UUID) { resumeOrder(input: {idempotencyKey: $key}) { result { __typename } errors { code } } }"
    )
    for _ in range(2):
        answer = await shopper.storefront.ask(text, key=key)
        assert answer.data["resumeOrder"] == {"result": {"__typename": "OrderPlaced"}, "errors": []}
    assert shopper.submits == 1
