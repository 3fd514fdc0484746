"""The manifest: the documents that the storefront's clients send, by the SHA-256 of each document's source.

The build tools of clients write such files. `python -m gateway manifest` writes a manifest for a folder of `.graphql`
files.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graphql import DocumentNode, GraphQLError, OperationDefinitionNode, parse, print_ast, separate_operations

FORMAT = "apollo-persisted-query-manifest"


class ManifestInvalid(ValueError):
    """Raised for an invalid manifest. The message has the reason and no part of a document."""


@dataclass(frozen=True)
class ManifestEntry:
    name: str
    source: str


def sha256(source: str) -> str:
    return hashlib.sha256(source.encode()).hexdigest()


def short_name(digest: str) -> str:
    """Name under which an anonymous document is logged: the beginning of its SHA-256."""
    return f"sha256:{digest[:16]}"


def read_manifest(path: str) -> dict[str, ManifestEntry]:
    """Manifest entries by digest, from a file in Apollo's format or in the format of Relay and GraphQL Code Generator.

    Raises `ManifestInvalid`.
    """
    try:
        content = json.loads(Path(path).read_text())
    except OSError as error:
        raise ManifestInvalid(f"the manifest {path} cannot be read: {error.strerror}") from None
    except ValueError:
        raise ManifestInvalid(f"the manifest {path} is not JSON") from None
    if not isinstance(content, dict):
        raise ManifestInvalid(f"the manifest {path} is not a JSON object")
    entries = {}
    for digest, name, source in _entries(content):
        if not isinstance(source, str) or digest != sha256(source):
            raise ManifestInvalid(
                f"the manifest {path} has an entry whose key is not the SHA-256 of its document: {str(digest)[:80]}"
            )
        entries[digest] = ManifestEntry(name if isinstance(name, str) and name else short_name(digest), source)
    return entries


def _entries(content: Mapping[str, Any]) -> Iterator[tuple[Any, Any, Any]]:
    """Digest, name and source of each entry in a manifest."""
    if content.get("format") == FORMAT:
        for operation in content.get("operations") or ():
            fields = operation if isinstance(operation, dict) else {}
            yield fields.get("id"), fields.get("name"), fields.get("body")
        return
    for digest, source in content.items():
        yield digest, _first_operation_name(source), source


def _first_operation_name(source: Any) -> str | None:
    try:
        definitions = parse(source).definitions if isinstance(source, str) else ()
    except GraphQLError:
        return None
    return next(
        (node.name.value for node in definitions if isinstance(node, OperationDefinitionNode) and node.name), None
    )


def operations_in(folder: Path) -> dict[str, str]:
    """Source of each operation in a folder of `.graphql` files, by operation name. Raises `ManifestInvalid`."""
    files = sorted(folder.rglob("*.graphql"))
    if not files:
        raise ManifestInvalid(f"{folder} has no .graphql files")
    try:
        document = parse("\n".join(file.read_text() for file in files))
    except GraphQLError as error:
        raise ManifestInvalid(f"the documents of {folder} cannot be parsed: {error.message}") from None
    names = [
        node.name.value if node.name else ""
        for node in document.definitions
        if isinstance(node, OperationDefinitionNode)
    ]
    if "" in names:
        raise ManifestInvalid(f"an operation of {folder} has no name")
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise ManifestInvalid(f"{folder} has several operations of the name {', '.join(repeated)}")
    return {name: _printed(single) for name, single in sorted(separate_operations(document).items())}


def _printed(document: DocumentNode) -> str:
    """Source of one operation and its fragments: the operation first, then the fragments in the order in which the
    document files define them."""
    operation = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    fragments = [node for node in document.definitions if node not in operation]
    return print_ast(DocumentNode(definitions=(*operation, *fragments)))


def manifest_of(operations: Mapping[str, str]) -> str:
    """Manifest in Apollo's format. `operations` are document sources by operation name."""
    entries = [
        {"id": sha256(source), "name": name, "type": source.partition(" ")[0], "body": source}
        for name, source in operations.items()
    ]
    return json.dumps({"format": FORMAT, "version": 1, "operations": entries}, indent=2) + "\n"
