"""What is another shopper's is not there: the same answer and the same calls as for an id that never existed.

An operation that takes an id has its row in `ROWS`.
"""

import re
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest

from gateway.upstream.ids import global_id
from sandbox.calls import Call
from tests.shop import ADDRESS, PACK, Shopper

NEVER = "9999999999"
NEVER_A_SOURCE = "00000000-0000-4000-8000-00000000dead"

ERRORS = "errors { __typename code message path retry }"

BOOK = "{ shopper { addresses { id } paymentOptions { id source { sourceId } } } }"


@dataclass(frozen=True)
class Row:
    name: str
    text: str
    """An operation with one variable, `$id`."""
    whose: Callable[[Shopper], Awaitable[str]]
    """What the owner has: an id as a client knows it."""
    never: str
    """One like it, of nothing."""


def member(type_name: str, place: Callable[[dict[str, Any]], str]) -> dict[str, Any]:
    async def whose(owner: Shopper) -> str:
        return place((await owner.storefront.ask(BOOK)).data["shopper"])

    return {"whose": whose, "never": global_id(type_name, NEVER)}


ADDRESS_ID = member("SavedAddress", lambda shopper: shopper["addresses"][0]["id"])
OPTION_ID = member("PaymentOption", lambda shopper: shopper["paymentOptions"][0]["id"])
SAVED_SOURCE = member("", lambda shopper: shopper["paymentOptions"][0]["source"]["sourceId"]) | {
    "never": NEVER_A_SOURCE
}


async def line_of(owner: Shopper) -> str:
    line_id: str = (await owner.storefront.add(PACK))["cart"]["lines"][0]["id"]
    return line_id


async def order_of(owner: Shopper) -> str:
    await owner.get_ready()
    order_id: str = (await owner.storefront.outcome())["order"]["id"]
    return order_id


async def source_of(owner: Shopper) -> str:
    await owner.fill_cart()
    return await owner.source()


LINE_ID: dict[str, Any] = {"whose": line_of, "never": global_id("CartLine", NEVER)}
ORDER_ID: dict[str, Any] = {"whose": order_of, "never": global_id("Order", NEVER)}
FRESH_SOURCE: dict[str, Any] = {"whose": source_of, "never": NEVER_A_SOURCE}

DETAILS = ", ".join(f'{name}: "{value}"' for name, value in ADDRESS.items())

NODE = "query($id: ID!) { node(id: $id) { __typename id } }"

ROWS = [
    Row("node, an address", NODE, **ADDRESS_ID),
    Row("node, a means of payment", NODE, **OPTION_ID),
    Row("node, a line", NODE, **LINE_ID),
    Row("node, an order", NODE, **ORDER_ID),
    Row("order", "query($id: ID!) { order(id: $id) { id } }", **ORDER_ID),
    Row(
        "updateCartLines",
        f"mutation($id: ID!) {{ updateCartLines(input: {{lines: [{{lineId: $id, quantity: 2}}]}}) {{ {ERRORS} }} }}",
        **LINE_ID,
    ),
    Row(
        "saveAddress",
        f"""mutation($id: ID!) {{ saveAddress(input: {{id: $id, nickname: "X", address: {{{DETAILS}}}}}) {{
          savedAddress {{ id }} shopper {{ addresses {{ nickname }} }} {ERRORS} }} }}""",
        **ADDRESS_ID,
    ),
    Row(
        "deleteAddress",
        f"""mutation($id: ID!) {{ deleteAddress(input: {{id: $id}}) {{
          deletedId shopper {{ addresses {{ nickname }} }} {ERRORS} }} }}""",
        **ADDRESS_ID,
    ),
    Row(
        "savePaymentOption, an option",
        f"""mutation($id: ID!) {{ savePaymentOption(input: {{target: {{paymentOptionId: $id}}, isDefault: true}}) {{
          paymentOption {{ id }} shopper {{ paymentOptions {{ isDefault }} }} {ERRORS} }} }}""",
        **OPTION_ID,
    ),
    Row(
        "savePaymentOption, a saved source",
        f"""mutation($id: String!) {{ savePaymentOption(input: {{target: {{sourceId: $id}}}}) {{
          paymentOption {{ id }} {ERRORS} }} }}""",
        **SAVED_SOURCE,
    ),
    Row(
        "savePaymentOption, a source of another's purchase",
        f"""mutation($id: String!) {{ savePaymentOption(input: {{target: {{sourceId: $id}}}}) {{
          paymentOption {{ id }} {ERRORS} }} }}""",
        **FRESH_SOURCE,
    ),
    Row(
        "deletePaymentOption",
        f"mutation($id: ID!) {{ deletePaymentOption(input: {{id: $id}}) {{ deletedId {ERRORS} }} }}",
        **OPTION_ID,
    ),
    Row(
        "applyShopper, billing",
        f"mutation($id: ID!) {{ applyShopper(input: {{billingAddressId: $id}}) {{ cart {{ id }} {ERRORS} }} }}",
        **ADDRESS_ID,
    ),
    Row(
        "applyShopper, shipping",
        f"mutation($id: ID!) {{ applyShopper(input: {{shippingAddressId: $id}}) {{ cart {{ id }} {ERRORS} }} }}",
        **ADDRESS_ID,
    ),
    Row(
        "applyShopper, a means of payment",
        f"mutation($id: ID!) {{ applyShopper(input: {{paymentOptionId: $id}}) {{ cart {{ id }} {ERRORS} }} }}",
        **OPTION_ID,
    ),
    Row(
        "setCartAddresses",
        f"""mutation($id: ID!) {{ setCartAddresses(input: {{shipping: {{savedAddressId: $id}}}}) {{
          cart {{ id }} {ERRORS} }} }}""",
        **ADDRESS_ID,
    ),
    Row(
        "prepareCheckout",
        f"""mutation($id: ID!) {{ prepareCheckout(input: {{billing: {{savedAddressId: $id}}}}) {{
          cart {{ id }} {ERRORS} }} }}""",
        **ADDRESS_ID,
    ),
    Row(
        "attachSource, a means of payment",
        f"""mutation($id: ID!) {{ attachSource(input: {{source: {{paymentOptionId: $id}}}}) {{
          paymentSession {{ state }} {ERRORS} }} }}""",
        **OPTION_ID,
    ),
    Row(
        "attachSource, a saved source",
        f"""mutation($id: String!) {{ attachSource(input: {{source: {{sourceId: $id}}}}) {{
          paymentSession {{ state }} {ERRORS} }} }}""",
        **SAVED_SOURCE,
    ),
    Row(
        "attachSource, a source of another's purchase",
        f"""mutation($id: String!) {{ attachSource(input: {{source: {{sourceId: $id}}}}) {{
          paymentSession {{ state }} {ERRORS} }} }}""",
        **FRESH_SOURCE,
    ),
]


async def told(stranger: Shopper, text: str, id: str) -> tuple[str, Counter[Call]]:
    """The answer without its support reference, and the calls it took."""
    stranger.world.calls.clear()
    answer = await stranger.storefront.send({"query": text, "variables": {"id": id}})
    body = re.sub(r'"supportReference":"[^"]*"', "", answer.text)
    return body, Counter(stranger.world.calls.by_call)


@pytest.mark.slow
@pytest.mark.parametrize("row", ROWS, ids=[row.name for row in ROWS])
async def test_what_is_anothers_is_not_there(row: Row, member: Shopper, another_member: Shopper) -> None:
    theirs = await row.whose(member)
    await another_member.storefront.add(PACK)
    body, calls = await told(another_member, row.text, row.never)
    assert await told(another_member, row.text, theirs) == (body, calls)
    assert theirs not in body
    mine = await row.whose(another_member)
    assert (await told(another_member, row.text, mine))[0] != body, "what is one's own is there"
