"""Equal lines of an outage are folded: one at once, then one a minute with the number of the others."""

import ast
import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gateway.telemetry import logs
from gateway.telemetry.logs import FOLD_S, MOST_FOLDED, Folding, StandardError
from sandbox.model.world import World
from tests.support.shop import CART, SUBMIT, Clock, Shopper, new_key

ROOT = Path(__file__).parents[2]

ABOUT_ORDERS = ("gateway/submission", "gateway/orders", "gateway/checkout", "resolvers/submissions.py")
"""Rooms whose lines are never folded."""


class Written:
    """The log of the gateway's own handler, in a file."""

    def __init__(self, path: Path, handler: StandardError) -> None:
        self._path = path
        self.handler = handler

    @property
    def lines(self) -> list[dict[str, Any]]:
        lines = [json.loads(line) for line in self._path.read_text().splitlines()]
        return [line for line in lines if line["logger"] != "httpx"]  # The client of the test.

    def events(self, name: str) -> list[dict[str, Any]]:
        return [line for line in self.lines if line["event"] == name]


@pytest.fixture
def written(tmp_path: Path, clock: Clock) -> Iterator[Written]:
    path = tmp_path / "log"
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    with path.open("w", buffering=1) as stream:
        handler = StandardError(stream, clock.elapsed)
        root.handlers[:] = [handler]
        root.setLevel(logging.INFO)
        yield Written(path, handler)
        root.handlers[:] = handlers
        root.setLevel(level)


async def test_outage_costs_few_lines_besides_those_of_requests(
    shopper: Shopper, world: World, written: Written, clock: Clock
) -> None:
    await shopper.fill_cart()
    await shopper.fault("status", CART, method="GET", status=503)
    before, calls_before = len(written.lines), world.calls.count("GET", CART)
    page = "{ a: cart { id } b: cart { id } c: cart { id } d: cart { id } e: cart { id } }"
    for _ in range(40):
        await shopper.storefront.ask(page)
    lines = written.lines[before:]
    others = [line for line in lines if line["event"] != "request answered"]
    assert len(lines) - len(others) == 40, "each request has its own line"
    events = {"upstream call failed", "field not resolved", "calls to Digital River are held back, as too many failed"}
    assert {line["event"] for line in others} == events
    assert len(others) == 4, "it was 15 for one page"

    clock.move(FOLD_S)
    await shopper.storefront.ask("{ storefront { locales } }")
    first, later = written.events("upstream call failed")
    assert "suppressed" not in first
    assert later["suppressed"] == world.calls.count("GET", CART) - calls_before - 1
    assert (later["call"], later["status"], later["level"]) == (first["call"], 503, "warning")
    assert "request_id" in first
    assert "request_id" not in later, "it belongs to many requests"
    unresolved = written.events("field not resolved")
    reasons = {line["reason"] for line in unresolved}
    assert len(reasons) + sum(line.get("suppressed", 0) for line in unresolved) == 40 * 5


async def test_nothing_about_an_order_is_folded(shopper: Shopper, written: Written) -> None:
    keys = [new_key() for _ in range(3)]
    await shopper.fill_cart()
    for key in keys:
        await shopper.pay_with(owner__lastName="Decline:fraud_block")
        await shopper.storefront.outcome(key)
    for event in ("submission reserved", "submission sent", "submission refused", "submission outcome"):
        assert [line["key"] for line in written.events(event)] == keys, event
    refused = [line for line in written.events("upstream call refused") if line["call"] == f"POST {SUBMIT}"]
    assert len(refused) == 3


async def test_outages_of_submissions_are_not_folded(shopper: Shopper, written: Written, clock: Clock) -> None:
    await shopper.fault("status", SUBMIT, status=503)
    for _ in range(3):
        await shopper.get_ready()
        await shopper.storefront.outcome()
        shopper.storefront.cookie = None
        clock.move(1)
    failed = [line for line in written.events("upstream call failed") if line["call"] == f"POST {SUBMIT}"]
    assert len(failed) == 3
    assert all(line["upstream_request_id"] for line in failed)


@pytest.mark.parametrize("path", ABOUT_ORDERS)
def test_code_about_orders_folds_no_line(path: str) -> None:
    files = [ROOT / path] if path.endswith(".py") else sorted((ROOT / path).rglob("*.py"))
    assert files
    names = {node.id for file in files for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Name)}
    assert "FOLDED" not in names


def record(number: int) -> logging.LogRecord:
    made = logging.LogRecord("gateway.anything", logging.WARNING, "", 0, "something", None, None)
    made.__dict__ |= {"is_folded": True, "code": f"code-{number}"}
    return made


def test_number_of_counted_lines_is_limited() -> None:
    folding, written = Folding(lambda: 0), 0
    for number in range(10 * MOST_FOLDED):
        assert folding.admits(record(number))
        assert not folding.admits(record(number))
        written += sum(line.__dict__["suppressed"] for line in folding.due())
        assert len(folding._repeats) <= MOST_FOLDED
    written += sum(line.__dict__["suppressed"] for line in folding.due(at_end=True))
    assert written == 10 * MOST_FOLDED, "no line is lost"
    assert not folding._repeats


def test_line_is_written_once_a_minute_until_it_ends() -> None:
    now = 0.0
    folding = Folding(lambda: now)
    assert folding.admits(record(1))
    for minute in range(1, 4):
        assert not folding.admits(record(1))
        assert not folding.admits(record(1))
        assert [*folding.due()] == []
        now = minute * FOLD_S
        assert [line.__dict__["suppressed"] for line in folding.due()] == [2]
    now += FOLD_S
    assert [*folding.due()] == []
    assert folding.admits(record(1)), "after a minute without such a line, the next is written at once"


def test_folded_lines_are_written_when_the_process_ends(written: Written) -> None:
    log = logging.getLogger("gateway.anything")
    for _ in range(3):
        log.warning("something", extra=logs.FOLDED)
    written.handler.close()
    assert [line.get("suppressed") for line in written.events("something")] == [None, 2]


def test_warnings_of_packages_are_folded_and_their_details_are_not(written: Written) -> None:
    library = logging.getLogger("library")
    for number in range(3):
        library.warning("connection %s lost", number)
        library.info("connected to %s", number)
    assert len(written.events("connection %s lost")) == 1
    assert len(written.events("connected to %s")) == 3


def test_line_of_uncaught_exception_has_no_message(log: io.StringIO) -> None:
    try:
        raise ValueError("planted")
    except ValueError as error:
        logs.log_uncaught(type(error), error, error.__traceback__)
    (line,) = [json.loads(line) for line in log.getvalue().splitlines()]
    assert (line["event"], line["level"]) == ("process crashed", "critical")
    assert "ValueError at http/test_folded_lines.py" in line["exception"]
    assert "planted" not in str(line)
