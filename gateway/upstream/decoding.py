"""Decodes the different JSON forms in which Digital River writes a value.

A boolean or a number may be sent as a string, an id as a number or a string, and a list with one element as that
element. An absent value may be null, `{}` or omitted. Attributes named `wire_…` hold the value as Digital River sent
it; methods named `wire` write JSON for Digital River.
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any, TypeVar, Union

import msgspec

from gateway.errors import UpstreamInvalidResponse

T = TypeVar("T")

OneOrMany = Union[list[T], T]  # noqa: UP007 - an alias with a parameter
"""A list, or the only element of a list with one element."""

Identifier = int | str
"""An id, sent as a number or a string. Numbers may exceed 32 bits, so ids are strings in the graph."""


JsonObject = dict[str, Any]
"""A JSON object whose fields vary. It is decoded later, by `convert`. Its numbers are exact decimals."""


class Shape(msgspec.Struct, frozen=True, gc=False):
    """Base class of decoded objects, whose attributes have the graph's field names."""

    @property
    def typename(self) -> str:
        """Name of the object's type in the graph."""
        return type(self).__name__


def decode(body: bytes, kind: type[T]) -> T:
    """Decode a JSON body. Raises `UpstreamInvalidResponse`, which names the path of the fault but never the content."""
    try:
        value: T = _decoder(kind).decode(body)  # type: ignore[arg-type]  # a type is hashable
        return value
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        path = str(error).rpartition(" - at ")[2] if isinstance(error, msgspec.ValidationError) else ""
        raise UpstreamInvalidResponse(detail=f"{type(error).__name__} {path}".strip()) from None


@cache
def _decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    # `cache` loses the parameter types; `decode` adds them again.
    return msgspec.json.Decoder(kind, strict=False, float_hook=Decimal)


def required(value: T | None) -> T:
    """The content of a wrapper. Raises `UpstreamInvalidResponse` if the answer has no such wrapper."""
    if value is None:
        raise UpstreamInvalidResponse(detail="wrapper missing")
    return value


def many(value: OneOrMany[T] | None) -> list[T]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def first(*values: T | None) -> T | None:
    return next((value for value in values if value is not None), None)


def blank_is_none(text: str | None) -> str | None:
    """The text; None if it is empty or the word null, which Digital River also sends for an absent value."""
    return text if text and text != "null" else None


def calendar_day(text: str | None) -> date | None:
    """Day of a date or of a date and time; None for any other text."""
    try:
        return date.fromisoformat((text or "")[:10])
    except ValueError:
        return None


def convert(value: object, kind: type[T]) -> T:
    """Decode a `JsonObject`. Raises `UpstreamInvalidResponse`."""
    try:
        return msgspec.convert(value, kind, strict=False)
    except msgspec.ValidationError as error:
        raise UpstreamInvalidResponse(detail=f"ValidationError {str(error).rpartition(' - at ')[2]}") from None


def encode(value: object) -> bytes:
    """JSON that `decode` can read."""
    return msgspec.json.encode(value)


class Attribute(Shape, frozen=True, kw_only=True):
    name: str = ""
    value: Any = None
    type: str | None = None


class Attributes(Shape, frozen=True, kw_only=True):
    attribute: OneOrMany[Attribute] = []


class CustomAttribute(Shape, frozen=True, kw_only=True):
    """A custom attribute defined by the merchant."""

    name: str
    value: str
    value_type: str


def custom_attributes(wire: Attributes | None) -> list[CustomAttribute]:
    attributes: Iterable[Attribute] = many(wire.attribute) if wire else []
    return [
        CustomAttribute(name=attribute.name, value=_string(attribute.value), value_type=attribute.type or "String")
        for attribute in attributes
    ]


def _string(value: object) -> str:
    if isinstance(value, bool):
        return boolean_string(value)
    return "" if value is None else str(value)


# Formats of values that are sent to Digital River.


def boolean_string(value: bool) -> str:
    """The boolean as a string, which every endpoint accepts."""
    return "true" if value else "false"


def locale_string(locale: str) -> str:
    """A locale in Digital River's spelling: `en_US` for `en-US`."""
    return locale.replace("-", "_")
