"""What is another shopper's is not there: the same answer and the same calls as for an id that never existed.

Whatever takes an id that belongs to somebody has its row in `ROWS`.
"""

import re
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from graphql import (
    TypeInfo,
    TypeInfoVisitor,
    VariableNode,
    Visitor,
    get_named_type,
    is_input_object_type,
    is_object_type,
    parse,
    visit,
)

from gateway.upstream.ids import global_id
from sandbox.model.call_counts import Call
from schema.build import build
from tests.support.shop import ADDRESS, LIVE_MAPS, PACK, Shopper, new_key

NEVER = "9999999999"
NEVER_A_SOURCE = "00000000-0000-4000-8000-00000000dead"
NEVER_A_KEY = "00000000-0000-4000-8000-00000000beef"

ERRORS = "errors { __typename code message path retry }"

BOOK = "{ shopper { addresses { id } paymentOptions { id source { sourceId } } } }"


Has = Callable[[Shopper], Awaitable[str]]


@dataclass(frozen=True)
class Row:
    name: str
    text: str
    """An operation that is given `$id`."""
    whose: Has
    """What the owner has: an id as a client knows it."""
    never: str
    """One like it, of nothing."""
    beside: Has | None = None
    """Something of whoever asks, given as `$own`."""
    is_told: bool = True
    """Whether the answer tells what is one's own from what is not there."""


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


async def attached_source_of(owner: Shopper) -> str:
    await owner.fill_cart()
    return await owner.pay_with()


async def contract_of(owner: Shopper) -> str:
    await owner.fill_cart(LIVE_MAPS)
    option = (await owner.storefront.ask(BOOK)).data["shopper"]["paymentOptions"][0]
    assert (await owner.storefront.attach(option["source"]["sourceId"]))["errors"] == []
    assert (await owner.storefront.outcome())["__typename"] == "OrderPlaced"
    text = "{ shopper { subscriptionContracts(first: 20) { nodes { id } } } }"
    contracts = (await owner.storefront.ask(text)).data["shopper"]["subscriptionContracts"]
    contract_id: str = contracts["nodes"][-1]["id"]
    return contract_id


async def key_of_an_order(owner: Shopper) -> str:
    key = new_key()
    await owner.get_ready()
    await owner.storefront.outcome(key)
    return key


async def key_of_a_redirect(owner: Shopper) -> str:
    key = new_key()
    await owner.get_ready("klarnaCredit")
    assert (await owner.storefront.outcome(key))["__typename"] == "OrderActionRequired"
    return key


async def key_of_a_line(owner: Shopper) -> str:
    key = new_key()
    await owner.storefront.add(PACK, key=key)
    return key


async def suggestion_of(owner: Shopper) -> str:
    await owner.control("switches", {"address_verifier": "on"})
    await owner.fill_cart()
    text = "{ cart { shippingAddress { suggestions { id } } } }"
    suggestions = (await owner.storefront.ask(text)).data["cart"]["shippingAddress"]["suggestions"]
    suggestion_id: str = suggestions[0]["id"]
    return suggestion_id


LINE_ID: dict[str, Any] = {"whose": line_of, "never": global_id("CartLine", NEVER)}
ORDER_ID: dict[str, Any] = {"whose": order_of, "never": global_id("Order", NEVER)}
FRESH_SOURCE: dict[str, Any] = {"whose": source_of, "never": NEVER_A_SOURCE}

CONTRACT_ID: dict[str, Any] = {"whose": contract_of, "never": global_id("SubscriptionContract", NEVER)}

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
    Row("nodes", "query($id: ID!) { nodes(ids: [$id]) { __typename id } }", **ORDER_ID),
    Row("node, a contract", NODE, **CONTRACT_ID),
    Row(
        "removeCartLines",
        f"""mutation($id: ID!) {{ removeCartLines(input: {{lineIds: [$id]}}) {{
          cart {{ totalQuantity }} {ERRORS} }} }}""",
        **LINE_ID,
    ),
    Row(
        "addCartLines, to a line",
        f"""mutation($id: ID!) {{ addCartLines(input: {{lines: [{{product: {{upstreamId: "{PACK}"}},
          parentLineId: $id}}]}}) {{ {ERRORS} }} }}""",
        **LINE_ID,
    ),
    Row(
        "addCartLines, a key",
        f"""mutation($id: UUID!) {{ addCartLines(input: {{idempotencyKey: $id, lines: [{{quantity: 1,
          product: {{upstreamId: "{PACK}"}}}}]}}) {{ {ERRORS} }} }}""",
        whose=key_of_a_line,
        never=NEVER_A_KEY,
    ),
    Row(
        "setCartAddresses, a correction",
        f"""mutation($id: ID!) {{ setCartAddresses(input: {{shipping: {{suggestionId: $id}}}}) {{
          cart {{ id }} {ERRORS} }} }}""",
        whose=suggestion_of,
        never=NEVER,
    ),
    Row(
        "detachSource",
        f"""mutation($id: String!) {{ detachSource(input: {{target: {{sourceId: $id}}}}) {{
          paymentSession {{ state }} {ERRORS} }} }}""",
        whose=attached_source_of,
        never=NEVER_A_SOURCE,
        # What is not attached is detached already.
        is_told=False,
    ),
    Row(
        "orderSubmission",
        "query($id: UUID!) { orderSubmission(idempotencyKey: $id) { status } }",
        whose=key_of_an_order,
        never=NEVER_A_KEY,
    ),
    Row(
        "submitOrder",
        f"""mutation($id: UUID!) {{ submitOrder(input: {{idempotencyKey: $id, expectedTotal: {{amount: "1.00",
          currencyCode: "USD"}}}}) {{ attempt {{ status isReplay }} {ERRORS} }} }}""",
        whose=key_of_an_order,
        never=NEVER_A_KEY,
    ),
    Row(
        "resumeOrder",
        f"""mutation($id: UUID!) {{ resumeOrder(input: {{idempotencyKey: $id}}) {{
          attempt {{ status }} {ERRORS} }} }}""",
        whose=key_of_a_redirect,
        never=NEVER_A_KEY,
    ),
    Row(
        "subscriptionContract",
        "query($id: ID!) { subscriptionContract(id: $id) { id state } }",
        **CONTRACT_ID,
    ),
    Row(
        "changeSubscriptionContract",
        f"""mutation($id: ID!) {{ changeSubscriptionContract(input: {{id: $id, change: {{autoRenewal: false}}}}) {{
          subscriptionContract {{ id }} {ERRORS} }} }}""",
        **CONTRACT_ID,
    ),
    Row(
        "cancelSubscriptionContract",
        f"""mutation($id: ID!) {{ cancelSubscriptionContract(input: {{id: $id}}) {{
          subscriptionContract {{ id }} {ERRORS} }} }}""",
        **CONTRACT_ID,
    ),
    Row(
        "changeSubscriptionContract, a means of payment",
        f"""mutation($id: ID!, $own: ID!) {{ changeSubscriptionContract(input: {{id: $own,
          change: {{paymentOptionId: $id}}}}) {{ subscriptionContract {{ id }} {ERRORS} }} }}""",
        **OPTION_ID,
        beside=contract_of,
    ),
    Row(
        "changeSubscriptionContract, a source",
        f"""mutation($id: String!, $own: ID!) {{ changeSubscriptionContract(input: {{id: $own,
          change: {{sourceId: $id}}}}) {{ subscriptionContract {{ id }} {ERRORS} }} }}""",
        **SAVED_SOURCE,
        beside=contract_of,
    ),
]


async def told(stranger: Shopper, text: str, id: str, own: str | None) -> tuple[str, Counter[Call]]:
    """The answer without its support reference, and the calls it took."""
    stranger.world.calls.clear()
    variables = {"id": id} | ({"own": own} if own is not None else {})
    answer = await stranger.storefront.send({"query": text, "variables": variables})
    body = re.sub(r'"supportReference":"[^"]*"', "", answer.text)
    return body, Counter(stranger.world.calls.by_call)


HAS = """{
  shopper {
    addresses { nickname isDefault }
    paymentOptions { nickname isDefault }
    orders(first: 9) { totalCount }
    subscriptionContracts(first: 9) { nodes { state isAutoRenewing pendingChanges { action } } }
  }
  cart { revision lines { id } paymentSession { state primarySource { sourceId } } }
}"""
"""What the owner sees."""


@pytest.mark.slow
@pytest.mark.parametrize("row", ROWS, ids=[row.name for row in ROWS])
async def test_what_is_anothers_is_not_there(
    row: Row, registered_shopper: Shopper, other_registered_shopper: Shopper
) -> None:
    theirs = await row.whose(registered_shopper)
    await other_registered_shopper.storefront.add(PACK)
    own = await row.beside(other_registered_shopper) if row.beside else None
    before = (await registered_shopper.storefront.ask(HAS)).data

    never = await told(other_registered_shopper, row.text, row.never, own)
    assert await told(other_registered_shopper, row.text, theirs, own) == never
    assert theirs not in never[0]
    assert (await registered_shopper.storefront.ask(HAS)).data == before, "and it is as it was"
    mine = await row.whose(other_registered_shopper)
    assert (await told(other_registered_shopper, row.text, mine, own) != never) is row.is_told, (
        "what is one's own is there"
    )


@pytest.mark.slow
@pytest.mark.parametrize("row", [row for row in ROWS if row.whose is contract_of], ids=lambda row: row.name)
async def test_what_does_not_say_whose_it_is_is_not_there_either(
    row: Row, registered_shopper: Shopper, other_registered_shopper: Shopper
) -> None:
    await registered_shopper.control("switches", {"subscription_shopper": "absent"})
    await test_what_is_anothers_is_not_there(row, registered_shopper, other_registered_shopper)


# That no row is missing.

OF_THE_SHOP = {
    "NewCartLineInput.offerId",
    "OfferChoice.offerId",
    "ProductBy.id",
    "ProductSearchInput.categoryId",
    "Query.category(id:)",
    "RemoveOfferInput.offerId",
    "SelectShippingOptionInput.shippingOptionId",
    "ShippingOptionChoice.id",
}
"""What these name belongs to nobody."""

KEYS_KEPT_ALIKE = {"RegisterShopperInput.idempotencyKey"}
"""Kept in the session by what keeps those of `addCartLines`."""

CORE = build().core


def test_whatever_takes_an_id_has_its_row() -> None:
    covered = {place for row in ROWS for place in places(row.text)}
    assert set(takers()) - covered == OF_THE_SHOP | KEYS_KEPT_ALIKE


def takers() -> Iterator[str]:
    """Arguments and members of inputs that name one thing of many."""
    for name, type_ in CORE.type_map.items():
        if is_input_object_type(type_):
            yield from (f"{name}.{member}" for member, one in type_.fields.items() if names_something(member, one))
        elif is_object_type(type_) and not name.startswith("__"):
            for field, given in type_.fields.items():
                for argument, one in given.args.items():
                    if names_something(argument, one):
                        yield f"{name}.{field}({argument}:)"


def names_something(name: str, taken: Any) -> bool:
    return get_named_type(taken.type).name in ("ID", "UUID") or name == "sourceId"


class Places(Visitor):
    """Where an operation hands `$id` in."""

    def __init__(self, info: TypeInfo) -> None:
        super().__init__()
        self.info = info
        self.found: set[str] = set()
        self.inside: list[str] = []

    def enter_argument(self, node: Any, *_: Any) -> None:
        parent, field = self.info.get_parent_type(), self.info.get_field_def()
        assert parent is not None
        name = next(name for name, one in parent.fields.items() if one is field)  # type: ignore[union-attr]
        self.inside.append(f"{parent.name}.{name}({node.name.value}:)")

    def leave_argument(self, *_: Any) -> None:
        self.inside.pop()

    def enter_object_field(self, node: Any, *_: Any) -> None:
        parent = get_named_type(self.info.get_parent_input_type())
        self.inside.append(f"{parent}.{node.name.value}")

    def leave_object_field(self, *_: Any) -> None:
        self.inside.pop()

    def enter_variable(self, node: VariableNode, *_: Any) -> None:
        if node.name.value == "id" and self.inside:
            self.found.add(self.inside[-1])


def places(text: str) -> set[str]:
    info = TypeInfo(CORE)
    visitor = Places(info)
    visit(parse(text), TypeInfoVisitor(info, visitor))
    return visitor.found
