"""A pending order is resumed once, after the shopper has approved the payment."""

import asyncio

import httpx
import pytest
from dirty_equals import IsPartialDict

from sandbox.model.world import World
from tests.submission.lost_submissions import order_states, status_of
from tests.support.shop import CART, SUBMIT, Clock, InMemoryTransport, Shopper, gateway, new_key

RESUME = f"{CART}/resume-cart"
RESUME_BY_KEY = """mutation($key: UUID) { resumeOrder(input: {idempotencyKey: $key}) {
  attempt { idempotencyKey } result { __typename ... on OrderActionRequired { action { __typename } } }
  errors { code } } }"""


async def test_resume_without_a_pending_order_is_rejected(shopper: Shopper) -> None:
    await shopper.fill_cart()
    payload = (await shopper.storefront.run("ReturnFromRedirect"))["resumeOrder"]
    assert payload["errors"] == [IsPartialDict(code="NOT_RESUMABLE")]


async def test_concurrent_resumes_send_one_resume_cart(shopper: Shopper) -> None:
    await shopper.get_ready("klarnaCredit")
    result = await shopper.storefront.outcome()
    await shopper.decide(result["action"]["redirectUrl"])
    tabs = [shopper.storefront.another_tab() for _ in range(10)]
    payloads = await asyncio.gather(*(tab.run("ReturnFromRedirect") for tab in tabs))
    assert {payload["resumeOrder"]["result"]["__typename"] for payload in payloads} == {"OrderPlaced"}
    assert shopper.world.calls.count("POST", RESUME) == 1


async def test_resuming_again_after_authentication_places_the_order(shopper: Shopper) -> None:
    await shopper.get_ready("klarnaCredit")
    result = await shopper.storefront.outcome()
    await shopper.fault("status", RESUME, status=409, code="declined", subcode="authentication_required", times=1)
    payload = (await shopper.storefront.run("ReturnFromRedirect"))["resumeOrder"]
    assert payload["errors"] == []
    assert payload["result"]["action"]["sourceId"]
    await shopper.decide(result["action"]["redirectUrl"])
    payload = (await shopper.storefront.run("ReturnFromRedirect"))["resumeOrder"]
    assert payload["result"]["__typename"] == "OrderPlaced", "the order is placed after the shopper has authenticated"


async def test_key_of_ended_attempt_does_not_resume_another_order(shopper: Shopper, world: World) -> None:
    await shopper.get_ready()
    await shopper.fault("status", SUBMIT, status=409, code="declined", subcode="authentication_required", times=1)
    await shopper.storefront.outcome(ended := new_key())
    await shopper.pay_with("klarnaCredit")
    redirect = await shopper.storefront.outcome(key := new_key())
    await shopper.decide(redirect["action"]["redirectUrl"])
    payload = (await shopper.storefront.ask(RESUME_BY_KEY, key=ended)).data["resumeOrder"]
    assert payload["result"]["action"] == {"__typename": "AuthenticateSourceAction"}, "its outcome is only reported"
    assert world.calls.count("POST", RESUME) == 0
    payload = (await shopper.storefront.ask(RESUME_BY_KEY, key=key)).data["resumeOrder"]
    assert payload["result"] == {"__typename": "OrderPlaced"}


@pytest.mark.slow
@pytest.mark.parametrize("returns", [True, False], ids=["shopper returns", "status is read"])
async def test_lost_resume_cart_request_is_sent_again(
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
