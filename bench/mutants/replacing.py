"""Replaces parts of modules that are already imported: the code of a function, or the values of a module."""

import ast
import re
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

from bench.mutants.population import ROOT

PLAIN = (int, float, str, bytes, tuple, list, dict, set, frozenset, timedelta, re.Pattern)
"""Types of values that can be replaced. Others, such as classes, may already be part of other objects."""

WITH_OWN_LOCALS = 0x2
"""Flag of the code of functions, which the code of classes does not have."""


def replace_function(functions: list[FunctionType], path: Path, line: int, source: str) -> bool:
    """Replace the code of the outermost function that contains the line. Return whether this was possible."""
    old = _function_at(compile(path.read_bytes(), path, "exec", dont_inherit=True), line)
    if old is None:
        return False
    new_codes = _codes(compile(source, path, "exec", dont_inherit=True))
    new = next((code for code in new_codes if _key(code) == _key(old)), None)
    changed = [function for function in functions if _key(function.__code__) == _key(old)]
    if new is None or not changed or new.co_freevars != old.co_freevars:
        return False
    for function in changed:
        function.__code__ = new
    return True


def replace_values(functions: list[FunctionType], path: Path, line: int, source: str) -> bool:
    """Replace the values that the top-level statement at the line assigns, and the default values of its functions.

    Return whether this was possible. Objects that were built from the old values keep them.
    """
    statements = ast.parse(source).body
    changed = next(node for node in statements if node.lineno <= line <= (node.end_lineno or node.lineno))
    module = sys.modules[str(path.relative_to(ROOT)).removesuffix(".py").replace("/", ".")]
    values: dict[str, Any] = {"__name__": module.__name__, "__file__": str(path)}
    exec(compile(source, path, "exec", dont_inherit=True), values)  # noqa: S102 - our own source
    if isinstance(changed, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        return _replace_defaults(functions, values, path, line)
    names: set[str] = set()
    for node in statements[statements.index(changed) :]:
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            loaded = {part.id for part in ast.walk(node.value) if isinstance(part, ast.Name)}
            if node is changed or loaded & names:
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                names |= {target.id for target in targets if isinstance(target, ast.Name)}
    if not names or not all(isinstance(values[name], PLAIN) for name in names):
        return False
    for name in names:
        old = vars(module)[name]
        for other in list(sys.modules.values()):
            if getattr(other, "__dict__", {}).get(name) is old:
                setattr(other, name, values[name])
    return True


def _replace_defaults(functions: list[FunctionType], values: dict[str, Any], path: Path, line: int) -> bool:
    owners = [values, *(vars(value) for value in values.values() if isinstance(value, type))]
    new = {
        _key(function.__code__): function
        for owner in owners
        for function in owner.values()
        if isinstance(function, FunctionType)
    }
    changed = [
        function
        for function in functions
        if function.__code__.co_filename == str(path) and line in _lines(function.__code__)
    ]
    for function in changed:
        replacement = new.get(_key(function.__code__))
        if replacement is None:
            return False
        function.__defaults__, function.__kwdefaults__ = replacement.__defaults__, replacement.__kwdefaults__
    return bool(changed)


def _key(code: CodeType) -> tuple[str, str, int]:
    return str(code.co_filename), code.co_qualname, code.co_firstlineno


def _codes(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _codes(constant)


def _function_at(code: CodeType, line: int) -> CodeType | None:
    for constant in code.co_consts:
        if isinstance(constant, CodeType) and line in _lines(constant):
            is_function = bool(constant.co_flags & WITH_OWN_LOCALS)
            return constant if is_function else _function_at(constant, line)
    return None


def _lines(code: CodeType) -> range:
    numbers = [number for nested in (code, *_codes(code)) for _, _, number in nested.co_lines() if number]
    return range(code.co_firstlineno, max(numbers, default=code.co_firstlineno) + 1)
