"""Finds the small changes of a source file that change what the code does: its mutants.

Left out are parts that no behaviour depends on: annotations, imports, decorators, docstrings, messages of errors and
of the log, assertions that narrow a type, and options of classes such as `frozen`. A string with a space is a message.
A time is doubled and halved, because no promise depends on one second. Other numbers change by 1.
"""

import ast
import copy
import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
}
ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
}
OPPOSITE_CALLS = {"min": "max", "max": "min", "any": "all", "all": "any"}

UNITS_OF_TIME = ("seconds", "minutes", "hours", "days")

LOGGERS = {"log", "logger", "logging"}
UNTESTED_KEYWORDS = {"detail", "extra", "message"}
"""Keyword arguments that only the log or a person reads."""
TYPE_CALLS = {"TypeVar", "NewType", "cast", "ContextVar", "getLogger", "ParamSpec"}

WITHOUT_BEHAVIOUR = (ast.Import, ast.ImportFrom, ast.Assert, ast.Global, ast.Nonlocal)


@dataclass(frozen=True)
class Mutant:
    path: str
    function: str
    kind: str
    line: int
    last_line: int
    """Lines of the changed statement, or of the head of the changed compound statement."""
    start: int
    end: int
    """Bytes of the file that are replaced."""
    original: str
    replacement: str
    number: int = 0
    """Number among the mutants of the function that are otherwise equal."""

    @property
    def id(self) -> str:
        """Name of the mutant. It does not change when other functions of the file change."""
        parts = [self.function, self.kind, self.original, self.replacement, str(self.number)]
        return f"{self.path}:{hashlib.sha256(repr(parts).encode()).hexdigest()[:10]}"

    @property
    def is_at_import(self) -> bool:
        """Whether the changed code runs when the file is imported."""
        return self.function == ""

    def apply(self, source: bytes) -> bytes:
        return source[: self.start] + self.replacement.encode() + source[self.end :]


def mutants(path: str, source: bytes) -> list[Mutant]:
    """All mutants of a file that can be compiled, in the order of the file."""
    finder = _Finder(path, source)
    finder.visit_body(ast.parse(source).body, "")
    numbers: Counter[tuple[str, ...]] = Counter()
    numbered = []
    for mutant in finder.mutants:
        key = (mutant.function, mutant.kind, mutant.original, mutant.replacement)
        numbered.append(replace(mutant, number=numbers[key]))
        numbers[key] += 1
    return numbered


class _Finder:
    def __init__(self, path: str, source: bytes) -> None:
        self.mutants: list[Mutant] = []
        self._path = path
        self._source = source
        self._starts = [0]
        for line in source.splitlines(keepends=True):
            self._starts.append(self._starts[-1] + len(line))
        self._function = ""
        self._lines = (0, 0)
        self._is_time = False

    def visit_body(self, body: list[ast.stmt], function: str) -> None:
        for statement in body:
            outer = self._function, self._lines
            self._function = function
            self._statement(statement)
            self._function, self._lines = outer

    def _statement(self, node: ast.stmt) -> None:
        if isinstance(node, WITHOUT_BEHAVIOUR) or _is_for_types_or_log(node):
            return
        bodies = [value for _, value in ast.iter_fields(node) if _is_body(value)]
        last = node.end_lineno or node.lineno
        if bodies:
            last = max(node.lineno, bodies[0][0].lineno - 1)
        self._lines = (node.lineno, last)
        self._of_statement(node)
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                # Default values are evaluated at import, but matter to those who call the function.
                for name, default in _defaults(node.args):
                    self._value_of(name, default)
                self.visit_body(node.body, f"{self._function}.{node.name}".strip("."))
            case ast.ClassDef():
                self.visit_body(node.body, f"{self._function}.{node.name}".strip(".") if self._function else "")
            case ast.AnnAssign(value=None):
                return
            case ast.AnnAssign(target=target, value=ast.expr() as value) | ast.Assign(targets=[target], value=value):
                if not isinstance(target, ast.Name):
                    self._expression(target)
                self._value_of(ast.unparse(target), value)
            case _:
                self._parts(node)

    def _parts(self, node: ast.AST) -> None:
        for value in ast.iter_child_nodes(node):
            match value:
                case ast.expr():
                    self._expression(value)
                case ast.ExceptHandler(body=body) | ast.match_case(body=body):
                    if isinstance(value, ast.match_case):
                        self._pattern(value)
                    self.visit_body(body, self._function)
                case ast.withitem(context_expr=context):
                    self._expression(context)
        for _, body in ast.iter_fields(node):
            if _is_body(body):
                self.visit_body(body, self._function)

    def _pattern(self, case: ast.match_case) -> None:
        self._lines = (case.pattern.lineno, case.pattern.end_lineno or case.pattern.lineno)
        for node in ast.walk(case.pattern):
            if isinstance(node, ast.MatchValue):
                self._expression(node.value)
        if case.guard is not None:
            self._lines = (case.guard.lineno, case.guard.end_lineno or case.guard.lineno)
            self._add("guard removed", case.guard, "True")
            self._expression(case.guard)

    def _of_statement(self, node: ast.stmt) -> None:
        match node:
            case ast.Return(value=ast.expr() as value) if not _is_false_or_none(value):
                self._add("return None", value, "None")
            case ast.Expr(value=ast.Call() | ast.Await()) | ast.Raise() | ast.Delete() | ast.AugAssign():
                self._add("statement removed", node, "pass")
            case ast.Assign(targets=[ast.Attribute() | ast.Subscript(), *_]):
                self._add("statement removed", node, "pass")
            case ast.Continue():
                self._add("continue to break", node, "break")
            case ast.Break():
                self._add("break to continue", node, "continue")
            case ast.If():
                self._add("branch removed", node.test, "False")
                if node.orelse:
                    self._add("else removed", node.test, "True")
            case ast.With(items=[item]) | ast.AsyncWith(items=[item]) if item.optional_vars is None:
                start = self._offset(node.lineno, node.col_offset)
                self._add_bytes("context removed", start, self._end(item.context_expr), "if True")

    def _value_of(self, name: str, value: ast.expr) -> None:
        """Find the mutants of a value. Its name shows whether it is a time."""
        outer, self._is_time = self._is_time, name.lower().endswith(("_s", *UNITS_OF_TIME))
        self._expression(value)
        self._is_time = outer

    def _expression(self, node: ast.expr) -> None:
        self._of_expression(node)
        match node:
            case ast.JoinedStr() | ast.Constant():
                return
            case ast.Call(func=ast.Name(id=name)) if name in TYPE_CALLS:
                return
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name))) if name in LOGGERS:
                return
        for child in ast.iter_child_nodes(node):
            match child:
                case ast.expr():
                    self._expression(child)
                case ast.keyword(arg=keyword, value=value) if keyword not in UNTESTED_KEYWORDS:
                    self._value_of(keyword or "", value)
                case ast.comprehension(ifs=conditions, iter=iterable):
                    self._expression(iterable)
                    for condition in conditions:
                        self._add("filter removed", condition, "True")
                        self._expression(condition)

    def _of_expression(self, node: ast.expr) -> None:
        match node:
            case ast.Compare(ops=[*ops]):
                for index, operator in enumerate(ops):
                    for other in COMPARISONS[type(operator)]:
                        self._add_changed("comparison", node, _replace_item("ops", index, other()))
            case ast.BoolOp(op=operator):
                other_op = ast.Or() if isinstance(operator, ast.And) else ast.And()
                self._add_changed("and, or", node, lambda copied: setattr(copied, "op", other_op))
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                self._add("not removed", node, f"({ast.unparse(operand)})")
            case ast.IfExp(test=test):
                self._add("condition", test, f"(not ({ast.unparse(test)}))")
            case ast.BinOp(op=operator) if type(operator) in ARITHMETIC and not _is_text(node.left):
                other_operator = ARITHMETIC[type(operator)]()
                self._add_changed("arithmetic", node, lambda copied: setattr(copied, "op", other_operator))
            case ast.Call():
                self._of_call(node)
            case ast.Constant():
                for replacement in _other_constants(node.value, is_time=self._is_time):
                    self._add("constant", node, repr(replacement))
            case ast.JoinedStr(values=values):
                self._of_f_string(node, values)

    def _of_call(self, node: ast.Call) -> None:
        if isinstance(node.func, ast.Name) and node.func.id in OPPOSITE_CALLS:
            self._add("call", node.func, OPPOSITE_CALLS[node.func.id])
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        plain = [argument for argument in node.args if not isinstance(argument, ast.Starred)]
        if len(plain) == len(node.args) >= 2 and name not in TYPE_CALLS | OPPOSITE_CALLS.keys():
            first, second = map(ast.unparse, node.args[:2])
            if first != second:
                start, end = self._offset(node.args[0].lineno, node.args[0].col_offset), self._end(node.args[1])
                self._add_bytes("arguments swapped", start, end, f"{second}, {first}")

    def _of_f_string(self, node: ast.JoinedStr, values: list[ast.expr]) -> None:
        texts = {index: str(value.value) for index, value in enumerate(values) if isinstance(value, ast.Constant)}
        if texts and not any(" " in text for text in texts.values()):
            index, text = next(iter(texts.items()))
            changed = ast.Constant(f"{text}~")
            self._add_changed("string", node, _replace_item("values", index, changed))

    def _add_changed(self, kind: str, node: ast.expr, change: Callable[[Any], None]) -> None:
        copied = copy.deepcopy(node)
        change(copied)
        self._add(kind, node, f"({ast.unparse(ast.fix_missing_locations(copied))})")

    def _add(self, kind: str, node: ast.expr | ast.stmt, replacement: str) -> None:
        self._add_bytes(kind, self._offset(node.lineno, node.col_offset), self._end(node), replacement)

    def _add_bytes(self, kind: str, start: int, end: int, replacement: str) -> None:
        original = self._source[start:end].decode()
        mutant = Mutant(self._path, self._function, kind, *self._lines, start, end, original, replacement)
        try:
            compile(mutant.apply(self._source), self._path, "exec", dont_inherit=True)
        except (SyntaxError, ValueError):
            return
        self.mutants.append(mutant)

    def _end(self, node: ast.expr | ast.stmt) -> int:
        return self._offset(node.end_lineno or node.lineno, node.end_col_offset or 0)

    def _offset(self, line: int, column: int) -> int:
        return self._starts[line - 1] + column


def _replace_item(field: str, index: int, value: object) -> Callable[[Any], None]:
    return lambda node: getattr(node, field).__setitem__(index, value)


def _other_constants(value: object, *, is_time: bool) -> Iterator[object]:
    match value:
        case bool():
            yield not value
        case int() | float() if is_time and value:
            yield from (value * 2, value / 2)
        case int():
            yield from (value + 1, value - 1)
        case float():
            yield value + 1
        case str():
            if " " not in value:
                yield f"{value}~"
        case bytes():
            yield value + b"~"


def _is_for_types_or_log(node: ast.stmt) -> bool:
    match node:
        case ast.If(test=ast.Name(id="TYPE_CHECKING")):
            return True
        case ast.Assign(targets=[ast.Name(id="__all__" | "__slots__")]):
            return True
        case ast.Expr(value=ast.Constant()):
            return True
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=name)))):
            return name in LOGGERS
    return False


def _defaults(arguments: ast.arguments) -> Iterator[tuple[str, ast.expr]]:
    positional = [*arguments.posonlyargs, *arguments.args]
    yield from (
        (argument.arg, value) for argument, value in zip(positional[::-1], arguments.defaults[::-1], strict=False)
    )
    yield from (
        (name.arg, value) for name, value in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True) if value
    )


def _is_body(value: object) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], ast.stmt)


def _is_false_or_none(node: ast.expr) -> bool:
    """Whether None instead of the value would make no difference to callers."""
    return isinstance(node, ast.Constant) and not node.value


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))
