"""How Digital River writes values, and how every form of them is read.

Booleans and numbers come as themselves or as strings, ids as either, a list of one as its element, an absent value as
null, as `{}` or not at all. "Wire" names this form: attributes `wire_…` hold what was sent, `wire()` writes it.
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
"""A list that is its only element when it has one."""

Identifier = int | str
"""A number beyond 32 bits, or a string; always a string in the graph."""


JsonObject = dict[str, Any]
"""An object whose fields cannot all be declared; it is read in a second step. Its numbers are exact."""


class Shape(msgspec.Struct, frozen=True, gc=False):
    """An object with the graph's field names."""

    @property
    def typename(self) -> str:
        """Type of the graph that it appears as."""
        return type(self).__name__


def decode(body: bytes, kind: type[T]) -> T:
    """Read a body. Raises `UpstreamInvalidResponse`, which names the path of the fault and never the content."""
    try:
        value: T = _decoder(kind).decode(body)  # type: ignore[arg-type]  # a type is hashable
        return value
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        path = str(error).rpartition(" - at ")[2] if isinstance(error, msgspec.ValidationError) else ""
        raise UpstreamInvalidResponse(detail=f"{type(error).__name__} {path}".strip()) from None


@cache
def _decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    # `cache` hides the types; `decode` restores them.
    return msgspec.json.Decoder(kind, strict=False, float_hook=Decimal)


def required(value: T | None) -> T:
    """The content of a wrapper. Raises `UpstreamInvalidResponse` when there is none."""
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
    """Digital River also writes an absent value as an empty string or as the word null."""
    return text if text and text != "null" else None


def calendar_day(text: str | None) -> date | None:
    """The day of a date or of a date and time; None for anything else."""
    try:
        return date.fromisoformat((text or "")[:10])
    except ValueError:
        return None


def convert(value: object, kind: type[T]) -> T:
    """Read a `JsonObject`, the second step. Raises `UpstreamInvalidResponse`."""
    try:
        return msgspec.convert(value, kind, strict=False)
    except msgspec.ValidationError as error:
        raise UpstreamInvalidResponse(detail=f"ValidationError {str(error).rpartition(' - at ')[2]}") from None


def encode(value: object) -> bytes:
    """Write what `decode` reads."""
    return msgspec.json.encode(value)


class Attribute(Shape, frozen=True, kw_only=True):
    name: str = ""
    value: Any = None
    type: str | None = None


class Attributes(Shape, frozen=True, kw_only=True):
    attribute: OneOrMany[Attribute] = []


class CustomAttribute(Shape, frozen=True, kw_only=True):
    """A name and value of the merchant."""

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


# How values are sent.


def boolean_string(value: bool) -> str:
    """A boolean as a string, the form that every call accepts."""
    return "true" if value else "false"


def locale_string(locale: str) -> str:
    """A locale of the graph, such as `en-US`, as `en_US`."""
    return locale.replace("-", "_")
