"""The countries that a site bills or ships to, with their names in a locale."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import pycountry

from gateway.amounts.amount_format import babel_locale

MOST_LOCALES = 32
"""Maximum number of locales whose lists of countries stay in memory, each about 40 kB."""


@dataclass(frozen=True)
class Country:
    """A country that the site bills or ships to."""

    code: str
    name: str
    language: str
    """Language of the names."""
    is_billing_country: bool
    is_shipping_country: bool


@lru_cache(maxsize=1)
def all_country_codes() -> tuple[str, ...]:
    """The codes of ISO 3166-1, sorted."""
    return tuple(sorted(country.alpha_2 for country in pycountry.countries))


def served_codes(setting: tuple[str, ...]) -> tuple[str, ...]:
    """The countries of a setting. An empty setting means all countries."""
    return setting or all_country_codes()


@lru_cache(maxsize=MOST_LOCALES)
def served_countries(billing: tuple[str, ...], shipping: tuple[str, ...], locale: str) -> tuple[Country, ...]:
    """The countries of both settings, sorted by their names in the locale."""
    babel = babel_locale(locale)
    billed, shipped = set(served_codes(billing)), set(served_codes(shipping))
    countries = [
        Country(code, babel.territories.get(code, code), babel.language, code in billed, code in shipped)
        for code in billed | shipped
    ]
    return tuple(sorted(countries, key=lambda country: (_without_accents(country.name), country.code)))


def chosen(countries: tuple[Country, ...], codes: Sequence[str] | None) -> Sequence[Country]:
    """The countries with these codes, in the order of the list; all countries if `codes` is None."""
    if codes is None:
        return countries
    included = frozenset(codes)
    return [country for country in countries if country.code in included]


def _without_accents(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name)
    return "".join(letter for letter in letters if not unicodedata.combining(letter)).casefold()
