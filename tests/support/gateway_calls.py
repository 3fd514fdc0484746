"""Finds in the source of `gateway/upstream` the calls to Digital River that the gateway can make.

The search begins with the methods that files outside `gateway/upstream` call, and follows every method that these
methods call. In a path, `{}` stands for a part that is known only at run time.
"""

import ast
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
UPSTREAM = ROOT / "gateway" / "upstream"
NETWORK = tuple(
    UPSTREAM / name for name in ("transport.py", "exchange.py", "connections", "logged_requests.py", "protection")
)
"""Files and folders that the search leaves out, because they only send the requests that other files build."""

SENDER = "send"
"""Name of the method of `Calls` that sends requests. Its arguments are the HTTP method and the path."""

UNKNOWN = frozenset({"{}"})

Values = Set[str]
"""Possible string values of an expression."""


class Call(NamedTuple):
    method: str
    path: str
    """Path of the call, with variable parts written as `{}`."""

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


@dataclass(frozen=True, eq=False)
class Method:
    owner: str
    """Name of the class that defines the method."""
    name: str
    node: ast.AsyncFunctionDef
    constants: Mapping[str, Values]
    """Possible string values of the constants in `gateway/upstream`, by name of the constant."""

    @property
    def parameters(self) -> list[str]:
        arguments = self.node.args
        return [argument.arg for argument in (*arguments.args[1:], *arguments.kwonlyargs)]


def gateway_calls() -> set[Call]:
    """Calls that the gateway can make. If a method has the parameter `path`, its callers determine the paths."""
    methods = list(_client_methods())
    used = _names_called_outside()
    endpoints = [method for method in methods if method.name in used and "path" not in method.parameters]
    return {call for method in endpoints for call in _calls_of(method, {}, methods)}


def _client_methods() -> Iterator[Method]:
    """Yield the asynchronous methods of the classes in `gateway/upstream`."""
    constants: dict[str, Values] = {}
    files = sorted(file for file in UPSTREAM.rglob("*.py") if not any(map(file.is_relative_to, NETWORK)))
    nodes = [node for file in files for node in ast.parse(file.read_text()).body]
    for node in nodes:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            constants[node.targets[0].id] = _values(node.value, constants)
    for owner in (node for node in nodes if isinstance(node, ast.ClassDef)):
        methods = {node.name: node for node in owner.body if isinstance(node, ast.AsyncFunctionDef)}
        for name, method in (methods | _aliases(owner, methods)).items():
            yield Method(owner.name, name, method, constants)


def _aliases(owner: ast.ClassDef, methods: Mapping[str, ast.AsyncFunctionDef]) -> dict[str, ast.AsyncFunctionDef]:
    """Methods of a class that have an alias, by alias. An example of an alias is `_read = read`."""
    assignments = [node for node in owner.body if isinstance(node, ast.Assign) and isinstance(node.value, ast.Name)]
    return {
        target.id: methods[node.value.id]
        for node in assignments
        for target in node.targets
        if isinstance(target, ast.Name) and isinstance(node.value, ast.Name) and node.value.id in methods
    }


def _names_called_outside() -> set[str]:
    """Names of all methods that are called outside `gateway/upstream`."""
    files = [*(ROOT / "resolvers").rglob("*.py"), *(ROOT / "gateway").rglob("*.py")]
    trees = [ast.parse(file.read_text()) for file in files if not file.is_relative_to(UPSTREAM)]
    return {function.attr for tree in trees for function, _ in _method_calls(tree)}


def _method_calls(tree: ast.AST) -> Iterator[tuple[ast.Attribute, ast.Call]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node.func, node


def _calls_of(method: Method, arguments: Mapping[str, Values], methods: list[Method]) -> Iterator[Call]:
    """Calls to Digital River that a method makes when its parameters have these values."""
    known = {**method.constants, **dict.fromkeys(method.parameters, UNKNOWN), **arguments}
    for node in ast.walk(method.node):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            known[node.targets[0].id] = _values(node.value, known)
    for function, node in _method_calls(method.node):
        for target in _targets(function, method, methods):
            bound = _bound_arguments(target, node, known)
            if target.name == SENDER:
                yield from (Call(verb, path) for verb, path in product(bound["method"], bound["path"]))
            else:
                yield from _calls_of(target, bound, methods)


def _targets(function: ast.Attribute, caller: Method, methods: list[Method]) -> list[Method]:
    """Methods that a call can refer to. A call on `self` refers to the caller's class, other calls to other classes."""
    is_own = isinstance(function.value, ast.Name) and function.value.id == "self"
    return [method for method in methods if method.name == function.attr and (method.owner == caller.owner) == is_own]


def _bound_arguments(target: Method, node: ast.Call, known: Mapping[str, Values]) -> dict[str, Values]:
    arguments = dict(zip(target.parameters, node.args, strict=False))
    arguments |= {keyword.arg: keyword.value for keyword in node.keywords if keyword.arg in target.parameters}
    return {name: _values(value, known) for name, value in arguments.items()}


def _values(node: ast.expr, known: Mapping[str, Values]) -> Values:
    match node:
        case ast.Constant(value=str(string)):
            return {string}
        case ast.Name(id=name):
            return known.get(name, UNKNOWN)
        case ast.JoinedStr(values=values):
            return {"".join(parts) for parts in product(*(_values(value, known) for value in values))}
        case ast.FormattedValue(value=value):
            return _values(value, known)
        case ast.IfExp(body=body, orelse=other):
            return _values(body, known) | _values(other, known)
    return UNKNOWN
