"""Each refusal of resume-cart leads to an outcome, or leaves the order waiting as before."""

import asyncio
from typing import Any

import pytest
from dirty_equals import IsPartialDict

from tests.submission.lost_submissions import order_states, status_of
from tests.support.shop import CART, POLES, Clock, InMemoryTransport, Shopper, new_key

RESUME_CART = f"{CART}/resume-cart"
LINES = f"{CART}/line-items"
RESUME = """mutation($key: UUID) { resumeOrder(input: {idempotencyKey: $key}) {
  attempt { status isReplay } result { __typename ... on OrderDeclined { decline { supportReference } } }
  errors { code retry } } }"""


async def approved_redirect(shopper: Shopper) -> str:
    """Submit an order, approve its payment on the provider's page, and return the idempotency key."""
    await shopper.get_ready("klarnaCredit")
    result = await shopper.storefront.outcome(key := new_key())
    await shopper.decide(result["action"]["redirectUrl"])
    return key


async def resume(shopper: Shopper, key: str) -> dict[str, Any]:
    payload: dict[str, Any] = (await shopper.storefront.ask(RESUME, key=key)).data["resumeOrder"]
    return payload


async def test_first_answer_to_a_resumption_is_no_replay(shopper: Shopper) -> None:
    key = await approved_redirect(shopper)
    first = await resume(shopper, key)
    assert first == IsPartialDict(attempt={"status": "PLACED", "isReplay": False}, result={"__typename": "OrderPlaced"})
    again = await resume(shopper, key)
    assert again == IsPartialDict(attempt={"status": "PLACED", "isReplay": True}, result={"__typename": "OrderPlaced"})


async def test_resumption_that_settles_a_doubt_is_no_replay(shopper: Shopper, clock: Clock) -> None:
    key = await approved_redirect(shopper)
    await shopper.fault("drop-after", RESUME_CART, times=1)
    assert (await resume(shopper, key))["result"] == {"__typename": "OrderInDoubt"}
    clock.move(10)
    settled = await resume(shopper, key)
    assert settled == IsPartialDict(
        attempt={"status": "PLACED", "isReplay": False}, result={"__typename": "OrderPlaced"}
    )
    assert (await resume(shopper, key))["attempt"] == {"status": "PLACED", "isReplay": True}


@pytest.mark.parametrize("code", ["credit-card-declined", "cart-charge-failure"])
async def test_declined_resumption_unlocks_the_cart(shopper: Shopper, code: str) -> None:
    key = await approved_redirect(shopper)
    await shopper.fault("status", RESUME_CART, status=409, code=code, times=1)
    payload = await resume(shopper, key)
    assert payload["errors"] == []
    assert payload["attempt"]["status"] == "DECLINED"
    assert payload["result"]["decline"]["supportReference"]
    # The sandbox keeps the submitted cart, so only the gateway's own lock is tested: with it, nothing would be sent.
    sent = shopper.world.calls.count("POST", LINES)
    await shopper.storefront.add(POLES)
    assert shopper.world.calls.count("POST", LINES) == sent + 1


async def test_undocumented_refusal_of_a_resumption_is_in_doubt(shopper: Shopper, clock: Clock) -> None:
    key = await approved_redirect(shopper)
    await shopper.fault("status", RESUME_CART, status=409, code="a-code-of-next-year", times=1)
    payload = await resume(shopper, key)
    assert payload["result"]["__typename"] == "OrderInDoubt"
    clock.move(121)
    assert await status_of(shopper.storefront, key) == "PLACED", "resume-cart is sent again after the quiet time"
    assert order_states(shopper.world) == ["Submitted"]


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [
        (409, "inventory-unavailable-error", {"code": "UPSTREAM_REJECTED"}),
        (429, "slow-down", {"code": "RATE_LIMITED"}),
        (409, "resume-cart-failure", {"code": "NOT_RESUMABLE"}),
    ],
)
async def test_order_waits_after_a_refusal_that_changed_nothing(
    shopper: Shopper, status: int, code: str, expected: dict[str, str]
) -> None:
    key = await approved_redirect(shopper)
    await shopper.fault("status", RESUME_CART, status=status, code=code, times=1)
    payload = await resume(shopper, key)
    assert payload["errors"] == [IsPartialDict(expected)]
    assert (await resume(shopper, key))["result"]["__typename"] == "OrderPlaced"


async def test_order_waits_after_a_resumption_that_was_not_sent(shopper: Shopper, network: InMemoryTransport) -> None:
    key = await approved_redirect(shopper)
    network.unreachable.add(RESUME_CART)
    assert (await resume(shopper, key))["errors"] == [{"code": "UPSTREAM_UNAVAILABLE", "retry": "RETRY"}]
    network.unreachable.clear()
    assert (await resume(shopper, key))["result"]["__typename"] == "OrderPlaced"


async def test_submit_that_joins_a_refused_resumption_learns_the_state(
    shopper: Shopper, network: InMemoryTransport
) -> None:
    await shopper.get_ready("klarnaCredit")
    cart, storefront = await shopper.storefront.cart(), shopper.storefront
    agreed = {"total": cart["totals"]["orderTotal"], "revision": cart["revision"]}
    result = (await storefront.submit(key := new_key(), **agreed))["result"]
    await shopper.decide(result["action"]["redirectUrl"])
    await shopper.fault("status", RESUME_CART, status=409, code="resume-cart-failure", times=1)
    network.gates[RESUME_CART] = asyncio.Event()
    resuming = asyncio.create_task(storefront.another_tab().ask(RESUME, key=key))
    await network.arrived[RESUME_CART].wait()
    joining = asyncio.create_task(storefront.submit(key, **agreed))
    for _ in range(100):
        await asyncio.sleep(0)
    network.gates[RESUME_CART].set()
    assert (await resuming).data["resumeOrder"]["errors"] == [IsPartialDict(code="NOT_RESUMABLE")]
    assert (await joining)["attempt"] == IsPartialDict(status="IN_PROGRESS", isReplay=True)
