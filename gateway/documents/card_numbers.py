"""Card numbers in what clients send: found before anything is done with them, so that they go nowhere.

A card number is 13 to 19 digits of a card issuer's range that pass Luhn's check, however they are spaced
and in whatever script they are written. Numbers that are made to be something else pass: an international
telephone number, an EAN with its own check digit, and in a place for identifiers what looks like one.
"""

import copy
import re
import unicodedata
from collections.abc import Iterator, Mapping
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

SHORTEST, LONGEST = 13, 19

RUN = re.compile(r"\d(?:[\W_]{0,3}\d){12,}")
"""Digits that belong together, with up to three other signs between two of them."""

GROUP = re.compile(r"\d+")

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
"""First digits of a number, and how long it then is."""

MOST_LOOKS = 500
"""Numbers of an issuer's range in one text. One in ten passes Luhn's check by chance, so a text that has so many
and no such one was made to be expensive."""

LONGEST_RUN = 4096
"""Signs. What has more digits in a row was made to be expensive."""

LONGEST_GROUP = 64
"""Digits in a row among which one may be hidden, say with its expiry date behind it. More are a number of no kind."""

EAN_LENGTH = 13

PHONE_LENGTHS = range(SHORTEST, 16)

IDENTIFIER = re.compile(r"\d{1,14}|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
"""Digital River's numbers, those of orders included, and UUIDs."""

REVISION = re.compile(r"[0-9a-f]{32}")
"""A digest of our own: in one of some thousand there are digits that could be a card's."""

IDENTIFIER_TYPES = frozenset({"ID", "UUID", "CartRevision"})

IDENTIFIER_NAMES = re.compile(r"id|number|\w+(Id|Ids)")
"""Members that hold an identifier as a plain text."""

PHONE_NAMES = frozenset({"phoneNumber"})

OPAQUE_HEADERS = frozenset(
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
"""Random by nature. Credentials are hashed, and of the rest nothing is kept that this module finds fault with."""


def has_card_number(text: str) -> bool:
    if len(text) < SHORTEST:
        return False
    if not text.isascii():
        text = _plain(text)
    looks = 0
    for run in RUN.finditer(text):
        if run.end() - run.start() > LONGEST_RUN:
            return True
        for number in _numbers(run.group(), after=text[: run.start()][-1:]):
            looks += 1
            if looks > MOST_LOOKS or luhn.is_valid(number):
                return True
    return False


def _plain(text: str) -> str:
    """Without signs that nobody sees, every digit as one of 0 to 9."""
    normal = unicodedata.normalize("NFKC", text)
    seen = (sign for sign in normal if sign.isascii() or unicodedata.category(sign) != "Cf")
    return "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in seen)


def _numbers(run: str, after: str) -> Iterator[str]:
    """What could be a card number: whole groups of digits, or any part of a group that is too long for one."""
    groups = list(GROUP.finditer(run))
    digits = "".join(group.group() for group in groups)
    starts: list[tuple[int, bool]] = []
    ends: set[int] = set()
    at = 0
    for group in groups:
        length = len(group.group())
        sign_before = run[group.start() - 1 : group.start()] if group.start() else after
        is_long = LONGEST < length <= LONGEST_GROUP
        starts += [(at + offset, sign_before == "+") for offset in range(length if is_long else 1)]
        at += length
        ends.update(range(at - length + 1, at + 1) if is_long else (at,))
    for start, is_phone in starts:
        for length in _lengths(digits[start : start + 4]):
            number = digits[start : start + length]
            if start + length not in ends or (is_phone and length in PHONE_LENGTHS):
                continue
            if not (length == EAN_LENGTH and number in run and ean.is_valid(number)):
                yield number


@lru_cache(maxsize=10_000)
def _lengths(prefix: str) -> tuple[int, ...]:
    """How long a number that begins so may be."""
    found: set[int] = set()
    for firsts, lengths in ISSUERS:
        width = len(str(firsts.start))
        if len(prefix) >= width and int(prefix[:width]) in firsts:
            found.update(lengths)
    return tuple(sorted(found))


def card_in_headers(headers: Headers) -> bool:
    return any(
        has_card_number(name) or has_card_number(value) for name, value in headers.items() if name not in OPAQUE_HEADERS
    )


# Where in the variables.

Place = tuple[str | int, ...]
"""Keys that lead to a value of the variables. A key that is a card number itself ends the place."""


def cards_in(variables: Mapping[str, Any]) -> list[Place]:
    """Everywhere in the variables, also where no operation looks."""
    found: list[Place] = []
    queue: list[tuple[Place, Any]] = [((), variables)]
    while queue:
        place, value = queue.pop()
        if isinstance(value, dict):
            found += [(*place, key) for key in value if has_card_number(key)]
            queue += [((*place, key), one) for key, one in value.items()]
        elif isinstance(value, list):
            queue += [((*place, index), one) for index, one in enumerate(value)]
        elif not isinstance(value, bool) and value is not None and has_card_number(str(value)):
            found.append(place)
    return found


Refusals = dict[str, list[tuple[str, ...]]]
"""By response key of a root field: paths into its arguments."""


@dataclass(frozen=True)
class Given:
    """A value of the variables where an operation uses it. `key` is the response key of the root field, `path`
    leads to the value from that field's arguments, `name` and `type_name` are those of its place."""

    place: Place
    key: str
    path: tuple[str, ...]
    is_of_root: bool
    name: str
    type_name: str

    @property
    def is_identifier(self) -> bool:
        return self.type_name in IDENTIFIER_TYPES or IDENTIFIER_NAMES.fullmatch(self.name) is not None

    @property
    def can_tell(self) -> bool:
        return self.is_of_root and self.type_name == "String"

    def may_be(self, value: object) -> bool:
        """Whether this number is one that belongs here."""
        if self.type_name == "CartRevision":
            return REVISION.fullmatch(str(value)) is not None
        if self.is_identifier:
            return IDENTIFIER.fullmatch(str(value)) is not None
        digits = re.sub(r"\D", "", str(value))
        return self.name in PHONE_NAMES and len(digits) == SHORTEST


def uses(schema: GraphQLSchema, document: DocumentNode, variables: Mapping[str, Any]) -> list[Given]:
    """Every text of the variables at every place of the one operation of `document` that uses it."""
    types = TypeInfo(schema)
    found = Uses(types, variables)
    visit(document, TypeInfoVisitor(types, found))
    return found.all


class CardFound(Exception):
    """Somewhere that no mutation could tell it as an error of its own."""


def screened(
    schema: GraphQLSchema, document: DocumentNode, variables: dict[str, Any]
) -> tuple[dict[str, Any], Refusals]:
    """The variables without card numbers, and which root fields are therefore not called.

    Only a mutation has typed errors for it, and only a plain text may be left empty. Raises `CardFound`
    for a card number anywhere else. `document` has one operation.
    """
    found = cards_in(variables)
    if not found:
        return variables, {}
    (operation,) = [one for one in document.definitions if isinstance(one, OperationDefinitionNode)]
    used = uses(schema, document, variables)
    clean = copy.deepcopy(variables)
    refused: Refusals = {}
    for place in found:
        value = _at(variables, place)
        places = [one for one in used if one.place == place]
        if places and all(one.may_be(value) for one in places):
            continue
        is_told = operation.operation is OperationType.MUTATION and all(one.can_tell for one in places)
        if not places or not is_told:
            raise CardFound
        for one in places:
            refused.setdefault(one.key, []).append(one.path)
        _at(clean, place[:-1])[place[-1]] = ""
    return clean, refused


def _at(value: Any, place: Place) -> Any:
    for key in place:
        value = value[key]
    return value


class Uses(Visitor):
    def __init__(self, types: TypeInfo, variables: Mapping[str, Any]) -> None:
        super().__init__()
        self._types = types
        self._variables = variables
        self.all: list[Given] = []

    def enter_variable(
        self, node: VariableNode, _key: object, parent: object, path: list[Any], ancestors: list[Any]
    ) -> None:
        above = [one for one in ancestors if not isinstance(one, (list, tuple))]
        fields = [one for one in above if isinstance(one, FieldNode)]
        type_ = self._types.get_input_type()
        name = node.name.value
        if not fields or type_ is None or name not in self._variables:
            return
        steps = _steps(path, [*ancestors, parent])
        field = fields[-1]
        is_of_root = len(fields) == 1
        key = (field.alias or field.name).value
        last = next((step for step in reversed(steps) if isinstance(step, str)), "")
        for place, below, member, leaf in _leaves(self._variables[name], type_, last):
            whole = tuple(str(step) for step in (*steps, *below))
            self.all.append(Given((name, *place), key, whole, is_of_root, member, leaf))


def _steps(path: list[Any], ancestors: list[Any]) -> list[str | int]:
    """From a field's argument to the variable: names of arguments and members, and indices of lists."""
    steps: list[str | int] = []
    for position, one in enumerate(ancestors):
        if isinstance(one, FieldNode):
            steps = []
        elif isinstance(one, (ArgumentNode, ObjectFieldNode)):
            steps.append(one.name.value)
        elif isinstance(one, (list, tuple)) and steps and path[position - 1 : position] == ["values"]:
            steps.append(path[position])
    return steps


def _leaves(value: Any, type_: GraphQLInputType, name: str) -> Iterator[tuple[Place, tuple[str | int, ...], str, str]]:
    """Values of the leaves of an input, each with its place, its path, its member's name and its type's."""
    nullable: Any = get_nullable_type(type_)
    named = get_named_type(nullable)
    if isinstance(value, list):
        below: Any = nullable.of_type if is_list_type(nullable) else nullable
        for index, one in enumerate(value):
            for place, path, member, leaf in _leaves(one, below, name):
                yield (index, *place), (index, *path), member, leaf
    elif isinstance(value, dict) and isinstance(named, GraphQLInputObjectType):
        for key, one in value.items():
            if key in named.fields:
                for place, path, member, leaf in _leaves(one, named.fields[key].type, key):
                    yield (key, *place), (key, *path), member, leaf
    else:
        yield (), (), name, named.name
