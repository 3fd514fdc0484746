"""The gateway sends every call that docs/coverage.csv marks as needed, and the sandbox answers the call."""

import pytest

from tests.support.coverage_page import page
from tests.support.upstream_calls import INVENTORY, SETTINGS, call, coverage, inventory, parsed_calls

pytestmark = pytest.mark.slow

PAGE = INVENTORY.with_suffix(".md")


def test_needed_upstream_calls_are_sent_and_answered_by_sandbox() -> None:
    calls = coverage()
    missing = {
        f"{row.call}: {'the gateway never sends it' if row.call in calls.answered else 'the sandbox has no route'}"
        for row in calls.rows
        if calls.is_needed(row) and not calls.is_covered(row)
    }
    assert missing == set(), (
        "These calls are a must, a should, or the source of a graph field, but are not covered. Send each call in a "
        "method of gateway/upstream/endpoints that is used, and route the call in sandbox/app.py; or name a call with "
        "the same effect in the last column of docs/coverage.csv. The method must build the path itself: a path that "
        "its caller passes is not recognized (tests/support/gateway_calls.py)."
    )


def test_coverage_page_of_the_docs_is_current() -> None:
    assert PAGE.read_text() == page(), "run `make schema`, which writes docs/coverage.md too"


def test_gateway_sends_the_call_listed_in_place_of_another() -> None:
    calls = coverage()
    for row in (row for row in calls.rows if row.instead):
        assert row.call not in calls.sent, f"{row.call} is sent, so remove its substitute from docs/coverage.csv"
        if row.instead != SETTINGS:
            substitute = call(*row.instead.split())
            assert substitute in calls.sent & calls.answered, f"the substitute of {row.call} is not used"


def test_coverage_csv_lists_each_upstream_call_once() -> None:
    calls = [row.call for row in inventory()]
    assert len(calls) == len(set(calls)) > 140


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (" none.", []),
        (" POST /oauth20/token.", ["POST /oauth20/token"]),
        (" POST and DELETE …/tax.", ["POST …/tax", "DELETE …/tax"]),
        (" DELETE …/a or DELETE …/b.", ["DELETE …/a", "DELETE …/b"]),
        (" PUT …/a and …/b, or apply-a.", ["PUT …/a", "PUT …/b"]),
        (" GET /a, or /b with a keyword.", ["GET /a", "GET /b"]),
        (" GET /a?b=…; if that fails, GET /c completed.", ["GET /a", "GET /c"]),
        (" POST /a/{id}/…", ["POST /a/{id}/…"]),
    ],
)
def test_upstream_calls_are_parsed_from_descriptions(text: str, expected: list[str]) -> None:
    assert [f"{method} {path}" for method, path in parsed_calls(text)] == expected
