"""Fills in the variables of the example operations from earlier answers.

The rules are in `operations/variables.json`, and in `operations/sets.json` for the steps of a set. GraphiQL follows
the same rules in the browser:

- `{"$from": "cart.revision"}` is the value at this path. The path may begin at any depth of an answer, and the newest
  answer that has it counts. A number in it is an index of a list, `last` the last index.
- `{"$new": "UUID"}` is a new UUID.
"""

import uuid
from collections.abc import Iterator
from typing import Any


class NoValue(Exception):
    """No answer has the path. The message names the path."""


class Answers:
    """The answers so far, the newest last."""

    def __init__(self) -> None:
        self._answers: list[Any] = []

    def add(self, answer: Any) -> None:
        self._answers.append(answer)

    def fill(self, rule: Any) -> Any:
        """The rule with its values. Raises `NoValue`."""
        if isinstance(rule, list):
            return [self.fill(child) for child in rule]
        if not isinstance(rule, dict):
            return rule
        if "$from" in rule:
            return self.value_at(rule["$from"])
        if "$new" in rule:
            return str(uuid.uuid4())
        return {name: self.fill(child) for name, child in rule.items()}

    def value_at(self, path: str) -> Any:
        """The value at the path in the newest answer that has it. Raises `NoValue`."""
        names = path.split(".")
        for answer in reversed(self._answers):
            for value in _values_at(answer, names):
                return value
        raise NoValue(f"No answer has {path}.")


def _values_at(answer: Any, names: list[str]) -> Iterator[Any]:
    """All values at the path, wherever in the answer it begins."""
    value = answer
    for name in names:
        value = _child(value, name)
    if value is not None:
        yield value
    children = answer.values() if isinstance(answer, dict) else answer if isinstance(answer, list) else ()
    for child in children:
        yield from _values_at(child, names)


def _child(value: Any, name: str) -> Any:
    if isinstance(value, dict):
        return value.get(name)
    if isinstance(value, list):
        index = len(value) - 1 if name == "last" else int(name) if name.isdecimal() else -1
        return value[index] if 0 <= index < len(value) else None
    return None
