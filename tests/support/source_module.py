"""Parses Python files, for tests that follow values through the source code."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(eq=False)
class Module:
    name: str
    file: str
    tree: ast.Module
    parents: dict[ast.AST, ast.AST] = field(default_factory=dict)
    imports: dict[str, str] = field(default_factory=dict)
    """Dotted name of each imported module or object, by local name."""

    def __post_init__(self) -> None:
        for node in ast.walk(self.tree):
            self.parents |= dict.fromkeys(ast.iter_child_nodes(node), node)
            if isinstance(node, ast.ImportFrom):
                self.imports |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}

    def above(self, node: ast.AST) -> Iterator[ast.AST]:
        while node in self.parents:
            node = self.parents[node]
            yield node

    def function(self, node: ast.AST) -> ast.AST:
        """The innermost function that contains a node, or else the module."""
        return next((above for above in self.above(node) if isinstance(above, FUNCTION)), self.tree)

    def assigned(self, name: str, scope: ast.AST, use: ast.AST | None = None) -> list[ast.expr]:
        """Expressions assigned to a variable. If `use` is given, only assignments that this node can read."""
        nodes = list(ast.walk(scope)) if scope is not self.tree else self.tree.body
        pairs = [(node, value) for node in nodes for target, value in assignments(node) if target == name]
        others = [node for node, _ in pairs]
        return [value for node, value in pairs if use is None or self.reaches(node, use, others)]

    def reaches(self, assignment: ast.AST, use: ast.AST, others: list[ast.AST]) -> bool:
        """Whether the node `use` can read the value of `assignment`. `others` are the variable's assignments."""
        above = {*self.above(use)}
        between = [node for node in others if _line(assignment) < _line(node) < _line(use)]
        return _line(assignment) < _line(use) and not any(self.parents[node] in above for node in between)


def _line(node: ast.AST) -> tuple[int, int]:
    assert isinstance(node, ast.stmt | ast.expr)
    return node.lineno, node.col_offset


def assignments(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """Yield the names and values of an assignment such as `a = 1`, `a: int = 1` or `a, b = 1, 2`."""
    if isinstance(node, ast.AnnAssign | ast.NamedExpr):
        if isinstance(node.target, ast.Name) and node.value:
            yield node.target.id, node.value
    elif isinstance(node, ast.Assign):
        for target in node.targets:
            if isinstance(target, ast.Name):
                yield target.id, node.value
            elif isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                names = [element.id if isinstance(element, ast.Name) else "" for element in target.elts]
                yield from zip(names, node.value.elts, strict=False)


def classes_of(module: Module, use: ast.AST, name: str) -> list[str]:
    """Names of a parameter's classes, from an `isinstance` check around the node `use`, or else from the annotation."""
    for node in module.above(use):
        match node:
            case ast.If(test=ast.Call(func=ast.Name(id="isinstance"), args=[ast.Name(id=tested), classes])):
                if tested == name:
                    return ast.unparse(classes).split(" | ")
            case ast.FunctionDef(args=arguments) | ast.AsyncFunctionDef(args=arguments):
                for argument in (*arguments.args, *arguments.kwonlyargs):
                    if argument.arg == name and argument.annotation is not None:
                        return ast.unparse(argument.annotation).split(" | ")
    return []


def called_name(call: ast.Call) -> str:
    """Name of the called function, without the object or module before the dot."""
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def placeholder(node: ast.AST) -> str:
    """Placeholder such as `{name}` for a variable part of a message."""
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Constant()), args=[argument, *_]):
            return placeholder(argument)
        case ast.Call(func=ast.Attribute(value=receiver)):
            return placeholder(receiver)
        case ast.Call(args=[argument, *_]):
            return placeholder(argument)
        case ast.Attribute(value=owner, attr="value" | "name"):
            return placeholder(owner)
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name.strip("_").lower()
        case ast.GeneratorExp(generators=[generator]) | ast.ListComp(generators=[generator]):
            return placeholder(generator.iter)
        case ast.Subscript(value=owner) | ast.BinOp(left=owner) | ast.FormattedValue(value=owner):
            return placeholder(owner)
    return "value"
