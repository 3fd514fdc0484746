"""The gateway answers the id of another shopper's object like an unknown id, with the same calls to Digital River.

Every argument and input field that takes an id of a shopper's object has a case in `CASES`.
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

ABSENT = "9999999999"
ABSENT_UUID = "00000000-0000-4000-8000-00000000dead"
ABSENT_KEY = "00000000-0000-4000-8000-00000000beef"

ERRORS = "errors { __typename code message path retry }"

ACCOUNT = "{ shopper { addresses { id } paymentOptions { id source { sourceId } } } }"


GetId = Callable[[Shopper], Awaitable[str]]


@dataclass(frozen=True)
class Case:
    """An operation that takes the id of an object."""

    name: str
    text: str
    """GraphQL operation with the variable `$id`. If `create_own` is set, the operation also has the variable `$own`."""
    create: GetId
    """Function that creates an object for a shopper and returns its id."""
    absent: str
    """Well-formed id of an object that does not exist."""
    create_own: GetId | None = None
    """Function that creates an object for the caller and returns its id, which the test sends as `$own`."""
    distinguishes: bool = True
    """Whether the answer for an object of the caller differs from the answer for an object that does not exist."""


def account_id(type_name: str, get: Callable[[dict[str, Any]], str]) -> dict[str, Any]:
    async def create(owner: Shopper) -> str:
        return get((await owner.storefront.ask(ACCOUNT)).data["shopper"])

    return {"create": create, "absent": global_id(type_name, ABSENT)}


ADDRESS_ID = account_id("SavedAddress", lambda shopper: shopper["addresses"][0]["id"])
OPTION_ID = account_id("PaymentOption", lambda shopper: shopper["paymentOptions"][0]["id"])
SAVED_SOURCE = account_id("", lambda shopper: shopper["paymentOptions"][0]["source"]["sourceId"]) | {
    "absent": ABSENT_UUID
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
    option = (await owner.storefront.ask(ACCOUNT)).data["shopper"]["paymentOptions"][0]
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


LINE_ID: dict[str, Any] = {"create": line_of, "absent": global_id("CartLine", ABSENT)}
ORDER_ID: dict[str, Any] = {"create": order_of, "absent": global_id("Order", ABSENT)}
FRESH_SOURCE: dict[str, Any] = {"create": source_of, "absent": ABSENT_UUID}

CONTRACT_ID: dict[str, Any] = {"create": contract_of, "absent": global_id("SubscriptionContract", ABSENT)}

DETAILS = ", ".join(f'{name}: "{value}"' for name, value in ADDRESS.items())

NODE = "query($id: ID!) { node(id: $id) { __typename id } }"

CASES = [
    Case("node, an address", NODE, **ADDRESS_ID),
    Case("node, a payment option", NODE, **OPTION_ID),
    Case("node, a line", NODE, **LINE_ID),
    Case("node, an order", NODE, **ORDER_ID),
    Case("order", "query($id: ID!) { order(id: $id) { id } }", **ORDER_ID),
    Case(
        "updateCartLines",
        f"mutation($id: ID!) {{ updateCartLines(input: {{lines: [{{lineId: $id, quantity: 2}}]}}) {{ {ERRORS} }} }}",
        **LINE_ID,
    ),
    Case(
        "saveAddress",
        f"""mutation($id: ID!) {{ saveAddress(input: {{id: $id, nickname: "X", address: {{{DETAILS}}}}}) {{
          savedAddress {{ id }} shopper {{ addresses {{ nickname }} }} {ERRORS} }} }}""",
        **ADDRESS_ID,
    ),
    Case(
        "deleteAddress",
        f"""mutation($id: ID!) {{ deleteAddress(input: {{id: $id}}) {{
          deletedId shopper {{ addresses {{ nickname }} }} {ERRORS} }} }}""",
        **ADDRESS_ID,
    ),
    Case(
        "savePaymentOption, an option",
        f"""mutation($id: ID!) {{ savePaymentOption(input: {{target: {{paymentOptionId: $id}}, isDefault: true}}) {{
          paymentOption {{ id }} shopper {{ paymentOptions {{ isDefault }} }} {ERRORS} }} }}""",
        **OPTION_ID,
    ),
    Case(
        "savePaymentOption, a saved source",
        f"""mutation($id: String!) {{ savePaymentOption(input: {{target: {{sourceId: $id}}}}) {{
          paymentOption {{ id }} {ERRORS} }} }}""",
        **SAVED_SOURCE,
    ),
    Case(
        "savePaymentOption, a source of another's purchase",
        f"""mutation($id: String!) {{ savePaymentOption(input: {{target: {{sourceId: $id}}}}) {{
          paymentOption {{ id }} {ERRORS} }} }}""",
        **FRESH_SOURCE,
    ),
    Case(
        "deletePaymentOption",
        f"mutation($id: ID!) {{ deletePaymentOption(input: {{id: $id}}) {{ deletedId {ERRORS} }} }}",
        **OPTION_ID,
    ),
    Case(
        "applyShopper, billing",
        f"mutation($id: ID!) {{ applyShopper(input: {{billingAddressId: $id}}) {{ cart {{ id }} {ERRORS} }} }}",
        **ADDRESS_ID,
    ),
    Case(
        "applyShopper, shipping",
        f"mutation($id: ID!) {{ applyShopper(input: {{shippingAddressId: $id}}) {{ cart {{ id }} {ERRORS} }} }}",
        **ADDRESS_ID,
    ),
    Case(
        "applyShopper, a payment option",
        f"mutation($id: ID!) {{ applyShopper(input: {{paymentOptionId: $id}}) {{ cart {{ id }} {ERRORS} }} }}",
        **OPTION_ID,
    ),
    Case(
        "setCartAddresses",
        f"""mutation($id: ID!) {{ setCartAddresses(input: {{shipping: {{savedAddressId: $id}}}}) {{
          cart {{ id }} {ERRORS} }} }}""",
        **ADDRESS_ID,
    ),
    Case(
        "prepareCheckout",
        f"""mutation($id: ID!) {{ prepareCheckout(input: {{billing: {{savedAddressId: $id}}}}) {{
          cart {{ id }} {ERRORS} }} }}""",
        **ADDRESS_ID,
    ),
    Case(
        "attachSource, a payment option",
        f"""mutation($id: ID!) {{ attachSource(input: {{source: {{paymentOptionId: $id}}}}) {{
          paymentSession {{ state }} {ERRORS} }} }}""",
        **OPTION_ID,
    ),
    Case(
        "attachSource, a saved source",
        f"""mutation($id: String!) {{ attachSource(input: {{source: {{sourceId: $id}}}}) {{
          paymentSession {{ state }} {ERRORS} }} }}""",
        **SAVED_SOURCE,
    ),
    Case(
        "attachSource, a source of another's purchase",
        f"""mutation($id: String!) {{ attachSource(input: {{source: {{sourceId: $id}}}}) {{
          paymentSession {{ state }} {ERRORS} }} }}""",
        **FRESH_SOURCE,
    ),
    Case("nodes", "query($id: ID!) { nodes(ids: [$id]) { __typename id } }", **ORDER_ID),
    Case("node, a contract", NODE, **CONTRACT_ID),
    Case(
        "removeCartLines",
        f"""mutation($id: ID!) {{ removeCartLines(input: {{lineIds: [$id]}}) {{
          cart {{ totalQuantity }} {ERRORS} }} }}""",
        **LINE_ID,
    ),
    Case(
        "addCartLines, to a line",
        f"""mutation($id: ID!) {{ addCartLines(input: {{lines: [{{product: {{upstreamId: "{PACK}"}},
          parentLineId: $id}}]}}) {{ {ERRORS} }} }}""",
        **LINE_ID,
    ),
    Case(
        "addCartLines, a key",
        f"""mutation($id: UUID!) {{ addCartLines(input: {{idempotencyKey: $id, lines: [{{quantity: 1,
          product: {{upstreamId: "{PACK}"}}}}]}}) {{ {ERRORS} }} }}""",
        create=key_of_a_line,
        absent=ABSENT_KEY,
    ),
    Case(
        "setCartAddresses, a correction",
        f"""mutation($id: ID!) {{ setCartAddresses(input: {{shipping: {{suggestionId: $id}}}}) {{
          cart {{ id }} {ERRORS} }} }}""",
        create=suggestion_of,
        absent=ABSENT,
    ),
    Case(
        "detachSource",
        f"""mutation($id: String!) {{ detachSource(input: {{target: {{sourceId: $id}}}}) {{
          paymentSession {{ state }} {ERRORS} }} }}""",
        create=attached_source_of,
        absent=ABSENT_UUID,
        # Detaching an unknown source succeeds, so the answer equals the answer for a source of the caller.
        distinguishes=False,
    ),
    Case(
        "orderSubmission",
        "query($id: UUID!) { orderSubmission(idempotencyKey: $id) { status } }",
        create=key_of_an_order,
        absent=ABSENT_KEY,
    ),
    Case(
        "resumeOrder",
        f"""mutation($id: UUID!) {{ resumeOrder(input: {{idempotencyKey: $id}}) {{
          attempt {{ status }} {ERRORS} }} }}""",
        create=key_of_a_redirect,
        absent=ABSENT_KEY,
    ),
    Case(
        "subscriptionContract",
        "query($id: ID!) { subscriptionContract(id: $id) { id state } }",
        **CONTRACT_ID,
    ),
    Case(
        "changeSubscriptionContract",
        f"""mutation($id: ID!) {{ changeSubscriptionContract(input: {{id: $id, change: {{autoRenewal: false}}}}) {{
          subscriptionContract {{ id }} {ERRORS} }} }}""",
        **CONTRACT_ID,
    ),
    Case(
        "cancelSubscriptionContract",
        f"""mutation($id: ID!) {{ cancelSubscriptionContract(input: {{id: $id}}) {{
          subscriptionContract {{ id }} {ERRORS} }} }}""",
        **CONTRACT_ID,
    ),
    Case(
        "changeSubscriptionContract, a payment option",
        f"""mutation($id: ID!, $own: ID!) {{ changeSubscriptionContract(input: {{id: $own,
          change: {{paymentOptionId: $id}}}}) {{ subscriptionContract {{ id }} {ERRORS} }} }}""",
        **OPTION_ID,
        create_own=contract_of,
    ),
    Case(
        "changeSubscriptionContract, a source",
        f"""mutation($id: String!, $own: ID!) {{ changeSubscriptionContract(input: {{id: $own,
          change: {{sourceId: $id}}}}) {{ subscriptionContract {{ id }} {ERRORS} }} }}""",
        **SAVED_SOURCE,
        create_own=contract_of,
    ),
]


async def answer_and_calls(caller: Shopper, text: str, object_id: str, own: str | None) -> tuple[str, Counter[Call]]:
    """Return the answer without its support reference, and how often the gateway made each call to Digital River."""
    caller.world.calls.clear()
    variables = {"id": object_id} | ({"own": own} if own is not None else {})
    answer = await caller.storefront.send({"query": text, "variables": variables})
    body = re.sub(r'"supportReference":"[^"]*"', "", answer.text)
    return body, Counter(caller.world.calls.by_call)


async def cache_product(caller: Shopper) -> None:
    """Let the gateway cache `PACK`, which is no shopper's. Otherwise the first of two equal requests may read it."""
    answer = await caller.storefront.ask(f'{{ product(by: {{upstreamId: "{PACK}"}}) {{ name }} }}')
    assert answer.data["product"]["name"]


OWNER_DATA = """{
  shopper {
    addresses { nickname isDefault }
    paymentOptions { nickname isDefault }
    orders(first: 9) { totalCount }
    subscriptionContracts(first: 9) { nodes { state isAutoRenewing pendingChanges { action } } }
  }
  cart { revision lines { id } paymentSession { state primarySource { sourceId } } }
}"""
"""Query that reads the owner's data, as far as an operation in `CASES` could change the data."""


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
async def test_id_of_another_shopper_is_answered_like_unknown_id(
    case: Case, registered_shopper: Shopper, other_registered_shopper: Shopper
) -> None:
    owner, caller = registered_shopper, other_registered_shopper
    foreign = await case.create(owner)
    await caller.storefront.add(PACK)
    own_id = await case.create_own(caller) if case.create_own else None
    before = (await owner.storefront.ask(OWNER_DATA)).data
    await cache_product(caller)

    absent = await answer_and_calls(caller, case.text, case.absent, own_id)
    assert await answer_and_calls(caller, case.text, foreign, own_id) == absent
    assert foreign not in absent[0]
    assert (await owner.storefront.ask(OWNER_DATA)).data == before, "the owner's data is unchanged"
    own = await case.create(caller)
    assert (await answer_and_calls(caller, case.text, own, own_id) != absent) is case.distinguishes


@pytest.mark.slow
@pytest.mark.parametrize("case", [case for case in CASES if case.create is contract_of], ids=lambda case: case.name)
async def test_contract_whose_owner_is_unknown_is_answered_like_unknown_id(
    case: Case, registered_shopper: Shopper, other_registered_shopper: Shopper
) -> None:
    await registered_shopper.control("switches", {"subscription_shopper": "absent"})
    await test_id_of_another_shopper_is_answered_like_unknown_id(case, registered_shopper, other_registered_shopper)


# Check that every input that takes an id has a case.

IDS_OF_THE_SITE = {
    "NewCartLineInput.offerId",
    "OfferChoice.offerId",
    "ProductBy.id",
    "ProductSearchInput.categoryId",
    "Query.category(id:)",
    "RemoveOfferInput.offerId",
    "SelectShippingOptionInput.shippingOptionId",
    "ShippingOptionChoice.id",
}
"""Arguments and input fields whose ids belong to the site and not to a shopper."""

TESTED_WITH_ADD_CART_LINES = {"RegisterShopperInput.idempotencyKey"}
"""Idempotency key fields without a case of their own. All mutations store their keys in the same way, so the case of
`addCartLines` covers these fields.
"""

OF_ALL_SHOPPERS = {"SubmitOrderInput.idempotencyKey"}
"""Keys that buy once for all shoppers: see `test_key_of_another_shopper_shows_only_a_status`."""

CORE = build().core


def test_every_input_that_takes_an_id_has_a_case() -> None:
    covered = {coordinate for case in CASES for coordinate in id_coordinates(case.text)}
    assert set(id_inputs()) - covered == IDS_OF_THE_SITE | TESTED_WITH_ADD_CART_LINES | OF_ALL_SHOPPERS


def id_inputs() -> Iterator[str]:
    """Yield the coordinates of all arguments and input fields that take an id."""
    for name, type_ in CORE.type_map.items():
        if is_input_object_type(type_):
            yield from (f"{name}.{key}" for key, field in type_.fields.items() if takes_id(key, field))
        elif is_object_type(type_) and not name.startswith("__"):
            for key, field in type_.fields.items():
                for argument_name, argument in field.args.items():
                    if takes_id(argument_name, argument):
                        yield f"{name}.{key}({argument_name}:)"


def takes_id(name: str, definition: Any) -> bool:
    return get_named_type(definition.type).name in ("ID", "UUID") or name == "sourceId"


class IdCollector(Visitor):
    """Collects the coordinates at which an operation uses `$id`."""

    def __init__(self, info: TypeInfo) -> None:
        super().__init__()
        self.info = info
        self.coordinates: set[str] = set()
        self.inside: list[str] = []

    def enter_argument(self, node: Any, *_: Any) -> None:
        parent, definition = self.info.get_parent_type(), self.info.get_field_def()
        assert parent is not None
        name = next(name for name, field in parent.fields.items() if field is definition)  # type: ignore[union-attr]
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
            self.coordinates.add(self.inside[-1])


def id_coordinates(text: str) -> set[str]:
    info = TypeInfo(CORE)
    collector = IdCollector(info)
    visit(parse(text), TypeInfoVisitor(info, collector))
    return collector.coordinates


@pytest.mark.slow
async def test_key_of_another_shopper_shows_only_a_status(
    registered_shopper: Shopper, other_registered_shopper: Shopper
) -> None:
    key = await key_of_an_order(registered_shopper)
    submits = registered_shopper.submits
    await other_registered_shopper.get_ready()
    payload = await other_registered_shopper.storefront.submit(key)
    assert payload["attempt"] is None
    assert payload["result"] is None
    (error,) = payload["errors"]
    assert error["code"] == "IDEMPOTENCY_KEY_REUSED"
    assert "has the status PLACED" in error["message"]
    assert not re.search(r"\d{4,}", error["message"]), "no number of the order"
    assert registered_shopper.submits == submits
