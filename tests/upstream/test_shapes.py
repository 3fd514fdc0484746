"""The shapes that resolvers give fit the types they appear as, member by member.

Types and shapes are walked side by side, from what each resolver says it returns: the type checker does not see that a
field reads the attribute of its name.
"""

import functools
import inspect
import operator
import re
from collections import deque
from collections.abc import Callable, Iterator, Sequence
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

from gateway.upstream.decoding import Shape
from schema.build import build
from schema.dsl import PARAMETERS
from schema.resolver_call import takes_parent

LEAVES: dict[str, set[object]] = {
    "Boolean": {bool},
    "Int": {int},
    "ID": {str, int},
    "Decimal": {Decimal},
    "DateTime": {datetime},
    "Date": {date},
    "UUID": {UUID},
}
"""What is written out as each scalar; as any other, text."""

CORE = build().core
ROOTS = {root.name for root in (CORE.query_type, CORE.mutation_type) if root}


class Pair(NamedTuple):
    """A type of the graph, and a class whose values appear as it."""

    type: GraphQLObjectType
    shape: Any
    """A class, or a generic one with its arguments."""

    def __str__(self) -> str:
        return f"{self.type.name} from {self.shape}"


def test_every_member_of_a_type_is_on_every_shape_that_appears_as_it() -> None:
    assert [problem for pair in pairs() for problem in problems(pair)] == []


def test_every_type_that_a_resolver_leads_to_is_looked_at() -> None:
    reached = {pair.type.name for pair in pairs()}
    assert reached >= {"Cart", "Product", "Order", "CardSource", "OrderPlaced", "AvailabilityError", "AddressBlocker"}
    outputs = {name for name, type_ in CORE.type_map.items() if is_object_type(type_) and not name.startswith("__")}
    assert outputs - reached - ROOTS == set()


def test_every_resolver_takes_what_its_field_declares() -> None:
    for pair in [*pairs(), *(Pair(object_type(root), object) for root in sorted(ROOTS))]:
        for name, member in pair.type.fields.items():
            if resolver := resolver_of(member):
                _, *taken = inspect.signature(resolver).parameters
                declared = [PARAMETERS.get(argument, snake(argument)) for argument in member.args]
                context = ["ctx"] if takes_parent(resolver) else []
                assert sorted(taken) == sorted([*context, *declared]), f"{pair.type.name}.{name}"


# Walking.


@cache
def pairs() -> list[Pair]:
    """Every type that a root leads to, with every shape that resolvers give for it."""
    found: dict[Pair, None] = {}
    waiting = deque(Pair(object_type(root), object) for root in ROOTS)
    while waiting:
        pair = waiting.popleft()
        for member in pair.type.fields.values():
            for below in appearing(member.type, hint_of(pair.shape, member)):
                if below not in found:
                    found[below] = None
                    waiting.append(below)
    return list(found)


def appearing(type_: GraphQLOutputType, hint: object) -> Iterator[Pair]:
    """What values of the hint appear as, at a place of the type."""
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
    """None: the content decides."""
    told = inspect.getattr_static(shape, "typename", Shape.typename)
    if told is Shape.typename:
        return str(shape.__name__)
    try:
        return str(told.fget(SimpleNamespace()))
    except AttributeError:
        return None


# Comparing.


def problems(pair: Pair) -> Iterator[str]:
    for name, member in pair.type.fields.items():
        hint = hint_of(pair.shape, member)
        if hint is None:
            yield f"{pair}: it has no {snake(name)}"
        elif not fits(member.type, hint):
            yield f"{pair}: {name} is {member.type}, but {hint}"


def fits(type_: GraphQLOutputType, hint: object) -> bool:
    """Whether values of the hint can be written as the type. A leaf may be null in a shape where it must not be."""
    named = get_named_type(type_)
    if is_list_type(get_nullable_type(type_)) != is_listed(hint):
        return False
    if is_enum_type(named):
        return parts(inner(hint)) == {named.extensions["strawberry-definition"].wrapped_cls}
    if is_scalar_type(named):
        return parts(inner(hint)) <= LEAVES.get(named.name, {str})
    return any(True for _ in appearing(type_, hint))


def hint_of(shape: Any, member: GraphQLField) -> object:
    """The hint of what a field gives: of its resolver, else of the attribute of its name. None: there is none."""
    if resolver := resolver_of(member):
        return get_type_hints(resolver)["return"]
    own = get_origin(shape) or shape
    hint = attribute_hint(own, member.extensions["strawberry-definition"].python_name)
    given = dict(zip(getattr(own, "__parameters__", ()), get_args(shape), strict=True))
    variables = getattr(hint, "__parameters__", ())
    return hint[tuple(given[one] for one in variables)] if variables else given.get(hint, hint)


def attribute_hint(owner: type, name: str) -> Any:
    attribute = inspect.getattr_static(owner, name, None)
    if isinstance(attribute, property):
        return get_type_hints(attribute.fget)["return"]
    if isinstance(attribute, cached_property):
        return get_type_hints(attribute.func)["return"]
    return get_type_hints(owner).get(name)


def resolver_of(member: GraphQLField) -> Callable[..., Any] | None:
    found: Callable[..., Any] | None = member.extensions["strawberry-definition"].metadata.get("resolver")
    return found


def is_listed(hint: object) -> bool:
    return any(get_origin(one) in (list, tuple, Sequence) for one in alternatives(hint))


def inner(hint: object) -> object:
    """The hint of the items of a list, and of what may be null."""
    items = [get_args(one)[0] if get_origin(one) in (list, tuple, Sequence) else one for one in alternatives(hint)]
    return functools.reduce(operator.or_, items)


def alternatives(hint: object) -> list[object]:
    if get_origin(hint) in (Union, UnionType):
        return [part for one in get_args(hint) for part in alternatives(one) if part is not NoneType]
    return [hint]


def parts(hint: object) -> set[object]:
    return set(alternatives(hint))


def object_type(name: str) -> GraphQLObjectType:
    found = CORE.type_map[name]
    assert is_object_type(found)
    return found


def snake(name: str) -> str:
    return re.sub("(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
