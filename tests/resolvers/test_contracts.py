"""Subscription contracts: they need the merchant key, and only their owner can read or change them."""

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

CONTRACT = "/v1/subscriptions/{id}"
CONTRACTS = "/v1/subscriptions"
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


async def buy_contract(shopper: Shopper, product_id: str = LIVE_MAPS) -> str:
    """Buy a recurring product with the first saved card. Returns the global id of the new contract."""
    account = next(
        account for account in shopper.world.accounts if account.username == shopper.world.keys.shopper_username
    )
    await shopper.fill_cart(product_id)
    payload = await shopper.storefront.attach(str(account.payment_options[0].source.id))
    assert payload["errors"] == []
    assert (await shopper.storefront.outcome())["__typename"] == "OrderPlaced"
    contracts = (await shopper.storefront.run("MyContracts"))["shopper"]["subscriptionContracts"]
    contract_id: str = contracts["edges"][-1]["node"]["id"]
    return contract_id


async def read(shopper: Shopper, contract_id: str) -> dict[str, Any]:
    contract: dict[str, Any] = (await shopper.storefront.ask(READ, id=contract_id)).data["subscriptionContract"]
    return contract


async def change_contract(shopper: Shopper, contract_id: str, **change: Any) -> dict[str, Any]:
    payload: dict[str, Any] = (await shopper.storefront.ask(CHANGE, id=contract_id, change=change)).data[
        "changeSubscriptionContract"
    ]
    return payload


async def option_ids(shopper: Shopper) -> list[str]:
    options = (await shopper.storefront.ask("{ shopper { paymentOptions { id } } }")).data["shopper"]["paymentOptions"]
    return [option["id"] for option in options]


async def test_order_of_a_recurring_product_starts_a_contract(registered_shopper: Shopper) -> None:
    contract_id = await buy_contract(registered_shopper)
    contract = await read(registered_shopper, contract_id)
    assert contract == IsPartialDict(
        id=contract_id,
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


async def test_reading_a_page_of_contracts_takes_two_upstream_calls(registered_shopper: Shopper, world: World) -> None:
    await buy_contract(registered_shopper)
    await buy_contract(registered_shopper, COFFEE)
    world.calls.clear()
    contracts = (await registered_shopper.storefront.run("MyContracts", first=1))["shopper"]["subscriptionContracts"]
    assert contracts["totalCount"] == 2
    assert contracts["pageInfo"]["hasNextPage"] is True
    assert world.calls.count("GET", CONTRACTS) == 1
    assert world.calls.count() == 2
    after = contracts["pageInfo"]["endCursor"]
    rest = (await registered_shopper.storefront.run("MyContracts", after=after))["shopper"]["subscriptionContracts"]
    assert [edge["node"]["product"]["name"] for edge in rest["edges"]] == ["Camp Coffee Box"]


async def test_saved_card_that_pays_renewals_can_be_changed(registered_shopper: Shopper, world: World) -> None:
    contract_id = await buy_contract(registered_shopper)
    _, other = await option_ids(registered_shopper)
    world.calls.clear()
    payload = await registered_shopper.storefront.run("PayRenewalsWith", id=contract_id, paymentOptionId=other)
    assert payload["changeSubscriptionContract"] == {
        "subscriptionContract": {
            "id": contract_id,
            "pendingChanges": [{"action": "payment_option", "requestedAt": IsStr}],
        },
        "errors": [],
    }
    assert world.calls.count() == 5, (
        "contract, saved cards, the change, and contract and pending changes for the payload"
    )
    await registered_shopper.control("clock", {"forward_s": 61})
    contract = await read(registered_shopper, contract_id)
    assert contract == IsPartialDict(pendingChanges=[], paymentOption=IsPartialDict(nickname="Travel card"))
    assert contract["shippingAddress"]["line1"] == "10380 Bren Road W", "the shipping address stays"


async def test_contract_changes_are_pending_until_they_take_effect(registered_shopper: Shopper) -> None:
    contract_id = await buy_contract(registered_shopper, COFFEE)
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
        assert (await change_contract(registered_shopper, contract_id, **change))["errors"] == []
    pending = (await read(registered_shopper, contract_id))["pendingChanges"]
    assert [change["action"] for change in pending] == ["renewal_quantity", "renewal_type", "ship_to_address"]
    await registered_shopper.control("clock", {"forward_s": 61})
    assert await read(registered_shopper, contract_id) == IsPartialDict(
        quantity=1,
        renewalQuantity=3,
        isAutoRenewing=False,
        nextRenewalAt=None,
        shippingAddress={"line1": "2 New Road"},
    )


async def test_contract_quantity_can_only_be_reduced(registered_shopper: Shopper) -> None:
    await registered_shopper.storefront.add(COFFEE)
    contract_id = await buy_contract(registered_shopper, COFFEE)
    assert (await read(registered_shopper, contract_id))["quantity"] == 2
    for quantity in (2, 3, 0):
        (error,) = (await change_contract(registered_shopper, contract_id, reducedQuantity=quantity))["errors"]
        assert error == IsPartialDict(code="INVALID_INPUT", path=["input", "change", "reducedQuantity"])
    assert (await change_contract(registered_shopper, contract_id, reducedQuantity=1))["errors"] == []
    await registered_shopper.control("clock", {"forward_s": 61})
    assert (await read(registered_shopper, contract_id))["quantity"] == 1


async def test_each_renewal_places_an_order(registered_shopper: Shopper) -> None:
    contract_id = await buy_contract(registered_shopper)
    await registered_shopper.control("clock", {"forward_s": 70 * DAY})
    contract = await read(registered_shopper, contract_id)
    assert contract["orders"]["totalCount"] == 3
    numbers = [node["number"] for node in contract["orders"]["nodes"]]
    query = "{ shopper { orders(first: 10) { nodes { number } } } }"
    own = (await registered_shopper.storefront.ask(query)).data["shopper"]["orders"]["nodes"]
    assert [node["number"] for node in own] == numbers


async def test_cancelling_a_cancelled_contract_sends_no_cancel_call(registered_shopper: Shopper, world: World) -> None:
    contract_id = await buy_contract(registered_shopper)
    payload = (await registered_shopper.storefront.run("StopRenewing", id=contract_id))["cancelSubscriptionContract"]
    assert payload["errors"] == []
    await registered_shopper.control("clock", {"forward_s": 61})
    world.calls.clear()
    payload = (await registered_shopper.storefront.ask(CANCEL, id=contract_id)).data["cancelSubscriptionContract"]
    assert payload == {
        "subscriptionContract": {"id": contract_id, "state": "CANCELLED", "cancelledAt": IsStr},
        "errors": [],
    }
    assert world.calls.count("POST", f"{CONTRACT}/cancel") == 0


async def test_change_of_a_cancelled_contract_is_rejected(registered_shopper: Shopper) -> None:
    contract_id = await buy_contract(registered_shopper)
    await registered_shopper.storefront.run("StopRenewing", id=contract_id)
    await registered_shopper.control("clock", {"forward_s": 61})
    payload = await change_contract(registered_shopper, contract_id, autoRenewal=True)
    assert payload["errors"] == [
        {
            "__typename": "ContractError",
            "code": "CONTRACT_CHANGE_NOT_ALLOWED",
            "path": ["input", "change", "autoRenewal"],
            "retry": "READ_STATE_FIRST",
            "state": "CANCELLED",
        }
    ]
    assert payload["subscriptionContract"]["id"] == contract_id


# Contracts of other shoppers.


@pytest.mark.parametrize("owner", ["present", "absent"])
async def test_response_for_another_shoppers_contract_equals_response_for_unknown_id(
    registered_shopper: Shopper, other_registered_shopper: Shopper, world: World, owner: str
) -> None:
    contract_id = await buy_contract(registered_shopper)
    await registered_shopper.control("switches", {"subscription_shopper": owner})
    assert (await read(registered_shopper, contract_id))["id"] == contract_id
    missing_id = "U3Vic2NyaXB0aW9uQ29udHJhY3Q6MQ"
    for operation, more in ((READ, {}), (CHANGE, {"change": {"autoRenewal": False}}), (CANCEL, {})):
        answers = []
        for requested_id in (contract_id, missing_id):
            variables = {"id": requested_id} | more
            answers.append(
                (await other_registered_shopper.storefront.send({"query": operation, "variables": variables})).content
            )
        assert answers[0] == answers[1]
    assert not world.calls.count("POST", f"{CONTRACT}/cancel") + world.calls.count("POST", f"{CONTRACT}/renewal-type")
    assert (await read(registered_shopper, contract_id))["pendingChanges"] == []
    shown = (await other_registered_shopper.storefront.run("MyContracts"))["shopper"]["subscriptionContracts"]
    assert shown["edges"] == []


async def test_contracts_without_owner_are_hidden_in_an_unfiltered_list(
    registered_shopper: Shopper, other_registered_shopper: Shopper, network: InMemoryTransport
) -> None:
    contract_id = await buy_contract(registered_shopper)
    listed: list[dict[str, Any]] = []

    def noted(wire: dict[str, Any]) -> dict[str, Any]:
        listed.extend(wire["subscriptions"])
        return wire

    network.rewrites["GET", CONTRACTS] = noted
    await registered_shopper.storefront.run("MyContracts")
    contract = listed[0] | {"shopper": None}
    # Digital River ignores the parameter `shopperId`, and lists the contracts of all shoppers.
    network.rewrites["GET", CONTRACTS] = lambda _: {"subscriptions": [contract, listed[0] | {"id": 1}]}
    network.rewrites["GET", CONTRACT.replace("{id}", str(contract["id"]))] = lambda _: contract
    shown = (await other_registered_shopper.storefront.run("MyContracts"))["shopper"]["subscriptionContracts"]
    assert shown["edges"] == []
    assert (await other_registered_shopper.storefront.ask(READ, id=contract_id)).data["subscriptionContract"] is None


async def test_renewals_cannot_be_paid_with_another_shoppers_card(
    registered_shopper: Shopper, other_registered_shopper: Shopper, world: World
) -> None:
    contract_id = await buy_contract(registered_shopper)
    (foreign,) = await option_ids(other_registered_shopper)
    source = next(account.payment_options[0].source for account in world.accounts if account.username.startswith("sam"))
    world.calls.clear()
    for change, code in (
        ({"paymentOptionId": foreign}, "NOT_FOUND"),
        ({"paymentOptionId": "nonsense"}, "NOT_FOUND"),
        ({"sourceId": str(source.id)}, "SOURCE_NOT_REUSABLE"),
        ({"sourceId": "nonsense"}, "SOURCE_NOT_REUSABLE"),
    ):
        (error,) = (await change_contract(registered_shopper, contract_id, **change))["errors"]
        assert error == IsPartialDict(code=code, path=["input", "change", *change])
    assert not [call for call in world.calls.by_call if call.method == "POST"]
    own = next(account.payment_options[1].source for account in world.accounts if account.username.startswith("alex"))
    assert (await change_contract(registered_shopper, contract_id, sourceId=str(own.id)))["errors"] == []


async def test_guest_cannot_read_or_change_contracts(storefront: Storefront, world: World) -> None:
    await storefront.ask("mutation { startSession(input: {}) { errors { code } } }")
    world.calls.clear()
    for operation, more in ((READ, {}), (CHANGE, {"change": {"autoRenewal": False}}), (CANCEL, {})):
        assert (await storefront.ask(operation, id="U3Vic2NyaXB0aW9uQ29udHJhY3Q6MQ", **more)).codes == [
            "SIGN_IN_REQUIRED"
        ]
    assert world.calls.count() == 0


# Missing or wrong merchant key, and failing calls.


async def test_contract_fields_without_merchant_key_fail_with_not_configured(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient
) -> None:
    async with gateway(world, network, clock, merchant_key="") as storefront:
        keys = world.keys
        shopper = await signed_in(storefront, sandbox, world, keys.shopper_username, keys.shopper_password)
        world.calls.clear()
        answer = await shopper.storefront.ask(documents()["MyContracts"])
        assert answer.codes == ["NOT_CONFIGURED"]
        assert answer.body["data"]["shopper"] == IsPartialDict(subscriptionContracts=None)
        for operation, more in ((READ, {}), (CHANGE, {"change": {"autoRenewal": False}}), (CANCEL, {})):
            answer = await shopper.storefront.ask(operation, id="U3Vic2NyaXB0aW9uQ29udHJhY3Q6MQ", **more)
            assert answer.codes == ["NOT_CONFIGURED"]
        assert world.calls.count() == 0


async def test_wrong_merchant_key_does_not_end_the_session(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient
) -> None:
    async with gateway(world, network, clock, merchant_key="riverdemo-merchant:wrong-and-long") as storefront:
        keys = world.keys
        shopper = await signed_in(storefront, sandbox, world, keys.shopper_username, keys.shopper_password)
        answer = await shopper.storefront.ask(documents()["MyContracts"])
        assert answer.codes == ["UPSTREAM_UNAVAILABLE"]
        assert (await shopper.storefront.ask("{ session { level } }")).data["session"]["level"] == "REGISTERED"


async def test_failing_contract_call_affects_only_fields_that_need_it(registered_shopper: Shopper) -> None:
    contract_id = await buy_contract(registered_shopper)
    for path, lost in ((f"{CONTRACT}/pending-actions", "pendingChanges"), (f"{CONTRACT}/orders", "orders")):
        await registered_shopper.fault("status", path, status=503)
        answer = await registered_shopper.storefront.ask(READ, id=contract_id)
        assert answer.codes == ["UPSTREAM_UNAVAILABLE"]
        assert answer.body["data"]["subscriptionContract"] == IsPartialDict(id=contract_id, **{lost: None})
        await registered_shopper.sandbox.delete("/_sandbox/faults")
    await registered_shopper.fault("status", f"{CONTRACT}/renewal-type", status=503)
    payload = await change_contract(registered_shopper, contract_id, autoRenewal=False)
    assert payload["errors"] == [
        IsPartialDict(code="UPSTREAM_UNAVAILABLE", retry="READ_STATE_FIRST", path=["input", "change", "autoRenewal"])
    ]
    assert payload["subscriptionContract"] == {"id": contract_id, "pendingChanges": []}
    await registered_shopper.fault("status", CONTRACTS, status=503)
    answer = await registered_shopper.storefront.ask(
        "{ shopper { firstName subscriptionContracts(first: 5) { totalCount } } }"
    )
    assert answer.body["data"]["shopper"] == {"firstName": "Alex", "subscriptionContracts": None}


async def test_invalid_shipping_address_of_a_contract_is_rejected(registered_shopper: Shopper) -> None:
    contract_id = await buy_contract(registered_shopper, COFFEE)
    address = {"firstName": "A", "lastName": "B", "line1": "1 Road", "city": "Tehran", "countryCode": "IR"}
    (error,) = (await change_contract(registered_shopper, contract_id, shippingAddress=address))["errors"]
    assert error == IsPartialDict(__typename="DestinationError", path=["input", "change", "shippingAddress"])


async def test_new_shopper_email_is_applied_to_contracts_only_on_request(registered_shopper: Shopper) -> None:
    contract_id = await buy_contract(registered_shopper)
    mutation = """mutation($email: EmailAddress!, $apply: Boolean) { updateShopper(input: {email: $email,
      applyEmailToContracts: $apply}) { errors { code } } }"""
    shown = "query($id: ID!) { subscriptionContract(id: $id) { shippingAddress { email } } }"
    for apply, expected in ((False, "ada@example.com"), (True, "new@example.com")):
        answer = await registered_shopper.storefront.ask(mutation, email="new@example.com", apply=apply)
        assert answer.data["updateShopper"]["errors"] == []
        contract = (await registered_shopper.storefront.ask(shown, id=contract_id)).data["subscriptionContract"]
        assert contract["shippingAddress"]["email"] == expected


async def test_contract_is_readable_by_global_id_only_for_its_owner(
    registered_shopper: Shopper, other_registered_shopper: Shopper
) -> None:
    contract_id = await buy_contract(registered_shopper)
    query = "query($id: ID!) { node(id: $id) { __typename ... on SubscriptionContract { state } } }"
    assert (await registered_shopper.storefront.ask(query, id=contract_id)).data["node"] == {
        "__typename": "SubscriptionContract",
        "state": "ACTIVE",
    }
    assert (await other_registered_shopper.storefront.ask(query, id=contract_id)).data["node"] is None


async def test_another_shoppers_contract_and_unknown_id_cause_same_upstream_calls(
    registered_shopper: Shopper, storefront: Storefront, world: World
) -> None:
    contract_id = await buy_contract(registered_shopper)
    # If the profile cannot be read during sign-in, each request for a contract reads it later.
    await registered_shopper.fault(
        "status", "/v1/shoppers/me", method="GET", times=1, status=400, code="invalid-request"
    )
    other = Storefront(storefront.http)
    await other.sign_in(world.keys.other_shopper_username, world.keys.other_shopper_password)
    calls = []
    for requested_id in (contract_id, global_id("SubscriptionContract", "999999")):
        world.calls.clear()
        answer = await other.ask("query($id: ID!) { subscriptionContract(id: $id) { id } }", id=requested_id)
        assert answer.data == {"subscriptionContract": None}
        calls.append(dict(world.calls.by_call))
    assert calls[0] == calls[1]
