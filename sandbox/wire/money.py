"""Amounts in the currencies of the demo shop, and their format in Digital River's JSON."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from babel.numbers import format_currency

from sandbox.wire.values import Json

ZERO = Decimal(0)

CURRENCY_BY_LOCALE = {
    "en_US": "USD",
    "de_DE": "EUR",
    "fr_FR": "EUR",
    "en_GB": "GBP",
    "ja_JP": "JPY",
    "en_IN": "INR",
    "ko_KR": "KRW",
    "ms_MY": "MYR",
    "pl_PL": "PLN",
    "pt_BR": "BRL",
    "zh_CN": "CNY",
}
"""Currency that the site uses for each locale by default."""

Amounts = tuple[str, str, str, str]
"""One amount in USD, EUR, GBP and JPY. Amounts in other currencies are converted from US dollars."""

TAX_INCLUSIVE = frozenset(CURRENCY_BY_LOCALE.values()) - {"USD"}
"""Currencies whose prices include tax."""

LISTED_CURRENCIES = ("USD", "EUR", "GBP", "JPY")
"""Currencies of `Amounts`, in the same order."""

RATES = {"BRL": "5.40", "CNY": "7.10", "INR": "85", "KRW": "1380", "MYR": "4.45", "PLN": "3.90"}
"""Price of one US dollar in other currencies. The rates are invented."""

_SMALLEST_UNITS = {"JPY": Decimal(1), "KRW": Decimal(1)}


def in_currency(amounts: Amounts, currency: str) -> Decimal:
    if currency in LISTED_CURRENCIES:
        return Decimal(amounts[LISTED_CURRENCIES.index(currency)])
    return rounded(Decimal(amounts[0]) * Decimal(RATES[currency]), currency)


def rounded(amount: Decimal, currency: str) -> Decimal:
    """The amount, rounded half up to the smallest unit of the currency."""
    return amount.quantize(_SMALLEST_UNITS.get(currency, Decimal("0.01")), ROUND_HALF_UP)


def split(amount: Decimal, weights: Sequence[Decimal], currency: str) -> list[Decimal]:
    """Divide the amount into one rounded share for each weight. The shares add up to the amount.

    If all weights are zero, all shares are zero.
    """
    total = sum(weights, ZERO)
    shares: list[Decimal] = []
    shared = weighed = ZERO
    for weight in weights:
        weighed += weight
        share = rounded(amount * weighed / total, currency) - shared if total else ZERO
        shares.append(share)
        shared += share
    return shares


def number(amount: Decimal) -> int | float:
    """The amount as a JSON number without trailing zeros."""
    return int(amount) if amount == amount.to_integral_value() else float(amount)


def money(amount: Decimal, currency: str) -> Json:
    return {"currency": currency, "value": number(amount)}


def formatted(amount: Decimal, currency: str, locale: str) -> str:
    return format_currency(amount, currency, locale=locale)
