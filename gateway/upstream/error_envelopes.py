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

MAY_BE_QUOTA = frozenset({409, 429})
"""Statuses of refusals because of the quota. The body tells a 409 of the quota from others."""


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


def refusal(status: int, body: bytes) -> UpstreamRefusal:
    """Refusal from the body of an error answer. Its `reason` is empty if the body has none of the four formats."""
    return _refusal(status, _entries(body))


def refusal_in_success(body: bytes) -> UpstreamRefusal | None:
    """Refusal from the errors in a 2xx answer, with status 409; None if the answer contains no errors."""
    entries = _entries(body)
    return _refusal(409, entries) if entries else None


def is_of_quota(status: int, body: bytes) -> bool:
    """Whether an answer says that Digital River's quota of calls is used up."""
    return status in MAY_BE_QUOTA and isinstance(refusal(status, body), QuotaRefusal)


def codes(errors: object) -> list[str]:
    """Codes of the errors in a 2xx answer. The code of an unreadable error is empty."""
    return [entry.subcode or entry.code for entry in _listed(errors)]


def _refusal(status: int, entries: list[Entry]) -> UpstreamRefusal:
    # An error with a subcode is preferred, then an error with a code.
    entry = max(entries, key=lambda entry: (entry.subcode != "", entry.code != ""), default=Entry())
    return _kind(status, entry)(status, entry.code, entry.subcode, entry.description, declined_hard=entry.declined_hard)


def _kind(status: int, entry: Entry) -> type[UpstreamRefusal]:
    if status == 401:
        return UpstreamTokenInvalid
    is_of_quota = status == 429 or entry.code == refusal_codes.RATE_LIMIT_QUOTA_EXCEEDED
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
