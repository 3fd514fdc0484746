"""Gateways of two versions share a store: what one writes, the other keeps, understands or refuses."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import msgspec
import pytest

from gateway.enums import SessionLevel
from gateway.errors import RecordUnreadable
from gateway.orders.attempts import AttemptRecord
from gateway.orders.outcomes import PlacedWithoutNumber
from gateway.sessions.idempotency import ChangeOutcome, KeyRecord, fingerprint
from gateway.sessions.record import CheckoutMemory, EarlierSubmissions, SessionRecord
from gateway.store.memory import MemoryStore
from gateway.store.stored_records import JSON, MSGPACK, Coding, StoredRecord, read_record, stored_form, write_record
from sandbox.model.world import World
from tests.support.shop import POLES, SUBMIT, Clock, InMemoryTransport, Shopper, gateway_on, new_key

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "operating" / "upgrades.md"
NOW = Clock()()

RECORDS: dict[type[StoredRecord], tuple[StoredRecord, Coding]] = {
    SessionRecord: (
        SessionRecord(
            id="s",
            level=SessionLevel.ANONYMOUS,
            locale="en-US",
            currency_code="USD",
            access_token="t",
            refresh_token=None,
            access_ends_at=NOW,
            started_at=NOW,
            used_at=NOW,
            checkout_memory=CheckoutMemory(coupons=["SAVE"]),
        ),
        MSGPACK,
    ),
    EarlierSubmissions: (EarlierSubmissions(["s"], NOW), MSGPACK),
    AttemptRecord: (
        AttemptRecord(key=uuid4(), fingerprint="", replica_id="", started_at=NOW, updated_at=NOW),
        JSON,
    ),
    KeyRecord: (KeyRecord("digest", NOW, ChangeOutcome()), JSON),
}

READ_SUBMISSION = "query($key: UUID) { orderSubmission(idempotencyKey: $key) { status } }"

NEWER: dict[str, Any] = {"of_a_newer_version": {"n": 1}}


def newer(record: StoredRecord, coding: Coding, **more: Any) -> bytes:
    """The record as a newer version of the gateway writes it, with a field that this version does not know."""
    return coding.encode(coding.decode(coding.encode(record), Any) | NEWER | more)


def test_every_kind_of_record_is_tested_here() -> None:
    assert set(StoredRecord.__subclasses__()) == RECORDS.keys()


@pytest.mark.parametrize("kind", RECORDS)
def test_unknown_field_survives_a_write_by_this_version(kind: type[StoredRecord]) -> None:
    record, coding = RECORDS[kind]
    read = read_record(newer(record, coding), kind, coding)
    assert stored_form(read, coding) == newer(record, coding), "a compare-and-set compares what the store has"
    changed = msgspec.structs.replace(read)
    written = coding.decode(write_record(changed, over=read, coding=coding), Any)
    assert written == coding.decode(newer(record, coding), Any)


@pytest.mark.parametrize("kind", RECORDS)
def test_record_of_a_newer_format_is_refused(kind: type[StoredRecord]) -> None:
    record, coding = RECORDS[kind]
    with pytest.raises(RecordUnreadable):
        read_record(newer(record, coding, format=kind.FORMAT + 1), kind, coding)


@pytest.mark.parametrize("kind", RECORDS)
def test_record_without_a_format_is_of_the_first(kind: type[StoredRecord]) -> None:
    record, coding = RECORDS[kind]
    earlier = coding.decode(coding.encode(record), Any)
    del earlier["format"]
    assert read_record(coding.encode(earlier), kind, coding).format == 1


@pytest.mark.parametrize("kind", RECORDS)
def test_missing_fields_of_an_older_version_get_their_defaults(kind: type[StoredRecord]) -> None:
    record, coding = RECORDS[kind]
    defaults = {field.encode_name for field in msgspec.structs.fields(kind) if not field.required} - {"id"}
    whole = coding.decode(coding.encode(record), Any)
    older = {name: value for name, value in whole.items() if name not in defaults}
    read = read_record(coding.encode(older), kind, coding)
    written = write_record(msgspec.structs.replace(read), over=read, coding=coding)
    assert read_record(written, kind, coding) == read


def test_unknown_parts_of_a_changed_object_survive() -> None:
    session, coding = RECORDS[SessionRecord]
    stored = coding.decode(coding.encode(session), Any)
    stored["remembered"] |= NEWER
    read = read_record(coding.encode(stored), SessionRecord, coding)
    read.checkout_memory.coupons = []
    written = coding.decode(write_record(read, over=read, coding=coding), Any)["remembered"]
    assert (written["coupons"], written["of_a_newer_version"]) == ([], {"n": 1})


def test_unknown_part_of_a_replaced_result_is_dropped() -> None:
    attempt = JSON.decode(JSON.encode(RECORDS[AttemptRecord][0]), Any)
    doubt = {"type": "OrderInDoubt", "message": "", "check_after": NOW, "doubted_by": "a newer version"}
    read = read_record(JSON.encode(attempt | {"result": doubt}), AttemptRecord)
    placed = msgspec.structs.replace(read, result=PlacedWithoutNumber(message=""))
    assert "doubted_by" not in write_record(placed, over=read).decode()


def test_digest_of_an_input_ignores_fields_left_out() -> None:
    """A newer version has more fields, which the client of an earlier request could not fill in."""
    client_input = {"lines": [{"quantity": 0, "note": ""}]}
    newer_input = {"lines": [{"quantity": 0, "note": "", "gift": None, "options": []}], "express": False, "more": {}}
    assert fingerprint("field", newer_input) == fingerprint("field", client_input)
    assert fingerprint("field", client_input | {"express": True}) != fingerprint("field", client_input)


class NotingStore(MemoryStore):
    """Notes the keys that were written."""

    keys: frozenset[str] = frozenset()

    async def put(self, key: str, value: bytes, *, ttl_s: float) -> None:
        self.keys = self.keys | {key}
        await super().put(key, value, ttl_s=ttl_s)


async def test_purchase_passes_through_gateways_of_two_versions(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient
) -> None:
    """After each step, all records get a field of a newer version, as if a newer replica had written them."""
    store = NotingStore(clock)

    async def rewrite() -> None:
        for key in [*store.keys]:
            value = await store.get(key) or b""
            coding = next((coding for coding in (JSON, MSGPACK) if _is_record(value, coding)), None)
            if coding is not None:
                await store.replace(key, coding.encode(coding.decode(value, Any) | NEWER), expected=value, ttl_s=3600)

    async with gateway_on(store, world, network, clock) as storefront:
        shopper, key = Shopper(storefront, sandbox, world), new_key()
        await shopper.get_ready()
        await rewrite()
        await shopper.fault("drop-after", SUBMIT)
        assert (await storefront.outcome(key))["__typename"] == "OrderInDoubt"
        await rewrite()
        clock.move(5)
        for _ in range(2):
            submission = (await storefront.ask(READ_SUBMISSION, key=key)).data["orderSubmission"]
            assert submission["status"] == "PLACED"
            await rewrite()
        assert (await storefront.add(POLES))["errors"] == []
        assert shopper.submits == 1
    rewritten = [key for key in store.keys if key.startswith(("session:", "attempt:"))]
    assert len(rewritten) == 2
    assert all([b"of_a_newer_version" in (await store.get(key) or b"") for key in rewritten])


def _is_record(value: bytes, coding: Coding) -> bool:
    try:
        return isinstance(coding.decode(value, Any), dict)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return False


KEY = re.compile(r"[a-z-]+(?=:(?! ))")
METHODS = {"get", "put", "replace", "delete", "lock", "schedule", "unschedule", "claim_due"}


def kinds_in_code() -> Iterator[str]:
    """Kinds of keys that the gateway's code has: the part before the colon."""
    for file in (ROOT / "gateway").rglob("*.py"):
        tree = ast.parse(file.read_text())
        constants = {
            target.id: node.value.value
            for node in tree.body
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for node in ast.walk(tree):
            match node:
                case ast.JoinedStr(values=[ast.Constant(value=str(text)), ast.FormattedValue(), *_]):
                    if kind := KEY.match(text):
                        yield kind[0]
                case ast.Call(func=ast.Attribute(value=holder, attr=method), args=[first, *_]) if method in METHODS:
                    name = ast.unparse(holder).rpartition(".")[2].lstrip("_")
                    key = constants.get(first.id) if isinstance(first, ast.Name) else getattr(first, "value", None)
                    if name in ("store", "self") and isinstance(key, str):
                        yield key


PARTS_OF_KEYS = {"address", "cart", "local", "renewal"}
"""Names of locks and of targets of rate limits, which are inside the keys `lock:…` and `limit…`, and of permits in
memory."""

OTHERWISE = {"limit", "replaced-session"}
"""Kinds of keys that a library writes, or that the code makes of another key."""


def test_every_kind_of_key_has_a_rule_for_versions() -> None:
    documented = set(re.findall(r"^\| `([a-z-]+)[:`]", PAGE.read_text(), re.MULTILINE))
    assert set(kinds_in_code()) - PARTS_OF_KEYS | OTHERWISE == documented
