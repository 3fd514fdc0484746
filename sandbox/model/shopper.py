"""Shoppers: guests, and registered shoppers with their address book and saved payment options."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sandbox.model.cart import Cart
from sandbox.model.order import Order
from sandbox.model.postal_address import ADDRESS_FIELDS
from sandbox.model.source import Source, as_text
from sandbox.wire.expand import Expand
from sandbox.wire.values import Json, boolean


@dataclass
class SavedAddress:
    id: int
    nickname: str
    is_default: bool
    fields: Json

    def wire(self, base: str, *, is_full: bool) -> Json:
        wire: Json = {"uri": f"{base}/v1/shoppers/me/addresses/{self.id}"}
        if is_full:
            wire["id"] = self.id
        wire |= {"nickName": self.nickname, "isDefault": boolean(self.is_default)}
        return wire | {name: self.fields.get(name) for name in ADDRESS_FIELDS} if is_full else wire


@dataclass
class PaymentOption:
    id: int
    nickname: str
    is_default: bool
    source: Source

    def wire(self, base: str, *, is_full: bool) -> Json:
        source = self.source
        wire: Json = {
            "uri": f"{base}/v1/shoppers/me/payment-options/{self.id}",
            "id": self.id,
            "nickName": self.nickname,
            "isDefault": boolean(self.is_default),
            "type": source.type,
            "sourceId": source.id,
            "sourceClientSecret": source.secret,
        }
        if is_full:
            details = {name: as_text(value) for name, value in source.details.items()}
            wire[source.type] = details | {"clientSecret": source.secret, "reusable": boolean(source.reusable)}
        return wire


@dataclass
class Account:
    """Credentials, profile, address book and payment options of a registered shopper."""

    id: str
    username: str
    password: str | None
    """Password; None if the merchant's own site signs the shopper in with the `external_reference`."""
    external_reference: str | None
    shopper: "Shopper"
    first_name: str
    last_name: str
    email: str
    accepts_marketing: bool = False
    addresses: list[SavedAddress] = field(default_factory=list)
    payment_options: list[PaymentOption] = field(default_factory=list)

    def owns(self, source: Source) -> bool:
        return any(option.source is source for option in self.payment_options)

    @property
    def default_address(self) -> SavedAddress | None:
        return next((address for address in self.addresses if address.is_default), None)

    @property
    def default_payment_option(self) -> PaymentOption | None:
        return next((option for option in self.payment_options if option.is_default), None)

    def wire(self) -> Json:
        return {
            "id": self.id,
            "username": self.username,
            "externalReferenceId": self.external_reference,
            "firstName": self.first_name,
            "lastName": self.last_name,
            "emailAddress": self.email,
        }

    def addresses_wire(self, base: str, expand: Expand) -> Json:
        is_full = expand.has("address")
        return {
            "uri": f"{base}/v1/shoppers/me/addresses",
            "address": [address.wire(base, is_full=is_full) for address in self.addresses],
        }

    def payment_options_wire(self, base: str, expand: Expand) -> Json:
        is_full = expand.has("paymentOption")
        return {
            "uri": f"{base}/v1/shoppers/me/payment-options",
            "paymentOption": [option.wire(base, is_full=is_full) for option in self.payment_options],
        }


@dataclass
class Shopper:
    """The holder of an access token: a guest, or a registered shopper. All tokens of an account share one shopper."""

    id: str
    locale: str = "en_US"
    currency: str = "USD"
    ip_address: str | None = None
    cart: Cart | None = None
    orders: dict[int, Order] = field(default_factory=dict)
    """Orders by id, the oldest first."""
    last_order: Order | None = None
    """The shopper's last submitted order, which resume-cart completes."""
    account: Account | None = None
    """Account of a registered shopper; None for a guest."""

    @property
    def is_registered(self) -> bool:
        return self.account is not None

    def newest_orders(self) -> list[Order]:
        """Orders of the shopper, the newest first."""
        return list(reversed(self.orders.values()))


def set_default(
    entries: Sequence[SavedAddress | PaymentOption], entry: SavedAddress | PaymentOption, value: bool
) -> None:
    """Set whether a saved address or payment option is the default. A new default replaces the previous default."""
    if value:
        for other in entries:
            other.is_default = False
    entry.is_default = value
