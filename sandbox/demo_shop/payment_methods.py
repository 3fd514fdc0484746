"""The payment methods of Digital River: which exist, and which of them fit a purchase.

The table is `payment_methods.json`: the 28 documented methods, TreviPay, and the recurring form of Klarna.
A limit without `countries` holds wherever the method does; a method without limits fits every currency.
"""

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Literal

import msgspec

from sandbox.demo_shop.eligibility import Purchase

Flow = Literal["standard", "redirect", "receiver"]
Workflow = Literal["standard", "redirect-then-submit", "submit-then-redirect", "delayed"]

ADJUSTABLE = {"creditCard", "payPal", "payPalCredit", "payPalBilling"}
"""Types whose source follows the total; the amount of any other is final when the source is made."""


class Limit(msgspec.Struct, frozen=True):
    """Where and for which cart totals a method may be used in one currency; both bounds are allowed."""

    currency: str
    min: Decimal | None = None
    max: Decimal | None = None
    countries: frozenset[str] | None = None

    def allows(self, amount: Decimal) -> bool:
        return (self.min is None or self.min <= amount) and (self.max is None or amount <= self.max)


class Method(msgspec.Struct, frozen=True, rename="camel"):
    name: str
    type: str
    flow: Flow
    workflow: Workflow
    limits: tuple[Limit, ...]
    aliases: tuple[str, ...] = ()
    countries: frozenset[str] | None = None
    supports_recurring: bool = False
    supports_free_trial: bool = False
    only_recurring: bool = False
    wallet_option: bool = False
    """A choice inside PayPal's own page: never listed, and no type of its own."""
    needs: Literal["organization", "taxRegistrations"] | None = None
    required: tuple[str, ...] = ()
    """Keys of the hash named after the type without which no source is created."""
    icon_image: str | None = None

    @property
    def has_fixed_amount(self) -> bool:
        return self.type not in ADJUSTABLE

    @property
    def currencies(self) -> frozenset[str]:
        """Empty: no currency is ruled out."""
        return frozenset(limit.currency for limit in self.limits)

    def wire(self) -> dict[str, object]:
        return {
            "type": self.type,
            "flow": self.flow,
            "supportsRecurring": self.supports_recurring,
            "supportsFreeTrial": self.supports_free_trial,
            "images": {"iconImage": self.icon_image} if self.icon_image else {},
        }


@dataclass(frozen=True)
class Facts:
    """What a list of methods depends on. None: the fact does not narrow the list."""

    currency: str | None = None
    country: str | None = None
    amount: Decimal | None = None
    is_recurring: bool | None = None
    has_free_trial: bool | None = None
    has_organization: bool | None = None
    has_tax_registrations: bool | None = None

    @classmethod
    def of(cls, purchase: Purchase) -> "Facts":
        return cls(
            currency=purchase.currency,
            country=purchase.country,
            amount=purchase.total,
            is_recurring=purchase.is_recurring,
            has_free_trial=purchase.has_free_trial,
            has_organization=purchase.organization_id is not None,
            has_tax_registrations=purchase.has_tax_registrations,
        )


def method_of(type: str) -> Method | None:
    return METHODS.get(SPELLINGS.get(type, type))


def available(facts: Facts) -> list[Method]:
    """The methods that fit, ordered by type, upper and lower case alike."""
    fitting = (method for method in METHODS.values() if fits(method, facts))
    return sorted(fitting, key=lambda method: method.type.lower())


def fits(method: Method, facts: Facts) -> bool:
    return (
        _fits_the_market(method, facts)
        and _fits_the_lines(method, facts)
        and not (method.needs == "organization" and facts.has_organization is False)
        and not (method.needs == "taxRegistrations" and facts.has_tax_registrations is False)
    )


def _fits_the_market(method: Method, facts: Facts) -> bool:
    if not method.limits:
        return True
    return any(_limit_fits(method, limit, facts) for limit in method.limits)


def _limit_fits(method: Method, limit: Limit, facts: Facts) -> bool:
    countries = limit.countries or method.countries
    return (
        facts.currency in (None, limit.currency)
        and (facts.country is None or countries is None or facts.country in countries)
        and (facts.amount is None or limit.allows(facts.amount))
    )


def _fits_the_lines(method: Method, facts: Facts) -> bool:
    if facts.has_free_trial and not method.supports_free_trial:
        return False
    if facts.is_recurring:
        return method.supports_recurring
    return facts.is_recurring is None or not method.only_recurring


def _table() -> list[Method]:
    text = (Path(__file__).parent / "payment_methods.json").read_bytes()
    return msgspec.json.decode(text, type=list[Method])


TABLE = _table()
WALLET_OPTIONS = [method for method in TABLE if method.wallet_option]
METHODS = {method.type: method for method in TABLE if not method.wallet_option}
SPELLINGS = {alias: method.type for method in METHODS.values() for alias in method.aliases}
CURRENCIES = frozenset(limit.currency for method in TABLE for limit in method.limits)
