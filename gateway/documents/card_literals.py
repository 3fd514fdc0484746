"""Detects card numbers in the text of a document."""

from typing import Any

from graphql import (
    ArgumentNode,
    DocumentNode,
    FloatValueNode,
    GraphQLSchema,
    IntValueNode,
    ObjectFieldNode,
    StringValueNode,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    get_named_type,
    visit,
)

from gateway.documents.card_numbers import Screen
from gateway.documents.card_variables import accepts_number, parent_of

Literal = StringValueNode | IntValueNode | FloatValueNode


def document_has_card_number(schema: GraphQLSchema, screen: Screen, source: str, document: DocumentNode | None) -> bool:
    """Whether a name, a comment or a literal of the document has a card number. A source that cannot be parsed has no
    `document`.

    Identifiers and telephone numbers pass in inputs that accept them. The values of strings are checked too, because
    escape sequences hide digits in the text.
    """
    if not screen.has_card_number(source) and "\\" not in source and '"""' not in source:
        return False
    if document is None:
        return screen.has_card_number(source)
    types = TypeInfo(schema)
    collector = LiteralCollector(types)
    visit(document, TypeInfoVisitor(types, collector))
    texts = (_without(source, collector.accepted), *collector.other_values)
    return any(map(screen.has_card_number, texts))


def _without(source: str, literals: list[Literal]) -> str:
    """The text of the document, with a space in place of each of these literals."""
    parts, position = [], 0
    for literal in literals:
        if literal.loc is not None:
            parts.append(source[position : literal.loc.start])
            position = literal.loc.end
    return " ".join([*parts, source[position:]])


class LiteralCollector(Visitor):
    """Collects the literals of a document: those that inputs accept, and the values of all others."""

    def __init__(self, types: TypeInfo) -> None:
        super().__init__()
        self._types = types
        self.accepted: list[Literal] = []
        self.other_values: list[str] = []

    def enter_string_value(self, node: StringValueNode, *position: Any) -> None:
        self._collect(node, *position)

    def enter_int_value(self, node: IntValueNode, *position: Any) -> None:
        self._collect(node, *position)

    def enter_float_value(self, node: FloatValueNode, *position: Any) -> None:
        self._collect(node, *position)

    def _collect(self, node: Literal, _key: object, parent: object, _path: object, ancestors: list[Any]) -> None:
        input_type = self._types.get_input_type()
        inputs = [part for part in (*ancestors, parent) if isinstance(part, ArgumentNode | ObjectFieldNode)]
        if input_type is not None and inputs:
            type_name, input_name = get_named_type(input_type).name, inputs[-1].name.value
            if accepts_number(type_name, input_name, parent_of(self._types), node.value):
                self.accepted.append(node)
                return
        self.other_values.append(node.value)
