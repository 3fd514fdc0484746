"""A resumption that cannot begin is a user error, and the order still waits for the shopper."""

import httpx
from dirty_equals import IsPartialDict

from gateway.errors import StoreUnavailable
from gateway.store.memory import MemoryStore
from sandbox.model.world import World
from tests.submission.test_resuming import RESUME, RESUME_BY_KEY
from tests.support.shop import CART, SUBMIT, Clock, InMemoryTransport, Shopper, gateway_on, new_key


class ClosedStore(MemoryStore):
    """A store whose attempts cannot be read while `is_closed` is true."""

    is_closed = False

    async def get(self, key: str) -> bytes | None:
        if self.is_closed and key.startswith("attempt:"):
            raise StoreUnavailable
        return await super().get(key)


async def test_resumption_fails_while_attempts_are_unreadable(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient
) -> None:
    store = ClosedStore(clock)
    async with gateway_on(store, world, network, clock) as storefront:
        shopper, key = Shopper(storefront, sandbox, world), new_key()
        await shopper.get_ready("klarnaCredit")
        await shopper.decide((await storefront.outcome(key))["action"]["redirectUrl"])
        store.is_closed = True
        payload = (await storefront.ask(RESUME_BY_KEY, key=key)).data["resumeOrder"]
        assert payload == {"attempt": None, "result": None, "errors": [{"code": "STORE_UNAVAILABLE"}]}
        store.is_closed = False
        payload = (await storefront.ask(RESUME_BY_KEY, key=key)).data["resumeOrder"]
        assert payload["result"] == {"__typename": "OrderPlaced"}


async def test_unreachable_resume_cart_is_a_user_error(shopper: Shopper, network: InMemoryTransport) -> None:
    await shopper.get_ready("klarnaCredit")
    await shopper.decide((await shopper.storefront.outcome())["action"]["redirectUrl"])
    network.unreachable.add(RESUME)
    payload = (await shopper.storefront.ask(RESUME_BY_KEY)).data["resumeOrder"]
    assert payload["errors"] == [{"code": "UPSTREAM_UNAVAILABLE"}]
    network.unreachable.clear()
    payload = (await shopper.storefront.ask(RESUME_BY_KEY)).data["resumeOrder"]
    assert payload["result"] == {"__typename": "OrderPlaced"}


async def test_submission_is_not_sent_while_cart_is_unreadable(shopper: Shopper) -> None:
    await shopper.get_ready()
    cart = await shopper.storefront.cart()
    await shopper.fault("status", CART, status=503, method="GET")
    payload = await shopper.storefront.submit(total=cart["totals"]["orderTotal"], revision=cart["revision"])
    assert [error["code"] for error in payload["errors"]] == ["UPSTREAM_UNAVAILABLE"]
    assert payload["attempt"] is None
    assert shopper.submits == 0


async def test_outcome_without_its_order_is_still_reported(shopper: Shopper) -> None:
    await shopper.get_ready()
    key = new_key()
    assert (await shopper.storefront.outcome(key))["__typename"] == "OrderPlaced"
    await shopper.fault("status", "/v1/shoppers/me/orders/{id}", status=503)
    text = """query($key: UUID) { orderSubmission(idempotencyKey: $key) { status isReplay
      result { __typename ... on OrderPlaced { order { number } } } } }"""
    submission = (await shopper.storefront.ask(text, key=key)).data["orderSubmission"]
    assert submission == IsPartialDict(status="PLACED", isReplay=True)
    assert submission["result"]["order"]["number"]
    assert shopper.world.calls.count("POST", SUBMIT) == 1
