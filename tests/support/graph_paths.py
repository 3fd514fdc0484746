"""Ways through the graph: an operation that reaches a member, and values for what it has to be given."""

from collections import deque
from collections.abc import Iterator
from functools import cache
from typing import Any

from graphql import (
    GraphQLInputObjectType,
    GraphQLObjectType,
    get_named_type,
    is_abstract_type,
    is_composite_type,
    is_enum_type,
    is_list_type,
    is_non_null_type,
    is_required_argument,
    is_required_input_field,
)

from gateway.documents.directive_tables import ListSize
from schema.build import build

TEXTS = {
    "CartRevision": "0",
    "CountryCode": "US",
    "CurrencyCode": "USD",
    "Date": "2026-01-01",
    "DateTime": "2026-01-01T00:00:00Z",
    "Decimal": "1",
    "EmailAddress": "a@b.example",
    "Locale": "en-US",
    "SchemaCoordinate": "Query.cart",
    "URL": "https://shop.example/",
    "UUID": "00000000-0000-4000-8000-000000000001",
}


@cache
def ways() -> dict[str, str]:
    """For each object type that an operation reaches, the shortest one; `%s` stands for what is asked of it."""
    core = build().core
    found: dict[str, str] = {}
    queue: deque[tuple[GraphQLObjectType, str]] = deque()
    for root, word in ((core.query_type, "query"), (core.mutation_type, "mutation")):
        assert root is not None
        queue.append((root, f"{word} {{ %s }}"))
    while queue:
        type_, way = queue.popleft()
        if type_.name in found:
            continue
        found[type_.name] = way
        for name, field in type_.fields.items():
            below = get_named_type(field.type)
            for one in core.get_possible_types(below) if is_abstract_type(below) else [below]:
                if isinstance(one, GraphQLObjectType):
                    inside = f"... on {one.name} {{ %s }}" if is_abstract_type(below) else "%s"
                    queue.append((one, way % f"{call(type_.name, name)} {{ {inside} }}"))
    return found


def call(type_name: str, name: str) -> str:
    """A field with the arguments it cannot do without."""
    field: Any = build().core.type_map[type_name].fields[name]  # type: ignore[attr-defined]  # an object type
    size = build().directive_tables.sizes.get(f"{type_name}.{name}", ListSize())
    given = {one: literal(argument.type) for one, argument in field.args.items() if is_required_argument(argument)}
    if size.needs_one:
        given[size.slicing_arguments[0]] = "13"
    told = ", ".join(f"{one}: {value}" for one, value in given.items())
    return f"{name}({told})" if told else name


def reaching(coordinate: str, below: str = "__typename") -> str:
    """An operation that asks for a field, and for something below it."""
    type_name, _, name = coordinate.partition(".")
    field: Any = build().core.type_map[type_name].fields[name]  # type: ignore[attr-defined]  # an object type
    asked = call(type_name, name)
    if is_composite_type(get_named_type(field.type)):
        asked += f" {{ {below} }}"
    return ways()[type_name] % asked


def literal(type_: Any) -> str:
    """A value of an input type, as small as it may be."""
    if is_non_null_type(type_):
        return literal(type_.of_type)
    if is_list_type(type_):
        return f"[{literal(type_.of_type)}]"
    if isinstance(type_, GraphQLInputObjectType):
        given = {name: one.type for name, one in type_.fields.items() if is_required_input_field(one)}
        if type_.extensions["strawberry-definition"].is_one_of:
            name, one = next(iter(type_.fields.items()))
            given = {name: one.type}
        return "{" + ", ".join(f"{name}: {literal(one)}" for name, one in given.items()) + "}"
    if is_enum_type(type_):
        return str(next(iter(type_.values)))
    name = str(type_.name)
    return {"Int": "1", "Boolean": "true"}.get(name, f'"{TEXTS.get(name, "x")}"')


def fields_of_type(type_name: str) -> Iterator[str]:
    """Fields that have a value of the type, or of one that it is a kind of."""
    core = build().core
    for owner in core.type_map.values():
        if isinstance(owner, GraphQLObjectType) and owner.name in ways():
            for name, field in owner.fields.items():
                if get_named_type(field.type).name == type_name:
                    yield f"{owner.name}.{name}"


def inputs_with(type_name: str) -> Iterator[str]:
    """Arguments in which a value of the input type may stand, as `Mutation.field(input:)`."""
    core = build().core
    for owner in core.type_map.values():
        if isinstance(owner, GraphQLObjectType) and owner.name in ways():
            for name, field in owner.fields.items():
                for argument, one in field.args.items():
                    if type_name in _names_below(get_named_type(one.type)):
                        yield f"{owner.name}.{name}({argument}:)"


def _names_below(type_: Any) -> set[str]:
    seen: set[str] = set()
    queue = [type_]
    while queue:
        one = queue.pop()
        if isinstance(one, GraphQLInputObjectType) and one.name not in seen:
            seen.add(one.name)
            queue += [get_named_type(member.type) for member in one.fields.values()]
    return seen
