"""Lists the names that are valid where a document or a variable has a wrong one, in development mode."""

from collections.abc import Iterable
from typing import Any

from graphql import (
    ArgumentNode,
    ASTValidationRule,
    FieldNode,
    FieldsOnCorrectTypeRule,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    KnownArgumentNamesRule,
    KnownFragmentNamesRule,
    NoUndefinedVariablesRule,
    OperationDefinitionNode,
    ProvidedRequiredArgumentsRule,
    ScalarLeafsRule,
    ValidationContext,
    get_named_type,
    is_required_argument,
)
from graphql.pyutils import did_you_mean, suggestion_list

MOST_NAMES = 100
"""Names that are listed. Only the root type `Mutation` may have more one day."""

WithFields = GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType


def fields_of(owner: Any) -> str:
    """A sentence with the fields of a type; empty for a type without fields."""
    return listed(f"{owner.name} has the fields", owner.fields) if isinstance(owner, WithFields) else ""


def listed(beginning: str, names: Iterable[str]) -> str:
    """A sentence with the names, and a blank before it; empty without names."""
    all_names = list(names)
    shown = ", ".join(all_names[:MOST_NAMES])
    more = f" and {len(all_names) - MOST_NAMES} others" if len(all_names) > MOST_NAMES else ""
    return f" {beginning} {shown}{more}." if all_names else ""


class ListingRule(ASTValidationRule):
    """A rule of graphql-core whose messages end with the valid names, wherever suggestions are made."""

    def report_error(self, error: GraphQLError) -> None:
        context = self.context
        suggests = isinstance(context, ValidationContext) and not context.hide_suggestions
        names = self.valid_names(error) if suggests else ""
        super().report_error(GraphQLError(error.message + names, error.nodes) if names else error)

    def valid_names(self, error: GraphQLError) -> str:
        raise NotImplementedError


class FieldNames(ListingRule, FieldsOnCorrectTypeRule):
    def valid_names(self, error: GraphQLError) -> str:  # noqa: ARG002 - an override
        return fields_of(self.context.get_parent_type())


class SubfieldNames(ListingRule, ScalarLeafsRule):
    def valid_names(self, error: GraphQLError) -> str:
        has_field = error.nodes is not None and isinstance(error.nodes[0], FieldNode)
        return fields_of(get_named_type(self.context.get_type())) if has_field else ""


class ArgumentNames(KnownArgumentNamesRule):
    """Words the error for the argument of a field itself, as graphql-core's rule does not pass it to `report_error`."""

    def enter_argument(self, arg_node: ArgumentNode, *position: Any) -> None:
        context, name = self.context, arg_node.name.value
        field, owner = context.get_field_def(), context.get_parent_type()
        if context.get_argument() is not None or field is None or owner is None:
            return
        ancestors = position[-1]
        message = f"Unknown argument '{name}' on field '{owner}.{ancestors[-1].name.value}'."
        if not context.hide_suggestions:
            message += did_you_mean(suggestion_list(name, list(field.args))) + listed("Its arguments are", field.args)
        context.report_error(GraphQLError(message, arg_node))


class RequiredArgumentFields(ListingRule, ProvidedRequiredArgumentsRule):
    """Lists the fields of the object that an argument needs."""

    def valid_names(self, error: GraphQLError) -> str:
        node, field = error.nodes[0] if error.nodes else None, self.context.get_field_def()
        if not isinstance(node, FieldNode) or field is None:
            return ""
        sent = {argument.name.value for argument in node.arguments or ()}
        needed = [of for name, of in field.args.items() if is_required_argument(of) and name not in sent]
        return "".join(fields_of(get_named_type(argument.type)) for argument in needed)


class VariableNames(ListingRule, NoUndefinedVariablesRule):
    def valid_names(self, error: GraphQLError) -> str:
        operation = error.nodes[-1] if error.nodes else None
        if not isinstance(operation, OperationDefinitionNode):
            return ""
        names = [f"${definition.variable.name.value}" for definition in operation.variable_definitions or ()]
        return listed("The operation defines", names)


class FragmentNames(ListingRule, KnownFragmentNamesRule):
    def valid_names(self, error: GraphQLError) -> str:  # noqa: ARG002 - an override
        definitions = self.context.document.definitions
        names = [node.name.value for node in definitions if isinstance(node, FragmentDefinitionNode)]
        return listed("The document has the fragments", names)


LISTING_RULES: dict[type[ASTValidationRule], type[ASTValidationRule]] = {
    FieldsOnCorrectTypeRule: FieldNames,
    ScalarLeafsRule: SubfieldNames,
    KnownArgumentNamesRule: ArgumentNames,
    ProvidedRequiredArgumentsRule: RequiredArgumentFields,
    NoUndefinedVariablesRule: VariableNames,
    KnownFragmentNamesRule: FragmentNames,
}
"""The rules that replace those of graphql-core."""
