"""Reads the directives from the built schema. `read_directives` collects their arguments for the checks of documents.
`enforce` sets the conditions under which a resolver is called.

The gateway does not start if a directive has no effect or contradicts another directive.
"""

from collections.abc import Iterator, Mapping
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

from gateway.documents.directive_tables import CacheHint, Coordinate, DirectiveTables
from gateway.documents.directive_tables import ListSize as ListSizeRow
from gateway.enums import CacheControlScope, IdempotencyMode, SessionLevel
from gateway.execution.field_resolver import Conditions
from schema.directives import CacheControl, Cost, Idempotency, ListSize, RequiresSession, SemanticNonNull, Sensitive

D = TypeVar("D")

Element = Any
"""A graphql-core object: a type, a field, an argument or an input field."""


class IneffectiveDirective(Exception):
    """A directive has no effect, or contradicts another directive."""


def directive_of(element: Element, kind: type[D]) -> D | None:
    return next((directive for directive in _directives(element) if isinstance(directive, kind)), None)


def _directives(element: Element) -> tuple[object, ...]:
    definition = element.extensions.get("strawberry-definition")
    return tuple(getattr(definition, "directives", None) or ())


def elements(core: GraphQLSchema) -> Iterator[tuple[Coordinate, Element]]:
    """Every element of the schema that can have a directive, with its coordinate."""
    for type_name, type_ in core.type_map.items():
        if type_name.startswith("__"):
            continue
        yield type_name, type_
        for field_name, field in getattr(type_, "fields", {}).items():
            yield f"{type_name}.{field_name}", field
            for argument_name, argument in getattr(field, "args", {}).items():
                yield f"{type_name}.{field_name}({argument_name}:)", argument


def read_directives(core: GraphQLSchema) -> DirectiveTables:
    """The arguments of all directives in the schema. Raises `IneffectiveDirective` if a directive has no effect or
    contradicts another directive.
    """
    by_coordinate = dict(elements(core))
    _check(core, by_coordinate)
    return DirectiveTables(
        weights={coordinate: float(cost.weight) for coordinate, cost in _with(by_coordinate, Cost)},
        sizes={coordinate: _size(list_size) for coordinate, list_size in _with(by_coordinate, ListSize)},
        hints={coordinate: _hint(cache_control) for coordinate, cache_control in _with(by_coordinate, CacheControl)},
        levels={coordinate: required.level for coordinate, required in _with(by_coordinate, RequiresSession)},
        sensitive=frozenset(coordinate for coordinate, _ in _with(by_coordinate, Sensitive)),
    )


def _with(by_coordinate: Mapping[Coordinate, Element], kind: type[D]) -> Iterator[tuple[Coordinate, D]]:
    for coordinate, element in by_coordinate.items():
        directive = directive_of(element, kind)
        if directive is not None:
            yield coordinate, directive


def _size(list_size: ListSize) -> ListSizeRow:
    slicing = tuple(_value(list_size.slicing_arguments) or ())
    return ListSizeRow(
        assumed=_value(list_size.assumed_size),
        slicing_arguments=slicing,
        sized_fields=frozenset(_value(list_size.sized_fields) or ()),
        needs_one=bool(slicing) and bool(_value(list_size.require_one_slicing_argument)),
    )


def _hint(cache_control: CacheControl) -> CacheHint:
    inherits = bool(_value(cache_control.inherit_max_age))
    return CacheHint(
        scope=_value(cache_control.scope),
        max_age_s=None if inherits else _value(cache_control.max_age),
        stale_if_error_s=_value(cache_control.stale_if_error),
    )


def _value(argument: Any) -> Any:
    return None if argument is UNSET else argument


# Checks of the directives.


def _check(core: GraphQLSchema, by_coordinate: Mapping[Coordinate, Element]) -> None:
    for coordinate, element in by_coordinate.items():
        for directive in _directives(element):
            reason = problem(core, coordinate, element, directive)
            if reason is not None:
                raise IneffectiveDirective(f"{type(directive).__name__} of {coordinate}: {reason}")


def problem(core: GraphQLSchema, coordinate: Coordinate, element: Element, directive: object) -> str | None:
    """The reason why a directive of an element has no effect or is wrong. None if the directive is correct."""
    match directive:
        case Cost() if _is_input(core, coordinate):
            return "an input has no cost; set the cost of the field"
        case RequiresSession() if isinstance(element, GraphQLField):
            return None if _has_resolver(element) else "a field without a resolver has the level of its parent"
        case RequiresSession(level=level) if level is not SessionLevel.NONE:
            hint = directive_of(element, CacheControl)
            is_private = hint is not None and hint.scope is CacheControlScope.PRIVATE
            return None if is_private else "a type that needs a session must be PRIVATE"
        case SemanticNonNull(levels=levels):
            if is_non_null_type(element.type):
                return "the field is non-null already"
            if not _has_resolver(element):
                return "a field without a resolver has no call that could fail"
            return None if tuple(levels) == (0,) else "only level 0, the field itself, is checked"
        case Idempotency(mode=mode):
            return _mode_problem(core, coordinate, element, mode)
    return None


def _is_input(core: GraphQLSchema, coordinate: Coordinate) -> bool:
    type_name, _, below = coordinate.partition(".")
    return "(" in coordinate or (bool(below) and is_input_object_type(core.type_map[type_name]))


def _mode_problem(
    core: GraphQLSchema, coordinate: Coordinate, field: GraphQLField, mode: IdempotencyMode
) -> str | None:
    if core.mutation_type is None or not coordinate.startswith(f"{core.mutation_type.name}."):
        return "only mutations can be @idempotency"
    argument = field.args.get("input")
    input_type = get_named_type(argument.type) if argument is not None else None
    has_key = isinstance(input_type, GraphQLInputObjectType) and "idempotencyKey" in input_type.fields
    if has_key != (mode is IdempotencyMode.KEYED):
        return "a mutation must be KEYED if its input has an idempotencyKey, and only then"
    return None


def _has_resolver(field: GraphQLField) -> bool:
    return "resolver" in (getattr(field.extensions.get("strawberry-definition"), "metadata", None) or {})


# Conditions of resolvers.


def enforce(core: GraphQLSchema) -> None:
    """Set the `Conditions` of each field's resolver from the directives of the field."""
    for type_ in core.type_map.values():
        if not (is_object_type(type_) or is_interface_type(type_)) or type_.name.startswith("__"):
            continue
        for field in type_.fields.values():
            if not _has_resolver(field):
                continue
            conditions: Conditions = field.extensions["strawberry-definition"].metadata["resolver"].conditions
            conditions.level, conditions.raises_below_level = _level(field)
            conditions.is_never_null = directive_of(field, SemanticNonNull) is not None


def _level(field: GraphQLField) -> tuple[SessionLevel, bool]:
    """The session level that a field needs, and whether a lower session level causes an error.

    If the field has its own `@requiresSession`, a lower level causes an error. If the field has none, or has the level
    NONE, the level of the returned type applies, and a lower level makes the field null.
    """
    own = directive_of(field, RequiresSession)
    if own is not None and own.level is not SessionLevel.NONE:
        return own.level, True
    of_type = directive_of(get_named_type(field.type), RequiresSession)
    return (of_type.level if of_type is not None else SessionLevel.NONE), False
