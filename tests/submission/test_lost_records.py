"""An order that waits for the shopper can be finished or abandoned although the gateway has lost its record."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from dirty_equals import IsPartialDict

from gateway.store.interface import Store
from gateway.store.memory import MemoryStore
from sandbox.model.world import World
from tests.submission.lost_submissions import order_states, status_of
from tests.support.full_store import fill
from tests.support.shop import (
    CART,
    Clock,
    InMemoryTransport,
    MovedRedisStore,
    Shopper,
    eventually,
    gateway,
    new_key,
    signed_in,
)
from tests.support.valkey import Valkey, emptied

RESUME_CART = f"{CART}/resume-cart"
RESUME = """mutation($key: UUID) { resumeOrder(input: {idempotencyKey: $key}) { attempt { idempotencyKey }
  result { __typename ... on OrderActionRequired { action { ... on RedirectShopperAction { redirectUrl } } } }
  errors { code } } }"""
DETACH = "mutation { detachSource(input: {target: {all: true}}) { errors { code } } }"
NEXT_ACTION = "{ paymentSession { nextAction { ... on ResumeOrderAction { idempotencyKey } } } }"
PLACED = {"__typename": "OrderPlaced"}


async def resume(shopper: Shopper, key: str | None = None) -> dict[str, Any]:
    payload: dict[str, Any] = (await shopper.storefront.ask(RESUME, key=key)).data["resumeOrder"]
    return payload


class WaitingOrder:
    """An order of a registered shopper, who signs in again after the gateway has lost its record."""

    shopper: Shopper
    key: str
    url: str


@pytest.fixture(params=["restart", "expiry", "flush"])
async def waiting(
    request: pytest.FixtureRequest,
    world: World,
    network: InMemoryTransport,
    clock: Clock,
    sandbox: httpx.AsyncClient,
) -> AsyncIterator[WaitingOrder]:
    order, keys = WaitingOrder(), world.keys
    order.key = new_key()
    store: Store = MemoryStore(clock, intact_since=clock() - timedelta(days=1))
    if request.param == "flush":
        # Unlike the store in memory, a server lets concurrent requests alternate after each command.
        valkey: Valkey = request.getfixturevalue("own_valkey")
        await emptied(valkey)
        store = MovedRedisStore(valkey.url, clock, timeout_s=10)
    async with gateway(world, network, clock, store=store) as storefront:
        shopper = await signed_in(storefront, sandbox, world, keys.shopper_username, keys.shopper_password)
        await shopper.get_ready("klarnaCredit")
        order.url = (await shopper.storefront.outcome(order.key))["action"]["redirectUrl"]
    if request.param == "restart":
        store = MemoryStore(clock, intact_since=clock() - timedelta(seconds=300))
    elif request.param == "flush":
        await emptied(valkey)
        store = MovedRedisStore(valkey.url, clock, timeout_s=10)
    else:
        clock.move(3 * 86_400)
    async with gateway(world, network, clock, store=store, reconcile_every_s=0.01) as storefront:
        order.shopper = await signed_in(storefront, sandbox, world, keys.shopper_username, keys.shopper_password)
        yield order


@pytest.mark.parametrize("sends_key", [True, False])
async def test_approved_order_without_record_is_placed(waiting: WaitingOrder, world: World, sends_key: bool) -> None:
    await waiting.shopper.decide(waiting.url)
    assert (await resume(waiting.shopper, waiting.key if sends_key else None))["result"] == PLACED
    assert (await resume(waiting.shopper, waiting.key if sends_key else None))["result"] == PLACED
    assert order_states(world) == ["Submitted"]
    if sends_key:
        assert await status_of(waiting.shopper.storefront, waiting.key) == "PLACED"


async def test_order_without_record_is_not_taken_for_another(waiting: WaitingOrder, network: InMemoryTransport) -> None:
    def of_another_order(body: Any) -> Any:
        body["resumeCart"]["order"]["id"] = 4711
        return body

    await waiting.shopper.decide(waiting.url)
    network.rewrites["POST", RESUME_CART] = of_another_order
    assert (await resume(waiting.shopper, waiting.key))["result"] == {"__typename": "OrderInDoubt"}


async def test_blocked_submit_request_leads_to_resuming(waiting: WaitingOrder, world: World) -> None:
    storefront = waiting.shopper.storefront
    await waiting.shopper.decide(waiting.url)
    blocked = await storefront.outcome(waiting.key)
    assert blocked["blockers"] == [IsPartialDict(code="PAYMENT_SESSION_NOT_READY", resolvedBy=["Mutation.resumeOrder"])]
    action = (await storefront.ask(NEXT_ACTION)).data["paymentSession"]["nextAction"]
    assert action["idempotencyKey"] == waiting.key
    assert (await resume(waiting.shopper, waiting.key))["result"] == PLACED, "nothing was sent under this key now"
    assert order_states(world) == ["Submitted"]


@pytest.mark.slow
async def test_order_without_record_waits_for_the_approval(waiting: WaitingOrder, world: World, clock: Clock) -> None:
    payload = await resume(waiting.shopper)
    assert payload["result"] == {"__typename": "OrderActionRequired", "action": {"redirectUrl": waiting.url}}
    await waiting.shopper.decide(waiting.url)

    def is_submitted() -> bool:
        clock.move(1)
        return order_states(world) == ["Submitted"]

    await eventually(is_submitted)


async def test_concurrent_resumes_without_record_place_one_order(waiting: WaitingOrder, world: World) -> None:
    await waiting.shopper.decide(waiting.url)
    tabs = [waiting.shopper.storefront.another_tab() for _ in range(6)]
    keys = [waiting.key, None] * 3
    answers = await asyncio.gather(*(tab.ask(RESUME, key=key) for tab, key in zip(tabs, keys, strict=True)))
    assert [answer.data["resumeOrder"]["result"] for answer in answers] == [PLACED] * 6
    assert world.calls.count("POST", RESUME_CART) == 1


async def test_key_of_another_shopper_is_not_taken(waiting: WaitingOrder, world: World) -> None:
    other = Shopper(waiting.shopper.storefront.another_tab(), waiting.shopper.sandbox, world)
    other.storefront.cookie = None
    await other.get_ready()
    await other.storefront.outcome(key := new_key())
    await waiting.shopper.decide(waiting.url)
    payload = await resume(waiting.shopper, key)
    assert payload["result"] == PLACED
    assert payload["attempt"]["idempotencyKey"] != key
    assert await status_of(other.storefront, key) == "PLACED"


async def test_rejected_order_without_record_frees_the_cart(waiting: WaitingOrder) -> None:
    await waiting.shopper.decide(waiting.url, "reject")
    payload = await resume(waiting.shopper)
    assert payload["errors"] == [{"code": "NOT_RESUMABLE"}], "the cart is open again"
    await waiting.shopper.storefront.ask(DETACH)
    await waiting.shopper.pay_with()
    assert (await waiting.shopper.storefront.outcome())["__typename"] == "OrderPlaced"


async def test_cart_that_was_not_submitted_stays_free(shopper: Shopper) -> None:
    await shopper.get_ready()
    await shopper.force_state("chargeable")
    assert (await resume(shopper))["errors"] == [{"code": "NOT_RESUMABLE"}]
    await shopper.force_state(None)
    assert (await shopper.storefront.outcome())["__typename"] == "OrderPlaced"


async def test_key_of_blocked_submission_resumes_the_open_one(shopper: Shopper) -> None:
    await shopper.get_ready("klarnaCredit")
    result = await shopper.storefront.outcome(key := new_key())
    await shopper.storefront.outcome(blocked := new_key())
    await shopper.decide(result["action"]["redirectUrl"])
    payload = await resume(shopper, blocked)
    assert payload == {"attempt": {"idempotencyKey": key}, "result": PLACED, "errors": []}


async def test_order_without_record_waits_while_store_is_full(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient
) -> None:
    store = MemoryStore(clock, intact_since=clock() - timedelta(days=1), max_entries=200)
    async with gateway(world, network, clock, store=store) as storefront:
        shopper = Shopper(storefront, sandbox, world)
        await shopper.get_ready("klarnaCredit")
        result = await storefront.outcome(key := new_key())
        await shopper.decide(result["action"]["redirectUrl"])
        session_id = (await storefront.ask("{ session { id } }")).data["session"]["id"]
        assert await store.delete(f"attempt:{session_id}:{key}")
        await fill(store)
        assert await resume(shopper) == {"attempt": None, "result": None, "errors": [{"code": "RATE_LIMITED"}]}
        assert world.calls.count("POST", RESUME_CART) == 0
        clock.move(61)
        assert (await resume(shopper))["result"] == PLACED


@pytest.mark.slow
async def test_abandoned_order_without_record_is_not_resumed(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient
) -> None:
    store = MemoryStore(clock, intact_since=clock() - timedelta(days=1))
    async with gateway(world, network, clock, store=store) as storefront:
        shopper = Shopper(storefront, sandbox, world)
        await shopper.get_ready("klarnaCredit")
        result = await storefront.outcome(key := new_key())
        session_id = (await storefront.ask("{ session { id } }")).data["session"]["id"]
        assert await store.delete(f"attempt:{session_id}:{key}")
        # The provider's page is approved while the cart is copied.
        line_items = f"{CART}/line-items"
        network.arrived[line_items].clear()
        network.gates[line_items] = asyncio.Event()
        abandoning = asyncio.create_task(storefront.another_tab().ask(DETACH))
        await network.arrived[line_items].wait()
        await shopper.decide(result["action"]["redirectUrl"])
        network.gates[line_items].set()
        assert (await abandoning).data["detachSource"]["errors"] == []
        assert (await resume(shopper))["result"] == {
            "__typename": "OrderNotPlaced",
        }
        assert order_states(world) == ["Source Pending Redirect"]
