"""Each object that a resolver returns has an attribute of the right type for each field of its graph type.

The tests compare graph types with Python classes, beginning with the return types of the resolvers. mypy cannot
check fields without a resolver, because their attributes are found by name at run time.
"""

import functools
import inspect
import operator
import re
from collections import deque
from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cache, cached_property
from types import NoneType, SimpleNamespace, UnionType
from typing import Any, NamedTuple, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from graphql import (
    GraphQLAbstractType,
    GraphQLField,
    GraphQLObjectType,
    GraphQLOutputType,
    get_named_type,
    get_nullable_type,
    is_abstract_type,
    is_enum_type,
    is_list_type,
    is_object_type,
    is_scalar_type,
)

from gateway.execution import compiler
from gateway.execution.field_resolver import takes_parent
from gateway.upstream.decoding import Shape
from schema.build import build
from schema.dsl import RESOLVER_PARAMETERS

LEAVES: dict[str, set[object]] = {
    "Boolean": {bool},
    "Int": {int},
    "ID": {str, int},
    "Decimal": {Decimal},
    "DateTime": {datetime},
    "Date": {date},
    "UUID": {UUID},
}
"""Python types of the values of each graph scalar. Values of other scalars are strings."""

CORE = build().core
ROOTS = {root.name for root in (CORE.query_type, CORE.mutation_type) if root}


class Pair(NamedTuple):
    """A graph type, and a Python class of the objects that resolvers return for the type."""

    type: GraphQLObjectType
    shape: Any
    """The Python class. A generic class includes its type arguments, as in `Page[Order]`."""

    def __str__(self) -> str:
        return f"{self.type.name} from {self.shape}"


def test_returned_objects_have_all_fields_of_their_graph_type() -> None:
    assert [problem for pair in pairs() for problem in problems(pair)] == []


def test_every_graph_object_type_is_compared_with_its_classes() -> None:
    reached = {pair.type.name for pair in pairs()}
    assert reached >= {"Cart", "Product", "Order", "CardSource", "OrderPlaced", "AvailabilityError", "AddressBlocker"}
    outputs = {name for name, type_ in CORE.type_map.items() if is_object_type(type_) and not name.startswith("__")}
    assert outputs - reached - ROOTS == set()


def test_resolver_parameters_match_the_arguments_of_the_field() -> None:
    for pair in [*pairs(), *(Pair(object_type(root), object) for root in sorted(ROOTS))]:
        for name, field in pair.type.fields.items():
            if resolver := resolver_of(field):
                _, *parameters = inspect.signature(resolver).parameters
                declared = [RESOLVER_PARAMETERS.get(argument, snake(argument)) for argument in field.args]
                context = ["ctx"] if takes_parent(resolver) else []
                assert sorted(parameters) == sorted([*context, *declared]), f"{pair.type.name}.{name}"


# Finding the Python classes of each graph type.


@cache
def pairs() -> list[Pair]:
    """Each graph type that an operation can return, paired with each class that resolvers return for the type."""
    reached: dict[Pair, None] = {}
    waiting = deque(Pair(object_type(root), object) for root in ROOTS)
    while waiting:
        pair = waiting.popleft()
        for field in pair.type.fields.values():
            for below in pairs_of_field(field.type, hint_of(pair.shape, field)):
                if below not in reached:
                    reached[below] = None
                    waiting.append(below)
    return list(reached)


def pairs_of_field(type_: GraphQLOutputType, hint: object) -> Iterator[Pair]:
    """Yield each graph type that a field can return, paired with the matching Python classes of the type hint."""
    named = get_named_type(type_)
    for shape in parts(inner(hint)):
        if is_object_type(named):
            yield Pair(named, shape)
        elif is_abstract_type(named):
            yield from (Pair(possible, shape) for possible in possible_types(named, shape))


def possible_types(type_: GraphQLAbstractType, shape: Any) -> Iterator[GraphQLObjectType]:
    name = typename(shape)
    for possible in CORE.get_possible_types(type_):
        if name in (None, possible.name):
            yield possible


def typename(shape: Any) -> str | None:
    """Name of the graph type of a Python class, or None if objects of the class have different graph types."""
    attribute = inspect.getattr_static(shape, "typename", Shape.typename)
    if attribute is Shape.typename:
        return str(shape.__name__)
    try:
        return str(attribute.fget(SimpleNamespace()))
    except AttributeError:
        return None


# Comparing the attributes of a class with the fields of a graph type.


def problems(pair: Pair) -> Iterator[str]:
    for name, field in pair.type.fields.items():
        hint = hint_of(pair.shape, field)
        if hint is None:
            yield f"{pair}: the class has no attribute {snake(name)}"
        elif not fits(field.type, hint):
            yield f"{pair}: {name} is {field.type} in the graph, but {hint} in the class"


def fits(type_: GraphQLOutputType, hint: object) -> bool:
    """Whether a field of the graph type can return values of the type hint. Nullability is not compared."""
    named = get_named_type(type_)
    if is_list_type(get_nullable_type(type_)) != is_listed(hint):
        return False
    if is_enum_type(named):
        return parts(inner(hint)) == {named.extensions["strawberry-definition"].wrapped_cls}
    if is_scalar_type(named):
        return parts(inner(hint)) <= LEAVES.get(named.name, {str})
    return any(True for _ in pairs_of_field(type_, hint))


def hint_of(shape: Any, field: GraphQLField) -> object:
    """Return type of the field's resolver or, without a resolver, type of the attribute. None if both are missing."""
    if resolver := resolver_of(field):
        return get_type_hints(resolver)["return"]
    own = get_origin(shape) or shape
    hint = attribute_hint(own, field.extensions["strawberry-definition"].python_name)
    arguments = dict(zip(getattr(own, "__parameters__", ()), get_args(shape), strict=True))
    variables = getattr(hint, "__parameters__", ())
    return hint[tuple(arguments[variable] for variable in variables)] if variables else arguments.get(hint, hint)


def attribute_hint(owner: type, name: str) -> Any:
    attribute = inspect.getattr_static(owner, name, None)
    if isinstance(attribute, property):
        return get_type_hints(attribute.fget)["return"]
    if isinstance(attribute, cached_property):
        return get_type_hints(attribute.func)["return"]
    return get_type_hints(owner).get(name)


def resolver_of(field: GraphQLField) -> Callable[..., Any] | None:
    resolver = compiler.resolver_of(field)
    return None if resolver is None else resolver.resolver


def is_listed(hint: object) -> bool:
    return any(get_origin(part) in (list, tuple, Sequence) for part in alternatives(hint))


def inner(hint: object) -> object:
    """The type hint without None. For a list, the type hint of the items."""
    items = [get_args(part)[0] if get_origin(part) in (list, tuple, Sequence) else part for part in alternatives(hint)]
    return functools.reduce(operator.or_, items)


def alternatives(hint: object) -> list[object]:
    if get_origin(hint) in (Union, UnionType):
        return [part for option in get_args(hint) for part in alternatives(option) if part is not NoneType]
    if get_origin(hint) is Awaitable:
        return alternatives(get_args(hint)[0])
    return [hint]


def parts(hint: object) -> set[object]:
    return set(alternatives(hint))


def object_type(name: str) -> GraphQLObjectType:
    named = CORE.type_map[name]
    assert is_object_type(named)
    return named


def snake(name: str) -> str:
    return re.sub("(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
