"""Makes the descriptions of the graph. A class is described by its docstring, an enum by a call of `describe_enum`."""

import inspect
from collections.abc import Mapping
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Code:
    """The description of a code: what happened, and what a storefront does. `where`: the mutations that send the code,
    as names of mutations or of the interfaces of their errors; empty for the fields that the enum's own section names.
    `ending`: what Digital River calls it.
    """

    happened: str
    advice: str
    where: tuple[str, ...] = ()
    ending: str = ""

    @property
    def description(self) -> str:
        return f"{self.happened}\n\n{self.advice} {self.ending}".rstrip()


CODES: dict[str, Mapping[str, Code]] = {}
"""The codes that a storefront reacts to, by name of their enum. `docs/codes.md` is made from them."""


def describe_codes(cls: E, description: str, **codes: Code) -> E:
    """Like `describe_enum`, for an enum of codes to which a storefront reacts."""
    CODES[cls.__name__] = codes
    return describe_enum(cls, description, **{name: code.description for name, code in codes.items()})
