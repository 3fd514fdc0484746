"""Amounts: exact, with their currency, and as people read them."""

from decimal import Decimal

import msgspec
from babel import Locale, UnknownLocaleError
from babel.numbers import format_currency, get_currency_precision


class Money(msgspec.Struct, frozen=True, gc=False):
    """An amount in major units. Decodes from upstream's `{currency, value}`.

    `text` is upstream's own wording, which belongs to the site and is for display only.
    """

    amount: Decimal = msgspec.field(name="value")
    currency_code: str = msgspec.field(name="currency")
    text: str | None = None

    def equals(self, other: "Money") -> bool:
        """Whether both are the same money, whatever their wording."""
        return self.currency_code == other.currency_code and self.amount == other.amount


def zero(currency_code: str) -> Money:
    return Money(Decimal(0), currency_code)


def plain(money: Money) -> Decimal:
    """The amount with the digits of its currency, or more where it has more: 9.9 USD is 9.90."""
    digits = -get_currency_precision(money.currency_code)
    exponent = money.amount.as_tuple().exponent
    if isinstance(exponent, int) and exponent > digits:
        return money.amount.quantize(Decimal(1).scaleb(digits))
    return money.amount


def has_digits_of_its_currency(money: Money) -> bool:
    """Whether the amount has no more decimal places than its currency: 1.005 USD has."""
    digits = get_currency_precision(money.currency_code)
    return money.amount == round(money.amount, digits)


def formatted(money: Money, locale: str) -> str:
    """Text for display: upstream's where it is meant for people, else by the locale's rules.

    Some sites send forms such as 118.01USD, which nobody should read.
    """
    if money.text and not money.text.rstrip().endswith(money.currency_code):
        return money.text
    return format_currency(money.amount, money.currency_code, locale=_babel(locale))


def _babel(locale: str) -> Locale:
    try:
        return Locale.parse(locale, sep="-")
    except (ValueError, UnknownLocaleError):
        return Locale("en", "US")
