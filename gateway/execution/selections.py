"""The fields that an operation selects, after fragments, `@skip` and `@include`."""

from collections.abc import Iterable, Mapping
from typing import Any

from graphql import (
    SKIP,
    BooleanValueNode,
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    SelectionNode,
    VariableNode,
    Visitor,
    VisitorAction,
    is_abstract_type,
)

from gateway.documents.walks import has_text, walk

SelectedFields = dict[str, list[FieldNode]]
"""The nodes of each field by response key, in the order of the answer."""

Fragments = Mapping[str, FragmentDefinitionNode]

Flags = Mapping[str, bool]
"""Values of the variables in `@skip` and `@include`, by name."""


def fragments_of(document: DocumentNode) -> Fragments:
    return {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}


def flag_names(document: DocumentNode) -> frozenset[str]:
    """Names of the variables in `@skip` and `@include`."""
    collector = _FlagNames()
    walk(document, collector)
    return frozenset(collector.names)


class _FlagNames(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def enter_field(self, node: FieldNode, *_: object) -> VisitorAction:
        return None if has_text(node, "@") else SKIP

    def enter_directive(self, node: DirectiveNode, *_: object) -> None:
        if _is_condition(node):
            self.names |= {
                argument.value.name.value
                for argument in node.arguments or ()
                if isinstance(argument.value, VariableNode)
            }


def _is_condition(directive: DirectiveNode) -> bool:
    return directive.name.value in ("skip", "include")


def selected_fields(
    schema: GraphQLSchema,
    fragments: Fragments,
    flags: Mapping[str, Any],
    parent: GraphQLObjectType,
    selections: Iterable[SelectionNode],
) -> SelectedFields:
    """The fields that are selected of an object of the type `parent`. `flags` may contain other variables too."""
    fields: SelectedFields = {}
    spread: set[str] = set()
    _collect(schema, fragments, flags, parent, selections, fields, spread)
    return fields


def _collect(
    schema: GraphQLSchema,
    fragments: Fragments,
    flags: Mapping[str, Any],
    parent: GraphQLObjectType,
    selections: Iterable[SelectionNode],
    fields: SelectedFields,
    spread: set[str],
) -> None:
    for node in selections:
        if not _is_included(node, flags):
            continue
        if isinstance(node, FieldNode):
            fields.setdefault((node.alias or node.name).value, []).append(node)
            continue
        if isinstance(node, FragmentSpreadNode):
            name = node.name.value
            if name in spread:
                continue
            spread.add(name)
            fragment: Any = fragments[name]
        else:
            fragment = node
        if _applies(schema, fragment, parent):
            _collect(schema, fragments, flags, parent, fragment.selection_set.selections, fields, spread)


def _is_included(node: SelectionNode, flags: Mapping[str, Any]) -> bool:
    return all(
        _value_of_condition(directive, flags) is (directive.name.value == "include")
        for directive in node.directives or ()
        if _is_condition(directive)
    )


def _value_of_condition(directive: DirectiveNode, flags: Mapping[str, Any]) -> bool:
    [argument] = directive.arguments or ()
    if isinstance(argument.value, BooleanValueNode):
        return argument.value.value
    name: str = argument.value.name.value  # type: ignore[attr-defined]  # a valid document has a literal or a variable
    value: bool = flags[name]
    return value


def _applies(
    schema: GraphQLSchema, fragment: InlineFragmentNode | FragmentDefinitionNode, parent: GraphQLObjectType
) -> bool:
    if fragment.type_condition is None:
        return True
    condition = schema.type_map[fragment.type_condition.name.value]
    return condition is parent or (is_abstract_type(condition) and schema.is_sub_type(condition, parent))


def selections_below(nodes: Iterable[FieldNode]) -> list[SelectionNode]:
    return [selection for node in nodes if node.selection_set for selection in node.selection_set.selections]
