"""Detects documents that contain a secret: a literal in an input with the directive `@sensitive`."""

from typing import Any

from graphql import (
    SKIP,
    ArgumentNode,
    DocumentNode,
    FieldNode,
    GraphQLSchema,
    ListValueNode,
    NullValueNode,
    ObjectFieldNode,
    ObjectValueNode,
    TypeInfo,
    ValueNode,
    VariableDefinitionNode,
    VariableNode,
    Visitor,
    VisitorAction,
    get_named_type,
)

from gateway.documents.directive_tables import Coordinate, DirectiveTables
from gateway.documents.walks import has_text, walk


def has_sensitive_literal(schema: GraphQLSchema, tables: DirectiveTables, document: DocumentNode) -> bool:
    """Whether a sensitive input of a valid document has a literal, or a variable that may have a default value."""
    types = TypeInfo(schema)
    finder = LiteralFinder(tables, types)
    walk(document, finder, types)
    return finder.has_literal or (finder.has_variable and finder.has_default)


class LiteralFinder(Visitor):
    def __init__(self, tables: DirectiveTables, types: TypeInfo) -> None:
        super().__init__()
        self._tables = tables
        self._types = types
        self._field: Coordinate = ""
        self.has_literal = self.has_variable = self.has_default = False

    def enter_field(self, node: FieldNode, *_: Any) -> VisitorAction:
        if not has_text(node, "("):
            return SKIP
        parent = self._types.get_parent_type()
        self._field = f"{parent.name}.{node.name.value}" if parent is not None else ""
        return None

    def enter_argument(self, node: ArgumentNode, *_: Any) -> None:
        self._check(f"{self._field}({node.name.value}:)", node.value)

    def enter_object_field(self, node: ObjectFieldNode, *_: Any) -> None:
        owner = self._types.get_parent_input_type()
        if owner is not None:
            self._check(f"{get_named_type(owner).name}.{node.name.value}", node.value)

    def enter_variable_definition(self, node: VariableDefinitionNode, *_: Any) -> None:
        self.has_default |= node.default_value is not None and _has_literal(node.default_value)

    def _check(self, coordinate: Coordinate, value: ValueNode) -> None:
        if coordinate in self._tables.sensitive:
            self.has_variable = True
            self.has_literal |= _has_literal(value)


def _has_literal(value: ValueNode) -> bool:
    if isinstance(value, ListValueNode):
        return any(map(_has_literal, value.values))
    if isinstance(value, ObjectValueNode):
        return any(_has_literal(field.value) for field in value.fields)
    return not isinstance(value, VariableNode | NullValueNode)
