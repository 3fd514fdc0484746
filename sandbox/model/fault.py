"""Faults: failures that a developer or a test causes for the calls of a path."""

from typing import Annotated, Literal

import msgspec

from sandbox.wire.refusal import Envelope

Kind = Literal[
    "status",
    "delay",
    "drip",
    "drop-before",
    "drop-after",
    "malformed",
    "huge",
    "content-type",
]

FIELDS_OF_KIND: dict[Kind, frozenset[str]] = {
    "status": frozenset({"status", "code", "subcode", "description", "envelope"}),
    "delay": frozenset({"delay_s"}),
    "drip": frozenset({"delay_s"}),
}
"""Fields that only faults of one kind use, by kind. Every kind also uses `COMMON_FIELDS`."""

COMMON_FIELDS = frozenset({"path", "kind", "method", "skips", "times"})


class Fault(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """A failure of the next calls of a path.

    - status: the call does nothing and is answered with `status`, and with `code` and `description` in `envelope`
    - delay: the answer comes after `delay_s`
    - drip: the answer comes byte by byte, with `delay_s` between them
    - drop-before, drop-after: the connection is closed before or after the call has taken effect
    - malformed: the answer is half of the JSON
    - huge: the answer is 8 MiB of JSON
    - content-type: the answer is HTML
    """

    path: str
    """Template of a route, such as `/v1/shoppers/me/orders/{id}`, or `*`."""
    kind: Kind
    method: str | None = None
    skips: Annotated[int, msgspec.Meta(ge=0)] = 0
    """Number of calls that succeed before the first failure."""
    times: Annotated[int, msgspec.Meta(ge=1)] | None = None
    """Number of calls that fail; None: all calls, until the faults are cleared or the sandbox is reset."""
    status: Annotated[int, msgspec.Meta(ge=200, le=599)] = 500
    code: str = "system-error"
    subcode: str | None = None
    envelope: Envelope = "A"
    description: str = "A fault was asked for."
    delay_s: Annotated[float, msgspec.Meta(ge=0, le=600)] = 1.0

    def fits(self, method: str, path: str) -> bool:
        return self.path in ("*", path) and self.method in (None, method)
