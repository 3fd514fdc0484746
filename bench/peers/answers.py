"""Compares the answer of a peer with the gateway's."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from bench.harness.operations import Operation, differences


@dataclass
class LooseOperation(Operation):
    """An operation in whose answers a number and a string of the same number are equal, because Tailcall cannot write
    a number as a string."""

    def differences(self, answer: Any) -> Iterator[str]:
        return differences(numbers(self.expected), numbers(answer))


def numbers(value: Any) -> Any:
    """The answer with all numbers, and strings that are numbers, as decimals."""
    match value:
        case dict():
            return {name: numbers(part) for name, part in value.items()}
        case list():
            return [numbers(part) for part in value]
        case int() | float() | str() if not isinstance(value, bool):
            try:
                return Decimal(str(value))
            except InvalidOperation:
                return value
        case _:
            return value
