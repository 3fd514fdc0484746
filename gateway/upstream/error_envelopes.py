"""Reads Digital River's four error formats.

The Shopper API sends `{"errors": {"error": [...]}}`. Calls for tax identifiers send `{"errors": [...]}`. The payment
service sends `{"type", "errors": [...]}`. Token requests send `{"error", "error_description"}`.
"""

import re
from dataclasses import dataclass
from typing import Any

import msgspec

from gateway.errors import QuotaRefusal, UpstreamRefusal, UpstreamTokenInvalid
from gateway.upstream import refusal_codes
from gateway.upstream.decoding import many

CODE = re.compile(r"[a-z0-9_ .-]{1,80}")
"""Format of an error code. A value in another format is ignored, because it may contain input of the shopper."""


@dataclass(frozen=True)
class Entry:
    """One error of an answer. A field in an undocumented format is ignored."""

    code: str = ""
    subcode: str = ""
    description: str = ""
    declined_hard: bool | None = None

    @classmethod
    def read(cls, wire: Any) -> "Entry":
        if not isinstance(wire, dict):
            return cls()
        return cls(
            code=_code(wire.get("code")),
            subcode=_code(wire.get("subcode")),
            description=_string(wire.get("description")) or _string(wire.get("message")),
            declined_hard=_declined_hard(wire.get("declinedMessage")),
        )


def error_in(body: bytes) -> Entry:
    """The error of an answer; of several, the one that says most. It is empty if the body has none of the formats."""
    return _most_specific(_entries(body))


def refusal_in_success(body: bytes) -> UpstreamRefusal | None:
    """Refusal from the errors in a 2xx answer, with status 409; None if the answer contains no errors."""
    entries = _entries(body)
    return refusal(409, _most_specific(entries)) if entries else None


def is_of_quota(status: int, error: Entry) -> bool:
    """Whether a refusal says that Digital River's quota of calls is used up."""
    return _kind(status, error) is QuotaRefusal


def codes(errors: object) -> list[str]:
    """Codes of the errors in a 2xx answer. The code of an unreadable error is empty."""
    return [entry.subcode or entry.code for entry in _listed(errors)]


def refusal(status: int, error: Entry) -> UpstreamRefusal:
    return _kind(status, error)(status, error.code, error.subcode, error.description, declined_hard=error.declined_hard)


def _most_specific(entries: list[Entry]) -> Entry:
    """An error with a subcode is preferred, then an error with a code."""
    return max(entries, key=lambda entry: (entry.subcode != "", entry.code != ""), default=Entry())


def _kind(status: int, error: Entry) -> type[UpstreamRefusal]:
    if status == 401:
        return UpstreamTokenInvalid
    is_of_quota = status == 429 or error.code == refusal_codes.RATE_LIMIT_QUOTA_EXCEEDED
    return QuotaRefusal if is_of_quota else UpstreamRefusal


def _entries(body: bytes) -> list[Entry]:
    try:
        envelope = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return []
    if not isinstance(envelope, dict):
        return []
    if isinstance(envelope.get("error"), str):
        return [Entry.read({"code": envelope["error"], "description": envelope.get("error_description")})]
    return _listed(envelope.get("errors"))


def _listed(errors: Any) -> list[Entry]:
    entries = errors.get("error") if isinstance(errors, dict) and "error" in errors else errors
    return [Entry.read(entry) for entry in many(entries or None)]


def _string(value: object) -> str:
    return value if isinstance(value, str) else ""


def _code(value: object) -> str:
    code = str(value).strip().lower() if isinstance(value, str | int) else ""
    return code if CODE.fullmatch(code) else ""


def _declined_hard(message: object) -> bool | None:
    kind = _string(message.get("customerDeclinedType")) if isinstance(message, dict) else ""
    return {"hard": True, "soft": False}.get(kind.strip().lower())
