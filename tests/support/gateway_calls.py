"""The calls that the gateway can make, read from the code of its client.

Each method of `gateway/upstream` that is used outside of it is followed to where it sends, with the paths it puts
together on the way. What is not known before a call is made stands as `{}`.
"""

import ast
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
UPSTREAM = ROOT / "gateway" / "upstream"
TRANSPORT = UPSTREAM / "transport.py"
"""Below what sends."""

SENDER = "send"
"""The one method by which everything leaves; it takes the verb and the path."""

UNKNOWN = frozenset({"{}"})

Texts = Set[str]
"""What an expression may be."""


class Call(NamedTuple):
    method: str
    path: str
    """Its variable parts are `{}`."""

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


@dataclass(frozen=True, eq=False)
class Method:
    owner: str
    name: str
    node: ast.AsyncFunctionDef
    constants: Mapping[str, Texts]
    """Of its module."""

    @property
    def parameters(self) -> list[str]:
        arguments = self.node.args
        return [one.arg for one in (*arguments.args[1:], *arguments.kwonlyargs)]


def made() -> set[Call]:
    """Every call of a method that is used. One that is given a path is not an endpoint's."""
    methods = list(_methods())
    used = _used()
    endpoints = [one for one in methods if one.name in used and "path" not in one.parameters]
    return {call for method in endpoints for call in _followed(method, {}, methods)}


def _methods() -> Iterator[Method]:
    """The asynchronous methods of the client's classes."""
    constants: dict[str, Texts] = {}
    files = sorted(file for file in UPSTREAM.glob("*.py") if file != TRANSPORT)
    statements = [statement for file in files for statement in ast.parse(file.read_text()).body]
    for statement in statements:
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            constants[statement.targets[0].id] = _texts(statement.value, constants)
    for owner in (one for one in statements if isinstance(one, ast.ClassDef)):
        asynchronous = {node.name: node for node in owner.body if isinstance(node, ast.AsyncFunctionDef)}
        for name, node in (asynchronous | _second_names(owner, asynchronous)).items():
            yield Method(owner.name, name, node, constants)


def _second_names(owner: ast.ClassDef, methods: Mapping[str, ast.AsyncFunctionDef]) -> dict[str, ast.AsyncFunctionDef]:
    """`_read = read` in the body of a class."""
    assigned = [node for node in owner.body if isinstance(node, ast.Assign) and isinstance(node.value, ast.Name)]
    return {
        target.id: methods[node.value.id]
        for node in assigned
        for target in node.targets
        if isinstance(target, ast.Name) and isinstance(node.value, ast.Name) and node.value.id in methods
    }


def _used() -> set[str]:
    """Names of whatever is called on something, outside the client."""
    files = [*(ROOT / "resolvers").rglob("*.py"), *(ROOT / "gateway").rglob("*.py")]
    trees = [ast.parse(file.read_text()) for file in files if not file.is_relative_to(UPSTREAM)]
    return {asked.attr for tree in trees for asked, _ in _asked(tree)}


def _asked(tree: ast.AST) -> Iterator[tuple[ast.Attribute, ast.Call]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node.func, node


def _followed(method: Method, given: Mapping[str, Texts], methods: list[Method]) -> Iterator[Call]:
    """The calls that come of a method whose arguments are given."""
    known = {**method.constants, **dict.fromkeys(method.parameters, UNKNOWN), **given}
    for node in ast.walk(method.node):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            known[node.targets[0].id] = _texts(node.value, known)
    for asked, node in _asked(method.node):
        for target in _targets(asked, method, methods):
            bound = _bound(target, node, known)
            if target.name == SENDER:
                yield from (Call(verb, path) for verb, path in product(bound["method"], bound["path"]))
            else:
                yield from _followed(target, bound, methods)


def _targets(asked: ast.Attribute, asking: Method, methods: list[Method]) -> list[Method]:
    """Where a call leads: to the same class from `self`, else to another one."""
    is_own = isinstance(asked.value, ast.Name) and asked.value.id == "self"
    return [one for one in methods if one.name == asked.attr and (one.owner == asking.owner) == is_own]


def _bound(target: Method, node: ast.Call, known: Mapping[str, Texts]) -> dict[str, Texts]:
    given = dict(zip(target.parameters, node.args, strict=False))
    given |= {keyword.arg: keyword.value for keyword in node.keywords if keyword.arg in target.parameters}
    return {name: _texts(value, known) for name, value in given.items()}


def _texts(node: ast.expr, known: Mapping[str, Texts]) -> Texts:
    match node:
        case ast.Constant(value=str(text)):
            return {text}
        case ast.Name(id=name):
            return known.get(name, UNKNOWN)
        case ast.JoinedStr(values=values):
            return {"".join(parts) for parts in product(*(_texts(value, known) for value in values))}
        case ast.FormattedValue(value=value):
            return _texts(value, known)
        case ast.IfExp(body=body, orelse=other):
            return _texts(body, known) | _texts(other, known)
    return UNKNOWN
