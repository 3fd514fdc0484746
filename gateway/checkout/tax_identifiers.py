"""Tax identifiers: what the cart's country asks for, and whether a value can be one at all.

Upstream has the last word. What is plainly wrong is told before it is sent, at the member that is wrong.
"""

import re
from collections.abc import Sequence
from types import ModuleType
from typing import NamedTuple

from stdnum.br import cnpj, cpf

from gateway.enums import CustomerType
from gateway.upstream.tax import TaxIdentifierField, TaxIdentifierRequirement

LONGEST_VALUE = 64
"""Characters. Longer than any identifier, and short for any pattern."""

WITH_CHECK_DIGITS: dict[str, ModuleType] = {"CPF": cpf, "CNPJ": cnpj}
"""Identifiers whose digits tell a slip of the hand, which a pattern does not."""


class Problem(NamedTuple):
    place: int | None
    """Which identifier; None for all of them."""
    member: str
    """Of the identifier: `key` or `value`; empty for all of it."""
    message: str


def demanded(requirements: Sequence[TaxIdentifierRequirement], kind: CustomerType) -> list[TaxIdentifierRequirement]:
    """The sets without which nothing is sold to this kind of buyer."""
    return [one for one in requirements if one.customer_type is kind and one.minimum_count > 0]


def problem(
    requirements: Sequence[TaxIdentifierRequirement], kind: CustomerType, identifiers: Sequence[tuple[str, str]]
) -> Problem | None:
    """What is wrong with identifiers, given as key and value; None when nothing plainly is."""
    known = {one.key: one for each in requirements if each.customer_type is kind for one in each.fields}
    seen: set[str] = set()
    for place, (key, value) in enumerate(identifiers):
        if key not in known:
            return Problem(place, "key", f"This buyer gives {', '.join(known) or 'no identifier'} here.")
        if key in seen:
            return Problem(place, "key", "The same kind of identifier came twice.")
        seen.add(key)
        if not _fits(known[key], value):
            return Problem(place, "value", f"This is no valid {key}.")
    fewest = min((one.minimum_count for one in requirements if one.customer_type is kind), default=0)
    if identifiers and len(identifiers) < fewest:
        return Problem(None, "", f"This buyer gives at least {fewest} here.")
    return None


def _fits(field: TaxIdentifierField, value: str) -> bool:
    if not value or len(value) > LONGEST_VALUE:
        return False
    if field.patterns and not any(_matches(pattern, value) for pattern in field.patterns):
        return False
    check = WITH_CHECK_DIGITS.get(field.key)
    return check is None or bool(check.is_valid(value))


def _matches(pattern: str, value: str) -> bool:
    try:
        return re.search(pattern, value) is not None
    except re.error:
        return True  # A pattern of another dialect refuses nobody.
