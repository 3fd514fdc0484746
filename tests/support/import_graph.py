"""Imports between files, read from the source, including imports in functions and under `TYPE_CHECKING`."""

import ast
import sys
from collections.abc import Iterator, Mapping, Set
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from tests.support.floors import PACKAGES, ROOT, Floors, read_floors

Graph = Mapping[str, Set[str]]
"""For each file, the files that the file imports. Paths are relative to the project root."""


def import_graph(root: Path, packages: Set[str]) -> Graph:
    """Graph of the imports of all Python files in the packages. Importing a module also imports its packages."""
    files = sorted(file for package in packages for file in (root / package).rglob("*.py"))
    return {str(file.relative_to(root)): set(_imported_files(root, file)) for file in files}


def circle(graph: Graph) -> list[str]:
    """Files of a circular import, or an empty list. Each file imports the next. The first file is also the last."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(reversed(error.args[1]))
    return []


def forbidden_imports(graph: Graph, floors: Floors) -> Iterator[str]:
    """Yield a message for each import from another building, or from another room that is not on a lower floor."""
    for importer, imported_files in sorted(graph.items()):
        own = floors.room(importer)
        for file in sorted(_without_packages(imported_files)):
            other = floors.room(file)
            if other.building != own.building:
                yield f"{importer} ({own.building}) imports {file} ({other.building})"
            elif other.name != own.name and other.floor >= own.floor:
                yield f"{importer} (floor {own.floor}) imports {file} (floor {other.floor})"


def _without_packages(files: Set[str]) -> Iterator[str]:
    """Yield the files, but leave out an `__init__.py` if `files` contains another file of its folder."""
    for file in files:
        folder = file.removesuffix("__init__.py")
        if folder == file or not any(other != file and other.startswith(folder) for other in files):
            yield file


def _imported_files(root: Path, importer: Path) -> Iterator[str]:
    own_packages = set(importer.relative_to(root).parents)
    for name in _imported_names(importer.relative_to(root), importer.read_text()):
        module = _module(root, name.split("."))
        if module is None or module == importer:
            continue
        yield str(module.relative_to(root))
        for package in module.relative_to(root).parents:
            marker = root / package / "__init__.py"
            if package not in own_packages and marker.exists() and marker != module:
                yield str(marker.relative_to(root))


def _imported_names(importer: Path, source: str) -> Iterator[str]:
    """Yield the dotted names of imported modules and of objects imported from modules."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = [*importer.parts[: -node.level], node.module] if node.level else [node.module]
            prefix = ".".join(part for part in base if part)
            yield from (f"{prefix}.{alias.name}" for alias in node.names)


def _module(root: Path, parts: list[str]) -> Path | None:
    """File of the module that contains the imported name; None if the project has no such module."""
    for length in range(len(parts), 0, -1):
        path = root.joinpath(*parts[:length])
        for file in (path.with_suffix(".py"), path / "__init__.py"):
            if file.is_file():
                return file
    return None


def main() -> int:
    """Print the circular and forbidden imports with which `tests/project/test_imports.py` fails."""
    graph, floors = import_graph(ROOT, PACKAGES), read_floors()
    problems = [*forbidden_imports(graph, floors), *filter(None, [" imports ".join(circle(graph))])]
    print("\n".join(problems) or "No circle, and every import goes down.")
    return int(bool(problems))


if __name__ == "__main__":
    sys.exit(main())
