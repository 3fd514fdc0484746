"""What upstream offers and a storefront needs is in the gateway and in the sandbox, and the page says so."""

import pytest

from tests.support.coverage_page import page
from tests.support.upstream_calls import INVENTORY, SETTINGS, call, coverage, inventory, source_calls

pytestmark = pytest.mark.slow

PAGE = INVENTORY.with_suffix(".md")


def test_what_a_storefront_needs_of_upstream_is_covered() -> None:
    told = coverage()
    missing = {
        f"{row.call}: {'the gateway never sends it' if row.call in told.answered else 'the sandbox has no route'}"
        for row in told.rows
        if told.is_needed(row) and not told.is_covered(row)
    }
    assert missing == set(), (
        "A call that is a must, a should, or the source of a member is not covered. Send it in a method of "
        "gateway/upstream that is used and route it in sandbox/app.py; or, where another call that is sent does the "
        "same, name that one in the last column of docs/coverage.csv. The path must be put together inside "
        "gateway/upstream: what only callers know of it cannot be seen (tests/support/gateway_calls.py)."
    )


def test_the_page_is_true() -> None:
    assert PAGE.read_text() == page(), "run `make schema`, which writes docs/coverage.md too"


def test_a_call_that_stands_for_another_is_sent_and_answered_and_the_other_is_not_sent() -> None:
    told = coverage()
    for row in (row for row in told.rows if row.instead):
        assert row.call not in told.sent, f"{row.call} is sent itself: nothing stands for it in docs/coverage.csv"
        if row.instead != SETTINGS:
            other = call(*row.instead.split())
            assert other in told.sent & told.answered, f"{row.call} is said to be covered by {other}"


def test_the_inventory_names_each_call_once() -> None:
    calls = [row.call for row in inventory()]
    assert len(calls) == len(set(calls)) > 140


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (" gateway.", []),
        (" formatted…, or gateway.", []),
        (" gateway, over POST /oauth20/token.", ["POST /oauth20/token"]),
        (" POST and DELETE …/tax.", ["POST …/tax", "DELETE …/tax"]),
        (" DELETE …/a or DELETE …/b.", ["DELETE …/a", "DELETE …/b"]),
        (" PUT …/a and …/b, or apply-a.", ["PUT …/a", "PUT …/b"]),
        (" GET /a, or /b with a keyword.", ["GET /a", "GET /b"]),
        (" GET /a?b=…, else GET /c completed.", ["GET /a", "GET /c"]),
        (" POST /a/{id}/…", ["POST /a/{id}/…"]),
    ],
)
def test_calls_are_read_from_what_a_description_names_as_its_source(text: str, expected: list[str]) -> None:
    assert [f"{method} {path}" for method, path in source_calls(text)] == expected
