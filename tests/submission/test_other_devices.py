"""A submission belongs to the cart's owner: every session of the owner can read, settle and resume it."""

from typing import Any

import httpx
import pytest
from dirty_equals import IsPartialDict

from sandbox.model.world import World
from tests.support.shop import PACK, SUBMIT, Clock, Shopper, Storefront, new_key, signed_in

OUTCOME = "query($key: UUID) { orderSubmission(idempotencyKey: $key) { idempotencyKey status } }"
RESUME = """mutation($input: ResumeOrderInput!) { resumeOrder(input: $input) {
  result { __typename } errors { code } } }"""
DAY_S = 86_400


@pytest.fixture
async def other_device(storefront: Storefront, sandbox: httpx.AsyncClient, world: World) -> Shopper:
    """The shopper Alex, signed in on a second device."""
    return await sign_in(storefront, sandbox, world)


async def sign_in(storefront: Storefront, sandbox: httpx.AsyncClient, world: World) -> Shopper:
    keys = world.keys
    return await signed_in(Storefront(storefront.http), sandbox, world, keys.shopper_username, keys.shopper_password)


async def submission(shopper: Shopper, key: str | None = None) -> dict[str, Any] | None:
    result: dict[str, Any] | None = (await shopper.storefront.ask(OUTCOME, key=key)).data["orderSubmission"]
    return result


async def test_outcome_is_readable_by_key_on_every_device_of_shopper(
    registered_shopper: Shopper, other_device: Shopper, other_registered_shopper: Shopper
) -> None:
    await registered_shopper.get_ready()
    await registered_shopper.storefront.outcome(key := new_key())
    assert await submission(other_device, key) == {"idempotencyKey": key, "status": "PLACED"}
    assert await submission(other_registered_shopper, key) is None


async def test_same_key_on_another_device_places_no_second_order(
    registered_shopper: Shopper, other_device: Shopper
) -> None:
    await registered_shopper.get_ready()
    agreed = await registered_shopper.storefront.agreement()
    first = await registered_shopper.storefront.submit(key := new_key(), **agreed)
    again = await other_device.storefront.submit(key, **agreed)
    assert again["result"]["order"]["number"] == first["result"]["order"]["number"]
    assert registered_shopper.submits == 1


async def test_fresh_session_settles_doubt_of_an_ended_session(
    registered_shopper: Shopper, storefront: Storefront, sandbox: httpx.AsyncClient, world: World, clock: Clock
) -> None:
    await registered_shopper.get_ready()
    await registered_shopper.fault("drop-after", SUBMIT)
    assert (await registered_shopper.storefront.outcome(key := new_key()))["__typename"] == "OrderInDoubt"
    clock.move(DAY_S + 1)
    assert (await registered_shopper.storefront.ask("{ session { id } }")).data == {"session": None}

    fresh = await sign_in(storefront, sandbox, world)
    assert await submission(fresh) == {"idempotencyKey": key, "status": "PLACED"}
    assert (await fresh.storefront.add(PACK))["errors"] == [], "the cart is unlocked"
    assert fresh.submits == 1


async def test_doubt_keeps_the_cart_locked_as_long_as_it_lasts(
    registered_shopper: Shopper, storefront: Storefront, sandbox: httpx.AsyncClient, world: World, clock: Clock
) -> None:
    await registered_shopper.get_ready()
    await registered_shopper.fault("drop-after", SUBMIT, times=1)
    await registered_shopper.fault("status", "/v1/shoppers/me/orders/{id}", status=503)
    assert (await registered_shopper.storefront.outcome(key := new_key()))["__typename"] == "OrderInDoubt"
    for _ in range(3):
        clock.move(DAY_S)
        fresh = await sign_in(storefront, sandbox, world)
        assert await submission(fresh) == {"idempotencyKey": key, "status": "IN_DOUBT"}
    assert (await fresh.storefront.add(PACK))["errors"] == [IsPartialDict(code="CART_LOCKED")]


async def test_approved_redirect_is_resumed_on_another_device(
    registered_shopper: Shopper, other_device: Shopper
) -> None:
    await registered_shopper.get_ready("klarnaCredit")
    result = await registered_shopper.storefront.outcome(key := new_key())
    await registered_shopper.decide(result["action"]["redirectUrl"])
    payload = (await other_device.storefront.ask(RESUME, input={})).data["resumeOrder"]
    assert payload == {"result": {"__typename": "OrderPlaced"}, "errors": []}
    assert await submission(registered_shopper, key) == {"idempotencyKey": key, "status": "PLACED"}


async def test_submission_is_found_although_shopper_was_not_read(
    registered_shopper: Shopper, storefront: Storefront, sandbox: httpx.AsyncClient, world: World
) -> None:
    await registered_shopper.get_ready("klarnaCredit")
    result = await registered_shopper.storefront.outcome(key := new_key())
    await registered_shopper.decide(result["action"]["redirectUrl"])
    await registered_shopper.fault("status", "/v1/shoppers/me", method="GET", status=503)
    device = await sign_in(storefront, sandbox, world)
    answer = await device.storefront.ask(OUTCOME, key=key)
    assert answer.codes == ["UPSTREAM_UNAVAILABLE"], "an unknown owner is no reason to deny the submission"
    payload = (await device.storefront.ask(RESUME, input={})).data["resumeOrder"]
    assert payload["errors"] == [{"code": "UPSTREAM_UNAVAILABLE"}]
    world.faults.clear()
    assert await submission(device, key) == IsPartialDict(idempotencyKey=key)
    payload = (await device.storefront.ask(RESUME, input={})).data["resumeOrder"]
    assert payload["result"] == {"__typename": "OrderPlaced"}


async def test_readiness_of_a_cart_with_unknown_owner_is_not_guessed(
    storefront: Storefront, sandbox: httpx.AsyncClient, world: World
) -> None:
    await (await sign_in(storefront, sandbox, world)).fault("status", "/v1/shoppers/me", method="GET", status=503)
    device = await sign_in(storefront, sandbox, world)
    readiness = "{ cart { totalQuantity } checkoutReadiness { status } }"
    answer = await device.storefront.ask(readiness)
    assert answer.codes == ["UPSTREAM_UNAVAILABLE"]
    assert answer.body["data"] == {"cart": {"totalQuantity": 0}, "checkoutReadiness": None}
    world.faults.clear()
    assert (await device.storefront.ask(readiness)).data["checkoutReadiness"] == {"status": "BLOCKED"}


async def test_sign_out_with_unknown_owner_keeps_token_of_open_submission(shopper: Shopper, world: World) -> None:
    await shopper.get_ready("klarnaCredit")
    await shopper.storefront.outcome(new_key())
    await shopper.fault("status", "/v1/shoppers/me", method="GET", status=503)
    await shopper.storefront.sign_in(world.keys.shopper_username, world.keys.shopper_password)
    tokens = set(world.tokens)
    await shopper.storefront.ask("mutation { signOut { signedOut } }")
    assert tokens == set(world.tokens)
    assert (await shopper.storefront.ask("{ session { id } }")).data == {"session": None}


async def test_resume_without_a_key_finds_order_behind_a_blocked_one(shopper: Shopper, world: World) -> None:
    await shopper.get_ready("klarnaCredit")
    result = await shopper.storefront.outcome()
    await shopper.storefront.sign_in(world.keys.shopper_username, world.keys.shopper_password)
    blocked = await shopper.storefront.outcome()
    assert blocked["__typename"] == "OrderBlocked"
    await shopper.decide(result["action"]["redirectUrl"])
    payload = (await shopper.storefront.ask(RESUME, input={})).data["resumeOrder"]
    assert payload == IsPartialDict(result={"__typename": "OrderPlaced"})
    assert shopper.submits == 1


async def test_same_key_after_sign_in_places_no_second_order(shopper: Shopper, world: World) -> None:
    await shopper.get_ready()
    agreed = await shopper.storefront.agreement()
    first = await shopper.storefront.outcome(key := new_key(), **agreed)
    await shopper.storefront.sign_in(world.keys.shopper_username, world.keys.shopper_password)
    again = await shopper.storefront.outcome(key, **agreed)
    assert again["order"]["number"] == first["order"]["number"]
    assert shopper.submits == 1
