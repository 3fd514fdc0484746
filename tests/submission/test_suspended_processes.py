"""The quiet time of a doubt is real time: a suspended process or a wrong clock makes no order arrive after it."""

import asyncio
import io
from datetime import datetime

import httpx

from gateway.orders.attempts import OPEN_ATTEMPTS
from gateway.store.clock import JUMP
from gateway.store.memory import MemoryStore
from sandbox.app import create_app as create_sandbox
from sandbox.model.world import World
from tests.submission.lost_submissions import DelayedSubmission, order_states, status_of
from tests.support.shop import (
    PACK,
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

QUIET_S = 120


class SuspendingStore(MemoryStore):
    """A store whose caller is suspended after it has recorded that it sends or resumes an order, until a test sets
    `wakes`."""

    is_armed = False

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.is_asleep, self.wakes = asyncio.Event(), asyncio.Event()

    async def replace(self, key: str, value: bytes, *, expected: bytes | None, ttl_s: float) -> bool:
        was_written = await super().replace(key, value, expected=expected, ttl_s=ttl_s)
        if self.is_armed and b'"stage":"sent"' in value:
            self.is_armed = False
            self.is_asleep.set()
            await self.wakes.wait()
        return was_written


async def test_process_that_was_suspended_does_not_send_the_order(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient
) -> None:
    store = SuspendingStore(clock)
    async with (
        gateway_on(store, world, network, clock) as suspended,
        gateway_on(store, world, network, clock) as other,
    ):
        shopper = Shopper(other, sandbox, world)
        await shopper.get_ready()
        agreed, key = await other.agreement(), new_key()
        store.is_armed = True
        submitting = asyncio.create_task(Storefront(suspended.http, cookie=other.cookie).submit(key, **agreed))
        await store.is_asleep.wait()
        clock.move(QUIET_S + 1)
        assert await status_of(other, key) == "NOT_PLACED"
        assert (await other.add(PACK))["errors"] == [], "the cart is unlocked"
        store.wakes.set()
        await submitting
    assert order_states(world) == []


class ForgetfulSchedule(MemoryStore):
    """A store in which another replica has removed the first check of an attempt, because it had no record yet."""

    has_forgotten = False

    async def schedule(self, name: str, entry: str, at: datetime) -> None:
        if name == OPEN_ATTEMPTS and not self.has_forgotten:
            self.has_forgotten = True
            return
        await super().schedule(name, entry, at)


async def test_order_whose_first_check_was_removed_is_settled(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient, log: io.StringIO
) -> None:
    store = ForgetfulSchedule(clock)
    async with gateway_on(store, world, network, clock) as suspended:
        await Shopper(suspended, sandbox, world).get_ready()
        cart, key = await suspended.cart(), new_key()
        network.gates[SUBMIT] = asyncio.Event()
        submitting = asyncio.create_task(
            suspended.another_tab().submit(key, total=cart["totals"]["orderTotal"], revision=cart["revision"])
        )
        await network.arrived[SUBMIT].wait()
        clock.move(QUIET_S + 1)
        async with gateway_on(store, world, InMemoryTransport(network.app), clock, reconcile_every_s=0.01) as other:
            # Without a question of a client, which would settle it as well.
            await eventually(lambda: "NOT_PLACED" in log.getvalue())
            assert await status_of(Storefront(other.http, cookie=suspended.cookie), key) == "NOT_PLACED"
        network.gates[SUBMIT].set()
        await submitting


async def test_jump_of_the_clock_does_not_end_the_quiet_time(
    world: World, clock: Clock, sandbox: httpx.AsyncClient
) -> None:
    network = DelayedSubmission(create_sandbox(world))
    async with gateway_on(MemoryStore(clock), world, network, clock) as storefront:
        await Shopper(storefront, sandbox, world).get_ready()
        network.is_armed, key = True, new_key()
        assert (await storefront.outcome(key))["__typename"] == "OrderInDoubt"
        clock.jump(QUIET_S + 1)
        assert await status_of(storefront, key) == "IN_DOUBT"
        clock.move(QUIET_S / 2)
        assert await status_of(storefront, key) == "IN_DOUBT"
        clock.move(QUIET_S)
        assert await status_of(storefront, key) == "NOT_PLACED"


async def _is_noted(store: MemoryStore) -> bool:
    return await store.get(JUMP) is not None


async def test_replica_that_started_after_a_jump_knows_of_it(
    world: World, clock: Clock, sandbox: httpx.AsyncClient
) -> None:
    network, store = DelayedSubmission(create_sandbox(world)), MemoryStore(clock)
    async with gateway_on(store, world, network, clock, reconcile_every_s=0.01) as storefront:
        await Shopper(storefront, sandbox, world).get_ready()
        network.is_armed, key = True, new_key()
        assert (await storefront.outcome(key))["__typename"] == "OrderInDoubt"
        clock.jump(QUIET_S + 1)
        await eventually(lambda: _is_noted(store))
    async with gateway_on(store, world, network, clock) as later:
        later_storefront = Storefront(later.http, cookie=storefront.cookie)
        assert await status_of(later_storefront, key) == "IN_DOUBT"


async def test_jump_of_the_clock_does_not_end_wait_after_restart(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient
) -> None:
    username, password = world.keys.shopper_username, world.keys.shopper_password
    async with gateway(world, network, clock) as before:
        await (await signed_in(before, sandbox, world, username, password)).get_ready()
    async with gateway_on(MemoryStore(clock), world, network, clock) as storefront:
        shopper = await signed_in(storefront, sandbox, world, username, password)
        clock.jump(QUIET_S + 1)
        (error,) = (await shopper.storefront.submit())["errors"]
        assert error["code"] == "STORE_UNAVAILABLE"
        clock.move(QUIET_S + 1)
        assert (await shopper.storefront.outcome())["__typename"] == "OrderPlaced"
