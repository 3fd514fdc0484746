"""A read reports what the shopper has decided on the provider's page, before the order is resumed."""

from typing import Any

import pytest
from dirty_equals import IsPartialDict

from tests.submission.lost_submissions import is_unlocked, order_states, status_of
from tests.support.shop import CART, Clock, InMemoryTransport, Shopper, eventually, new_key

RESUME = f"{CART}/resume-cart"
READ = (
    """query($key: UUID) { orderSubmission(idempotencyKey: $key) { status message result { __typename message } } }"""
)


async def read(shopper: Shopper, key: str | None = None) -> dict[str, Any]:
    submission: dict[str, Any] = (await shopper.storefront.ask(READ, key=key)).data["orderSubmission"]
    return submission


async def redirected(shopper: Shopper, decision: str | None = None) -> str:
    await shopper.get_ready("klarnaCredit")
    result = await shopper.storefront.outcome(key := new_key())
    if decision is not None:
        await shopper.decide(result["action"]["redirectUrl"], decision)
    return key


@pytest.mark.parametrize("decision", [None, "cancel"])
async def test_waiting_redirect_requires_the_shopper(shopper: Shopper, decision: str | None) -> None:
    key = await redirected(shopper, decision)
    submission = await read(shopper, key)
    assert submission["status"] == "ACTION_REQUIRED"
    assert "`resumeOrder`" in submission["message"]


async def test_approved_redirect_is_under_way_and_not_in_doubt(shopper: Shopper) -> None:
    key = await redirected(shopper, "approve")
    for _ in range(2):
        submission = await read(shopper, key)
        assert submission == IsPartialDict(status="IN_PROGRESS", result=None)
        assert "`resumeOrder`" in submission["message"]
    assert shopper.world.calls.count("POST", RESUME) == 0, "a read sends no order"
    assert (await shopper.storefront.run("ReturnFromRedirect"))["resumeOrder"]["result"]["__typename"] == "OrderPlaced"
    assert (await read(shopper, key))["status"] == "PLACED"
    assert shopper.world.calls.count("POST", RESUME) == 1


async def test_repeated_submit_request_reports_the_approval(shopper: Shopper) -> None:
    await shopper.get_ready("klarnaCredit")
    agreed = await shopper.storefront.agreement()
    result = (await shopper.storefront.submit(key := new_key(), **agreed))["result"]
    await shopper.decide(result["action"]["redirectUrl"])
    payload = await shopper.storefront.submit(key, **agreed)
    assert (payload["errors"], payload["result"]) == ([], None)
    assert payload["attempt"] == IsPartialDict(status="IN_PROGRESS")
    assert shopper.submits == 1


async def test_read_of_an_approval_lets_the_background_finish_at_once(
    reconciled_shopper: Shopper, clock: Clock
) -> None:
    key = await redirected(reconciled_shopper)
    clock.move(240)
    await read(reconciled_shopper, key)
    (source,) = reconciled_shopper.world.redirects.values()
    await reconciled_shopper.decide(source.redirect["redirectUrl"])
    await eventually(lambda: _placed(reconciled_shopper, key))
    assert order_states(reconciled_shopper.world) == ["Submitted"]
    assert reconciled_shopper.world.calls.count("POST", RESUME) == 1


async def _placed(shopper: Shopper, key: str) -> bool:
    return await status_of(shopper.storefront, key) == "PLACED"


async def test_rejected_redirect_is_declined_when_it_is_read(shopper: Shopper) -> None:
    key = await redirected(shopper, "reject")
    submission = await read(shopper, key)
    assert submission == IsPartialDict(status="DECLINED", result=IsPartialDict(__typename="OrderDeclined"))
    assert await is_unlocked(shopper.storefront)
    assert shopper.world.calls.count("POST", RESUME) == 0


async def test_unreadable_cart_leaves_the_decision_unknown(shopper: Shopper) -> None:
    key = await redirected(shopper, "approve")
    await shopper.fault("status", CART, method="GET", status=503, times=99)
    submission = await read(shopper, key)
    assert submission == IsPartialDict(status="IN_DOUBT", result=IsPartialDict(__typename="OrderInDoubt"))


async def test_cart_read_before_the_submission_is_no_evidence(shopper: Shopper, network: InMemoryTransport) -> None:
    await shopper.get_ready("klarnaCredit")
    answers = [await shopper.cart_json()]
    await shopper.storefront.outcome(key := new_key())
    network.rewrites["GET", CART] = lambda body: answers.pop() if answers else body
    assert (await read(shopper, key))["status"] == "ACTION_REQUIRED"
    assert answers == []
    assert (await read(shopper, key))["status"] == "ACTION_REQUIRED"


async def test_readiness_of_an_approved_cart_names_resume_order(shopper: Shopper) -> None:
    await redirected(shopper, "approve")
    text = "{ checkoutReadiness { blockers { code resolvedBy } } }"
    (blocker,) = (await shopper.storefront.ask(text)).data["checkoutReadiness"]["blockers"]
    assert blocker == {"code": "PAYMENT_SESSION_NOT_READY", "resolvedBy": ["Mutation.resumeOrder"]}
