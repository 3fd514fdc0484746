"""Settings that a storefront reads before it renders its first page."""

from dataclasses import dataclass

from gateway.enums import TermsOfSaleMode
from gateway.operation.context import Context


@dataclass(frozen=True)
class Storefront:
    publishable_key: str
    billing_countries: tuple[str, ...]
    shipping_countries: tuple[str, ...]
    locales: list[str]
    currencies: list[str]
    terms_of_sale_mode: TermsOfSaleMode


def storefront(ctx: Context) -> Storefront:
    settings = ctx.settings
    return Storefront(
        publishable_key=settings.publishable_key,
        billing_countries=settings.billing_countries,
        shipping_countries=settings.shipping_countries,
        locales=settings.locale_names,
        currencies=settings.currencies,
        terms_of_sale_mode=settings.terms_of_sale_mode,
    )
