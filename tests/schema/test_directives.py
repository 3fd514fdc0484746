"""None of the schema's directives is decoration: what each one says decides something, and no other place does."""

import re
from collections.abc import Mapping
from dataclasses import fields, replace
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
from schema.enforce_directives import Ineffective, enforce, members, policy, problem, read
from tests.support.graph_paths import fields_of_type, inputs_with, reaching
from tests.support.shop import CART, Storefront

T = TypeVar("T")

DIRECTIVE_TABLES = build().directive_tables
PUBLIC, PRIVATE = CacheControlScope.PUBLIC, CacheControlScope.PRIVATE


def having(kind: type[T]) -> dict[str, T]:
    return {name: said for name, member in members(build().core) if (said := policy(member, kind)) is not None}


def changed(given: Mapping[str, T], name: str, value: T) -> dict[str, T]:
    return {**given, name: value}


def points(text: str, policies: DirectiveTables) -> int | str:
    document = parse(text)
    (node,) = [one for one in document.definitions if isinstance(one, OperationDefinitionNode)]
    try:
        return OperationCost(build().core, policies, document, node).points({})
    except SlicingArgumentMissing as missing:
        return str(missing)


def fresh(text: str, policies: DirectiveTables) -> CachePolicy:
    return cache_policy(build().core, policies, parse(text))


def test_the_walk_sees_every_directive() -> None:
    seen = sum(len(having(kind)) for kind in SCHEMA_DIRECTIVES)
    told = build().as_str()
    assert seen == sum(told.count(f" @{name}") for name in names()) - len(names_of_definitions(told))
    assert seen > 100


def names() -> list[str]:
    return ["cacheControl", "cost", "listSize", "requiresSession", "semanticNonNull", "sensitive", "idempotency"]


def names_of_definitions(told: str) -> list[str]:
    return [name for name in names() if f"directive @{name}" in told]


@pytest.mark.parametrize("name", DIRECTIVE_TABLES.weights)
def test_a_weight_is_counted(name: str) -> None:
    text = reaching(name)
    assert points(text, replace(DIRECTIVE_TABLES, weights=changed(DIRECTIVE_TABLES.weights, name, 77.0))) != points(
        text, DIRECTIVE_TABLES
    )


@pytest.mark.parametrize("name", DIRECTIVE_TABLES.sizes)
def test_a_size_multiplies(name: str) -> None:
    size = DIRECTIVE_TABLES.sizes[name]
    text = reaching(name, " ".join(f"{one} {{ __typename }}" for one in size.sized_fields) or "__typename")
    others = [replace(size, needs_one=not size.needs_one, slicing_arguments=("after", "before"))]
    if not size.needs_one:
        others = [replace(size, assumed=(size.assumed or 0) + 7, slicing_arguments=())]
    if size.sized_fields:
        others.append(replace(size, sized_fields=frozenset()))
    for other in others:
        assert points(text, replace(DIRECTIVE_TABLES, sizes=changed(DIRECTIVE_TABLES.sizes, name, other))) != points(
            text, DIRECTIVE_TABLES
        )


LONG_LIVED_ROOTS = {
    name: CacheHint(PUBLIC, 10**6, 10**6)
    for name, _ in members(build().core)
    if re.fullmatch(r"(Query|Mutation)\.\w+", name)
}


def stricter_and_looser(hint: CacheHint) -> list[CacheHint]:
    if hint.scope is PRIVATE:
        return [replace(hint, scope=PUBLIC)]
    stale = 0 if hint.stale_if_error_s else 1
    return [replace(hint, scope=PRIVATE), replace(hint, max_age_s=1), replace(hint, stale_if_error_s=stale)]


@pytest.mark.parametrize("name", DIRECTIVE_TABLES.hints)
def test_a_hint_decides_what_caches_are_told(name: str) -> None:
    hint = DIRECTIVE_TABLES.hints[name]
    if "." in name:
        text = reaching(name)
    else:
        fields = list(fields_of_type(name))
        unstated = [one for one in fields if one not in DIRECTIVE_TABLES.hints]
        if not unstated:
            assert {DIRECTIVE_TABLES.hints[one] for one in fields} == {hint}, "said in both places, and the same"
            return
        text = reaching(unstated[0])
    alone = DirectiveTables(hints={**LONG_LIVED_ROOTS, name: hint})
    for other in stricter_and_looser(hint):
        assert fresh(text, replace(alone, hints=changed(alone.hints, name, other))) != fresh(text, alone)


def test_the_gateway_keeps_what_it_reads_as_long_as_the_schema_says() -> None:
    """One answer of Digital River is one entry, as fresh as its member that lives shortest."""
    product = [DIRECTIVE_TABLES.hints["Product"], DIRECTIVE_TABLES.hints["Product.pricing"]]
    page = [*product, DIRECTIVE_TABLES.hints["Query.products"]]
    for lifetime, hints in ((catalog.PRODUCT, product), (catalog.PAGE, page)):
        assert lifetime.fresh.total_seconds() == min(one.max_age_s or 0 for one in hints)
    assert catalog.PRODUCT.stale_if_error.total_seconds() == DIRECTIVE_TABLES.hints["Product"].stale_if_error_s
    assert catalog.PAGE.stale_if_error.total_seconds() == DIRECTIVE_TABLES.hints["Query.products"].stale_if_error_s
    for name in ("AvailablePaymentMethods", "Query.availablePaymentMethods"):
        methods = DIRECTIVE_TABLES.hints[name]
        assert method_list.LIFETIME.fresh.total_seconds() == methods.max_age_s
        assert method_list.LIFETIME.stale_if_error.total_seconds() == methods.stale_if_error_s


ALL_PUBLIC = replace(
    DIRECTIVE_TABLES,
    hints={name: CacheHint(PUBLIC, 60) for name, member in members(build().core) if "(" not in name},
)
"""As if nothing were said to be private but by `@sensitive`."""


@pytest.mark.parametrize("name", sorted(DIRECTIVE_TABLES.sensitive))
def test_a_secret_is_never_shared(name: str) -> None:
    owner = name.partition(".")[0]
    without = replace(ALL_PUBLIC, sensitive=ALL_PUBLIC.sensitive - {name})
    if isinstance(build().core.type_map[owner], GraphQLObjectType):
        # The way to it may be given secrets itself.
        text = reaching(name)
        assert not fresh(text, replace(ALL_PUBLIC, sensitive=frozenset({name}))).is_public
        assert fresh(text, replace(ALL_PUBLIC, sensitive=frozenset())).is_public
        return
    place = next(inputs_with(owner))
    text = fed_by_variable(place)
    assert name in fresh(text, DIRECTIVE_TABLES).sensitive_inputs
    assert name not in fresh(text, without).sensitive_inputs


def fed_by_variable(place: str) -> str:
    """An operation whose variable is all of an argument."""
    field, _, argument = place.removesuffix(":)").partition("(")
    owner, _, name = field.partition(".")
    definition: Any = build().core.type_map[owner].fields[name]  # type: ignore[attr-defined]  # an object type
    type_: str = str(definition.args[argument].type)
    root = {"Query": "query", "Mutation": "mutation"}[owner]
    return f"{root}($given: {type_}) {{ {name}({argument}: $given) {{ __typename }} }}"


def inputs(base: type[Input] = Input) -> dict[str, type[Input]]:
    """All declared inputs, by the name of their types."""
    found = {declaration.__name__: declaration for declaration in base.__subclasses__()}
    return found | {name: below for one in found.values() for name, below in inputs(one).items()}


@pytest.mark.parametrize(
    "coordinate", sorted(name for name in DIRECTIVE_TABLES.sensitive if name.partition(".")[0] in inputs())
)
def test_secret_of_an_input_is_absent_from_its_repr(coordinate: str) -> None:
    owner, _, name = coordinate.partition(".")
    declaration = inputs()[owner]
    values = dict.fromkeys((field.name for field in fields(declaration)), "shown")
    secret = next(python_name for python_name in values if to_camel_case(python_name) == name)
    assert "Canary" not in repr(declaration(**values | {secret: "Canary"}))


LEVELS = [name for name, level in DIRECTIVE_TABLES.levels.items() if "." in name and level is not SessionLevel.NONE]


@pytest.mark.parametrize("name", LEVELS)
async def test_who_has_no_session_is_refused_before_any_call(storefront: Storefront, world: World, name: str) -> None:
    answer = await storefront.ask(reaching(name))
    assert answer.codes == ["SESSION_REQUIRED"]
    assert world.calls.count() == 0


FOR_MEMBERS = [name for name, level in DIRECTIVE_TABLES.levels.items() if level is SessionLevel.REGISTERED]


@pytest.mark.parametrize("name", [name for name in FOR_MEMBERS if "." in name])
async def test_a_guest_is_refused_before_any_call(storefront: Storefront, world: World, name: str) -> None:
    await storefront.ask("mutation { startSession(input: {}) { session { id } } }")
    world.calls.clear()
    answer = await storefront.ask(reaching(name))
    assert answer.codes == ["SIGN_IN_REQUIRED"]
    assert world.calls.count() == 0


@pytest.mark.parametrize("name", [field for name in FOR_MEMBERS if "." not in name for field in fields_of_type(name)])
async def test_a_guest_finds_nothing_of_a_type_for_members(storefront: Storefront, world: World, name: str) -> None:
    """What leads to it may cost its own call; it costs none."""
    await storefront.ask("mutation { startSession(input: {}) { session { id } } }")
    world.calls.clear()
    answer = await storefront.ask(reaching(name))
    assert set(answer.codes) <= {"SIGN_IN_REQUIRED"}
    assert {call.path for call in world.calls.by_call} <= {CART}
    if not answer.codes:
        value: Any = answer.body["data"]
        while isinstance(value, dict):
            (value,) = value.values()
        assert value is None


def test_every_root_field_says_which_session_it_needs() -> None:
    for root in (build().core.query_type, build().core.mutation_type):
        assert root is not None
        assert {f"{root.name}.{name}" for name in root.fields} <= DIRECTIVE_TABLES.levels.keys()


@pytest.mark.parametrize("name", having(Idempotency))
def test_a_mutation_behaves_as_its_mode_says(name: str) -> None:
    """A keyed one has a key; one that says otherwise stops the start."""
    core = build().core
    field = dict(members(core))[name]
    said = policy(field, Idempotency)
    assert problem(core, name, field, said) is None
    for mode in set(IdempotencyMode) - {said.mode if said else None}:
        if IdempotencyMode.KEYED in (mode, said.mode if said else None):
            assert problem(core, name, field, Idempotency(mode=mode)) is not None


def test_every_mutation_says_how_it_can_be_repeated() -> None:
    root = build().core.mutation_type
    assert root is not None
    assert {f"{root.name}.{name}" for name in root.fields} == having(Idempotency).keys()


READ_WHEN_ASKED_FOR = {
    "Shopper.externalReferenceId",
    "Shopper.firstName",
    "Shopper.lastName",
    "Shopper.email",
}
"""Members of one answer, which may lack each of them. It is read only for them, not for a page of orders."""


def nullable_with_resolver() -> dict[str, GraphQLField]:
    return {
        name: member
        for name, member in members(build().core)
        if isinstance(member, GraphQLField)
        and "resolver" in (getattr(member.extensions.get("strawberry-definition"), "metadata", None) or {})
        and not is_non_null_type(member.type)
    }


def test_what_is_null_only_when_its_call_failed_says_so_and_everything_else_says_why() -> None:
    promised = having(SemanticNonNull)
    assert promised.keys() <= nullable_with_resolver().keys()
    silent = [
        name
        for name, field in nullable_with_resolver().items()
        if name not in promised
        and not name.startswith("Mutation.")
        and "null" not in f"{field.description} {get_named_type(field.type).description}".lower()
        and policy(get_named_type(field.type), RequiresSession) is None
        and DIRECTIVE_TABLES.levels.get(name, SessionLevel.NONE) is SessionLevel.NONE
    ]
    assert set(silent) == READ_WHEN_ASKED_FOR


# The same, on a graph so small that each directive can be seen to act.


RISING_LEVELS = list(SessionLevel)


class Caller:
    """What the guards ask of a context."""

    def __init__(self, level: SessionLevel) -> None:
        self.level = level

    async def reaches(self, level: SessionLevel) -> bool:
        return RISING_LEVELS.index(self.level) >= RISING_LEVELS.index(level)

    async def require(self, level: SessionLevel) -> None:
        if not await self.reaches(level):
            raise PermissionError

    def in_time(self, answer: T) -> T:
        return answer


async def thing(ctx: Caller) -> dict[str, str]:
    return {"name": "a thing"}


async def nothing(ctx: Caller) -> None:
    return None


@dsl.object_type(CacheControl(max_age=0, scope=PRIVATE), RequiresSession(level=SessionLevel.ANONYMOUS))
class Thing:
    """Needs a session."""

    name: str = dsl.field("Its name.")


@dsl.object_type()
class Small:
    """A root."""

    open: Thing | None = dsl.field("Null without a session.", RequiresSession(level=SessionLevel.NONE), resolver=thing)
    closed: Thing | None = dsl.field("A thing.", RequiresSession(level=SessionLevel.REGISTERED), resolver=thing)
    promised: str | None = dsl.field("A promise.", SemanticNonNull(), resolver=nothing)


async def asked(text: str, level: SessionLevel) -> tuple[Any, list[str]]:
    core = strawberry.Schema(query=Small)._schema
    core.type_map["Thing"].is_type_of = None  # type: ignore[attr-defined]  # an object type
    enforce(core)
    answer: Any = execute(core, parse(text), context_value=Caller(level))
    result = answer if hasattr(answer, "data") else await answer
    return result.data, [type(one.original_error).__name__ for one in result.errors or ()]


async def test_a_type_that_needs_a_session_is_not_there_without_one() -> None:
    assert await asked("{ open { __typename } }", SessionLevel.NONE) == ({"open": None}, [])
    assert await asked("{ open { __typename } }", SessionLevel.ANONYMOUS) == ({"open": {"__typename": "Thing"}}, [])


async def test_a_field_that_needs_a_level_is_refused_below_it() -> None:
    assert await asked("{ closed { __typename } }", SessionLevel.ANONYMOUS) == ({"closed": None}, ["PermissionError"])
    assert (await asked("{ closed { __typename } }", SessionLevel.REGISTERED))[1] == []


async def test_what_is_promised_is_there_or_has_an_error() -> None:
    assert await asked("{ promised }", SessionLevel.NONE) == ({"promised": None}, ["PromisedValueMissing"])


async def plain(ctx: Caller) -> str:
    return "plain"


@pytest.mark.parametrize(
    ("annotation", "said", "resolver", "why"),
    [
        (str, RequiresSession(level=SessionLevel.REGISTERED), None, "the parent's level"),
        (str, SemanticNonNull(), plain, "never null anyway"),
        (str | None, SemanticNonNull(), None, "no call of its own"),
        (str | None, SemanticNonNull(levels=[0, 1]), plain, "only the field itself"),
        (str, Idempotency(mode=IdempotencyMode.NATURAL), plain, "only mutations"),
    ],
)
def test_a_directive_that_nothing_acts_on_stops_the_start(
    annotation: Any, said: object, resolver: Any, why: str
) -> None:
    member = dsl.field("Something.", said, **({"resolver": resolver} if resolver else {}))
    root = dsl.object_type()(
        type("Root", (), {"__doc__": "A root.", "__annotations__": {"f": annotation}, "f": member})
    )
    with pytest.raises(Ineffective, match=why):
        read(strawberry.Schema(query=root)._schema)


def test_a_type_that_needs_a_session_has_to_be_private() -> None:
    open_type = dsl.object_type(RequiresSession(level=SessionLevel.ANONYMOUS), CacheControl(max_age=9, scope=PUBLIC))
    made = open_type(type("Open", (), {"__doc__": "A type.", "__annotations__": {"f": str}, "f": dsl.field("A.")}))
    root = type("Root", (), {"__doc__": "A root.", "__annotations__": {"f": made}, "f": dsl.field("B.")})
    with pytest.raises(Ineffective, match="is private"):
        read(strawberry.Schema(query=dsl.object_type()(root))._schema)


def test_the_policies_are_those_of_the_schema_files() -> None:
    assert DIRECTIVE_TABLES.weights["Mutation.submitOrder"] == 50
    assert DIRECTIVE_TABLES.sizes["Cart.lines"] == ListSize(assumed=25)
    assert having(Cost)["Mutation.submitOrder"].weight == "50"
