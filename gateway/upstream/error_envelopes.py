"""Digital River's four error envelopes, read in one place.

A: `{"errors": {"error": [...]}}`, the Shopper API. B: `{"errors": [...]}`, tax registrations.
C: `{"type", "errors": [...]}`, the payment service. D: `{"error", "error_description"}`, tokens.
"""

import re
from dataclasses import dataclass
from typing import Any

import msgspec

from gateway.errors import UpstreamRefusal, UpstreamTokenInvalid
from gateway.upstream.decoding import many

CODE = re.compile(r"[a-z0-9_ .-]{1,80}")
"""What a code looks like. Anything else in its place is somebody's text, which nobody may repeat."""


@dataclass(frozen=True)
class Entry:
    """One error. A member that is not of its documented form counts as absent, and costs no other."""

    code: str = ""
    subcode: str = ""
    description: str = ""
    declined_hard: bool | None = None

    @classmethod
    def read(cls, wire: Any) -> "Entry":
        if not isinstance(wire, dict):
            return cls()
        return cls(
            code=_word(wire.get("code")),
            subcode=_word(wire.get("subcode")),
            description=_text(wire.get("description")) or _text(wire.get("message")),
            declined_hard=_hard(wire.get("declinedMessage")),
        )


def refusal(status: int, body: bytes) -> UpstreamRefusal:
    """What a 4xx says. `reason` is empty when the body is in none of the envelopes."""
    # Several entries may come; the one with a subcode or a code tells most.
    entry = max(_entries(body), key=lambda one: (one.subcode != "", one.code != ""), default=Entry())
    kind = UpstreamTokenInvalid if status == 401 else UpstreamRefusal
    return kind(status, entry.code, entry.subcode, entry.description, declined_hard=entry.declined_hard)


def codes_beside(body: bytes) -> list[str]:
    """Codes of errors that travel inside a success. One that cannot be read is there all the same."""
    if b'"errors"' not in body:
        return []
    return [entry.subcode or entry.code for entry in _entries(body)]


def _entries(body: bytes) -> list[Entry]:
    try:
        envelope = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return []
    if not isinstance(envelope, dict):
        return []
    if isinstance(envelope.get("error"), str):
        return [Entry.read({"code": envelope["error"], "description": envelope.get("error_description")})]
    found = envelope.get("errors")
    listed = found.get("error") if isinstance(found, dict) and "error" in found else found
    return [Entry.read(one) for one in many(listed or None)]


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _word(code: object) -> str:
    word = str(code).strip().lower() if isinstance(code, str | int) else ""
    return word if CODE.fullmatch(word) else ""


def _hard(declined: object) -> bool | None:
    word = _text(declined.get("customerDeclinedType")) if isinstance(declined, dict) else ""
    return {"hard": True, "soft": False}.get(word.strip().lower())
