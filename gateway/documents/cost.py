"""What an operation may cost at most, told before anything of it is executed.

An object is a point and a leaf is none, unless `@cost` says otherwise. A list multiplies by its slicing
argument or its assumed size. Of the types that a value may have, the dearest counts. `@skip` and `@include`
are not looked at: what may be read is counted.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLCompositeType,
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    is_abstract_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    value_from_ast_untyped,
)

from gateway.documents.directive_tables import DirectiveTables, ListSize

UNKNOWN_LIST = 5
"""Items of a list of which nothing is said."""

MOST_ITEMS = 1_000_000
"""What a slicing argument counts for at most; far beyond every limit, and still a number JSON can tell."""

REMEMBERED = 32
"""Estimates kept for one operation, by the sizes that its variables ask for."""


class SlicingMissing(Exception):
    """A list is asked for without exactly one of the arguments that bound it. `node` is its field, `empty` are
    variables that stand in such an argument and have no value."""

    def __init__(self, node: FieldNode, arguments: tuple[str, ...], empty: Sequence[str]) -> None:
        because = "".join(f" The variable ${name} has no value." for name in empty)
        super().__init__(f"Give exactly one of {' and '.join(arguments)} at {node.name.value}.{because}")
        self.node = node


class Demand:
    """The cost of one operation of a document that has been validated."""

    def __init__(
        self, schema: GraphQLSchema, tables: DirectiveTables, document: DocumentNode, node: OperationDefinitionNode
    ) -> None:
        self._schema = schema
        self._tables = tables
        self._node = node
        self._fragments = {
            one.name.value: one for one in document.definitions if isinstance(one, FragmentDefinitionNode)
        }
        self._defaults = {
            one.variable.name.value: value_from_ast_untyped(one.default_value)
            for one in node.variable_definitions or ()
            if one.default_value is not None
        }
        self._known: dict[tuple[int | None, ...], float | SlicingMissing] = {}
        self._deciding: tuple[str, ...] | None = None

    def points(self, variables: Mapping[str, Any]) -> int:
        """The estimate for these variables. Raises `SlicingMissing`."""
        given = self._defaults | dict(variables)
        key = tuple(_count(given.get(name)) for name in self._deciding) if self._deciding is not None else None
        found = self._known.get(key) if key is not None else None
        if found is None:
            found = self._estimated(given)
        if isinstance(found, SlicingMissing):
            raise found
        return math.ceil(found)

    def _estimated(self, given: dict[str, Any]) -> float | SlicingMissing:
        estimate = Estimate(self._schema, self._tables, self._fragments, given)
        root = cast(GraphQLObjectType, self._schema.get_root_type(self._node.operation))
        points = estimate.of(self._node.selection_set, root)
        found = estimate.missing or points
        self._deciding = tuple(sorted(estimate.deciding))
        if len(self._known) >= REMEMBERED:
            self._known.clear()
        self._known[tuple(_count(given.get(name)) for name in self._deciding)] = found
        return found


class Estimate:
    """One walk. Each selection set is looked at once for each type that its value may have."""

    def __init__(
        self,
        schema: GraphQLSchema,
        tables: DirectiveTables,
        fragments: Mapping[str, FragmentDefinitionNode],
        variables: dict[str, Any],
    ) -> None:
        self._schema = schema
        self._tables = tables
        self._fragments = fragments
        self._variables = variables
        self._known: dict[tuple[int, str, ListSize | None, int], float] = {}
        self.deciding: set[str] = set()
        """Variables on which the estimate depends."""
        self.missing: SlicingMissing | None = None

    def of(
        self, selection_set: SelectionSetNode, owner: GraphQLObjectType, size: ListSize | None = None, items: int = 1
    ) -> float:
        """Points of what is selected of one `owner`, whose `size.sized_fields` hold so many `items`."""
        key = (id(selection_set), owner.name, size, items)
        if key not in self._known:
            self._known[key] = sum(
                self._selection(selection, owner, size, items) for selection in selection_set.selections
            )
        return self._known[key]

    def _selection(
        self, selection: SelectionNode, owner: GraphQLObjectType, size: ListSize | None, items: int
    ) -> float:
        if isinstance(selection, FieldNode):
            definition = owner.fields.get(selection.name.value)
            # What a schema tells of itself is no demand on anybody.
            return self._field(selection, definition, owner, size, items) if definition is not None else 0
        if isinstance(selection, FragmentSpreadNode):
            fragment: Any = self._fragments[selection.name.value]
        else:
            fragment = cast(InlineFragmentNode, selection)
        condition = fragment.type_condition
        if condition is not None and not self._applies(condition.name.value, owner):
            return 0
        return self.of(fragment.selection_set, owner, size, items)

    def _applies(self, condition: str, owner: GraphQLObjectType) -> bool:
        if condition == owner.name:
            return True
        type_ = self._schema.type_map[condition]
        return is_abstract_type(type_) and self._schema.is_sub_type(type_, owner)

    def _field(
        self,
        node: FieldNode,
        definition: GraphQLField,
        owner: GraphQLObjectType,
        above: ListSize | None,
        items_above: int,
    ) -> float:
        size = self._tables.sizes.get(f"{owner.name}.{node.name.value}")
        type_ = definition.type.of_type if is_non_null_type(definition.type) else definition.type
        items = self._items(node, size) if size is not None else UNKNOWN_LIST
        holds_items = above is not None and node.name.value in above.sized_fields
        times = items_above if holds_items else items if is_list_type(type_) else 1
        below = 0.0
        if node.selection_set is not None:
            composite = cast(GraphQLCompositeType, get_named_type(type_))
            passed = size if size is not None and size.sized_fields else None
            below = max(
                self.of(node.selection_set, one, passed, items if passed else 1) for one in self._possible(composite)
            )
        return times * (self._weight(definition, owner, node.name.value) + below)

    def _possible(self, type_: GraphQLCompositeType) -> Iterable[GraphQLObjectType]:
        return self._schema.get_possible_types(type_) if is_abstract_type(type_) else [cast(GraphQLObjectType, type_)]

    def _weight(self, definition: GraphQLField, owner: GraphQLObjectType, name: str) -> float:
        type_ = get_named_type(definition.type)
        weights = self._tables.weights
        stated = weights.get(f"{owner.name}.{name}", weights.get(type_.name))
        if stated is not None:
            return stated
        return 0 if is_leaf_type(type_) else 1

    def _items(self, node: FieldNode, size: ListSize) -> int:
        given = [value for name in size.slicing_arguments if (value := self._argument(node, name)) is not None]
        if size.needs_one and len(given) != 1:
            self.missing = self.missing or SlicingMissing(node, size.slicing_arguments, self._empty(node, size))
        counts = [count for value in given if (count := _count(value)) is not None]
        if counts:
            return max(counts)
        return size.assumed if size.assumed is not None else UNKNOWN_LIST

    def _empty(self, node: FieldNode, size: ListSize) -> list[str]:
        """Variables without a value that stand in slicing arguments."""
        return [
            one.value.name.value
            for one in node.arguments or ()
            if one.name.value in size.slicing_arguments
            and isinstance(one.value, VariableNode)
            and self._variables.get(one.value.name.value) is None
        ]

    def _argument(self, node: FieldNode, name: str) -> Any:
        argument = next((one for one in node.arguments or () if one.name.value == name), None)
        if argument is None:
            return None
        if isinstance(argument.value, VariableNode):
            self.deciding.add(argument.value.name.value)
            return self._variables.get(argument.value.name.value)
        return value_from_ast_untyped(argument.value, self._variables)


def _count(value: Any) -> int | None:
    """The number of items that a slicing argument asks for: its value, or as many as it lists."""
    if value is None:
        return None
    if isinstance(value, list):
        return len(value)
    if isinstance(value, int | float):
        return min(max(0, math.ceil(value)), MOST_ITEMS)
    return 1
