"""Endpoints for submissions and orders."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from gateway.enums import OrderState
from gateway.errors import UpstreamInvalidResponse
from gateway.upstream.decoding import decode, required
from gateway.upstream.endpoints.paths import CART, ME
from gateway.upstream.ids import path_part
from gateway.upstream.order import Order, OrderPage, Proof, SubmittedCart, submitted_cart
from gateway.upstream.retrying_calls import Calls, Repeat


class Answer(msgspec.Struct, frozen=True):
    """Answer to any call in this file. Each answer has one of these fields."""

    order: Order | None = None
    orders: OrderPage | None = None


@dataclass(frozen=True)
class OrderEndpoints:
    """Calls for submissions and orders. `token` is the access token of the shopper who owns the cart or the order."""

    calls: Calls

    # Calls that submit the cart.

    async def submit_cart(self, token: str, *, ip_address: str | None, terms_accepted: bool) -> SubmittedCart:
        """Submit the cart. The request is never repeated, even if it fails."""
        params = {"expand": "all"} | ({"ipAddress": ip_address} if ip_address else {})
        body = {"cart": {"termsOfSalesAcceptance": "true"}} if terms_accepted else None
        answer = await self.calls.send(
            "POST", f"{CART}/submit-cart", token=token, params=params, json=body, repeat=Repeat.NEVER
        )
        return submitted_cart(answer)

    async def resume_cart(self, token: str) -> SubmittedCart:
        """Resume a submission after a redirect. The request is never repeated, even if it fails."""
        answer = await self.calls.send(
            "POST", f"{CART}/resume-cart", token=token, params={"expand": "all"}, repeat=Repeat.NEVER
        )
        return submitted_cart(answer)

    # Calls that read orders.

    async def order(self, token: str, order_id: str, *, state: str = "Open") -> Order:
        """An order of the shopper. Digital River requires the parameter `state`, but returns the order in any state."""
        params = {"expand": "all", "orderState": state}
        answer = await self.calls.read(f"{ME}/orders/{path_part(order_id)}", token, params)
        return required(decode(answer, Answer).order)

    async def orders(self, token: str, number: int, size: int, states: Sequence[OrderState] = ()) -> OrderPage:
        """Page of the account's orders, newest first. Page numbers begin at 1.

        If `states` is empty, orders in all states are returned.
        """
        params = {"pageNumber": str(number), "pageSize": str(size), "expand": "all"}
        if states:
            params["orderState"] = ",".join(state.value for state in states)
        page = required(decode(await self.calls.read(f"{ME}/orders", token, params), Answer).orders)
        if states and any(order.state not in states for order in page.orders):
            raise UpstreamInvalidResponse(detail="orderState did not narrow")
        return page

    async def look_up_orders(self, token: str, proof: Proof) -> list[Order]:
        """Orders that match `proof`. It is sent in the body, because it is secret and proxies may log URLs."""
        # A look-up changes nothing, so the request may be repeated.
        answer = await self.calls.send(
            "POST", "/v1/shoppers/order-lookup", token=token, params={"expand": "all"}, form=proof.wire()
        )
        page = decode(answer, Answer).orders
        return page.orders if page else []
