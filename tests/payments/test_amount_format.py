"""Amounts are formatted exactly as Babel formats them, for every currency and locale."""

from collections.abc import Iterable
from decimal import Decimal

import pytest
from babel import Locale
from babel.localedata import locale_identifiers
from babel.numbers import format_currency, list_currencies

from gateway.amounts.amount_format import amount_format

AMOUNTS = [
    Decimal(text)
    for text in (
        *("0", "-0", "0.005", "0.015", "-0.5", "1", "9.9", "12.345", "999.995", "1000", "-1234.5", "123456.785"),
        *("1234567.891", "99999999999999999.99", "123456789012345678", "0.000000000000000001", "1E+3", "-1E-9"),
        "123456789012345678.123456789012345678",
    )
]

LOCALES = ["en-US", "de-DE", "de-CH", "fr-FR", "ja-JP", "hi-IN", "ar-EG", "es-ES", "pt-PT", "nl-NL", "fa-IR"]

CURRENCIES = ["USD", "EUR", "JPY", "KWD", "CLF", "XXX", "CHF"]


def differences(locale_name: str, babel: Locale, currencies: Iterable[str]) -> list[tuple[str, Decimal, str]]:
    return [
        (currency, amount, text)
        for currency in currencies
        for amount in AMOUNTS
        if (text := amount_format(locale_name, currency, False)(amount))
        != format_currency(amount, currency, locale=babel)
    ]


@pytest.mark.parametrize("locale", LOCALES)
def test_amount_is_formatted_as_babel_does(locale: str) -> None:
    assert differences(locale, Locale.parse(locale, sep="-"), CURRENCIES) == []


def test_unknown_locale_has_the_format_of_united_states() -> None:
    assert differences("xx-YY", Locale("en", "US"), CURRENCIES) == []


@pytest.mark.slow
@pytest.mark.parametrize("locale", LOCALES)
def test_amount_of_every_currency_is_formatted_as_babel_does(locale: str) -> None:
    assert differences(locale, Locale.parse(locale, sep="-"), sorted(list_currencies())) == []


@pytest.mark.slow
def test_amount_in_every_locale_is_formatted_as_babel_does() -> None:
    for name in locale_identifiers():
        assert differences(name.replace("_", "-"), Locale.parse(name), CURRENCIES) == [], name


def test_amount_keeps_its_digits_if_wanted() -> None:
    assert amount_format("en-US", "IQD", True)(Decimal("9.1250")) == "IQD9.125"
