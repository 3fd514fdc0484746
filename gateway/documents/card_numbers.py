"""Detects card numbers in requests. Card numbers are not stored, logged or sent to Digital River.

A card number has 13 to 19 digits, begins with the digits of a card issuer, and passes the Luhn check. Up to three other
characters may separate two digits, and the digits may be of any script. International telephone
numbers, EANs with a valid check digit, and identifiers in inputs that expect an identifier are accepted.
"""

import copy
import logging
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
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
from starlette.datastructures import Headers
from stdnum import ean, luhn

from gateway.documents.errors import DocumentRefused, bad_value
from gateway.enums import ErrorCode
from gateway.refusals.user_errors import MESSAGES

log = logging.getLogger(__name__)

SHORTEST, LONGEST = 13, 19

DIGIT_RUN = re.compile(r"\d(?:[\W_]{0,3}\d){12,}")
"""At least 13 digits, with at most three other characters between two digits."""

DIGIT_GROUP = re.compile(r"\d+")

ISSUERS: tuple[tuple[range, tuple[int, ...]], ...] = (
    (range(4, 5), (13, 16, 19)),  # Visa
    (range(51, 56), (16,)),  # Mastercard
    (range(2221, 2721), (16,)),
    (range(34, 35), (15,)),  # American Express
    (range(37, 38), (15,)),
    (range(300, 306), (14, 16, 17, 18, 19)),  # Diners Club
    (range(3095, 3096), (14, 16, 17, 18, 19)),
    (range(36, 37), (14, 15, 16, 17, 18, 19)),
    (range(38, 40), (14, 16, 17, 18, 19)),
    (range(3528, 3590), (16, 17, 18, 19)),  # JCB
    (range(6011, 6012), (16, 17, 18, 19)),  # Discover
    (range(644, 660), (16, 17, 18, 19)),
    (range(62, 63), (16, 17, 18, 19)),  # UnionPay
    (range(81, 83), (16, 17, 18, 19)),
    (range(2200, 2205), (16, 17, 18, 19)),  # Mir
    (range(9792, 9793), (16,)),  # Troy
    (range(50, 51), (13, 14, 15, 16, 17, 18, 19)),  # Maestro, Elo, Verve
    (range(56, 59), (13, 14, 15, 16, 17, 18, 19)),
    (range(60, 61), (16, 17, 18, 19)),  # RuPay, Hipercard
    (range(63, 64), (13, 14, 15, 16, 17, 18, 19)),
    (range(67, 68), (13, 14, 15, 16, 17, 18, 19)),
)
"""Leading digits of the numbers of each card issuer, and the lengths that these numbers may have."""

MAX_CANDIDATES = 500
"""Maximum number of candidates in one string. A candidate is a number with the leading digits of an issuer.

To save CPU time, a string with more candidates is treated as a card number. One in ten random candidates passes the
Luhn check, so such a string would almost certainly be rejected anyway."""

MAX_RUN_LENGTH = 4096
"""Maximum length of a run of digits in characters. A longer run is treated as a card number, to save CPU time."""

MAX_GROUP_LENGTH = 64
"""Maximum length of a digit group in which every position is searched for a card number. Other digits, such as an
expiry date, may directly follow the card number."""

EAN_LENGTH = 13

PHONE_LENGTHS = range(SHORTEST, 16)

IDENTIFIER = re.compile(r"\d{1,14}|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
"""Identifiers of Digital River: UUIDs, and numbers such as order numbers."""

REVISION = re.compile(r"[0-9a-f]{32}")
"""Cart revision, a digest from the gateway. By chance, about one in a thousand revisions looks like a card number."""

IDENTIFIER_TYPES = frozenset({"ID", "UUID", "CartRevision"})

IDENTIFIER_NAMES = re.compile(r"id|number|\w+(Id|Ids)")
"""Names of the String inputs whose value is an identifier."""

PHONE_NAMES = frozenset({"phoneNumber"})

UNCHECKED_HEADERS = frozenset(
    {
        "authorization",
        "cookie",
        "if-none-match",
        "sec-websocket-key",
        "traceparent",
        "tracestate",
        "x-request-id",
    }
)
"""Headers that are not checked, because their random values can look like card numbers. The gateway stores credentials
only as hashes, and replaces a request id that contains a card number."""


def has_card_number(string: str) -> bool:
    if len(string) < SHORTEST:
        return False
    if not string.isascii():
        string = _normalized(string)
    candidates = 0
    for run in DIGIT_RUN.finditer(string):
        if run.end() - run.start() > MAX_RUN_LENGTH:
            return True
        for number in _candidates(run.group(), before=string[: run.start()][-1:]):
            candidates += 1
            if candidates > MAX_CANDIDATES or luhn.is_valid(number):
                return True
    return False


def _normalized(string: str) -> str:
    """The string without invisible characters, and with all digits converted to 0 to 9."""
    compatible = unicodedata.normalize("NFKC", string)
    visible = (char for char in compatible if char.isascii() or unicodedata.category(char) != "Cf")
    return "".join(str(unicodedata.decimal(char)) if char.isdecimal() else char for char in visible)


def _candidates(run: str, before: str) -> Iterator[str]:
    """Numbers in a run of digits that have the leading digits and the length of a card number.

    A number consists of whole digit groups. In a group that is longer than a card number, the number may begin and end
    at any digit. `before` is the character before the run; a `+` marks a telephone number.
    """
    groups = list(DIGIT_GROUP.finditer(run))
    digits = "".join(group.group() for group in groups)
    starts: list[tuple[int, bool]] = []
    ends: set[int] = set()
    position = 0
    for group in groups:
        length = len(group.group())
        char_before = run[group.start() - 1 : group.start()] if group.start() else before
        is_long = LONGEST < length <= MAX_GROUP_LENGTH
        starts += [(position + offset, char_before == "+") for offset in range(length if is_long else 1)]
        position += length
        ends.update(range(position - length + 1, position + 1) if is_long else (position,))
    for start, is_phone in starts:
        for length in _card_lengths(digits[start : start + 4]):
            number = digits[start : start + length]
            if start + length not in ends or (is_phone and length in PHONE_LENGTHS):
                continue
            if not (length == EAN_LENGTH and number in run and ean.is_valid(number)):
                yield number


@lru_cache(maxsize=10_000)
def _card_lengths(prefix: str) -> tuple[int, ...]:
    """Lengths of card numbers that begin with `prefix`, which has four digits."""
    lengths: set[int] = set()
    for leading, issuer_lengths in ISSUERS:
        width = len(str(leading.start))
        if len(prefix) >= width and int(prefix[:width]) in leading:
            lengths.update(issuer_lengths)
    return tuple(sorted(lengths))


def refuse_card_numbers(headers: Headers, strings: Iterable[str]) -> None:
    """Check the headers, and other strings outside the document and its variables.

    Raises `DocumentRefused` if one of them contains a card number.
    """
    for name, value in headers.items():
        if name not in UNCHECKED_HEADERS and (has_card_number(name) or has_card_number(value)):
            raise card_number_refused("headers")
    if any(has_card_number(string) for string in strings):
        raise card_number_refused("names")


def card_number_refused(location: str) -> DocumentRefused:
    """Error that rejects the whole request. It is used where no mutation payload can report the card number."""
    log.warning("card number refused", extra={"reason": location})
    return bad_value(f"{MESSAGES[ErrorCode.SENSITIVE_DATA_DETECTED]} The value is among the {location} of the request.")


# Card numbers in variables.

VariablePath = tuple[str | int, ...]
"""Path of a value in the variables. If a key of an object is a card number, the path ends with this key."""

CardFields = dict[str, list[tuple[str, ...]]]
"""Paths of card numbers in the arguments of root fields, by the response key of the root field. These fields must not
be executed."""


def card_paths(variables: Mapping[str, Any]) -> list[VariablePath]:
    """Paths of all card numbers in the variables. Variables that the operation does not use are also searched."""
    paths: list[VariablePath] = []
    queue: list[tuple[VariablePath, Any]] = [((), variables)]
    while queue:
        path, value = queue.pop()
        if isinstance(value, dict):
            paths += [(*path, key) for key in value if has_card_number(key)]
            queue += [((*path, key), item) for key, item in value.items()]
        elif isinstance(value, list):
            queue += [((*path, index), item) for index, item in enumerate(value)]
        elif not isinstance(value, bool) and value is not None and has_card_number(str(value)):
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
    all_uses = variable_uses(schema, document, variables)
    cleaned = copy.deepcopy(variables)
    card_fields: CardFields = {}
    for path in paths:
        value = _value_at(variables, path)
        uses = [use for use in all_uses if use.variable_path == path]
        if uses and all(use.accepts(value) for use in uses):
            continue
        is_reported = operation.operation is OperationType.MUTATION and all(use.can_report for use in uses)
        if not uses or not is_reported:
            raise card_number_refused("variables")
        for use in uses:
            card_fields.setdefault(use.response_key, []).append(use.argument_path)
        _value_at(cleaned, path[:-1])[path[-1]] = ""
    if card_fields:
        log.warning("card number refused", extra={"reason": "inputs"})
    return cleaned, card_fields


def _value_at(value: Any, path: VariablePath) -> Any:
    for key in path:
        value = value[key]
    return value


@dataclass(frozen=True)
class VariableUse:
    """Use of one value of a variable in the arguments of a field. A list or an object has one use for each value in it.

    `variable_path` is the path of the value in the variables, and `argument_path` is its path in the field's arguments.
    `response_key` is the response key of the field. `input_name` and `type_name` are the name and the type of the
    argument or input field that has the value.
    """

    variable_path: VariablePath
    response_key: str
    argument_path: tuple[str, ...]
    is_root_field: bool
    input_name: str
    type_name: str

    @property
    def can_report(self) -> bool:
        return self.is_root_field and self.type_name == "String"

    def accepts(self, value: object) -> bool:
        return accepts_number(self.type_name, self.input_name, value)


def accepts_number(type_name: str, input_name: str, value: object) -> bool:
    """Whether the value is an identifier or a telephone number, and the input with this type and name is for it."""
    if type_name == "CartRevision":
        return REVISION.fullmatch(str(value)) is not None
    if type_name in IDENTIFIER_TYPES or IDENTIFIER_NAMES.fullmatch(input_name):
        return IDENTIFIER.fullmatch(str(value)) is not None
    digits = re.sub(r"\D", "", str(value))
    return input_name in PHONE_NAMES and len(digits) == SHORTEST


def variable_uses(schema: GraphQLSchema, document: DocumentNode, variables: Mapping[str, Any]) -> list[VariableUse]:
    """Uses of all values of the variables in a document with one operation."""
    types = TypeInfo(schema)
    collector = VariableUseCollector(types, variables)
    visit(document, TypeInfoVisitor(types, collector))
    return collector.uses


class VariableUseCollector(Visitor):
    def __init__(self, types: TypeInfo, variables: Mapping[str, Any]) -> None:
        super().__init__()
        self._types = types
        self._variables = variables
        self.uses: list[VariableUse] = []

    def enter_variable(
        self, node: VariableNode, _key: object, parent: object, path: list[Any], ancestors: list[Any]
    ) -> None:
        fields = [ancestor for ancestor in ancestors if isinstance(ancestor, FieldNode)]
        input_type = self._types.get_input_type()
        name = node.name.value
        if not fields or input_type is None or name not in self._variables:
            return
        field = fields[-1]
        argument_path = _argument_path(path, [*ancestors, parent])
        input_name = next((key for key in reversed(argument_path) if isinstance(key, str)), "")
        for leaf in _leaves(self._variables[name], input_type, input_name):
            self.uses.append(
                VariableUse(
                    variable_path=(name, *leaf.path),
                    response_key=(field.alias or field.name).value,
                    argument_path=tuple(str(key) for key in (*argument_path, *leaf.path)),
                    is_root_field=len(fields) == 1,
                    input_name=leaf.input_name,
                    type_name=leaf.type_name,
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


@dataclass(frozen=True)
class InputLeaf:
    path: VariablePath
    input_name: str
    type_name: str


def _leaves(value: Any, input_type: GraphQLInputType, name: str, path: VariablePath = ()) -> Iterator[InputLeaf]:
    """All values inside a list or an object, at any depth. Each has the name and the type of its input field."""
    nullable: Any = get_nullable_type(input_type)
    named = get_named_type(nullable)
    if isinstance(value, list):
        item_type: Any = nullable.of_type if is_list_type(nullable) else nullable
        for index, item in enumerate(value):
            yield from _leaves(item, item_type, name, (*path, index))
    elif isinstance(value, dict) and isinstance(named, GraphQLInputObjectType):
        for key, item in value.items():
            if key in named.fields:
                yield from _leaves(item, named.fields[key].type, key, (*path, key))
    else:
        yield InputLeaf(path, name, named.name)
