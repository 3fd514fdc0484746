"""Automatic persisted queries in the requests of each client: the hash, then the document with it, then the hash."""

import json
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from gateway.documents.manifest import manifest_of, sha256
from sandbox.model.world import World
from tests.support.shop import CLIENT, PACK, Clock, InMemoryTransport, Storefront, gateway

PRIVATE = "query Cart { cart { totalQuantity } }"
SIGN_IN = """mutation SignIn { signIn(input: {credentials: {password: {username: "a", password: "pass0731"}}}) {
  errors { code } } }"""
CARD = 'query Search { products(first: 1, search: {text: "4444222233331111"}) { totalCount } }'


def public(name: str) -> str:
    """A document that no other test has sent: gateways of all tests share the documents that they remember."""
    return f"query {name} {{ storefront {{ locales }} }}"


@dataclass
class Shape:
    """How a client sends its requests. `repeats` is what the second request has beside the document."""

    accept: str
    by_get: bool = False
    empty: dict[str, Any] = field(default_factory=dict)
    extensions: dict[str, Any] = field(default_factory=dict)
    repeats: dict[str, Any] = field(default_factory=dict)


URQL = (
    "application/graphql-response+json, application/graphql+json, application/json, text/event-stream, multipart/mixed"
)
APOLLO = "application/graphql-response+json,application/json;q=0.9"
LIBRARY = {"clientLibrary": {"name": "@apollo/client", "version": "4.0.9"}}

SHAPES = {
    "urql": Shape(URQL, repeats={"miss": True}),
    "urql by GET": Shape(URQL, by_get=True, repeats={"miss": True}),
    "urql by GET, before version 4": Shape(URQL, by_get=True, empty={"query": ""}),
    "Apollo Client": Shape(APOLLO, extensions=LIBRARY),
    "Apollo Client by GET": Shape(APOLLO, by_get=True, extensions=LIBRARY),
    "Apollo Client 3": Shape("*/*"),
    "Apollo iOS": Shape("multipart/mixed;deferSpec=20220824,application/json"),
    "Apollo Kotlin": Shape("multipart/mixed;deferSpec=20220824, application/graphql-response+json, application/json"),
    "null document": Shape(APOLLO, empty={"query": None}),
    "empty document": Shape(APOLLO, empty={"query": ""}),
}


async def send(storefront: Storefront, shape: Shape, source: str, *, with_document: bool) -> httpx.Response:
    persisted = {"version": 1, "sha256Hash": sha256(source)} | (shape.repeats if with_document else {})
    body = {
        **({"query": source} if with_document else shape.empty),
        "operationName": source.split()[1],
        "variables": {},
        "extensions": shape.extensions | {"persistedQuery": persisted},
    }
    headers = CLIENT | {"Accept": shape.accept}
    if shape.by_get and not with_document:
        parameters = {name: value if isinstance(value, str) else json.dumps(value) for name, value in body.items()}
        return await storefront.http.get("/graphql", params=parameters, headers=headers)
    cookie = {"Cookie": f"__Host-rf_session={storefront.cookie}"} if storefront.cookie else {}
    return await storefront.http.post("/graphql", json=body, headers=headers | cookie)


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
async def test_client_sends_its_document_once(storefront: Storefront, shape: Shape) -> None:
    number = [*SHAPES.values()].index(shape)
    source = public(f"SentOnce{number}")
    missed = await send(storefront, shape, source, with_document=False)
    # Apollo iOS and Apollo Kotlin do not look into an answer with another status.
    assert missed.status_code == 200
    assert missed.headers["content-type"] == "application/json; charset=utf-8"
    assert missed.headers["cache-control"] == "private, no-store"
    (error,) = missed.json()["errors"]
    assert error["message"] == "PersistedQueryNotFound"
    assert error["extensions"]["code"] == "PERSISTED_QUERY_NOT_FOUND"
    assert error["extensions"]["advice"] == "Send the document in `query` together with its hash."
    for with_document in (True, False, False):
        answer = await send(storefront, shape, source, with_document=with_document)
        assert answer.json()["data"]["storefront"]["locales"]
        is_public = shape.by_get and not with_document
        assert answer.headers["cache-control"].startswith("public" if is_public else "private")


async def test_private_query_is_found_by_hash_over_post_only(storefront: Storefront) -> None:
    await storefront.add(PACK)
    await send(storefront, SHAPES["urql"], PRIVATE, with_document=True)
    answer = await send(storefront, SHAPES["urql"], PRIVATE, with_document=False)
    assert answer.json() == {"data": {"cart": {"totalQuantity": 1}}}
    by_get = await send(storefront, SHAPES["Apollo Client by GET"], PRIVATE, with_document=False)
    (error,) = by_get.json()["errors"]
    assert error["extensions"]["code"] == "METHOD_NOT_ALLOWED"
    assert "`useGETForHashedQueries: false` in Apollo Client" in error["message"]


async def test_enforce_mode_supports_hashes_of_the_manifest_only(
    world: World, network: InMemoryTransport, clock: Clock, tmp_path: Any
) -> None:
    manifest, shape = tmp_path / "manifest.json", SHAPES["Apollo Client"]
    known, unknown = public("InTheManifest"), public("NotInTheManifest")
    manifest.write_text(manifest_of({"InTheManifest": known}))
    async with gateway(world, network, clock, manifest=str(manifest), documents_mode="enforce") as storefront:
        assert (await send(storefront, shape, known, with_document=False)).json()["data"]
        for _ in range(2):
            missed = await send(storefront, shape, unknown, with_document=False)
            (error,) = missed.json()["errors"]
            assert (missed.status_code, error["message"]) == (200, "PersistedQueryNotSupported")
            assert error["extensions"]["code"] == "PERSISTED_QUERY_NOT_SUPPORTED"
            assert "Deploy the new manifest" in error["extensions"]["advice"]
            refused = await send(storefront, shape, unknown, with_document=True)
            assert refused.status_code == 403


@pytest.mark.parametrize(("source", "code"), [(SIGN_IN, None), (CARD, "BAD_USER_INPUT")])
async def test_document_with_a_secret_or_card_is_not_registered(
    storefront: Storefront, source: str, code: str | None
) -> None:
    shape = SHAPES["urql"]
    registering = (await send(storefront, shape, source, with_document=True)).json()
    assert [error["extensions"]["code"] for error in registering.get("errors", [])] == [code] * (code is not None)
    missed = await send(storefront, shape, source, with_document=False)
    assert missed.json()["errors"][0]["message"] == "PersistedQueryNotFound"


async def test_client_that_reads_no_legacy_answer_gets_status_400(storefront: Storefront) -> None:
    shape = Shape("application/graphql-response+json, application/json;q=0")
    answer = await send(storefront, shape, public("ModernOnly"), with_document=False)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/graphql-response+json; charset=utf-8"
