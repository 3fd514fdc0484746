"""Every answer that a proxy before Digital River could make ends in an answer, one error, or a doubt about an order."""

import tracemalloc
from typing import Any

import pytest

from gateway.errors import UpstreamError
from gateway.upstream.retrying_calls import Calls, Repeat, Retries
from sandbox.app import create_app as create_sandbox
from sandbox.model.world import World
from tests.support.middlebox import ANSWERS, READABLE, UNREADABLE, Middlebox, answering
from tests.support.shop import Clock, Shopper, new_key, settings_for
from tests.support.upstream_ways import Way

MOST_MEMORY = 20 * 1024 * 1024

OUTCOME = """query($key: UUID!) { orderSubmission(idempotencyKey: $key) { result { __typename
  ... on OrderPlaced { order { number } } } } }"""


async def outcome_of(answer: bytes, world: World, way: Way, repeat: Repeat) -> UpstreamError | bytes:
    """What a call returns or raises. Checks the memory that it takes."""
    async with answering(answer, way) as url, way.sender() as http:
        calls = Calls(http, settings_for(world, upstream_url=url, operation_deadline_s=20), Retries(read_attempts=1))
        tracemalloc.start()
        try:
            return await calls.send("GET" if repeat is Repeat.READ else "POST", "/x", token="token", repeat=repeat)
        except UpstreamError as error:
            return error
        finally:
            _, peak = tracemalloc.get_traced_memory()
            tracemalloc.stop()
            assert peak < MOST_MEMORY


@pytest.mark.parametrize("way", Way)
@pytest.mark.parametrize("repeat", [Repeat.READ, Repeat.NEVER], ids=["a read", "submit-cart"])
@pytest.mark.parametrize("name", READABLE)
async def test_readable_answer_of_a_proxy_is_returned(world: World, way: Way, name: str, repeat: Repeat) -> None:
    assert isinstance(await outcome_of(READABLE[name], world, way, repeat), bytes)


@pytest.mark.parametrize("way", Way)
@pytest.mark.parametrize("repeat", [Repeat.READ, Repeat.NEVER], ids=["a read", "submit-cart"])
@pytest.mark.parametrize("name", UNREADABLE)
async def test_unreadable_answer_of_a_proxy_is_one_error(world: World, way: Way, name: str, repeat: Repeat) -> None:
    outcome = await outcome_of(UNREADABLE[name], world, way, repeat)
    assert isinstance(outcome, UpstreamError)
    assert outcome.was_sent


@pytest.fixture
def network(world: World) -> Middlebox:
    return Middlebox(create_sandbox(world))


@pytest.mark.slow
@pytest.mark.parametrize("name", ANSWERS)
async def test_order_behind_a_bad_answer_is_found_and_sent_once(
    shopper: Shopper, network: Middlebox, clock: Clock, name: str
) -> None:
    await shopper.get_ready()
    network.answer, key = ANSWERS[name], new_key()
    payload = await shopper.storefront.submit(key)
    assert payload["errors"] == []
    assert payload["result"]["__typename"] in ("OrderInDoubt", "OrderPlaced")
    await shopper.storefront.submit(key)
    clock.move(130)
    settled: dict[str, Any] = (await shopper.storefront.ask(OUTCOME, key=key)).data
    assert settled["orderSubmission"]["result"]["__typename"] == "OrderPlaced"
    assert settled["orderSubmission"]["result"]["order"]["number"]
    assert shopper.submits == 1
