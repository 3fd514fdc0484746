"""Base class of the inputs of the graph, and the function that declares their fields.

`schema/input_types.py` builds a GraphQL input type with the same name from each class. A field without a default is
non-null. A field with a default is nullable. If a client omits such a field or sends null, the default is used.
"""

from dataclasses import MISSING, dataclass
from dataclasses import field as dataclass_field
from typing import Any, ClassVar, dataclass_transform


def field(description: str, *, default: Any = MISSING, is_secret: bool = False) -> Any:
    """A field of an input. A secret field has the directive `@sensitive` in the graph and is omitted from `repr`."""
    return dataclass_field(
        default=default, repr=not is_secret, metadata={"description": description, "is_secret": is_secret}
    )


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
@dataclass(frozen=True, kw_only=True)
class Input:
    """Base class of all inputs. A subclass becomes a frozen dataclass. With `one_of=True`, its GraphQL type has the
    directive `@oneOf`.
    """

    is_one_of: ClassVar[bool] = False

    def __init_subclass__(cls, *, one_of: bool = False) -> None:
        cls.is_one_of = one_of
        dataclass(frozen=True, kw_only=True)(cls)
