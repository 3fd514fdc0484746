"""Amounts in the four currencies of the demo shop, and how Digital River writes them."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from babel.numbers import format_currency

Json = dict[str, Any]

ZERO = Decimal(0)

PAIRS = {"en_US": "USD", "de_DE": "EUR", "fr_FR": "EUR", "en_GB": "GBP", "ja_JP": "JPY"}
"""The site's locales, each with its primary currency."""

Amounts = tuple[str, str, str, str]
"""One amount in each currency of the shop: USD, EUR, GBP and JPY."""

TAX_INCLUSIVE = frozenset({"EUR", "GBP", "JPY"})
"""Currencies whose prices contain the tax."""

_UNITS = {"JPY": Decimal(1)}


def in_currency(amounts: Amounts, currency: str) -> Decimal:
    return Decimal(amounts[("USD", "EUR", "GBP", "JPY").index(currency)])


def rounded(amount: Decimal, currency: str) -> Decimal:
    """Half up, to the smallest coin."""
    return amount.quantize(_UNITS.get(currency, Decimal("0.01")), ROUND_HALF_UP)


def split(amount: Decimal, weights: Sequence[Decimal], currency: str) -> list[Decimal]:
    """Shares in proportion to the weights, rounded so that they add up to the amount."""
    total = sum(weights, ZERO)
    shares: list[Decimal] = []
    given = weighed = ZERO
    for weight in weights:
        weighed += weight
        share = rounded(amount * weighed / total, currency) - given if total else ZERO
        shares.append(share)
        given += share
    return shares


def number(amount: Decimal) -> int | float:
    """A JSON number without trailing zeros."""
    return int(amount) if amount == amount.to_integral_value() else float(amount)


def money(amount: Decimal, currency: str) -> Json:
    return {"currency": currency, "value": number(amount)}


def formatted(amount: Decimal, currency: str, locale: str) -> str:
    return format_currency(amount, currency, locale=locale)
