"""The cache policy of a query: how long an answer may be cached, and for whom. The strictest selected field decides.

A field has the scope of its `@cacheControl`. Without this directive, a field has the scope of its parent, and a root
field is private. Every `@sensitive` field is private. If no selected field has a maximum age, the answer is not cached.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from graphql import (
    ArgumentNode,
    DocumentNode,
    FieldNode,
    GraphQLInputObjectType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    ObjectFieldNode,
    TypeInfo,
    VariableNode,
    Visitor,
    get_named_type,
    is_abstract_type,
)

from gateway.documents.directive_tables import CacheHint, Coordinate, DirectiveTables
from gateway.documents.walks import walk
from gateway.enums import CacheControlScope

NOT_CACHED = "private, no-store"


@dataclass(frozen=True)
class CachePolicy:
    """Cache policy of a query. `private_fields` are the selected fields whose values depend on the shopper.
    `sensitive_inputs` are the secret inputs that the query sets."""

    max_age_s: int = 0
    stale_if_error_s: int = 0
    private_fields: tuple[Coordinate, ...] = ()
    sensitive_inputs: tuple[Coordinate, ...] = ()

    @property
    def is_public(self) -> bool:
        """Whether the query may be sent over GET."""
        return not self.private_fields and not self.sensitive_inputs

    @property
    def cache_control(self) -> str:
        """Value of the header `Cache-Control`."""
        if not self.is_public or not self.max_age_s:
            return NOT_CACHED
        stale = f", stale-if-error={self.stale_if_error_s}" if self.stale_if_error_s else ""
        return f"public, max-age={self.max_age_s}{stale}"


def cache_policy(schema: GraphQLSchema, tables: DirectiveTables, document: DocumentNode) -> CachePolicy:
    """Cache policy of a valid document with one query."""
    types = TypeInfo(schema)
    hints = HintCollector(schema, tables, types)
    walk(document, hints, types)
    return CachePolicy(
        max_age_s=min(hints.max_ages_s, default=0),
        stale_if_error_s=min(hints.stale_if_error_s, default=0),
        private_fields=tuple(sorted(hints.private_fields)),
        sensitive_inputs=tuple(sorted(hints.sensitive_inputs)),
    )


class HintCollector(Visitor):
    """Collects the cache hints of the selected fields, and the sensitive inputs. Each fragment is read once."""

    def __init__(self, schema: GraphQLSchema, tables: DirectiveTables, types: TypeInfo) -> None:
        super().__init__()
        self._schema = schema
        self._tables = tables
        self._types = types
        self._field: Coordinate = ""
        self.max_ages_s: list[int] = []
        self.stale_if_error_s: list[int] = []
        self.private_fields: set[Coordinate] = set()
        self.sensitive_inputs: set[Coordinate] = set()

    def enter_field(self, node: FieldNode, *_: object) -> None:
        definition, parent = self._types.get_field_def(), self._types.get_parent_type()
        if definition is None or parent is None:
            return
        name = node.name.value
        self._field = f"{parent.name}.{name}"
        if name.startswith("__"):
            if name != "__typename":
                self.max_ages_s.append(0)
            return
        owners = [parent.name, *(possible.name for possible in self._possible_types(parent))]
        hints = self._hints(f"{owner}.{name}" for owner in owners) or self._type_hints(get_named_type(definition.type))
        is_sensitive = any(f"{owner}.{name}" in self._tables.sensitive for owner in owners)
        is_undeclared_root = parent is self._schema.query_type and not any(hint.scope for hint in hints)
        if is_sensitive or is_undeclared_root or any(hint.scope is CacheControlScope.PRIVATE for hint in hints):
            self.private_fields.add(self._field)
        for hint in hints:
            self._add_lifetime(hint)

    def _add_lifetime(self, hint: CacheHint) -> None:
        if hint.max_age_s is not None:
            self.max_ages_s.append(hint.max_age_s)
            self.stale_if_error_s.append(hint.stale_if_error_s or 0)

    def _hints(self, coordinates: Iterable[Coordinate]) -> list[CacheHint]:
        return [hint for coordinate in coordinates if (hint := self._tables.hints.get(coordinate)) is not None]

    def _type_hints(self, named_type: GraphQLNamedType) -> list[CacheHint]:
        """Cache hints of the type. An abstract type without a hint has the hints of its possible object types."""
        return self._hints([named_type.name]) or self._hints(
            possible.name for possible in self._possible_types(named_type)
        )

    def _possible_types(self, named_type: GraphQLNamedType) -> Iterable[GraphQLObjectType]:
        return self._schema.get_possible_types(named_type) if is_abstract_type(named_type) else ()

    def enter_argument(self, node: ArgumentNode, *_: object) -> None:
        coordinate = f"{self._field}({node.name.value}:)"
        if self._types.get_directive() is None and coordinate in self._tables.sensitive:
            self.sensitive_inputs.add(coordinate)

    def enter_object_field(self, node: ObjectFieldNode, *_: object) -> None:
        owner = self._types.get_parent_input_type()
        if owner is not None:
            self._add_if_sensitive(f"{get_named_type(owner).name}.{node.name.value}")

    def enter_variable(self, _node: VariableNode, *_: object) -> None:
        """Add all sensitive inputs of the variable's type, because the variable may set any of them."""
        input_type = self._types.get_input_type()
        if input_type is not None:
            for owner in _nested_input_types(get_named_type(input_type)):
                for name in owner.fields:
                    self._add_if_sensitive(f"{owner.name}.{name}")

    def _add_if_sensitive(self, coordinate: Coordinate) -> None:
        if coordinate in self._tables.sensitive:
            self.sensitive_inputs.add(coordinate)


def _nested_input_types(named_type: GraphQLNamedType) -> Iterable[GraphQLInputObjectType]:
    """The input type, and the input types of its fields at any depth."""
    input_types: dict[str, GraphQLInputObjectType] = {}
    queue = [named_type]
    while queue:
        candidate = queue.pop()
        if isinstance(candidate, GraphQLInputObjectType) and candidate.name not in input_types:
            input_types[candidate.name] = candidate
            queue += [get_named_type(definition.type) for definition in candidate.fields.values()]
    return input_types.values()
