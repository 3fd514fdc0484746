"""Amounts of money: exact, with a currency, and formatted for display."""

from decimal import MAX_EMAX, MAX_PREC, MIN_EMIN, Context, Decimal
from functools import lru_cache

import msgspec
from babel.numbers import get_currency_precision
from msgspec.structs import force_setattr

from gateway.amounts.amount_format import amount_format

ISO_DIGITS = {"IQD": 3} | dict.fromkeys(
    ("AFN", "ALL", "IRR", "KPW", "LAK", "LBP", "MGA", "MMK", "RSD", "SOS", "SYP", "YER"), 2
)
"""Decimal places in ISO 4217 of the currencies for which Babel has fewer.

Babel's decimal places are those of price tags. Amounts that are charged have more.
"""

MOST_DIGITS = 18
"""Maximum number of digits before or after the decimal point. Other numbers are not amounts of money."""

EXACT = Context(prec=MAX_PREC, Emax=MAX_EMAX, Emin=MIN_EMIN)
"""Adds without rounding."""


@lru_cache(maxsize=1024)
def zero_with_digits(currency_code: str) -> Decimal:
    """Zero with the decimal places of a currency: 0.00 USD."""
    digits = ISO_DIGITS.get(currency_code) or int(get_currency_precision(currency_code))
    return Decimal(0).scaleb(-digits)


@lru_cache(maxsize=1024)
def _zeros(currency_code: str) -> tuple[Decimal, list[Decimal]]:
    """Zero with the decimal places of a currency, and zeros with fewer: 0.00, and 0.0 and 0."""
    nothing = zero_with_digits(currency_code)
    digits = -int(nothing.as_tuple().exponent)
    return nothing, [Decimal(0).scaleb(-fewer) for fewer in reversed(range(digits))]


class Money(msgspec.Struct, frozen=True, gc=False):
    """An amount in major units, decoded from Digital River's `{currency, value}`.

    `text` is the amount as Digital River formats it. It is only for display.
    """

    amount: Decimal = msgspec.field(name="value")
    currency_code: str = msgspec.field(name="currency")
    text: str | None = None

    def __post_init__(self) -> None:
        # Decoding reports this error with the path of the amount.
        if not self.amount.is_finite() or abs(self.amount.adjusted()) > MOST_DIGITS:
            raise ValueError("not an amount of money")

    @property
    def padded_amount(self) -> Decimal:
        """The amount with at least the decimal places of its currency: 9.9 USD is 9.90."""
        amount, (nothing, shorter_zeros) = self.amount, _zeros(self.currency_code)
        if amount.same_quantum(nothing):
            return amount
        for shorter in shorter_zeros:
            if amount.same_quantum(shorter):
                return EXACT.quantize(amount, nothing)
        # A sum has the decimal places of the summand that has more of them.
        return EXACT.add(amount, nothing.copy_sign(amount))

    def equals(self, other: "Money") -> bool:
        """Whether amounts and currencies are equal. `text` is ignored."""
        return self.currency_code == other.currency_code and self.amount == other.amount

    def rounded(self) -> "Money":
        """The amount with the decimal places of its currency."""
        return Money(self.amount.quantize(zero_with_digits(self.currency_code)), self.currency_code)

    def times(self, quantity: int) -> "Money":
        return Money(self.amount * Decimal(quantity), self.currency_code)

    def canonical(self) -> str:
        """The amount in one spelling: 9.9 and 9.90 USD are both `9.9 USD`."""
        return f"{self.amount.normalize():f} {self.currency_code}"


def difference(whole: Money | None, part: Money | None) -> Money | None:
    """`whole` minus `part`; None if one of them is unknown."""
    return Money(whole.amount - part.amount, whole.currency_code) if whole and part else None


def zero(currency_code: str) -> Money:
    return Money(Decimal(0), currency_code)


def with_text(money: Money | None, text: str | None) -> Money | None:
    """The amount with Digital River's display text; unchanged if `text` is None or empty."""
    if money is None or not text:
        return money
    # Unlike a new object, a copy is not checked again.
    copied: Money = money.__copy__()  # type: ignore[attr-defined] # msgspec's types lack it
    force_setattr(copied, "text", text)
    return copied


def has_digits_of_its_currency(money: Money) -> bool:
    """Whether the amount has no more decimal places than its currency allows; 1.005 USD has too many."""
    return money.amount == money.rounded().amount


def displayable_text(money: Money) -> str | None:
    """Digital River's text; None for texts such as 118.01USD, which some sites send, and if there is none."""
    text = money.text
    return text if text and not text.rstrip().endswith(money.currency_code) else None


def formatted(money: Money, locale: str) -> str:
    """The amount, formatted by the rules of the locale."""
    return amount_format(locale, money.currency_code, money.currency_code in ISO_DIGITS)(money.amount)


def displayed(money: Money, locale: str) -> str:
    """The amount for display: Digital River's text, or formatted by the rules of the locale."""
    return displayable_text(money) or formatted(money, locale)
