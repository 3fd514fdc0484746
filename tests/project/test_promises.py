"""Every test that the pages of promises and of security rules name exists."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]

PAGE = ROOT / "docs" / "promises.md"

RULES = ROOT / "docs" / "security-rules.md"


def test_every_test_named_by_a_promise_or_rule_exists() -> None:
    named = [test for page in (PAGE, RULES) for test in re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", page.read_text())]
    assert len(named) > 140
    missing = [f"{path}::{name}" for path, name in named if name not in names_in(path)]
    assert missing == []


def test_every_promise_names_a_test() -> None:
    rows = [line for line in PAGE.read_text().splitlines() if re.match(r"\| \d", line)]
    assert [row for row in rows if "::test_" not in row] == []


def test_every_security_rule_has_a_test_or_is_not_needed() -> None:
    rows = [line for line in RULES.read_text().splitlines() if re.match(r"\| [A-Z]+-\d", line)]
    assert len(rows) > 70
    assert [row for row in rows if "::test_" not in row and "live-updates-come-later" not in row] == []


def names_in(path: str) -> set[str]:
    file = ROOT / path
    tree = ast.parse(file.read_text()) if file.exists() else ast.Module([], [])
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
