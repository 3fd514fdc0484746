"""Endpoints of a registered shopper: profile, address book and saved payment options."""

from dataclasses import dataclass

import msgspec

from gateway.upstream.addresses import Address
from gateway.upstream.decoding import JsonObject, decode, required
from gateway.upstream.endpoints.paths import ME
from gateway.upstream.ids import path_part
from gateway.upstream.retrying_calls import Calls
from gateway.upstream.shopper import (
    AddressBook,
    Label,
    NewShopper,
    PaymentOption,
    PaymentOptions,
    Profile,
    SavedAddress,
    Shopper,
    payment_option,
    saved_address,
)

ALL = {"expand": "all"}


class Answer(msgspec.Struct, frozen=True, rename="camel"):
    """Answer to any call in this file. Each answer has one of these fields."""

    shopper: Shopper | None = None
    addresses: AddressBook | None = None
    address: JsonObject | None = None
    payment_options: PaymentOptions | None = None
    payment_option: JsonObject | None = None


@dataclass(frozen=True)
class AccountEndpoints:
    """Calls for an account. `token` is the access token of the registered shopper."""

    calls: Calls

    async def shopper(self, token: str) -> Shopper:
        return required(decode(await self.calls.read(ME, token, {}), Answer).shopper)

    async def register_shopper(self, token: str, shopper: NewShopper) -> None:
        """Create an account. The new shopper is not signed in. `token` may belong to a guest."""
        await self.calls.change("POST", "/v1/shoppers", token, json={"shopper": shopper.wire()})

    async def update_shopper(self, token: str, profile: Profile, *, updates_subscriptions: bool) -> None:
        """Change the profile. With `updates_subscriptions`, a new email address also applies to the subscriptions."""
        params = {"applyEmailToSubscriptions": "true"} if updates_subscriptions else {}
        await self.calls.change("POST", ME, token, params, json={"shopper": profile.wire()})

    # Calls for the address book.

    async def addresses(self, token: str) -> list[SavedAddress]:
        book = decode(await self.calls.read(f"{ME}/addresses", token, ALL), Answer).addresses
        return book.entries if book else []

    async def saved_address(self, token: str, address_id: str) -> SavedAddress:
        body = await self.calls.read(f"{ME}/addresses/{path_part(address_id)}", token, ALL)
        return required(saved_address(required(decode(body, Answer).address)))

    async def save_address(self, token: str, label: Label, address: Address) -> None:
        """Add a saved address, or replace the saved address that has this nickname."""
        await self.calls.change("POST", f"{ME}/addresses", token, json={"address": label.wire() | address.wire()})

    async def change_address(self, token: str, address_id: str, label: Label, address: Address) -> None:
        path, body = f"{ME}/addresses/{path_part(address_id)}", {"address": label.wire() | address.wire()}
        await self.calls.change("POST", path, token, json=body)

    async def delete_address(self, token: str, address_id: str) -> None:
        await self.calls.change("DELETE", f"{ME}/addresses/{path_part(address_id)}", token)

    # Calls for saved payment options.

    async def payment_options(self, token: str) -> list[PaymentOption]:
        listed = decode(await self.calls.read(f"{ME}/payment-options", token, ALL), Answer).payment_options
        return listed.options if listed else []

    async def payment_option(self, token: str, option_id: str) -> PaymentOption:
        body = await self.calls.read(f"{ME}/payment-options/{path_part(option_id)}", token, ALL)
        return required(payment_option(required(decode(body, Answer).payment_option)))

    async def save_payment_option(self, token: str, source_id: str, label: Label, ip_address: str | None) -> None:
        """Save a source as a payment option of the account."""
        body: dict[str, object] = {"paymentOption": {"sourceId": source_id} | label.wire()}
        if ip_address:
            body["shopper"] = {"ipAddress": ip_address}
        await self.calls.change("POST", f"{ME}/payment-options", token, json=body)

    async def change_payment_option(self, token: str, option_id: str, label: Label) -> None:
        path = f"{ME}/payment-options/{path_part(option_id)}"
        await self.calls.change("POST", path, token, json={"paymentOption": label.wire()})

    async def delete_payment_option(self, token: str, option_id: str) -> None:
        await self.calls.change("DELETE", f"{ME}/payment-options/{path_part(option_id)}", token)
