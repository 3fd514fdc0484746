"""Digital River's four error envelopes, read in one place.

A: `{"errors": {"error": [...]}}`, the Shopper API. B: `{"errors": [...]}`, tax registrations.
C: `{"type", "errors": [...]}`, the payment service. D: `{"error", "error_description"}`, tokens.
"""

import msgspec

from gateway.errors import UpstreamRefusal, UpstreamTokenInvalid
from gateway.upstream.wire import OneOrMany, many


class Declined(msgspec.Struct, frozen=True):
    customer: str | None = msgspec.field(name="customerDeclinedType", default=None)


class Entry(msgspec.Struct, frozen=True):
    code: str | int | None = None
    subcode: str | int | None = None
    description: str | None = None
    message: str | None = None
    relation: str | None = None
    declined: Declined | None = msgspec.field(name="declinedMessage", default=None)


class Nested(msgspec.Struct, frozen=True):
    error: OneOrMany[Entry] = []


class Envelope(msgspec.Struct, frozen=True):
    errors: list[Entry] | Nested | None = None
    error: str | None = None
    error_description: str | None = None

    @property
    def entries(self) -> list[Entry]:
        if self.error is not None:
            return [Entry(code=self.error, description=self.error_description)]
        if isinstance(self.errors, Nested):
            return many(self.errors.error)
        return self.errors or []


def refusal(status: int, body: bytes) -> UpstreamRefusal:
    """What a 4xx says. `reason` is empty when the body is in none of the envelopes."""
    entries = _entries(body)
    # Several entries may come; the one with a subcode or a code tells most.
    entry = max(entries, key=lambda one: (one.subcode is not None, one.code is not None), default=Entry())
    kind = UpstreamTokenInvalid if status == 401 else UpstreamRefusal
    return kind(
        status,
        _word(entry.code),
        _word(entry.subcode),
        entry.description or entry.message or "",
        relation=(entry.relation or "").rpartition("/")[2],
        declined_hard=_hard(entry.declined),
    )


def codes_beside(body: bytes) -> list[str]:
    """Codes of errors that travel inside a success."""
    if b'"errors"' not in body:
        return []
    return [_word(entry.subcode or entry.code) for entry in _entries(body)]


def _entries(body: bytes) -> list[Entry]:
    try:
        return msgspec.json.decode(body, type=Envelope, strict=False).entries
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return []


def _word(code: str | int | None) -> str:
    return "" if code is None else str(code).strip().lower()


def _hard(declined: Declined | None) -> bool | None:
    word = (declined.customer or "").strip().lower() if declined else ""
    return {"hard": True, "soft": False}.get(word)
