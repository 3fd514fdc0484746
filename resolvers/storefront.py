"""Settings that a storefront reads before it renders its first page, and the forms of addresses."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urljoin

from gateway.countries import address_form
from gateway.countries.address_form import AddressFormField, CountrySubdivision
from gateway.countries.countries import Country, chosen, served_codes, served_countries
from gateway.enums import AddressKind, TermsOfSaleMode
from gateway.operation.context import Context
from gateway.upstream.catalog import Market

STYLE_SHEET = "css/DigitalRiver.css"
"""Where Digital River has the style sheet, relative to the script."""


@dataclass(frozen=True)
class DigitalRiverJs:
    script_url: str
    style_sheet_url: str
    payment_service_url: str


@dataclass(frozen=True)
class Storefront:
    publishable_key: str
    digital_river_js: DigitalRiverJs
    billing_countries: tuple[str, ...]
    shipping_countries: tuple[str, ...]
    markets: list[Market]
    locales: list[str]
    currencies: list[str]
    terms_of_sale_mode: TermsOfSaleMode


def storefront(ctx: Context) -> Storefront:
    settings = ctx.settings
    return Storefront(
        publishable_key=settings.publishable_key,
        digital_river_js=DigitalRiverJs(
            script_url=settings.script_url,
            style_sheet_url=settings.style_sheet_url or urljoin(settings.script_url, STYLE_SHEET),
            payment_service_url=settings.payments_public_url,
        ),
        billing_countries=served_codes(settings.billing_countries),
        shipping_countries=served_codes(settings.shipping_countries),
        markets=[Market(*market) for market in settings.locales],
        locales=settings.locale_names,
        currencies=settings.currencies,
        terms_of_sale_mode=settings.terms_of_sale_mode,
    )


def countries(parent: Storefront, ctx: Context, codes: Sequence[str] | None = None) -> Sequence[Country]:
    settings = ctx.settings
    served = served_countries(settings.billing_countries, settings.shipping_countries, ctx.catalog.market.locale)
    return chosen(served, codes)


def address_fields(
    parent: Country, ctx: Context, kind: AddressKind | None = AddressKind.BILLING
) -> Sequence[AddressFormField]:
    return address_form.address_form(parent.code, parent.language, kind or AddressKind.BILLING)


def subdivisions(parent: Country, ctx: Context) -> Sequence[CountrySubdivision]:
    return address_form.subdivisions(parent.code, parent.language)
