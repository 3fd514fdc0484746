"""Shortens walks through a document: they leave out what they need not see.

Without this, each walk through a page's document takes twice as long, and a new document is walked through many times.
"""

from graphql import Node, TypeInfo, TypeInfoVisitor, Visitor, visit
from graphql.language.ast import QUERY_DOCUMENT_KEYS

UNSEEN = frozenset({"name", "alias", "description"})
"""Parts of a node into which no walk goes. The name of a node is read from the node itself."""

KEYS = {kind: tuple(key for key in keys if key not in UNSEEN) for kind, keys in QUERY_DOCUMENT_KEYS.items()}
"""The parts of each kind of node into which walks go."""


def walk(node: Node, visitor: Visitor, types: TypeInfo | None = None) -> None:
    """Walk through all parts of a node, with their types if `types` is given."""
    shown = visitor if types is None else TypeInfoVisitor(types, visitor)
    try:
        visit(node, shown, KEYS)
    finally:
        # Each of these stores its own methods. Such circles would keep the document until the garbage collector finds
        # them.
        shown.enter_leave_map.clear()
        visitor.enter_leave_map.clear()


def has_text(node: Node, *strings: str) -> bool:
    """Whether one of these strings is in the text of the node. A walk that looks for arguments, for example, skips the
    fields without a bracket."""
    loc = node.loc
    return loc is None or any(loc.source.body.find(string, loc.start, loc.end) >= 0 for string in strings)
