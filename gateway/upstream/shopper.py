"""A registered shopper as Digital River sends it, with the graph's field names."""

from collections.abc import Mapping
from typing import Any

from msgspec import UNSET, Struct, UnsetType, field

from gateway.upstream.addresses import Address, address
from gateway.upstream.decoding import (
    Identifier,
    JsonObject,
    OneOrMany,
    Shape,
    blank_is_none,
    boolean_string,
    convert,
    locale_string,
    many,
)
from gateway.upstream.ids import global_id
from gateway.upstream.payment import Source, source


class Shopper(Shape, frozen=True, kw_only=True, rename="camel"):
    """A registered shopper. Digital River object: shopper."""

    wire_id: Identifier = field(name="id")
    wire_reference: Identifier | None = field(name="externalReferenceId", default=None)
    first_name: str | None = None
    last_name: str | None = None
    wire_email: str | None = field(name="emailAddress", default=None)
    wire_locale: str | None = field(name="locale", default=None)
    currency: str | None = None

    @property
    def id(self) -> str:
        return global_id("Shopper", self.upstream_id)

    @property
    def upstream_id(self) -> str:
        return str(self.wire_id)

    @property
    def external_reference_id(self) -> str | None:
        return None if self.wire_reference is None else blank_is_none(str(self.wire_reference))

    @property
    def email(self) -> str | None:
        return blank_is_none(self.wire_email)

    @property
    def locale(self) -> str | None:
        return self.wire_locale.replace("_", "-") if self.wire_locale else None

    def __repr__(self) -> str:
        return f"Shopper({self.upstream_id})"


class SavedAddress(Shape, frozen=True, kw_only=True):
    """A saved address. Digital River object: address."""

    upstream_id: str
    nickname: str
    is_default: bool
    address: Address

    @property
    def id(self) -> str:
        return global_id("SavedAddress", self.upstream_id)

    def __repr__(self) -> str:
        return f"SavedAddress({self.upstream_id})"


class PaymentOption(Shape, frozen=True, kw_only=True):
    """A saved payment method. Digital River object: paymentOption."""

    upstream_id: str
    nickname: str
    is_default: bool
    source: Source
    billing_address: Address | None

    @property
    def id(self) -> str:
        return global_id("PaymentOption", self.upstream_id)

    @property
    def source_client_secret(self) -> str | None:
        return self.source.source_client_secret


class WireAccountEntry(Shape, frozen=True, kw_only=True, rename="camel"):
    """Fields that Digital River sends both for a saved address and for a saved payment method."""

    id: Identifier | None = None
    nick_name: str | None = None
    is_default: bool | None = None


class AddressBook(Shape, frozen=True, kw_only=True):
    address: OneOrMany[JsonObject] = []

    @property
    def entries(self) -> list[SavedAddress]:
        read = [saved_address(wire) for wire in many(self.address)]
        return [entry for entry in read if entry is not None]


class PaymentOptions(Shape, frozen=True, kw_only=True, rename="camel"):
    payment_option: OneOrMany[JsonObject] = []

    @property
    def options(self) -> list[PaymentOption]:
        read = [payment_option(wire) for wire in many(self.payment_option)]
        return [option for option in read if option is not None]


def saved_address(wire: JsonObject) -> SavedAddress | None:
    """The saved address; None for an entry without an id or an address."""
    entry, postal = convert(wire, WireAccountEntry), address(wire)
    if entry.id is None or postal is None:
        return None
    return SavedAddress(
        upstream_id=str(entry.id),
        nickname=entry.nick_name or "",
        is_default=entry.is_default is True,
        address=postal,
    )


def payment_option(wire: JsonObject) -> PaymentOption | None:
    """The saved payment method; None for an entry without an id or a source."""
    entry, saved = convert(wire, WireAccountEntry), source(wire, None)
    if entry.id is None or saved is None:
        return None
    billing = wire.get("address")
    return PaymentOption(
        upstream_id=str(entry.id),
        nickname=entry.nick_name or "",
        is_default=entry.is_default is True,
        source=saved,
        billing_address=address(billing) if isinstance(billing, dict) else None,
    )


class Profile(Struct, frozen=True, kw_only=True):
    """The fields of an account that a shopper may change. Unset fields are not changed."""

    first_name: str | UnsetType = UNSET
    last_name: str | UnsetType = UNSET
    email: str | UnsetType = UNSET

    def wire(self) -> Mapping[str, str]:
        fields = {"firstName": self.first_name, "lastName": self.last_name, "emailAddress": self.email}
        return {name: value for name, value in fields.items() if value is not UNSET}

    @property
    def is_empty(self) -> bool:
        return not self.wire()

    def __repr__(self) -> str:
        return "Profile(***)"


class NewShopper(Struct, frozen=True, kw_only=True):
    """An account to create. The user name is the email address. `password` is encoded in base64."""

    email: str
    password: str
    first_name: str
    last_name: str
    locale: str
    currency: str
    accepts_marketing: bool

    def wire(self) -> Mapping[str, Any]:
        return {
            "username": self.email,
            "password": self.password,
            "firstName": self.first_name,
            "lastName": self.last_name,
            "emailAddress": self.email,
            "locale": locale_string(self.locale),
            "currency": self.currency,
            "sendEMail": self.accepts_marketing,
        }

    def __repr__(self) -> str:
        return "NewShopper(***)"


class Label(Struct, frozen=True, kw_only=True):
    """Nickname and default flag of a saved address or payment method. A value of None is not changed."""

    nickname: str | None = None
    is_default: bool | None = None

    def wire(self) -> dict[str, str]:
        is_default = None if self.is_default is None else boolean_string(self.is_default)
        fields = {"nickName": self.nickname, "isDefault": is_default}
        return {name: value for name, value in fields.items() if value is not None}
