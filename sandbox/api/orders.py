"""`/v1/shoppers/me/orders`, and order lookup by order number and password, or by email address and card digits."""

from starlette.requests import Request
from starlette.responses import Response

from sandbox.api.requests import answer, base_of, expand_of, find, form_of, paged, reader_of, shopper_of, world_of
from sandbox.model.order import Order
from sandbox.wire.refusal import Refusal

RELATION = "OrdersResource"
LOOKUP_RELATION = "OrderLookupResource"

ORDER_STATES = (
    "Open",
    "In Process",
    "Cancelled",
    "Submitted",
    "Complete",
    "Dispute",
    "In Review",
    "Source Pending Funds",
    "Source Pending Redirect",
    "Charge Pending",
    "Pending Payment",
)
"""All states of an order that Digital River documents."""


async def show_all(request: Request) -> Response:
    """`GET orders`: the shopper's orders, the newest first. `orderState` filters by states, separated by commas."""
    shopper = shopper_of(request)
    if not shopper.is_registered:
        raise Refusal(403, "forbidden", "Orders are listed for registered shoppers only.", relation=RELATION)
    states = {state.strip() for state in request.query_params.get("orderState", "").split(",") if state.strip()}
    if states - set(ORDER_STATES):
        raise Refusal(400, "invalid-request", "An order state is unknown.", relation=RELATION)
    is_filtered = bool(states) and world_of(request).switches.order_states != "ignored"
    orders = [order for order in shopper.newest_orders() if not is_filtered or order.state in states]
    base, expand = base_of(request), expand_of(request, "orders").below("order")
    return paged(request, "orders", "order", orders, lambda order: order.listed_wire(base, expand))


async def show(request: Request) -> Response:
    """`GET orders/{id}`: an order of the shopper. The query parameter `orderState` is ignored."""
    return answer(request, {"order": _order(request).wire(base_of(request), expand_of(request, "order"))})


async def show_lines(request: Request) -> Response:
    """`GET orders/{id}/line-items`."""
    is_full = expand_of(request, "lineItems").has("lineItem")
    return answer(request, {"lineItems": _order(request).lines_wire(base_of(request), is_full=is_full)})


async def show_line(request: Request) -> Response:
    """`GET orders/{id}/line-items/{line}`."""
    is_full = expand_of(request, "lineItem").has("product")
    line_id = request.path_params["line"]
    wires = _order(request).line_wires(base_of(request), is_full=is_full)
    wire = next((wire for wire in wires if str(wire["id"]) == line_id), None)
    if wire is None:
        description = f"The line item {line_id} could not be found."
        raise Refusal(404, "resource-not-found", description, relation=RELATION)
    return answer(request, {"lineItem": wire})


async def show_billing_address(request: Request) -> Response:
    """`GET orders/{id}/billing-address`."""
    return answer(request, {"address": _order(request).address_wire(base_of(request), "billing", is_full=True)})


async def show_shipping_address(request: Request) -> Response:
    """`GET orders/{id}/shipping-address`."""
    return answer(request, {"address": _order(request).address_wire(base_of(request), "shipping", is_full=True)})


async def look_up(request: Request) -> Response:
    """`POST /v1/shoppers/order-lookup` with a URL-encoded form.

    Any caller can look up an order by its number and password. Registered shoppers can also look up orders by
    email address and the last digits of the card. A lookup without a match gets a 404 without a reason.
    """
    orders = await _looked_up_orders(request)
    if not orders:
        raise Refusal(404, "resource-not-found", "The order could not be found.", relation=LOOKUP_RELATION)
    base, expand = base_of(request), expand_of(request, "orders").below("order")
    wires = [order.lookup_wire(base, expand) for order in orders]
    return answer(request, {"orders": {"order": wires, "totalResults": len(wires), "totalResultPages": 1}})


async def _looked_up_orders(request: Request) -> list[Order]:
    orders, form = world_of(request).orders(), await form_of(request)
    if form.get("orderId") and form.get("password"):
        reader_of(request)
        credentials = (form["orderId"], form["password"])
        return [order for order in orders if (str(order.id), order.password) == credentials]
    if form.get("creditCardLastDigits") and form.get("emailAddress"):
        if not shopper_of(request).is_registered:
            description = "This look-up is for registered shoppers only."
            raise Refusal(403, "forbidden", description, relation=LOOKUP_RELATION)
        card = (form["creditCardLastDigits"], form["emailAddress"].lower())
        return [order for order in orders if (order.last_four_digits, (order.email or "").lower()) == card]
    raise Refusal(400, "invalid-request", "Invalid or Missing Request Content", relation=LOOKUP_RELATION)


def _order(request: Request) -> Order:
    return find(shopper_of(request).orders.values(), request.path_params["id"], "order", RELATION)
