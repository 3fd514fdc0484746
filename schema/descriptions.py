"""Makes the descriptions of the graph. A class is described by its docstring, an enum by a call of `describe_enum`."""

import inspect
from enum import Enum
from typing import TypeVar

import strawberry

E = TypeVar("E", bound=type[Enum])


def description_in(docstring: str | None) -> str:
    """The description for the graph that a docstring contains. The lines of each paragraph are joined."""
    paragraphs = inspect.cleandoc(docstring or "").split("\n\n")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)


def describe_enum(cls: E, description: str, **values: str) -> E:
    """Add an enum of the gateway to the graph. `values` has the description of each enum value. Raises `KeyError` if an
    enum value has no description, or if `values` names an unknown enum value.
    """
    strawberry.enum(cls, description=description)
    definition = cls.__strawberry_definition__  # type: ignore[attr-defined]
    for value in definition.values:
        value.description = values.pop(value.name)
    if values:
        raise KeyError(f"{cls.__name__} has no {', '.join(values)}")
    return cls
