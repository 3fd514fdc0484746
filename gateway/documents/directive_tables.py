"""The directives of the schema, by the coordinate of the schema element that has the directive.

`schema/` declares the directives and fills these tables at start. `cost` and `cacheability` use the tables.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from gateway.enums import CacheControlScope, SessionLevel

Coordinate = str
"""Coordinate of a schema element, for example `Cart`, `Cart.lines`, `AddressInput.line1` or `Query.product(by:)`."""


@dataclass(frozen=True)
class ListSize:
    """Arguments of `@listSize`, from which the cost estimate takes the number of items.

    `sized_fields` are the subfields that contain the items. If `needs_one` is True, exactly one slicing argument must
    have a value.
    """

    assumed: int | None = None
    slicing_arguments: tuple[str, ...] = ()
    sized_fields: frozenset[str] = frozenset()
    needs_one: bool = False


@dataclass(frozen=True)
class CacheHint:
    """Values of `@cacheControl`. A value of None is inherited from the parent field."""

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
