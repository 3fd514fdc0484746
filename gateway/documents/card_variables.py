"""Finds card numbers in the variables of a request, and removes those that the payload of a mutation can report."""

import copy
import logging
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from graphql import (
    ArgumentNode,
    DocumentNode,
    FieldNode,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLSchema,
    ObjectFieldNode,
    OperationDefinitionNode,
    OperationType,
    TypeInfo,
    TypeInfoVisitor,
    VariableNode,
    Visitor,
    get_named_type,
    get_nullable_type,
    is_list_type,
    visit,
)
from stdnum.br import cnpj

from gateway.documents.card_numbers import SHORTEST, Screen
from gateway.documents.errors import DocumentRefused, bad_value
from gateway.enums import ErrorCode
from gateway.metrics.limits import SECURITY
from gateway.refusals.user_errors import MESSAGES

log = logging.getLogger(__name__)

IDENTIFIER = re.compile(r"\d{1,14}|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
"""Identifiers of Digital River: UUIDs, and numbers such as ids of orders."""

ORDER_NUMBER = re.compile(r"\d{1,20}")
"""Number of an order, which a merchant may choose. It may be as long as a card number."""

REVISION = re.compile(r"[0-9a-f]{32}")
"""Cart revision, a digest from the gateway. By chance, about one in a thousand revisions looks like a card number."""

IDENTIFIER_TYPES = frozenset({"ID", "UUID", "CartRevision"})

IDENTIFIER_NAMES = re.compile(r"id|\w+(Id|Ids)")
"""Names of the String inputs whose value is an identifier."""

ORDER_NUMBER_NAMES = frozenset({"number"})

PHONE_NAMES = frozenset({"phoneNumber"})

TAX_IDENTIFIER_TYPES = frozenset({"TaxIdentifierInput"})

MOST_USES = 3_000
"""Maximum number of uses of values that look like card numbers in one request. A request with more uses is refused as
if one of the values were a card number, because each use must be checked."""


def refuse_card_numbers(screen: Screen, strings: Iterable[str]) -> None:
    """Check strings outside the document and its variables. Raises `DocumentRefused` for a card number."""
    if any(map(screen.has_card_number, strings)):
        raise card_number_refused("names")


def card_number_refused(location: str) -> DocumentRefused:
    """Error that rejects the whole request. It is used where no mutation payload can report the card number."""
    SECURITY.labels("card").inc()
    log.warning("card number refused", extra={"reason": location})
    return bad_value(f"{MESSAGES[ErrorCode.SENSITIVE_DATA_DETECTED]} The value is among the {location} of the request.")


VariablePath = tuple[str | int, ...]
"""Path of a value in the variables. If a key of an object is a card number, the path ends with this key."""

CardFields = dict[str, list[tuple[str, ...]]]
"""Paths of card numbers in the arguments of root fields, by the response key of the root field. These fields must not
be executed."""


def card_paths(screen: Screen, variables: Mapping[str, Any]) -> list[VariablePath]:
    """Paths of all card numbers in the variables. Variables that the operation does not use are also searched."""
    paths: list[VariablePath] = []
    queue: list[tuple[VariablePath, Any]] = [((), variables)]
    while queue:
        path, value = queue.pop()
        if isinstance(value, dict):
            paths += [(*path, key) for key in value if screen.has_card_number(key)]
            queue += [((*path, key), item) for key, item in value.items()]
        elif isinstance(value, list):
            queue += [((*path, index), item) for index, item in enumerate(value)]
        elif not isinstance(value, bool) and value is not None and screen.has_card_number(str(value)):
            paths.append(path)
    return paths


def remove_cards(
    schema: GraphQLSchema, document: DocumentNode, variables: dict[str, Any], paths: list[VariablePath]
) -> tuple[dict[str, Any], CardFields]:
    """Variables without the card numbers at `paths`, and the root fields that use these card numbers.

    An empty string replaces each card number. Identifiers and telephone numbers stay in inputs that accept them. Raises
    `DocumentRefused` for a card number outside the String inputs of a mutation, because no payload can report it.
    `document` has one operation.
    """
    (operation,) = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    variable_uses = uses_of_variables(schema, document)
    if sum(len(variable_uses.get(path[0], ())) for path in paths) > MOST_USES:
        raise card_number_refused("variables")
    cleaned = copy.deepcopy(variables)
    card_fields: CardFields = {}
    for path in paths:
        value = _value_at(variables, path)
        uses = [use for variable in variable_uses.get(path[0], ()) if (use := variable.of_value(path[1:])) is not None]
        if uses and all(use.accepts(value) for use in uses):
            continue
        is_reported = operation.operation is OperationType.MUTATION and all(use.can_report for use in uses)
        if not uses or not is_reported:
            raise card_number_refused("variables")
        for use in uses:
            card_fields.setdefault(use.response_key, []).append(use.argument_path)
        _value_at(cleaned, path[:-1])[path[-1]] = ""
    if card_fields:
        SECURITY.labels("card").inc()
        log.warning("card number refused", extra={"reason": "inputs"})
    return cleaned, card_fields


def _value_at(value: Any, path: VariablePath) -> Any:
    for key in path:
        value = value[key]
    return value


@dataclass(frozen=True)
class ValueUse:
    """Use of a variable, or of one value inside it, in the arguments of a field.

    `response_key` is the response key of the field, and `argument_path` is the path of the value in the field's
    arguments. `input_name` and `input_type` are the name and the type of the argument or input field that has the
    value. `parent_name` is the type of the input object that has it.
    """

    response_key: str
    argument_path: tuple[str, ...]
    is_root_field: bool
    input_name: str
    input_type: GraphQLInputType
    parent_name: str

    def of_value(self, path: VariablePath) -> "ValueUse | None":
        """Use of the value at this path inside the variable; None if no input has this value."""
        input_type: Any = self.input_type
        input_name, parent_name = self.input_name, self.parent_name
        for key in path:
            nullable: Any = get_nullable_type(input_type)
            if isinstance(key, int):
                input_type = nullable.of_type if is_list_type(nullable) else nullable
                continue
            named = get_named_type(nullable)
            if not isinstance(named, GraphQLInputObjectType) or key not in named.fields:
                return None
            input_type, input_name, parent_name = named.fields[key].type, key, named.name
        argument_path = (*self.argument_path, *map(str, path))
        return replace(
            self,
            argument_path=argument_path,
            input_name=input_name,
            input_type=input_type,
            parent_name=parent_name,
        )

    @property
    def can_report(self) -> bool:
        return self.is_root_field and get_named_type(self.input_type).name == "String"

    def accepts(self, value: object) -> bool:
        return accepts_number(get_named_type(self.input_type).name, self.input_name, self.parent_name, value)


def accepts_number(type_name: str, input_name: str, parent_name: str, value: object) -> bool:
    """Whether the value is an identifier, a telephone number or a tax identifier with its own check digits, and the
    input with this type and name is for it."""
    if parent_name in TAX_IDENTIFIER_TYPES:
        return bool(cnpj.is_valid(str(value)))
    if type_name == "CartRevision":
        return REVISION.fullmatch(str(value)) is not None
    if input_name in ORDER_NUMBER_NAMES:
        return ORDER_NUMBER.fullmatch(str(value)) is not None
    if type_name in IDENTIFIER_TYPES or IDENTIFIER_NAMES.fullmatch(input_name):
        return IDENTIFIER.fullmatch(str(value)) is not None
    digits = re.sub(r"\D", "", str(value))
    return input_name in PHONE_NAMES and len(digits) == SHORTEST


def parent_of(types: TypeInfo) -> str:
    """Name of the input object that has the current input field; empty for an argument."""
    parent = types.get_parent_input_type()
    return get_named_type(parent).name if parent is not None else ""


def uses_of_variables(schema: GraphQLSchema, document: DocumentNode) -> Mapping[str | int, list[ValueUse]]:
    """Uses of each variable, by name, in a document with one operation."""
    types = TypeInfo(schema)
    collector = VariableUseCollector(schema, types)
    visit(document, TypeInfoVisitor(types, collector))
    return collector.uses


class VariableUseCollector(Visitor):
    def __init__(self, schema: GraphQLSchema, types: TypeInfo) -> None:
        super().__init__()
        self._types = types
        self._root_types = (schema.query_type, schema.mutation_type)
        self.uses: defaultdict[str | int, list[ValueUse]] = defaultdict(list)

    def enter_variable(
        self, node: VariableNode, _key: object, parent: object, path: list[Any], ancestors: list[Any]
    ) -> None:
        fields = [ancestor for ancestor in ancestors if isinstance(ancestor, FieldNode)]
        input_type = self._types.get_input_type()
        if not fields or input_type is None:
            return
        field = fields[-1]
        argument_path = _argument_path(path, [*ancestors, parent])
        self.uses[node.name.value].append(
            ValueUse(
                response_key=(field.alias or field.name).value,
                argument_path=tuple(map(str, argument_path)),
                is_root_field=self._types.get_parent_type() in self._root_types,
                input_name=next((key for key in reversed(argument_path) if isinstance(key, str)), ""),
                input_type=input_type,
                parent_name=parent_of(self._types),
            )
        )


def _argument_path(path: list[Any], ancestors: list[Any]) -> list[str | int]:
    """Path of a variable in a field's arguments: names of arguments and input fields, and indices of lists."""
    keys: list[str | int] = []
    for position, ancestor in enumerate(ancestors):
        if isinstance(ancestor, FieldNode):
            keys = []
        elif isinstance(ancestor, (ArgumentNode, ObjectFieldNode)):
            keys.append(ancestor.name.value)
        elif isinstance(ancestor, (list, tuple)) and keys and path[position - 1 : position] == ["values"]:
            keys.append(path[position])
    return keys
