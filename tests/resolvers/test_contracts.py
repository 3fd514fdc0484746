"""Recurring purchases: read and changed with the merchant's key, and only ever the shopper's own."""

from typing import Any

import httpx
import pytest
from dirty_equals import IsPartialDict, IsStr

from gateway.upstream.ids import global_id
from sandbox.model.world import World
from tests.support.shop import (
    COFFEE,
    LIVE_MAPS,
    Clock,
    InMemoryTransport,
    Shopper,
    Storefront,
    documents,
    gateway,
    signed_in,
)

pytestmark = pytest.mark.slow

ONE = "/v1/subscriptions/{id}"
ALL = "/v1/subscriptions"
OPTIONS = "/v1/shoppers/me/payment-options"

READ = """query($id: ID!) { subscriptionContract(id: $id) { id upstreamId state quantity renewalQuantity isAutoRenewing
  createdAt activatedAt nextRenewalAt expiresAt graceEndsAt cancelledAt externalReferenceId term { unit length }
  product { name upstreamId } shippingAddress { line1 } paymentOption { nickname isDefault isExpired
    source { __typename ... on CardSource { brand lastFourDigits } } } addOns { quantity }
  pendingChanges { action requestedAt } orders(first: 5) { totalCount nodes { number lines { quantity } } } } }"""

CHANGE = """mutation($id: ID!, $change: SubscriptionContractChange!) { changeSubscriptionContract(input: {id: $id,
  change: $change}) { subscriptionContract { id pendingChanges { action } }
  errors { __typename code path retry ... on ContractError { state } ... on PaymentError { sourceState }
    ... on DestinationError { suggestions { address { line1 } } } } } }"""

CANCEL = """mutation($id: ID!) { cancelSubscriptionContract(input: {id: $id}) { subscriptionContract { id state
  cancelledAt } errors { code path } } }"""

DAY = 86_400


async def bought(shopper: Shopper, product_id: str = LIVE_MAPS) -> str:
    """A contract of the member, paid with the first saved card. Its global id."""
    account = next(one for one in shopper.world.accounts if one.username == shopper.world.keys.shopper_username)
    await shopper.fill_cart(product_id)
    payload = await shopper.storefront.attach(str(account.payment_options[0].source.id))
    assert payload["errors"] == []
    assert (await shopper.storefront.outcome())["__typename"] == "OrderPlaced"
    contracts = (await shopper.storefront.run("MyContracts"))["shopper"]["subscriptionContracts"]
    id: str = contracts["edges"][-1]["node"]["id"]
    return id


async def read(shopper: Shopper, id: str) -> dict[str, Any]:
    found: dict[str, Any] = (await shopper.storefront.ask(READ, id=id)).data["subscriptionContract"]
    return found


async def changed(shopper: Shopper, id: str, **change: Any) -> dict[str, Any]:
    payload: dict[str, Any] = (await shopper.storefront.ask(CHANGE, id=id, change=change)).data[
        "changeSubscriptionContract"
    ]
    return payload


async def option_ids(shopper: Shopper) -> list[str]:
    options = (await shopper.storefront.ask("{ shopper { paymentOptions { id } } }")).data["shopper"]["paymentOptions"]
    return [option["id"] for option in options]


async def test_a_contract_begins_with_an_order_and_tells_all_about_itself(registered_shopper: Shopper) -> None:
    id = await bought(registered_shopper)
    contract = await read(registered_shopper, id)
    assert contract == IsPartialDict(
        id=id,
        state="ACTIVE",
        quantity=1,
        renewalQuantity=1,
        isAutoRenewing=True,
        cancelledAt=None,
        term={"unit": "MONTHS", "length": 1},
        product={"name": "Trail Maps Live", "upstreamId": LIVE_MAPS},
        shippingAddress={"line1": "10380 Bren Road W"},
        addOns=[],
        pendingChanges=[],
    )
    assert contract["paymentOption"] == {
        "nickname": "Everyday Visa",
        "isDefault": True,
        "isExpired": False,
        "source": {"__typename": "CardSource", "brand": "Visa", "lastFourDigits": "1111"},
    }
    assert contract["nextRenewalAt"] == contract["expiresAt"] < contract["graceEndsAt"]
    assert contract["orders"] == {"totalCount": 1, "nodes": [{"number": IsStr, "lines": [{"quantity": 1}]}]}


async def test_the_page_of_contracts_costs_its_list_and_what_is_pending(
    registered_shopper: Shopper, world: World
) -> None:
    await bought(registered_shopper)
    await bought(registered_shopper, COFFEE)
    world.calls.clear()
    contracts = (await registered_shopper.storefront.run("MyContracts", first=1))["shopper"]["subscriptionContracts"]
    assert contracts["totalCount"] == 2
    assert contracts["pageInfo"]["hasNextPage"] is True
    assert world.calls.count("GET", ALL) == 1
    assert world.calls.count() == 2
    after = contracts["pageInfo"]["endCursor"]
    rest = (await registered_shopper.storefront.run("MyContracts", after=after))["shopper"]["subscriptionContracts"]
    assert [edge["node"]["product"]["name"] for edge in rest["edges"]] == ["Camp Coffee Box"]


async def test_renewals_are_paid_with_another_saved_card(registered_shopper: Shopper, world: World) -> None:
    id = await bought(registered_shopper)
    _, other = await option_ids(registered_shopper)
    world.calls.clear()
    payload = await registered_shopper.storefront.run("PayRenewalsWith", id=id, paymentOptionId=other)
    assert payload["changeSubscriptionContract"] == {
        "subscriptionContract": {"id": id, "pendingChanges": [{"action": "payment_option", "requestedAt": IsStr}]},
        "errors": [],
    }
    assert world.calls.count() == 5, "whose it is, whose card it is, the change, and what is shown of it"
    await registered_shopper.control("clock", {"forward_s": 61})
    contract = await read(registered_shopper, id)
    assert contract == IsPartialDict(pendingChanges=[], paymentOption=IsPartialDict(nickname="Travel card"))
    assert contract["shippingAddress"]["line1"] == "10380 Bren Road W", "the goods go where they went"


async def test_every_change_is_accepted_and_made_later(registered_shopper: Shopper) -> None:
    id = await bought(registered_shopper, COFFEE)
    address = {
        "firstName": "Ada",
        "lastName": "Lovelace",
        "line1": "2 New Road",
        "city": "Duluth",
        "countrySubdivision": "MN",
        "postalCode": "55802",
        "countryCode": "US",
    }
    for change in ({"renewalQuantity": 3}, {"autoRenewal": False}, {"shippingAddress": address}):
        assert (await changed(registered_shopper, id, **change))["errors"] == []
    pending = (await read(registered_shopper, id))["pendingChanges"]
    assert [one["action"] for one in pending] == ["renewal_quantity", "renewal_type", "ship_to_address"]
    await registered_shopper.control("clock", {"forward_s": 61})
    assert await read(registered_shopper, id) == IsPartialDict(
        quantity=1,
        renewalQuantity=3,
        isAutoRenewing=False,
        nextRenewalAt=None,
        shippingAddress={"line1": "2 New Road"},
    )


async def test_fewer_units_from_now_on(registered_shopper: Shopper) -> None:
    await registered_shopper.storefront.add(COFFEE)
    id = await bought(registered_shopper, COFFEE)
    assert (await read(registered_shopper, id))["quantity"] == 2
    for quantity in (2, 3, 0):
        (error,) = (await changed(registered_shopper, id, reducedQuantity=quantity))["errors"]
        assert error == IsPartialDict(code="INVALID_INPUT", path=["input", "change", "reducedQuantity"])
    assert (await changed(registered_shopper, id, reducedQuantity=1))["errors"] == []
    await registered_shopper.control("clock", {"forward_s": 61})
    assert (await read(registered_shopper, id))["quantity"] == 1


async def test_time_renews_a_contract_by_an_order_each(registered_shopper: Shopper) -> None:
    id = await bought(registered_shopper)
    await registered_shopper.control("clock", {"forward_s": 70 * DAY})
    contract = await read(registered_shopper, id)
    assert contract["orders"]["totalCount"] == 3
    numbers = [node["number"] for node in contract["orders"]["nodes"]]
    text = "{ shopper { orders(first: 10) { nodes { number } } } }"
    own = (await registered_shopper.storefront.ask(text)).data["shopper"]["orders"]["nodes"]
    assert [node["number"] for node in own] == numbers


async def test_stopping_renewals_is_done_once_and_may_be_repeated(registered_shopper: Shopper, world: World) -> None:
    id = await bought(registered_shopper)
    payload = (await registered_shopper.storefront.run("StopRenewing", id=id))["cancelSubscriptionContract"]
    assert payload["errors"] == []
    await registered_shopper.control("clock", {"forward_s": 61})
    world.calls.clear()
    payload = (await registered_shopper.storefront.ask(CANCEL, id=id)).data["cancelSubscriptionContract"]
    assert payload == {
        "subscriptionContract": {"id": id, "state": "CANCELLED", "cancelledAt": IsStr},
        "errors": [],
    }
    assert world.calls.count("POST", f"{ONE}/cancel") == 0


async def test_a_cancelled_contract_says_that_it_is_not_changed_any_more(registered_shopper: Shopper) -> None:
    id = await bought(registered_shopper)
    await registered_shopper.storefront.run("StopRenewing", id=id)
    await registered_shopper.control("clock", {"forward_s": 61})
    payload = await changed(registered_shopper, id, autoRenewal=True)
    assert payload["errors"] == [
        {
            "__typename": "ContractError",
            "code": "CONTRACT_CHANGE_NOT_ALLOWED",
            "path": ["input", "change", "autoRenewal"],
            "retry": "READ_STATE_FIRST",
            "state": "CANCELLED",
        }
    ]
    assert payload["subscriptionContract"]["id"] == id


# Whose it is.


@pytest.mark.parametrize("told", ["present", "absent"])
async def test_a_contract_of_somebody_else_is_like_one_that_never_was(
    registered_shopper: Shopper, other_registered_shopper: Shopper, world: World, told: str
) -> None:
    id = await bought(registered_shopper)
    await registered_shopper.control("switches", {"subscription_shopper": told})
    assert (await read(registered_shopper, id))["id"] == id
    never = "U3Vic2NyaXB0aW9uQ29udHJhY3Q6MQ"
    for text, more in ((READ, {}), (CHANGE, {"change": {"autoRenewal": False}}), (CANCEL, {})):
        answers = []
        for asked in (id, never):
            variables = {"id": asked} | more
            answers.append(
                (await other_registered_shopper.storefront.send({"query": text, "variables": variables})).content
            )
        assert answers[0] == answers[1]
    assert not world.calls.count("POST", f"{ONE}/cancel") + world.calls.count("POST", f"{ONE}/renewal-type")
    assert (await read(registered_shopper, id))["pendingChanges"] == []
    shown = (await other_registered_shopper.storefront.run("MyContracts"))["shopper"]["subscriptionContracts"]
    assert shown["edges"] == []


async def test_renewals_are_not_paid_with_the_card_of_somebody_else(
    registered_shopper: Shopper, other_registered_shopper: Shopper, world: World
) -> None:
    id = await bought(registered_shopper)
    (foreign,) = await option_ids(other_registered_shopper)
    source = next(one.payment_options[0].source for one in world.accounts if one.username.startswith("sam"))
    world.calls.clear()
    for change, code in (
        ({"paymentOptionId": foreign}, "NOT_FOUND"),
        ({"paymentOptionId": "nonsense"}, "NOT_FOUND"),
        ({"sourceId": str(source.id)}, "SOURCE_NOT_REUSABLE"),
        ({"sourceId": "nonsense"}, "SOURCE_NOT_REUSABLE"),
    ):
        (error,) = (await changed(registered_shopper, id, **change))["errors"]
        assert error == IsPartialDict(code=code, path=["input", "change", *change])
    assert not [call for call in world.calls.by_call if call.method == "POST"]
    own = next(one for one in world.accounts if one.username.startswith("alex")).payment_options[1].source
    assert (await changed(registered_shopper, id, sourceId=str(own.id)))["errors"] == []


async def test_a_guest_asks_for_nothing(storefront: Storefront, world: World) -> None:
    await storefront.ask("mutation { startSession(input: {}) { errors { code } } }")
    world.calls.clear()
    for text, more in ((READ, {}), (CHANGE, {"change": {"autoRenewal": False}}), (CANCEL, {})):
        assert (await storefront.ask(text, id="U3Vic2NyaXB0aW9uQ29udHJhY3Q6MQ", **more)).codes == ["SIGN_IN_REQUIRED"]
    assert world.calls.count() == 0


# Without the key, and when a call fails.


async def test_without_the_merchants_key_there_are_none(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient
) -> None:
    async with gateway(world, network, clock, merchant_key="") as storefront:
        keys = world.keys
        member = await signed_in(storefront, sandbox, world, keys.shopper_username, keys.shopper_password)
        world.calls.clear()
        answer = await member.storefront.ask(documents()["MyContracts"])
        assert answer.codes == ["NOT_CONFIGURED"]
        assert answer.body["data"]["shopper"] == IsPartialDict(subscriptionContracts=None)
        for text, more in ((READ, {}), (CHANGE, {"change": {"autoRenewal": False}}), (CANCEL, {})):
            answer = await member.storefront.ask(text, id="U3Vic2NyaXB0aW9uQ29udHJhY3Q6MQ", **more)
            assert answer.codes == ["NOT_CONFIGURED"]
        assert world.calls.count() == 0


async def test_a_wrong_key_ends_no_session(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient
) -> None:
    async with gateway(world, network, clock, merchant_key="riverdemo-merchant:wrong-and-long") as storefront:
        keys = world.keys
        member = await signed_in(storefront, sandbox, world, keys.shopper_username, keys.shopper_password)
        answer = await member.storefront.ask(documents()["MyContracts"])
        assert answer.codes == ["UPSTREAM_UNAVAILABLE"]
        assert (await member.storefront.ask("{ session { level } }")).data["session"]["level"] == "REGISTERED"


async def test_what_fails_leaves_the_rest(registered_shopper: Shopper) -> None:
    id = await bought(registered_shopper)
    for path, lost in ((f"{ONE}/pending-actions", "pendingChanges"), (f"{ONE}/orders", "orders")):
        await registered_shopper.fault("status", path, status=503)
        answer = await registered_shopper.storefront.ask(READ, id=id)
        assert answer.codes == ["UPSTREAM_UNAVAILABLE"]
        assert answer.body["data"]["subscriptionContract"] == IsPartialDict(id=id, **{lost: None})
        await registered_shopper.sandbox.delete("/_sandbox/faults")
    await registered_shopper.fault("status", f"{ONE}/renewal-type", status=503)
    payload = await changed(registered_shopper, id, autoRenewal=False)
    assert payload["errors"] == [
        IsPartialDict(code="UPSTREAM_UNAVAILABLE", retry="READ_STATE_FIRST", path=["input", "change", "autoRenewal"])
    ]
    assert payload["subscriptionContract"] == {"id": id, "pendingChanges": []}
    await registered_shopper.fault("status", ALL, status=503)
    answer = await registered_shopper.storefront.ask(
        "{ shopper { firstName subscriptionContracts(first: 5) { totalCount } } }"
    )
    assert answer.body["data"]["shopper"] == {"firstName": "Alex", "subscriptionContracts": None}


async def test_an_address_that_cannot_be_served_is_told_at_its_place(registered_shopper: Shopper) -> None:
    id = await bought(registered_shopper, COFFEE)
    address = {"firstName": "A", "lastName": "B", "line1": "1 Road", "city": "Tehran", "countryCode": "IR"}
    (error,) = (await changed(registered_shopper, id, shippingAddress=address))["errors"]
    assert error == IsPartialDict(__typename="DestinationError", path=["input", "change", "shippingAddress"])


async def test_a_new_email_address_is_that_of_the_contracts_too_when_asked(registered_shopper: Shopper) -> None:
    id = await bought(registered_shopper)
    text = """mutation($email: EmailAddress!, $apply: Boolean) { updateShopper(input: {email: $email,
      applyEmailToContracts: $apply}) { errors { code } } }"""
    shown = "query($id: ID!) { subscriptionContract(id: $id) { shippingAddress { email } } }"
    for apply, expected in ((False, "ada@example.com"), (True, "new@example.com")):
        answer = await registered_shopper.storefront.ask(text, email="new@example.com", apply=apply)
        assert answer.data["updateShopper"]["errors"] == []
        contract = (await registered_shopper.storefront.ask(shown, id=id)).data["subscriptionContract"]
        assert contract["shippingAddress"]["email"] == expected


async def test_a_contract_is_read_by_its_id_alone(
    registered_shopper: Shopper, other_registered_shopper: Shopper
) -> None:
    id = await bought(registered_shopper)
    text = "query($id: ID!) { node(id: $id) { __typename ... on SubscriptionContract { state } } }"
    assert (await registered_shopper.storefront.ask(text, id=id)).data["node"] == {
        "__typename": "SubscriptionContract",
        "state": "ACTIVE",
    }
    assert (await other_registered_shopper.storefront.ask(text, id=id)).data["node"] is None


async def test_a_contract_of_somebody_else_costs_as_many_calls_as_none(
    registered_shopper: Shopper, storefront: Storefront, world: World
) -> None:
    id = await bought(registered_shopper)
    # Who has signed in could not be read then, so it is read when a contract asks for it.
    await registered_shopper.fault(
        "status", "/v1/shoppers/me", method="GET", times=1, status=400, code="invalid-request"
    )
    other = Storefront(storefront.http)
    await other.sign_in(world.keys.other_shopper_username, world.keys.other_shopper_password)
    calls = []
    for one in (id, global_id("SubscriptionContract", "999999")):
        world.calls.clear()
        answer = await other.ask("query($id: ID!) { subscriptionContract(id: $id) { id } }", id=one)
        assert answer.data == {"subscriptionContract": None}
        calls.append(dict(world.calls.by_call))
    assert calls[0] == calls[1]
