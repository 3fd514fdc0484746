"""A change of a cart that was not answered may arrive later. Until then, the cart does not become an order."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any, NamedTuple

import httpx
import pytest
from dirty_equals import IsPartialDict

from gateway.errors import StoreUnavailable
from gateway.sessions.cart_change_lock import SETTLED_AFTER_S
from gateway.store.memory import MemoryStore
from sandbox.app import create_app as create_sandbox
from sandbox.model.world import World
from tests.support.shop import CART, PACK, SHORT_DEADLINE_S, Clock, InMemoryTransport, Shopper, gateway_on

LINES = f"{CART}/line-items"
UNSETTLED = IsPartialDict(__typename="CheckUnavailableBlocker", code="CHECK_UNAVAILABLE")
READINESS = """{ checkoutReadiness { status blockers { __typename ... on CheckUnavailableBlocker { retryAfter } } } }"""


class LateNetwork(InMemoryTransport):
    """A network that loses the next request to `loses`. `deliver` sends the lost request."""

    loses: str | None = None
    """The end of the path, or a part of the body, of the next change that is lost; None for no change."""
    late: httpx.Request | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.method != "GET" and self._is_lost(request):
            self.late, self.loses = request, None
            raise httpx.ReadTimeout("no answer in time", request=request)
        return await super().handle_async_request(request)

    def _is_lost(self, request: httpx.Request) -> bool:
        is_path = self.loses is not None and request.url.path.endswith(self.loses)
        return is_path or (self.loses is not None and self.loses.encode() in request.content)

    async def deliver(self) -> None:
        assert self.late is not None
        answer = await super().handle_async_request(self.late)
        assert answer.status_code < 300, answer.text


class ForgetfulStore(MemoryStore):
    """If `is_failing`, the store cannot note that a cart is unsettled."""

    is_failing = False

    async def put(self, key: str, value: bytes, *, ttl_s: float) -> None:
        if self.is_failing and key.startswith("unsettled-cart:"):
            raise StoreUnavailable
        await super().put(key, value, ttl_s=ttl_s)


class Shop(NamedTuple):
    network: LateNetwork
    store: ForgetfulStore
    shopper: Shopper

    async def agreement(self) -> dict[str, Any]:
        return await self.shopper.storefront.agreement()


@pytest.fixture
async def shop(world: World, clock: Clock, sandbox: httpx.AsyncClient) -> AsyncIterator[Shop]:
    network, store = LateNetwork(create_sandbox(world)), ForgetfulStore(clock, intact_since=clock() - timedelta(days=1))
    async with gateway_on(store, world, network, clock, operation_deadline_s=SHORT_DEADLINE_S) as storefront:
        shopper = Shopper(storefront, sandbox, world)
        await shopper.get_ready()
        yield Shop(network, store, shopper)


async def test_order_waits_until_a_lost_change_is_settled(shop: Shop, world: World, clock: Clock) -> None:
    storefront, agreed = shop.shopper.storefront, await shop.agreement()
    shop.network.loses = LINES
    assert (await storefront.add(PACK))["errors"], "the change was not answered"
    blocked = await storefront.outcome(**agreed)
    assert blocked == IsPartialDict(__typename="OrderBlocked", blockers=[UNSETTLED])
    readiness = (await storefront.ask(READINESS)).data["checkoutReadiness"]
    assert readiness["status"] == "UNKNOWN"
    assert readiness["blockers"][0]["retryAfter"]
    assert (await storefront.another_tab().give_details())["errors"] == [], "other changes go on"
    await shop.network.deliver()

    clock.move(SETTLED_AFTER_S + 1)
    changed = await storefront.outcome(**agreed)
    assert {blocker["code"] for blocker in changed["blockers"]} == {"TOTAL_CHANGED", "CART_CHANGED"}
    result = await storefront.outcome()
    assert result["__typename"] == "OrderPlaced"
    assert shop.shopper.submits == 1


@pytest.mark.parametrize(
    ("path", "mutation"),
    [
        (CART, 'applyOffer(input: {offer: {couponCode: "SPRING20"}})'),
        (f"{CART}/payment", "detachSource(input: {target: {all: true}})"),
        ("/v1/shoppers/me", 'updateSession(input: {locale: "de-DE"})'),
        ("dr_limited_token", "signIn(input: {credentials: {password: {username: $username, password: $password}}})"),
    ],
    ids=["offer", "source", "market", "sign-in"],
)
async def test_every_lost_change_leaves_the_cart_unsettled(shop: Shop, path: str, mutation: str) -> None:
    storefront, agreed = shop.shopper.storefront, await shop.agreement()
    shop.network.loses = path
    keys = shop.shopper.world.keys
    variables = {"username": keys.shopper_username, "password": keys.shopper_password} if "$" in mutation else {}
    declared = "($username: String!, $password: String!)" if variables else ""
    answer = await storefront.ask(f"mutation{declared} {{ {mutation} {{ errors {{ code }} }} }}", **variables)
    assert answer.status == 200
    assert shop.network.late is not None, "the change was lost"
    blocked = await storefront.outcome(**agreed)
    assert UNSETTLED in blocked["blockers"]


async def test_refused_change_leaves_the_cart_settled(shop: Shop) -> None:
    storefront = shop.shopper.storefront
    await shop.shopper.fault("status", LINES, method="POST", status=409, times=1)
    assert (await storefront.add(PACK))["errors"]
    assert (await storefront.outcome())["__typename"] == "OrderPlaced"


async def test_lock_is_kept_if_lost_change_cannot_be_noted(shop: Shop) -> None:
    storefront = shop.shopper.storefront
    detach = "mutation { detachSource(input: {target: {all: true}}) { errors { code } } }"
    shop.network.loses, shop.store.is_failing = LINES, True
    assert (await storefront.add(PACK))["errors"]
    assert (await storefront.ask(detach)).data["detachSource"]["errors"] == [{"code": "CART_BUSY"}]
