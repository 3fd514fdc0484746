"""Pages of the documentation site about the graph: every type and field, with its source, its cost and its cache life.

The pages are made from the schema when the site is built, so they are never out of date.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, TypeVar

from graphql import (
    GraphQLArgument,
    GraphQLDirective,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLUnionType,
    Undefined,
    ast_from_value,
    get_named_type,
    is_composite_type,
    is_specified_directive,
    is_specified_scalar_type,
    print_ast,
)
from strawberry import UNSET

from schema import directives
from schema.build import build

T = TypeVar("T")

FOLDER = "reference"

SOURCE = re.compile(r"\s*Digital River (field|object|call|value)s?: (.*?)\.?\s*$", re.DOTALL)
"""The end of a description that names what Digital River sends."""


class Chapter(NamedTuple):
    """One page. `modules` are the modules of `schema/` whose types the page has."""

    name: str
    title: str
    introduction: str
    modules: frozenset[str] = frozenset()


QUERIES = Chapter("queries", "Queries", "The fields of `Query`. Each can be selected beside any other.")
MUTATIONS = Chapter(
    "mutations",
    "Mutations",
    "The fields of `Mutation`. Several mutations of one operation are executed one after the other.",
)
INPUTS = Chapter("inputs", "Inputs", "The objects that arguments accept.")
ENUMS = Chapter("enums", "Enums", "A client must accept values that it does not know yet, because the graph grows.")
SCALARS = Chapter("scalars", "Scalars", "The formats of single values.")
DIRECTIVES = Chapter("directives", "Directives", "What the directives of the schema and of operations mean.")

OBJECTS = [
    Chapter("catalog", "Catalog", "Products, categories, offers and the storefront.", frozenset({"catalog"})),
    Chapter("cart", "Cart", "The cart and its lines.", frozenset({"cart"})),
    Chapter("payment", "Payment", "Payment session, payment methods and sources.", frozenset({"payment"})),
    Chapter(
        "checkout",
        "Checkout readiness",
        "Whether a cart may become an order, and what prevents it.",
        frozenset({"readiness", "blockers"}),
    ),
    Chapter("submissions", "Submissions", "The outcomes of a submit request.", frozenset({"submissions"})),
    Chapter("orders", "Orders", "Placed orders.", frozenset({"orders"})),
    Chapter("account", "Account", "Session, shopper and account.", frozenset({"account", "account_entries"})),
    Chapter("contracts", "Subscription contracts", "Recurring purchases.", frozenset({"contracts"})),
    Chapter("errors", "Errors of payloads", "The typed errors and warnings of a mutation.", frozenset({"errors"})),
    Chapter("payloads", "Payloads", "What each mutation returns.", frozenset({"payloads"})),
]

SHARED = Chapter("shared", "Shared types", "Types that several domains use.")

CHAPTERS = [QUERIES, MUTATIONS, *OBJECTS, SHARED, INPUTS, ENUMS, SCALARS, DIRECTIVES]


def pages() -> dict[str, str]:
    """Markdown of all pages, by path."""
    reference = _Reference(build(suggests=False).core)
    return {f"{FOLDER}/{chapter.name}.md": reference.page(chapter) for chapter in CHAPTERS}


class _Reference:
    def __init__(self, schema: GraphQLSchema) -> None:
        self._schema = schema
        self._chapters = {
            name: _chapter_of(of)
            for name, of in schema.type_map.items()
            if not name.startswith("__") and name not in ("Query", "Mutation")
        }
        for name, of in schema.type_map.items():
            if isinstance(of, GraphQLUnionType):
                self._chapters[name] = self._chapters[of.types[0].name]

    def page(self, chapter: Chapter) -> str:
        sections = list(self._sections(chapter))
        return f"# {chapter.title}\n\n{chapter.introduction}\n\n" + "\n\n".join(sections) + "\n"

    def _sections(self, chapter: Chapter) -> Iterable[str]:
        if chapter is QUERIES or chapter is MUTATIONS:
            root = self._schema.type_map[chapter.title.removesuffix("s").replace("Querie", "Query")]
            assert isinstance(root, GraphQLObjectType)  # noqa: S101 - for the type checker
            yield from (self._root_field(name, field) for name, field in sorted(root.fields.items()))
        elif chapter is DIRECTIVES:
            own = [directive for directive in self._schema.directives if not is_specified_directive(directive)]
            yield from map(self._directive, sorted(own, key=lambda directive: directive.name))
        else:
            names = sorted(name for name, of in self._chapters.items() if of is chapter)
            yield from (self._type(self._schema.type_map[name]) for name in names)

    def _root_field(self, name: str, field: GraphQLField) -> str:
        parts = [f"## {name} {{ #{name} }}", f"`{name}`: {self._linked(field.type)}", _text(field.description)]
        if field.args:
            parts.append(self._table("Argument", field.args))
        parts.append(self._facts(field))
        return "\n\n".join(part for part in parts if part)

    def _directive(self, directive: GraphQLDirective) -> str:
        where = ", ".join(location.name.lower().replace("_", " ") for location in directive.locations)
        parts = [f"## @{directive.name} {{ #{directive.name} }}", _text(directive.description), f"On: {where}."]
        if directive.args:
            parts.append(self._table("Argument", directive.args))
        return "\n\n".join(parts)

    def _type(self, of: GraphQLNamedType) -> str:
        parts = [f"## {of.name} {{ #{of.name} }}", _text(of.description), *self._relations(of)]
        if isinstance(of, GraphQLObjectType | GraphQLInterfaceType):
            rows = [self._row(name, field, self._facts(field)) for name, field in of.fields.items()]
            parts.append(_table("Field", rows))
        elif isinstance(of, GraphQLInputObjectType):
            parts.append(self._table("Field", of.fields))
        elif isinstance(of, GraphQLEnumType):
            rows = [f"`{name}` | {_cell(_text(value.description))}" for name, value in of.values.items()]
            parts.append(_table("Value", rows))
        return "\n\n".join(part for part in parts if part)

    def _relations(self, of: GraphQLNamedType) -> Iterable[str]:
        if isinstance(of, GraphQLObjectType | GraphQLInterfaceType) and of.interfaces:
            yield f"Implements {', '.join(map(self._link, of.interfaces))}."
        if isinstance(of, GraphQLInterfaceType | GraphQLUnionType):
            possible = sorted(self._schema.get_possible_types(of), key=lambda possible_type: possible_type.name)
            yield f"Possible types: {', '.join(map(self._link, possible))}."
        if isinstance(of, GraphQLScalarType) and of.specified_by_url:
            yield f"Specified by <{of.specified_by_url}>."

    def _table(self, head: str, fields: Mapping[str, GraphQLArgument] | Mapping[str, GraphQLInputField]) -> str:
        return _table(head, [self._row(name, field, _default(field)) for name, field in fields.items()])

    def _row(self, name: str, field: GraphQLField | GraphQLArgument | GraphQLInputField, facts: str) -> str:
        meaning = [_text(field.description)]
        if isinstance(field, GraphQLField):
            meaning += [f"`{key}`: {_text(argument.description)}" for key, argument in field.args.items()]
        cells = "<br>".join(_cell(part) for part in (*meaning, facts) if part)
        return f"`{name}`<br>{self._linked(field.type)} | {cells}"

    def _facts(self, field: GraphQLField) -> str:
        facts = [self._source(field), f"cost {_cost(field)}", _cache(field)]
        if (level := _directive_of(field, directives.RequiresSession)) is not None:
            facts.append(f"session: {level.level.name}")
        if (idempotency := _directive_of(field, directives.Idempotency)) is not None:
            facts.append(f"repeat: {idempotency.mode.name}")
        if _directive_of(field, directives.Sensitive) is not None:
            facts.append("sensitive")
        facts.append(f"deprecated: {field.deprecation_reason}" if field.deprecation_reason else "")
        return f"<small>{' · '.join(fact for fact in facts if fact)}</small>"

    def _source(self, field: GraphQLField) -> str:
        """What Digital River sends for this field. The type of the value may say it instead of the field."""
        if source := SOURCE.search(field.description or ""):
            return f"Digital River {source[1]}: {_in_one_line(source[2])}"
        named = get_named_type(field.type)
        if source := SOURCE.search(named.description or ""):
            return f"Digital River {source[1]} of {named.name}: {_in_one_line(source[2])}"
        return "computed by the gateway"

    def _linked(self, of: GraphQLOutputType | Any) -> str:
        named = get_named_type(of)
        return str(of).replace(named.name, self._link(named))

    def _link(self, of: GraphQLNamedType) -> str:
        chapter = self._chapters.get(of.name)
        return of.name if chapter is None else f"[{of.name}]({chapter.name}.md#{of.name})"


def _chapter_of(of: GraphQLNamedType) -> Chapter | None:
    """The page of a type. None for scalars of GraphQL itself, which have no description of ours."""
    if isinstance(of, GraphQLScalarType):
        return None if is_specified_scalar_type(of) else SCALARS
    if isinstance(of, GraphQLEnumType):
        return ENUMS
    if isinstance(of, GraphQLInputObjectType):
        return INPUTS
    definition = of.extensions.get("strawberry-definition")
    module = str(getattr(getattr(definition, "origin", None), "__module__", "")).rpartition(".")[2]
    return next((chapter for chapter in OBJECTS if module in chapter.modules), SHARED)


def _text(description: str | None) -> str:
    """A description without its source, which is shown apart."""
    return SOURCE.sub("", description or "").strip()


def _in_one_line(text: str) -> str:
    return " ".join(text.split())


def _cell(text: str) -> str:
    return _in_one_line(text).replace("|", "\\|")


def _table(head: str, rows: list[str]) -> str:
    return "\n".join([f"| {head} | Meaning |", "|---|---|", *(f"| {row} |" for row in rows)])


def _default(field: GraphQLArgument | GraphQLInputField) -> str:
    facts = []
    if field.default_value is not Undefined:
        value = ast_from_value(field.default_value, field.type)
        facts.append(f"default `{print_ast(value)}`" if value is not None else "")
    if _directive_of(field, directives.Sensitive) is not None:
        facts.append("sensitive")
    return f"<small>{' · '.join(facts)}</small>" if facts else ""


def _directive_of(field: GraphQLField | GraphQLNamedType | Any, kind: type[T]) -> T | None:
    definition = field.extensions.get("strawberry-definition")
    return next((used for used in getattr(definition, "directives", None) or () if isinstance(used, kind)), None)


def _cost(field: GraphQLField) -> str:
    named = get_named_type(field.type)
    cost = _directive_of(field, directives.Cost) or _directive_of(named, directives.Cost)
    points = cost.weight if cost is not None else "1" if is_composite_type(named) else "0"
    size = _directive_of(field, directives.ListSize)
    if size is None:
        return points
    if size.slicing_arguments:
        return f"{points} for each of `{'` or `'.join(size.slicing_arguments)}`"
    return f"{points} for each of {size.assumed_size}" if size.assumed_size else points


def _cache(field: GraphQLField) -> str:
    control = _directive_of(field, directives.CacheControl)
    control = control or _directive_of(get_named_type(field.type), directives.CacheControl)
    if control is None or control.inherit_max_age is True:
        return "cached as its parent"
    if not control.max_age or control.max_age is UNSET:
        return "never cached"
    scope = "for all shoppers" if control.scope is directives.PUBLIC else "for one shopper"
    return f"cached {control.max_age} s {scope}"
