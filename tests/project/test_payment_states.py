"""docs/payment-states.md lists the state transitions T-1 to T-35, to which test names refer."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "payment-states.md"


def numbers_in_test_names() -> Iterator[str]:
    for path in (ROOT / "tests").rglob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_t"):
                prefix = re.match(r"test((?:_t\d+a?)+)_", node.name)
                yield from re.findall(r"_t(\d+a?)", prefix.group(1) if prefix else "")


def test_payment_states_page_and_tests_have_the_same_transition_numbers() -> None:
    assert set(re.findall(r"^\| T-(\d+a?)\*? \|", PAGE.read_text(), re.MULTILINE)) == set(numbers_in_test_names())
