"""The heaviest requests within the limits take a bounded number of steps, which grows no faster than their size.

Steps are lines of Python; each turn of a loop counts. Unlike times, they do not depend on the machine. `python -m
bench.documents` measures the times.
"""

import sys
from random import Random
from types import FrameType
from typing import Any

import pytest

from tests.support.heavy_requests import (
    INGREDIENTS,
    Amount,
    Ingredient,
    Mixture,
    address_literals,
    blanks,
    numbers_in_comment,
    random_mixture,
    request_of,
    spread_fragment,
    strings,
    syntax_error,
    unknown_fields,
    variable_uses,
    variables_in_objects,
)
from tests.support.shop import CLIENT, Storefront

TraceFunction = Any

MAX_STEPS = 2_500_000
"""About as many as the gateway makes in 100 ms on the machine of `bench/README.md`."""

FEW, MANY = 60, 240

ALWAYS = 20_000
"""Steps that a small request takes too, for example when a function first fills its cache."""


def mixture(*parts: tuple[Ingredient, int, int]) -> Mixture:
    return tuple(Amount(INGREDIENTS.index(ingredient), amount, seed) for ingredient, amount, seed in parts)


ONCE_TOO_HEAVY: dict[str, Mixture] = {
    "suggestions for many input fields": mixture((address_literals, 600, 0)),
    "many uses of many values like cards": mixture((variable_uses, 50, 8)),
    "one value like a card in many places": mixture((variables_in_objects, 300, 0)),
    "spreads of a large fragment": mixture((spread_fragment, 450, 0)),
    "bank accounts": mixture((numbers_in_comment, 800, 7)),
    "errors after many lines": mixture((blanks, 950, 0), (unknown_fields, 50, 0)),
    "a long string before a syntax error": mixture((strings, 3000, 5), (syntax_error, 1, 0)),
}
"""Requests of up to four seconds, before the steps that they repeat were limited."""


async def steps(storefront: Storefront, of: Mixture) -> int:
    """Number of lines that run from the request to its answer. A server error fails the test."""
    request, lines = request_of(of), 0

    def count(_frame: FrameType, _event: str, _argument: object) -> TraceFunction:
        nonlocal lines
        lines += 1
        return count

    headers = [*CLIENT.items(), ("Content-Type", "application/json"), *request.headers]
    before = sys.gettrace()
    sys.settrace(count)
    try:
        answer = await storefront.http.post("/graphql", content=request.body, headers=headers)
    finally:
        sys.settrace(before)
    assert answer.status_code < 500, answer.text
    return lines


@pytest.mark.parametrize("name", ONCE_TOO_HEAVY)
async def test_known_heavy_request_takes_a_bounded_number_of_steps(storefront: Storefront, name: str) -> None:
    assert await steps(storefront, ONCE_TOO_HEAVY[name]) < MAX_STEPS


@pytest.mark.parametrize("seed", range(15))
async def test_random_heavy_request_takes_a_bounded_number_of_steps(storefront: Storefront, seed: int) -> None:
    random = random_mixture(Random(seed))  # noqa: S311 - no secret
    assert await steps(storefront, random) < MAX_STEPS, ", ".join(map(str, random))


@pytest.mark.parametrize("ingredient", INGREDIENTS, ids=lambda ingredient: ingredient.__name__)
async def test_steps_grow_no_faster_than_the_request(storefront: Storefront, ingredient: Ingredient) -> None:
    few, many = [await steps(storefront, mixture((ingredient, amount, 1))) for amount in (FEW, MANY)]
    assert many < few * MANY / FEW + ALWAYS
