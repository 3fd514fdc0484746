"""How long and for whom an answer may be kept: the strictest of the fields that were asked for decides.

Public is what says so, and what stands below it unless it says otherwise. A root field that says nothing is
private, and so is every secret. An answer of which nothing is said at all is not kept.
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
    TypeInfoVisitor,
    VariableNode,
    Visitor,
    get_named_type,
    is_abstract_type,
    visit,
)

from gateway.documents.directive_tables import DirectiveTables, Hint
from gateway.enums import CacheControlScope

NOT_KEPT = "private, no-store"


@dataclass(frozen=True)
class Freshness:
    """`private_fields` are read for one shopper only, `sensitive_inputs` are given values that are secret."""

    max_age_s: int = 0
    stale_if_error_s: int = 0
    private_fields: tuple[str, ...] = ()
    sensitive_inputs: tuple[str, ...] = ()

    @property
    def is_same_for_all(self) -> bool:
        """Whether the operation may be asked for by a URL."""
        return not self.private_fields and not self.sensitive_inputs

    @property
    def cache_control(self) -> str:
        if not self.is_same_for_all or not self.max_age_s:
            return NOT_KEPT
        stale = f", stale-if-error={self.stale_if_error_s}" if self.stale_if_error_s else ""
        return f"public, max-age={self.max_age_s}{stale}"


def freshness(schema: GraphQLSchema, tables: DirectiveTables, document: DocumentNode) -> Freshness:
    """Of a valid document with one query."""
    types = TypeInfo(schema)
    found = Collector(schema, tables, types)
    visit(document, TypeInfoVisitor(types, found))
    return Freshness(
        max_age_s=min(found.max_ages_s, default=0),
        stale_if_error_s=min(found.stale_if_error_s, default=0),
        private_fields=tuple(sorted(found.private)),
        sensitive_inputs=tuple(sorted(found.sensitive)),
    )


class Collector(Visitor):
    """Collects what the fields of a document say, each fragment once."""

    def __init__(self, schema: GraphQLSchema, tables: DirectiveTables, types: TypeInfo) -> None:
        super().__init__()
        self._schema = schema
        self._tables = tables
        self._types = types
        self.max_ages_s: list[int] = []
        self.stale_if_error_s: list[int] = []
        self.private: set[str] = set()
        self.sensitive: set[str] = set()
        self._field = ""

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
        owners = [one.name for one in (parent, *self._possible(parent))]
        hints = self._stated(f"{owner}.{name}" for owner in owners) or self._of_type(get_named_type(definition.type))
        is_secret = any(f"{owner}.{name}" in self._tables.sensitive for owner in owners)
        says_nothing = not any(hint.scope for hint in hints) and parent is self._schema.query_type
        if is_secret or says_nothing or any(hint.scope is CacheControlScope.PRIVATE for hint in hints):
            self.private.add(self._field)
        for hint in hints:
            self._add(hint)

    def _add(self, hint: Hint) -> None:
        if hint.max_age_s is not None:
            self.max_ages_s.append(hint.max_age_s)
            self.stale_if_error_s.append(hint.stale_if_error_s or 0)

    def _stated(self, coordinates: Iterable[str]) -> list[Hint]:
        return [hint for one in coordinates if (hint := self._tables.hints.get(one)) is not None]

    def _of_type(self, type_: GraphQLNamedType) -> list[Hint]:
        """What the type says, or all the types that a value of it may have."""
        return self._stated([type_.name]) or self._stated(one.name for one in self._possible(type_))

    def _possible(self, type_: GraphQLNamedType) -> Iterable[GraphQLObjectType]:
        return self._schema.get_possible_types(type_) if is_abstract_type(type_) else ()

    # What is given.

    def enter_argument(self, node: ArgumentNode, *_: object) -> None:
        coordinate = f"{self._field}({node.name.value}:)"
        if self._types.get_directive() is None and coordinate in self._tables.sensitive:
            self.sensitive.add(coordinate)

    def enter_object_field(self, node: ObjectFieldNode, *_: object) -> None:
        owner = self._types.get_parent_input_type()
        if owner is not None:
            self._add_member(get_named_type(owner), node.name.value)

    def enter_variable(self, _node: VariableNode, *_: object) -> None:
        """A variable may hold all that its place may hold."""
        place = self._types.get_input_type()
        if place is not None:
            for owner in _inputs_of(get_named_type(place)):
                for name in owner.fields:
                    self._add_member(owner, name)

    def _add_member(self, owner: GraphQLNamedType, name: str) -> None:
        if f"{owner.name}.{name}" in self._tables.sensitive:
            self.sensitive.add(f"{owner.name}.{name}")


def _inputs_of(type_: GraphQLNamedType) -> Iterable[GraphQLInputObjectType]:
    """The input type and all those of its members, however deep."""
    seen: dict[str, GraphQLInputObjectType] = {}
    queue = [type_]
    while queue:
        one = queue.pop()
        if isinstance(one, GraphQLInputObjectType) and one.name not in seen:
            seen[one.name] = one
            queue += [get_named_type(member.type) for member in one.fields.values()]
    return seen.values()
