"""The documents that the storefront's clients are known to send, each under the SHA-256 of its text.

The text is hashed as it is sent, byte for byte. Tools of clients write such a file for themselves; ours is
made from a folder of `.graphql` files, each operation printed with its fragments behind it.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graphql import DocumentNode, GraphQLError, OperationDefinitionNode, parse, print_ast, separate_operations

FORMAT = "apollo-persisted-query-manifest"


class ManifestWrong(ValueError):
    """The file cannot be used; the message says why, without its texts."""


@dataclass(frozen=True)
class Known:
    name: str
    text: str


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def short(digest: str) -> str:
    """How a document without a name is called in the log."""
    return f"sha256:{digest[:16]}"


def read_manifest(path: str) -> dict[str, Known]:
    """By hash. Reads Apollo's format, and the plain object of hash and text that Relay and codegen write."""
    try:
        content = json.loads(Path(path).read_text())
    except (OSError, ValueError):
        raise ManifestWrong("the manifest is no JSON file that can be read") from None
    if not isinstance(content, dict):
        raise ManifestWrong("the manifest is no JSON object")
    found = {}
    for digest, name, text in _entries(content):
        if not isinstance(text, str) or digest != sha256(text):
            raise ManifestWrong(f"an entry of the manifest is not under the SHA-256 of its text: {str(digest)[:80]}")
        found[digest] = Known(name if isinstance(name, str) and name else short(digest), text)
    return found


def _entries(content: Mapping[str, Any]) -> Iterator[tuple[Any, Any, Any]]:
    if content.get("format") == FORMAT:
        for one in content.get("operations") or ():
            yield one.get("id"), one.get("name"), one.get("body")
        return
    for digest, text in content.items():
        yield digest, _name_in(text), text


def _name_in(text: Any) -> str | None:
    """The name of the document's first operation."""
    try:
        definitions = parse(text).definitions if isinstance(text, str) else ()
    except GraphQLError:
        return None
    named = [one.name.value for one in definitions if isinstance(one, OperationDefinitionNode) and one.name]
    return named[0] if named else None


def operations_in(folder: Path) -> dict[str, str]:
    """The text of each operation of a folder of `.graphql` files, by name. Raises `ManifestWrong`."""
    files = sorted(folder.rglob("*.graphql"))
    if not files:
        raise ManifestWrong(f"{folder} has no .graphql files")
    try:
        whole = parse("\n".join(file.read_text() for file in files))
    except GraphQLError as error:
        raise ManifestWrong(f"the documents of {folder} cannot be read: {error.message}") from None
    names = [
        one.name.value if one.name else "" for one in whole.definitions if isinstance(one, OperationDefinitionNode)
    ]
    twice = sorted({name for name in names if names.count(name) > 1})
    if "" in names or twice:
        raise ManifestWrong(f"every operation needs a name of its own; {', '.join(twice) or 'one'} has none")
    return {name: printed(document) for name, document in sorted(separate_operations(whole).items())}


def printed(document: DocumentNode) -> str:
    """The operation, then its fragments in the order in which the files have them."""
    operation = [one for one in document.definitions if isinstance(one, OperationDefinitionNode)]
    others = [one for one in document.definitions if one not in operation]
    return print_ast(DocumentNode(definitions=(*operation, *others)))


def manifest_of(operations: Mapping[str, str]) -> str:
    """The manifest of these texts, in Apollo's format."""
    entries = [
        {"id": sha256(text), "name": name, "type": text.partition(" ")[0], "body": text}
        for name, text in operations.items()
    ]
    return json.dumps({"format": FORMAT, "version": 1, "operations": entries}, indent=2) + "\n"
