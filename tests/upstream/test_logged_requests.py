"""Each request to Digital River that failed or was slow has a log line with its name, status, duration and try."""

import io
from typing import Literal

import httpx
import pytest

from gateway.telemetry.logs import VARYING_FIELDS
from sandbox.app import create_app as create_sandbox
from sandbox.model.world import World
from tests.support.recorded_log import lines_with
from tests.support.shop import CART, SUBMIT, Clock, InMemoryTransport, Shopper, gateway, new_key

READ_CART = "GET /v1/shoppers/me/carts/active"


async def test_each_try_of_a_failed_read_is_logged(shopper: Shopper, log: io.StringIO) -> None:
    await shopper.fill_cart()
    await shopper.fault("status", CART, method="GET", status=503, times=2)
    answer = await shopper.storefront.ask("{ cart { id } }")
    assert answer.data["cart"]
    lines = lines_with(log, event="upstream call failed", call=READ_CART)
    assert [(line["try"], line["status"], line["level"]) for line in lines] == [
        (1, 503, "warning"),
        (2, 503, "warning"),
    ]
    assert all(line["duration_ms"] >= 0 for line in lines)
    assert all(len(line["upstream_request_id"]) == 36 for line in lines), "the id by which Digital River finds the call"
    assert len({line["upstream_request_id"] for line in lines}) == 2
    assert {line["request_id"] for line in lines} == {answer.headers["x-request-id"]}


async def test_refused_call_has_the_id_of_digital_river(shopper: Shopper, log: io.StringIO) -> None:
    await shopper.get_ready(owner__lastName="Decline:fraud_block")
    await shopper.storefront.outcome()
    (line,) = lines_with(log, event="upstream call refused", call=f"POST {SUBMIT}")
    assert (line["level"], line["status"], line["try"]) == ("info", 409, 1)
    assert line["upstream_request_id"]


@pytest.mark.parametrize("status", [409, 429])
async def test_used_up_quota_is_a_warning(
    shopper: Shopper, world: World, log: io.StringIO, status: Literal[409, 429]
) -> None:
    await shopper.fill_cart()
    world.switches.rate_limit_status = status
    await shopper.fault("status", CART, method="GET", status=status, code="rate-limit-quota-exceeded", times=1)
    await shopper.storefront.ask("{ cart { id } }")
    (line,) = lines_with(log, event="upstream call failed", call=READ_CART)
    assert (line["level"], line["status"]) == ("warning", status)


async def test_lost_connection_names_its_cause(shopper: Shopper, network: InMemoryTransport, log: io.StringIO) -> None:
    await shopper.fill_cart()
    await shopper.fault("drop-after", CART, method="GET", times=1)
    await shopper.storefront.ask("{ cart { id } }")
    (line,) = lines_with(log, event="upstream call failed", call=READ_CART)
    assert (line["reason"], line.get("status")) == ("ReadError", None)
    network.unreachable.add(CART)
    await shopper.storefront.ask("{ cart { id } }")
    lines = lines_with(log, event="upstream not reached", call=READ_CART)
    assert [line["try"] for line in lines] == [1, 2, 3]
    assert {line["reason"] for line in lines} == {"ConnectError"}


class SlowTransport(InMemoryTransport):
    """A network on which each read of the cart takes five seconds of the test's clock."""

    clock: Clock

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = await super().handle_async_request(request)
        if (request.method, request.url.path) == ("GET", CART):
            self.clock.move(5)
        return answer


async def test_slow_call_is_logged(world: World, clock: Clock, log: io.StringIO) -> None:
    network = SlowTransport(create_sandbox(world))
    network.clock = clock
    async with gateway(world, network, clock, slow_call_s=4) as storefront:
        await storefront.add("5401230100")
        log.seek(0)
        log.truncate()
        await storefront.ask("{ cart { id } }")
    (line,) = lines_with(log, event="upstream call slow", call=READ_CART)
    assert (line["status"], line["level"]) == (200, "warning")
    assert 5000 <= line["duration_ms"] < 10_000


class BrokenIds(InMemoryTransport):
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = await super().handle_async_request(request)
        if "x-dr-requestid" in answer.headers:
            answer.headers["x-dr-requestid"] = "planted <ada@example.com>"
        return answer


async def test_malformed_id_of_digital_river_is_not_logged(world: World, clock: Clock, log: io.StringIO) -> None:
    async with gateway(world, BrokenIds(create_sandbox(world)), clock) as storefront:
        await storefront.ask('{ product(by: {upstreamId: "none"}) { id } }')
    assert lines_with(log, event="upstream call refused")
    assert "planted" not in log.getvalue()


@pytest.mark.parametrize("name", sorted(VARYING_FIELDS - {"suppressed"}))
async def test_failed_submission_is_logged_with_each_detail(shopper: Shopper, log: io.StringIO, name: str) -> None:
    await shopper.get_ready()
    await shopper.fault("status", SUBMIT, status=503, times=1)
    await shopper.storefront.outcome(new_key())
    (line,) = lines_with(log, event="upstream call failed", call=f"POST {SUBMIT}")
    assert line[name]
