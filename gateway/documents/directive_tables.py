"""What the schema says of its members beside their types: weights, sizes, lifetimes, levels, secrets.

Declared once, as directives in `schema/`, and read from there at start. The rules that follow from it are
in `gateway.demand` and `gateway.freshness`; nothing here knows a member by its name.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from gateway.enums import CacheControlScope, SessionLevel

Coordinate = str
"""`Cart`, `Cart.lines`, `AddressInput.line1` or `Query.product(by:)`."""


@dataclass(frozen=True)
class ListSize:
    """How many items a list counts for. `sized_fields` are those below it that hold the items."""

    assumed: int | None = None
    slicing_arguments: tuple[str, ...] = ()
    sized_fields: frozenset[str] = frozenset()
    needs_one: bool = False
    """Exactly one slicing argument has to be given."""


@dataclass(frozen=True)
class Hint:
    """What a member says of keeping its value. None: as the member above it says."""

    scope: CacheControlScope | None = None
    max_age_s: int | None = None
    stale_if_error_s: int | None = None


@dataclass(frozen=True)
class DirectiveTables:
    """By the coordinate of the member that carries the directive."""

    weights: Mapping[Coordinate, float] = field(default_factory=dict)
    sizes: Mapping[Coordinate, ListSize] = field(default_factory=dict)
    hints: Mapping[Coordinate, Hint] = field(default_factory=dict)
    levels: Mapping[Coordinate, SessionLevel] = field(default_factory=dict)
    sensitive: frozenset[Coordinate] = frozenset()
