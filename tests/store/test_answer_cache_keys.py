"""Requests that can have different answers have different keys in the answer cache."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.store.answer_cache import hashed_key
from sandbox.model.world import World
from tests.support.shop import PACK, POLES, Shopper, Storefront

pytestmark = pytest.mark.slow

PARTS = st.lists(st.none() | st.text(alphabet="-:1a|,\x00é"), max_size=4)


@settings(max_examples=500, deadline=None)
@given(PARTS, PARTS)
def test_hashed_keys_are_equal_only_for_equal_values(parts: list[str | None], other: list[str | None]) -> None:
    assert (hashed_key("scope", *parts) == hashed_key("scope", *other)) == (parts == other)


@settings(max_examples=100, deadline=None)
@given(PARTS)
def test_hashed_key_changes_when_a_value_is_joined_to_scope(parts: list[str | None]) -> None:
    assert hashed_key("a", "b", *parts) != hashed_key("ab", *parts)


PRODUCT = """query($id: String!, $locale: Locale!, $currency: CurrencyCode!)
  @inContext(locale: $locale, currencyCode: $currency) { product(by: {upstreamId: $id}) { name } }"""
PAGE = """query($size: Int!, $after: String, $text: String, $locale: Locale!, $currency: CurrencyCode!)
  @inContext(locale: $locale, currencyCode: $currency) {
  products(first: $size, after: $after, search: {text: $text}) { nodes { name } } }"""
ENGLISH = {"locale": "en-US", "currency": "USD"}
GERMAN = {"locale": "de-DE", "currency": "EUR"}


@pytest.mark.parametrize(
    ("text", "base", "change"),
    [
        (PRODUCT, {"id": PACK} | ENGLISH, {"id": POLES}),
        (PRODUCT, {"id": PACK} | ENGLISH, GERMAN),
        (PRODUCT, {"id": PACK} | ENGLISH, {"currency": "EUR"}),
        (PAGE, {"size": 2, "text": "pack"} | ENGLISH, {"text": "pole"}),
        (PAGE, {"size": 2, "text": "pack"} | ENGLISH, GERMAN),
    ],
)
async def test_variables_that_change_an_answer_change_its_cache_key(
    storefront: Storefront, world: World, text: str, base: dict[str, Any], change: dict[str, Any]
) -> None:
    async def calls(**variables: Any) -> int:
        before = world.calls.count()
        await storefront.ask(text, **variables)
        return world.calls.count() - before

    await calls(**base)
    assert await calls(**base) == 0, "the answer is cached"
    assert await calls(**(base | change)) > 0, "an answer with changed variables is not cached"
    assert await calls(**base) == 0, "the first answer is still cached"


async def test_cached_payment_methods_are_not_shared_between_shoppers(shopper: Shopper, world: World) -> None:
    text = "{ availablePaymentMethods { methods { type } } }"
    path = "/payments/payment-methods"
    await shopper.fill_cart()
    await shopper.storefront.ask(text)
    await shopper.storefront.ask(text)
    first = world.calls.count(path=path)
    other = Shopper(Storefront(shopper.storefront.http), shopper.sandbox, world)
    await other.fill_cart()
    await other.storefront.ask(text)
    assert world.calls.count(path=path) > first
