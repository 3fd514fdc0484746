"""Races and failures that could charge a shopper twice or lose an order."""

import asyncio

import httpx
import pytest
from dirty_equals import IsPartialDict
from redis.asyncio import Redis

from gateway.errors import StoreUnavailable
from gateway.store.memory import MemoryStore
from sandbox.model.world import World
from tests.support.shop import (
    CART,
    PACK,
    POLES,
    SUBMIT,
    Clock,
    InMemoryTransport,
    Shopper,
    Storefront,
    eventually,
    gateway,
    gateway_on,
    new_key,
    signed_in,
)
from tests.support.valkey import Valkey, emptied

pytestmark = pytest.mark.slow

SIGN_OUT = "mutation { signOut { signedOut } }"
READ_STATUS = "query($key: UUID) { orderSubmission(idempotencyKey: $key) { status result { __typename } } }"
RESUME = f"{CART}/resume-cart"
DETACH = "mutation { detachSource(input: {target: {all: true}}) { warnings { code } errors { code message } } }"


async def status_of(storefront: Storefront, key: str) -> str:
    status: str = (await storefront.ask(READ_STATUS, key=key)).data["orderSubmission"]["status"]
    return status


def order_states(world: World) -> list[str]:
    return [order.state for shopper in world.shoppers for order in shopper.orders.values()]


class DelayedSubmission(InMemoryTransport):
    """Once armed, loses the next submit-cart for its sender. `deliver` sends it to Digital River later."""

    delayed: httpx.Request | None = None
    is_armed = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == SUBMIT and self.is_armed and self.delayed is None:
            self.delayed = request
            raise httpx.ReadError("lost", request=request)
        return await super().handle_async_request(request)

    async def deliver(self) -> int:
        assert self.delayed is not None
        return (await super().handle_async_request(self.delayed)).status_code


async def test_earlier_cancelled_order_does_not_settle_a_new_submission(
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
        assert (await storefront.outcome())["__typename"] == "OrderBlocked", "no second submission in the meantime"
        assert await delayed_network.deliver() == 200
        clock.move(31)
        assert await status_of(storefront, key) == "PLACED"


async def test_absence_is_proven_despite_an_earlier_cancelled_order(
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


@pytest.mark.parametrize("returns", [True, False], ids=["shopper returns", "status is read"])
async def test_lost_resume_is_sent_again(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient, returns: bool
) -> None:
    async with gateway(world, network, clock) as storefront:
        shopper = Shopper(storefront, sandbox, world)
        await shopper.get_ready("klarnaCredit")
        key = new_key()
        redirect = await storefront.outcome(key)
        await shopper.decide(redirect["action"]["redirectUrl"])
        await shopper.fault("drop-before", RESUME, times=1)
        resumed = (await storefront.run("ReturnFromRedirect"))["resumeOrder"]
        assert resumed["result"]["__typename"] == "OrderInDoubt"
        for _ in range(20):
            clock.move(60)
            if returns:
                await storefront.run("ReturnFromRedirect")
            else:
                await status_of(storefront, key)
        assert order_states(world) == ["Submitted"]
        assert await status_of(storefront, key) == "PLACED"


async def test_approved_order_is_resumed_after_signing_in_and_out(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient
) -> None:
    async with gateway(world, network, clock, reconcile_every_s=0.01) as storefront:
        shopper = Shopper(storefront, sandbox, world)
        await shopper.get_ready("klarnaCredit")
        redirect = await storefront.outcome()
        keys = world.keys
        assert (await storefront.sign_in(keys.shopper_username, keys.shopper_password))["errors"] == []
        await storefront.ask(SIGN_OUT)
        await shopper.decide(redirect["action"]["redirectUrl"])
        clock.move(10)
        await eventually(lambda: order_states(world)[-1] == "Submitted")


@pytest.mark.parametrize("needs_authentication", [False, True], ids=["approved", "after authentication"])
async def test_redirect_cannot_be_abandoned_while_its_order_is_resumed(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient, needs_authentication: bool
) -> None:
    async with gateway(world, network, clock) as storefront:
        shopper = Shopper(storefront, sandbox, world)
        await shopper.get_ready("klarnaCredit")
        redirect = await storefront.outcome()
        if needs_authentication:
            fault = {"status": 409, "code": "declined", "subcode": "authentication_required", "times": 1}
            await shopper.fault("status", RESUME, **fault)
            assert (await storefront.run("ReturnFromRedirect"))["resumeOrder"]["result"]["action"]["sourceId"]
        line_items = f"{CART}/line-items"
        network.arrived[line_items].clear()
        network.gates[line_items] = asyncio.Event()
        abandoning = asyncio.create_task(storefront.another_tab().ask(DETACH))
        await network.arrived[line_items].wait()
        await shopper.decide(redirect["action"]["redirectUrl"])
        resumed = (await storefront.another_tab().run("ReturnFromRedirect"))["resumeOrder"]
        network.gates[line_items].set()
        abandoned = (await abandoning).data["detachSource"]
        assert resumed["result"]["__typename"] == "OrderPlaced"
        assert abandoned["errors"] == [IsPartialDict(code="CART_LOCKED")], "the order stands, so it cannot be abandoned"
        assert (await storefront.cart())["totalQuantity"] == 0, "no new cart holds the same lines"


async def test_approval_after_the_idle_limit_still_places_the_order(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient
) -> None:
    async with gateway(world, network, clock, reconcile_every_s=0.01) as storefront:
        shopper = Shopper(storefront, sandbox, world)
        await shopper.get_ready("klarnaCredit")
        redirect = await storefront.outcome()
        reads_before = world.calls.count("GET", CART)
        clock.move(1801)
        await eventually(lambda: world.calls.count("GET", CART) > reads_before)
        await shopper.decide(redirect["action"]["redirectUrl"])

        def is_submitted() -> bool:
            # A check that began before the approval postpones the next one, so time has to pass.
            clock.move(1)
            return order_states(world) == ["Submitted"]

        await eventually(is_submitted)


async def test_attempt_in_doubt_is_settled_in_the_next_session(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient
) -> None:
    async with gateway(world, network, clock, reconcile_every_s=0.01) as storefront:
        keys = world.keys
        shopper = await signed_in(storefront, sandbox, world, keys.shopper_username, keys.shopper_password)
        await shopper.get_ready()
        await shopper.fault("drop-after", SUBMIT, times=1)
        await shopper.fault("status", "/v1/shoppers/me/orders/{id}", status=503)
        assert (await shopper.storefront.outcome())["__typename"] == "OrderInDoubt"
        reads_before = world.calls.count("GET", CART)
        clock.move(1801)
        await eventually(lambda: world.calls.count("GET", CART) > reads_before)
        world.faults.clear()
        next_session = await signed_in(storefront, sandbox, world, keys.shopper_username, keys.shopper_password)
        clock.move(31)
        await eventually(lambda: is_free(next_session.storefront))


class UnconfirmedWriteStore(MemoryStore):
    """Writes the next change under keys with the prefix, but reports a failure."""

    unconfirmed_prefix: str | None = None

    async def replace(self, key: str, value: bytes, *, expected: bytes | None, ttl_s: float) -> bool:
        written = await super().replace(key, value, expected=expected, ttl_s=ttl_s)
        if self.unconfirmed_prefix is not None and key.startswith(self.unconfirmed_prefix) and expected is not None:
            self.unconfirmed_prefix = None
            raise StoreUnavailable
        return written


async def test_unconfirmed_write_before_sending_frees_the_cart(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient
) -> None:
    store = UnconfirmedWriteStore(clock)
    async with gateway_on(store, world, network, clock, reconcile_every_s=0.01) as storefront:
        shopper = Shopper(storefront, sandbox, world)
        await shopper.get_ready()
        store.unconfirmed_prefix = "attempt:"
        payload = await shopper.storefront.submit()
        assert payload["errors"], payload
        assert shopper.submits == 0
        clock.move(200)
        await eventually(lambda: is_free(storefront))
        assert (await storefront.outcome())["__typename"] == "OrderPlaced", "nothing was sent, so the cart is free"


async def test_overtaken_replica_does_not_cause_a_second_submission(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient, valkey: Valkey
) -> None:
    await emptied(valkey)
    slow_network = InMemoryTransport(network.app)
    async with (
        gateway(world, slow_network, clock, store_url=valkey.url) as slow_replica,
        gateway(world, network, clock, store_url=valkey.url) as quick_replica,
    ):
        shopper = Shopper(quick_replica, sandbox, world)
        await shopper.get_ready()
        cart, key = await quick_replica.cart(), new_key()
        agreed = {"total": cart["totals"]["orderTotal"], "revision": cart["revision"]}
        slow_network.gates[CART] = asyncio.Event()
        slow_submit = asyncio.create_task(
            Storefront(slow_replica.http, cookie=quick_replica.cookie).submit(key, **agreed)
        )
        await slow_network.arrived[CART].wait()
        # As if the heartbeat of the slow replica and its lock had expired.
        redis = Redis.from_url(valkey.url)
        for pattern in ("riverfront:replica:*", "riverfront:lock:*"):
            await redis.delete(*[store_key async for store_key in redis.scan_iter(pattern)])
        await redis.aclose()
        network.gates[SUBMIT] = asyncio.Event()
        quick_submit = asyncio.create_task(quick_replica.another_tab().submit(key, **agreed))
        await network.arrived[SUBMIT].wait()
        slow_network.gates[CART].set()
        # The slow replica may wait for the outcome of the quick one.
        await asyncio.wait({slow_submit}, timeout=1)
        network.arrived[SUBMIT].clear()
        second_submit = asyncio.create_task(quick_replica.another_tab().outcome(**agreed))
        second_arrival = asyncio.create_task(network.arrived[SUBMIT].wait())
        await asyncio.wait({second_submit, second_arrival}, return_when=asyncio.FIRST_COMPLETED)
        second_arrival.cancel()
        network.gates[SUBMIT].set()
        results = await asyncio.gather(quick_submit, second_submit, slow_submit)
        assert shopper.submits == 1
        assert results[1]["__typename"] == "OrderBlocked"
        assert results[0]["result"]["__typename"] == "OrderPlaced"
        assert results[2]["result"]["__typename"] != "OrderBlocked", "the slow replica reports the order of its own key"


async def test_replica_waiting_for_digital_river_keeps_its_heartbeat(
    world: World,
    network: InMemoryTransport,
    clock: Clock,
    sandbox: httpx.AsyncClient,
    valkey: Valkey,
) -> None:
    await emptied(valkey)
    async with gateway(world, network, clock, store_url=valkey.url, reconcile_every_s=0.05) as storefront:
        shopper = Shopper(storefront, sandbox, world)
        await shopper.get_ready()
        await shopper.fault("drop-after", SUBMIT, times=1)
        assert (await storefront.outcome())["__typename"] == "OrderInDoubt"
        network.arrived[CART].clear()
        network.gates[CART] = asyncio.Event()
        clock.move(31)
        await network.arrived[CART].wait()
        redis = Redis.from_url(valkey.url)
        await redis.delete(*[store_key async for store_key in redis.scan_iter("riverfront:replica:*")])

        async def is_alive() -> bool:
            return bool([store_key async for store_key in redis.scan_iter("riverfront:replica:*")])

        await eventually(is_alive)
        await redis.aclose()
        network.gates[CART].set()


async def test_lost_answer_does_not_overwrite_a_found_outcome(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient, valkey: Valkey
) -> None:
    await emptied(valkey)

    class LostAnswer(InMemoryTransport):
        submit_done, lose_answer = asyncio.Event(), asyncio.Event()

        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            answer = await super().handle_async_request(request)
            if request.url.path == SUBMIT:
                self.submit_done.set()
                await self.lose_answer.wait()
                raise httpx.ReadError("lost", request=request)
            return answer

    slow_network = LostAnswer(network.app)
    async with (
        gateway(world, slow_network, clock, store_url=valkey.url) as slow_replica,
        gateway(world, network, clock, store_url=valkey.url) as quick_replica,
    ):
        shopper = Shopper(slow_replica, sandbox, world)
        await shopper.get_ready()
        cart, key = await slow_replica.cart(), new_key()
        agreed = {"total": cart["totals"]["orderTotal"], "revision": cart["revision"]}
        submitting = asyncio.create_task(slow_replica.another_tab().submit(key, **agreed))
        await slow_network.submit_done.wait()
        redis = Redis.from_url(valkey.url)
        for store_key in [store_key async for store_key in redis.scan_iter("riverfront:replica:*")]:
            await redis.delete(store_key)
        await redis.aclose()
        quick_storefront = Storefront(quick_replica.http, cookie=slow_replica.cookie)
        assert await status_of(quick_storefront, key) == "PLACED"
        slow_network.lose_answer.set()
        payload = await submitting
        assert await status_of(quick_storefront, key) == "PLACED"
        assert payload["result"]["__typename"] == "OrderPlaced"


class FailingStore(MemoryStore):
    """Fails changes under keys with a prefix, after a number of changes that succeed."""

    failing: tuple[str, int] | None = None

    async def replace(self, key: str, value: bytes, *, expected: bytes | None, ttl_s: float) -> bool:
        if self.failing is not None and key.startswith(self.failing[0]):
            if self.failing[1] == 0:
                raise StoreUnavailable
            self.failing = (self.failing[0], self.failing[1] - 1)
        return await super().replace(key, value, expected=expected, ttl_s=ttl_s)


async def test_keyed_change_without_recorded_outcome_is_not_repeated(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient
) -> None:
    mutation = """mutation($key: UUID!, $id: String!) { addCartLines(input: {idempotencyKey: $key,
      lines: [{product: {upstreamId: $id}, quantity: 1}]}) { errors { code retry } } }"""
    store = FailingStore(clock)
    async with gateway_on(store, world, network, clock) as storefront:
        await storefront.add(PACK)
        key = new_key()
        store.failing = ("keyed:", 1)
        await storefront.ask(mutation, key=key, id=PACK)
        store.failing = None
        clock.move(61)
        await storefront.ask(mutation, key=key, id=PACK)
        assert (await storefront.cart())["totalQuantity"] == 2


async def test_shopper_unreadable_at_sign_in_shares_the_cart_lock(
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


async def test_interrupted_abandon_can_be_resumed_or_repeated(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient
) -> None:
    store = FailingStore(clock)
    async with gateway_on(store, world, network, clock, reconcile_every_s=0.01) as storefront:
        shopper = Shopper(storefront, sandbox, world)
        await shopper.get_ready("klarnaCredit")
        key = new_key()
        redirect = await storefront.outcome(key)
        store.failing = ("session:", 0)
        await storefront.ask(DETACH)
        store.failing = None
        await shopper.decide(redirect["action"]["redirectUrl"])
        clock.move(10)
        resumed = (await storefront.run("ReturnFromRedirect"))["resumeOrder"]
        abandoned = (await storefront.ask(DETACH)).data["detachSource"]
        is_placed = resumed["result"]["__typename"] == "OrderPlaced"
        assert is_placed or abandoned["errors"] == [], "the shopper can resume or abandon"


async def test_replica_with_a_fast_clock_respects_the_quiet_time(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient, valkey: Valkey
) -> None:
    await emptied(valkey)
    delayed_network, fast_clock = DelayedSubmission(network.app), Clock()
    fast_clock.move(125)
    async with (
        gateway(world, delayed_network, clock, store_url=valkey.url) as sender,
        gateway(world, network, fast_clock, store_url=valkey.url) as fast_replica,
    ):
        shopper = Shopper(sender, sandbox, world)
        await shopper.get_ready()
        delayed_network.is_armed, key = True, new_key()
        assert (await sender.outcome(key))["__typename"] == "OrderInDoubt"
        fast_storefront = Storefront(fast_replica.http, cookie=sender.cookie)
        assert await status_of(fast_storefront, key) == "IN_DOUBT"


async def test_decline_is_reported_although_the_store_fails(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient
) -> None:
    store = FailingStore(clock)
    async with gateway_on(store, world, network, clock) as storefront:
        shopper = Shopper(storefront, sandbox, world)
        await shopper.fill_cart()
        await shopper.pay_with(owner__lastName="Decline:sca_not_completed")
        cart, key = await storefront.cart(), new_key()
        agreed = {"total": cart["totals"]["orderTotal"], "revision": cart["revision"]}
        network.gates[SUBMIT] = asyncio.Event()
        submitting = asyncio.create_task(storefront.another_tab().submit(key, **agreed))
        await network.arrived[SUBMIT].wait()
        store.failing = ("session:", 0)
        network.gates[SUBMIT].set()
        payload = await submitting
        store.failing = None
        assert payload["errors"] == []
        assert payload["result"]["__typename"] == "OrderActionRequired"


async def test_slow_check_does_not_delay_other_attempts(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient
) -> None:
    class SlowForFirstShopper(InMemoryTransport):
        slow_token: str | None = None
        is_reading, may_continue = asyncio.Event(), asyncio.Event()

        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            if self.slow_token and request.url.path == CART and request.headers["authorization"] == self.slow_token:
                self.is_reading.set()
                await self.may_continue.wait()
            if request.url.path == SUBMIT and self.slow_token is None:
                self.slow_token = request.headers["authorization"]
            return await super().handle_async_request(request)

    slow_network = SlowForFirstShopper(network.app)
    async with gateway(world, slow_network, clock, reconcile_every_s=0.01) as storefront:
        await Shopper(storefront, sandbox, world).fault("drop-after", SUBMIT, times=2)
        first_shopper = Shopper(storefront, sandbox, world)
        await first_shopper.get_ready()
        assert (await first_shopper.storefront.outcome())["__typename"] == "OrderInDoubt"
        clock.move(5)
        await slow_network.is_reading.wait()
        other_shopper = Shopper(Storefront(storefront.http), sandbox, world)
        await other_shopper.get_ready()
        assert (await other_shopper.storefront.outcome())["__typename"] == "OrderInDoubt"
        clock.move(31)
        try:
            await eventually(lambda: is_free(other_shopper.storefront))
        finally:
            slow_network.may_continue.set()


async def is_free(storefront: Storefront) -> bool:
    return bool((await storefront.add(PACK))["errors"] == [])
