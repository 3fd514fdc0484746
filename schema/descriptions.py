"""Makes descriptions for the graph from docstrings of classes and from arguments of `describe_enum`."""

import inspect
from enum import Enum
from typing import TypeVar

import strawberry

E = TypeVar("E", bound=type[Enum])


def prose(docstring: str | None) -> str:
    """A docstring as a description for the graph. Each paragraph becomes one line."""
    paragraphs = inspect.cleandoc(docstring or "").split("\n\n")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)


def describe_enum(cls: E, description: str, **values: str) -> E:
    """Declare an enum of the gateway as an enum of the graph. Raises `KeyError` if a value has no description, or a
    description has no value.
    """
    strawberry.enum(cls, description=description)
    definition = cls.__strawberry_definition__  # type: ignore[attr-defined]
    for value in definition.values:
        value.description = values.pop(value.name)
    if values:
        raise KeyError(f"{cls.__name__} has no {', '.join(values)}")
    return cls
