"""Operations that select a given field of the graph, with the smallest valid values of required arguments."""

from collections import deque
from collections.abc import Iterator
from functools import cache
from typing import Any

from graphql import (
    GraphQLInputObjectType,
    GraphQLObjectType,
    get_named_type,
    get_nullable_type,
    is_abstract_type,
    is_composite_type,
    is_enum_type,
    is_list_type,
    is_non_null_type,
    is_required_argument,
    is_required_input_field,
)

from gateway.documents.directive_tables import ListSize
from gateway.upstream.ids import global_id
from schema.build import build

EXAMPLES = {
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
"""A valid value of each custom scalar, by name of the scalar."""

IDENTIFIED_TYPES = {
    "CancelSubscriptionContractInput.id": "SubscriptionContract",
    "CartLineChangeInput.lineId": "CartLine",
    "ChangeSubscriptionContractInput.id": "SubscriptionContract",
    "DeleteAddressInput.id": "SavedAddress",
    "DeletePaymentOptionInput.id": "PaymentOption",
    "ProductBy.id": "Product",
    "RemoveCartLinesInput.lineIds": "CartLine",
    "RemoveOfferInput.offerId": "Offer",
    "SelectShippingOptionInput.shippingOptionId": "ShippingOption",
    "ShippingOptionChoice.id": "ShippingOption",
}
"""Type of the object that an input field identifies, for each field that `literal` gives an id. The input of a mutation
is refused if it has the id of another type.
"""


@cache
def operations_by_type() -> dict[str, str]:
    """The shortest operation that selects an object type, by name of the type. `%s` stands for the selected fields."""
    core = build().core
    operations: dict[str, str] = {}
    queue: deque[tuple[GraphQLObjectType, str]] = deque()
    for root, keyword in ((core.query_type, "query"), (core.mutation_type, "mutation")):
        assert root is not None
        queue.append((root, f"{keyword} {{ %s }}"))
    while queue:
        type_, operation = queue.popleft()
        if type_.name in operations:
            continue
        operations[type_.name] = operation
        for name, field in type_.fields.items():
            below = get_named_type(field.type)
            for possible in core.get_possible_types(below) if is_abstract_type(below) else [below]:
                if isinstance(possible, GraphQLObjectType):
                    inside = f"... on {possible.name} {{ %s }}" if is_abstract_type(below) else "%s"
                    queue.append((possible, operation % f"{call(type_.name, name)} {{ {inside} }}"))
    return operations


def call(type_name: str, name: str) -> str:
    """GraphQL syntax of a field with its required arguments."""
    field: Any = build().core.type_map[type_name].fields[name]  # type: ignore[attr-defined]  # an object type
    size = build().directive_tables.sizes.get(f"{type_name}.{name}", ListSize())
    required = {key: argument.type for key, argument in field.args.items() if is_required_argument(argument)}
    values = {key: literal(type_) for key, type_ in required.items()}
    if size.needs_one:
        values[size.slicing_arguments[0]] = "13"
    arguments = ", ".join(f"{key}: {value}" for key, value in values.items())
    return f"{name}({arguments})" if arguments else name


def reaching(coordinate: str, below: str = "__typename") -> str:
    """An operation that selects a field. If the field returns an object, `below` is the selection set of the field."""
    type_name, _, name = coordinate.partition(".")
    field: Any = build().core.type_map[type_name].fields[name]  # type: ignore[attr-defined]  # an object type
    selection = call(type_name, name)
    if is_composite_type(get_named_type(field.type)):
        selection += f" {{ {below} }}"
    return operations_by_type()[type_name] % selection


def literal(type_: Any) -> str:
    """GraphQL literal of the smallest valid value of an input type."""
    if is_non_null_type(type_):
        return literal(type_.of_type)
    if is_list_type(type_):
        return f"[{literal(type_.of_type)}]"
    if isinstance(type_, GraphQLInputObjectType):
        names = [name for name, field in type_.fields.items() if is_required_input_field(field)]
        if type_.extensions["strawberry-definition"].is_one_of:
            names = [next(iter(type_.fields))]
        return "{" + ", ".join(f"{name}: {literal_of_field(type_, name)}" for name in names) + "}"
    if is_enum_type(type_):
        return str(next(iter(type_.values)))
    name = str(type_.name)
    return {"Int": "1", "Boolean": "true"}.get(name, f'"{EXAMPLES.get(name, "x")}"')


def literal_of_field(input_type: GraphQLInputObjectType, name: str) -> str:
    """GraphQL literal of the smallest valid value of an input field. An id has the type that the field identifies."""
    type_ = input_type.fields[name].type
    if get_named_type(type_).name != "ID":
        return literal(type_)
    value = f'"{global_id(IDENTIFIED_TYPES[f"{input_type.name}.{name}"], "1")}"'
    return f"[{value}]" if is_list_type(get_nullable_type(type_)) else value


def fields_of_type(type_name: str) -> Iterator[str]:
    """Yield the coordinates of the fields that return this type."""
    for owner in _reachable_types():
        for name, field in owner.fields.items():
            if get_named_type(field.type).name == type_name:
                yield f"{owner.name}.{name}"


def inputs_with(type_name: str) -> Iterator[str]:
    """Yield coordinates such as `Mutation.field(input:)` of the arguments that contain the input type at any depth."""
    for owner in _reachable_types():
        for name, field in owner.fields.items():
            for key, argument in field.args.items():
                if type_name in _input_types_below(get_named_type(argument.type)):
                    yield f"{owner.name}.{name}({key}:)"


def _reachable_types() -> Iterator[GraphQLObjectType]:
    for type_ in build().core.type_map.values():
        if isinstance(type_, GraphQLObjectType) and type_.name in operations_by_type():
            yield type_


def _input_types_below(root: Any) -> set[str]:
    names: set[str] = set()
    queue = [root]
    while queue:
        type_ = queue.pop()
        if isinstance(type_, GraphQLInputObjectType) and type_.name not in names:
            names.add(type_.name)
            queue += [get_named_type(field.type) for field in type_.fields.values()]
    return names
