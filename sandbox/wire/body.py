"""Typed reading of the JSON that a client sent."""

from collections.abc import Callable
from typing import Any

import msgspec

from sandbox.wire.refusal import Refusal
from sandbox.wire.values import Json


class Body(dict[str, Any]):
    """A JSON object that a client sent. Each method reads one field, and rejects a value of another type."""

    def __init__(self, fields: Json, malformed: Callable[[str], Refusal]) -> None:
        """`malformed` returns the error for the field with the given name."""
        super().__init__(fields)
        self._malformed = malformed

    def object(self, name: str) -> "Body":
        """Object in the field; empty if the field is absent, null or "". Digital River documents `{"cart": ""}`."""
        value = self.get(name)
        if value in (None, ""):
            value = {}
        if not isinstance(value, dict):
            raise self._malformed(name)
        return Body(value, self._malformed)

    def objects(self, name: str) -> list["Body"]:
        """List of objects in the field. Digital River also accepts one object without a list."""
        value = self.get(name)
        listed = value if isinstance(value, list) else [] if value in (None, "") else [value]
        if not all(isinstance(entry, dict) for entry in listed):
            raise self._malformed(name)
        return [Body(entry, self._malformed) for entry in listed]

    def string(self, name: str) -> str | None:
        """String in the field; numbers and booleans are converted. None if the field is absent, null or ""."""
        value = self.get(name)
        if isinstance(value, dict | list):
            raise self._malformed(name)
        return None if value in (None, "") else str(value)


def decode_object(raw: bytes) -> Json | None:
    """JSON object; None if the bytes are something else."""
    try:
        decoded = msgspec.json.decode(raw)
    except (msgspec.DecodeError, RecursionError):
        return None
    return decoded if isinstance(decoded, dict) else None
