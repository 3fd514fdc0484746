"""Rules for the names, types and nullability of all fields of the graph."""

import re
from collections.abc import Iterator

from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    get_named_type,
    is_abstract_type,
    is_input_object_type,
    is_interface_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
)

from gateway.execution.compiler import resolver_of
from schema.build import build
from schema.directives import Cost, Idempotency, SemanticNonNull

CORE = build().core

VERB_OF_BOOLEAN = re.compile(r"^(is|has|supports|requires|allows|includes|was)[A-Z]")

OTHER_BOOLEANS = {"Cart.termsOfSaleAccepted", "SignOutPayload.signedOut"}

VERBS = re.compile(
    "add|apply|attach|cancel|change|delete|detach|lookup|prepare|register|remove|resume|save|select|set|sign|start"
    "|submit|update"
)

TYPES_WITH_LOCAL_ID = {"AddressSuggestion", "InstallmentTerm", "Session", "ShippingOption"}
"""Types with an `id` that do not implement `Node`, because the id is valid only within the parent object."""

ONE_OF_SUFFIXES = ("By", "Change", "Choice", "Credentials", "Target")


def types() -> Iterator[GraphQLObjectType | GraphQLInterfaceType]:
    for name, type_ in CORE.type_map.items():
        if not name.startswith("__") and (is_object_type(type_) or is_interface_type(type_)):
            yield type_


def fields() -> Iterator[tuple[str, GraphQLField]]:
    """Yield the coordinate and definition of every output field."""
    for type_ in types():
        for name, field in type_.fields.items():
            yield f"{type_.name}.{name}", field


def mutations() -> dict[str, GraphQLField]:
    assert CORE.mutation_type is not None
    return dict(CORE.mutation_type.fields)


def directives(field: GraphQLField, kind: type) -> list[object]:
    return [
        directive for directive in field.extensions["strawberry-definition"].directives if isinstance(directive, kind)
    ]


# Nullability.


def test_field_that_needs_its_own_upstream_call_is_nullable() -> None:
    assert len(fields_with_own_call()) > 40
    assert {
        name for name, field in fields() if name in fields_with_own_call() and is_non_null_type(field.type)
    } == set()


def fields_with_own_call() -> set[str]:
    """Coordinates of the fields that may need an upstream call of their own: they have a cost, or a resolver that may
    wait."""
    return {name for name, field in fields() if directives(field, Cost) or has_waiting_resolver(field)}


def has_waiting_resolver(field: GraphQLField) -> bool:
    resolver = resolver_of(field)
    return resolver is not None and resolver.may_wait


def test_root_field_is_nullable() -> None:
    roots = {"Query", "Mutation", "Subscription"}
    assert [name for name, field in fields() if name.split(".")[0] in roots and is_non_null_type(field.type)] == []


def test_field_marked_semantically_non_null_has_a_nullable_type() -> None:
    assert [
        name for name, field in fields() if directives(field, SemanticNonNull) and is_non_null_type(field.type)
    ] == []


def test_list_items_are_non_null() -> None:
    """Items of `Query.nodes` may be null for missing objects, as Relay requires."""
    inputs = [
        (f"{input_type.name}.{name}", field)
        for input_type in CORE.type_map.values()
        if is_input_object_type(input_type)
        for name, field in input_type.fields.items()
    ]
    arguments = [
        (f"{coordinate}({name}:)", argument) for coordinate, field in fields() for name, argument in field.args.items()
    ]
    typed = [(coordinate, str(element.type)) for coordinate, element in [*fields(), *inputs, *arguments]]
    lists = [(coordinate, type_) for coordinate, type_ in typed if "[" in type_]
    assert len(lists) > 60
    assert {coordinate for coordinate, type_ in lists if type_.count("!]") != type_.count("]")} <= {"Query.nodes"}


# Mutations.


def test_mutation_starts_with_a_verb_and_has_input_and_payload() -> None:
    for name, field in mutations().items():
        assert VERBS.fullmatch(re.split("(?=[A-Z])", name)[0]), name
        capital = name[0].upper() + name[1:]
        assert str(field.type) == f"{capital}Payload"
        if name != "signOut":
            types_of_arguments = {argument_name: str(argument.type) for argument_name, argument in field.args.items()}
            assert types_of_arguments == {"input": f"{capital}Input!"}


def test_mutation_has_an_idempotency_mode() -> None:
    assert [name for name, field in mutations().items() if not directives(field, Idempotency)] == []


def test_payload_has_warnings_errors_and_otherwise_only_nullable_fields() -> None:
    payloads = [type_ for type_ in types() if type_.name.endswith("Payload")]
    assert {type_.name for type_ in payloads} == {str(field.type) for field in mutations().values()}
    for type_ in payloads:
        assert str(type_.fields["warnings"].type) == "[Warning!]!", type_.name
        assert re.fullmatch(r"\[\w+MutationError!\]!", str(type_.fields["errors"].type)), type_.name
        for name, field in type_.fields.items():
            if is_non_null_type(field.type):
                assert is_list_type(field.type.of_type) or str(field.type) == "Boolean!", f"{type_.name}.{name}"


def test_every_error_type_of_a_mutation_is_a_user_error() -> None:
    domains = [type_ for type_ in types() if is_interface_type(type_) and type_.name.endswith("MutationError")]
    assert len(domains) >= 5
    for domain in domains:
        assert [interface.name for interface in domain.interfaces] == ["UserError"], domain.name
        errors = {error.name for error in CORE.get_possible_types(domain)}
        assert {"RateLimitError", "UpstreamError"} <= errors, domain.name


# Identifiers.


def implements_node(type_: GraphQLObjectType | GraphQLInterfaceType) -> bool:
    return any(interface.name == "Node" for interface in type_.interfaces)


def test_type_with_id_field_implements_node() -> None:
    for type_ in types():
        is_node = type_.name == "Node" or implements_node(type_)
        assert ("id" in type_.fields) == (is_node or type_.name in TYPES_WITH_LOCAL_ID), type_.name
        if "id" in type_.fields:
            assert str(type_.fields["id"].type) == "ID!", type_.name


def test_node_type_has_a_field_with_digital_rivers_id() -> None:
    """The field is named `sessionId` in `PaymentSession`, `number` in `Order`, and `upstreamId` in all other types."""
    for type_ in types():
        if implements_node(type_):
            own = {"Order": "number", "PaymentSession": "sessionId"}.get(type_.name, "upstreamId")
            assert own in type_.fields, type_.name


# Names.


def test_field_name_suffix_matches_date_time_or_url_type() -> None:
    suffixes = {"DateTime": "At|Of|After", "Date": "Date|Before", "URL": "Urls?"}
    for name, field in fields():
        kind = get_named_type(field.type).name
        assert re.search(f"({suffixes.get(kind, '')})$", name), f"{name} is a {kind}"
        for other, suffix in (("DateTime", "At"), ("Date", "Date"), ("URL", "Urls?"), ("Int", "Quantity|quantity")):
            assert kind == other or not re.search(f"[a-z]({suffix})$", name), f"{name} is a {kind}"


def test_boolean_field_name_starts_with_a_verb() -> None:
    booleans = {name for name, field in fields() if get_named_type(field.type).name == "Boolean"}
    assert {name for name in booleans if not VERB_OF_BOOLEAN.match(name.split(".")[1])} <= OTHER_BOOLEANS


def test_field_name_does_not_start_with_parent_type_name() -> None:
    repeated = [name for name, _ in fields() if name.split(".")[1].lower().startswith(name.split(".")[0].lower())]
    assert repeated == []


def test_name_suffix_distinguishes_one_of_inputs_from_other_inputs() -> None:
    for name, type_ in CORE.type_map.items():
        if is_input_object_type(type_):
            is_one_of = type_.extensions["strawberry-definition"].is_one_of
            assert name.endswith(ONE_OF_SUFFIXES if is_one_of else ("Input", "PasswordCredentials")), name


def test_field_has_one_type_in_all_implementations_of_an_interface() -> None:
    """Otherwise a client needs aliases to read the field from two implementations. `Node` types are not checked."""
    for type_ in CORE.type_map.values():
        if is_abstract_type(type_) and type_.name != "Node":
            types_by_name: dict[str, str] = {}
            for possible in CORE.get_possible_types(type_):
                for name, field in possible.fields.items():
                    assert types_by_name.setdefault(name, str(field.type)) == str(field.type), f"{possible.name}.{name}"


def test_no_field_is_untyped_json() -> None:
    assert {"JSON", "JSONObject", "Any"} & CORE.type_map.keys() == set()
