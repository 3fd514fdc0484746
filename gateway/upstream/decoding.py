"""Decodes the JSON of Digital River, in which the same value may have different types.

A boolean or a number may be sent as a string. An id may be sent as a number or a string. A list with one element may be
sent as that element. A missing value may be null, `{}` or omitted. Attributes named `wire_…` hold a value as Digital
River sent it. Methods named `wire` return JSON for Digital River.
"""

import logging
import re
from collections.abc import Iterable
from copy import deepcopy
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Annotated, Any, TypeVar, Union

import msgspec

from gateway.errors import UpstreamInvalidResponse
from gateway.telemetry.logs import FOLDED

log = logging.getLogger(__name__)

T = TypeVar("T")

MAX_REPAIRS = 100
"""Maximum number of wrong parts in one answer. An answer with more is invalid, to limit the CPU time."""

PATH_PART = re.compile(r"\.([^.\[`]+)|\[(\d+)\]")

LEADING_ZEROS = re.compile(r"0+\d+")
"""A number as a string with leading zeros. Digital River documents months as `08`."""

CUT = "was cut"
"""Field that is added to a JSON object if values that are not empty were removed from it, or from a list in it. It
contains the names of the fields that had the values."""

OneOrMany = Union[list[T], T]  # noqa: UP007 - an alias with a parameter
"""A list, or the only element of a list with one element."""

Int32 = Annotated[int, msgspec.Meta(ge=-(2**31), lt=2**31)]
"""An integer that the graph can return as `Int`. A larger number in an answer is treated as missing."""

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
    """Decode a JSON body, and ignore values that `kind` does not allow: see `convert`.

    Raises `UpstreamInvalidResponse`, which contains the path of the invalid field but no values.
    """
    try:
        try:
            return _decoded(body, kind)
        except msgspec.ValidationError:
            return convert(_decoder(Any).decode(body), kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UpstreamInvalidResponse(detail=type(error).__name__) from None


def decode_whole(body: bytes, kind: type[T]) -> T:
    """Decode a JSON body of which no part may be missing, such as a rule that an order must obey.

    Raises `UpstreamInvalidResponse`, which contains the path of the invalid field but no values.
    """
    try:
        return _decoded(body, kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UpstreamInvalidResponse(detail=f"{type(error).__name__} {str(error).rpartition(' - at ')[2]}") from None


def _decoded(body: bytes, kind: type[T]) -> T:
    value: T = _decoder(kind).decode(body)  # type: ignore[arg-type]  # a type is hashable
    return value


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
    """Decode a JSON value to the type `kind`. A part that `kind` does not allow is treated as missing, and is logged.

    For example, a card whose expiration month is not a number has no expiration month. A part without a required field
    is missing as a whole. Raises `UpstreamInvalidResponse` if nothing is left, or if too many parts are wrong.
    """
    try:
        return msgspec.convert(value, kind, strict=False)
    except msgspec.ValidationError as error:
        return _convert_repaired(deepcopy(value), kind, error)


def _convert_repaired(value: object, kind: type[T], error: msgspec.ValidationError) -> T:
    for _ in range(MAX_REPAIRS):
        reason, _, path = str(error).rpartition(" - at `$")
        keys = _keys(path)
        if not keys or not _repair(value, keys, expects_string=reason.startswith("Expected `str")):
            break
        try:
            return msgspec.convert(value, kind, strict=False)
        except msgspec.ValidationError as next_error:
            error = next_error
    raise UpstreamInvalidResponse(detail=f"ValidationError {str(error).rpartition(' - at ')[2]}")


def _keys(path: str) -> list[str | int]:
    """Keys and indices of the path in an error message of msgspec, such as `.lines[1].id`"""
    parts = PATH_PART.findall(path)
    return [int(index) if index else name for name, index in parts]


def _repair(value: Any, keys: list[str | int], *, expects_string: bool) -> bool:
    """Correct the part at this path, or remove the part. Return False if the path does not exist."""
    *parents, last = keys
    holder, name = value, last
    try:
        for index, key in enumerate(parents):
            value = value[key]
            if isinstance(value, dict):
                holder, name = value, keys[index + 1]
        part = value[last]
    except (KeyError, IndexError, TypeError):
        return False
    if isinstance(part, list) and len(part) == 1:
        value[last] = part[0]
    elif isinstance(part, str) and LEADING_ZEROS.fullmatch(part):
        value[last] = part.lstrip("0") or "0"
    elif expects_string and isinstance(part, int | Decimal):
        value[last] = str(part)
    else:
        log.warning(
            "value in answer ignored",
            extra={"reason": ".".join("[]" if isinstance(key, int) else key for key in keys), **FOLDED},
        )
        del value[last]
        if part and isinstance(holder, dict):
            holder[CUT] = [*holder.get(CUT, []), name]
    return True


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
        CustomAttribute(name=attribute.name, value=string_of(attribute.value), value_type=attribute.type or "String")
        for attribute in attributes
    ]


def alone(value: object) -> object:
    """The element of a list with one element. Any other value is returned unchanged."""
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def string_of(value: object) -> str:
    """A scalar as a string. Empty for null, a list or an object."""
    value = alone(value)
    if isinstance(value, bool):
        return boolean_string(value)
    return "" if value is None or isinstance(value, dict | list) else str(value)


# Formats of values that are sent to Digital River.


def boolean_string(value: bool) -> str:
    """The boolean as a string. Every endpoint accepts this format."""
    return "true" if value else "false"


def locale_string(locale: str) -> str:
    """A locale in Digital River's spelling: `en_US` for `en-US`."""
    return locale.replace("-", "_")
