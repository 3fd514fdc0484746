"""How an input of the graph is declared: once, as plain data with its descriptions.

`schema/input_types.py` makes the GraphQL type of a declaration. The class and the type have the same name. A field
without a default is non-null. A field with a default is nullable: a client that sends null, or nothing, gets the
default.
"""

from dataclasses import MISSING, dataclass
from dataclasses import field as dataclass_field
from typing import Any, ClassVar, dataclass_transform


def field(description: str, *, default: Any = MISSING, is_secret: bool = False) -> Any:
    """A field of an input. A secret one is `@sensitive` in the graph and left out of `repr`."""
    return dataclass_field(
        default=default, repr=not is_secret, metadata={"description": description, "is_secret": is_secret}
    )


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
@dataclass(frozen=True, kw_only=True)
class Input:
    """Base of all inputs. A subclass is a frozen dataclass; `one_of` makes its GraphQL type `@oneOf`."""

    is_one_of: ClassVar[bool] = False

    def __init_subclass__(cls, *, one_of: bool = False) -> None:
        cls.is_one_of = one_of
        dataclass(frozen=True, kw_only=True)(cls)
