"""`/v1/shoppers/me/orders`, and the look-up of an order by what its mail or its card says."""

from starlette.requests import Request
from starlette.responses import Response

from sandbox.api.requests import answer, base_of, expand_of, form_of, paged, reader_of, shopper_of, world_of
from sandbox.model.order import Order
from sandbox.wire.refusal import Refusal

STATES = frozenset(
    [
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
    ]
)


async def show_all(request: Request) -> Response:
    """`GET orders`, newest first; `orderState` narrows it to one state, or to several by commas."""
    shopper = shopper_of(request)
    if not shopper.is_registered:
        raise Refusal(403, "forbidden", "Orders are listed for registered shoppers only.", relation="OrdersResource")
    wanted = {word.strip() for word in request.query_params.get("orderState", "").split(",") if word.strip()}
    if wanted - STATES:
        raise Refusal(400, "invalid-request", "An order state is unknown.", relation="OrdersResource")
    world = world_of(request)
    is_whole = not wanted or world.switches.order_states == "ignored"
    found = [one for one in world.orders_of(shopper) if is_whole or one.state in wanted]
    base, expand = base_of(request), expand_of(request, "orders").below("order")
    return paged(request, "orders", "order", found, lambda order: order.listed_wire(base, expand))


async def show(request: Request) -> Response:
    """`GET orders/{id}`: of the account, or of the session that submitted it. `orderState` does not narrow."""
    return answer(request, {"order": _order(request).wire(base_of(request), expand_of(request, "order"))})


async def lines(request: Request) -> Response:
    """`GET orders/{id}/line-items`."""
    whole = expand_of(request, "lineItems").has("lineItem")
    return answer(request, {"lineItems": _order(request).lines_wire(base_of(request), whole=whole)})


async def line(request: Request) -> Response:
    """`GET orders/{id}/line-items/{line}`."""
    whole = expand_of(request, "lineItem").has("product")
    text = request.path_params["line"]
    wires = _order(request).line_wires(base_of(request), whole=whole)
    found = next((wire for wire in wires if str(wire["id"]) == text), None)
    if found is None:
        raise _missing("line item", text)
    return answer(request, {"lineItem": found})


async def billing_address(request: Request) -> Response:
    """`GET orders/{id}/billing-address`."""
    return answer(request, {"address": _order(request).address_wire(base_of(request), "billing", whole=True)})


async def shipping_address(request: Request) -> Response:
    """`GET orders/{id}/shipping-address`."""
    return answer(request, {"address": _order(request).address_wire(base_of(request), "shipping", whole=True)})


async def look_up(request: Request) -> Response:
    """`POST /v1/shoppers/order-lookup`, form-encoded.

    With the order's number and its password for anybody; with the digits of the card and the email address
    for registered shoppers. Nothing that fits is a 404, whatever of it was wrong.
    """
    world, given = world_of(request), await form_of(request)
    if given.get("orderId") and given.get("password"):
        reader_of(request)
        pair = (given["orderId"], given["password"])
        found = [one for one in world.orders() if (str(one.id), one.password) == pair]
    elif given.get("creditCardLastDigits") and given.get("emailAddress"):
        if not shopper_of(request).is_registered:
            raise Refusal(403, "forbidden", "This look-up is for registered shoppers only.", relation=RELATION)
        pair = (given["creditCardLastDigits"], given["emailAddress"].lower())
        found = [one for one in world.orders() if (one.last_four_digits, (one.email or "").lower()) == pair]
    else:
        raise Refusal(400, "invalid-request", "Invalid or Missing Request Content", relation=RELATION)
    if not found:
        raise Refusal(404, "resource-not-found", "The order could not be found.", relation=RELATION)
    base, expand = base_of(request), expand_of(request, "orders").below("order")
    wires = [order.found_wire(base, expand) for order in found]
    return answer(request, {"orders": {"order": wires, "totalResults": len(wires), "totalResultPages": 1}})


RELATION = "OrderLookupResource"


def _order(request: Request) -> Order:
    shopper = shopper_of(request)
    text = request.path_params["id"]
    found = next((one for one in world_of(request).orders_of(shopper) if str(one.id) == text), None)
    if found is None:
        raise _missing("order", text)
    return found


def _missing(what: str, text: str) -> Refusal:
    return Refusal(404, "resource-not-found", f"The {what} {text} could not be found.", relation="OrdersResource")
