"""Events that Digital River would tell a merchant's server. The sandbox keeps them, for whoever asks."""

from typing import TYPE_CHECKING

from sandbox.model.order import Order
from sandbox.model.source import FUNDS_ARRIVE_WITHIN, timestamp
from sandbox.wire.money import Json, number

if TYPE_CHECKING:
    from sandbox.model.world import World  # which keeps them

SITE = "riverdemo"


def remind(world: "World", order: Order) -> None:
    """The order still waits for its money."""
    if order.state == "Source Pending Funds":
        world.notices.append(_notice("delayed_payment.reminder", _delayed(order)))


def expire(world: "World", order: Order) -> None:
    """The order does not wait any longer."""
    expired = _delayed(order) | {"expirationDays": FUNDS_ARRIVE_WITHIN.days}
    world.notices.append(_notice("delayed_payment.expired", expired))


def _notice(type: str, about: Json) -> Json:
    return {
        "type": type,
        "data": {"object": about},
        "clientIds": {"site_id": SITE},
        "searchableData": {"orderId": about["orderId"]},
    }


def _delayed(order: Order) -> Json:
    cart, source = order.cart, order.cart.source
    totals = cart.totals()
    about: Json = {
        "orderId": str(order.id),
        "products": [
            {
                "id": str(line.product.id),
                "externalReferenceId": line.product.slug,
                "displayName": line.product.name_in(cart.locale),
                "sku": f"RD-{line.product.slug.upper()}",
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
        about |= {
            "placedOnDate": timestamp(source.created_at),
            "expirationDate": timestamp(source.created_at + FUNDS_ARRIVE_WITHIN),
            "paymentSourceType": source.type,
            source.type: source.details,
        }
    return about


def _address(address: Json | None) -> Json:
    given = dict(address or {})
    given["state"] = given.pop("countrySubdivision", None)
    return {name: value for name, value in given.items() if value is not None}
