"""Rules that every member of the graph keeps, so that who knows one part of it can guess the rest."""

import inspect
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

from schema.build import build
from schema.directives import Cost, Idempotency, SemanticNonNull

CORE = build().core

STATEMENT = re.compile(r"^(is|has|supports|requires|allows|includes|was)[A-Z]")

ALSO_STATEMENTS = {"Cart.termsOfSaleAccepted", "SignOutPayload.signedOut"}

VERBS = re.compile(
    "add|apply|attach|cancel|change|delete|detach|lookup|prepare|register|remove|resume|save|select|set|sign|start"
    "|submit|update"
)

PARTS = {"AddressSuggestion", "InstallmentTerm", "Session", "ShippingOption"}
"""Types with an identifier that means something inside their parent only, so that they are no nodes."""

ONE_OF = ("By", "Change", "Choice", "Credentials", "Target")


def types() -> Iterator[GraphQLObjectType | GraphQLInterfaceType]:
    for name, type_ in CORE.type_map.items():
        if not name.startswith("__") and (is_object_type(type_) or is_interface_type(type_)):
            yield type_


def fields() -> Iterator[tuple[str, GraphQLField]]:
    """Every field that gives something, by its coordinate."""
    for type_ in types():
        for name, field in type_.fields.items():
            yield f"{type_.name}.{name}", field


def mutations() -> dict[str, GraphQLField]:
    assert CORE.mutation_type is not None
    return dict(CORE.mutation_type.fields)


def policies(field: GraphQLField, kind: type) -> list[object]:
    return [one for one in field.extensions["strawberry-definition"].directives if isinstance(one, kind)]


# Which parts of an answer can be missing.


def test_a_field_with_a_call_of_its_own_may_be_null_so_that_its_failure_takes_nothing_along() -> None:
    assert len(costly()) > 40
    assert {name for name, field in fields() if name in costly() and is_non_null_type(field.type)} == set()


def costly() -> set[str]:
    """Fields that may need a call of their own."""
    return {name for name, field in fields() if policies(field, Cost) or _waits(field)}


def _waits(field: GraphQLField) -> bool:
    """Whether its resolver may wait for something."""
    resolver = field.extensions["strawberry-definition"].metadata.get("resolver")
    return resolver is not None and inspect.iscoroutinefunction(resolver)


def test_a_root_field_may_be_null_so_that_its_failure_leaves_the_others() -> None:
    roots = {"Query", "Mutation", "Subscription"}
    assert [name for name, field in fields() if name.split(".")[0] in roots and is_non_null_type(field.type)] == []


def test_only_what_may_be_null_says_that_it_is_so_by_failing_alone() -> None:
    assert [name for name, field in fields() if policies(field, SemanticNonNull) and is_non_null_type(field.type)] == []


def test_the_items_of_a_list_are_there() -> None:
    """But for `nodes`, which answers null for what is not there, as Relay wants it."""
    inputs = [
        (f"{one.name}.{name}", field)
        for one in CORE.type_map.values()
        if is_input_object_type(one)
        for name, field in one.fields.items()
    ]
    arguments = [(f"{name}({argument}:)", one) for name, field in fields() for argument, one in field.args.items()]
    listed = [(name, str(one.type)) for name, one in [*fields(), *inputs, *arguments] if "[" in str(one.type)]
    assert len(listed) > 60
    assert {name for name, type_ in listed if type_.count("!]") != type_.count("]")} <= {"Query.nodes"}


# Mutations.


def test_a_mutation_begins_with_a_verb_and_names_its_input_and_payload() -> None:
    for name, field in mutations().items():
        assert VERBS.fullmatch(re.split("(?=[A-Z])", name)[0]), name
        capital = name[0].upper() + name[1:]
        assert str(field.type) == f"{capital}Payload"
        if name != "signOut":
            assert {argument: str(one.type) for argument, one in field.args.items()} == {"input": f"{capital}Input!"}


def test_a_mutation_says_what_repeating_it_does() -> None:
    assert [name for name, field in mutations().items() if not policies(field, Idempotency)] == []


def test_a_payload_has_warnings_and_errors_and_whatever_else_it_has_may_be_missing() -> None:
    payloads = [type_ for type_ in types() if type_.name.endswith("Payload")]
    assert {type_.name for type_ in payloads} == {str(field.type) for field in mutations().values()}
    for type_ in payloads:
        assert str(type_.fields["warnings"].type) == "[Warning!]!", type_.name
        assert re.fullmatch(r"\[\w+MutationError!\]!", str(type_.fields["errors"].type)), type_.name
        for name, field in type_.fields.items():
            is_sure = is_non_null_type(field.type)
            if is_sure:
                assert is_list_type(field.type.of_type) or str(field.type) == "Boolean!", f"{type_.name}.{name}"


def test_every_error_of_a_mutation_can_be_read_as_a_user_error() -> None:
    domains = [one for one in types() if is_interface_type(one) and one.name.endswith("MutationError")]
    assert len(domains) >= 5
    for domain in domains:
        assert [one.name for one in domain.interfaces] == ["UserError"], domain.name
        assert {"RateLimitError", "UpstreamError"} <= {one.name for one in CORE.get_possible_types(domain)}, domain.name


# Identity.


def test_what_has_an_identifier_can_be_read_again_by_it() -> None:
    for type_ in types():
        is_node = any(one.name == "Node" for one in type_.interfaces) or type_.name == "Node"
        assert ("id" in type_.fields) == (is_node or type_.name in PARTS), type_.name
        if "id" in type_.fields:
            assert str(type_.fields["id"].type) == "ID!", type_.name


def test_a_node_shows_the_name_that_upstream_has_for_it() -> None:
    """A payment session has the one DigitalRiver.js takes, an order the one shoppers know."""
    for type_ in types():
        if any(one.name == "Node" for one in type_.interfaces):
            own = {"Order": "number", "PaymentSession": "sessionId"}.get(type_.name, "upstreamId")
            assert own in type_.fields, type_.name


# Names.


def test_a_name_tells_the_kind_of_value() -> None:
    suffixes = {"DateTime": "At|Of|After", "Date": "Date|Before", "URL": "Urls?"}
    for name, field in fields():
        kind = get_named_type(field.type).name
        assert re.search(f"({suffixes.get(kind, '')})$", name), f"{name} is a {kind}"
        for other, suffix in (("DateTime", "At"), ("Date", "Date"), ("URL", "Urls?"), ("Int", "Quantity|quantity")):
            assert kind == other or not re.search(f"[a-z]({suffix})$", name), f"{name} is a {kind}"


def test_a_boolean_reads_as_a_statement() -> None:
    questions = {name for name, field in fields() if get_named_type(field.type).name == "Boolean"}
    assert {name for name in questions if not STATEMENT.match(name.split(".")[1])} <= ALSO_STATEMENTS


def test_a_field_does_not_repeat_the_name_of_its_type() -> None:
    repeated = [name for name, _ in fields() if name.split(".")[1].lower().startswith(name.split(".")[0].lower())]
    assert repeated == []


def test_an_input_is_named_for_what_it_is() -> None:
    for name, type_ in CORE.type_map.items():
        if is_input_object_type(type_):
            is_one_of = type_.extensions["strawberry-definition"].is_one_of
            assert name.endswith(ONE_OF if is_one_of else ("Input", "PasswordCredentials")), name


def test_a_name_has_one_type_in_all_members_of_an_interface_or_union() -> None:
    """Else an operation that reads it from two of them is not valid. Nodes have nothing in common but their id."""
    for type_ in CORE.type_map.values():
        if is_abstract_type(type_) and type_.name != "Node":
            seen: dict[str, str] = {}
            for possible in CORE.get_possible_types(type_):
                for name, field in possible.fields.items():
                    assert seen.setdefault(name, str(field.type)) == str(field.type), f"{possible.name}.{name}"


def test_there_is_no_untyped_value() -> None:
    assert {"JSON", "JSONObject", "Any"} & CORE.type_map.keys() == set()
