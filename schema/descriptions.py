"""How descriptions get into the graph: docstrings of classes, and a description for each value of an enum."""

import inspect
from enum import Enum
from typing import TypeVar

import strawberry

E = TypeVar("E", bound=type[Enum])


def prose(docstring: str | None) -> str:
    """A docstring as a description: its lines are joined, its paragraphs stay."""
    paragraphs = inspect.cleandoc(docstring or "").split("\n\n")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)


def describe_enum(cls: E, description: str, **values: str) -> E:
    """Declare an enum of the gateway as an enum of the graph. Raises `KeyError` unless each value is described."""
    strawberry.enum(cls, description=description)
    definition = cls.__strawberry_definition__  # type: ignore[attr-defined]
    for value in definition.values:
        value.description = values.pop(value.name)
    if values:
        raise KeyError(f"{cls.__name__} has no {', '.join(values)}")
    return cls
