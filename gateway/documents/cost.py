"""Estimates the maximum cost of an operation in points, before the operation is executed.

An object costs one point and a scalar nothing, unless `@cost` sets another weight. The cost of a list is multiplied by
its slicing argument or its assumed size. If a value may have several types, the most expensive type decides. `@skip`
and `@include` are ignored, so the cost includes every selected field.
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

DEFAULT_LIST_SIZE = 5
"""Assumed number of items of a list without `@listSize`."""

MAX_ITEMS = 1_000_000
"""Larger slicing arguments are estimated with this number of items. It is far above the default cost limit."""

MAX_ESTIMATES = 32
"""Maximum number of cached estimates of one operation. The cache key consists of the variables on which an estimate
depends."""


class SlicingArgumentMissing(Exception):
    """Raised for the list field `node`, which requires exactly one of its slicing arguments.

    `empty_variables` are the variables that are used as slicing arguments and have no value.
    """

    def __init__(self, node: FieldNode, arguments: Sequence[str], empty_variables: Sequence[str]) -> None:
        hint = "".join(f" The variable ${name} has no value." for name in empty_variables)
        field, names = node.name.value, " and ".join(f"`{name}`" for name in arguments)
        super().__init__(f"Give exactly one of {names} at {field}, such as `{field}({arguments[0]}: 20)`.{hint}")
        self.node = node


class OperationCost:
    """Cost of one operation of a valid document."""

    def __init__(
        self, schema: GraphQLSchema, tables: DirectiveTables, document: DocumentNode, node: OperationDefinitionNode
    ) -> None:
        self._schema = schema
        self._tables = tables
        self._node = node
        self._fragments = {
            definition.name.value: definition
            for definition in document.definitions
            if isinstance(definition, FragmentDefinitionNode)
        }
        self._defaults = {
            definition.variable.name.value: value_from_ast_untyped(definition.default_value)
            for definition in node.variable_definitions or ()
            if definition.default_value is not None
        }
        self._estimates: dict[tuple[int | None, ...], float | SlicingArgumentMissing] = {}
        self._deciding_variables: tuple[str, ...] | None = None
        self.fixed_points: int | None = None
        """Cost of an operation whose cost depends on no variable; None until the first estimate."""

    def points(self, variables: Mapping[str, Any]) -> int:
        """Cost of the operation in points. Raises `SlicingArgumentMissing`."""
        values = self._defaults | dict(variables)
        estimate = self._estimates.get(self._key(values)) if self._deciding_variables is not None else None
        if estimate is None:
            estimate = self._estimate(values)
        if isinstance(estimate, SlicingArgumentMissing):
            # The cached exception is raised again for each request. Without `with_traceback(None)`, its traceback would
            # grow each time.
            raise estimate.with_traceback(None)
        return math.ceil(estimate)

    def _estimate(self, values: dict[str, Any]) -> float | SlicingArgumentMissing:
        walk = CostWalk(self._schema, self._tables, self._fragments, values)
        root = cast(GraphQLObjectType, self._schema.get_root_type(self._node.operation))
        points = walk.points(self._node.selection_set, root)
        estimate = walk.missing_argument or points
        self._deciding_variables = tuple(sorted(walk.deciding_variables))
        if len(self._estimates) >= MAX_ESTIMATES:
            self._estimates.clear()
        self._estimates[self._key(values)] = estimate
        if not self._deciding_variables and not isinstance(estimate, SlicingArgumentMissing):
            self.fixed_points = math.ceil(estimate)
        return estimate

    def _key(self, values: Mapping[str, Any]) -> tuple[int | None, ...]:
        return tuple(_item_count(values.get(name)) for name in self._deciding_variables or ())


class CostWalk:
    """Estimates the cost of one operation. Each selection set is estimated once for each object type to which it may
    apply.

    `deciding_variables` are the variables on which the estimate depends.
    """

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
        self._points: dict[tuple[int, str, ListSize | None, int], float] = {}
        self.deciding_variables: set[str] = set()
        self.missing_argument: SlicingArgumentMissing | None = None

    def points(
        self, selection_set: SelectionSetNode, owner: GraphQLObjectType, size: ListSize | None = None, items: int = 1
    ) -> float:
        """Cost of a selection set on an object of type `owner`.

        `size` is the `@listSize` of the parent field, if it names subfields. Each of these subfields has `items` items.
        """
        key = (id(selection_set), owner.name, size, items)
        if key not in self._points:
            self._points[key] = sum(
                self._selection(selection, owner, size, items) for selection in selection_set.selections
            )
        return self._points[key]

    def _selection(
        self, selection: SelectionNode, owner: GraphQLObjectType, size: ListSize | None, items: int
    ) -> float:
        if isinstance(selection, FieldNode):
            definition = owner.fields.get(selection.name.value)
            # Introspection fields, such as `__typename`, cost nothing.
            return self._field(selection, definition, owner, size, items) if definition is not None else 0
        if isinstance(selection, FragmentSpreadNode):
            fragment: Any = self._fragments[selection.name.value]
        else:
            fragment = cast(InlineFragmentNode, selection)
        condition = fragment.type_condition
        if condition is not None and not self._applies(condition.name.value, owner):
            return 0
        return self.points(fragment.selection_set, owner, size, items)

    def _applies(self, condition: str, owner: GraphQLObjectType) -> bool:
        if condition == owner.name:
            return True
        condition_type = self._schema.type_map[condition]
        return is_abstract_type(condition_type) and self._schema.is_sub_type(condition_type, owner)

    def _field(
        self,
        node: FieldNode,
        definition: GraphQLField,
        owner: GraphQLObjectType,
        parent_size: ListSize | None,
        parent_items: int,
    ) -> float:
        size = self._tables.sizes.get(f"{owner.name}.{node.name.value}")
        nullable_type = definition.type.of_type if is_non_null_type(definition.type) else definition.type
        items = self._items(node, size) if size is not None else DEFAULT_LIST_SIZE
        holds_parent_items = parent_size is not None and node.name.value in parent_size.sized_fields
        factor = parent_items if holds_parent_items else items if is_list_type(nullable_type) else 1
        nested = 0.0
        if node.selection_set is not None:
            composite = cast(GraphQLCompositeType, get_named_type(nullable_type))
            passed_size = size if size is not None and size.sized_fields else None
            nested = max(
                self.points(node.selection_set, possible_type, passed_size, items if passed_size else 1)
                for possible_type in self._possible_types(composite)
            )
        return factor * (self._weight(definition, owner, node.name.value) + nested)

    def _possible_types(self, composite: GraphQLCompositeType) -> Iterable[GraphQLObjectType]:
        if is_abstract_type(composite):
            return self._schema.get_possible_types(composite)
        return [cast(GraphQLObjectType, composite)]

    def _weight(self, definition: GraphQLField, owner: GraphQLObjectType, name: str) -> float:
        named_type = get_named_type(definition.type)
        weights = self._tables.weights
        declared = weights.get(f"{owner.name}.{name}", weights.get(named_type.name))
        if declared is not None:
            return declared
        return 0 if is_leaf_type(named_type) else 1

    def _items(self, node: FieldNode, size: ListSize) -> int:
        values = [value for name in size.slicing_arguments if (value := self._argument(node, name)) is not None]
        if size.needs_one and len(values) != 1:
            self.missing_argument = self.missing_argument or SlicingArgumentMissing(
                node, size.slicing_arguments, self._empty_variables(node, size)
            )
        counts = [count for value in values if (count := _item_count(value)) is not None]
        if counts:
            return max(counts)
        return size.assumed if size.assumed is not None else DEFAULT_LIST_SIZE

    def _empty_variables(self, node: FieldNode, size: ListSize) -> list[str]:
        """Variables that are used as slicing arguments and have no value."""
        return [
            argument.value.name.value
            for argument in node.arguments or ()
            if argument.name.value in size.slicing_arguments
            and isinstance(argument.value, VariableNode)
            and self._variables.get(argument.value.name.value) is None
        ]

    def _argument(self, node: FieldNode, name: str) -> Any:
        argument = next((argument for argument in node.arguments or () if argument.name.value == name), None)
        if argument is None:
            return None
        if isinstance(argument.value, VariableNode):
            self.deciding_variables.add(argument.value.name.value)
            return self._variables.get(argument.value.name.value)
        return value_from_ast_untyped(argument.value, self._variables)


def _item_count(value: Any) -> int | None:
    """Number of items that a slicing argument selects: its value, or the length of a list."""
    if value is None:
        return None
    if isinstance(value, list):
        return len(value)
    if isinstance(value, int | float):
        return min(max(0, math.ceil(value)), MAX_ITEMS)
    return 1
