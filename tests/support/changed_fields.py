"""Changes each field of a JSON body, one at a time, in the ways in which answers differ from their documentation."""

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple

Path = tuple[str | int, ...]

NUMERAL = re.compile(r"\d{1,60}(\.\d{1,60})?")


class Kind(StrEnum):
    """What a change does to the value of a field."""

    NULL = "null"
    OMITTED = "omitted"
    STRING = "as a string"
    ZEROS = "as a string with leading zeros"
    LIST = "in a list"


MISSING = frozenset({Kind.NULL, Kind.OMITTED})
"""Changes after which the value of the field is missing. Any other change of a number, a string or a boolean keeps the
value, and only writes it in another way."""


IDS = frozenset({"id", "code", "postalCode", "phoneNumber"})
"""Fields whose leading zeros have a meaning: `012` and `12` are different ids and postal codes."""


class Change(NamedTuple):
    path: Path
    kind: Kind
    old: Any
    """Value of the field before the change."""

    def apply(self, body: Any) -> Any:
        """Copy of the body with the change. Unchanged parts are shared with the original."""
        return _replaced(body, self.path, self.kind)

    @property
    def keeps_value(self) -> bool:
        """Whether the value can still be read. An object or a list that is sent as a string cannot be read."""
        return self.kind not in MISSING and not (self.kind is Kind.STRING and isinstance(self.old, dict | list))

    def __str__(self) -> str:
        return f"{'.'.join(map(str, self.path))} {self.kind}"


def changes(body: Any) -> Iterator[Change]:
    """Yield each change of each field of a body."""
    for path, value in fields(body):
        for kind in Kind:
            if kind is Kind.ZEROS and path[-1] in IDS:
                continue
            if kind in MISSING or _new_value(kind, value) is not None:
                yield Change(path, kind, value)


def fields(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield path and value of every field of every object in a JSON value."""
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        if isinstance(value, dict):
            yield (*path, key), child
        yield from fields(child, (*path, key))


def _new_value(kind: Kind, value: Any) -> Any:
    """The value that replaces a value. None if the change does not apply to it, or if the change removes it."""
    if value is None or kind in MISSING:
        return None
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    match kind:
        case Kind.STRING:
            return None if isinstance(value, str) else json.dumps(value)
        case Kind.ZEROS:
            is_numeral = is_number or (isinstance(value, str) and value.isdecimal() and not value.startswith("0"))
            return f"0{value}" if is_numeral and not str(value).startswith("-") else None
        case _:
            return [value]


def _replaced(body: Any, path: Path, kind: Kind) -> Any:
    key, *rest = path
    copy: Any = body.copy()
    if rest:
        copy[key] = _replaced(body[key], tuple(rest), kind)
    elif kind is Kind.OMITTED:
        del copy[key]
    else:
        copy[key] = _new_value(kind, body[key])
    return copy


def _spelled_alike(value: Any) -> Any:
    """The value in the same spelling, whether it was sent as itself, as a string or in a list."""
    if isinstance(value, list) and len(value) == 1:
        return _spelled_alike(value[0])
    text = str(value).lower()
    return Decimal(text) if NUMERAL.fullmatch(text) else text


def differences(before: Any, after: Any, path: Path = (), *, removed: Path = ()) -> list[Path]:
    """Paths at which two JSON values differ. The number 8, the string `08` and the list `[8]` do not differ.

    If `after` lacks the entry of a list through which the path `removed` leads, only the path of this entry is
    returned.
    """
    if isinstance(before, dict) and isinstance(after, dict):
        keys = before.keys() | after.keys()
        pairs = [(key, before.get(key), after.get(key)) for key in keys]
    elif isinstance(before, list) and isinstance(after, list):
        index = removed[0] if removed and isinstance(removed[0], int) else None
        if index is not None and len(after) == len(before) - 1:
            rest = [*before[:index], *before[index + 1 :]]
            return [(*path, index), *differences(rest, after, path)]
        if len(before) != len(after):
            return [path]
        pairs = [(number, old, new) for number, (old, new) in enumerate(zip(before, after, strict=True))]
    else:
        return [] if before == after or _spelled_alike(before) == _spelled_alike(after) else [path]
    return [
        changed
        for key, old, new in pairs
        for changed in differences(old, new, (*path, key), removed=removed[1:] if removed[:1] == (key,) else ())
    ]
