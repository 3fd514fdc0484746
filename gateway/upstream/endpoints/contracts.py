"""Endpoints of subscription contracts, called with the merchant's key.

The key gives access to the contracts of all shoppers. Before a contract is shown or changed, the resolver has to check
that the shopper owns it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from gateway.upstream.addresses import Address
from gateway.upstream.contracts import PendingContractChange, SubscriptionContract
from gateway.upstream.decoding import OneOrMany, decode, many, required
from gateway.upstream.ids import path_part
from gateway.upstream.order import OrderPage
from gateway.upstream.retrying_calls import Calls, Repeat, outage_if_key_rejected

KEEP_SHIPPING_ADDRESS = {"isShippingSameAsBilling": False}
"""Field of the requests that change the payment of a subscription.

Without it, Digital River would ship to the new billing address.
"""


class Subscriptions(msgspec.Struct, frozen=True):
    subscription: OneOrMany[SubscriptionContract] = []


class Answer(msgspec.Struct, frozen=True, rename="camel"):
    """Answer to any call in this file. Each answer has one of these fields, or is itself a subscription."""

    subscriptions: list[SubscriptionContract] | Subscriptions = []
    subscription: SubscriptionContract | None = None
    pending_actions: OneOrMany[PendingContractChange] = []
    orders: OrderPage | None = None


@dataclass(frozen=True)
class ContractEndpoints:
    calls: Calls

    async def contract(self, contract_id: str) -> SubscriptionContract:
        body = await self._as_merchant("GET", f"/v1/subscriptions/{path_part(contract_id)}")
        wrapped = decode(body, Answer).subscription
        return wrapped if wrapped is not None else decode(body, SubscriptionContract)

    async def of_shopper(self, shopper_id: str) -> list[SubscriptionContract]:
        body = await self._as_merchant("GET", "/v1/subscriptions", params={"shopperId": shopper_id})
        subscriptions = decode(body, Answer).subscriptions
        return subscriptions if isinstance(subscriptions, list) else many(subscriptions.subscription)

    async def orders(self, contract_id: str, number: int, size: int) -> OrderPage:
        """Page of the orders that the subscription has created. Page numbers begin at 1."""
        params = {"pageNumber": str(number), "pageSize": str(size), "expand": "all"}
        body = await self._as_merchant("GET", f"/v1/subscriptions/{path_part(contract_id)}/orders", params=params)
        return required(decode(body, Answer).orders)

    async def pending_changes(self, contract_id: str) -> list[PendingContractChange]:
        path = f"/v1/subscriptions/{path_part(contract_id)}/pending-actions"
        return many(decode(await self._as_merchant("GET", path), Answer).pending_actions)

    async def cancel(self, contract_id: str, *, silently: bool) -> None:
        """Cancel the subscription. If `silently` is true, Digital River does not notify the shopper."""
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
        await self._change(path, {"paymentOptionId": option_id} | KEEP_SHIPPING_ADDRESS)

    async def pay_with_source(self, contract_id: str, source_id: str) -> None:
        path = f"/v1/subscriptions/{path_part(contract_id)}/payment-source"
        await self._change(path, {"sourceId": source_id} | KEEP_SHIPPING_ADDRESS)

    async def ship_to(self, contract_id: str, destination: Address) -> None:
        await self._change(f"/v1/subscriptions/{path_part(contract_id)}/ship-to-address", destination.wire())

    async def _change(self, path: str, body: Mapping[str, Any]) -> None:
        await self._as_merchant("POST", path, json=body)

    async def _as_merchant(
        self, method: str, path: str, *, params: Mapping[str, str] | None = None, json: object = None
    ) -> bytes:
        key = self.calls.settings.merchant_key.get_secret_value()
        repeat = Repeat.READ if method == "GET" else Repeat.CHANGE
        with outage_if_key_rejected("merchant key"):
            return await self.calls.send(method, path, basic=key, params=params, json=json, repeat=repeat)
