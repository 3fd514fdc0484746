"""Registered shoppers: who they are, their address book, and their saved means of payment."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sandbox.model.postal_address import FIELDS
from sandbox.model.source import Source
from sandbox.wire.expand import Expand
from sandbox.wire.money import Json

if TYPE_CHECKING:
    from sandbox.model.world import Shopper  # which may be one of these


@dataclass
class SavedAddress:
    id: int
    nickname: str
    is_default: bool
    fields: Json

    def wire(self, base: str, *, whole: bool) -> Json:
        wire: Json = {"uri": f"{base}/v1/shoppers/me/addresses/{self.id}"}
        if whole:
            wire["id"] = self.id
        wire |= {"nickName": self.nickname, "isDefault": _text(self.is_default)}
        return wire | {name: self.fields.get(name) for name in FIELDS} if whole else wire


@dataclass
class PaymentOption:
    id: int
    nickname: str
    is_default: bool
    source: Source

    def wire(self, base: str, *, whole: bool) -> Json:
        source = self.source
        wire: Json = {
            "uri": f"{base}/v1/shoppers/me/payment-options/{self.id}",
            "id": self.id,
            "nickName": self.nickname,
            "isDefault": _text(self.is_default),
            "type": source.type,
            "sourceId": str(source.id),
            "sourceClientSecret": source.secret,
        }
        if whole:
            details = {name: str(value) for name, value in source.details.items()}
            wire[source.type] = details | {"clientSecret": source.secret, "reusable": _text(source.reusable)}
        return wire


@dataclass
class Account:
    """A shopper with a name. The cart and the orders are those of `shopper`, whoever shows its token."""

    id: str
    username: str
    password: str | None
    """None for a shopper whose password the client keeps: signed in by `external_reference` alone."""
    external_reference: str | None
    shopper: "Shopper"
    first_name: str
    last_name: str
    email: str
    accepts_marketing: bool = False
    addresses: list[SavedAddress] = field(default_factory=list)
    payment_options: list[PaymentOption] = field(default_factory=list)

    def address(self, text: str | None) -> SavedAddress | None:
        """By its id, or by its nickname."""
        return next((one for one in self.addresses if text in (str(one.id), one.nickname)), None)

    def payment_option(self, text: str | None) -> PaymentOption | None:
        return next((one for one in self.payment_options if str(one.id) == text), None)

    def owns(self, source: Source) -> bool:
        return any(one.source is source for one in self.payment_options)

    @property
    def default_address(self) -> SavedAddress | None:
        return next((one for one in self.addresses if one.is_default), None)

    @property
    def default_payment_option(self) -> PaymentOption | None:
        return next((one for one in self.payment_options if one.is_default), None)

    def wire(self) -> Json:
        return {
            "id": self.id,
            "username": self.username,
            "externalReferenceId": self.external_reference,
            "firstName": self.first_name,
            "lastName": self.last_name,
            "emailAddress": self.email,
        }

    def book_wire(self, base: str, expand: Expand) -> Json:
        return {
            "uri": f"{base}/v1/shoppers/me/addresses",
            "address": [one.wire(base, whole=expand.has("address")) for one in self.addresses],
        }

    def options_wire(self, base: str, expand: Expand) -> Json:
        whole = expand.has("paymentOption")
        return {
            "uri": f"{base}/v1/shoppers/me/payment-options",
            "paymentOption": [one.wire(base, whole=whole) for one in self.payment_options],
        }


def choose_default(entries: list[Any], chosen: SavedAddress | PaymentOption) -> None:
    """One entry is the default; every other one no longer is."""
    for entry in entries:
        entry.is_default = entry is chosen


def _text(value: bool) -> str:
    return "true" if value else "false"
