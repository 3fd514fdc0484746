"""The level of a request's log line depends on whether an operator must act: never, if it repeats, or now."""

import io
import logging

import pytest

from gateway.enums import ErrorCode, SubmissionStatus
from gateway.errors import TopLevelCode
from gateway.http import log_levels
from gateway.http.log_levels import OPERATOR_ACTS, OPERATOR_WATCHES, SHOPPER_ACTS, level_of
from tests.support.recorded_log import lines_with
from tests.support.shop import CART, PACK, InMemoryTransport, Shopper, Storefront


def test_every_code_has_one_level() -> None:
    groups = (SHOPPER_ACTS, OPERATOR_WATCHES, OPERATOR_ACTS)
    listed = [code for group in groups for code in group]
    assert {*listed} == {*TopLevelCode, *ErrorCode}
    names = [{code.name for code in group} for group in groups]
    assert sum(len(group) for group in names) == len(log_levels.LEVELS), "a name has one level"
    assert {status.name for status in SubmissionStatus} >= log_levels.WATCHED_OUTCOMES


@pytest.mark.parametrize(
    ("codes", "payload_codes", "outcome", "level"),
    [
        ((), ("COUPON_INVALID",), None, logging.INFO),
        (("BAD_USER_INPUT",), (), None, logging.INFO),
        ((), (), "DECLINED", logging.INFO),
        ((), (), "IN_DOUBT", logging.WARNING),
        (("SESSION_EXPIRED", "UPSTREAM_TIMEOUT"), (), None, logging.WARNING),
        ((), ("INVALID_INPUT", "STORE_UNAVAILABLE"), None, logging.WARNING),
        (("UPSTREAM_TIMEOUT", "INTERNAL_ERROR"), (), None, logging.ERROR),
        (("unknown",), (), None, logging.ERROR),
    ],
)
def test_highest_level_counts(
    codes: tuple[str, ...], payload_codes: tuple[str, ...], outcome: str | None, level: int
) -> None:
    assert level_of(codes, payload_codes, outcome) == level


async def test_mistake_of_a_shopper_is_information(storefront: Storefront, log: io.StringIO) -> None:
    await storefront.add(PACK)
    await storefront.ask('mutation { applyOffer(input: {offer: {couponCode: "nothing"}}) { errors { code } } }')
    (line,) = lines_with(log, event="request answered", payload_codes=["COUPON_INVALID"])
    assert (line["level"], line["codes"]) == ("info", [])


async def test_outage_is_a_warning_and_lists_each_code_once(shopper: Shopper, log: io.StringIO) -> None:
    await shopper.fill_cart()
    await shopper.fault("status", CART, status=503)
    answer = await shopper.storefront.ask("{ cart { id } again: cart { id } }")
    assert answer.codes == ["UPSTREAM_UNAVAILABLE"] * 2
    (line,) = lines_with(log, event="request answered", codes=["UPSTREAM_UNAVAILABLE"])
    assert line["level"] == "warning"
    assert "outcome" not in line


async def test_crash_is_an_error(shopper: Shopper, network: InMemoryTransport, log: io.StringIO) -> None:
    await shopper.fill_cart()
    network.broken.add(CART)
    assert (await shopper.storefront.ask("{ cart { id } }")).codes == ["INTERNAL_ERROR"]
    (line,) = lines_with(log, event="request answered", codes=["INTERNAL_ERROR"])
    assert line["level"] == "error"
