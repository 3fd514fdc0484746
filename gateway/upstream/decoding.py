"""Decodes the JSON of Digital River, in which the same value may have different types.

A boolean or a number may be sent as a string. An id may be sent as a number or a string. A list with one element may be
sent as that element. A missing value may be null, `{}` or omitted. Attributes named `wire_…` hold a value as Digital
River sent it. Methods named `wire` return JSON for Digital River.
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
"""A JSON object whose fields vary, so it is decoded later, by `convert`. Decimal numbers are exact."""


class Shape(msgspec.Struct, frozen=True, gc=False):
    """Base class of objects decoded from Digital River's JSON. Attributes have the names of the graph's fields."""

    @property
    def typename(self) -> str:
        """Name of the object's type in the graph."""
        return type(self).__name__


def decode(body: bytes, kind: type[T]) -> T:
    """Decode a JSON body. Raises `UpstreamInvalidResponse`, which contains the path of the invalid field but no
    values."""
    try:
        value: T = _decoder(kind).decode(body)  # type: ignore[arg-type]  # a type is hashable
        return value
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        path = str(error).rpartition(" - at ")[2] if isinstance(error, msgspec.ValidationError) else ""
        raise UpstreamInvalidResponse(detail=f"{type(error).__name__} {path}".strip()) from None


@cache
def _decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    # `functools.cache` loses the type parameter `T`, so `kind` is `Any` here. `decode` restores the type.
    return msgspec.json.Decoder(kind, strict=False, float_hook=Decimal)


def required(value: T | None) -> T:
    """Return `value`, which is a field that the answer must have.

    Raises `UpstreamInvalidResponse` if `value` is None, because Digital River did not send the field.
    """
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
    """Return `text`; None if it is empty or the string `null`, which Digital River also sends for missing values."""
    return text if text and text != "null" else None


def calendar_day(text: str | None) -> date | None:
    """Date of an ISO 8601 string, which may also contain a time. None for any other string."""
    try:
        return date.fromisoformat((text or "")[:10])
    except ValueError:
        return None


def convert(value: object, kind: type[T]) -> T:
    """Decode a `JsonObject` to the type `kind`. Raises `UpstreamInvalidResponse`."""
    try:
        return msgspec.convert(value, kind, strict=False)
    except msgspec.ValidationError as error:
        raise UpstreamInvalidResponse(detail=f"ValidationError {str(error).rpartition(' - at ')[2]}") from None


def encode(value: object) -> bytes:
    """Encode an object as JSON that `decode` can read."""
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
    """The boolean as a string. Every endpoint accepts this format."""
    return "true" if value else "false"


def locale_string(locale: str) -> str:
    """A locale in Digital River's spelling: `en_US` for `en-US`."""
    return locale.replace("-", "_")
