"""What a document and the values it is given may be at most.

Measured before anything is validated, in one pass that stays linear in the document's size however often
fragments are spread: validation itself can be made slow by a small document.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    ListValueNode,
    ObjectFieldNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    StringValueNode,
    Visitor,
)

from gateway.errors import TopLevelCode

MOST_ROOT_FIELDS = 10
MOST_ROOT_MUTATIONS = 5

MOST_LEVELS = 15
"""Of nested fields."""

MOST_ALIASES = 30

MOST_DIRECTIVES = 50

MOST_FIELDS = 1000
"""Once fragments are written out."""

MOST_REPEATED_KEYS = 10
"""Repetitions of a response key whose fields have fields of their own: validation merges each with each."""

LONGEST_TEXT = 1024
"""Characters of a text among the arguments."""

LONGEST_LONG_TEXT = 4096
LONG_TEXTS = frozenset({"terms", "merchantAssertion"})
"""Members of inputs, and variables of their name, that may hold so much more."""

LONGEST_LIST = 100

CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
"""Control characters. Tab and line breaks are text."""

LEVELS_OF_A_FIELD = 3
"""Selection sets that one nested field may cost: its own, a fragment's, and a type condition's in that."""

MOST_REPEATED_LEAVES = 200
"""Validation compares each with each of the same response key."""

MOST_FRAGMENTS = 100
"""Validation compares each with each that is spread beside it."""

ONCE = frozenset({"submitOrder", "resumeOrder", "signIn", "registerShopper", "lookupOrder"})
"""An operation may have one of these mutations, once."""


class DocumentRefused(Exception):
    """The operation is not executed. `errors` go to the client as they are."""

    def __init__(self, code: TopLevelCode, *errors: GraphQLError) -> None:
        super().__init__(code.value)
        self.code = code
        self.errors = errors


@dataclass
class Size:
    """What a selection set comes to once its fragments are written out.

    `names` are its own fields, `composites` the response keys of those that have fields themselves and
    `leaves` those of the others; everything else counts what is below as well. What is repeated is settled
    when the set is complete.
    """

    depth: int = 0
    levels: int = 0
    fields: int = 0
    aliases: int = 0
    directives: int = 0
    repeated_below: int = 0
    names: Counter[str] = field(default_factory=Counter)
    composites: Counter[str] = field(default_factory=Counter)
    repeated_leaves_below: int = 0
    leaves: Counter[str] = field(default_factory=Counter)

    @property
    def repeated(self) -> int:
        """How often a key that was there already comes again, whose selections are then to be merged."""
        return self.repeated_below + self.composites.total() - len(self.composites)

    @property
    def repeated_leaves(self) -> int:
        return self.repeated_leaves_below + self.leaves.total() - len(self.leaves)

    def add_field(self, node: FieldNode, below: "Size | None") -> None:
        self.fields += 1
        self.aliases += node.alias is not None
        self.names[node.name.value] += 1
        self.depth = max(self.depth, 1)
        key = (node.alias or node.name).value
        if below is None:
            self.leaves[key] += 1
            return
        self.composites[key] += 1
        self._add_below(below)
        self.depth = max(self.depth, 1 + below.depth)
        self.repeated_below += below.repeated
        self.repeated_leaves_below += below.repeated_leaves

    def add_fragment(self, fragment: "Size") -> None:
        """Write a fragment out here: its fields become fields of this set."""
        self._add_below(fragment)
        self.depth = max(self.depth, fragment.depth)
        self.names += fragment.names
        self.composites += fragment.composites
        self.repeated_below += fragment.repeated_below
        self.leaves += fragment.leaves
        self.repeated_leaves_below += fragment.repeated_leaves_below

    def _add_below(self, below: "Size") -> None:
        self.levels = max(self.levels, 1 + below.levels)
        self.fields += below.fields
        self.aliases += below.aliases
        self.directives += below.directives


def check_size(size: Size, node: OperationDefinitionNode) -> None:
    """Refuse what asks for too much of anything. Raises `DocumentRefused`."""
    is_mutation = node.operation is OperationType.MUTATION
    root_limit = MOST_ROOT_MUTATIONS if is_mutation else MOST_ROOT_FIELDS
    _limit("Root fields", size.names.total(), root_limit)
    _limit("Nested fields", size.depth, MOST_LEVELS)
    _limit("Nested fragments", size.levels, MOST_LEVELS * LEVELS_OF_A_FIELD)
    _limit("Aliases", size.aliases, MOST_ALIASES)
    _limit("Directives", size.directives + len(node.directives or ()), MOST_DIRECTIVES)
    _limit("Fields", size.fields, MOST_FIELDS)
    _limit("Repeated fields with fields of their own", size.repeated, MOST_REPEATED_KEYS)
    _limit("Repeated fields", size.repeated_leaves, MOST_REPEATED_LEAVES)
    if sum(size.names[name] for name in ONCE) > 1:
        raise too_expensive(f"An operation may have one of {', '.join(sorted(ONCE))}, once.")


class Measure:
    """Measures selection sets of one document, each fragment once. Raises `DocumentRefused`."""

    def __init__(self, document: DocumentNode) -> None:
        self._fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        self._known: dict[str, Size] = {}
        _limit("Fragments", len(self._fragments), MOST_FRAGMENTS)

    def of(self, selection_set: SelectionSetNode) -> Size:
        size = Size(levels=1)
        for selection in selection_set.selections:
            size.directives += len(selection.directives or ())
            if isinstance(selection, FieldNode):
                size.add_field(selection, self.of(selection.selection_set) if selection.selection_set else None)
            elif isinstance(selection, InlineFragmentNode):
                size.add_fragment(self.of(selection.selection_set))
            elif isinstance(selection, FragmentSpreadNode):
                size.add_fragment(self._fragment(selection.name.value))
        return size

    def _fragment(self, name: str) -> Size:
        if name not in self._known:
            # Until it is measured it counts as nothing. One that spreads itself, or is not there, stays
            # so: validation refuses it.
            self._known[name] = Size()
            if name in self._fragments:
                self._known[name] = self.of(self._fragments[name].selection_set)
        return self._known[name]


class Literals(Visitor):
    """Holds the values that are written in a document to the bounds of those in variables."""

    def enter_string_value(self, node: StringValueNode, _key: object, parent: object, *_: object) -> None:
        _check_text(node.value, parent.name.value if isinstance(parent, ObjectFieldNode) else "")

    def enter_list_value(self, node: ListValueNode, *_: object) -> None:
        _check_list(node.values)


def check_values(variables: Mapping[str, object]) -> None:
    """Hold every text and list of the variables to its bounds, however deep. Raises `DocumentRefused`."""
    queue: list[tuple[str, object]] = [("", variables)]
    while queue:
        name, value = queue.pop()
        if isinstance(value, str):
            _check_text(value, name)
        elif isinstance(value, list):
            _check_list(value)
            queue += (("", item) for item in value)
        elif isinstance(value, dict):
            queue += value.items()


def _check_text(value: str, name: str) -> None:
    """`name`: of the member of an input that it is the value of."""
    most = LONGEST_LONG_TEXT if name in LONG_TEXTS else LONGEST_TEXT
    if len(value) > most:
        raise bad_value(f"A text is longer than {most} characters.")
    if CONTROL.search(value):
        raise bad_value("A text has control characters.")


def _check_list(values: "list[object] | tuple[object, ...]") -> None:
    if len(values) > LONGEST_LIST:
        raise bad_value(f"A list has more than {LONGEST_LIST} items.")


def _limit(what: str, count: int, most: int) -> None:
    if count > most:
        raise too_expensive(f"{what}: {count} are asked for, {most} are allowed. Select less.")


def bad_value(message: str) -> DocumentRefused:
    return DocumentRefused(TopLevelCode.BAD_USER_INPUT, GraphQLError(message))


def too_expensive(message: str) -> DocumentRefused:
    return DocumentRefused(TopLevelCode.OPERATION_TOO_EXPENSIVE, GraphQLError(message))
