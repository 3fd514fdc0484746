"""Which locales and currencies the storefront sells in, and what a client hears of any other."""

from typing import NamedTuple

from gateway.settings import Settings


class NotOffered(NamedTuple):
    """`member` is the name of the argument that asks for it."""

    member: str
    message: str


def not_offered(settings: Settings, locale: str | None, currency_code: str | None) -> NotOffered | None:
    """What of a market the storefront does not have; None where it has all that is named."""
    offered = dict(settings.locales)
    if locale is not None and locale not in offered:
        known = ", ".join(offered)
        return NotOffered("locale", f"The storefront does not offer the locale {locale}; it offers {known}.")
    if currency_code is not None and currency_code not in offered.values():
        known = ", ".join(dict.fromkeys(offered.values()))
        return NotOffered("currencyCode", f"The storefront does not sell in {currency_code}; it offers {known}.")
    return None
