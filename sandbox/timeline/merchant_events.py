"""Events of delayed payments. Digital River sends these events to the merchant's server; the sandbox lists them."""

from sandbox.model.order import Order
from sandbox.model.source import FUNDS_ARRIVE_WITHIN
from sandbox.model.world import World
from sandbox.wire.money import number
from sandbox.wire.values import Json, timestamp

SITE = "riverdemo"


def remind(world: World, order: Order) -> None:
    """Add a reminder event, if the order still waits for its payment."""
    if order.state == "Source Pending Funds":
        _add(world, "delayed_payment.reminder", _delayed_order(order))


def expire(world: World, order: Order) -> None:
    _add(world, "delayed_payment.expired", _delayed_order(order) | {"expirationDays": FUNDS_ARRIVE_WITHIN.days})


def _add(world: World, event_type: str, order: Json) -> None:
    event = {
        "type": event_type,
        "data": {"object": order},
        "clientIds": {"site_id": SITE},
        "searchableData": {"orderId": order["orderId"]},
    }
    world.merchant_events.append(event)


def _delayed_order(order: Order) -> Json:
    cart, source = order.cart, order.cart.source
    totals = cart.totals()
    wire: Json = {
        "orderId": str(order.id),
        "products": [
            {
                "id": str(line.product.id),
                "externalReferenceId": line.product.slug,
                "displayName": line.product.name_in(cart.locale),
                "sku": line.product.sku,
            }
            for line in cart.lines
        ],
        "billToAddress": _address(cart.billing),
        "shipToAddress": _address(cart.shipping),
        "locale": cart.locale,
        "siteId": SITE,
        "orderTotal": number(totals.total),
        "currency": cart.currency,
        "orderDiscount": number(totals.discount),
        "subTotal": number(totals.subtotal),
        "tax": number(totals.tax),
        "shippingTotal": number(totals.shipping),
        "businessEntity": cart.seller,
    }
    if source is not None:
        wire |= {
            "placedOnDate": timestamp(source.created_at),
            "expirationDate": timestamp(source.created_at + FUNDS_ARRIVE_WITHIN),
            "paymentSourceType": source.type,
            source.type: source.details,
        }
    return wire


def _address(address: Json | None) -> Json:
    fields = dict(address or {})
    fields["state"] = fields.pop("countrySubdivision", None)
    return {name: value for name, value in fields.items() if value is not None}
