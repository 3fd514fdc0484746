"""A cart: its lines, addresses and sources, and the state of its payment session."""

from dataclasses import dataclass, field, replace
from decimal import Decimal

from sandbox.demo_shop import taxes
from sandbox.demo_shop.order_offers import COUPONS, ORDER_OFFERS_BY_ID
from sandbox.demo_shop.payment_methods import Purchase
from sandbox.demo_shop.selling_entities import selling_entity
from sandbox.demo_shop.shipping import option_cost, option_ids
from sandbox.demo_shop.tax_identifiers import BUSINESS, EXEMPTING, INDIVIDUAL
from sandbox.model import postal_address
from sandbox.model.contributions import Contributions, contributions
from sandbox.model.payment_session import state_of_cart
from sandbox.model.postal_address import Side
from sandbox.model.source import Source
from sandbox.model.totals import Line, Totals, add_up
from sandbox.wire.money import TAX_INCLUSIVE, ZERO
from sandbox.wire.values import Json

REVIEWED_EMAIL = "hold1@fraud.com"
"""Email address whose orders are reviewed for fraud."""


@dataclass
class Cart:
    id: int
    session_id: str
    """Id of the payment session."""
    session_secret: str
    currency: str
    locale: str
    lines: list[Line] = field(default_factory=list)
    billing: Json | None = None
    shipping: Json | None = None
    shipping_option: int | None = None
    codes: list[str] = field(default_factory=list)
    """Coupon codes that the shopper applied, including coupons whose minimum subtotal is not reached."""
    offer_ids: list[int] = field(default_factory=list)
    """Ids of the order offers that the shopper applied without a coupon code."""
    source: Source | None = None
    """The primary payment source."""
    credit: Source | None = None
    """Store credit, which is the secondary payment source."""
    ignores_credit: bool = False
    """Whether store credit pays nothing, because it was attached after the primary source."""
    terms_accepted: bool | None = None
    is_test: bool = False
    organization_id: str | None = None
    attributes: dict[str, str] = field(default_factory=dict)
    charge_type: str = "customer_initiated"
    customer_type: str = INDIVIDUAL
    registrations: dict[str, str] = field(default_factory=dict)
    """Tax identifiers by key."""
    session_state_after_submission: str | None = None
    """State of the payment session after the submission; None if the cart is open."""
    has_failed: bool = False
    """Whether the cart was opened again because its payment failed at the provider after the submission."""
    verifies_addresses: bool = False
    forced_state: str | None = None
    """State that a sandbox control has set for the payment session; None if the session reports its real state."""

    @property
    def is_submitted(self) -> bool:
        """Whether the cart was submitted, and was not opened again after a failed payment."""
        return self.session_state_after_submission is not None

    @property
    def is_tax_inclusive(self) -> bool:
        return self.currency in TAX_INCLUSIVE

    @property
    def is_physical(self) -> bool:
        return any(line.product.is_physical for line in self.lines)

    @property
    def is_recurring(self) -> bool:
        return any(line.terms is not None for line in self.lines)

    @property
    def quantity(self) -> int:
        return sum(line.quantity for line in self.lines)

    @property
    def seller(self) -> str:
        country = (self.billing or {}).get("country") or self._site_country
        return selling_entity(country)

    @property
    def _site_country(self) -> str:
        return self.locale.rpartition("_")[2]

    def copy(self) -> "Cart":
        """Independent copy of the cart. Later changes of this cart do not affect the copy."""
        return replace(
            self,
            lines=[replace(line) for line in self.lines],
            codes=list(self.codes),
            offer_ids=list(self.offer_ids),
            attributes=dict(self.attributes),
            registrations=dict(self.registrations),
        )

    def take_lines(self, other: "Cart") -> None:
        """Add the lines of another cart. Lines with the same product and attributes are merged."""
        for line in other.lines:
            same = (own for own in self.lines if own.product is line.product and own.attributes == line.attributes)
            own = next(same, None)
            if own is None:
                self.lines.append(line)
            else:
                own.quantity += line.quantity

    def refresh(self, *, preselects_shipping: bool) -> None:
        """Update the cart after a change of its lines or addresses.

        Remove child lines without a parent, the sources of an empty cart, and an unavailable shipping option.
        """
        line_ids = {line.id for line in self.lines}
        self.lines = [line for line in self.lines if line.parent_id is None or line.parent_id in line_ids]
        if not self.lines:
            for source in self.sources:
                self.detach(source)
        options = self.shipping_options()
        if self.shipping_option not in options:
            self.shipping_option = options[0] if options and preselects_shipping else None

    # Addresses of the cart.

    def address(self, side: Side) -> Json | None:
        return self.billing if side == "billing" else self.shipping

    def set_address(self, side: Side, address: Json) -> None:
        if side == "billing":
            self.billing = address
        else:
            self.shipping = address

    def suggestions(self, side: Side) -> dict[str, Json]:
        """Suggested corrections of an address, by suggestion id; empty if the site does not verify addresses."""
        return postal_address.suggestions(self.address(side)) if self.verifies_addresses else {}

    def shipping_options(self) -> list[int]:
        """Ids of the available shipping options; empty without a product to ship or without a shipping address."""
        if not self.is_physical or self.shipping is None:
            return []
        return option_ids(self.shipping.get("country"))

    @property
    def tax_address(self) -> Json:
        """Address that decides the tax: the shipping address if products are shipped, or else the billing address."""
        return (self.shipping if self.is_physical else self.billing or self.shipping) or {}

    # Totals of the cart.

    def totals(self) -> Totals:
        option = self.shipping_option if self.is_physical else None
        return add_up(
            self.lines,
            self.currency,
            order_offers=[
                *(COUPONS[code] for code in self.codes),
                *(ORDER_OFFERS_BY_ID[offer_id] for offer_id in self.offer_ids),
            ],
            shipping=option_cost(option, self.currency) if option is not None else ZERO,
            tax_rate=self._tax_rate(),
        )

    def _tax_rate(self) -> Decimal:
        if self.customer_type == BUSINESS and EXEMPTING & self.registrations.keys():
            return ZERO
        return taxes.rate(self.tax_address.get("country"), self.tax_address.get("countrySubdivision"))

    def purchase(self) -> Purchase:
        return Purchase(
            currency=self.currency,
            country=self.payment_country,
            amount=self.totals().total,
            is_recurring=self.is_recurring,
            has_free_trial=any(line.terms["freeTrial"] == "true" for line in self.lines if line.terms),
            has_organization=self.organization_id is not None,
            has_tax_registrations=bool(self.registrations),
        )

    @property
    def payment_country(self) -> str:
        """Country of the billing address, shipping address or locale. It decides which payment methods can be used."""
        countries = ((address or {}).get("country") for address in (self.billing, self.shipping))
        return next((country for country in countries if country), self._site_country)

    # Payment of the cart.

    @property
    def sources(self) -> list[Source]:
        """Attached payment sources, the primary source first."""
        return [source for source in (self.source, self.credit) if source is not None]

    def contributions(self, *, strict: bool) -> Contributions:
        """Amounts that the sources pay. The primary source pays everything that store credit does not pay.

        If `strict`, a primary source with a fixed amount pays at most this amount.
        """
        credit = None if self.ignores_credit else self.credit
        return contributions(self.totals().total, self.source, credit, strict=strict)

    def session_state(self, *, strict: bool) -> str:
        """State of the payment session. `strict` has the same meaning as in `contributions`."""
        return state_of_cart(
            forced=self.forced_state,
            after_submission=self.session_state_after_submission,
            has_failed=self.has_failed,
            source_state=self.source.state if self.source is not None else None,
            is_paid=bool(self.lines) and self.contributions(strict=strict).remaining == 0,
        )

    def detach(self, source: Source, *, keeps_source: bool = False) -> None:
        """Detach a payment source. Also cancel the source, unless it is reusable or `keeps_source` is True."""
        if not keeps_source and not source.reusable:
            source.become("cancelled")
        if source is self.credit:
            self.credit = None
        else:
            self.source, self.has_failed = None, False
        # The order in which the sources were attached no longer matters, because only one source is left.
        self.ignores_credit = False
