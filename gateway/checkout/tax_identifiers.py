"""The tax identifiers that a cart's country requires, and a check of identifiers before they are sent.

A malformed value is rejected before the call, and the error has the path of the value. Digital River checks the
other values.
"""

import re
from collections.abc import Sequence
from types import ModuleType
from typing import NamedTuple

from stdnum.br import cnpj, cpf

from gateway.enums import CustomerType
from gateway.upstream.tax import TaxIdentifierField, TaxIdentifierRequirement

MAX_LENGTH = 64
"""Maximum number of characters of a tax identifier. Longer values are not matched against the patterns."""

CHECK_DIGITS: dict[str, ModuleType] = {"CPF": cpf, "CNPJ": cnpj}
"""Modules that verify the check digits of an identifier, by the key of the identifier."""


class Problem(NamedTuple):
    path: tuple[str, ...]
    """Index and field name in the list of identifiers; empty for a problem of the whole list."""
    message: str


def mandatory(
    requirements: Sequence[TaxIdentifierRequirement], customer_type: CustomerType
) -> list[TaxIdentifierRequirement]:
    """The requirements that demand at least one tax identifier from a customer of this type."""
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
    """The first problem in a list of identifiers; None if there is no problem.

    `identifiers` are pairs of a key and a value.
    """
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
        return True  # Digital River checks a value whose pattern Python cannot compile.
