"""Subscriptions of Digital River, told with the graph's names and changed over the merchant's own side.

They are called with the merchant's key, which may see those of every shopper: whose one is, is for the
caller to look at before anything is shown or done.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from msgspec import field

from gateway.enums import PaymentFlow, SourceState, SubscriptionContractState, TermUnit
from gateway.upstream.addresses import Address, address
from gateway.upstream.catalog import Product
from gateway.upstream.client import FoundOrders, Upstream
from gateway.upstream.decoding import Identifier, Loose, OneOrMany, Shape, convert, decode, first, many, present
from gateway.upstream.ids import global_id, path_part
from gateway.upstream.order import OrderPage
from gateway.upstream.payment import Source
from gateway.upstream.shopper import PaymentOption, WireEntry


class SubscriptionTerm(Shape, frozen=True, kw_only=True, rename="camel"):
    unit: TermUnit = field(name="termUnit", default=TermUnit.UNKNOWN)
    length: int = field(name="termLength", default=1)


class SubscriptionAddOn(Shape, frozen=True, kw_only=True):
    product: Product
    quantity: int = 1


class PendingContractChange(Shape, frozen=True, kw_only=True, rename="camel"):
    """Source: pending actions, whose names no page tells for certain."""

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
    """A product that is bought again and again. Source: subscription."""

    wire_id: Identifier = field(name="id")
    wire_reference: Identifier | None = field(name="externalReferenceId", default=None)
    state: SubscriptionContractState = SubscriptionContractState.UNKNOWN
    product: Product
    current_quantity: int = 1
    wire_renewal_quantity: int | None = field(name="renewalQuantity", default=None)
    auto_renewal: bool | None = None
    term: SubscriptionTerm = SubscriptionTerm()
    created_at: datetime | None = field(name="creationDate", default=None)
    activated_at: datetime | None = field(name="activationDate", default=None)
    next_renewal_date: datetime | None = None
    expires_at: datetime | None = field(name="expirationDate", default=None)
    grace_ends_at: datetime | None = field(name="graceDate", default=None)
    cancelled_at: datetime | None = field(name="cancellationDate", default=None)
    wire_address: Loose | None = field(name="shipToAddress", default=None)
    wire_option: Loose | None = field(name="paymentOption", default=None)
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
        """Upstream id of the shopper; None where the answer does not tell."""
        return str(self.owner.id) if self.owner and self.owner.id is not None else None

    @property
    def external_reference_id(self) -> str | None:
        return None if self.wire_reference is None else str(self.wire_reference)

    @property
    def quantity(self) -> int:
        return self.current_quantity

    @property
    def renewal_quantity(self) -> int:
        return self.current_quantity if self.wire_renewal_quantity is None else self.wire_renewal_quantity

    @property
    def is_auto_renewing(self) -> bool:
        return self.auto_renewal is True

    @property
    def is_over(self) -> bool:
        return self.state is SubscriptionContractState.CANCELLED

    @property
    def next_renewal_at(self) -> datetime | None:
        """None when it will not renew, whatever date is still told."""
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


class Card(Shape, frozen=True, kw_only=True, rename="camel"):
    expiration_month: int | None = None
    expiration_year: int | None = None
    displayable_number: str | None = None
    display_name: str | None = None


class WireOption(Shape, frozen=True, kw_only=True, rename="camel"):
    """A saved means of payment in the words of a subscription, which are others than those of the account."""

    type: str | None = None
    source_id: str | None = None
    credit_card: Card | None = None


def _option(found: Loose) -> PaymentOption | None:
    entry, told = convert(found, WireEntry), convert(found, WireOption)
    if entry.id is None:
        return None
    card = told.credit_card
    billing = found.get("address")
    return PaymentOption(
        upstream_id=str(entry.id),
        nickname=entry.nick_name or "",
        is_default=entry.is_default is True,
        source=Source(
            source_id=told.source_id or "",
            type="creditCard" if card else told.type or "",
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


class Found(msgspec.Struct, frozen=True, rename="camel"):
    """What the lists are in. One contract has no wrapper of its own, or one of its name."""

    subscriptions: "list[SubscriptionContract] | Subscriptions" = []
    subscription: SubscriptionContract | None = None
    pending_actions: OneOrMany[PendingContractChange] = []


class Subscriptions(msgspec.Struct, frozen=True):
    subscription: OneOrMany[SubscriptionContract] = []


@dataclass(frozen=True)
class Contracts:
    """Every method raises `UpstreamError` only."""

    upstream: Upstream

    async def contract(self, contract_id: str) -> SubscriptionContract:
        body = await self.upstream.as_merchant("GET", f"/v1/subscriptions/{path_part(contract_id)}")
        wrapped = decode(body, Found).subscription
        return wrapped if wrapped is not None else decode(body, SubscriptionContract)

    async def of_shopper(self, shopper_id: str) -> list[SubscriptionContract]:
        body = await self.upstream.as_merchant("GET", "/v1/subscriptions", params={"shopperId": shopper_id})
        found = decode(body, Found).subscriptions
        return found if isinstance(found, list) else many(found.subscription)

    async def orders(self, contract_id: str, number: int, size: int) -> OrderPage:
        """A page of the orders it has led to; numbers begin at 1."""
        params = {"pageNumber": str(number), "pageSize": str(size), "expand": "all"}
        path = f"/v1/subscriptions/{path_part(contract_id)}/orders"
        body = await self.upstream.as_merchant("GET", path, params=params)
        return present(decode(body, FoundOrders).orders)

    async def pending_changes(self, contract_id: str) -> list[PendingContractChange]:
        path = f"/v1/subscriptions/{path_part(contract_id)}/pending-actions"
        return many(decode(await self.upstream.as_merchant("GET", path), Found).pending_actions)

    async def cancel(self, contract_id: str, *, silently: bool) -> None:
        path = f"/v1/subscriptions/{path_part(contract_id)}/cancel"
        await self._change(path, {"suppressCancelNotification": silently})

    async def set_auto_renewal(self, contract_id: str, renews: bool) -> None:
        await self._change(f"/v1/subscriptions/{path_part(contract_id)}/renewal-type", {"autoRenewal": renews})

    async def set_renewal_quantity(self, contract_id: str, quantity: int) -> None:
        path = f"/v1/subscriptions/{path_part(contract_id)}/renewal-quantity"
        await self._change(path, {"renewalQuantity": quantity})

    async def reduce(self, contract_id: str, product_id: str, quantity: int) -> None:
        path = f"/v1/subscriptions/{path_part(contract_id)}/reduce"
        await self._change(path, {"product": {"id": product_id}, "quantity": quantity})

    async def pay_with_option(self, contract_id: str, option_id: str) -> None:
        path = f"/v1/subscriptions/{path_part(contract_id)}/payment-option"
        await self._change(path, {"paymentOptionId": option_id} | GOODS_STAY)

    async def pay_with_source(self, contract_id: str, source_id: str) -> None:
        path = f"/v1/subscriptions/{path_part(contract_id)}/payment-source"
        await self._change(path, {"sourceId": source_id} | GOODS_STAY)

    async def ship_to(self, contract_id: str, destination: Address) -> None:
        await self._change(f"/v1/subscriptions/{path_part(contract_id)}/ship-to-address", destination.wire())

    async def _change(self, path: str, body: Mapping[str, Any]) -> None:
        await self.upstream.as_merchant("POST", path, json=body)


GOODS_STAY = {"isShippingSameAsBilling": False}
"""Without it the goods go to the billing address of the new means of payment, which nobody has asked for."""
