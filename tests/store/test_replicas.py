"""Two replicas that share a store are one gateway."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from cryptography.fernet import Fernet
from dirty_equals import IsPartialDict, IsStr
from redis.asyncio import Redis
from starlette.types import ASGIApp

from bench.replicas import kills, load
from sandbox.model.world import World
from tests.support.shop import (
    ADDRESS,
    CART,
    PACK,
    SUBMIT,
    Clock,
    InMemoryTransport,
    Shopper,
    Storefront,
    documents,
    eventually,
    gateway,
    new_key,
    signed_in,
)
from tests.support.valkey import Valkey, emptied

pytestmark = pytest.mark.slow

LOOK = "query($key: UUID) { orderSubmission(idempotencyKey: $key) { status result { __typename } } }"


@dataclass
class Replicas:
    """Two gateways, and a shopper whose requests reach either. `both[0]` and `both[1]` hold the same session."""

    http: tuple[httpx.AsyncClient, httpx.AsyncClient]
    shopper: Shopper

    @property
    def both(self) -> tuple[Storefront, Storefront]:
        mine = self.shopper.storefront
        return tuple(Storefront(http, dict(mine.headers), mine.cookie) for http in self.http)  # type: ignore[return-value]  # two of them


@pytest.fixture
async def replicas(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient, valkey: Valkey
) -> AsyncIterator[Replicas]:
    await emptied(valkey)
    async with (
        gateway(world, network, clock, store_url=valkey.url) as one,
        gateway(world, network, clock, store_url=valkey.url) as other,
    ):
        yield Replicas((one.http, other.http), Shopper(one, sandbox, world))


async def agreed_by(storefront: Storefront) -> dict[str, Any]:
    cart = await storefront.cart()
    return {"total": cart["totals"]["orderTotal"], "revision": cart["revision"]}


async def test_a_session_of_one_is_known_to_the_other(replicas: Replicas) -> None:
    await replicas.shopper.fill_cart()
    one, other = replicas.both
    assert (await other.cart())["totalQuantity"] == 1
    await other.ask("mutation { signOut { signedOut } }")
    assert (await one.ask("{ paymentSession { id } }")).codes == ["SESSION_EXPIRED"]


async def test_an_ageing_token_is_renewed_once(replicas: Replicas, world: World, clock: Clock) -> None:
    await replicas.shopper.fill_cart()
    for token in [token for token, known in world.tokens.items() if known.shopper.cart]:
        del world.tokens[token]
    world.calls.clear()
    tabs = [tab for _ in range(10) for tab in replicas.both]
    answers = await asyncio.gather(*(tab.ask("{ cart { totalQuantity } }") for tab in tabs))
    assert all(answer.data["cart"] == {"totalQuantity": 1} for answer in answers)
    assert world.calls.count("POST", "/oauth20/token") == 1


async def test_a_keyed_change_is_made_once(replicas: Replicas) -> None:
    await replicas.shopper.fill_cart()
    key = new_key()
    payloads = await asyncio.gather(*(tab.add(PACK, key=key) for _ in range(5) for tab in replicas.both))
    assert all(payload["errors"] == [] for payload in payloads)
    assert (await replicas.shopper.storefront.cart())["totalQuantity"] == 2


async def test_one_key_at_both_is_one_order(replicas: Replicas) -> None:
    await replicas.shopper.get_ready()
    agreed, key = await agreed_by(replicas.shopper.storefront), new_key()
    payloads = await asyncio.gather(*(tab.submit(key, **agreed) for _ in range(10) for tab in replicas.both))
    assert {payload["result"]["__typename"] for payload in payloads} == {"OrderPlaced"}
    assert len({payload["result"]["order"]["number"] for payload in payloads}) == 1
    assert replicas.shopper.submits == 1


async def test_many_keys_at_both_are_one_order(replicas: Replicas) -> None:
    await replicas.shopper.get_ready()
    agreed = await agreed_by(replicas.shopper.storefront)
    results = await asyncio.gather(*(tab.outcome(**agreed) for _ in range(10) for tab in replicas.both))
    assert Counter(result["__typename"] for result in results) == {"OrderPlaced": 1, "OrderBlocked": 19}
    assert replicas.shopper.submits == 1


async def test_two_devices_of_one_shopper_are_one_order(
    replicas: Replicas, sandbox: httpx.AsyncClient, world: World
) -> None:
    await both_press(replicas, sandbox, world)


async def test_two_devices_are_one_shoppers_although_one_could_not_tell_at_first(
    replicas: Replicas, sandbox: httpx.AsyncClient, world: World
) -> None:
    await replicas.shopper.fault("status", "/v1/shoppers/me", method="GET", skips=1, times=1, status=400)
    await both_press(replicas, sandbox, world)


async def both_press(replicas: Replicas, sandbox: httpx.AsyncClient, world: World) -> None:
    """One shopper signs in on a device at each replica, and presses on both; one order comes of it."""
    keys = world.keys
    devices = [
        await signed_in(Storefront(http), sandbox, world, keys.shopper_username, keys.shopper_password)
        for http in replicas.http
    ]
    await devices[0].get_ready()
    agreed = await agreed_by(devices[0].storefront)
    results = await asyncio.gather(*(device.storefront.outcome(**agreed) for device in devices))
    assert Counter(result["__typename"] for result in results) == {"OrderPlaced": 1, "OrderBlocked": 1}
    assert replicas.shopper.submits == 1


async def test_tries_are_counted_together(replicas: Replicas) -> None:
    text = """mutation($name: String!) { signIn(input: {delivery: BEARER, credentials: {password: {username: $name,
      password: "wrong"}}}) { errors { code } } }"""
    codes = []
    for number in range(6):
        answer = await Storefront(replicas.http[number % 2]).ask(text, name="somebody@example.com")
        codes += [error["code"] for error in answer.data["signIn"]["errors"]]
    assert codes == ["SIGN_IN_FAILED"] * 5 + ["RATE_LIMITED"]


async def test_tries_side_by_side_are_counted_too(replicas: Replicas) -> None:
    text = """mutation { signIn(input: {delivery: BEARER, credentials: {password: {username: "somebody@example.com",
      password: "wrong"}}}) { errors { code } } }"""
    answers = await asyncio.gather(*(Storefront(http).ask(text) for _ in range(10) for http in replicas.http))
    codes = Counter(error["code"] for answer in answers for error in answer.data["signIn"]["errors"])
    assert codes == {"SIGN_IN_FAILED": 5, "RATE_LIMITED": 15}


class Hesitant(InMemoryTransport):
    """Whoever reads an order first is told very late, and then nothing."""

    def __init__(self, app: ASGIApp) -> None:
        super().__init__(app)
        self.reading, self.told = asyncio.Event(), asyncio.Event()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if "/orders/" in request.url.path and not self.reading.is_set():
            self.reading.set()
            await self.told.wait()
            raise httpx.ReadError("lost", request=request)
        return await super().handle_async_request(request)


async def test_who_knows_less_does_not_overwrite_who_knows_more(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient, valkey: Valkey
) -> None:
    await emptied(valkey)
    hesitant = Hesitant(network.app)
    shared = {"store_url": valkey.url}
    async with (
        gateway(world, hesitant, clock, **shared) as one,
        gateway(world, hesitant, clock, **shared) as other,
    ):
        shopper = Shopper(one, sandbox, world)
        await shopper.get_ready()
        await shopper.fault("drop-after", SUBMIT, times=1)
        key = new_key()
        assert (await one.outcome(key))["__typename"] == "OrderInDoubt"
        clock.move(5)
        slow = asyncio.create_task(one.another_tab().ask(LOOK, key=key))
        await hesitant.reading.wait()
        quick = await Storefront(other.http, cookie=one.cookie).ask(LOOK, key=key)
        assert quick.data["orderSubmission"]["status"] == "PLACED"
        hesitant.told.set()
        assert (await slow).data["orderSubmission"]["status"] == "PLACED"
        assert (await one.add(PACK))["errors"] == [], "the cart is free"


# Who reads the store.


async def test_a_record_in_another_place_opens_nothing(
    replicas: Replicas, valkey: Valkey, caplog: pytest.LogCaptureFixture
) -> None:
    one, other = (Storefront(http) for http in replicas.http)
    await one.add(PACK)
    await other.add(PACK)
    redis = Redis.from_url(valkey.url)
    first, second = [key async for key in redis.scan_iter("riverfront:session:*")]
    sealed: list[Any] = await redis.mget(first, second)
    await redis.mset({first: sealed[1], second: sealed[0]})
    await redis.aclose()
    for storefront in (one, other):
        assert (await storefront.ask("{ paymentSession { id } }")).codes == ["SESSION_EXPIRED"]
    assert [record.message for record in caplog.records].count("session record not decrypted") >= 2


async def test_a_thief_of_the_store_reads_nothing(replicas: Replicas, valkey: Valkey, world: World) -> None:
    await replicas.shopper.get_ready("klarnaCredit")
    result = await replicas.shopper.storefront.outcome()
    redis = Redis.from_url(valkey.url)
    kept = b""
    async for key in redis.scan_iter("*"):
        kept += key + (await redis.get(key) if await redis.type(key) == b"string" else b"")
    await redis.aclose()
    secrets = [
        *world.tokens,
        *world.refresh_tokens,
        result["action"]["redirectUrl"],
        ADDRESS["line1"],
        ADDRESS["email"],
    ]
    assert b"attempt:" in kept
    assert [one for one in secrets if one.encode() in kept] == []


async def test_keys_of_the_seal_are_changed_one_after_the_other(
    world: World, network: InMemoryTransport, clock: Clock, valkey: Valkey
) -> None:
    await emptied(valkey)
    old, new = (Fernet.generate_key().decode() for _ in range(2))
    shared = {"store_url": valkey.url}
    async with gateway(world, network, clock, **shared, sealing_keys=old) as before:
        await before.add(PACK)
        cookie = before.cookie
        async with gateway(world, network, clock, **shared, sealing_keys=f"{new},{old}") as after:
            moved = Storefront(after.http, cookie=cookie)
            clock.move(120)  # The use of the session is written down, under the new key.
            assert (await moved.add(PACK))["cart"]["totalQuantity"] == 2
            assert (await before.ask("{ paymentSession { id } }")).codes == ["SESSION_EXPIRED"], "it has no new key"
        async with gateway(world, network, clock, **shared, sealing_keys=new) as last:
            assert (await Storefront(last.http, cookie=cookie).cart())["totalQuantity"] == 2


# The store in trouble.


@pytest.mark.parametrize("trouble", ["stopped", "silent"])
async def test_without_its_store_nothing_is_sent_and_the_public_is_served(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient, own_valkey: Valkey, trouble: str
) -> None:
    changes = {"store_url": own_valkey.url, "store_timeout_s": 1}
    async with gateway(world, network, clock, **changes) as storefront, AsyncExitStack() as stack:
        shopper = Shopper(storefront, sandbox, world)
        await shopper.get_ready()
        agreed = await agreed_by(storefront)
        if trouble == "stopped":
            own_valkey.stop()
        else:
            stack.enter_context(own_valkey.paused())
        answer = await storefront.ask(documents()["GuestOrder"], key=new_key(), **agreed)
        assert answer.codes == ["STORE_UNAVAILABLE"]
        assert "nothing was charged" in answer.body["errors"][0]["message"]
        assert shopper.submits == 0
        assert (await storefront.ask("{ products(first: 1) { totalCount } }")).data["products"]["totalCount"]
        assert (await storefront.http.get("/health/ready")).status_code == 503
        assert (await storefront.http.get("/health/live")).status_code == 200


LOST_ON_THE_WAY = {
    "added": (
        f"{CART}/line-items",
        """mutation { addCartLines(input: {idempotencyKey: "8f14e45f-ceea-467f-a2e6-6c1f2b9a5f10",
          lines: [{product: {upstreamId: "5401230400"}}]}) {
            cart { totalQuantity } errors { code retry message } } }""",
        [],
    ),
    "redeemed": (
        CART,
        """mutation { applyOffer(input: {offer: {couponCode: "SPRING20"}}) {
          cart { totals { discount { amount } } } errors { code retry message } } }""",
        [IsPartialDict(code="STORE_UNAVAILABLE", retry="READ_STATE_FIRST")],
    ),
}
"""Where a change is while the store goes, the change, and what is told of it: nothing where all of it is known."""


@pytest.mark.parametrize("made", LOST_ON_THE_WAY)
async def test_a_store_that_goes_during_a_change_is_no_claim_that_nothing_was_sent(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient, own_valkey: Valkey, made: str
) -> None:
    path, text, told = LOST_ON_THE_WAY[made]
    async with gateway(world, network, clock, store_url=own_valkey.url, store_timeout_s=1) as storefront:
        await Shopper(storefront, sandbox, world).fill_cart()
        network.arrived.clear()
        network.gates[path] = asyncio.Event()
        changing = asyncio.create_task(storefront.ask(text))
        await network.arrived[path].wait()
        own_valkey.stop()
        network.gates[path].set()
        (payload,) = (await changing).data.values()
        assert payload["errors"] == told
        assert all("may have been made" in error["message"] for error in payload["errors"])
        assert payload["cart"] in ({"totalQuantity": 2}, {"totals": {"discount": {"amount": IsStr(regex="[1-9].*")}}})


async def test_who_has_signed_in_gets_the_new_handle_although_the_store_pauses(
    world: World, network: InMemoryTransport, clock: Clock, own_valkey: Valkey
) -> None:
    me, keys = "/v1/shoppers/me", world.keys
    async with gateway(world, network, clock, store_url=own_valkey.url, store_timeout_s=1) as storefront:
        network.gates[me] = asyncio.Event()
        given = (keys.shopper_username, keys.shopper_password, "BEARER")
        signing = asyncio.create_task(storefront.sign_in(*given))
        await network.arrived[me].wait()
        with own_valkey.paused():
            network.gates[me].set()
            assert (await signing)["bearerToken"]
        await eventually(lambda: is_ready(storefront))
        session = (await storefront.ask("{ session { level } }")).data["session"]
        assert session == {"level": "REGISTERED"}


@pytest.mark.parametrize("trouble", ["flushed", "restarted", "stopped"])
async def test_a_store_that_forgets_while_an_order_is_on_its_way_costs_no_second_one(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient, own_valkey: Valkey, trouble: str
) -> None:
    await emptied(own_valkey)
    async with gateway(world, network, clock, store_url=own_valkey.url) as storefront:
        keys = world.keys
        shopper = await signed_in(storefront, sandbox, world, keys.shopper_username, keys.shopper_password)
        await shopper.get_ready()
        agreed = await agreed_by(shopper.storefront)
        await shopper.fault("delay", SUBMIT, delay_s=0.5, times=1)
        press = asyncio.create_task(shopper.storefront.another_tab().outcome(**agreed))
        await network.arrived[SUBMIT].wait()
        if trouble == "flushed":
            redis = Redis.from_url(own_valkey.url)
            await redis.flushall()
            await redis.aclose()
        elif trouble == "restarted":
            own_valkey.restart()
        else:
            own_valkey.stop()
        assert (await press)["__typename"] == "OrderPlaced", "what was done is told all the same"
        if trouble == "stopped":
            own_valkey.restart()
        await eventually(lambda: is_ready(storefront))

        again = await signed_in(
            Storefront(storefront.http), sandbox, world, keys.shopper_username, keys.shopper_password
        )
        await again.get_ready()
        refused = await again.storefront.submit()
        assert refused["errors"] == [IsPartialDict(code="STORE_UNAVAILABLE", retry="RETRY")]
        assert "Nothing was sent" in refused["errors"][0]["message"]
        assert shopper.submits == 1
        clock.move(121)
        assert (await again.storefront.outcome())["__typename"] == "OrderPlaced"


async def is_ready(storefront: Storefront) -> bool:
    return bool((await storefront.http.get("/health/ready")).status_code == 200)


# Nobody asks.


async def has_status(storefront: Storefront, key: str, status: str) -> bool:
    found = (await storefront.ask(LOOK, key=key)).data["orderSubmission"]
    return bool(found["status"] == status)


async def adds(storefront: Storefront) -> bool:
    return bool((await storefront.add(PACK))["errors"] == [])


async def test_a_lost_answer_is_found_although_nobody_asks(
    reconciled_shopper: Shopper, world: World, clock: Clock
) -> None:
    storefront = reconciled_shopper.storefront
    await reconciled_shopper.get_ready()
    await reconciled_shopper.fault("drop-after", SUBMIT)
    assert (await storefront.outcome())["__typename"] == "OrderInDoubt"
    world.calls.clear()
    clock.move(5)
    await eventually(lambda: world.calls.count("GET", "/v1/shoppers/me/orders/{id}") > 0)
    await eventually(lambda: adds(storefront))
    assert reconciled_shopper.submits == 0


async def test_a_shopper_who_approved_and_never_came_back_has_bought(
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


async def test_a_shopper_who_was_rejected_and_never_came_back_has_a_free_cart(
    reconciled_shopper: Shopper, clock: Clock
) -> None:
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


async def test_an_order_is_looked_after_although_its_shopper_has_signed_out(
    reconciled_shopper: Shopper, world: World, clock: Clock
) -> None:
    storefront = reconciled_shopper.storefront
    await reconciled_shopper.get_ready("klarnaCredit")
    result = await storefront.outcome()
    await storefront.ask("mutation { signOut { signedOut } }")
    await reconciled_shopper.decide(result["action"]["redirectUrl"])
    clock.move(10)
    await eventually(lambda: world.calls.count("POST", f"{CART}/resume-cart") > 0)
    assert [order.state for one in world.shoppers for order in one.orders.values()] == ["Submitted"]


# On real sockets, with real processes. `python -m bench.replicas` does ten and fifty times as much.


@pytest.mark.timeout(180)
async def test_a_crowd_at_two_replicas_buys_each_cart_once() -> None:
    found = await load(submits=1000, carts=50)
    assert found.is_good, found
    assert found.outcomes.total() > 500


@pytest.mark.timeout(180)
async def test_a_killed_replica_orders_nothing_twice_and_leaves_nothing_open() -> None:
    found = await kills(times=4)
    assert found.is_good, found
    assert found.outcomes.total() == 4
