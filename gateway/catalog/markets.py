"""Checks that the storefront offers a locale and a currency."""

from typing import NamedTuple

from gateway.settings.settings import Settings


class NotOffered(NamedTuple):
    argument: str
    """Name of the argument with the locale or currency that is not offered."""
    message: str


def not_offered(settings: Settings, locale: str | None, currency_code: str | None) -> NotOffered | None:
    """Error if the storefront does not offer the locale or the currency; None if it offers both.

    An argument of None is not checked.
    """
    if locale is not None and locale not in settings.locale_names:
        locales = ", ".join(settings.locale_names)
        return NotOffered("locale", f"The storefront does not offer the locale {locale}; it offers {locales}.")
    if currency_code is not None and currency_code not in settings.currencies:
        currencies = ", ".join(settings.currencies)
        message = f"The storefront does not offer the currency {currency_code}; it offers {currencies}."
        return NotOffered("currencyCode", message)
    return None
