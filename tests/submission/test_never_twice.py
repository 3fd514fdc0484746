"""Ways in which it could charge twice or lose an order, each found by somebody who looked for one."""

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

OUT = "mutation { signOut { signedOut } }"
LOOK = "query($key: UUID) { orderSubmission(idempotencyKey: $key) { status result { __typename } } }"
RESUME = f"{CART}/resume-cart"
DETACH = "mutation { detachSource(input: {target: {all: true}}) { warnings { code } errors { code message } } }"


async def status_of(storefront: Storefront, key: str) -> str:
    status: str = (await storefront.ask(LOOK, key=key)).data["orderSubmission"]["status"]
    return status


def states(world: World) -> list[str]:
    return [order.state for one in world.shoppers for order in one.orders.values()]


class Late(InMemoryTransport):
    """Carries the submit-cart that is to be late to upstream when told so; its sender believes it lost."""

    held: httpx.Request | None = None
    is_late = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == SUBMIT and self.is_late and self.held is None:
            self.held = request
            raise httpx.ReadError("lost", request=request)
        return await super().handle_async_request(request)

    async def deliver(self) -> int:
        assert self.held is not None
        return (await super().handle_async_request(self.held)).status_code


async def test_an_earlier_order_that_was_cancelled_proves_nothing_about_this_press(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient
) -> None:
    late = Late(network.app)
    async with gateway(world, late, clock) as storefront:
        shopper = Shopper(storefront, sandbox, world)
        await shopper.get_ready("klarnaCredit")
        first = await storefront.outcome()
        await shopper.decide(first["action"]["redirectUrl"], "reject")
        resumed = (await storefront.run("ReturnFromRedirect"))["resumeOrder"]
        assert resumed["result"]["__typename"] == "OrderDeclined"
        await storefront.ask(DETACH)
        await shopper.pay_with()
        late.is_late, key = True, new_key()
        assert (await storefront.outcome(key))["__typename"] == "OrderInDoubt"
        clock.move(5)
        assert await status_of(storefront, key) == "IN_DOUBT", "five seconds after it was sent"
        assert (await storefront.outcome())["__typename"] == "OrderBlocked", "no second one meanwhile"
        assert await late.deliver() == 200
        clock.move(31)
        assert await status_of(storefront, key) == "PLACED"


async def test_a_press_after_a_cancelled_order_is_found_absent_all_the_same(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient
) -> None:
    async with gateway(world, network, clock) as storefront:
        shopper = Shopper(storefront, sandbox, world)
        await shopper.get_ready("klarnaCredit")
        first = await storefront.outcome()
        await shopper.decide(first["action"]["redirectUrl"], "reject")
        await storefront.run("ReturnFromRedirect")
        await storefront.ask(DETACH)
        await shopper.pay_with()
        await shopper.fault("drop-before", SUBMIT, times=1)
        key = new_key()
        assert (await storefront.outcome(key))["__typename"] == "OrderInDoubt"
        clock.move(121)
        assert await status_of(storefront, key) == "NOT_PLACED"


@pytest.mark.parametrize("asks", [True, False])
async def test_a_resumption_that_was_lost_is_made_again(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient, asks: bool
) -> None:
    async with gateway(world, network, clock) as storefront:
        shopper = Shopper(storefront, sandbox, world)
        await shopper.get_ready("klarnaCredit")
        key = new_key()
        first = await storefront.outcome(key)
        await shopper.decide(first["action"]["redirectUrl"])
        await shopper.fault("drop-before", RESUME, times=1)
        resumed = (await storefront.run("ReturnFromRedirect"))["resumeOrder"]
        assert resumed["result"]["__typename"] == "OrderInDoubt"
        for _ in range(20):
            clock.move(60)
            if asks:
                await storefront.run("ReturnFromRedirect")
            else:
                await status_of(storefront, key)
        assert states(world) == ["Submitted"]
        assert await status_of(storefront, key) == "PLACED"


async def test_who_signs_in_and_out_while_the_provider_decides_has_bought(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient
) -> None:
    async with gateway(world, network, clock, reconcile_every_s=0.01) as storefront:
        shopper = Shopper(storefront, sandbox, world)
        await shopper.get_ready("klarnaCredit")
        first = await storefront.outcome()
        keys = world.keys
        assert (await storefront.sign_in(keys.shopper_username, keys.shopper_password))["errors"] == []
        await storefront.ask(OUT)
        await shopper.decide(first["action"]["redirectUrl"])
        clock.move(10)
        await eventually(lambda: states(world)[-1] == "Submitted")


@pytest.mark.parametrize("asked", [False, True], ids=["approved", "asked to authenticate before"])
async def test_who_gives_up_while_the_order_is_finished_is_told_so(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient, asked: bool
) -> None:
    async with gateway(world, network, clock) as storefront:
        shopper = Shopper(storefront, sandbox, world)
        await shopper.get_ready("klarnaCredit")
        first = await storefront.outcome()
        if asked:
            fault = {"status": 409, "code": "declined", "subcode": "authentication_required", "times": 1}
            await shopper.fault("status", RESUME, **fault)
            assert (await storefront.run("ReturnFromRedirect"))["resumeOrder"]["result"]["action"]["sourceId"]
        lines = f"{CART}/line-items"
        network.arrived[lines].clear()
        network.gates[lines] = asyncio.Event()
        leaving = asyncio.create_task(storefront.another_tab().ask(DETACH))
        await network.arrived[lines].wait()
        await shopper.decide(first["action"]["redirectUrl"])
        resumed = (await storefront.another_tab().run("ReturnFromRedirect"))["resumeOrder"]
        network.gates[lines].set()
        left = (await leaving).data["detachSource"]
        assert resumed["result"]["__typename"] == "OrderPlaced"
        assert left["errors"] == [IsPartialDict(code="CART_LOCKED")], "the order stands: nobody gave it up"
        assert (await storefront.cart())["totalQuantity"] == 0, "and nothing is there to be bought again"


async def test_an_approval_after_the_idle_limit_is_still_an_order(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient
) -> None:
    async with gateway(world, network, clock, reconcile_every_s=0.01) as storefront:
        shopper = Shopper(storefront, sandbox, world)
        await shopper.get_ready("klarnaCredit")
        first = await storefront.outcome()
        looked = world.calls.count("GET", CART)
        clock.move(1801)
        await eventually(lambda: world.calls.count("GET", CART) > looked)
        await shopper.decide(first["action"]["redirectUrl"])

        def is_ordered_in_time() -> bool:
            # A look that began before the approval puts the next one off: time goes on while we wait.
            clock.move(1)
            return states(world) == ["Submitted"]

        await eventually(is_ordered_in_time)


async def test_a_members_doubt_outlives_the_session_and_is_settled_in_the_next(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient
) -> None:
    async with gateway(world, network, clock, reconcile_every_s=0.01) as storefront:
        keys = world.keys
        member = await signed_in(storefront, sandbox, world, keys.shopper_username, keys.shopper_password)
        await member.get_ready()
        await member.fault("drop-after", SUBMIT, times=1)
        await member.fault("status", "/v1/shoppers/me/orders/{id}", status=503)
        assert (await member.storefront.outcome())["__typename"] == "OrderInDoubt"
        looked = world.calls.count("GET", CART)
        clock.move(1801)
        await eventually(lambda: world.calls.count("GET", CART) > looked)
        world.faults.clear()
        again = await signed_in(storefront, sandbox, world, keys.shopper_username, keys.shopper_password)
        clock.move(31)
        await eventually(lambda: is_free(again.storefront))


class Forgetful(MemoryStore):
    """Writes, and does not say so: the next change under these keys."""

    unsaid: str | None = None

    async def replace(self, key: str, value: bytes, *, expected: bytes | None, ttl_s: float) -> bool:
        written = await super().replace(key, value, expected=expected, ttl_s=ttl_s)
        if self.unsaid is not None and key.startswith(self.unsaid) and expected is not None:
            self.unsaid = None
            raise StoreUnavailable
        return written


async def test_a_step_that_was_written_and_not_confirmed_leaves_the_cart_free(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient
) -> None:
    store = Forgetful(clock)
    async with gateway_on(store, world, network, clock, reconcile_every_s=0.01) as storefront:
        shopper = Shopper(storefront, sandbox, world)
        await shopper.get_ready()
        store.unsaid = "attempt:"
        payload = await shopper.storefront.submit()
        assert payload["errors"], payload
        assert shopper.submits == 0
        clock.move(200)
        await eventually(lambda: is_free(storefront))
        assert (await storefront.outcome())["__typename"] == "OrderPlaced", "nothing was sent: the cart is free"


async def test_who_was_overtaken_lets_nobody_send_it_again(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient, valkey: Valkey
) -> None:
    await emptied(valkey)
    own = InMemoryTransport(network.app)
    async with (
        gateway(world, own, clock, store_url=valkey.url) as one,
        gateway(world, network, clock, store_url=valkey.url) as other,
    ):
        shopper = Shopper(other, sandbox, world)
        await shopper.get_ready()
        cart, key = await other.cart(), new_key()
        agreed = {"total": cart["totals"]["orderTotal"], "revision": cart["revision"]}
        own.gates[CART] = asyncio.Event()
        slow = asyncio.create_task(Storefront(one.http, cookie=other.cookie).submit(key, **agreed))
        await own.arrived[CART].wait()
        # Its last beat is 10 s old, and its lock is 20 s old.
        redis = Redis.from_url(valkey.url)
        for pattern in ("riverfront:replica:*", "riverfront:lock:*"):
            await redis.delete(*[place async for place in redis.scan_iter(pattern)])
        await redis.aclose()
        network.gates[SUBMIT] = asyncio.Event()
        quick = asyncio.create_task(other.another_tab().submit(key, **agreed))
        await network.arrived[SUBMIT].wait()
        own.gates[CART].set()
        # Its client may wait for what the other one is at.
        await asyncio.wait({slow}, timeout=1)
        network.arrived[SUBMIT].clear()
        again = asyncio.create_task(other.another_tab().outcome(**agreed))
        sent_again = asyncio.create_task(network.arrived[SUBMIT].wait())
        await asyncio.wait({again, sent_again}, return_when=asyncio.FIRST_COMPLETED)
        sent_again.cancel()
        network.gates[SUBMIT].set()
        results = await asyncio.gather(quick, again, slow)
        assert shopper.submits == 1
        assert results[1]["__typename"] == "OrderBlocked"
        assert results[0]["result"]["__typename"] == "OrderPlaced"
        assert results[2]["result"]["__typename"] != "OrderBlocked", "of its own order"


async def test_a_replica_that_waits_for_upstream_is_alive(
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
        await redis.delete(*[place async for place in redis.scan_iter("riverfront:replica:*")])

        async def is_alive() -> bool:
            return bool([place async for place in redis.scan_iter("riverfront:replica:*")])

        await eventually(is_alive)
        await redis.aclose()
        network.gates[CART].set()


async def test_a_lost_answer_does_not_overwrite_what_was_found(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient, valkey: Valkey
) -> None:
    await emptied(valkey)

    class Slow(InMemoryTransport):
        done, lost = asyncio.Event(), asyncio.Event()

        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            answer = await super().handle_async_request(request)
            if request.url.path == SUBMIT:
                self.done.set()
                await self.lost.wait()
                raise httpx.ReadError("lost", request=request)
            return answer

    slow = Slow(network.app)
    async with (
        gateway(world, slow, clock, store_url=valkey.url) as one,
        gateway(world, network, clock, store_url=valkey.url) as other,
    ):
        shopper = Shopper(one, sandbox, world)
        await shopper.get_ready()
        cart, key = await one.cart(), new_key()
        agreed = {"total": cart["totals"]["orderTotal"], "revision": cart["revision"]}
        press = asyncio.create_task(one.another_tab().submit(key, **agreed))
        await slow.done.wait()
        redis = Redis.from_url(valkey.url)
        for place in [place async for place in redis.scan_iter("riverfront:replica:*")]:
            await redis.delete(place)
        await redis.aclose()
        elsewhere = Storefront(other.http, cookie=one.cookie)
        assert await status_of(elsewhere, key) == "PLACED"
        slow.lost.set()
        told = await press
        assert await status_of(elsewhere, key) == "PLACED"
        assert told["result"]["__typename"] == "OrderPlaced"


class Breaking(MemoryStore):
    """Fails under these keys, after so many changes that went well."""

    broken: tuple[str, int] | None = None

    async def replace(self, key: str, value: bytes, *, expected: bytes | None, ttl_s: float) -> bool:
        if self.broken is not None and key.startswith(self.broken[0]):
            if self.broken[1] == 0:
                raise StoreUnavailable
            self.broken = (self.broken[0], self.broken[1] - 1)
        return await super().replace(key, value, expected=expected, ttl_s=ttl_s)


async def test_a_keyed_change_whose_outcome_was_not_written_is_not_made_again(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient
) -> None:
    text = """mutation($key: UUID!, $id: String!) { addCartLines(input: {idempotencyKey: $key,
      lines: [{product: {upstreamId: $id}, quantity: 1}]}) { errors { code retry } } }"""
    store = Breaking(clock)
    async with gateway_on(store, world, network, clock) as storefront:
        await storefront.add(PACK)
        key = new_key()
        store.broken = ("keyed:", 1)
        await storefront.ask(text, key=key, id=PACK)
        store.broken = None
        clock.move(61)
        await storefront.ask(text, key=key, id=PACK)
        assert (await storefront.cart())["totalQuantity"] == 2


async def test_a_member_who_could_not_be_read_at_sign_in_has_one_cart_all_the_same(
    storefront: Storefront, world: World, network: InMemoryTransport, sandbox: httpx.AsyncClient
) -> None:
    keys = world.keys
    one = await signed_in(storefront, sandbox, world, keys.shopper_username, keys.shopper_password)
    await one.fault("status", "/v1/shoppers/me", method="GET", status=500, code="other", times=3)
    other = await signed_in(storefront, sandbox, world, keys.shopper_username, keys.shopper_password)
    world.faults.clear()
    await one.get_ready()
    cart = await one.storefront.cart()
    agreed = {"total": cart["totals"]["orderTotal"], "revision": cart["revision"]}
    network.gates[SUBMIT] = asyncio.Event()
    press = asyncio.create_task(one.storefront.another_tab().outcome(**agreed))
    await network.arrived[SUBMIT].wait()
    added = await other.storefront.add(POLES)
    network.gates[SUBMIT].set()
    await press
    ordered = [order.cart.totals().total for s in world.shoppers for order in s.orders.values()][-1]
    assert (added["errors"], str(ordered)) == (
        [IsPartialDict(code="CART_LOCKED")],
        cart["totals"]["orderTotal"]["amount"],
    )


async def test_giving_up_that_broke_off_half_way_is_no_dead_end(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient
) -> None:
    store = Breaking(clock)
    async with gateway_on(store, world, network, clock, reconcile_every_s=0.01) as storefront:
        shopper = Shopper(storefront, sandbox, world)
        await shopper.get_ready("klarnaCredit")
        key = new_key()
        first = await storefront.outcome(key)
        store.broken = ("session:", 0)
        await storefront.ask(DETACH)
        store.broken = None
        await shopper.decide(first["action"]["redirectUrl"])
        clock.move(10)
        resumed = (await storefront.run("ReturnFromRedirect"))["resumeOrder"]
        left = (await storefront.ask(DETACH)).data["detachSource"]
        is_finished = resumed["result"]["__typename"] == "OrderPlaced"
        assert is_finished or left["errors"] == [], "one of the two ways is open"


async def test_a_clock_that_is_ahead_does_not_end_the_quiet_time(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient, valkey: Valkey
) -> None:
    await emptied(valkey)
    late, ahead = Late(network.app), Clock()
    ahead.move(125)
    async with (
        gateway(world, late, clock, store_url=valkey.url) as one,
        gateway(world, network, ahead, store_url=valkey.url) as other,
    ):
        shopper = Shopper(one, sandbox, world)
        await shopper.get_ready()
        late.is_late, key = True, new_key()
        assert (await one.outcome(key))["__typename"] == "OrderInDoubt"
        elsewhere = Storefront(other.http, cookie=one.cookie)
        assert await status_of(elsewhere, key) == "IN_DOUBT"


async def test_a_decline_is_told_although_the_store_fails(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient
) -> None:
    store = Breaking(clock)
    async with gateway_on(store, world, network, clock) as storefront:
        shopper = Shopper(storefront, sandbox, world)
        await shopper.fill_cart()
        await shopper.pay_with(owner__lastName="Decline:sca_not_completed")
        cart, key = await storefront.cart(), new_key()
        agreed = {"total": cart["totals"]["orderTotal"], "revision": cart["revision"]}
        network.gates[SUBMIT] = asyncio.Event()
        press = asyncio.create_task(storefront.another_tab().submit(key, **agreed))
        await network.arrived[SUBMIT].wait()
        store.broken = ("session:", 0)
        network.gates[SUBMIT].set()
        payload = await press
        store.broken = None
        assert payload["errors"] == []
        assert payload["result"]["__typename"] == "OrderActionRequired"


async def test_one_slow_look_keeps_nobody_else_waiting(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient
) -> None:
    class OneSlow(InMemoryTransport):
        slow_token: str | None = None
        waiting, go = asyncio.Event(), asyncio.Event()

        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            if self.slow_token and request.url.path == CART and request.headers["authorization"] == self.slow_token:
                self.waiting.set()
                await self.go.wait()
            if request.url.path == SUBMIT and self.slow_token is None:
                self.slow_token = request.headers["authorization"]
            return await super().handle_async_request(request)

    one = OneSlow(network.app)
    async with gateway(world, one, clock, reconcile_every_s=0.01) as storefront:
        await Shopper(storefront, sandbox, world).fault("drop-after", SUBMIT, times=2)
        first = Shopper(storefront, sandbox, world)
        await first.get_ready()
        assert (await first.storefront.outcome())["__typename"] == "OrderInDoubt"
        clock.move(5)
        await one.waiting.wait()
        other = Shopper(Storefront(storefront.http), sandbox, world)
        await other.get_ready()
        assert (await other.storefront.outcome())["__typename"] == "OrderInDoubt"
        clock.move(31)
        try:
            await eventually(lambda: is_free(other.storefront))
        finally:
            one.go.set()


async def is_free(storefront: Storefront) -> bool:
    return bool((await storefront.add(PACK))["errors"] == [])
