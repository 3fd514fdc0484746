"""Subscription contracts as Digital River sends them, with the graph's field names."""

from datetime import datetime

from msgspec import field

from gateway.enums import PaymentFlow, SourceState, SubscriptionContractState, TermUnit
from gateway.upstream.addresses import Address, address
from gateway.upstream.catalog import Product
from gateway.upstream.decoding import Identifier, Int32, JsonObject, OneOrMany, Shape, convert, first, many
from gateway.upstream.ids import global_id
from gateway.upstream.payment import Source
from gateway.upstream.shopper import PaymentOption, WireAccountEntry


class SubscriptionTerm(Shape, frozen=True, kw_only=True, rename="camel"):
    unit: TermUnit = field(name="termUnit", default=TermUnit.UNKNOWN)
    length: Int32 | None = field(name="termLength", default=None)


class SubscriptionAddOn(Shape, frozen=True, kw_only=True):
    product: Product = Product()
    quantity: Int32 | None = None

    @property
    def known_product(self) -> Product | None:
        return self.product.if_known


class PendingContractChange(Shape, frozen=True, kw_only=True, rename="camel"):
    """A scheduled change of a subscription. Digital River's documentation has two names for each field.

    Digital River object: an entry of pending actions.
    """

    action_type: str | None = None
    name: str | None = None
    request_date: datetime | None = None
    created_time: datetime | None = None

    @property
    def action(self) -> str:
        return first(self.action_type, self.name) or ""

    @property
    def requested_at(self) -> datetime | None:
        return first(self.request_date, self.created_time)


class Owner(Shape, frozen=True, kw_only=True):
    id: Identifier | None = None


class SubscriptionContract(Shape, frozen=True, kw_only=True, rename="camel"):
    """A product that is ordered again at the end of each term. Digital River object: subscription."""

    wire_id: Identifier = field(name="id")
    wire_reference: Identifier | None = field(name="externalReferenceId", default=None)
    state: SubscriptionContractState = SubscriptionContractState.UNKNOWN
    product: Product = Product()
    current_quantity: Int32 | None = None
    wire_renewal_quantity: Int32 | None = field(name="renewalQuantity", default=None)
    auto_renewal: bool | None = None
    term: SubscriptionTerm = SubscriptionTerm()
    created_at: datetime | None = field(name="creationDate", default=None)
    activated_at: datetime | None = field(name="activationDate", default=None)
    next_renewal_date: datetime | None = None
    expires_at: datetime | None = field(name="expirationDate", default=None)
    grace_ends_at: datetime | None = field(name="graceDate", default=None)
    cancelled_at: datetime | None = field(name="cancellationDate", default=None)
    wire_address: JsonObject | None = field(name="shipToAddress", default=None)
    wire_option: JsonObject | None = field(name="paymentOption", default=None)
    wire_add_ons: OneOrMany[SubscriptionAddOn] | None = field(name="addOns", default=None)
    owner: Owner | None = field(name="shopper", default=None)

    @property
    def id(self) -> str:
        return global_id("SubscriptionContract", self.upstream_id)

    @property
    def upstream_id(self) -> str:
        return str(self.wire_id)

    @property
    def owner_id(self) -> str | None:
        """Upstream id of the shopper who owns the contract; None if Digital River did not send it."""
        return str(self.owner.id) if self.owner and self.owner.id is not None else None

    @property
    def external_reference_id(self) -> str | None:
        return None if self.wire_reference is None else str(self.wire_reference)

    @property
    def known_product(self) -> Product | None:
        return self.product.if_known

    @property
    def quantity(self) -> int | None:
        return self.current_quantity

    @property
    def renewal_quantity(self) -> int | None:
        return self.current_quantity if self.wire_renewal_quantity is None else self.wire_renewal_quantity

    @property
    def is_auto_renewing(self) -> bool:
        return self.auto_renewal is True

    @property
    def is_over(self) -> bool:
        return self.state is SubscriptionContractState.CANCELLED

    @property
    def next_renewal_at(self) -> datetime | None:
        """Time of the next renewal; None if the contract is cancelled or does not renew automatically."""
        return None if self.is_over or not self.is_auto_renewing else self.next_renewal_date

    @property
    def shipping_address(self) -> Address | None:
        return address(self.wire_address)

    @property
    def payment_option(self) -> PaymentOption | None:
        return _option(self.wire_option) if self.wire_option else None

    @property
    def add_ons(self) -> list[SubscriptionAddOn]:
        return many(self.wire_add_ons)

    def __repr__(self) -> str:
        return f"SubscriptionContract({self.upstream_id}, {self.state.name})"


class SavedCard(Shape, frozen=True, kw_only=True, rename="camel"):
    expiration_month: Int32 | None = None
    expiration_year: Int32 | None = None
    displayable_number: str | None = None
    display_name: str | None = None


class WireContractPaymentOption(Shape, frozen=True, kw_only=True, rename="camel"):
    """Payment option of a subscription contract. Its JSON differs from the JSON of a payment option in the account."""

    type: str | None = None
    source_id: str | None = None
    credit_card: SavedCard | None = None


def _option(wire: JsonObject) -> PaymentOption | None:
    entry, option = convert(wire, WireAccountEntry), convert(wire, WireContractPaymentOption)
    if entry.id is None:
        return None
    card = option.credit_card
    billing = wire.get("address")
    return PaymentOption(
        upstream_id=str(entry.id),
        nickname=entry.nick_name or "",
        is_default=entry.is_default is True,
        source=Source(
            source_id=option.source_id or "",
            type="creditCard" if card else option.type or "",
            state=SourceState.CHARGEABLE,
            amount_contributed=None,
            is_reusable=True,
            flow=PaymentFlow.STANDARD if card else PaymentFlow.UNKNOWN,
            brand=card.display_name if card else None,
            last_four_digits=card.displayable_number[-4:] if card and card.displayable_number else None,
            expiry_month=card.expiration_month if card else None,
            expiry_year=card.expiration_year if card else None,
        ),
        billing_address=address(billing) if isinstance(billing, dict) else None,
    )
