"""Refusal codes of Digital River are constants of gateway/upstream/refusal_codes.py, and appear nowhere as strings."""

import ast
from collections.abc import Iterator
from pathlib import Path

from gateway.refusals.decline_codes import SUBCODES
from gateway.upstream import refusal_codes

ROOT = Path(__file__).parents[2]
CODES_FILE = Path(refusal_codes.__file__)

CODES = {name: code for name, code in vars(refusal_codes).items() if name.isupper()}


def sources() -> Iterator[Path]:
    files = (file for package in ("gateway", "resolvers", "schema") for file in (ROOT / package).rglob("*.py"))
    return (file for file in files if file != CODES_FILE)


def test_each_refusal_code_has_only_one_constant() -> None:
    assert len(set(CODES.values())) == len(CODES)


def test_refusal_codes_are_named_constants_not_string_literals() -> None:
    # Some refusal codes are also decline reasons, which may be written as strings.
    codes = set(CODES.values()) - SUBCODES
    literals = {
        f"{file.relative_to(ROOT)}:{node.lineno} {node.value!r}"
        for file in sources()
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Constant) and node.value in codes
    }
    assert literals == set(), "use the constant of gateway/upstream/refusal_codes.py"


def test_each_refusal_code_constant_is_used() -> None:
    used = {
        node.attr
        for file in sources()
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "refusal_codes"
    }
    assert CODES.keys() - used == set()
