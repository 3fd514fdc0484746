"""Which failed calls to Digital River are repeated, how often, and after which pauses."""

from typing import Literal

import httpx
import pytest

from gateway.elapsed_time import elapsed_s
from gateway.errors import UpstreamUnavailable
from gateway.upstream import transport
from gateway.upstream.client import Upstream
from gateway.upstream.retrying_calls import Calls, Pauses, Repeat, Retries
from sandbox.model.world import World
from tests.support.shop import CART, PACK, InMemoryTransport, Shopper, settings_for

LINES = f"{CART}/line-items"


@pytest.mark.parametrize(
    ("status", "code", "calls"),
    [
        (500, "system-error", 3),
        (500, "internal-payment-error", 1),
        (501, "system-error", 1),
        (502, "system-error", 3),
        (503, "unavailable", 3),
        (504, "unavailable", 3),
    ],
)
async def test_read_is_repeated_only_after_a_transient_failure(
    shopper: Shopper, status: int, code: str, calls: int
) -> None:
    await shopper.storefront.add(PACK)
    await shopper.fault("status", CART, method="GET", status=status, code=code)
    shopper.world.calls.clear()
    answer = await shopper.storefront.ask("{ cart { id } }")
    assert answer.codes == ["UPSTREAM_UNAVAILABLE"]
    assert shopper.world.calls.count("GET", CART) == calls


async def test_read_succeeds_after_two_transient_failures(shopper: Shopper) -> None:
    await shopper.storefront.add(PACK)
    await shopper.fault("status", CART, method="GET", status=500, code="system-error", times=2)
    assert (await shopper.storefront.cart())["totalQuantity"] == 1


@pytest.mark.parametrize(
    ("status", "code", "calls", "expected"),
    [
        (409, "concurrent-cart-modification-failure", 4, "CART_BUSY"),
        (500, "system-error", 1, "UPSTREAM_UNAVAILABLE"),
        (503, "unavailable", 1, "UPSTREAM_UNAVAILABLE"),
    ],
)
async def test_change_is_repeated_only_if_it_was_not_made(
    shopper: Shopper, status: int, code: str, calls: int, expected: str
) -> None:
    await shopper.storefront.add(PACK)
    await shopper.fault("status", LINES, method="POST", status=status, code=code)
    shopper.world.calls.clear()
    assert [error["code"] for error in (await shopper.storefront.add(PACK))["errors"]] == [expected]
    assert shopper.world.calls.count("POST", LINES) == calls


def longest_pause(failures: int, first_wait_s: float = 0.1) -> float:
    """The longest of 500 random pauses after this number of failures in a row."""

    def pause_once() -> float:
        pauses = Pauses(Repeat.READ, first_wait_s, deadline_at=elapsed_s() + 60)
        *_, last = (pauses(UpstreamUnavailable(status=503)) for _ in range(failures))
        return float(last)

    return max(pause_once() for _ in range(500))


@pytest.mark.parametrize(("failures", "limit_s"), [(1, 0.1), (2, 0.2), (3, 0.4), (4, 0.8)])
def test_longest_pause_doubles_after_each_failure(failures: int, limit_s: float) -> None:
    # By chance, 500 of these pauses are all shorter than 90 % of the limit once in 10^22 runs.
    assert limit_s * 0.9 < longest_pause(failures) <= limit_s


@pytest.mark.parametrize(
    ("retry_after", "expected_s"),
    [
        ("2", 2),
        ("0", 0),
        ("5", 5),
        ("6", False),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", False),
    ],
)
async def test_retry_waits_for_the_time_in_retry_after(
    world: World, retry_after: str, expected_s: float | Literal[False]
) -> None:
    pause_s = Pauses(Repeat.READ, wait_s=3600, deadline_at=elapsed_s() + 60)(await busy_until(retry_after, world))
    assert (pause_s, pause_s is False) == (expected_s, expected_s is False)


@pytest.mark.parametrize("retry_after", ["", "soon", "-1", "2.5", "Thu, 99 Jan 1970 00:00:00 GMT", "1 Jan 1970 00:00"])
async def test_retry_after_that_is_no_time_is_ignored(world: World, retry_after: str) -> None:
    assert (await busy_until(retry_after, world)).retry_after_s is None


async def busy_until(retry_after: str, world: World) -> UpstreamUnavailable:
    """The failure of a read after which Digital River asks to wait for this time."""

    def busy(request: httpx.Request) -> httpx.Response:
        return httpx.Response(503, headers={"Retry-After": retry_after}, stream=httpx.ByteStream(b""), request=request)

    async with transport.client(httpx.MockTransport(busy)) as http:
        with pytest.raises(UpstreamUnavailable) as caught:
            await Upstream(Calls(http, settings_for(world), Retries(read_attempts=1))).cart.active_cart("token")
    return caught.value


def test_nothing_is_repeated_after_the_deadline_or_a_submission() -> None:
    failure = UpstreamUnavailable(status=503)
    assert Pauses(Repeat.READ, 0.1, deadline_at=elapsed_s())(failure) is False
    assert Pauses(Repeat.NEVER, 0.1, deadline_at=elapsed_s() + 60)(failure) is False


async def test_shorter_deadline_keeps_an_earlier_one(world: World, network: InMemoryTransport) -> None:
    operation_ends_at = elapsed_s() + 60
    async with transport.client(network) as http:
        calls = Calls(http, settings_for(world))
        operation = Calls(http, settings_for(world), deadline_at=operation_ends_at)
        assert operation.within(3600).deadline_at == operation_ends_at
        for part in (calls.within(2), operation.within(2), operation.within(2).within(30)):
            assert part.deadline_at is not None
            assert part.deadline_at < operation_ends_at
