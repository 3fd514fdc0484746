"""Digital River is told that the shopper accepts the terms of sale only if the shopper did."""

import json
from typing import Any

import httpx
import pytest
from starlette.types import ASGIApp

from sandbox.model.world import World
from tests.support.shop import ADDRESS, PACK, SUBMIT, Clock, InMemoryTransport, Shopper, gateway, new_key

PREPARE = """mutation($address: AddressInput!, $accepts: Boolean) { prepareCheckout(input: {
  billing: {address: $address}, shipping: {sameAs: BILLING}, shippingOption: {rule: CHEAPEST},
  termsOfSaleAccepted: $accepts}) { errors { code } } }"""
ORDER = """mutation($key: UUID!, $total: MoneyInput!, $accepts: Boolean) { submitOrder(input: {idempotencyKey: $key,
  expectedTotal: $total, termsOfSaleAccepted: $accepts}) { result { __typename } errors { code } } }"""


class RecordedSubmissions(InMemoryTransport):
    """A network that keeps the bodies of all submit-cart requests."""

    def __init__(self, app: ASGIApp) -> None:
        super().__init__(app)
        self.bodies: list[Any] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == SUBMIT:
            body = await request.aread()
            self.bodies.append(json.loads(body) if body else {})
        return await super().handle_async_request(request)


@pytest.mark.parametrize(
    ("before", "with_order", "sent"),
    [
        (None, None, {}),
        (None, False, {}),
        (None, True, {"cart": {"termsOfSalesAcceptance": "true"}}),
        (True, None, {"cart": {"termsOfSalesAcceptance": "true"}}),
    ],
    ids=["never", "declined", "with the order", "before"],
)
async def test_submission_states_acceptance_of_terms_only_if_shopper_accepted(
    world: World,
    network: InMemoryTransport,
    clock: Clock,
    sandbox: httpx.AsyncClient,
    before: bool | None,
    with_order: bool | None,
    sent: dict[str, Any],
) -> None:
    recording = RecordedSubmissions(network.app)
    async with gateway(world, recording, clock, terms_of_sale_mode="NOT_REQUIRED") as storefront:
        shopper = Shopper(storefront, sandbox, world)
        await storefront.add(PACK)
        prepared = await storefront.ask(PREPARE, address=ADDRESS, accepts=before)
        assert prepared.data == {"prepareCheckout": {"errors": []}}
        await shopper.pay_with()
        total = (await storefront.cart())["totals"]["orderTotal"]
        submitted = await storefront.ask(ORDER, key=new_key(), total=total, accepts=with_order)
        assert submitted.data == {"submitOrder": {"result": {"__typename": "OrderPlaced"}, "errors": []}}
    assert recording.bodies == [sent]
