"""Cart lines of recurring products: their recurring terms and the available payment methods."""

from typing import Any

from dirty_equals import IsPartialDict

from sandbox.model.world import World
from tests.support.commerce_client import Client, code
from tests.support.shop import CART, LIVE_MAPS, PACK, Shopper, Storefront

ADD = """mutation($id: String!, $terms: RecurringTermsInput) { addCartLines(input: {lines: [{
  product: {upstreamId: $id}, recurringTerms: $terms}]}) { cart { lines { id quantity
    recurringTerms { isAutoRenewing hasFreeTrial terms } } } errors { code path } } }"""

UPDATE = """mutation($id: ID!, $quantity: Int, $terms: RecurringTermsInput) { updateCartLines(input: {lines: [{
  lineId: $id, quantity: $quantity, recurringTerms: $terms}]}) { cart { lines { quantity
    recurringTerms { isAutoRenewing hasFreeTrial terms } } } errors { code path } } }"""

TERMS = {"isAutoRenewing": True, "terms": "Renews every month until you stop it."}


async def add_line(storefront: Storefront, product_id: str, **terms: Any) -> dict[str, Any]:
    payload = (await storefront.ask(ADD, id=product_id, **terms)).data["addCartLines"]
    assert payload["errors"] == []
    line: dict[str, Any] = payload["cart"]["lines"][-1]
    return line


async def test_line_of_a_recurring_product_has_recurring_terms(storefront: Storefront) -> None:
    assert (await add_line(storefront, PACK))["recurringTerms"] is None
    line = await add_line(storefront, LIVE_MAPS)
    assert line["recurringTerms"] == {"isAutoRenewing": True, "hasFreeTrial": False, "terms": None}


async def test_recurring_terms_and_quantity_are_changed_independently(storefront: Storefront, world: World) -> None:
    line = await add_line(storefront, PACK, terms=TERMS)
    assert line["recurringTerms"] == TERMS | {"hasFreeTrial": False}

    world.calls.clear()
    terms = {"isAutoRenewing": False, "hasFreeTrial": True, "terms": "Ends by itself."}
    payload = (await storefront.ask(UPDATE, id=line["id"], terms=terms)).data["updateCartLines"]
    assert payload["cart"]["lines"] == [{"quantity": 1, "recurringTerms": terms}]
    assert world.calls.count("POST", f"{CART}/line-items/{{id}}") == 1
    payload = (await storefront.ask(UPDATE, id=line["id"], quantity=3)).data["updateCartLines"]
    assert payload["cart"]["lines"] == [{"quantity": 3, "recurringTerms": terms}]


async def test_recurring_terms_above_4000_characters_are_rejected_without_upstream_call(
    storefront: Storefront, world: World
) -> None:
    line = await add_line(storefront, PACK)
    long = TERMS | {"terms": "x" * 4001}
    world.calls.clear()
    for answer, name in (
        (await storefront.ask(ADD, id=PACK, terms=long), "addCartLines"),
        (await storefront.ask(UPDATE, id=line["id"], terms=long), "updateCartLines"),
    ):
        (error,) = answer.data[name]["errors"]
        assert error == {"code": "INVALID_INPUT", "path": ["input", "lines", "0", "recurringTerms", "terms"]}
    assert not world.calls.count("POST", f"{CART}/line-items")
    payload = (await storefront.ask(ADD, id=PACK, terms=TERMS | {"terms": "x" * 4000})).data["addCartLines"]
    assert payload["errors"] == []


async def test_methods_without_recurring_support_are_unavailable_for_recurring_cart(shopper: Shopper) -> None:
    query = "{ availablePaymentMethods { methods { type obstacles } } }"
    await shopper.fill_cart(LIVE_MAPS)
    methods = (await shopper.storefront.ask(query)).data["availablePaymentMethods"]["methods"]
    assert {method["type"] for method in methods} & {"payPal", "wireTransfer"} == set()
    assert IsPartialDict(type="creditCard", obstacles=[]) in methods


async def test_sandbox_rejects_malformed_recurring_terms(client: Client) -> None:
    for terms in (
        "yes",
        {},
        {"autoRenewal": "perhaps"},
        {"autoRenewal": "true", "freeTrial": "soon"},
        {"autoRenewal": "true", "terms": "x" * 4001},
        {"autoRenewal": "true", "startTime": "2025-02-01T00:00:00Z", "endTime": "2025-01-01T00:00:00Z"},
        {"autoRenewal": "true", "endTime": "soon"},
        {"autoRenewal": "true", "color": "red"},
    ):
        line = {"product": {"id": PACK}, "subscriptionInfo": terms}
        body = await client.ask("POST", f"{CART}/line-items", 400, json={"lineItems": {"lineItem": line}})
        assert code(body) == "invalid-request", terms
    assert (await client.cart())["totalItemsInCart"] == 0
