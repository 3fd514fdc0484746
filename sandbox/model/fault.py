"""Faults: failures of API calls that a developer or a test causes on purpose."""

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
"""Fields that only certain kinds of faults have, by kind. All faults also have the fields in `COMMON_FIELDS`."""

COMMON_FIELDS = frozenset({"path", "kind", "method", "skips", "times"})


FAULT_KINDS: dict[Kind, str] = {
    "status": "The call has no effect, and the answer is an error.",
    "delay": "The answer is sent after some seconds.",
    "drip": "The answer is sent byte by byte.",
    "drop-before": "The connection is closed, and the call has no effect.",
    "drop-after": "The call takes effect, and the connection is closed without an answer.",
    "malformed": "The answer is cut off after the first half.",
    "huge": "The answer is 8 MiB of JSON.",
    "content-type": "The answer is HTML.",
}
"""What happens to a call, by the kind of the fault."""


class Fault(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """A failure of the next API calls to a path."""

    path: str
    """Path template of the calls that fail, such as `/v1/shoppers/me/orders/{id}`; `*` for all paths."""
    kind: Kind
    method: str | None = None
    skips: Annotated[int, msgspec.Meta(ge=0)] = 0
    """Number of calls that succeed before the first failure."""
    times: Annotated[int, msgspec.Meta(ge=1)] | None = None
    """Number of calls that fail; None if calls fail until the faults are cleared or the sandbox is reset."""
    status: Annotated[int, msgspec.Meta(ge=200, le=599)] = 500
    code: str | None = None
    """Error code; None for the code that the API has for unexpected failures."""
    subcode: str | None = None
    envelope: Envelope | None = None
    """Error envelope of the answer of a fault of the kind `status`; None for the envelope of the API that is called."""
    description: str = "A fault was asked for."
    delay_s: Annotated[float, msgspec.Meta(ge=0, le=600)] = 1.0
    """Seconds before the answer, or for the kind `drip` between two bytes."""

    def fits(self, method: str, path: str) -> bool:
        return self.path in ("*", path) and self.method in (None, method)
