"""One cart becomes at most one order, despite repeated requests, lost connections and parallel sessions."""

import asyncio
from collections import Counter

import httpx
import pytest
from dirty_equals import IsPartialDict, IsStr

from sandbox.model.world import World
from tests.support.shop import POLES, SUBMIT, InMemoryTransport, Shopper, Storefront, new_key, signed_in


async def test_fifty_requests_with_one_idempotency_key_place_one_order(shopper: Shopper) -> None:
    await shopper.get_ready()
    cart, key = await shopper.storefront.cart(), new_key()
    agreed = {"total": cart["totals"]["orderTotal"], "revision": cart["revision"]}
    tabs = [shopper.storefront.another_tab() for _ in range(50)]
    payloads = await asyncio.gather(*(tab.submit(key, **agreed) for tab in tabs))
    assert {payload["result"]["__typename"] for payload in payloads} == {"OrderPlaced"}
    assert len({payload["result"]["order"]["number"] for payload in payloads}) == 1
    assert [payload["attempt"]["isReplay"] for payload in payloads].count(False) == 1
    assert shopper.submits == 1


async def test_fifty_simultaneous_requests_with_different_keys_place_one_order(shopper: Shopper) -> None:
    await shopper.get_ready()
    cart = await shopper.storefront.cart()
    agreed = {"total": cart["totals"]["orderTotal"], "revision": cart["revision"]}
    tabs = [shopper.storefront.another_tab() for _ in range(50)]
    results = await asyncio.gather(*(tab.outcome(**agreed) for tab in tabs))
    assert Counter(result["__typename"] for result in results) == {"OrderPlaced": 1, "OrderBlocked": 49}
    assert shopper.submits == 1


async def test_order_is_placed_although_the_client_disconnects(shopper: Shopper, network: InMemoryTransport) -> None:
    await shopper.get_ready()
    network.gates[SUBMIT] = asyncio.Event()
    cart, key = await shopper.storefront.cart(), new_key()
    agreed = {"total": cart["totals"]["orderTotal"], "revision": cart["revision"]}
    submitting = asyncio.create_task(shopper.storefront.another_tab().submit(key, **agreed))
    await network.arrived[SUBMIT].wait()
    submitting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await submitting

    network.gates[SUBMIT].set()
    payload = await shopper.storefront.submit(key, **agreed)
    assert payload["result"]["__typename"] == "OrderPlaced"
    assert payload["attempt"]["isReplay"] is True
    assert shopper.submits == 1


async def test_same_idempotency_key_with_another_total_is_rejected(shopper: Shopper) -> None:
    await shopper.get_ready()
    cart, key = await shopper.storefront.cart(), new_key()
    agreed = {"total": cart["totals"]["orderTotal"], "revision": cart["revision"]}
    placed = await shopper.storefront.outcome(key, **agreed)
    assert placed["__typename"] == "OrderPlaced"
    assert (await shopper.storefront.outcome(key, **agreed))["order"]["number"] == placed["order"]["number"]
    other = await shopper.storefront.submit(key, **agreed | {"total": {"amount": "96.70", "currencyCode": "USD"}})
    message = IsStr(regex=".*was used before with another input. That submission has the status PLACED.*")
    assert other["errors"] == [IsPartialDict(code="IDEMPOTENCY_KEY_REUSED", retry="DO_NOT_RETRY", message=message)]
    assert shopper.submits == 1


async def test_submission_that_was_not_sent_leaves_no_attempt(shopper: Shopper, network: InMemoryTransport) -> None:
    await shopper.get_ready()
    key = new_key()
    network.unreachable.add(SUBMIT)
    payload = await shopper.storefront.submit(key)
    assert payload["errors"] == [IsPartialDict(code="UPSTREAM_UNAVAILABLE", retry="RETRY")]
    assert payload["attempt"] is None
    network.unreachable.clear()
    assert (await shopper.storefront.outcome(key))["__typename"] == "OrderPlaced"
    assert shopper.submits == 1


async def test_blocker_of_second_submission_contains_attempt_of_first_submission(shopper: Shopper) -> None:
    await shopper.get_ready()
    await shopper.fault("drop-before", SUBMIT, times=1)
    assert (await shopper.storefront.outcome())["__typename"] == "OrderInDoubt"
    mutation = """mutation($key: UUID!) { submitOrder(input: {idempotencyKey: $key, expectedTotal: {amount: "96.69",
      currencyCode: "USD"}}) { result { ... on OrderBlocked { blockers {
        ... on SubmissionInProgressBlocker { attempt { status wasSentUpstream } } } } } } }"""
    result = (await shopper.storefront.ask(mutation, key=new_key())).data["submitOrder"]["result"]
    assert result["blockers"] == [{"attempt": {"status": "IN_DOUBT", "wasSentUpstream": True}}]


@pytest.mark.slow
async def test_submission_locks_cart_in_other_browser_despite_failed_profile_read(
    storefront: Storefront, world: World, network: InMemoryTransport, sandbox: httpx.AsyncClient
) -> None:
    keys = world.keys
    shopper = await signed_in(storefront, sandbox, world, keys.shopper_username, keys.shopper_password)
    await shopper.fault("status", "/v1/shoppers/me", method="GET", status=500, code="other", times=3)
    other_browser = await signed_in(storefront, sandbox, world, keys.shopper_username, keys.shopper_password)
    world.faults.clear()
    await shopper.get_ready()
    cart = await shopper.storefront.cart()
    agreed = {"total": cart["totals"]["orderTotal"], "revision": cart["revision"]}
    network.gates[SUBMIT] = asyncio.Event()
    submitting = asyncio.create_task(shopper.storefront.another_tab().outcome(**agreed))
    await network.arrived[SUBMIT].wait()
    added = await other_browser.storefront.add(POLES)
    network.gates[SUBMIT].set()
    await submitting
    ordered_total = [
        order.cart.totals().total for known_shopper in world.shoppers for order in known_shopper.orders.values()
    ][-1]
    assert (added["errors"], str(ordered_total)) == (
        [IsPartialDict(code="CART_LOCKED")],
        cart["totals"]["orderTotal"]["amount"],
    )
