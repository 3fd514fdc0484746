"""Formats amounts of money and other numbers for display, exactly as Babel does.

Babel looks up pattern, symbols and decimal places for each amount. They are the same for all amounts of one currency in
one locale, so they are looked up once here.
"""

from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.numbers import (
    NumberPattern,
    format_currency,
    format_decimal,
    get_currency_precision,
    get_currency_symbol,
    get_decimal_symbol,
    get_group_symbol,
)

SIGN, NAME, QUOTE = "\N{CURRENCY SIGN}", "\N{CURRENCY SIGN}" * 3, "'"

Format = Callable[[Decimal], str]


@lru_cache(maxsize=1024)
def amount_format(locale_name: str, currency_code: str, keeps_digits: bool) -> Format:
    """Function that formats amounts of a currency. With `keeps_digits`, amounts keep all their decimal places."""
    locale = babel_locale(locale_name)
    pattern = locale.currency_formats["standard"]
    if keeps_digits or not _is_simple(pattern):
        return _by_babel(locale, currency_code, keeps_digits=keeps_digits)
    return _by_pattern(locale, pattern, currency_code)


def formatted_number(number: int, locale_name: str) -> str:
    return format_decimal(number, locale=babel_locale(locale_name))


def _is_simple(pattern: NumberPattern) -> bool:
    """Whether a pattern has only grouped digits between a fixed prefix and a fixed suffix."""
    around = "".join([*pattern.prefix, *pattern.suffix])
    is_plain = (
        not pattern.exp_prec and not pattern.scale and "@" not in pattern.pattern and pattern.number_pattern != ""
    )
    return is_plain and pattern.int_prec[0] <= 1 and NAME not in around and QUOTE not in around


def _by_babel(locale: Locale, currency_code: str, *, keeps_digits: bool) -> Format:
    def by_babel(amount: Decimal) -> str:
        return format_currency(
            amount,
            currency_code,
            locale=locale,
            currency_digits=not keeps_digits,
            decimal_quantization=not keeps_digits,
        )

    return by_babel


def _by_pattern(locale: Locale, pattern: NumberPattern, currency_code: str) -> Format:
    symbol = get_currency_symbol(currency_code, locale)
    prefixes, suffixes = (
        [part.replace(SIGN * 2, currency_code.upper()).replace(SIGN, symbol) for part in parts]
        for parts in (pattern.prefix, pattern.suffix)
    )
    point, separator = get_decimal_symbol(locale), get_group_symbol(locale)
    smallest = Decimal(1).scaleb(-get_currency_precision(currency_code))
    last_group, other_groups = pattern.grouping

    def by_pattern(amount: Decimal) -> str:
        is_negative = amount.is_signed()
        whole, _, fraction = f"{abs(amount).quantize(smallest):f}".partition(".")
        if len(whole) > last_group:
            whole = _grouped(whole, last_group, other_groups, separator)
        number = f"{whole}{point}{fraction}" if fraction else whole
        return prefixes[is_negative] + number + suffixes[is_negative]

    if any(QUOTE in part for part in (*prefixes, *suffixes, point, separator)):
        return _by_babel(locale, currency_code, keeps_digits=False)  # Babel removes quotes.
    return by_pattern


def _grouped(whole: str, last_group: int, other_groups: int, separator: str) -> str:
    groups, rest = [whole[-last_group:]], whole[:-last_group]
    while len(rest) > other_groups:
        groups.append(rest[-other_groups:])
        rest = rest[:-other_groups]
    return separator.join([rest, *reversed(groups)])


def babel_locale(locale: str) -> Locale:
    """The data of a locale such as `de-DE`; of American English if Babel does not know the locale."""
    try:
        return Locale.parse(locale, sep="-")
    except (ValueError, UnknownLocaleError):
        return Locale("en", "US")
