"""The rules fire for the failures that they are about, and not for a healthy shop."""

import pytest

from gateway.store.redis import RedisStore
from sandbox.model.world import World
from tests.support.alarm_rules import firing, rules
from tests.support.metric_values import Values, values
from tests.support.shop import (
    PACK,
    Clock,
    InMemoryTransport,
    Shopper,
    Storefront,
    eventually,
    gateway_on,
)
from tests.support.valkey import Valkey

CARD = "4111 1111 1111 1111"

SEARCH = "query($text: String!) { products(search: {text: $text}) { totalCount } }"

OPERATIONS, ERRORS = "riverfront_operations_total", "riverfront_operation_errors_total"

CALLS = "riverfront_upstream_calls_total"

CALL_SECONDS = "riverfront_upstream_call_seconds"

LAG = "riverfront_event_loop_lag_seconds"

LIMITS = "riverfront_limits_hit_total"

SUBMISSIONS = "riverfront_submissions_total"

Series = tuple[str, dict[str, str], float]

STAGED: dict[str, list[Series]] = {
    "GatewayDown": [("up", {}, 0)],
    "StoreDown": [("riverfront_store_up", {}, 0)],
    "NoOrders": [("riverfront_takes_orders", {}, 0), ("riverfront_store_up", {}, 1)],
    "StoreRefusesCommands": [("riverfront_store_errors_total", {"cause": "refused"}, 20)],
    "MemoryStoreFull": [(LIMITS, {"limit": "memory-store"}, 1)],
    "RecordsUnreadable": [("riverfront_session_records_unreadable_total", {}, 1)],
    "DoubtTooOld": [("riverfront_submissions_oldest_doubt_seconds", {}, 700)],
    "ManyDoubts": [(SUBMISSIONS, {"outcome": "in_doubt"}, 4)],
    "OutcomeNotStored": [("riverfront_submissions_unrecorded_total", {}, 1)],
    "SubmissionWithoutSession": [("riverfront_reconciliations_total", {"result": "session_ended"}, 1)],
    "ManyDeclines": [(SUBMISSIONS, {"outcome": "declined"}, 30), (SUBMISSIONS, {"outcome": "placed"}, 20)],
    "UpstreamFailing": [(CALLS, {"cause": "none"}, 70), (CALLS, {"cause": "timeout"}, 30)],
    "CircuitOpen": [("riverfront_upstream_circuit_open", {"resource": "carts"}, 1)],
    "QuotaUsedUp": [("riverfront_upstream_quota_shed_total", {"priority": "checkout"}, 200)],
    "QuotaRefusals": [("riverfront_upstream_quota_refusals_total", {}, 1)],
    "KeyRefused": [("riverfront_upstream_key_refusals_total", {"key": "api"}, 1)],
    "UpstreamSlow": [(f"{CALL_SECONDS}_bucket", {"le": "2.5"}, 80), (f"{CALL_SECONDS}_count", {}, 100)],
    "UpstreamRepeats": [("riverfront_upstream_requests_total", {}, 150), (CALLS, {"cause": "none"}, 100)],
    "NoFreeSlot": [("riverfront_upstream_slot_refusals_total", {}, 20)],
    "OperationsFailing": [(ERRORS, {"code": "STORE_UNAVAILABLE"}, 20), (OPERATIONS, {"outcome": "failed"}, 100)],
    "GatewayBug": [(OPERATIONS, {"outcome": "crashed"}, 1), (ERRORS, {"code": "INTERNAL_ERROR"}, 0)],
    "EventLoopLate": [(f"{LAG}_bucket", {"le": "0.1"}, 500), (f"{LAG}_count", {}, 600)],
    "MemoryHigh": [("process_resident_memory_bytes", {}, 600e6)],
    "FilesScarce": [("process_open_fds", {}, 900), ("process_max_fds", {}, 1000)],
    "Overloaded": [("riverfront_shed_total", {"priority": "public", "reason": "wait"}, 150)],
    "ConnectionsClosed": [(LIMITS, {"limit": "connections"}, 20)],
    "ManyTries": [(LIMITS, {"limit": "sign-in"}, 80), (LIMITS, {"limit": "decline"}, 40)],
    "PointsUsedUp": [(LIMITS, {"limit": "address-points"}, 101)],
    "CardNumbersSent": [("riverfront_security_events_total", {"event": "card"}, 11)],
    "PagesRefused": [("riverfront_security_events_total", {"event": "origin"}, 60)],
    "SpansLost": [("riverfront_trace_spans_total", {"result": "failed"}, 200)],
}
"""What Prometheus reads when the alarm must fire: series, labels, and value or growth."""


def scraped(series: list[Series]) -> Values:
    return {(name, frozenset(labels.items())): value for name, labels, value in series}


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule["alert"])
def test_alarm_fires_for_its_failure_alone(rule: dict[str, str]) -> None:
    name = rule["alert"].removeprefix("Riverfront")
    assert firing({}, scraped(STAGED[name])) == {name}
    assert firing({}, scraped([(series, labels, 0) for series, labels, _ in STAGED[name]])) <= {
        "GatewayDown",
        "StoreDown",
    }


async def test_no_alarm_fires_in_a_healthy_shop(shopper: Shopper) -> None:
    before = values()
    await shopper.get_ready()
    await shopper.storefront.outcome()
    assert firing(before, values()) == set()


def test_few_failures_at_night_wake_no_operator() -> None:
    calls = [(CALLS, {"cause": "none"}, 4.0), (CALLS, {"cause": "timeout"}, 4.0)]
    operations = [(ERRORS, {"code": "UPSTREAM_TIMEOUT"}, 4.0), (OPERATIONS, {"outcome": "failed"}, 8.0)]
    assert firing({}, scraped([*calls, *operations])) == set()


async def test_unreachable_upstream_fires_its_alarms(shopper: Shopper) -> None:
    await shopper.storefront.add(PACK)
    before = values()
    await shopper.control(
        "faults", {"kind": "status", "status": 503, "path": "/v1/shoppers/me/carts/active", "times": 99}
    )
    for _ in range(5):
        await shopper.storefront.ask("{ cart { id } }")
    assert firing(before, values()) == {"UpstreamFailing", "UpstreamRepeats", "OperationsFailing"}


async def test_dead_store_fires_its_alarms(
    world: World, network: InMemoryTransport, clock: Clock, own_valkey: Valkey
) -> None:
    async with gateway_on(RedisStore(own_valkey.url, timeout_s=10), world, network, clock) as storefront:
        await storefront.add(PACK)
        before = values()
        own_valkey.stop()
        for _ in range(5):
            await storefront.ask("{ cart { id } }")
        await eventually(lambda: values()["riverfront_store_up", frozenset()] == 0)
        assert firing(before, values()) == {"StoreDown", "OperationsFailing"}


async def test_form_that_sends_card_numbers_fires_an_alarm(storefront: Storefront) -> None:
    before = values()
    for _ in range(11):
        await storefront.ask(SEARCH, text=CARD)
    assert firing(before, values()) == {"CardNumbersSent"}
