"""Limits for documents, and for values in documents and variables.

A document is measured before it is validated, because validation of a small document can be slow. Measuring takes time
proportional to the length of the document, even if fragments are spread repeatedly.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from graphql import (
    SKIP,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    ListValueNode,
    ObjectFieldNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    StringValueNode,
    Visitor,
    VisitorAction,
)

from gateway.documents.errors import bad_value, too_expensive
from gateway.documents.walks import has_text

MAX_TOKENS = 2000
"""Maximum number of tokens in a document. Every example operation with its fragments has fewer than 700."""

MAX_LINES = 4000
"""Maximum number of lines in a document, twice that of tokens. The line of each error is found by reading all lines
before it."""

MAX_ROOT_FIELDS = 10
MAX_ROOT_MUTATIONS = 5

MAX_DEPTH = 15
"""Maximum depth of nested fields."""

SELECTION_SETS_PER_LEVEL = 3
"""Number of nested selection sets that are allowed for each level of fields. A field has one, a fragment in the field
has one, and a type condition in the fragment has one."""

MAX_SELECTION_SETS = MAX_DEPTH * SELECTION_SETS_PER_LEVEL

MAX_ALIASES = 30

MAX_DIRECTIVES = 50

MAX_FIELDS = 1000
"""Maximum number of fields. The fields of a fragment are counted at each spread."""

MAX_REPEATED_COMPOSITES = 10
"""Maximum number of repeated response keys of fields with a selection set. Validation compares these selection sets
pairwise."""

MAX_REPEATED_LEAVES = 200
"""Maximum number of repeated response keys of fields without a selection set. Validation compares these fields
pairwise."""

MAX_FRAGMENTS = 100
"""Maximum number of fragments. Validation compares fragments in the same selection set pairwise."""

MAX_STRING_LENGTH = 1024
"""Maximum length of a string in characters."""

MAX_LONG_STRING_LENGTH = 4096
LONG_STRINGS = frozenset({"terms", "merchantAssertion"})
"""Names of input fields and variables for which `MAX_LONG_STRING_LENGTH` is the maximum."""

MAX_LIST_LENGTH = 100

CONTROL_CHARACTERS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
"""All control characters except tabs and line breaks."""

ONCE_PER_OPERATION = frozenset({"submitOrder", "resumeOrder", "signIn", "registerShopper", "lookupOrder"})
"""An operation may select only one of these mutations, and only once."""


@dataclass
class SelectionSize:
    """Size of a selection set, including its fragments.

    Three counters cover only the top level of the selection set. `names` counts field names. `composites` counts
    response keys of fields with a selection set. `leaves` counts response keys of fields without a selection set.

    All other attributes include nested selection sets. `repeated_composites_below` and `repeated_leaves_below` count
    only the repeated response keys in nested selection sets.
    """

    depth: int = 0
    selection_sets: int = 0
    fields: int = 0
    aliases: int = 0
    directives: int = 0
    names: Counter[str] = field(default_factory=Counter)
    composites: Counter[str] = field(default_factory=Counter)
    leaves: Counter[str] = field(default_factory=Counter)
    repeated_composites_below: int = 0
    repeated_leaves_below: int = 0

    @property
    def repeated_composites(self) -> int:
        return self.repeated_composites_below + self.composites.total() - len(self.composites)

    @property
    def repeated_leaves(self) -> int:
        return self.repeated_leaves_below + self.leaves.total() - len(self.leaves)

    def add_field(self, node: FieldNode, nested: "SelectionSize | None") -> None:
        self.fields += 1
        self.aliases += node.alias is not None
        self.names[node.name.value] += 1
        self.depth = max(self.depth, 1)
        key = (node.alias or node.name).value
        if nested is None:
            self.leaves[key] += 1
            return
        self.composites[key] += 1
        self._add_nested(nested)
        self.depth = max(self.depth, 1 + nested.depth)
        self.repeated_composites_below += nested.repeated_composites
        self.repeated_leaves_below += nested.repeated_leaves

    def add_fragment(self, fragment: "SelectionSize") -> None:
        """Add the fields of a fragment to this selection set."""
        self._add_nested(fragment)
        self.depth = max(self.depth, fragment.depth)
        if self.fields <= MAX_FIELDS and self.selection_sets <= MAX_SELECTION_SETS:
            # Larger selection sets are refused, whatever their names are, and counting the names takes long.
            self.names.update(fragment.names)
            self.composites.update(fragment.composites)
            self.leaves.update(fragment.leaves)
        self.repeated_composites_below += fragment.repeated_composites_below
        self.repeated_leaves_below += fragment.repeated_leaves_below

    def _add_nested(self, nested: "SelectionSize") -> None:
        self.selection_sets = max(self.selection_sets, 1 + nested.selection_sets)
        self.fields += nested.fields
        self.aliases += nested.aliases
        self.directives += nested.directives


def check_size(size: SelectionSize, node: OperationDefinitionNode) -> None:
    """Check the size of an operation's selection set. Raises `DocumentRefused`."""
    is_mutation = node.operation is OperationType.MUTATION
    _check("Fields", size.fields, MAX_FIELDS)
    _check("Nested fields", size.depth, MAX_DEPTH)
    _check("Nested fragments", size.selection_sets, MAX_SELECTION_SETS)
    _check("Root fields", size.names.total(), MAX_ROOT_MUTATIONS if is_mutation else MAX_ROOT_FIELDS)
    _check("Aliases", size.aliases, MAX_ALIASES)
    _check("Directives", size.directives + len(node.directives or ()), MAX_DIRECTIVES)
    _check("Repeated fields with a selection set", size.repeated_composites, MAX_REPEATED_COMPOSITES)
    _check("Repeated fields", size.repeated_leaves, MAX_REPEATED_LEAVES)
    if sum(size.names[name] for name in ONCE_PER_OPERATION) > 1:
        raise too_expensive(f"An operation may have one of {', '.join(sorted(ONCE_PER_OPERATION))}, once.")


def check_lines(source: str) -> None:
    """Raises `DocumentRefused` for too many lines."""
    _check("Lines", 1 + source.count("\n") + source.count("\r") - source.count("\r\n"), MAX_LINES)


class SizeMeter:
    """Measures the selection sets of one document. Each fragment is measured once."""

    def __init__(self, document: DocumentNode) -> None:
        """Raises `DocumentRefused` for too many fragments."""
        self._fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        self._fragment_sizes: dict[str, SelectionSize] = {}
        _check("Fragments", len(self._fragments), MAX_FRAGMENTS)

    def measure(self, selection_set: SelectionSetNode) -> SelectionSize:
        size = SelectionSize(selection_sets=1)
        for selection in selection_set.selections:
            size.directives += len(selection.directives or ())
            if isinstance(selection, FieldNode):
                size.add_field(selection, self.measure(selection.selection_set) if selection.selection_set else None)
            elif isinstance(selection, InlineFragmentNode):
                size.add_fragment(self.measure(selection.selection_set))
            elif isinstance(selection, FragmentSpreadNode):
                size.add_fragment(self._fragment_size(selection.name.value))
        return size

    def _fragment_size(self, name: str) -> SelectionSize:
        if name not in self._fragment_sizes:
            # The size stays zero if the fragment is not defined, and is zero where the fragment spreads itself.
            # Validation rejects both kinds of documents.
            self._fragment_sizes[name] = SelectionSize()
            if name in self._fragments:
                self._fragment_sizes[name] = self.measure(self._fragments[name].selection_set)
        return self._fragment_sizes[name]


class LiteralLimits(Visitor):
    """Applies the limits for variables to the literals of a document. Raises `DocumentRefused`."""

    def enter_field(self, node: FieldNode, *_: object) -> VisitorAction:
        return None if has_text(node, '"', "[") else SKIP

    def enter_string_value(self, node: StringValueNode, _key: object, parent: object, *_: object) -> None:
        _check_string(node.value, parent.name.value if isinstance(parent, ObjectFieldNode) else "")

    def enter_list_value(self, node: ListValueNode, *_: object) -> None:
        _check_list(node.values)


def check_values(variables: Mapping[str, object]) -> None:
    """Check all strings and lists in the variables, at any depth. Raises `DocumentRefused`."""
    queue: list[tuple[str, object]] = [("", variables)]
    while queue:
        name, value = queue.pop()
        if isinstance(value, str):
            _check_string(value, name)
        elif isinstance(value, list):
            _check_list(value)
            queue += (("", item) for item in value)
        elif isinstance(value, dict):
            queue += value.items()


def _check_string(value: str, field_name: str) -> None:
    limit = MAX_LONG_STRING_LENGTH if field_name in LONG_STRINGS else MAX_STRING_LENGTH
    if len(value) > limit:
        raise bad_value(f"A string may have at most {limit} characters. One string has {len(value)}.")
    if CONTROL_CHARACTERS.search(value):
        raise bad_value("A string has control characters. Only tabs and line breaks are allowed.")


def _check_list(values: Sequence[object]) -> None:
    if len(values) > MAX_LIST_LENGTH:
        raise bad_value(f"A list may have at most {MAX_LIST_LENGTH} items. One list has {len(values)}.")


def _check(subject: str, count: int, limit: int) -> None:
    if count > limit:
        raise too_expensive(f"{subject}: {count}; at most {limit} are allowed. Select less.")
