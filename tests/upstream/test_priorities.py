"""Every call to Digital River has the priority of the operation that needs it."""

from collections import defaultdict
from collections.abc import AsyncIterator

import httpx
import pytest

from gateway.upstream.priority import Priority
from gateway.upstream.transport import REQUEST
from sandbox.model.world import World
from tests.support.shop import CART, PACK, SUBMIT, Clock, InMemoryTransport, Shopper, Storefront, gateway


class PriorityRecorder(InMemoryTransport):
    """Records the priorities of the requests by path."""

    def __init__(self, network: InMemoryTransport) -> None:
        super().__init__(network.app)
        self.sent: defaultdict[str, list[Priority]] = defaultdict(list)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.sent[request.url.path].append(request.extensions[REQUEST].priority)
        return await super().handle_async_request(request)

    def since_last_time(self) -> dict[str, set[Priority]]:
        sent = {path: set(priorities) for path, priorities in self.sent.items()}
        self.sent.clear()
        return sent


@pytest.fixture
def recorder(network: InMemoryTransport) -> PriorityRecorder:
    return PriorityRecorder(network)


@pytest.fixture
async def page(world: World, recorder: PriorityRecorder, clock: Clock) -> AsyncIterator[Storefront]:
    async with gateway(world, recorder, clock) as storefront:
        yield storefront


async def test_calls_have_the_priority_of_their_operation(
    page: Storefront, recorder: PriorityRecorder, sandbox: httpx.AsyncClient, world: World
) -> None:
    shopper = Shopper(page, sandbox, world)
    await page.ask('{ offers(pointOfPromotion: "HomePage") { name } }')
    sent = recorder.since_last_time()
    assert sent.pop("/oauth20/token") == {Priority.SUBMISSION}, "any operation may wait for this token"
    assert set().union(*sent.values()) == {Priority.PUBLIC}
    await page.ask("mutation { startSession(input: {}) { errors { code } } }")
    assert recorder.since_last_time() == {"/oauth20/token": {Priority.SESSION}}
    await page.add(PACK)
    await page.give_details()
    assert set().union(*recorder.since_last_time().values()) == {Priority.CHECKOUT}
    await shopper.pay_with()
    recorder.since_last_time()
    cart = await page.cart()
    assert recorder.since_last_time()[CART] == {Priority.SESSION}
    result = await page.outcome(total=cart["totals"]["orderTotal"], revision=cart["revision"])
    assert result["__typename"] == "OrderPlaced"
    sent = recorder.since_last_time()
    assert {SUBMIT, CART} <= sent.keys()
    assert set().union(*sent.values()) == {Priority.SUBMISSION}
