"""The log has one line for each step of a submission, by which its key, session, cart and order are found."""

import io
import json
from datetime import UTC, datetime

import pytest

from gateway.sessions.session_hash import SessionHashes
from sandbox.model.world import World
from tests.submission.lost_submissions import status_of
from tests.support.recorded_log import lines_with
from tests.support.shop import SUBMIT, Clock, Shopper, eventually, new_key, settings_for


def steps(log: io.StringIO, key: str) -> list[str]:
    return [line["event"] for line in lines_with(log, key=key)]


async def test_placed_order_has_a_line_for_each_step(shopper: Shopper, log: io.StringIO) -> None:
    await shopper.get_ready()
    key = new_key()
    number = (await shopper.storefront.outcome(key))["order"]["number"]
    assert steps(log, key) == ["submission reserved", "submission sent", "submission outcome"]
    reserved, sent, outcome = lines_with(log, key=key)
    assert {line["session"] for line in (reserved, sent, outcome)} == {reserved["session"]}
    assert {line["request_id"] for line in (reserved, sent, outcome)} == {reserved["request_id"]}
    assert (outcome["outcome"], outcome["order"], outcome["cart"]) == ("PLACED", number, sent["cart"])
    (answered,) = lines_with(log, event="request answered", request_id=reserved["request_id"])
    assert (answered["outcome"], answered["level"]) == ("PLACED", "info")


async def test_blocked_submission_lists_its_blockers(shopper: Shopper, log: io.StringIO) -> None:
    await shopper.fill_cart()
    key = new_key()
    assert (await shopper.storefront.outcome(key))["__typename"] == "OrderBlocked"
    assert steps(log, key) == ["submission reserved", "submission outcome"]
    (line,) = lines_with(log, key=key, outcome="BLOCKED")
    assert line["codes"]


async def test_declined_submission_has_the_code_of_digital_river(shopper: Shopper, log: io.StringIO) -> None:
    await shopper.get_ready(owner__lastName="Decline:fraud_block")
    key = new_key()
    assert (await shopper.storefront.outcome(key))["__typename"] == "OrderDeclined"
    assert steps(log, key) == [
        "submission reserved",
        "submission sent",
        "submission refused",
        "submission outcome",
    ]
    (refused,) = lines_with(log, key=key, event="submission refused")
    assert refused["meaning"] == "DECLINE"


async def test_unsent_submission_is_reported_as_not_sent(shopper: Shopper, log: io.StringIO) -> None:
    await shopper.get_ready()
    await shopper.fault("drop-before", "/v1/shoppers/me/carts/active", method="GET")
    key = new_key()
    cart = {"total": {"amount": "1.00", "currencyCode": "USD"}, "revision": None}
    assert (await shopper.storefront.submit(key, **cart))["errors"]
    assert steps(log, key) == ["submission reserved", "submission not sent"]


@pytest.mark.slow
async def test_order_in_doubt_is_reconciled_with_its_evidence(
    reconciled_shopper: Shopper, clock: Clock, log: io.StringIO
) -> None:
    shopper = reconciled_shopper
    await shopper.get_ready()
    await shopper.fault("drop-after", SUBMIT, times=1)
    key = new_key()
    assert (await shopper.storefront.outcome(key))["__typename"] == "OrderInDoubt"
    (doubt,) = lines_with(log, key=key, event="submission outcome")
    assert (doubt["level"], doubt["outcome"]) == ("warning", "IN_DOUBT")
    clock.move(30)
    await eventually(lambda: bool(lines_with(log, key=key, event="submission reconciled")))
    (settled,) = lines_with(log, key=key, event="submission reconciled")
    assert (settled["outcome"], settled["evidence"]) == ("PLACED", "order")
    assert settled["order"] == settled["cart"] == doubt["cart"]
    assert settled["session"] == doubt["session"]
    assert await status_of(shopper.storefront, key) == "PLACED"


def test_hash_of_a_session_changes_every_day(world: World) -> None:
    settings = settings_for(world)
    first = SessionHashes(settings, lambda: datetime(2030, 1, 1, 23, 59, tzinfo=UTC))
    assert first.today("session") == first.on(datetime(2030, 1, 1, tzinfo=UTC).date(), "session")
    assert first.today("session") != first.on(datetime(2030, 1, 2, tzinfo=UTC).date(), "session")
    assert first.today("session") != first.today("other")
    other_key = SessionHashes(settings_for(world, api_secret="another-secret-of-the-api"), first._now)
    assert other_key.today("session") != first.today("session")


async def test_session_is_never_logged_by_its_id_or_handle(shopper: Shopper, log: io.StringIO) -> None:
    await shopper.get_ready()
    await shopper.storefront.outcome()
    handle = shopper.storefront.cookie
    assert handle
    assert handle not in log.getvalue()
    sessions = {json.loads(line).get("session") for line in log.getvalue().splitlines()} - {None}
    assert len(sessions) == 1
    assert all(len(session) == 16 for session in sessions)
