"""The schema's directives as tables, by the coordinate of the schema element that carries them.

`schema/` declares the directives and fills these tables at start. `cost` and `cacheability` apply them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from gateway.enums import CacheControlScope, SessionLevel

Coordinate = str
"""For example `Cart`, `Cart.lines`, `AddressInput.line1` or `Query.product(by:)`."""


@dataclass(frozen=True)
class ListSize:
    """Number of items that a list counts for. `sized_fields` are the fields below it that hold the items.

    `needs_one`: exactly one slicing argument must have a value.
    """

    assumed: int | None = None
    slicing_arguments: tuple[str, ...] = ()
    sized_fields: frozenset[str] = frozenset()
    needs_one: bool = False


@dataclass(frozen=True)
class CacheHint:
    """Values of `@cacheControl`. None: inherited from the parent field."""

    scope: CacheControlScope | None = None
    max_age_s: int | None = None
    stale_if_error_s: int | None = None


@dataclass(frozen=True)
class DirectiveTables:
    weights: Mapping[Coordinate, float] = field(default_factory=dict)
    sizes: Mapping[Coordinate, ListSize] = field(default_factory=dict)
    hints: Mapping[Coordinate, CacheHint] = field(default_factory=dict)
    levels: Mapping[Coordinate, SessionLevel] = field(default_factory=dict)
    sensitive: frozenset[Coordinate] = frozenset()
