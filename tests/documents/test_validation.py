"""The gateway finds the same errors in a document as graphql-core's `validate`, in the same order."""

import re
from random import Random

import pytest
from graphql import (
    ASTValidationRule,
    DocumentNode,
    GraphQLSyntaxError,
    ValuesOfCorrectTypeRule,
    parse,
    specified_rules,
    validate,
)

from gateway.documents.error_messages import FewSuggestions, LiteralRule
from gateway.documents.valid_names import LISTING_RULES
from gateway.documents.validation import MAX_ERRORS, validation_errors
from schema.build import build
from tests.support.costly_documents import ACCEPTED_DOCUMENTS, REFUSED_DOCUMENTS
from tests.support.shop import documents

GRAPHQL_CORE: list[type[ASTValidationRule]] = [
    FewSuggestions,
    *((LISTING_RULES | {ValuesOfCorrectTypeRule: LiteralRule}).get(rule, rule) for rule in specified_rules),
]

TOKENS = re.compile(r"\w+|\S|\s+")

COSTLY = dict(ACCEPTED_DOCUMENTS) | {name: text for name, text, _ in REFUSED_DOCUMENTS}

SHARED = """
query A($id: ID!) { product(by: {upstreamId: $id}) { ...P } }
query B($id: String, $unused: Int) { product(by: {upstreamId: $id}) { ...P ...P @skip(if: $no) @skip(if: $no) } }
fragment P on Product { name ...Q } fragment Q on Product { id ...P } fragment R on Product { id }
"""


def errors_of(document: DocumentNode) -> list[tuple[str, object]]:
    errors = validation_errors(build(suggests=True).core, document, development=True)
    return [(error.message, error.locations) for error in errors]


def errors_by_graphql_core(document: DocumentNode) -> list[tuple[str, object]]:
    errors = validate(build(suggests=True).core, document, GRAPHQL_CORE, MAX_ERRORS)
    return [(error.message, error.locations) for error in errors]


def changed(source: str, random: Random) -> str:
    """The document after a few of its tokens were removed, doubled or replaced by others of its tokens."""
    tokens = TOKENS.findall(source)
    for _ in range(random.randint(1, 3)):
        position = random.randrange(len(tokens))
        tokens[position] = random.choice(["", tokens[position] * 2, random.choice(tokens), random.choice(tokens)])
    return "".join(tokens)


@pytest.mark.parametrize("name", documents())
def test_errors_of_a_changed_document_are_those_of_graphql_core(name: str) -> None:
    random, source, count = Random(name), documents()[name], 0  # noqa: S311 - no secret
    assert errors_of(parse(source)) == errors_by_graphql_core(parse(source)) == []
    while count < 4:
        try:
            document = parse(changed(source, random))
        except GraphQLSyntaxError:
            continue
        count += 1
        assert errors_of(document) == errors_by_graphql_core(document)


@pytest.mark.parametrize("source", [*COSTLY.values(), SHARED], ids=[*COSTLY, "shared fragments"])
def test_errors_of_a_costly_document_are_those_of_graphql_core(source: str) -> None:
    try:
        document = parse(source)
    except GraphQLSyntaxError:
        return
    assert errors_of(document) == errors_by_graphql_core(document)


def test_document_without_positions_has_the_same_errors() -> None:
    document = parse(SHARED, no_location=True)
    assert errors_of(document) == errors_by_graphql_core(document)
