"""Finds words in a file that the glossary of CONTRIBUTING.md rules out."""

import ast
import io
import os
import re
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from tests.support.descriptions import own_words

ROOT = Path(__file__).parents[2]
GLOSSARY = ROOT / "CONTRIBUTING.md"

BY_SENSE = {
    "turn": r"(?<!in )(?<!by )\bturns? (?:of|at|on) (?:a|the|this|that) cart|(?<!in )\b(?:its|the cart's|a) turn\b",
    "place": r"\b(?:a|the|its|this|that|each|every|another|which|same|right|wrong|no) places?\b(?! order)",
    "press": r"\bpress(?:es|ed|ing)? (?:of )?(?:the|a|its) (?:buy )?button|\b(?:a|the|this) press\b(?! of play)",
    "visit": r"\bvisit(?:s|ed|ing|or|ors)?\b",
    "statement": r"\bstatements? (?:about|of) (?:a |the )?(?:shoppers?|identity)|\bsigned statements?\b",
    "member": r"\bmembers? (?:of|that|which|is|are|has|below|above|who)\b|\b(?:a|the|this|each|every|another) member\b",
    "text": r"\bmust be (?:a )?text\b|\bas (?:a )?text\b|\ba text\b",
    "demand": r"\bdemands? of (?:a|an|the) (?:operation|document|query)|\b(?:its|the) demand\b",
    "bounds": r"\b(?:its|the|their|all) bounds\b",
    "freshness": r"\bfreshness\b",
    "the shop": r"\bThe shop (?:is|does|has|answered|refused|will)\b",
}
"""Patterns for words that the glossary rules out in one sense only, by word. They match only this sense."""

BY_READING = {"tell", "say"}
"""Ruled-out words without a pattern, because only a reader can judge the sense of the word."""

VAGUE_NAMES = {
    *("one", "ones", "each", "it", "its", "what", "who", "whom", "whose", "thing", "things"),
    *("found", "told", "kept", "taken", "asked", "seen", "given", "wanted", "said", "heard", "got"),
}
"""Names of variables, arguments and functions that are rejected because they are too vague."""

VAGUE_CLASS = re.compile(r"(?:Told|Kept|Taken|Asked|Seen|Given|Wanted|Found|Heard|Said)(?=[A-Z]|$)(?!Error)")

CACHES = {"__pycache__", ".mypy_cache", ".ruff_cache"}

NOT_THE_PROJECT = {"vendor", "build", "dist", "node_modules", ".venv", "generated", ".git", *CACHES}

SUFFIXES = {".py", ".md", ".graphql", ".toml", ".ts", ".mjs", ".js", ".html"}


class Hit(NamedTuple):
    line: int
    words: str
    instead: str


def files() -> Iterator[Path]:
    for folder, folders, names in os.walk(ROOT):
        folders[:] = sorted(set(folders) - NOT_THE_PROJECT)
        for name in sorted(names):
            if Path(name).suffix in SUFFIXES and name != "released.graphql":
                yield Path(folder, name)


@cache
def rules() -> list[tuple[re.Pattern[str], str]]:
    """Pattern of each word that the glossary rules out, and the word to use instead.

    Raises `LookupError` if a word is ruled out in one sense only, and `BY_SENSE` has no pattern for it.
    """
    table = GLOSSARY.read_text().partition("| not | but |")[2]
    patterns = []
    for cell, instead in re.findall(r"^\| ([^|\n]+) \| ([^|\n]+) \|$", table, re.MULTILINE):
        words, _, sense = cell.partition(" (")
        for word in words.split(", "):
            if word in BY_READING:
                continue
            if sense and word not in BY_SENSE:
                raise LookupError(f"tests/support/words.py has no pattern for {word!r} in the sense of {sense!r}")
            patterns.append((re.compile(BY_SENSE[word] if sense else rf"\b{word}\b", _flags(word)), instead))
    return patterns


def _flags(word: str) -> re.RegexFlag:
    return re.NOFLAG if word == "the shop" else re.IGNORECASE


def hits(path: Path) -> Iterator[Hit]:
    text = path.read_text()
    nodes = list(ast.walk(ast.parse(text))) if path.suffix == ".py" else []
    passages = _passages_of_python(text, nodes) if nodes else _passages_of_text(path, text)
    checks = rules()
    for line, passage in passages:
        for pattern, instead in checks:
            for match in pattern.finditer(passage):
                yield Hit(line, match.group(), instead)
    yield from _vague_names(nodes)


def _passages_of_python(text: str, nodes: list[ast.AST]) -> Iterator[tuple[int, str]]:
    """Yield the line number and the content of each docstring, comment, test name, and string with a space."""
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value:
            yield node.lineno, own_words(node.value)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            yield node.lineno, node.name.replace("_", " ")
    # Tokenizing is slow, so only files with a ruled-out word after a `#` are tokenized.
    after_hash = "\n".join(line.partition("#")[2] for line in text.splitlines())
    if any(pattern.search(after_hash) for pattern, _ in rules()):
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT:
                yield token.start[0], token.string


def _passages_of_text(path: Path, text: str) -> Iterator[tuple[int, str]]:
    """Yield the number and the content of each line. Leaves out code, and the table of words in CONTRIBUTING.md."""
    if path == GLOSSARY:
        text = text.partition("| not | but |")[0]
    is_code = False
    for number, line in enumerate(text.splitlines(), 1):
        is_code ^= path.suffix == ".md" and line.startswith("```")
        if not is_code:
            yield number, own_words(re.sub(r"`[^`]*`", "``", line))


def _vague_names(nodes: list[ast.AST]) -> Iterator[Hit]:
    """Yield vague names. Enum values and class attributes are exempt, because they have the names of the graph."""
    classes = [node for node in nodes if isinstance(node, ast.ClassDef)]
    attributes = {name for node in classes for part in node.body if _is_assignment(part) for name in ast.walk(part)}
    for node in nodes:
        if node in attributes:
            continue
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name) if name.strip("_").lower() in VAGUE_NAMES:
                yield Hit(node.lineno, name, "name what it holds")
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) if name.strip("_") in VAGUE_NAMES:
                yield Hit(node.lineno, name, "name what it returns or does")
            case ast.ClassDef(name=name) if VAGUE_CLASS.match(name):
                yield Hit(node.lineno, name, "a noun")


def _is_assignment(node: ast.AST) -> bool:
    return isinstance(node, ast.Assign | ast.AnnAssign)
