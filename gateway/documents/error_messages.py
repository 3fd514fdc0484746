"""Error messages for variables and documents, without the values that they contain.

graphql-core decides whether a value fits its type, but its messages repeat the value, which may be a password or an
address. The messages of this module name the position, the expected type and the kind of the error.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import count, islice
from typing import Any, NamedTuple

from graphql import (
    SKIP,
    EnumValueNode,
    GraphQLEnumType,
    GraphQLError,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLNamedType,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLSyntaxError,
    Lexer,
    ListValueNode,
    NullValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    Source,
    ValidationContext,
    ValidationRule,
    ValueNode,
    ValuesOfCorrectTypeRule,
    VariableDefinitionNode,
    VariableNode,
    VisitorAction,
    get_named_type,
    is_enum_type,
    is_input_object_type,
    is_input_type,
    is_list_type,
    is_non_null_type,
    is_required_input_field,
    is_specified_scalar_type,
    type_from_ast,
    value_from_ast_untyped,
)
from graphql.pyutils import did_you_mean, print_path_list, suggestion_list
from graphql.utilities import validate_input_literal

from gateway.documents.valid_names import fields_of, listed

MAX_ERRORS = 20

MAX_SUGGESTING = 2
"""Maximum number of errors of one validation that suggest other names. A suggestion compares a name with all possible
names, such as those of 250 types."""

Position = tuple[str | int, ...]
"""Names of fields and indices of lists, from the whole value to a part of it."""

VARIABLE = object()
"""Stands for a variable in a literal. Its value is checked against the variable's own type."""


class Problem(NamedTuple):
    """A problem of a value. `position` is the position of the wrong part in the value."""

    position: Position
    message: str
    is_malformed: bool = False
    """Whether the wrong part is a string, as its scalar requires, but not in the scalar's format."""


class EnumName(str):
    """A literal without quotes. Variables have strings instead."""


def variable_errors(
    schema: GraphQLSchema, operation: OperationDefinitionNode, variables: Mapping[str, Any], *, suggests: bool
) -> list[GraphQLError]:
    """Errors for the variables of an operation that graphql-core refused to execute."""
    declared = [definition.variable.name.value for definition in operation.variable_definitions or ()]
    others = [f"`{name}`" for name in variables if name not in declared] if suggests else []
    errors = (
        GraphQLError(message, definition)
        for definition in operation.variable_definitions or ()
        for message in _messages_of_variable(schema, definition, variables, others, suggests=suggests)
    )
    return list(islice(errors, MAX_ERRORS)) or [GraphQLError("The variables do not fit their types.")]


def _messages_of_variable(
    schema: GraphQLSchema,
    definition: VariableDefinitionNode,
    variables: Mapping[str, Any],
    others: list[str],
    *,
    suggests: bool,
) -> Iterator[str]:
    """Messages about the value of one variable. `others` are the names in the request that no variable has."""
    name, input_type = definition.variable.name.value, type_from_ast(schema, definition.type)
    if input_type is None or not is_input_type(input_type):
        return
    if name in variables:
        for position, problem, _ in problems(variables[name], input_type, suggests=suggests):
            yield f"Variable '${name}' has invalid value{print_path_list(list(position))}: {problem}"
    elif is_non_null_type(input_type) and definition.default_value is None:
        sent = listed("The request has", others)
        yield f"Variable '${name}' is missing. Send `{name}` in `variables`, of the type {input_type}.{sent}"


class LiteralRule(ValuesOfCorrectTypeRule):
    """Replaces the validation rule of graphql-core for literals. A malformed string in the input of a mutation is no
    error here, because the payload of the mutation reports it."""

    def is_valid_value_node(self, node: ValueNode, input_type: GraphQLInputType | None) -> VisitorAction:
        if input_type and not (_fits(node, input_type) and self._may_have(node, input_type)):
            suggests = not self.context.hide_suggestions
            wrong_parts = list(islice(problems(_value(node), input_type, suggests=suggests), MAX_ERRORS))
            for position, message, _ in wrong_parts or [Problem((), _expected(input_type))]:
                self.report_error(GraphQLError(message, _node_at(node, position)))
        return SKIP

    def _may_have(self, node: ValueNode, input_type: GraphQLInputType) -> bool:
        """Whether the literal has no malformed string, or is in the input of a mutation."""
        if not _has_own_format(get_named_type(input_type)):
            return True
        context = self.context
        if context.get_directive() is None and context.get_parent_type() is context.schema.mutation_type:
            return context.get_argument() is not None
        return not any(problem.is_malformed for problem in problems(_value(node), input_type, suggests=False))


def _fits(node: ValueNode, input_type: GraphQLInputType) -> bool:
    """Whether graphql-core accepts the literal, in which strings may be malformed. The check ends at the first error,
    because each error of graphql-core has the text of the object around it."""

    def refuse(error: GraphQLError, _position: object) -> None:
        raise error

    try:
        validate_input_literal(node, input_type, refuse, hide_suggestions=True)
    except GraphQLError:
        return False
    return True


class FewSuggestions(ValidationRule):
    """Hides the suggestions of all errors after the first ones."""

    def __init__(self, context: ValidationContext) -> None:
        super().__init__(context)
        report, errors = context.on_error, count(1)

        def report_and_count(error: GraphQLError) -> None:
            if next(errors) >= MAX_SUGGESTING:
                context._hide_suggestions = True
            report(error)

        context.on_error = report_and_count  # type: ignore[method-assign]  # as graphql-core assigns it


def without_token(error: GraphQLError, source: str) -> GraphQLError:
    """The syntax error without the text of the token at its position. A document whose values are not escaped can have
    any part of a value there."""
    (position, *_) = error.positions or [0]
    try:
        token = Lexer(Source(source)).read_next_token(position)
    except GraphQLSyntaxError:
        return error  # The characters at the position are no token, and the message has only one of them.
    message = error.message.replace(f" '{token.value}'", "") if token.value else error.message
    return GraphQLError(message, source=error.source, positions=error.positions)


def problems(value: Any, input_type: GraphQLInputType, position: Position = (), *, suggests: bool) -> Iterator[Problem]:
    """The problems of a value, with their positions in the value."""
    if value is VARIABLE:
        return
    if is_non_null_type(input_type):
        if value is None:
            yield Problem(position, f"{input_type} must not be null.")
        else:
            yield from problems(value, input_type.of_type, position, suggests=suggests)
    elif value is None:
        return
    elif is_list_type(input_type):
        # A value that is not a list is a list of one.
        items = enumerate(value) if isinstance(value, list) else [(None, value)]
        for index, item in items:
            below = position if index is None else (*position, index)
            yield from problems(item, input_type.of_type, below, suggests=suggests)
    elif is_input_object_type(input_type):
        yield from _object_problems(value, input_type, position, suggests=suggests)
    elif (message := _leaf_problem(value, input_type, suggests=suggests)) is not None:
        is_string = isinstance(value, str) and not isinstance(value, EnumName)
        yield Problem(position, message, is_malformed=is_string and _has_own_format(get_named_type(input_type)))


def _object_problems(
    value: Any, input_type: GraphQLInputObjectType, position: Position, *, suggests: bool
) -> Iterator[Problem]:
    if not isinstance(value, dict):
        yield Problem(position, _expected(input_type))
        return
    for name, field in input_type.fields.items():
        if name in value:
            yield from problems(value[name], field.type, (*position, name), suggests=suggests)
        elif is_required_input_field(field):
            yield Problem(position, f"{input_type} needs the field `{name}`.")
    for name in value.keys() - input_type.fields.keys():
        hint = _suggestion(name, input_type.fields, suggests) + (fields_of(input_type) if suggests else "")
        yield Problem(position, f"{input_type} has no field `{name}`.{hint}")
    if input_type.is_one_of and [part is None for part in value.values()] != [False]:
        yield Problem(position, f"{input_type} needs exactly one of its fields, and not null.")


def _leaf_problem(value: Any, input_type: GraphQLInputType, *, suggests: bool) -> str | None:
    leaf_type = get_named_type(input_type)
    if isinstance(leaf_type, GraphQLEnumType):
        if isinstance(value, str) and value in leaf_type.values:
            return None
        values = listed("Its values are", leaf_type.values) if suggests else ""
        return _expected(leaf_type) + _suggestion(str(value), leaf_type.values, suggests) + values
    assert isinstance(leaf_type, GraphQLScalarType)  # noqa: S101 - the only other leaf type
    try:
        if isinstance(value, EnumName):
            return _expected(leaf_type)
        leaf_type.coerce_input_value(value)
    except GraphQLError as error:
        # The messages of the gateway's own scalars contain no value.
        return _expected(leaf_type) if is_specified_scalar_type(leaf_type) else error.message
    except Exception:  # a scalar may raise any exception
        return _expected(leaf_type)
    return None


def _has_own_format(leaf_type: GraphQLNamedType) -> bool:
    """Whether a value of the type can be malformed: not for enums and GraphQL's own scalars."""
    return not is_enum_type(leaf_type) and not is_specified_scalar_type(leaf_type)


def _expected(input_type: GraphQLInputType) -> str:
    return f"The value must be of the type {input_type}."


def _suggestion(name: str, names: Iterable[str], suggests: bool) -> str:
    return did_you_mean(suggestion_list(name, list(names))) if suggests else ""


def _value(node: ValueNode) -> Any:
    """The value of a literal as a variable would have it."""
    match node:
        case VariableNode():
            return VARIABLE
        case NullValueNode():
            return None
        case EnumValueNode():
            return EnumName(node.value)
        case ListValueNode():
            return [_value(item) for item in node.values]
        case ObjectValueNode():
            return {field.name.value: _value(field.value) for field in node.fields}
    return value_from_ast_untyped(node)


def _node_at(node: ValueNode, position: Position) -> ValueNode:
    for step in position:
        if isinstance(node, ListValueNode) and isinstance(step, int):
            node = node.values[step]
        elif isinstance(node, ObjectValueNode):
            node = next(field.value for field in node.fields if field.name.value == step)
    return node
