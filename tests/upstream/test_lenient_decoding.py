"""A part of an answer that has an unexpected type is missing. The other parts of the answer are not lost."""

import json
import re
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, cast
from uuid import uuid4

import msgspec
import pytest

from gateway.amounts.money import Money, formatted, has_digits_of_its_currency
from gateway.app import utc_now
from gateway.errors import RecordUnreadable, UpstreamInvalidResponse, UpstreamRefusal
from gateway.orders.attempts import AttemptRecord, Attempts, Stage
from gateway.sessions.idempotency import ChangeOutcome, IdempotencyRecords
from gateway.sessions.sessions import Session
from gateway.store.clock import SharedClock
from gateway.store.heartbeat import Replica
from gateway.store.memory import MemoryStore
from gateway.upstream.cart import CartAnswer
from gateway.upstream.decoding import (
    CUT,
    Attributes,
    CustomAttribute,
    custom_attributes,
    decode,
    decode_whole,
    encode,
)
from gateway.upstream.ids import path_part
from gateway.upstream.order import OrderPage
from gateway.upstream.payment import SourceDetails
from gateway.upstream.tax import SchemaNode
from tests.support.shop import CART, PACK, POLES, InMemoryTransport, Shopper

ME = "/v1/shoppers/me"


def body(value: object) -> bytes:
    return msgspec.json.encode(value)


def test_month_with_leading_zero_is_a_number() -> None:
    card = decode(body({"expirationMonth": "08", "expirationYear": "2031"}), SourceDetails)
    assert (card.expiration_month, card.expiration_year) == (8, 2031)


@pytest.mark.parametrize(("value", "shown"), [(True, "true"), ([False], "false"), (7, "7"), (None, ""), ({}, "")])
def test_value_of_a_custom_attribute_is_a_string(value: object, shown: str) -> None:
    wire = decode(body({"attribute": {"name": "gift", "value": value}}), Attributes)
    assert custom_attributes(wire) == [CustomAttribute(name="gift", value=shown, value_type="String")]


@pytest.mark.parametrize("identifier", ["", ".", "..", "a/b", "a?b", "a%2fb", "a" * 129])
def test_malformed_id_becomes_no_part_of_a_path(identifier: str) -> None:
    with pytest.raises(UpstreamRefusal):
        path_part(identifier)


def test_wrong_part_of_one_order_leaves_the_order_history_complete() -> None:
    orders = [{"id": str(number), "testOrder": "maybe", "lineItems": None, "pricing": 5} for number in range(20)]
    page = decode(body({"order": orders, "totalResults": "20"}), OrderPage)
    assert [order.number for order in page.orders] == [str(number) for number in range(20)]
    assert page.total_count == 20


def test_only_the_element_without_its_required_id_is_missing() -> None:
    page = decode(body({"order": [{"id": "1"}, {"id": None}, {"id": "3"}]}), OrderPage)
    assert [order.number for order in page.orders] == ["1", "3"]


def test_value_in_a_list_of_one_is_read() -> None:
    page = decode(body({"order": [{"id": ["1"], "orderState": ["Complete"]}]}), OrderPage)
    assert [(order.number, order.upstream_state) for order in page.orders] == [("1", "Complete")]


@pytest.mark.parametrize("value", ["NaN", "Infinity", "1e400", "abc", None, [], {}])
def test_amount_that_is_no_number_is_missing(value: object) -> None:
    order = {"id": "1", "orderStateDetails": {"settled": {"currency": "USD", "value": value}, "description": "Paid"}}
    (read,) = decode(body({"order": [order]}), OrderPage).orders
    assert (read.amount_settled, read.state_description) == (None, "Paid")


async def test_stock_above_32_bits_is_unknown(shopper: Shopper, network: InMemoryTransport) -> None:
    def with_huge_stock(wire: Any) -> Any:
        return json.loads(re.sub(r'("availableQuantity": ?)"?\d+"?', r"\g<1>3000000000", json.dumps(wire)))

    await shopper.storefront.add(PACK)
    network.rewrites["GET", f"{ME}/products/inventory-status"] = with_huge_stock
    answer = await shopper.storefront.ask(
        "{ cart { lines { product { inventory { isInStock availableQuantity } } } } }"
    )
    (line,) = answer.data["cart"]["lines"]
    assert line["product"]["inventory"]["availableQuantity"] is None


@pytest.mark.parametrize("wrong", [b"[]", b'{"order": 5', b"\xff", b'{"order": [{"id": 1}]} x'])
def test_answer_that_is_wrong_as_a_whole_is_invalid(wrong: bytes) -> None:
    with pytest.raises(UpstreamInvalidResponse):
        decode(wrong, OrderPage)


def test_answer_with_too_many_wrong_parts_is_invalid() -> None:
    with pytest.raises(UpstreamInvalidResponse):
        decode(body({"order": [{"id": str(number), "testOrder": "maybe"} for number in range(500)]}), OrderPage)


@pytest.mark.parametrize(
    ("currency", "amount", "shown"), [("RSD", "12.5", "RSD12.50"), ("IQD", "12.5", "IQD12.50"), ("USD", "9.9", "$9.90")]
)
def test_amount_has_the_decimal_places_of_iso_4217(currency: str, amount: str, shown: str) -> None:
    money = Money(Decimal(amount), currency)
    assert has_digits_of_its_currency(money)
    assert formatted(money, "en-US").replace("\xa0", "") == shown


async def test_wrong_optional_field_leaves_all_other_cart_fields_unchanged(shopper: Shopper) -> None:
    await shopper.get_ready()
    wire = (await shopper.cart_json())["cart"]
    whole = msgspec.to_builtins(decode(body({"cart": wire}), CartAnswer).cart)
    for path in paths_of(wire):
        for wrong in (None, [], {}, "?", ["?", "?"], {"?": 1}):
            cart = decode(body({"cart": replaced(wire, path, wrong)}), CartAnswer).cart
            lost = [lost_path for lost_path in differences(whole, msgspec.to_builtins(cart)) if lost_path]
            lost = [lost_path for lost_path in lost if lost_path[-1] != CUT]
            assert all(lost_path[: len(path)] == path for lost_path in lost), (path, wrong, lost)


async def test_order_with_an_unreadable_line_is_not_sent(shopper: Shopper, network: InMemoryTransport) -> None:
    await shopper.get_ready()
    await shopper.storefront.add(POLES)
    network.rewrites["GET", CART] = lambda cart: replaced(
        cart, ("cart", "lineItems", "lineItem", 1, "quantity"), "several"
    )
    assert [line["quantity"] for line in (await shopper.storefront.cart())["lines"]] == [1, None]
    result = await shopper.storefront.outcome()
    assert result["__typename"] == "OrderBlocked"
    assert "CHECK_UNAVAILABLE" in [blocker["code"] for blocker in result["blockers"]]
    assert shopper.submits == 0


def test_unreadable_rule_for_tax_identifiers_is_not_ignored() -> None:
    with pytest.raises(UpstreamInvalidResponse):
        decode_whole(body({"oneOf": [{"properties": {"taxRegistrations": {"minItems": "one"}}}]}), SchemaNode)


async def test_unreadable_record_of_a_change_does_not_report_success() -> None:
    store, session = MemoryStore(utc_now), cast("Session", SimpleNamespace(id="session"))
    outcome = {"errors": [{"type": "ErrorOfAnotherVersion"}], "warnings": []}
    record = {"fingerprint": "digest", "since": utc_now(), "done": outcome}
    await store.put("keyed:session:key", body(record), ttl_s=60)

    async def change() -> ChangeOutcome:
        raise AssertionError

    with pytest.raises(RecordUnreadable):
        await IdempotencyRecords(store).run_once(session, "key", "digest", change)


async def test_unreadable_attempt_does_not_count_as_unsent() -> None:
    now, store = utc_now(), MemoryStore(utc_now)
    record = AttemptRecord(
        key=uuid4(), session_id="", fingerprint="", replica_id="", stage=Stage.SENT, started_at=now, updated_at=now
    )
    await store.put("attempt", encode(record).replace(b'"sent"', b'"another"'), ttl_s=60)
    with pytest.raises(RecordUnreadable):
        await Attempts(store, Replica(store, SharedClock(store, utc_now)), longest_work_s=120).present("attempt")


REQUIRED = {"id", "value", "currency", "name"}
"""Fields without which the object that has them cannot be shown, such as the value and the currency of an amount."""


def paths_of(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Paths of all optional fields inside a JSON value."""
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    paths = []
    for key, child in children:
        if key not in REQUIRED and not isinstance(key, int):
            paths.append((*path, key))
        paths += paths_of(child, (*path, key))
    return paths


def replaced(value: Any, path: tuple[str | int, ...], new: object) -> Any:
    """Copy of a JSON value with another value at this path."""
    if not path:
        return new
    key, *rest = path
    copy: Any = dict(value) if isinstance(value, dict) else list(value)
    copy[key] = replaced(value[key], tuple(rest), new)
    return copy


def differences(before: Any, after: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Paths at which two JSON values differ."""
    if isinstance(before, dict) and isinstance(after, dict):
        keys = before.keys() | after.keys()
        return [changed for key in keys for changed in differences(before.get(key), after.get(key), (*path, key))]
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        pairs = enumerate(zip(before, after, strict=True))
        return [changed for index, (old, new) in pairs for changed in differences(old, new, (*path, index))]
    return [] if before == after else [path]
