"""Every directive in the schema has an effect in the gateway."""

import re
from collections.abc import Mapping
from dataclasses import fields, replace
from types import SimpleNamespace
from typing import Any, TypeVar

import pytest
import strawberry
from graphql import (
    GraphQLField,
    GraphQLObjectType,
    OperationDefinitionNode,
    execute,
    get_named_type,
    is_non_null_type,
    parse,
)
from strawberry.utils.str_converters import to_camel_case

from gateway.catalog import catalog
from gateway.documents.cacheability import CachePolicy, cache_policy
from gateway.documents.cost import OperationCost, SlicingArgumentMissing
from gateway.documents.directive_tables import CacheHint, DirectiveTables, ListSize
from gateway.enums import CacheControlScope, IdempotencyMode, SessionLevel
from gateway.payments import method_list
from resolvers.inputs.declaration import Input
from sandbox.model.world import World
from schema import dsl
from schema.build import build
from schema.directives import SCHEMA_DIRECTIVES, CacheControl, Cost, Idempotency, RequiresSession, SemanticNonNull
from schema.enforce_directives import (
    Element,
    IneffectiveDirective,
    directive_of,
    elements,
    enforce,
    problem,
    read_directives,
)
from tests.support.graph_paths import fields_of_type, inputs_with, reaching
from tests.support.shop import CART, Storefront

T = TypeVar("T")

DIRECTIVE_TABLES = build().directive_tables
PUBLIC, PRIVATE = CacheControlScope.PUBLIC, CacheControlScope.PRIVATE


def uses_of(kind: type[T]) -> dict[str, T]:
    """All uses of one directive class in the schema, by the coordinate of the type, field or argument."""
    return {
        coordinate: directive
        for coordinate, element in elements(build().core)
        if (directive := directive_of(element, kind)) is not None
    }


def with_value(table: Mapping[str, T], coordinate: str, value: T) -> dict[str, T]:
    return {**table, coordinate: value}


def cost(operation: str, tables: DirectiveTables) -> int | str:
    """Cost of the operation in points, or the message of the error that rejects the operation."""
    document = parse(operation)
    (node,) = [definition for definition in document.definitions if isinstance(definition, OperationDefinitionNode)]
    try:
        return OperationCost(build().core, tables, document, node).points({})
    except SlicingArgumentMissing as missing:
        return str(missing)


def policy_of(operation: str, tables: DirectiveTables) -> CachePolicy:
    return cache_policy(build().core, tables, parse(operation))


def test_gateway_reads_every_directive_that_the_sdl_contains() -> None:
    printed = build().as_str()
    names = ["cacheControl", "cost", "listSize", "requiresSession", "semanticNonNull", "sensitive", "idempotency"]
    printed_count = sum(printed.count(f" @{name}") - (f"directive @{name}" in printed) for name in names)
    read_count = sum(len(uses_of(kind)) for kind in SCHEMA_DIRECTIVES)
    assert read_count == printed_count
    assert read_count > 100


@pytest.mark.parametrize("coordinate", DIRECTIVE_TABLES.weights)
def test_changed_weight_of_a_field_changes_the_cost(coordinate: str) -> None:
    operation = reaching(coordinate)
    heavier = replace(DIRECTIVE_TABLES, weights=with_value(DIRECTIVE_TABLES.weights, coordinate, 77.0))
    assert cost(operation, heavier) != cost(operation, DIRECTIVE_TABLES)


@pytest.mark.parametrize("coordinate", DIRECTIVE_TABLES.sizes)
def test_changed_list_size_changes_the_cost(coordinate: str) -> None:
    size = DIRECTIVE_TABLES.sizes[coordinate]
    operation = reaching(coordinate, " ".join(f"{name} {{ __typename }}" for name in size.sized_fields) or "__typename")
    others = [replace(size, needs_one=not size.needs_one, slicing_arguments=("after", "before"))]
    if not size.needs_one:
        others = [replace(size, assumed=(size.assumed or 0) + 7, slicing_arguments=())]
    if size.sized_fields:
        others.append(replace(size, sized_fields=frozenset()))
    for other in others:
        tables = replace(DIRECTIVE_TABLES, sizes=with_value(DIRECTIVE_TABLES.sizes, coordinate, other))
        assert cost(operation, tables) != cost(operation, DIRECTIVE_TABLES)


LONG_LIVED_ROOTS = {
    coordinate: CacheHint(PUBLIC, 10**6, 10**6)
    for coordinate, _ in elements(build().core)
    if re.fullmatch(r"(Query|Mutation)\.\w+", coordinate)
}


def changed_hints(hint: CacheHint) -> list[CacheHint]:
    """Copies of a cache hint with one attribute changed. Each copy must result in a different cache policy."""
    if hint.scope is PRIVATE:
        return [replace(hint, scope=PUBLIC)]
    stale = 0 if hint.stale_if_error_s else 1
    return [replace(hint, scope=PRIVATE), replace(hint, max_age_s=1), replace(hint, stale_if_error_s=stale)]


@pytest.mark.parametrize("coordinate", DIRECTIVE_TABLES.hints)
def test_changed_cache_hint_changes_the_cache_policy(coordinate: str) -> None:
    hint = DIRECTIVE_TABLES.hints[coordinate]
    if "." in coordinate:
        operation = reaching(coordinate)
    else:
        fields_of_it = list(fields_of_type(coordinate))
        without_hint = [field for field in fields_of_it if field not in DIRECTIVE_TABLES.hints]
        if not without_hint:
            assert {DIRECTIVE_TABLES.hints[field] for field in fields_of_it} == {hint}, (
                "the fields have the cache hint of their type"
            )
            return
        operation = reaching(without_hint[0])
    alone = DirectiveTables(hints={**LONG_LIVED_ROOTS, coordinate: hint})
    for other in changed_hints(hint):
        tables = replace(alone, hints=with_value(alone.hints, coordinate, other))
        assert policy_of(operation, tables) != policy_of(operation, alone)


def test_answer_cache_has_the_lifetimes_of_the_cache_hints() -> None:
    """The lifetime of a cached upstream answer is the shortest lifetime of the graph fields that are read from it."""
    product = [DIRECTIVE_TABLES.hints["Product"], DIRECTIVE_TABLES.hints["Product.pricing"]]
    page = [*product, DIRECTIVE_TABLES.hints["Query.products"]]
    for lifetime, hints in ((catalog.PRODUCT, product), (catalog.PAGE, page)):
        assert lifetime.fresh.total_seconds() == min(hint.max_age_s or 0 for hint in hints)
    assert catalog.PRODUCT.stale_if_error.total_seconds() == DIRECTIVE_TABLES.hints["Product"].stale_if_error_s
    assert catalog.PAGE.stale_if_error.total_seconds() == DIRECTIVE_TABLES.hints["Query.products"].stale_if_error_s
    for coordinate in ("AvailablePaymentMethods", "Query.availablePaymentMethods"):
        methods = DIRECTIVE_TABLES.hints[coordinate]
        assert method_list.LIFETIME.fresh.total_seconds() == methods.max_age_s
        assert method_list.LIFETIME.stale_if_error.total_seconds() == methods.stale_if_error_s


PUBLIC_UNLESS_SENSITIVE = replace(
    DIRECTIVE_TABLES,
    hints={coordinate: CacheHint(PUBLIC, 60) for coordinate, _ in elements(build().core) if "(" not in coordinate},
)
"""The directive tables, changed so that every type and field may be cached publicly unless it is `@sensitive`."""


@pytest.mark.parametrize("coordinate", sorted(DIRECTIVE_TABLES.sensitive))
def test_sensitive_value_is_never_cached_publicly(coordinate: str) -> None:
    type_name = coordinate.partition(".")[0]
    if isinstance(build().core.type_map[type_name], GraphQLObjectType):
        # Only this coordinate is sensitive here. Otherwise a sensitive argument could also make the answer private.
        operation = reaching(coordinate)
        assert not policy_of(operation, replace(PUBLIC_UNLESS_SENSITIVE, sensitive=frozenset({coordinate}))).is_public
        assert policy_of(operation, replace(PUBLIC_UNLESS_SENSITIVE, sensitive=frozenset())).is_public
        return
    operation = with_argument_from_variable(next(inputs_with(type_name)))
    without = replace(PUBLIC_UNLESS_SENSITIVE, sensitive=PUBLIC_UNLESS_SENSITIVE.sensitive - {coordinate})
    assert coordinate in policy_of(operation, DIRECTIVE_TABLES).sensitive_inputs
    assert coordinate not in policy_of(operation, without).sensitive_inputs


def with_argument_from_variable(coordinate: str) -> str:
    """An operation with a variable for the argument at the coordinate, such as `Mutation.signIn(input:)`."""
    field, _, argument = coordinate.removesuffix(":)").partition("(")
    type_name, _, name = field.partition(".")
    definition: Any = build().core.type_map[type_name].fields[name]  # type: ignore[attr-defined]  # an object type
    argument_type = str(definition.args[argument].type)
    operation_type = {"Query": "query", "Mutation": "mutation"}[type_name]
    return f"{operation_type}($value: {argument_type}) {{ {name}({argument}: $value) {{ __typename }} }}"


def inputs(base: type[Input] = Input) -> dict[str, type[Input]]:
    """All direct and indirect subclasses of an input class, by class name."""
    direct = {declaration.__name__: declaration for declaration in base.__subclasses__()}
    return direct | {name: below for declaration in direct.values() for name, below in inputs(declaration).items()}


@pytest.mark.parametrize(
    "coordinate", sorted(name for name in DIRECTIVE_TABLES.sensitive if name.partition(".")[0] in inputs())
)
def test_sensitive_input_is_absent_from_repr(coordinate: str) -> None:
    type_name, _, name = coordinate.partition(".")
    declaration = inputs()[type_name]
    values = dict.fromkeys((field.name for field in fields(declaration)), "shown")
    secret = next(attribute for attribute in values if to_camel_case(attribute) == name)
    assert "Canary" not in repr(declaration(**values | {secret: "Canary"}))


def with_level(level: SessionLevel) -> list[str]:
    return [coordinate for coordinate, required in DIRECTIVE_TABLES.levels.items() if required is level]


@pytest.mark.parametrize(
    "coordinate",
    [name for name in (*with_level(SessionLevel.ANONYMOUS), *with_level(SessionLevel.REGISTERED)) if "." in name],
)
async def test_field_that_needs_a_session_is_rejected_without_upstream_calls(
    storefront: Storefront, world: World, coordinate: str
) -> None:
    answer = await storefront.ask(reaching(coordinate))
    assert answer.codes == ["SESSION_REQUIRED"]
    assert world.calls.count() == 0


@pytest.mark.parametrize("coordinate", [name for name in with_level(SessionLevel.REGISTERED) if "." in name])
async def test_field_for_registered_shoppers_is_rejected_without_upstream_calls(
    storefront: Storefront, world: World, coordinate: str
) -> None:
    await storefront.ask("mutation { startSession(input: {}) { session { id } } }")
    world.calls.clear()
    answer = await storefront.ask(reaching(coordinate))
    assert answer.codes == ["SIGN_IN_REQUIRED"]
    assert world.calls.count() == 0


NULL_FOR_GUESTS = {
    "Cart.shopper",
    "Query.shopper",
    "Session.shopper",
    "SubscriptionContractConnection.nodes",
    "SubscriptionContractEdge.node",
}
"""Fields that a guest can select. They, or the shopper above them, are null."""


@pytest.mark.parametrize(
    "coordinate",
    [field for name in with_level(SessionLevel.REGISTERED) if "." not in name for field in fields_of_type(name)],
)
async def test_type_for_registered_shoppers_is_null_for_guest(
    storefront: Storefront, world: World, coordinate: str
) -> None:
    """For a guest, a field that returns the type makes no upstream call. Only its parent field may read the cart."""
    await storefront.ask("mutation { startSession(input: {}) { session { id } } }")
    world.calls.clear()
    answer = await storefront.ask(reaching(coordinate))
    is_null = coordinate in NULL_FOR_GUESTS
    assert answer.codes == ([] if is_null else ["SIGN_IN_REQUIRED"])
    assert {call.path for call in world.calls.by_call} <= {CART}
    if is_null:
        value: Any = answer.body["data"]
        while isinstance(value, dict):
            (value,) = value.values()
        assert value is None


def test_every_query_and_mutation_field_declares_a_required_session_level() -> None:
    for root in (build().core.query_type, build().core.mutation_type):
        assert root is not None
        assert {f"{root.name}.{name}" for name in root.fields} <= DIRECTIVE_TABLES.levels.keys()


@pytest.mark.parametrize("coordinate", uses_of(Idempotency))
def test_gateway_does_not_start_with_a_wrong_idempotency_mode(coordinate: str) -> None:
    """The mode must be KEYED if and only if the input has an idempotency key."""
    core = build().core
    field: Element = dict(elements(core))[coordinate]
    directive = uses_of(Idempotency)[coordinate]
    assert problem(core, coordinate, field, directive) is None
    for mode in set(IdempotencyMode) - {directive.mode}:
        if IdempotencyMode.KEYED in (mode, directive.mode):
            assert problem(core, coordinate, field, Idempotency(mode=mode)) is not None


def test_every_mutation_has_an_idempotency_mode() -> None:
    root = build().core.mutation_type
    assert root is not None
    assert {f"{root.name}.{name}" for name in root.fields} == uses_of(Idempotency).keys()


PROFILE_FIELDS = {
    "Shopper.externalReferenceId",
    "Shopper.firstName",
    "Shopper.lastName",
    "Shopper.email",
}
"""Nullable fields of a profile whose descriptions do not mention null. Digital River may omit each of them."""


def nullable_with_resolver() -> dict[str, GraphQLField]:
    return {
        coordinate: element
        for coordinate, element in elements(build().core)
        if isinstance(element, GraphQLField)
        and "resolver" in (getattr(element.extensions.get("strawberry-definition"), "metadata", None) or {})
        and not is_non_null_type(element.type)
    }


def test_nullable_field_is_semantically_non_null_or_explains_null() -> None:
    promised = uses_of(SemanticNonNull)
    assert promised.keys() <= nullable_with_resolver().keys()
    undescribed = [
        coordinate
        for coordinate, field in nullable_with_resolver().items()
        if coordinate not in promised
        and not coordinate.startswith("Mutation.")
        and "null" not in f"{field.description} {get_named_type(field.type).description}".lower()
        and directive_of(get_named_type(field.type), RequiresSession) is None
        and DIRECTIVE_TABLES.levels.get(coordinate, SessionLevel.NONE) is SessionLevel.NONE
    ]
    assert set(undescribed) == PROFILE_FIELDS


# Effects of directives on the fields of `SmallQuery`, a schema that exists only in this module.


class CallerWithLevel:
    """Request context for operations on `SmallQuery`. The caller has the given session level."""

    def __init__(self, level: SessionLevel) -> None:
        self.level = level
        self.operation = SimpleNamespace(recorded={}, field_spans=None)

    async def reaches(self, level: SessionLevel) -> bool:
        return list(SessionLevel).index(self.level) >= list(SessionLevel).index(level)

    async def require(self, level: SessionLevel) -> None:
        if not await self.reaches(level):
            raise PermissionError

    def in_time(self, answer: T) -> T:
        return answer


async def some_box(ctx: CallerWithLevel) -> dict[str, str]:
    return {"name": "a box"}


async def no_value(ctx: CallerWithLevel) -> None:
    return None


async def some_name(ctx: CallerWithLevel) -> str:
    return "a name"


@dsl.object_type(CacheControl(max_age=0, scope=PRIVATE), RequiresSession(level=SessionLevel.ANONYMOUS))
class Box:
    """An object type that can be read only with a session."""

    name: str = dsl.field("Name of the box.")


@dsl.object_type()
class SmallQuery:
    """Query type of a small schema that exists only in this module."""

    open: Box | None = dsl.field("Null without a session.", RequiresSession(level=SessionLevel.NONE), resolver=some_box)
    closed: Box | None = dsl.field("A box.", RequiresSession(level=SessionLevel.REGISTERED), resolver=some_box)
    promised: str | None = dsl.field("A promise.", SemanticNonNull(), resolver=no_value)


async def run(operation: str, level: SessionLevel) -> tuple[Any, list[str]]:
    """Execute an operation on `SmallQuery`. Returns the data, and the class names of the raised exceptions."""
    core = strawberry.Schema(query=SmallQuery)._schema
    core.type_map["Box"].is_type_of = None  # type: ignore[attr-defined]  # an object type
    enforce(core)
    answer: Any = execute(core, parse(operation), context_value=CallerWithLevel(level))
    result = answer if hasattr(answer, "data") else await answer
    return result.data, [type(error.original_error).__name__ for error in result.errors or ()]


async def test_type_that_needs_a_session_is_null_without_one() -> None:
    operation = "{ open { __typename } }"
    assert await run(operation, SessionLevel.NONE) == ({"open": None}, [])
    assert await run(operation, SessionLevel.ANONYMOUS) == ({"open": {"__typename": "Box"}}, [])


async def test_field_is_rejected_if_caller_lacks_its_session_level() -> None:
    operation = "{ closed { __typename } }"
    assert await run(operation, SessionLevel.ANONYMOUS) == ({"closed": None}, ["PermissionError"])
    assert (await run(operation, SessionLevel.REGISTERED))[1] == []


async def test_null_in_a_semantically_non_null_field_is_an_error() -> None:
    assert await run("{ promised }", SessionLevel.NONE) == ({"promised": None}, ["PromisedValueMissing"])


def root_with(annotation: Any, field: Any) -> Any:
    attributes = {"__doc__": "A root.", "__annotations__": {"f": annotation}, "f": field}
    return dsl.object_type()(type("Root", (), attributes))


@pytest.mark.parametrize(
    ("annotation", "directive", "resolver", "reason"),
    [
        (str, RequiresSession(level=SessionLevel.REGISTERED), None, "the level of its parent"),
        (str, SemanticNonNull(), some_name, "non-null already"),
        (str | None, SemanticNonNull(), None, "no call that could fail"),
        (str | None, SemanticNonNull(levels=[0, 1]), some_name, "only level 0"),
        (str, Idempotency(mode=IdempotencyMode.NATURAL), some_name, "only mutations"),
    ],
)
def test_gateway_does_not_start_with_a_directive_without_effect(
    annotation: Any, directive: object, resolver: Any, reason: str
) -> None:
    field = dsl.field("A field.", directive, **({"resolver": resolver} if resolver else {}))
    with pytest.raises(IneffectiveDirective, match=reason):
        read_directives(strawberry.Schema(query=root_with(annotation, field))._schema)


def test_publicly_cached_type_that_needs_a_session_is_rejected() -> None:
    public_type = dsl.object_type(RequiresSession(level=SessionLevel.ANONYMOUS), CacheControl(max_age=9, scope=PUBLIC))
    attributes = {"__doc__": "A type.", "__annotations__": {"f": str}, "f": dsl.field("A field.")}
    made = public_type(type("Public", (), attributes))
    with pytest.raises(IneffectiveDirective, match="must be PRIVATE"):
        read_directives(strawberry.Schema(query=root_with(made, dsl.field("A field.")))._schema)


def test_weights_and_list_sizes_are_read_from_the_schema() -> None:
    assert DIRECTIVE_TABLES.weights["Mutation.submitOrder"] == 50
    assert DIRECTIVE_TABLES.sizes["Cart.lines"] == ListSize(assumed=25)
    assert uses_of(Cost)["Mutation.submitOrder"].weight == "50"
