"""The cart and the order at Digital River decide the outcome of a submission in doubt."""

import json
from datetime import timedelta
from typing import Any

import httpx
import pytest
from dirty_equals import IsPartialDict

from gateway.orders.attempts import OPEN_ATTEMPTS, store_key_in
from gateway.store.memory import MemoryStore
from sandbox.model.world import World
from tests.submission.lost_submissions import DelayedSubmission, status_of
from tests.support.shop import CART, POLES, SUBMIT, Clock, InMemoryTransport, Shopper, gateway, gateway_on, new_key

READ_SUBMISSION = """query($key: UUID) { orderSubmission(idempotencyKey: $key) { status wasSentUpstream isReplay
  result { __typename } } }"""
READ_ORDER = """query($key: UUID) { orderSubmission(idempotencyKey: $key) { status
  result { ... on OrderPlaced { order { number state totals { orderTotal { amount } } } } } } }"""
HOUR = timedelta(hours=1)
DETACH = "mutation { detachSource(input: {target: {all: true}}) { warnings { code } errors { code message } } }"


async def test_lost_answer_to_submit_cart_locks_the_cart(shopper: Shopper) -> None:
    await shopper.get_ready()
    await shopper.fault("drop-after", SUBMIT)
    key = new_key()
    doubt = await shopper.storefront.outcome(key)
    assert doubt["__typename"] == "OrderInDoubt"
    blocked = await shopper.storefront.add(POLES)
    assert blocked["errors"] == [IsPartialDict(code="CART_LOCKED", retry="READ_STATE_FIRST")]

    submission = (await shopper.storefront.ask(READ_SUBMISSION, key=key)).data["orderSubmission"]
    assert submission["status"] == "IN_DOUBT", "the gateway does not check before `checkAfter`"


async def test_submission_in_doubt_is_placed_when_its_order_is_found(shopper: Shopper, clock: Clock) -> None:
    await shopper.get_ready()
    await shopper.fault("drop-after", SUBMIT)
    key = new_key()
    assert (await shopper.storefront.outcome(key))["__typename"] == "OrderInDoubt"
    clock.move(5)
    submission = (await shopper.storefront.ask(READ_SUBMISSION, key=key)).data["orderSubmission"]
    assert submission == IsPartialDict(status="PLACED", wasSentUpstream=True, result={"__typename": "OrderPlaced"})
    assert shopper.submits == 1
    assert (await shopper.storefront.add(POLES))["errors"] == [], "the cart is unlocked"


@pytest.mark.parametrize("is_read_first", [False, True], ids=["found by its lock", "found by its key"])
async def test_submission_of_an_earlier_version_is_settled(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient, is_read_first: bool
) -> None:
    store = MemoryStore(clock)
    async with gateway_on(store, world, network, clock) as storefront:
        shopper = Shopper(storefront, sandbox, world)
        await shopper.get_ready()
        await shopper.fault("drop-after", SUBMIT)
        key = new_key()
        assert (await storefront.outcome(key))["__typename"] == "OrderInDoubt"
        (tag,) = await store.claim_due(OPEN_ATTEMPTS, now=clock() + HOUR, until=clock(), limit=9)
        store_key = store_key_in(tag)
        record = json.loads(await store.get(store_key) or b"")
        # An earlier version wrote none of these, and neither the locks nor the schedule had the attempt's id.
        del record["id"], record["session_id"], record["pricing"]
        await store.put(store_key, json.dumps(record).encode(), ttl_s=3600)
        for lock in record["locks"]:
            await store.put(lock, store_key.encode(), ttl_s=3600)
        await store.unschedule(OPEN_ATTEMPTS, tag)
        await store.schedule(OPEN_ATTEMPTS, store_key, clock())
        if is_read_first:
            submission = (await storefront.ask(READ_SUBMISSION, key=key)).data["orderSubmission"]
            assert submission["status"] == "IN_DOUBT"
        blocked = await storefront.outcome()
        assert [blocker["code"] for blocker in blocked["blockers"]] == ["SUBMISSION_IN_PROGRESS"]
        clock.move(5)
        submission = (await storefront.ask(READ_SUBMISSION, key=key)).data["orderSubmission"]
        assert submission["status"] == "PLACED"
        assert json.loads(await store.get(store_key) or b"")["session_id"] == store_key.split(":")[1]
        assert shopper.submits == 1
        assert (await storefront.add(POLES))["errors"] == [], "the cart is unlocked"


async def test_submission_without_order_is_reported_not_placed_after_quiet_time(shopper: Shopper, clock: Clock) -> None:
    await shopper.get_ready()
    await shopper.fault("drop-before", SUBMIT, times=1)
    key = new_key()
    assert (await shopper.storefront.outcome(key))["__typename"] == "OrderInDoubt"

    clock.move(60)
    submission = (await shopper.storefront.ask(READ_SUBMISSION, key=key)).data["orderSubmission"]
    assert submission["status"] == "IN_DOUBT"
    blocked = await shopper.storefront.outcome()
    assert [blocker["code"] for blocker in blocked["blockers"]] == ["SUBMISSION_IN_PROGRESS"]

    clock.move(120)
    submission = (await shopper.storefront.ask(READ_SUBMISSION, key=key)).data["orderSubmission"]
    assert submission["status"] == "NOT_PLACED"
    assert shopper.submits == 1
    assert (await shopper.storefront.outcome())["__typename"] == "OrderPlaced"


@pytest.mark.slow
async def test_new_submission_stays_in_doubt_despite_earlier_cancelled_order(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient
) -> None:
    delayed_network = DelayedSubmission(network.app)
    async with gateway(world, delayed_network, clock) as storefront:
        shopper = Shopper(storefront, sandbox, world)
        await shopper.get_ready("klarnaCredit")
        redirect = await storefront.outcome()
        await shopper.decide(redirect["action"]["redirectUrl"], "reject")
        resumed = (await storefront.run("ReturnFromRedirect"))["resumeOrder"]
        assert resumed["result"]["__typename"] == "OrderDeclined"
        await storefront.ask(DETACH)
        await shopper.pay_with()
        delayed_network.is_armed, key = True, new_key()
        assert (await storefront.outcome(key))["__typename"] == "OrderInDoubt"
        clock.move(5)
        assert await status_of(storefront, key) == "IN_DOUBT", "the quiet time is not over"
        assert (await storefront.outcome())["__typename"] == "OrderBlocked", (
            "a second submission is blocked in the meantime"
        )
        assert await delayed_network.deliver() == 200
        clock.move(31)
        assert await status_of(storefront, key) == "PLACED"


@pytest.mark.slow
async def test_lost_submit_cart_after_cancelled_order_is_reported_not_placed(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient
) -> None:
    async with gateway(world, network, clock) as storefront:
        shopper = Shopper(storefront, sandbox, world)
        await shopper.get_ready("klarnaCredit")
        redirect = await storefront.outcome()
        await shopper.decide(redirect["action"]["redirectUrl"], "reject")
        await storefront.run("ReturnFromRedirect")
        await storefront.ask(DETACH)
        await shopper.pay_with()
        await shopper.fault("drop-before", SUBMIT, times=1)
        key = new_key()
        assert (await storefront.outcome(key))["__typename"] == "OrderInDoubt"
        clock.move(121)
        assert await status_of(storefront, key) == "NOT_PLACED"


@pytest.mark.parametrize("state", ["Accepted", None, "Open"])
async def test_order_in_unknown_state_took_the_cart(
    shopper: Shopper, network: InMemoryTransport, clock: Clock, state: str | None
) -> None:
    def in_unknown_state(body: Any) -> Any:
        return body | {"order": body["order"] | {"orderState": state}}

    await shopper.get_ready()
    await shopper.fault("drop-after", SUBMIT, times=1)
    cart, key = await shopper.storefront.cart(), new_key()
    await shopper.storefront.outcome(key)
    network.rewrites["GET", f"/v1/shoppers/me/orders/{cart['upstreamId']}"] = in_unknown_state
    clock.move(5)
    assert await status_of(shopper.storefront, key) == "PLACED"
    assert (await shopper.storefront.add(POLES))["errors"] == []


@pytest.mark.parametrize("status", [403, 404])
async def test_unreadable_order_took_the_cart(shopper: Shopper, clock: Clock, status: int) -> None:
    await shopper.get_ready()
    await shopper.fault("drop-after", SUBMIT, times=1)
    cart, key = await shopper.storefront.cart(), new_key()
    await shopper.storefront.outcome(key)
    await shopper.fault("status", "/v1/shoppers/me/orders/{id}", status=status, code="resource-not-found")
    clock.move(5)
    submission = (await shopper.storefront.ask(READ_ORDER, key=key)).data["orderSubmission"]
    amount = cart["totals"]["orderTotal"]["amount"]
    order = {"number": cart["upstreamId"], "state": "UNKNOWN", "totals": {"orderTotal": {"amount": amount}}}
    assert submission == {"status": "PLACED", "result": IsPartialDict(order=order)}
    assert (await shopper.storefront.add(POLES))["errors"] == []

    shopper.world.faults.clear()
    submission = (await shopper.storefront.ask(READ_ORDER, key=key)).data["orderSubmission"]
    assert submission["result"]["order"]["state"] == "SUBMITTED", "the order is shown once it can be read"


@pytest.mark.parametrize(
    ("state", "status"), [("complete", "PLACED"), ("pending", "PLACED"), ("pending_funds", "AWAITING_PAYMENT")]
)
async def test_payment_session_proves_an_order_that_cannot_be_read(
    shopper: Shopper, network: InMemoryTransport, clock: Clock, state: str, status: str
) -> None:
    await shopper.get_ready()
    wire = (await shopper.cart_json())["cart"]
    await shopper.fault("drop-after", SUBMIT, times=1)
    await shopper.storefront.outcome(key := new_key())
    await shopper.fault("status", "/v1/shoppers/me/orders/{id}", status=404, code="resource-not-found")
    submitted = wire | {"paymentSession": wire["paymentSession"] | {"status": state}}
    network.rewrites["GET", CART] = lambda _: {"cart": submitted}
    clock.move(5)
    assert await status_of(shopper.storefront, key) == status


async def test_cancelled_order_of_a_cart_without_payment_session_was_declined(
    shopper: Shopper, network: InMemoryTransport, clock: Clock
) -> None:
    await shopper.get_ready()
    wire = (await shopper.cart_json())["cart"]
    await shopper.fault("drop-after", SUBMIT, times=1)
    await shopper.storefront.outcome(key := new_key())
    network.rewrites["GET", CART] = lambda _: {"cart": wire | {"paymentSession": None}}
    order = f"/v1/shoppers/me/orders/{wire['id']}"
    network.rewrites["GET", order] = lambda body: {"order": body["order"] | {"orderState": "Cancelled"}}
    clock.move(5)
    assert await status_of(shopper.storefront, key) == "DECLINED"


async def test_order_without_a_number_took_the_cart(shopper: Shopper, network: InMemoryTransport, clock: Clock) -> None:
    await shopper.get_ready()
    network.rewrites["GET", CART] = lambda body: {"cart": body["cart"] | {"id": "active"}}
    await shopper.fault("drop-after", SUBMIT)
    await shopper.storefront.outcome(key := new_key())
    clock.move(5)
    submission = (await shopper.storefront.ask(READ_ORDER, key=key)).data["orderSubmission"]
    assert submission == {"status": "PLACED", "result": None}
    assert (await shopper.storefront.add(POLES))["errors"] == []


async def test_cart_without_ids_is_no_evidence_of_an_order(
    shopper: Shopper, network: InMemoryTransport, clock: Clock
) -> None:
    await shopper.get_ready()
    await shopper.fault("drop-before", SUBMIT)
    await shopper.storefront.outcome(key := new_key())
    network.rewrites["GET", CART] = lambda body: {"cart": body["cart"] | {"id": "active", "paymentSession": None}}
    clock.move(200)
    assert await status_of(shopper.storefront, key) == "IN_DOUBT"


async def test_open_cart_is_evidence_although_orders_may_not_be_read(shopper: Shopper, clock: Clock) -> None:
    await shopper.get_ready()
    await shopper.fault("drop-before", SUBMIT, times=1)
    await shopper.storefront.outcome(key := new_key())
    await shopper.fault("status", "/v1/shoppers/me/orders/{id}", status=403, code="forbidden")
    clock.move(60)
    assert await status_of(shopper.storefront, key) == "IN_DOUBT"
    clock.move(120)
    assert await status_of(shopper.storefront, key) == "NOT_PLACED"


async def test_unknown_order_state_leaves_the_submission_in_doubt(
    shopper: Shopper, network: InMemoryTransport, clock: Clock
) -> None:
    await shopper.get_ready()
    await shopper.fault("drop-before", SUBMIT, times=1)
    cart, key = await shopper.storefront.cart(), new_key()
    assert (await shopper.storefront.outcome(key))["__typename"] == "OrderInDoubt"
    path = f"/v1/shoppers/me/orders/{cart['upstreamId']}"
    network.rewrites["GET", path] = lambda _: {"order": {"id": int(cart["upstreamId"]), "orderState": "Open Cart"}}
    clock.move(10)
    submission = (await shopper.storefront.ask(READ_SUBMISSION, key=key)).data["orderSubmission"]
    assert submission["status"] == "IN_DOUBT"
