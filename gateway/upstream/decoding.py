"""How Digital River writes values, and how they are read: once, here, in every form that occurs.

Booleans and numbers come as themselves or as text, ids as either, a list of one as its element, what is
absent as null, as `{}` or not at all.
"""

from collections.abc import Iterable
from decimal import Decimal
from functools import cache
from typing import Any, TypeVar, Union

import msgspec

from gateway.errors import UpstreamInvalidResponse

T = TypeVar("T")

OneOrMany = Union[list[T], T]  # noqa: UP007 - an alias with a parameter
"""A collection that is an object when it has one element."""

Identifier = int | str
"""Numbers beyond 32 bits, or text; always text in the graph."""


Loose = dict[str, Any]
"""An object whose members cannot all be declared, read in a second step. Its numbers are exact."""


class Shape(msgspec.Struct, frozen=True, gc=False):
    """Something upstream says, with the graph's names."""

    @property
    def typename(self) -> str:
        """Type of the graph it appears as."""
        return type(self).__name__


def many(value: OneOrMany[T] | None) -> list[T]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def blank_is_none(text: str | None) -> str | None:
    """Upstream also says nothing with an empty text, and with the word null."""
    return text if text and text != "null" else None


def first(*values: T | None) -> T | None:
    return next((value for value in values if value is not None), None)


def present(found: T | None) -> T:
    """What a wrapper must hold."""
    if found is None:
        raise UpstreamInvalidResponse(detail="wrapper missing")
    return found


def decode(body: bytes, kind: type[T]) -> T:
    """Read a body. Raises `UpstreamInvalidResponse` that names the place, never the content."""
    try:
        read: T = _decoder(kind).decode(body)  # type: ignore[arg-type]  # a type is hashable
        return read
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        place = str(error).rpartition(" - at ")[2] if isinstance(error, msgspec.ValidationError) else ""
        raise UpstreamInvalidResponse(detail=f"{type(error).__name__} {place}".strip()) from None


def convert(value: object, kind: type[T]) -> T:
    """The second step of reading a loose object."""
    try:
        return msgspec.convert(value, kind, strict=False)
    except msgspec.ValidationError as error:
        raise UpstreamInvalidResponse(detail=f"ValidationError {str(error).rpartition(' - at ')[2]}") from None


def encode(value: object) -> bytes:
    """Write what `decode` reads."""
    return msgspec.json.encode(value)


@cache
def _decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    # A cache's types are lost to the checker; `decode` gives them back.
    return msgspec.json.Decoder(kind, strict=False, float_hook=Decimal)


class Attribute(Shape, frozen=True, kw_only=True):
    name: str = ""
    value: Any = None
    type: str | None = None


class Attributes(Shape, frozen=True, kw_only=True):
    attribute: OneOrMany[Attribute] = []


class CustomAttribute(Shape, frozen=True, kw_only=True):
    """A merchant's own name and value."""

    name: str
    value: str
    value_type: str


def custom_attributes(found: Attributes | None) -> list[CustomAttribute]:
    listed: Iterable[Attribute] = many(found.attribute) if found else []
    return [CustomAttribute(name=one.name, value=_text(one.value), value_type=one.type or "String") for one in listed]


def _text(value: object) -> str:
    if isinstance(value, bool):
        return truth(value)
    return "" if value is None else str(value)


# How values are sent.


def truth(value: bool) -> str:
    """A boolean as the text that is taken everywhere."""
    return "true" if value else "false"


def locale_text(locale: str) -> str:
    """A locale of the graph's form as `en_US`."""
    return locale.replace("-", "_")
