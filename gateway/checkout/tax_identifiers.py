"""Tax identifiers: the sets that a cart's country asks for, and a check of values before they are sent.

Digital River decides in the end. A value that cannot be right is refused here, with the path of the field.
"""

import re
from collections.abc import Sequence
from types import ModuleType
from typing import NamedTuple

from stdnum.br import cnpj, cpf

from gateway.enums import CustomerType
from gateway.upstream.tax import TaxIdentifierField, TaxIdentifierRequirement

MAX_LENGTH = 64
"""Characters. Longer than any identifier, and short enough for any pattern."""

CHECK_DIGITS: dict[str, ModuleType] = {"CPF": cpf, "CNPJ": cnpj}
"""Identifiers whose check digits reveal a typing error that their pattern accepts."""


class Problem(NamedTuple):
    path: tuple[str, ...]
    """From the list of identifiers: index and field; empty for the whole list."""
    message: str


def demanded(
    requirements: Sequence[TaxIdentifierRequirement], customer_type: CustomerType
) -> list[TaxIdentifierRequirement]:
    """The sets without which nothing is sold to this type of customer."""
    return [
        requirement
        for requirement in requirements
        if requirement.customer_type is customer_type and requirement.minimum_count > 0
    ]


def problem(
    requirements: Sequence[TaxIdentifierRequirement],
    customer_type: CustomerType,
    identifiers: Sequence[tuple[str, str]],
) -> Problem | None:
    """The first problem of identifiers, each a key and a value; None when Digital River may accept them."""
    own = [requirement for requirement in requirements if requirement.customer_type is customer_type]
    fields = {field.key: field for requirement in own for field in requirement.fields}
    checked: set[str] = set()
    for index, (key, value) in enumerate(identifiers):
        if key not in fields:
            allowed = ", ".join(fields) or "none"
            return Problem(
                (str(index), "key"), f"{key} is no tax identifier of this customer here. Allowed: {allowed}."
            )
        if key in checked:
            return Problem((str(index), "key"), f"{key} was sent twice. Send it once.")
        checked.add(key)
        if not _is_valid(fields[key], value):
            return Problem(
                (str(index), "value"), f"`value` is no valid {key}. Correct it, or leave the identifier out."
            )
    minimum = min((requirement.minimum_count for requirement in own), default=0)
    if identifiers and len(identifiers) < minimum:
        return Problem((), f"Send at least {minimum} of {', '.join(fields)}.")
    return None


def _is_valid(field: TaxIdentifierField, value: str) -> bool:
    if not value or len(value) > MAX_LENGTH:
        return False
    if field.patterns and not any(_matches(pattern, value) for pattern in field.patterns):
        return False
    checker = CHECK_DIGITS.get(field.key)
    return checker is None or bool(checker.is_valid(value))


def _matches(pattern: str, value: str) -> bool:
    try:
        return re.search(pattern, value) is not None
    except re.error:
        return True  # A pattern in another dialect refuses no value.
