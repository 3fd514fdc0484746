"""The controls of refunds that need the shopper's bank account."""

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.api.requests import world_of
from sandbox.control.request_bodies import read, refused
from sandbox.model.refund import Refund
from sandbox.wire.values import Json


class RefundBody(msgspec.Struct, forbid_unknown_fields=True):
    order_id: int = msgspec.field(name="orderId")


async def show_refunds(request: Request) -> Response:
    """Lists the refunds that need a bank account, and the last characters of the account once the shopper has named
    it."""
    return JSONResponse([_wire(refund) for refund in world_of(request).refunds.values()])


async def add_refund(request: Request) -> Response:
    """Begins the refund of an order that the shopper paid by sending money. Its token is for the element
    `offlinerefund` of DigitalRiver.js."""
    world, sent = world_of(request), await read(request, RefundBody)
    order = next((order for order in world.orders() if order.id == sent.order_id), None)
    if order is None:
        return refused(f"There is no order {sent.order_id}. GET /_sandbox/orders lists them.")
    source = order.cart.source
    if source is None or source.method.flow != "receiver":
        return refused("Only an order that was paid by wire transfer, konbini or Boleto needs a bank account.")
    refund = Refund(order.id, order.cart.currency)
    world.refunds[refund.token] = refund
    return JSONResponse(_wire(refund), 201)


def _wire(refund: Refund) -> Json:
    return {"refundToken": refund.token, "orderId": refund.order_id, "account": refund.account_digits}
