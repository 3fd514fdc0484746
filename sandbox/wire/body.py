"""Reads fields of a JSON request body, and checks their types."""

from collections.abc import Callable
from typing import Any

import msgspec

from sandbox.wire.refusal import Refusal
from sandbox.wire.values import Json


class Body(dict[str, Any]):
    """A JSON object that a client sent. Each method reads one field, and raises an error for a wrong type."""

    def __init__(self, fields: Json, malformed: Callable[[str], Refusal]) -> None:
        """`malformed` gets the name of a field with a wrong type, and returns the error to raise."""
        super().__init__(fields)
        self._malformed = malformed

    def object(self, name: str) -> "Body":
        """Object in the field; empty if the field is absent, null or "". Digital River's examples contain ""."""
        value = self.get(name)
        if value in (None, ""):
            value = {}
        if not isinstance(value, dict):
            raise self._malformed(name)
        return Body(value, self._malformed)

    def objects(self, name: str) -> list["Body"]:
        """List of objects in the field. A single object is read as a list of one object, as at Digital River."""
        value = self.get(name)
        listed = value if isinstance(value, list) else [] if value in (None, "") else [value]
        if not all(isinstance(entry, dict) for entry in listed):
            raise self._malformed(name)
        return [Body(entry, self._malformed) for entry in listed]

    def strings(self, name: str) -> Json:
        """All fields of the object in the field, as strings. A field that is null or "" is None."""
        fields = self.object(name)
        return {key: fields.string(key) for key in fields}

    def string(self, name: str) -> str | None:
        """String in the field; None if the field is absent, null or "". Numbers and booleans become strings."""
        value = self.get(name)
        if isinstance(value, dict | list):
            raise self._malformed(name)
        return None if value in (None, "") else str(value)


def decode_object(raw: bytes) -> Json | None:
    """Decode a JSON object. Returns None if the bytes are not a JSON object."""
    try:
        decoded = msgspec.json.decode(raw)
    except (msgspec.DecodeError, RecursionError):
        return None
    return decoded if isinstance(decoded, dict) else None
