"""Builds the executable GraphQL schema from its types, and prints the SDL."""

from collections.abc import Callable, Sequence
from functools import cache, cached_property
from typing import Any

import strawberry
from graphql import (
    GraphQLError,
    GraphQLSchema,
    ValueNode,
    is_abstract_type,
    is_input_object_type,
    is_object_type,
    is_scalar_type,
    is_specified_scalar_type,
)
from strawberry.printer import print_schema
from strawberry.schema.config import StrawberryConfig
from strawberry.schema_directive import StrawberrySchemaDirective

from gateway.documents.directive_tables import DirectiveTables
from gateway.documents.malformed_values import Malformed, malformed_literal
from schema import blockers, errors, payment, submissions
from schema.directives import SCHEMA_DIRECTIVES, in_context
from schema.enforce_directives import enforce, read_directives
from schema.mutation import Mutation
from schema.query import Query
from schema.scalars import SCALARS

TITLE = """\
Riverfront: the storefront graph in front of the Digital River Commerce API.

Reading guide. `Digital River field:` or `Digital River object:` at the end of a description names what Riverfront reads from Digital River's answer; `Digital River call:` names the calls that Riverfront sends; `Digital River value:` is Digital River's name for an enum value. If neither a field nor the type of its value has one of them, Riverfront sets or computes the value. Amounts are decimal numbers in major currency units (dollars, not cents). Durations in `@cacheControl` are seconds. Instants are UTC. A `message` is for developers; the descriptions of strings for shoppers say so."""  # noqa: E501 - one paragraph, as it is printed


ROOTS = """\
schema {
  query: Query
  mutation: Mutation
}

"""


class Graph(strawberry.Schema):
    """The GraphQL schema of the gateway, which graphql-core can execute."""

    @property
    def core(self) -> GraphQLSchema:
        """The schema for graphql-core, which executes operations here. Strawberry would wrap every resolver."""
        return self._schema

    @cached_property
    def directive_tables(self) -> DirectiveTables:
        """Arguments of the directives in the schema. Raises `IneffectiveDirective` for a directive without effect."""
        return read_directives(self.core)

    def as_str(self) -> str:
        """The schema as SDL. It includes the description of the schema, which Strawberry's printer omits."""
        printed = print_schema(self).replace("directive @oneOf on INPUT_OBJECT\n\n", "").replace(ROOTS, "")
        return f'"""\n{TITLE}\n"""\n{ROOTS}{printed}\n'


def _implementers(*modules: Any) -> Sequence[type]:
    """All GraphQL types in `modules`. Strawberry does not find a type by itself if fields return only its interface."""
    return [
        value
        for module in modules
        for value in vars(module).values()
        if isinstance(value, type) and hasattr(value, "__strawberry_definition__")
    ]


@cache
def build(*, suggests: bool = False) -> Graph:
    """Build the graph. With `suggests`, the error for a misspelled name suggests names of the schema."""
    graph = Graph(
        query=Query,
        mutation=Mutation,
        types=_implementers(errors, submissions, blockers, payment),
        directives=(in_context,),
        schema_directives=SCHEMA_DIRECTIVES,
        config=StrawberryConfig(scalar_map=SCALARS, disable_field_suggestions=not suggests),
    )
    _complete(graph.core)
    enforce(graph.core)
    return graph


def typename(value: Any, *_: object) -> str:
    """Name of the object type of `value`. graphql-core needs the name if a field returns an interface or a union."""
    name: str = value.typename
    return name


def _marking(parse: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap a scalar's parser for literals, so that it returns a mark for a malformed string. The error for any other
    invalid literal has the line and column in the document."""

    def parse_marking(node: ValueNode, variables: Any = None) -> Any:
        try:
            return parse(node, variables)
        except GraphQLError as error:
            return malformed_literal(node, GraphQLError(error.message, node))

    return parse_marking


def _accepting_marks(parse: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Wrap a scalar's parser for values, so that it accepts the mark of a malformed value."""
    return lambda value: value if isinstance(value, Malformed) else parse(value)


def _complete(core: GraphQLSchema) -> None:
    """Set what Strawberry leaves out of the schema: descriptions, type names of values, locations of errors, and which
    inputs need exactly one of their fields."""
    core.description = TITLE
    for type_ in core.type_map.values():
        if is_object_type(type_):
            # Strawberry's check would fail: resolvers do not return instances of the classes in `schema/`.
            type_.is_type_of = None
        elif is_abstract_type(type_):
            type_.resolve_type = typename
        elif is_input_object_type(type_):
            definition = type_.extensions.get("strawberry-definition")
            type_.is_one_of = bool(getattr(definition, "is_one_of", False))
        elif is_scalar_type(type_) and not is_specified_scalar_type(type_):
            type_.coerce_input_value = _accepting_marks(type_.coerce_input_value)
            type_.parse_literal = _marking(type_.parse_literal)  # type: ignore[method-assign]  # as the library sets it
    for directive in core.directives:
        definition = directive.extensions.get("strawberry-definition")
        if isinstance(definition, StrawberrySchemaDirective):
            for argument, field in zip(directive.args.values(), definition.fields, strict=True):
                argument.description = field.description
