"""The tax identifiers that a cart's country requires, and a check of identifiers before they are sent.

A malformed value is rejected before the call, and the error has the path of the value. Digital River checks the
other values.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from types import ModuleType
from typing import Any, NamedTuple

import re2
from stdnum.br import cnpj, cpf

from gateway.enums import CustomerType
from gateway.upstream.tax import TaxIdentifierField, TaxIdentifierRequirement

MAX_LENGTH = 64
"""Maximum number of characters of a tax identifier. Longer values are not matched against the patterns."""

MAX_PATTERNS = 8

MAX_PATTERN_LENGTH = 200

MAX_PATTERN_BYTES = 128 * 1024
"""Memory of a compiled pattern. Digital River's patterns are a few classes of characters with their numbers. A pattern
above one of these limits is left to Digital River."""

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


def problems(
    requirements: Sequence[TaxIdentifierRequirement],
    customer_type: CustomerType,
    identifiers: Sequence[tuple[str, str]],
) -> Iterator[Problem]:
    """The problems in a list of identifiers.

    `identifiers` are pairs of a key and a value.
    """
    own = [requirement for requirement in requirements if requirement.customer_type is customer_type]
    fields = {field.key: field for requirement in own for field in requirement.fields}
    checked: set[str] = set()
    for index, (key, value) in enumerate(identifiers):
        if key not in fields:
            allowed = ", ".join(fields) or "none"
            message = f"{key} is no tax identifier of this customer here. Allowed: {allowed}."
            yield Problem((str(index), "key"), message)
        elif key in checked:
            yield Problem((str(index), "key"), f"{key} was sent twice. Send it once.")
        elif not _is_valid(fields[key], value):
            message = f"`value` is no valid {key}. Correct it, or leave the identifier out."
            yield Problem((str(index), "value"), message)
        checked.add(key)
    minimum = min((requirement.minimum_count for requirement in own), default=0)
    if identifiers and len(identifiers) < minimum:
        yield Problem((), f"Send at least {minimum} of {', '.join(fields)}.")


def _is_valid(field: TaxIdentifierField, value: str) -> bool:
    if not value or len(value) > MAX_LENGTH:
        return False
    patterns = field.patterns if len(field.patterns) <= MAX_PATTERNS else []
    if patterns and not any(_matches(pattern, value) for pattern in patterns):
        return False
    checker = CHECK_DIGITS.get(field.key)
    return checker is None or bool(checker.is_valid(value))


def _matches(pattern: str, value: str) -> bool:
    compiled = _compiled(pattern)
    # Digital River checks a value whose pattern cannot be compiled.
    return compiled is None or compiled.search(value) is not None


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> Any:
    """The pattern for RE2, which takes no longer than the pattern and the value are long; None if it cannot be
    compiled. Python's `re` may take minutes for some patterns."""
    if len(pattern) > MAX_PATTERN_LENGTH:
        return None
    options = re2.Options()
    options.max_mem, options.log_errors = MAX_PATTERN_BYTES, False
    try:
        return re2.compile(pattern, options)
    except re2.error:
        return None
