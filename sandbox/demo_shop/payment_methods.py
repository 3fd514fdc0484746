"""The payment methods of Digital River, and the rules that decide whether a method is available for a purchase.

`payment_methods.json` holds the 28 documented methods, TreviPay, and Klarna for recurring purchases.
"""

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Literal

import msgspec

from sandbox.demo_shop.image_paths import method_image
from sandbox.demo_shop.payment_disclosures import ACCEPTED_DISCLOSURES, ENROLLMENT_PAGES, disclosure

Flow = Literal["standard", "redirect", "receiver"]
Workflow = Literal["standard", "redirect-then-submit", "submit-then-redirect", "delayed"]

ADJUSTABLE = {"creditCard", "payPal", "payPalCredit", "payPalBilling"}
"""Types of sources whose amount changes with the cart's total. The amount of other sources is fixed."""


class Limit(msgspec.Struct, frozen=True):
    """Cart totals and countries for which a payment method accepts a currency. `min` and `max` are inclusive."""

    currency: str
    min: Decimal | None = None
    max: Decimal | None = None
    countries: frozenset[str] | None = None
    """Countries in which the limit applies; None for the countries of the payment method."""

    def allows(self, amount: Decimal) -> bool:
        return (self.min is None or self.min <= amount) and (self.max is None or amount <= self.max)


class Method(msgspec.Struct, frozen=True, rename="camel"):
    name: str
    type: str
    flow: Flow
    workflow: Workflow
    limits: tuple[Limit, ...]
    """Limits, one or more for each accepted currency; empty if every currency, country and total is accepted."""
    aliases: tuple[str, ...] = ()
    countries: frozenset[str] | None = None
    supports_recurring: bool = False
    supports_free_trial: bool = False
    supports_storage: bool = False
    """Whether a shopper can save a source of the method, and pay with it again."""
    only_recurring: bool = False
    wallet_option: bool = False
    """Whether the shopper chooses the method on PayPal's page. The payment methods of a cart do not include it."""
    needs: Literal["organization", "taxRegistrations"] | None = None
    required: tuple[str, ...] = ()
    """Details that a client must send to create a source, such as `returnUrl` for PayPal."""

    @property
    def has_fixed_amount(self) -> bool:
        return self.type not in ADJUSTABLE

    @property
    def currencies(self) -> frozenset[str]:
        """Currencies that the payment method accepts; empty if the method accepts every currency."""
        return frozenset(limit.currency for limit in self.limits)

    @property
    def support(self) -> dict[str, bool]:
        """What the method supports. The keys are fields of the JSON, and filters of the list of methods."""
        return {
            "supportsRecurring": self.supports_recurring,
            "supportsFreeTrial": self.supports_free_trial,
            "supportsStorage": self.supports_storage,
        }

    def wire(self, base: str, language: str) -> dict[str, object]:
        """JSON of the method. `base` is the base URL of its logo."""
        images = {"iconImage": f"{base}{method_image(self.type)}"}
        return {"type": self.type, "flow": self.flow, **self.support, "images": images} | self._texts(language)

    def _texts(self, language: str) -> dict[str, object]:
        text, page = disclosure(self.type, language), ENROLLMENT_PAGES.get(self.type)
        texts: dict[str, object] = {}
        if text is not None:
            accepted = self.type in ACCEPTED_DISCLOSURES
            texts = {"paymentDisclosure": text, "requiresDisclosureAcceptance": accepted}
        return texts | ({"enrollmentUrl": page} if page is not None else {})


@dataclass(frozen=True)
class Purchase:
    """Properties of a purchase that decide which payment methods are available. A property that is None is ignored."""

    currency: str | None = None
    country: str | None = None
    amount: Decimal | None = None
    is_recurring: bool | None = None
    has_free_trial: bool | None = None
    has_organization: bool | None = None
    has_tax_registrations: bool | None = None


def method_of(source_type: str) -> Method | None:
    """Payment method with this type or alias; None for an unknown type."""
    return METHODS.get(SPELLINGS.get(source_type, source_type))


def available(purchase: Purchase) -> list[Method]:
    """Payment methods that are available for the purchase, sorted by type without regard to upper and lower case."""
    fitting = (method for method in METHODS.values() if fits(method, purchase))
    return sorted(fitting, key=lambda method: method.type.lower())


def fits(method: Method, purchase: Purchase) -> bool:
    return (
        _fits_market(method, purchase)
        and _fits_lines(method, purchase)
        and not (method.needs == "organization" and purchase.has_organization is False)
        and not (method.needs == "taxRegistrations" and purchase.has_tax_registrations is False)
    )


def _fits_market(method: Method, purchase: Purchase) -> bool:
    if not method.limits:
        return True
    return any(_fits_limit(method, limit, purchase) for limit in method.limits)


def _fits_limit(method: Method, limit: Limit, purchase: Purchase) -> bool:
    countries = limit.countries or method.countries
    return (
        purchase.currency in (None, limit.currency)
        and (purchase.country is None or countries is None or purchase.country in countries)
        and (purchase.amount is None or limit.allows(purchase.amount))
    )


def _fits_lines(method: Method, purchase: Purchase) -> bool:
    if purchase.has_free_trial and not method.supports_free_trial:
        return False
    if purchase.is_recurring:
        return method.supports_recurring
    return purchase.is_recurring is None or not method.only_recurring


def _table() -> list[Method]:
    content = (Path(__file__).parent / "payment_methods.json").read_bytes()
    return msgspec.json.decode(content, type=list[Method])


TABLE = _table()
WALLET_OPTIONS = [method for method in TABLE if method.wallet_option]
METHODS = {method.type: method for method in TABLE if not method.wallet_option}
SPELLINGS = {alias: method.type for method in METHODS.values() for alias in method.aliases}
CURRENCIES = frozenset(limit.currency for method in TABLE for limit in method.limits)
