"""Requests with the same new document share one reading, whatever comes of it, and few wait for it."""

import asyncio
from collections import Counter
from collections.abc import Awaitable

import pytest

from gateway.documents.card_numbers import Screen
from gateway.documents.errors import DocumentRefused
from gateway.documents.known_documents import PreparedOperation
from gateway.documents.registry import Documents
from gateway.documents.remembered import LARGEST_SHARE, MAX_PARSED_CHARACTERS
from gateway.documents.shared_readings import MOST_SHARING
from gateway.documents.turns import MAX_OF_CLIENT, ROUNDS_BETWEEN_STEPS
from sandbox.model.world import World
from schema.build import build
from tests.support.shop import VISA, settings_for

LOCALES = "{ storefront { locales } }"

SECRET = """mutation { signIn(input: {credentials: {password: {username: "a", password: "pass0731"}}}) {
  errors { code } } }"""

ROUNDS_OF_A_READING = 10 * ROUNDS_BETWEEN_STEPS
"""Rounds of the event loop in which one document is read, and all that wait for it have ended."""

KINDS = {
    "valid": (LOCALES, "executed"),
    "not remembered, because it has a secret": (SECRET, "executed"),
    "not remembered, because it is long": (LOCALES + "#" * (MAX_PARSED_CHARACTERS // LARGEST_SHARE), "executed"),
    "invalid": ("{ nothing }", "GRAPHQL_VALIDATION_FAILED"),
    "malformed": ("{", "GRAPHQL_PARSE_FAILED"),
    "nested too deeply": ("{ a " * 50 + "}" * 50, "OPERATION_TOO_EXPENSIVE"),
}


@pytest.fixture
def documents(world: World) -> Documents:
    graph = build(suggests=True)
    return Documents(graph.core, graph.directive_tables, settings_for(world))


def prepared(documents: Documents, source: str, address: str = "203.0.113.5") -> Awaitable[PreparedOperation]:
    return documents.prepare(source, None, None, {}, Screen(), over_get=False, address=address)


async def outcome(documents: Documents, source: str) -> str:
    try:
        await prepared(documents, source)
    except DocumentRefused as refused:
        return refused.code.value
    return "executed"


@pytest.mark.parametrize(("source", "expected"), KINDS.values(), ids=KINDS)
async def test_same_new_document_is_read_once_for_all(documents: Documents, source: str, expected: str) -> None:
    requests = [asyncio.create_task(outcome(documents, source)) for _ in range(4 * MAX_OF_CLIENT)]
    for _ in range(ROUNDS_OF_A_READING):
        await asyncio.sleep(0)
    assert [request.done() for request in requests] == [True] * len(requests)
    assert {request.result() for request in requests} == {expected}


async def test_each_request_has_an_error_of_its_own(documents: Documents) -> None:
    sent = [prepared(documents, "{ nothing }") for _ in range(3)]
    errors = await asyncio.gather(*sent, return_exceptions=True)
    assert len({id(error) for error in errors}) == 3
    assert len({id(error.facts) for error in errors if isinstance(error, DocumentRefused)}) == 3


async def test_card_numbers_of_one_client_are_limited_like_new_documents(documents: Documents) -> None:
    source = f"{LOCALES} # {VISA}"
    outcomes = await asyncio.gather(*[outcome(documents, source) for _ in range(MAX_OF_CLIENT + 10)])
    # The first is read while the others wait for it. Then one is read while as many wait as may.
    assert Counter(outcomes) == {"BAD_USER_INPUT": MAX_OF_CLIENT + 2, "RATE_LIMITED": 8}


async def test_number_of_requests_that_share_is_limited(documents: Documents) -> None:
    outcomes = await asyncio.gather(*[outcome(documents, LOCALES) for _ in range(MOST_SHARING + 6)])
    assert Counter(outcomes) == {"executed": MOST_SHARING + 1, "RATE_LIMITED": 5}
    assert await outcome(documents, "{ nothing }") == "GRAPHQL_VALIDATION_FAILED"


async def test_request_that_ends_while_it_reads_fails_no_other(documents: Documents) -> None:
    first, *others = [asyncio.create_task(outcome(documents, LOCALES)) for _ in range(5)]
    await asyncio.sleep(0)
    first.cancel()
    assert set(await asyncio.gather(*others)) == {"executed"}
    # They have read it twice, so it is known: the third is the one that the first two have made known.
    known = await prepared(documents, LOCALES)
    assert (await prepared(documents, LOCALES)).operation is known.operation
