"""Finds the graph fields whose resolvers use a function.

The search follows names in the source, and methods of `self`. It does not follow methods of other objects.
"""

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping, Set
from functools import cache

from graphql import GraphQLObjectType

from schema.build import build
from tests.support.client_messages import Collector, collector
from tests.support.source_module import FUNCTION, Module


@cache
def fields_by_owner() -> Mapping[tuple[str, str], Set[str]]:
    """Coordinates of the fields whose resolvers use a definition, by file and name of the definition."""
    source = collector()
    owners: dict[tuple[str, str], set[str]] = defaultdict(set)
    for coordinate, resolver in _resolvers():
        for module, name in _reached(source, resolver.__module__, resolver.__name__):
            owners[module, name].add(coordinate)
    return owners


def _resolvers() -> Iterator[tuple[str, type]]:
    for type_ in build().core.type_map.values():
        if isinstance(type_, GraphQLObjectType):
            for name, field in type_.fields.items():
                metadata = getattr(field.extensions.get("strawberry-definition"), "metadata", None) or {}
                if "resolver" in metadata:
                    yield f"{type_.name}.{name}", metadata["resolver"].resolver


def _reached(source: Collector, module_name: str, name: str) -> Set[tuple[str, str]]:
    reached: set[tuple[str, str]] = set()
    queue = [(source.modules[module_name], name)]
    while queue:
        module, name = queue.pop()
        if (module.file, name) not in reached:
            reached.add((module.file, name))
            queue += _references(source)[module.name, name]
    return reached


@cache
def _references(source: Collector) -> Mapping[tuple[str, str], list[tuple[Module, str]]]:
    """The definitions that each definition uses. Module and name identify a definition."""
    references: dict[tuple[str, str], list[tuple[Module, str]]] = defaultdict(list)
    defined = {(module.name, name) for module in source.modules.values() for name in _definitions(module)}
    for module in source.modules.values():
        for name, node in _definitions(module).items():
            for part in ast.walk(node):
                references[module.name, name] += _named(source, module, part, defined)
    return references


@cache
def _definitions(module: Module) -> dict[str, ast.AST]:
    """Syntax trees of functions, methods, classes and constants, by name. The tree of a class has no methods."""
    definitions: dict[str, ast.AST] = {}
    for node in module.tree.body:
        if isinstance(node, FUNCTION):
            definitions[node.name] = node
        elif isinstance(node, ast.ClassDef):
            definitions |= {part.name: part for part in node.body if isinstance(part, FUNCTION)}
            definitions[node.name] = ast.Module([part for part in node.body if not isinstance(part, FUNCTION)], [])
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            definitions |= {target.id: node for target in targets if isinstance(target, ast.Name)}
    return definitions


def _named(
    source: Collector, module: Module, node: ast.AST, defined: Set[tuple[str, str]]
) -> Iterator[tuple[Module, str]]:
    match node:
        case ast.Name(id=name, ctx=ast.Load()):
            if (module.name, name) in defined:
                yield module, name
            elif (origin := module.imports.get(name, "").rpartition("."))[0] in source.modules:
                yield source.modules[origin[0]], origin[2]
        case ast.Attribute(value=ast.Name(id=owner), attr=name) if module.imports.get(owner) in source.modules:
            yield source.modules[module.imports[owner]], name
        case ast.Attribute(value=ast.Name(id="self"), attr=name) if (module.name, name) in defined:
            yield module, name
