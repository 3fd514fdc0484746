"""Shipping options of the demo shop, and the countries to which they deliver."""

from decimal import Decimal

from sandbox.wire.money import Amounts, in_currency

_OPTIONS: dict[int, tuple[str, Amounts]] = {
    142400: ("Standard", ("9.95", "6.90", "5.90", "900")),
    167400: ("Express", ("24.95", "19.90", "16.90", "2400")),
    171200: ("International", ("39.00", "34.00", "29.00", "4800")),
}
"""Name and cost of each shipping option, by its id."""

STANDARD = 142400

DOMESTIC = frozenset({"US", "CA", "DE", "FR", "AT", "NL", "BE", "GB", "IE", "JP"})
"""Countries with Standard and Express shipping. All other countries have International shipping only."""


def option_ids(country: str | None) -> list[int]:
    return [142400, 167400] if country in DOMESTIC else [171200]


def option_name(option_id: int) -> str:
    return _OPTIONS[option_id][0]


def option_cost(option_id: int, currency: str) -> Decimal:
    return in_currency(_OPTIONS[option_id][1], currency)
