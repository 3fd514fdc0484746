"""The rules fire for the failures that they are about, and not for a healthy shop."""

import math
import re

import pytest

from gateway.metrics.declaring import MOST_AT_START
from gateway.store.redis import RedisStore
from sandbox.model.world import World
from tests.support.alarm_rules import SELECTOR, holding, name_of, rules
from tests.support.metric_values import Values, values
from tests.support.metrics_page import AnyMetric, all_metrics, family_of
from tests.support.shop import (
    CART,
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
    "GatewayDown": [("up", {"instance": "a"}, 1), ("up", {"instance": "b"}, 0)],
    "NoGateway": [("up", {"job": "another"}, 1)],
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
    "GatewayBug": [("riverfront_internal_errors_total", {}, 1)],
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


UP: Values = {("up", frozenset()): 1}
"""What Prometheus adds to the metrics of a process that answers."""


def scraped(series: list[Series]) -> Values:
    """What Prometheus reads of processes with these series, which answer if nothing else is said."""
    read = {(name, frozenset(labels.items())): value for name, labels, value in series}
    return read if any(name == "up" for name, _ in read) else read | UP


def scrape() -> Values:
    """What Prometheus reads of this process."""
    return values() | UP


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule["alert"])
def test_alarm_fires_for_its_failure_alone(rule: dict[str, str]) -> None:
    name = name_of(rule)
    assert holding({}, scraped(STAGED[name])) == {name}
    assert holding({}, scraped([(series, labels, 0) for series, labels, _ in STAGED[name]])) <= {
        "GatewayDown",
        "NoGateway",
        "StoreDown",
    }


def test_alarm_of_a_first_event_counts_series_that_exist_before() -> None:
    """Prometheus computes growth from two values of a series. One that begins with the first event has none."""
    exist = {f"{family_of(metric).name}_total" for metric in all_metrics() if begins_with_all_series(metric)}
    for rule in rules():
        if re.fullmatch(r"sum\(increase\(\S+\)\) > 0", rule["expr"]):
            ((name, _, _),) = SELECTOR.findall(rule["expr"])
            assert name in exist, name_of(rule)
        else:
            assert not re.search(r"increase\([^)]*\)\) > 0", rule["expr"]), name_of(rule)


def begins_with_all_series(metric: AnyMetric) -> bool:
    numbers = [len(label.values) - 1 for label in metric.label_list]
    return all(label.is_complete for label in metric.label_list) and math.prod(numbers) <= MOST_AT_START


async def test_bug_of_the_gateway_fires_its_alarm(shopper: Shopper, network: InMemoryTransport) -> None:
    await shopper.storefront.add(PACK)
    before = scrape()
    network.broken.add(CART)
    assert (await shopper.storefront.ask("{ cart { id } }")).codes == ["INTERNAL_ERROR"]
    assert "GatewayBug" in holding(before, scrape())


async def test_no_alarm_fires_in_a_healthy_shop(shopper: Shopper) -> None:
    before = scrape()
    await shopper.get_ready()
    await shopper.storefront.outcome()
    assert holding(before, scrape()) == set()


def test_few_failures_at_night_wake_no_operator() -> None:
    calls = [(CALLS, {"cause": "none"}, 4.0), (CALLS, {"cause": "timeout"}, 4.0)]
    operations = [(ERRORS, {"code": "UPSTREAM_TIMEOUT"}, 4.0), (OPERATIONS, {"outcome": "failed"}, 8.0)]
    assert holding({}, scraped([*calls, *operations])) == set()


async def test_unreachable_upstream_fires_its_alarms(shopper: Shopper) -> None:
    await shopper.storefront.add(PACK)
    before = scrape()
    await shopper.control(
        "faults", {"kind": "status", "status": 503, "path": "/v1/shoppers/me/carts/active", "times": 99}
    )
    for _ in range(5):
        await shopper.storefront.ask("{ cart { id } }")
    assert holding(before, scrape()) == {"UpstreamFailing", "UpstreamRepeats", "OperationsFailing"}


async def test_dead_store_fires_its_alarms(
    world: World, network: InMemoryTransport, clock: Clock, own_valkey: Valkey
) -> None:
    async with gateway_on(RedisStore(own_valkey.url, timeout_s=10), world, network, clock) as storefront:
        await storefront.add(PACK)
        before = scrape()
        own_valkey.stop()
        for _ in range(5):
            await storefront.ask("{ cart { id } }")
        await eventually(lambda: values()["riverfront_store_up", frozenset()] == 0)
        assert holding(before, scrape()) == {"StoreDown", "OperationsFailing"}


async def test_form_that_sends_card_numbers_fires_an_alarm(storefront: Storefront) -> None:
    before = scrape()
    for _ in range(11):
        await storefront.ask(SEARCH, text=CARD)
    assert holding(before, scrape()) == {"CardNumbersSent"}
