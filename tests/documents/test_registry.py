"""The registry parses a document once and remembers it until newer documents need the space."""

import gc
import re
from weakref import ref

import pytest
from graphql import OperationType

from gateway.documents.card_numbers import Screen
from gateway.documents.errors import DocumentRefused
from gateway.documents.known_documents import PreparedOperation
from gateway.documents.manifest import sha256
from gateway.documents.registry import Documents
from gateway.documents.remembered import (
    MAX_PARSED,
    MAX_PARSED_CHARACTERS,
    MAX_TEXT_CHARACTERS,
    MAX_TEXTS,
    RecentTexts,
    RememberedDocuments,
)
from gateway.errors import TopLevelCode
from gateway.upstream.priority import Priority
from sandbox.model.world import World
from schema.build import build
from tests.support.at_once import at_once
from tests.support.shop import documents as example_documents
from tests.support.shop import settings_for

PRODUCTS = "query($n: Int!) { products(first: $n) { totalCount nodes { name } } }"
LOCALES = "{ storefront { locales } }"


@pytest.fixture
def documents(world: World) -> Documents:
    graph = build(suggests=True)
    return Documents(graph.core, graph.directive_tables, settings_for(world))


def prepare(
    documents: Documents,
    source: str | None = None,
    digest: str | None = None,
    *,
    over_get: bool = False,
    address: str | None = None,
    **more: object,
) -> PreparedOperation:
    return at_once(documents.prepare(source, digest, None, more, Screen(), over_get=over_get, address=address))


def test_known_document_is_not_parsed_again(documents: Documents) -> None:
    prepare(documents, LOCALES)
    first = prepare(documents, LOCALES).operation

    assert prepare(documents, LOCALES).operation is first
    assert prepare(documents, LOCALES, sha256(LOCALES)).operation is first
    assert prepare(documents, digest=sha256(LOCALES)).operation is first


SIGN_IN = "signIn(input: {credentials: {password: {username: %s, password: %s}}}) { errors { code } }"
SECRETS = {
    "literal": "mutation { " + SIGN_IN % ('"a"', '"pass0731"') + " }",
    "block string": "mutation($u: String!) { " + SIGN_IN % ("$u", '"""pass0731"""') + " }",
    "default of a variable": 'mutation($p: String! = "pass0731") { ' + SIGN_IN % ('"a"', "$p") + " }",
    "default of an input": "mutation($i: SignInInput! = {credentials: {password: {username: "
    '"a", password: "pass0731"}}}) { signIn(input: $i) { errors { code } } }',
    "fragment": "mutation { ...Entry } fragment Entry on Mutation { " + SIGN_IN % ('"a"', '"pass0731"') + " }",
    "assertion": 'mutation { signIn(input: {credentials: {merchantAssertion: "pass0731"}}) { errors { code } } }',
}


@pytest.mark.parametrize("source", SECRETS.values(), ids=SECRETS)
def test_document_with_a_secret_is_neither_remembered_nor_named(documents: Documents, source: str) -> None:
    for digest in (None, sha256(source)):
        assert prepare(documents, source, digest).facts.name == "sensitive literals"
    with pytest.raises(DocumentRefused, match="PERSISTED_QUERY_NOT_FOUND"):
        prepare(documents, digest=sha256(source))
    assert prepare(documents, source).operation is not prepare(documents, source).operation


def test_document_with_variables_for_secrets_is_remembered(documents: Documents) -> None:
    source = "mutation($u: String!, $p: String!) { " + SIGN_IN % ("$u", "$p") + " }"
    prepare(documents, source, sha256(source))
    assert prepare(documents, digest=sha256(source)).operation is prepare(documents, digest=sha256(source)).operation


def test_hash_selects_only_documents_that_were_sent_with_their_hash(documents: Documents) -> None:
    prepare(documents, LOCALES)
    with pytest.raises(DocumentRefused, match="PERSISTED_QUERY_NOT_FOUND"):
        prepare(documents, digest=sha256(LOCALES))
    prepare(documents, LOCALES, sha256(LOCALES))
    assert prepare(documents, digest=sha256(LOCALES)).facts.kind == "query"


def test_wrong_hash_of_a_known_document_is_rejected(documents: Documents) -> None:
    prepare(documents, LOCALES)
    with pytest.raises(DocumentRefused, match="BAD_USER_INPUT"):
        prepare(documents, LOCALES, "0" * 64)


def test_registry_returns_operation_with_variables_cost_and_cache_control(documents: Documents) -> None:
    prepared = prepare(documents, PRODUCTS, over_get=True, n=3)

    assert prepared.operation.kind is OperationType.QUERY
    assert prepared.variables == {"n": 3}
    assert prepared.card_fields == {}
    assert prepared.market is None
    assert prepared.facts.cost == 10 + 3
    assert prepared.cache_policy is not None
    assert prepared.cache_policy.is_public


def test_cost_is_computed_from_variables_of_each_request(documents: Documents) -> None:
    assert [prepare(documents, PRODUCTS, n=size).facts.cost for size in (3, 50, 3)] == [13, 60, 13]


def test_locale_is_taken_from_variables_of_each_request(documents: Documents) -> None:
    source = "query($locale: Locale) @inContext(locale: $locale) { storefront { locales } }"
    markets = [prepare(documents, source, locale=locale).market for locale in ("de-DE", "en-GB", None)]
    assert [market and market.locale for market in markets] == ["de-DE", "en-GB", None]


def test_error_has_name_type_and_cost_of_the_rejected_operation(documents: Documents) -> None:
    with pytest.raises(DocumentRefused) as caught:
        prepare(documents, PRODUCTS, n=5000)
    assert caught.value.code is TopLevelCode.OPERATION_TOO_EXPENSIVE
    facts = caught.value.facts
    assert (facts.name, facts.kind, facts.cost) == (f"sha256:{sha256(PRODUCTS)[:16]}", "query", 5010)


def test_least_recently_used_document_is_forgotten(documents: Documents) -> None:
    padding = " " * (MAX_PARSED_CHARACTERS // 5)
    sources = [f"{{ storefront {{ locales }} }} # {number}{padding}" for number in range(5)]
    for source in (*sources[:4], sources[0], sources[4]):
        for _ in range(2):
            prepare(documents, source, sha256(source))

    prepare(documents, digest=sha256(sources[0]))
    with pytest.raises(DocumentRefused, match="PERSISTED_QUERY_NOT_FOUND"):
        prepare(documents, digest=sha256(sources[1]))


def test_long_document_drives_out_no_other(documents: Documents) -> None:
    prepare(documents, LOCALES, sha256(LOCALES))
    for number in range(20):
        long = f"{{ storefront {{ locales }} }} # {number}{' ' * (MAX_PARSED_CHARACTERS * (number + 3) // 10)}"
        for digest in (None, sha256(long), sha256(long)):
            assert prepare(documents, long, digest).facts.kind == "query"
        with pytest.raises(DocumentRefused, match="PERSISTED_QUERY_NOT_FOUND"):
            prepare(documents, digest=sha256(long))
    assert prepare(documents, digest=sha256(LOCALES)).facts.kind == "query"


def test_flood_of_new_documents_leaves_those_sent_again(documents: Documents) -> None:
    for _ in range(2):
        prepare(documents, LOCALES, sha256(LOCALES))
    for number in range(100):
        prepare(documents, f"{{ storefront {{ locales }} }} # {number}{' ' * (MAX_PARSED_CHARACTERS // 50)}")
    assert prepare(documents, digest=sha256(LOCALES)).facts.kind == "query"


def test_flood_of_repeated_documents_leaves_room_for_new_ones(documents: Documents) -> None:
    for number in range(100):
        for _ in range(2):
            prepare(documents, f"{{ storefront {{ locales }} }} # {number}{' ' * (MAX_PARSED_CHARACTERS // 50)}")
    prepare(documents, LOCALES, sha256(LOCALES))
    for number in range(10):
        prepare(documents, f"{{ storefront {{ locales }} }} # other {number}{' ' * (MAX_PARSED_CHARACTERS // 50)}")
    assert prepare(documents, digest=sha256(LOCALES)).facts.kind == "query"


FLOODING, OTHER = "203.0.113.7", "198.51.100.9"


@pytest.mark.parametrize("times", [1, 2])
def test_flood_of_one_client_drives_out_only_its_own(documents: Documents, times: int) -> None:
    """The other client's documents are older, and together less than the flooding client's share."""
    own = [f"{{ storefront {{ locales }} }} # own {number}" for number in range(5)]
    for source in own:
        for _ in range(times):
            prepare(documents, source, sha256(source), address=OTHER)
    length = MAX_PARSED_CHARACTERS // 50
    flood = [f"{{ storefront {{ locales }} }} # {number}{' ' * length}" for number in range(300)]
    for source in flood:
        for _ in range(times):
            prepare(documents, source, sha256(source), address=FLOODING)
    for source in own:
        assert prepare(documents, digest=sha256(source), address=OTHER).facts.kind == "query"
    with pytest.raises(DocumentRefused, match="PERSISTED_QUERY_NOT_FOUND"):
        prepare(documents, digest=sha256(flood[0]), address=FLOODING)


def test_document_of_two_clients_belongs_to_neither(documents: Documents) -> None:
    padding = " " * (MAX_PARSED_CHARACTERS // 10)
    for address in (FLOODING, OTHER, OTHER):
        prepare(documents, LOCALES, sha256(LOCALES), address=address)
    for number in range(40):
        source = f"{{ storefront {{ locales }} }} # {number}{padding}"
        for _ in range(2):
            prepare(documents, source, sha256(source), address=FLOODING)
    assert prepare(documents, digest=sha256(LOCALES), address=OTHER).facts.kind == "query"


def test_number_of_short_texts_is_limited() -> None:
    for most in (MAX_TEXTS, MAX_PARSED):
        texts, removed = RecentTexts(MAX_TEXT_CHARACTERS, most), 0
        for number in range(most + 50):
            removed += len(texts.add(f"{{a{number}}}", str(number), FLOODING if number % 2 else None))
        assert removed == 50


def test_share_of_a_client_ends_with_its_texts() -> None:
    texts = RecentTexts(100, 10)
    for number in range(200):
        source = f"{number:04}" * 5
        assert not any(old.startswith("shop") for old in texts.add(source, str(number), f"client-{number % 3}"))
        if number == 0:
            texts.add("shop", "shop", None)
        texts.use("shop", None)
    assert "shop" in texts
    assert sum(len(own) for own in texts._of_owner.values()) == len(texts._texts) - 1
    assert texts._characters == sum(map(len, texts._texts)) <= 100
    assert texts._characters_of == {owner: sum(map(len, own)) for owner, own in texts._of_owner.items()}


def test_forgotten_document_is_freed_without_the_garbage_collector(documents: Documents) -> None:
    sources = [
        f"query($n: Int!) {{ ...P }} fragment P on Query {{ products(first: $n) {{ totalCount }} }} # {number}"
        for number in range(2)
    ]
    gc.disable()
    try:
        operations = [prepare(documents, source, n=3).operation for source in sources]
        parts = [
            ref(part) for operation in operations for part in (operation.document, *operation.document.definitions)
        ]
        del operations
        documents._remembered = RememberedDocuments()
        assert [part() for part in parts] == [None] * 6
    finally:
        gc.enable()


@pytest.mark.parametrize(
    ("document", "priority"),
    [
        ("{ ...F } fragment F on Query { storefront { locales } __typename }", Priority.PUBLIC),
        ("{ categories { name } __schema { types { name } } }", Priority.PUBLIC),
        ("{ categories { name } ... on Query { cart { id } } }", Priority.SESSION),
        ('{ node(id: "cart:1") { id } }', Priority.SESSION),
        ("{ cart { id } ...F } fragment F on Query { orderSubmission { idempotencyKey } }", Priority.CHECKOUT),
        ("mutation { startSession(input: {}) { errors { code } } }", Priority.SESSION),
        ("mutation { startSession(input: {}) { errors { code } } signOut { errors { code } } }", Priority.CHECKOUT),
    ],
)
def test_priority_follows_from_root_fields(documents: Documents, document: str, priority: Priority) -> None:
    assert prepare(documents, document).operation.priority is priority


def test_examples_that_order_have_the_highest_priority(documents: Documents) -> None:
    mutations = {name: text for name, text in example_documents().items() if text.startswith("mutation")}
    ordering = {name for name, text in mutations.items() if re.search("submitOrder|resumeOrder", text)}
    priorities = {name: prepare(documents, text).operation.priority for name, text in mutations.items()}
    assert {name for name, priority in priorities.items() if priority is Priority.SUBMISSION} == ordering
    assert "GuestOrder" in ordering
