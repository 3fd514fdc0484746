"""Base class of the inputs of the graph, and the function that declares their fields.

`schema/input_types.py` builds a GraphQL input type with the same name from each class. A field without a default is
non-null. A field with a default is nullable. If a client omits such a field or sends null, the default is used.

An input finds its own faults, all at once, before its mutation is executed.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import MISSING, Field, dataclass, fields
from dataclasses import field as dataclass_field
from enum import Enum
from functools import cache
from itertools import chain, islice
from typing import Any, ClassVar, Self, dataclass_transform, get_args

from strawberry.utils.str_converters import to_camel_case

from gateway.documents.malformed_values import Malformed
from gateway.operation.context import Context
from gateway.refusals.user_errors import AnyUserError, Path
from gateway.settings.settings import Settings
from resolvers import checks
from resolvers.checks import Check
from resolvers.scalars import ID, EmailAddress

MOST_FAULTS = 100


class Typed(Enum):
    """What spaces mean in a string."""

    AS_PROSE = "prose"
    """A person types it: spaces around it are removed. A blank string counts as absent if the field has a default."""
    MAY_BE_BLANK = "may be blank"
    """As prose, but a blank string has a meaning of its own."""
    EXACTLY = "exactly"
    """Every character counts, as in a password."""


def field(
    description: str,
    *,
    default: Any = MISSING,
    is_secret: bool = False,
    typed: Typed = Typed.AS_PROSE,
    check: Check | None = None,
    check_item: Check | None = None,
) -> Any:
    """A field of an input. A secret field has the directive `@sensitive` in the graph and is omitted from `repr`.
    `check` finds the fault of a value of the right type, and `check_item` that of an item of a list. A required string
    must not be blank."""
    metadata = {
        "description": description,
        "is_secret": is_secret,
        "typed": typed,
        "check": check,
        "check_item": check_item,
    }
    return dataclass_field(default=default, repr=not is_secret, metadata=metadata)


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

    @classmethod
    def from_client(cls, values: dict[str, Any]) -> Self:
        """The input from the values that a client sent, by the names of the fields."""
        for name, may_be_absent in _prose(cls):  # type: ignore[arg-type]  # mypy takes the hash of instances for that of the class
            value = values.get(name)
            if isinstance(value, str):
                value = values[name] = value.strip()
            if may_be_absent and value is not None and _is_blank(value):
                del values[name]
        return cls(**values)

    def faults(self, path: Path, settings: Settings) -> Iterator[AnyUserError]:
        """The faults that can be found without a call to Digital River. `path` is the path of this input."""
        for declared in fields(self):
            value = getattr(self, declared.name)
            if value is not None:
                yield from self._faults_of(declared, value, (*path, to_camel_case(declared.name)), settings)
        yield from self.own_faults(path, settings)

    def own_faults(self, path: Path, settings: Settings) -> Iterator[AnyUserError]:  # noqa: ARG002 - for subclasses
        """The faults of this input beyond those of its fields. Values may be malformed here."""
        yield from ()

    def _faults_of(self, declared: "Field[Any]", value: Any, path: Path, settings: Settings) -> Iterator[AnyUserError]:
        if self._needs(declared) and _is_blank(value) and declared.metadata["typed"] is not Typed.MAY_BE_BLANK:
            yield checks.blank(path)
        elif isinstance(value, Malformed):
            yield checks.not_in_format(path, value)
        elif (check := declared.metadata["check"]) is not None and (fault := check(value, path)) is not None:
            yield fault
        elif isinstance(value, Input):
            yield from value.faults(path, settings)
        elif isinstance(value, list):
            for index, item in enumerate(value):
                yield from _faults_of_item(item, declared.metadata["check_item"], (*path, str(index)), settings)

    @classmethod
    def _needs(cls, declared: "Field[Any]") -> bool:
        """Whether the field, once sent, needs a value that is not blank."""
        return (cls.is_one_of or declared.default is MISSING) and ID not in _hints(declared)


def _faults_of_item(item: Any, check: Check | None, path: Path, settings: Settings) -> Iterator[AnyUserError]:
    if isinstance(item, Input):
        yield from item.faults(path, settings)
    elif isinstance(item, Malformed):
        yield checks.not_in_format(path, item)
    elif check is not None and (fault := check(item, path)) is not None:
        yield fault


@cache
def _prose(declaration: type[Input]) -> Sequence[tuple[str, bool]]:
    """Names of the fields that a person types, each with whether a blank string counts as absent."""
    return [
        (declared.name, declared.metadata["typed"] is Typed.AS_PROSE and not declaration._needs(declared))
        for declared in fields(declaration)
        if declared.metadata["typed"] is not Typed.EXACTLY and not {str, EmailAddress}.isdisjoint(_hints(declared))
    ]


def _hints(declared: "Field[Any]") -> tuple[Any, ...]:
    """The type of a field, or the types of its union."""
    return get_args(declared.type) or (declared.type,)


def _is_blank(value: Any) -> bool:
    return value.is_blank if isinstance(value, Malformed) else isinstance(value, str) and not value.strip()


def faults_of_input(ctx: Context, arguments: Mapping[str, Any]) -> list[AnyUserError]:
    """The faults of a mutation's argument `input`, at most `MOST_FAULTS`."""
    faults = (value.faults(("input",), ctx.settings) for value in arguments.values() if isinstance(value, Input))
    return list(islice(chain.from_iterable(faults), MOST_FAULTS))
