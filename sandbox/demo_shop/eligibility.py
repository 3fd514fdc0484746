"""What the payment side needs to know of a cart."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Purchase:
    """A cart at one moment. Countries are ISO 3166-1 alpha-2, the locale is `en_US`."""

    currency: str
    total: Decimal
    locale: str
    billing_country: str | None
    shipping_country: str | None
    billing_last_name: str | None
    is_recurring: bool
    has_free_trial: bool
    organization_id: str | None
    has_tax_registrations: bool

    @property
    def country(self) -> str:
        """The country that decides which payment methods are offered: the site's own, without an address."""
        return self.billing_country or self.shipping_country or self.locale.rpartition("_")[2]
