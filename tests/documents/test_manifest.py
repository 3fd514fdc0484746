"""The manifest of known documents: execution by hash, and the modes off, report and enforce."""

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

from gateway.documents.manifest import ManifestInvalid, manifest_of, operations_in, read_manifest, sha256
from gateway.settings.values import DocumentsMode
from sandbox.model.world import World
from tests.support.shop import (
    CLIENT,
    OPERATIONS,
    Clock,
    InMemoryTransport,
    Storefront,
    documents,
    gateway,
    settings_for,
)

KNOWN = "query Locales { storefront { locales } }"
UNKNOWN = "query Currencies { storefront { currencies } }"
BROKEN = "query Broken { nothingLikeThis }"
MODES = list(DocumentsMode)


def persisted_query(digest: str) -> dict[str, Any]:
    return {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": digest}}}


@pytest.fixture
def manifest(tmp_path: Path) -> str:
    file = tmp_path / "manifest.json"
    file.write_text(manifest_of({"Locales": KNOWN, "Broken": BROKEN}))
    return str(file)


async def over_get(storefront: Storefront, **parameters: str) -> httpx.Response:
    return await storefront.http.get("/graphql?" + urlencode(parameters), headers=CLIENT)


@pytest.mark.parametrize("mode", MODES)
async def test_document_of_the_manifest_can_be_requested_by_hash(
    world: World, network: InMemoryTransport, clock: Clock, manifest: str, mode: DocumentsMode
) -> None:
    digest = sha256(KNOWN)
    async with gateway(world, network, clock, manifest=manifest, documents_mode=mode) as storefront:
        for body in (
            persisted_query(digest),
            {"documentId": f"sha256:{digest}"},
            {"documentId": digest},
            {"query": KNOWN},
        ):
            answer = await storefront.send(body)
            assert answer.json()["data"]["storefront"]["locales"], body
        answer = await over_get(storefront, extensions=json.dumps(persisted_query(digest)["extensions"]))
        assert answer.headers["cache-control"] == "public, max-age=3600, stale-if-error=86400"
        assert answer.headers["vary"] == "Accept, Accept-Encoding, Origin"
        assert (await over_get(storefront, documentId=f"sha256:{digest}")).content == answer.content


@pytest.mark.parametrize("mode", MODES)
async def test_unknown_hash_returns_a_persisted_query_error_without_caching(
    world: World, network: InMemoryTransport, clock: Clock, manifest: str, mode: DocumentsMode
) -> None:
    async with gateway(world, network, clock, manifest=manifest, documents_mode=mode) as storefront:
        for accept, status in (("application/graphql-response+json", 400), ("application/json", 200)):
            answer = await storefront.send(persisted_query(sha256(UNKNOWN)), Accept=accept)
            assert answer.status_code == status
            code = "PERSISTED_QUERY_NOT_" + ("SUPPORTED" if mode is DocumentsMode.ENFORCE else "FOUND")
            assert answer.json()["errors"][0]["extensions"]["code"] == code
            assert "no-store" in answer.headers["cache-control"]
        answer = await over_get(storefront, extensions=json.dumps(persisted_query(sha256(UNKNOWN))["extensions"]))
        assert (answer.status_code, answer.headers["cache-control"]) == (400, "private, no-store")
    assert world.calls.count() == 0


async def test_enforce_mode_rejects_documents_outside_the_manifest(
    world: World, network: InMemoryTransport, clock: Clock, manifest: str
) -> None:
    async with gateway(world, network, clock, manifest=manifest, documents_mode="enforce") as storefront:
        for text in (UNKNOWN, "{ this is no GraphQL", KNOWN + " ", KNOWN + " query Other { storefront { locales } }"):
            answer = await storefront.ask(text)
            assert (answer.status, answer.codes) == (403, ["DOCUMENT_NOT_TRUSTED"]), text
        assert (await storefront.send({"query": UNKNOWN}, Accept="application/json")).status_code == 403
        assert (await over_get(storefront, query=UNKNOWN)).status_code == 403
        assert (await storefront.send({"query": UNKNOWN} | persisted_query(sha256(UNKNOWN)))).status_code == 403


async def test_off_mode_accepts_hash_of_a_document_sent_before(storefront: Storefront) -> None:
    digest = sha256(UNKNOWN)
    assert (await storefront.send(persisted_query(digest))).status_code == 400
    assert (await storefront.send({"query": UNKNOWN} | persisted_query(digest))).status_code == 200
    assert (await storefront.send(persisted_query(digest))).json()["data"]["storefront"]["currencies"]


@pytest.mark.parametrize(
    "body",
    [
        {"query": KNOWN} | persisted_query("0" * 64),
        persisted_query("short"),
        persisted_query("G" * 64),
        {"documentId": 1},
        {"documentId": ""},
        {"documentId": "md5:" + "0" * 32},
        {"extensions": {"persistedQuery": "0"}},
        {"extensions": {"persistedQuery": {}}},
    ],
)
async def test_malformed_or_mismatched_hash_is_rejected(storefront: Storefront, body: Any) -> None:
    answer = await storefront.send(body)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


async def test_log_names_documents_by_manifest_name_or_hash(
    world: World, network: InMemoryTransport, clock: Clock, manifest: str, log: io.StringIO
) -> None:
    async with gateway(world, network, clock, manifest=manifest, documents_mode="report") as storefront:
        assert (await storefront.ask(KNOWN)).status == 200
        assert (await storefront.ask(UNKNOWN)).status == 200
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    assert [line["operation"] for line in lines if line["event"] == "request answered"] == [
        "Locales",
        f"sha256:{sha256(UNKNOWN)[:16]}",
    ]
    reported = [line for line in lines if line["event"] == "document missing from manifest"]
    assert [(line["operation"], line["reason"]) for line in reported] == [(f"sha256:{sha256(UNKNOWN)[:16]}", "report")]
    (broken,) = [line for line in lines if line["event"] == "manifest document rejected"]
    assert (broken["operation"], broken["code"]) == ("Broken", "GRAPHQL_VALIDATION_FAILED")


CANARY = "Canary4711"


@pytest.mark.parametrize(
    "text",
    [
        'query { product(by: {upstreamId: "Canary4711"}) { name } }',
        "query { storefront { locales } } # Canary4711",
        "query { Canary4711: storefront { locales } }",
        "query Canary4711 { storefront { locales } }",
        "query Canary4711 { storefront { locales }",
        "query { Canary4711 }",
        "query($Canary4711: Int) { storefront { locales } }",
        "query { ...Canary4711 } fragment Canary4711 on Query { storefront { locales } }",
    ],
)
async def test_log_contains_no_text_of_a_document(storefront: Storefront, log: io.StringIO, text: str) -> None:
    await storefront.ask(text)
    await storefront.send({"query": text, "operationName": CANARY, "variables": {CANARY: CANARY}})
    await over_get(storefront, query=text, operationName=CANARY)
    lines = log.getvalue()
    assert lines.count("request answered") == 3
    assert CANARY not in lines


@pytest.mark.slow
def test_manifest_command_lists_all_operations_in_a_folder(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "gateway", "manifest", str(OPERATIONS)]
    made = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    file = tmp_path / "manifest.json"
    file.write_text(made)
    entries = read_manifest(str(file))
    assert {entry.name for entry in entries.values()} == documents().keys()
    details = next(entry.source for entry in entries.values() if entry.name == "GuestDetails")
    assert details.startswith("mutation GuestDetails(")
    assert details.count("fragment MoneyParts on Money") == 1
    for digest, entry in entries.items():
        assert digest == sha256(entry.source)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("query A { a } query A { b }", "several operations of the name A"),
        ("{ a }", "an operation of .* has no name"),
        ("query A {", "cannot be parsed"),
    ],
)
def test_manifest_command_rejects_unnamed_duplicate_or_invalid_operations(
    tmp_path: Path, source: str, message: str
) -> None:
    (tmp_path / "a.graphql").write_text(source)
    with pytest.raises(ManifestInvalid, match=message):
        operations_in(tmp_path)


def test_manifest_may_be_a_json_object_of_documents_by_hash(tmp_path: Path) -> None:
    file = tmp_path / "persisted.json"
    file.write_text(json.dumps({sha256(KNOWN): KNOWN}))
    assert [entry.name for entry in read_manifest(str(file)).values()] == ["Locales"]


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{}x",
        json.dumps({"format": "apollo-persisted-query-manifest", "operations": [1]}),
        json.dumps({"0" * 64: KNOWN}),
        json.dumps({"md5": KNOWN}),
        json.dumps({sha256(KNOWN): 1}),
    ],
)
def test_invalid_manifest_is_rejected(world: World, tmp_path: Path, content: str) -> None:
    file = tmp_path / "manifest.json"
    file.write_text(content)
    with pytest.raises(ManifestInvalid):
        read_manifest(str(file))


def test_enforce_mode_needs_a_manifest(world: World) -> None:
    with pytest.raises(ValueError, match="need RIVERFRONT_MANIFEST"):
        settings_for(world, documents_mode="enforce")
