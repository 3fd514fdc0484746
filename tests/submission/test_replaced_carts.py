"""An order that waits for the shopper's approval has an end, although another cart has replaced its cart.

A sign-in does not replace such a cart, but another channel of the shop may.
"""

import asyncio
import json
from typing import Any
from uuid import uuid4

import httpx
import msgspec
import pytest

from gateway.app import utc_now
from gateway.orders.attempts import AttemptRecord
from gateway.submission.evidence import replaces
from gateway.upstream.cart import CartAnswer
from gateway.upstream.decoding import decode
from sandbox.model.world import World
from tests.submission.lost_submissions import order_states, status_of
from tests.support.shop import CART, Clock, InMemoryTransport, Shopper, eventually, gateway, new_key, signed_in

RESUME_CART = f"{CART}/resume-cart"
RESUME = """mutation { resumeOrder(input: {}) {
  result { __typename ... on OrderActionRequired { action { ... on RedirectShopperAction { redirectUrl } } } }
  errors { code } } }"""


async def wait_for_approval(shopper: Shopper) -> tuple[str, str]:
    """Submit an order that waits for the shopper, and replace its cart. Return its key and the URL of the page."""
    await shopper.get_ready("klarnaCredit")
    result = await shopper.storefront.outcome(key := new_key())
    session_id = (await shopper.storefront.cart())["paymentSession"]["sessionId"]
    owner = next(known for known in shopper.world.shoppers if known.cart and known.cart.session_id == session_id)
    owner.cart = shopper.world.new_cart(owner)
    return key, result["action"]["redirectUrl"]


async def finish_by_another_channel(shopper: Shopper) -> None:
    """Finish the order that waits, as a channel of the shop does that has a token of the shopper."""
    token = next(value for value, token in shopper.world.tokens.items() if token.shopper.orders)
    answer = await shopper.sandbox.post(RESUME_CART, headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200, answer.text


async def resume(shopper: Shopper) -> dict[str, Any]:
    payload: dict[str, Any] = (await shopper.storefront.ask(RESUME)).data["resumeOrder"]
    return payload


async def test_shopper_is_sent_to_the_page_of_the_replaced_cart(shopper: Shopper) -> None:
    _, url = await wait_for_approval(shopper)
    assert await resume(shopper) == {
        "result": {"__typename": "OrderActionRequired", "action": {"redirectUrl": url}},
        "errors": [],
    }
    await shopper.decide(url)
    assert (await resume(shopper))["result"] == {"__typename": "OrderPlaced"}


@pytest.mark.slow
@pytest.mark.parametrize("is_readable", [True, False])
async def test_approved_order_is_resumed_although_another_cart_is_active(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient, is_readable: bool
) -> None:
    async with gateway(world, network, clock, reconcile_every_s=0.01) as storefront:
        keys = world.keys
        shopper = await signed_in(storefront, sandbox, world, keys.shopper_username, keys.shopper_password)
        _, url = await wait_for_approval(shopper)
        if not is_readable:
            await shopper.fault("status", "/v1/shoppers/me/orders/{id}", status=404, code="resource-not-found")
        await shopper.decide(url)

        def is_submitted() -> bool:
            clock.move(1)
            return order_states(world)[-1] == "Submitted"

        await eventually(is_submitted)


@pytest.mark.slow
async def test_first_check_after_approval_resumes_order_behind_another_cart(
    reconciled_shopper: Shopper, world: World, clock: Clock
) -> None:
    _, url = await wait_for_approval(reconciled_shopper)
    await reconciled_shopper.decide(url)
    # The pause before a second check is half of the order's age.
    clock.move(600)
    async with asyncio.timeout(30):
        await eventually(lambda: order_states(world) == ["Submitted"])


async def test_order_refused_behind_another_cart_is_not_placed(shopper: Shopper) -> None:
    key, url = await wait_for_approval(shopper)
    await shopper.decide(url)
    await shopper.fault("status", RESUME_CART, status=409, code="resume-cart-failure")
    assert (await resume(shopper))["result"] == {"__typename": "OrderNotPlaced"}
    shopper.world.faults.clear()
    assert (await resume(shopper))["result"] == {"__typename": "OrderNotPlaced"}
    assert order_states(shopper.world) == ["Source Pending Redirect"]
    assert await status_of(shopper.storefront, key) == "NOT_PLACED"


async def test_next_cart_is_bought_instead_of_order_without_approval(shopper: Shopper) -> None:
    key, url = await wait_for_approval(shopper)
    await shopper.get_ready()
    assert (await shopper.storefront.outcome())["__typename"] == "OrderPlaced"
    assert await status_of(shopper.storefront, key) == "NOT_PLACED"
    await shopper.decide(url)
    await resume(shopper)
    assert order_states(shopper.world) == ["Source Pending Redirect", "Submitted"]


async def test_order_that_another_channel_finished_is_placed(shopper: Shopper) -> None:
    await shopper.get_ready("klarnaCredit")
    result = await shopper.storefront.outcome(key := new_key())
    await shopper.decide(result["action"]["redirectUrl"])
    await finish_by_another_channel(shopper)
    await shopper.get_ready()
    assert (await shopper.storefront.outcome())["__typename"] == "OrderPlaced"
    assert await status_of(shopper.storefront, key) == "PLACED"
    assert order_states(shopper.world) == ["Submitted", "Submitted"]


async def test_next_cart_waits_for_order_that_was_approved(shopper: Shopper) -> None:
    key, url = await wait_for_approval(shopper)
    await shopper.decide(url)
    await shopper.get_ready()
    blocked = await shopper.storefront.outcome()
    assert [blocker["code"] for blocker in blocked["blockers"]] == ["SUBMISSION_IN_PROGRESS"]
    assert (await resume(shopper))["result"] == {"__typename": "OrderPlaced"}
    assert await status_of(shopper.storefront, key) == "PLACED"


async def test_resuming_another_order_is_settled_by_own_order(
    shopper: Shopper, network: InMemoryTransport, clock: Clock
) -> None:
    def of_another_order(body: Any) -> Any:
        body["resumeCart"]["order"]["id"] = 4711
        return body

    await shopper.get_ready("klarnaCredit")
    result = await shopper.storefront.outcome(key := new_key())
    await shopper.decide(result["action"]["redirectUrl"])
    network.rewrites["POST", RESUME_CART] = of_another_order
    assert (await resume(shopper))["result"] == {"__typename": "OrderInDoubt"}
    clock.move(5)
    assert await status_of(shopper.storefront, key) == "PLACED"


@pytest.mark.slow
async def test_order_behind_another_waiting_cart_is_not_resumed_in_background(
    reconciled_shopper: Shopper, world: World, clock: Clock
) -> None:
    _, url = await wait_for_approval(reconciled_shopper)
    await reconciled_shopper.decide(url)
    await reconciled_shopper.force_state("chargeable")
    reads_before = world.calls.count("GET", CART)

    def is_checked_again() -> bool:
        clock.move(1)
        return world.calls.count("GET", CART) > reads_before + 2

    await eventually(is_checked_again)
    assert world.calls.count("POST", RESUME_CART) == 0


@pytest.mark.parametrize(
    ("cart_id", "session_id", "is_another"),
    [
        ("11", "ps-1", False),
        ("11", "ps-2", False),
        ("12", "ps-1", True),
        ("active", "ps-1", False),
        ("active", "ps-2", True),
        ("active", None, False),
    ],
)
def test_cart_is_another_one_by_its_order_or_payment_session(
    cart_id: str, session_id: str | None, is_another: bool
) -> None:
    payment = {"paymentSession": {"id": session_id, "status": "requires_source"}} if session_id else {}
    cart = decode(json.dumps({"cart": {"id": cart_id} | payment}).encode(), CartAnswer).cart
    submitted = AttemptRecord(
        key=uuid4(),
        fingerprint="",
        replica_id="1",
        started_at=utc_now(),
        updated_at=utc_now(),
        order_id="11",
        payment_session_id="ps-1",
    )
    assert replaces(cart, submitted) is is_another
    assert not replaces(cart, msgspec.structs.replace(submitted, order_id=None, payment_session_id=None))
