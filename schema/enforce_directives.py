"""The directives of the schema, read back from it at start: what they say, and what they make of a resolver.

Nothing of a directive is repeated elsewhere. An application that nothing would act on stops the start.
"""

from collections.abc import Iterator
from typing import Any, TypeVar

from graphql import (
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLSchema,
    get_named_type,
    is_input_object_type,
    is_interface_type,
    is_non_null_type,
    is_object_type,
)
from strawberry import UNSET

from gateway.documents.directive_tables import CacheHint, Coordinate, DirectiveTables, ListSize
from gateway.enums import CacheControlScope, IdempotencyMode, SessionLevel
from schema.directives import (
    CacheControl,
    Cost,
    Idempotency,
    RequiresSession,
    SemanticNonNull,
    Sensitive,
)
from schema.directives import (
    ListSize as ListSizeDirective,
)
from schema.resolver_call import Conditions

P = TypeVar("P")

Member = Any
"""A type, field, argument or member of an input, as graphql-core has it."""


class Ineffective(Exception):
    """A directive says something that nothing acts on, or that contradicts another one."""


def policy(member: Member, kind: type[P]) -> P | None:
    """What a directive of this kind says of the member; None when it has none."""
    return next((one for one in _applied(member) if isinstance(one, kind)), None)


def _applied(member: Member) -> tuple[object, ...]:
    definition = member.extensions.get("strawberry-definition")
    return tuple(getattr(definition, "directives", None) or ())


def members(core: GraphQLSchema) -> Iterator[tuple[Coordinate, Member]]:
    """All that may carry a directive, by coordinate."""
    for name, type_ in core.type_map.items():
        if name.startswith("__"):
            continue
        yield name, type_
        for member, field in getattr(type_, "fields", {}).items():
            yield f"{name}.{member}", field
            for argument, one in getattr(field, "args", {}).items():
                yield f"{name}.{member}({argument}:)", one


def read(core: GraphQLSchema) -> DirectiveTables:
    """All that the gateway's rules need to know of the schema. Raises `Ineffective`."""
    found = dict(members(core))
    _check(core, found)
    return DirectiveTables(
        weights={name: float(one.weight) for name, one in _having(found, Cost)},
        sizes={name: _size(one) for name, one in _having(found, ListSizeDirective)},
        hints={name: _hint(one) for name, one in _having(found, CacheControl)},
        levels={name: one.level for name, one in _having(found, RequiresSession)},
        sensitive=frozenset(name for name, _ in _having(found, Sensitive)),
    )


def _having(found: dict[Coordinate, Member], kind: type[P]) -> Iterator[tuple[Coordinate, P]]:
    return ((name, said) for name, member in found.items() if (said := policy(member, kind)) is not None)


def _size(said: ListSizeDirective) -> ListSize:
    slicing = tuple(_given(said.slicing_arguments) or ())
    return ListSize(
        assumed=_given(said.assumed_size),
        slicing_arguments=slicing,
        sized_fields=frozenset(_given(said.sized_fields) or ()),
        needs_one=bool(slicing) and bool(_given(said.require_one_slicing_argument)),
    )


def _hint(said: CacheControl) -> CacheHint:
    inherits = bool(_given(said.inherit_max_age))
    return CacheHint(
        scope=_given(said.scope),
        max_age_s=None if inherits else _given(said.max_age),
        stale_if_error_s=_given(said.stale_if_error),
    )


def _given(value: Any) -> Any:
    return None if value is UNSET else value


# What would be decoration.


def _check(core: GraphQLSchema, found: dict[Coordinate, Member]) -> None:
    for name, member in found.items():
        for said in _applied(member):
            why = problem(core, name, member, said)
            if why is not None:
                raise Ineffective(f"{type(said).__name__} of {name}: {why}")


def problem(core: GraphQLSchema, name: Coordinate, member: Member, said: object) -> str | None:
    """Why a directive at this member would not act; None when it does."""
    match said:
        case Cost() if "(" in name or ("." in name and is_input_object_type(core.type_map[name.partition(".")[0]])):
            return "what is given has no weight; say it of the field"
        case RequiresSession() if isinstance(member, GraphQLField):
            return None if _has_resolver(member) else "a field of its parent's answer has the parent's level"
        case RequiresSession(level=level) if level is not SessionLevel.NONE:
            hint = policy(member, CacheControl)
            is_private = hint is not None and hint.scope is CacheControlScope.PRIVATE
            return None if is_private else "what needs a session is private"
        case SemanticNonNull(levels=levels):
            if is_non_null_type(member.type):
                return "the field is never null anyway"
            if not _has_resolver(member):
                return "the field makes no call of its own that could fail"
            return None if tuple(levels) == (0,) else "only the field itself is looked at"
        case Idempotency(mode=mode):
            return _mode_problem(core, name, member, mode)
    return None


def _mode_problem(core: GraphQLSchema, name: Coordinate, member: GraphQLField, mode: IdempotencyMode) -> str | None:
    if core.mutation_type is None or not name.startswith(f"{core.mutation_type.name}."):
        return "only mutations are repeated"
    given = member.args.get("input")
    input_type = get_named_type(given.type) if given is not None else None
    has_key = isinstance(input_type, GraphQLInputObjectType) and "idempotencyKey" in input_type.fields
    if has_key != (mode is IdempotencyMode.KEYED):
        return "KEYED is the mode of a mutation whose input has an idempotencyKey, and of no other"
    return None


def _has_resolver(field: GraphQLField) -> bool:
    return "resolver" in (getattr(field.extensions.get("strawberry-definition"), "metadata", None) or {})


# What directives make of a resolver.


def enforce(core: GraphQLSchema) -> None:
    """Set for each resolver the session level it needs, and whether it promises a value."""
    for type_ in core.type_map.values():
        if not (is_object_type(type_) or is_interface_type(type_)) or type_.name.startswith("__"):
            continue
        for field in type_.fields.values():
            if not _has_resolver(field):
                continue
            conditions: Conditions = field.extensions["strawberry-definition"].metadata["conditions"]
            conditions.level, conditions.is_refused = _level(field)
            conditions.is_never_null = policy(field, SemanticNonNull) is not None


def _level(field: GraphQLField) -> tuple[SessionLevel, bool]:
    """The level that a field needs, and whether it is refused below it. Where only its type needs a level,
    or the field itself says that it needs none, there is simply nothing for a caller below it."""
    stated = policy(field, RequiresSession)
    if stated is not None and stated.level is not SessionLevel.NONE:
        return stated.level, True
    of_type = policy(get_named_type(field.type), RequiresSession)
    return (of_type.level if of_type is not None else SessionLevel.NONE), False
