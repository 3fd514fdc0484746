"""An error of a mutation with a list names the item, and the quantities that are allowed."""

from typing import Any

import pytest
from dirty_equals import IsPartialDict

from sandbox.demo_shop.products import PRODUCTS
from sandbox.model.world import World
from tests.support.shop import CART, GRAPHITE, PACK, SOLD_OUT, STOVE, Shopper, Storefront, new_key

ADD = """mutation($key: UUID, $lines: [NewCartLineInput!]!) { addCartLines(
    input: {idempotencyKey: $key, lines: $lines}) { cart { totalQuantity } errors { __typename code path
    ... on AvailabilityError { availableQuantity minimumQuantity maximumQuantity } } } }"""
UPDATE = """mutation($lines: [CartLineChangeInput!]!) { updateCartLines(input: {lines: $lines}) {
  errors { code path ... on AvailabilityError { availableQuantity maximumQuantity } } } }"""
SET_TAX = """mutation($identifiers: [TaxIdentifierInput!]!) { setTaxIdentifiers(input: {customerType: INDIVIDUAL,
  taxIdentifiers: $identifiers}) { errors { code path } } }"""


def line(product_id: str, quantity: int = 1) -> dict[str, Any]:
    return {"product": {"upstreamId": product_id}, "quantity": quantity}


async def add(storefront: Storefront, *lines: dict[str, Any], key: str | None = None) -> list[dict[str, Any]]:
    payload = (await storefront.ask(ADD, lines=lines, key=key)).data["addCartLines"]
    assert (payload["cart"]["totalQuantity"] == 0) is bool(payload["errors"])
    errors: list[dict[str, Any]] = payload["errors"]
    return errors


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        (line(GRAPHITE, 9), {"code": "INSUFFICIENT_STOCK", "availableQuantity": 7}),
        (line(STOVE, 9), {"code": "QUANTITY_OUT_OF_RANGE", "availableQuantity": 25, "maximumQuantity": 3}),
        (line("999"), {"code": "NOT_FOUND"}),
        (
            {"product": {"externalReferenceId": "no-such-product"}},
            {"code": "NOT_FOUND"},
        ),
    ],
)
async def test_error_names_the_line_that_caused_it(
    storefront: Storefront, wrong: dict[str, Any], expected: dict[str, Any]
) -> None:
    (error,) = await add(storefront, line(PACK), wrong)
    assert error == IsPartialDict(path=["input", "lines", "1"], **expected)
    (alone,) = await add(storefront, wrong)
    assert alone == IsPartialDict(path=["input", "lines", "0"], **expected)


async def test_product_that_cannot_be_bought_names_its_line(storefront: Storefront) -> None:
    base = next(str(product.id) for product in PRODUCTS.values() if product.is_base)
    (error,) = await add(storefront, line(base), line(PACK))
    assert error == IsPartialDict(code="PRODUCT_NOT_PURCHASABLE", path=["input", "lines", "0"])


async def test_each_line_without_stock_has_an_error(storefront: Storefront) -> None:
    errors = await add(storefront, line(GRAPHITE, 9), line(PACK), line(SOLD_OUT))
    assert [(error["code"], error["path"][-1], error["availableQuantity"]) for error in errors] == [
        ("INSUFFICIENT_STOCK", "0", 7),
        ("INSUFFICIENT_STOCK", "2", 0),
    ]


async def test_units_in_the_cart_count_for_the_stock(storefront: Storefront) -> None:
    await storefront.add(GRAPHITE, 5)
    payload = (await storefront.ask(ADD, lines=[line(PACK), line(GRAPHITE, 4)])).data["addCartLines"]
    assert payload["errors"] == [
        IsPartialDict(code="INSUFFICIENT_STOCK", path=["input", "lines", "1"], availableQuantity=7)
    ]


async def test_repeat_with_the_key_returns_the_same_lines(storefront: Storefront) -> None:
    key = new_key()
    first = await add(storefront, line(PACK), line(GRAPHITE, 9), key=key)
    assert [error["path"] for error in first] == [["input", "lines", "1"]]
    assert await add(storefront, line(PACK), line(GRAPHITE, 9), key=key) == first


async def test_unexplained_refusal_keeps_the_path_of_the_list(shopper: Shopper) -> None:
    refusal = {"status": 409, "code": "inventory-unavailable-error"}
    await shopper.fault("status", f"{CART}/line-items", method="POST", **refusal)
    errors = await add(shopper.storefront, line(PACK), line(STOVE))
    assert [error["path"] for error in errors] == [["input", "lines"]]


async def test_changed_line_without_stock_has_its_quantity(storefront: Storefront) -> None:
    await storefront.add(PACK)
    lines = (await storefront.add(GRAPHITE))["cart"]["lines"]
    changes = [{"lineId": lines[0]["id"], "quantity": 2}, {"lineId": lines[1]["id"], "quantity": 50}]
    payload = (await storefront.ask(UPDATE, lines=changes)).data["updateCartLines"]
    assert payload["errors"] == [
        IsPartialDict(code="INSUFFICIENT_STOCK", path=["input", "lines", "1"], availableQuantity=7)
    ]


async def test_every_wrong_line_of_the_input_is_reported(storefront: Storefront, world: World) -> None:
    await storefront.add(PACK)
    world.calls.clear()
    lines = [{"lineId": "wrong", "quantity": -1}, {"lineId": "wrong too", "quantity": 1}]
    payload = (await storefront.ask(UPDATE, lines=lines)).data["updateCartLines"]
    assert [error["path"][1:] for error in payload["errors"]] == [
        ["lines", "0", "lineId"],
        ["lines", "0", "quantity"],
        ["lines", "1", "lineId"],
    ]
    remove = "mutation($ids: [ID!]!) { removeCartLines(input: {lineIds: $ids}) { errors { path } } }"
    payload = (await storefront.ask(remove, ids=["wrong", "wrong too"])).data["removeCartLines"]
    assert [error["path"][1:] for error in payload["errors"]] == [["lineIds", "0"], ["lineIds", "1"]]
    assert world.calls.count() == 0


async def test_every_wrong_tax_identifier_is_reported(shopper: Shopper) -> None:
    await shopper.fill_cart(countryCode="BR", countrySubdivision="SP", postalCode="01310-100", city="São Paulo")
    identifiers = [{"key": "CPF", "value": "529"}, {"key": "UK_VAT", "value": "GB1"}, {"key": " ", "value": "1"}]
    payload = (await shopper.storefront.ask(SET_TAX, identifiers=identifiers[:2])).data["setTaxIdentifiers"]
    assert [error["path"][2:] for error in payload["errors"]] == [["0", "value"], ["1", "key"]]
    payload = (await shopper.storefront.ask(SET_TAX, identifiers=identifiers)).data["setTaxIdentifiers"]
    assert payload["errors"] == [{"code": "MISSING_INPUT", "path": ["input", "taxIdentifiers", "2", "key"]}]


async def test_blockers_with_one_code_name_their_address_and_line(storefront: Storefront, world: World) -> None:
    await storefront.add(STOVE)
    cart = await storefront.add(PACK)
    world.stock[int(PACK)] = world.stock[int(STOVE)] = 0
    blockers = """{ cart { readiness { blockers { code addressKind lineId } } } }"""
    answered = (await storefront.ask(blockers)).data["cart"]["readiness"]["blockers"]
    missing = [blocker["addressKind"] for blocker in answered if blocker["code"] == "ADDRESS_MISSING"]
    assert missing == ["BILLING", "SHIPPING"]
    lines = [blocker["lineId"] for blocker in answered if blocker["code"] == "INSUFFICIENT_STOCK"]
    assert lines == [line["id"] for line in cart["cart"]["lines"]]
