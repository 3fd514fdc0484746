"""The reconciler finds the outcome of a submission even if the client sends no further request."""

import pytest

from sandbox.model.world import World
from tests.support.shop import ADDRESS, CART, PACK, SUBMIT, Clock, Shopper, Storefront, eventually, new_key

pytestmark = pytest.mark.slow

ORDER_SUBMISSION = "query($key: UUID) { orderSubmission(idempotencyKey: $key) { status } }"


async def has_status(storefront: Storefront, key: str, status: str) -> bool:
    submission = (await storefront.ask(ORDER_SUBMISSION, key=key)).data["orderSubmission"]
    return bool(submission["status"] == status)


async def can_add(storefront: Storefront) -> bool:
    return bool((await storefront.add(PACK))["errors"] == [])


async def test_reconciler_unlocks_cart_after_lost_answer_when_order_exists(
    reconciled_shopper: Shopper, world: World, clock: Clock
) -> None:
    storefront = reconciled_shopper.storefront
    await reconciled_shopper.get_ready()
    await reconciled_shopper.fault("drop-after", SUBMIT)
    assert (await storefront.outcome())["__typename"] == "OrderInDoubt"
    world.calls.clear()
    clock.move(5)
    await eventually(lambda: world.calls.count("GET", "/v1/shoppers/me/orders/{id}") > 0)
    await eventually(lambda: can_add(storefront))
    assert reconciled_shopper.submits == 0


async def test_reconciler_resumes_approved_order_without_the_client(
    reconciled_shopper: Shopper, world: World, clock: Clock
) -> None:
    storefront = reconciled_shopper.storefront
    await reconciled_shopper.get_ready("klarnaCredit")
    key = new_key()
    result = await storefront.outcome(key)
    await reconciled_shopper.decide(result["action"]["redirectUrl"])
    clock.move(10)
    await eventually(lambda: has_status(storefront, key, "PLACED"))
    assert world.calls.count("POST", f"{CART}/resume-cart") == 1


async def test_cart_is_unlocked_after_shopper_rejects_the_payment(reconciled_shopper: Shopper, clock: Clock) -> None:
    storefront = reconciled_shopper.storefront
    await reconciled_shopper.get_ready("klarnaCredit")
    key = new_key()
    result = await storefront.outcome(key)
    await reconciled_shopper.decide(result["action"]["redirectUrl"], "reject")
    clock.move(10)
    await eventually(lambda: has_status(storefront, key, "DECLINED"))
    await storefront.give_details(**ADDRESS)
    await reconciled_shopper.pay_with()
    assert (await storefront.outcome())["__typename"] == "OrderPlaced"


async def test_approved_submission_is_resumed_after_sign_out(
    reconciled_shopper: Shopper, world: World, clock: Clock
) -> None:
    storefront = reconciled_shopper.storefront
    await reconciled_shopper.get_ready("klarnaCredit")
    result = await storefront.outcome()
    await storefront.ask("mutation { signOut { signedOut } }")
    await reconciled_shopper.decide(result["action"]["redirectUrl"])
    clock.move(10)
    await eventually(lambda: world.calls.count("POST", f"{CART}/resume-cart") > 0)
    assert [order.state for shopper in world.shoppers for order in shopper.orders.values()] == ["Submitted"]
