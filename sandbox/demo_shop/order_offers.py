"""The demo shop's order offers, which the shopper applies by coupon code or by id.

The offer on backpacks is also here. It needs no coupon code.
"""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from sandbox.demo_shop.german_texts import is_german
from sandbox.wire.money import Amounts, in_currency, rounded
from sandbox.wire.values import Json

TENT = 5401231200


@dataclass(frozen=True)
class OrderOffer:
    offer_id: int
    name: str
    code: str | None = None
    """Coupon code; None if the shopper applies the offer by its id."""
    percent: int = 0
    amounts: Amounts = ("0", "0", "0", "0")
    minimum_subtotal: Amounts = ("0", "0", "0", "0")
    required_product: int | None = None
    """Id of a product that must be in the cart."""
    refused_with: str | None = None
    """Error code with which the sandbox always refuses the offer; None if the offer can be accepted."""
    german: str | None = None
    """German name of an offer that can be accepted."""

    def name_in(self, locale: str) -> str:
        return self.german if self.german and is_german(locale) else self.name

    def is_earned(self, subtotal: Decimal, currency: str) -> bool:
        return subtotal > 0 and subtotal >= in_currency(self.minimum_subtotal, currency)

    def discount(self, subtotal: Decimal, currency: str) -> Decimal:
        """Discount on an order with this subtotal. The discount is never higher than the subtotal."""
        off = subtotal * self.percent / 100 if self.percent else in_currency(self.amounts, currency)
        return min(rounded(off, currency), subtotal)

    def refusal(self, product_ids: Collection[int]) -> str | None:
        """Error code with which the offer is refused for a cart with these products; None if the offer is accepted."""
        if self.required_product is not None and self.required_product not in product_ids:
            return "offer-not-applicable"
        return self.refused_with


ORDER_OFFERS = [
    OrderOffer(
        68201120019, "Spring sale, 20 off", "SPRING20", amounts=("20", "18", "16", "3000"), german="Frühlingsangebot"
    ),
    OrderOffer(68201130019, "10 percent off the order", "TRAIL10", percent=10, german="10 Prozent auf die Bestellung"),
    OrderOffer(
        68201140019,
        "50 off large orders",
        "SUMMIT50",
        amounts=("50", "45", "40", "7500"),
        minimum_subtotal=("300", "280", "250", "45000"),
        german="Rabatt auf große Bestellungen",
    ),
    OrderOffer(68201145019, "On the house", "ONTHEHOUSE", percent=100, german="Geht aufs Haus"),
    OrderOffer(68201150019, "A welcome", "WELCOME5", percent=5, refused_with="offer-usage-limit-exceeded"),
    OrderOffer(68201151019, "Last year's thanks", "THANKS", percent=5, refused_with="coupon-code-already-used"),
    OrderOffer(68201160019, "Last autumn", "AUTUMN10", percent=10, refused_with="offer-not-active"),
    OrderOffer(68201161019, "Next spring", "NEXTSPRING", percent=10, refused_with="offer-not-deployed"),
    OrderOffer(68201162019, "Once and no more", "ONCE", percent=10, refused_with="offer-already-used"),
    OrderOffer(68201164019, "One for each", "ONEEACH", percent=10, refused_with="shopper-usage-limit-exceeded"),
    OrderOffer(
        68201165019,
        "12 percent off with a tent",
        "TENT12",
        percent=12,
        required_product=TENT,
        german="12 Prozent mit einem Zelt",
    ),
    OrderOffer(68201166019, "Of another shop", "ELSEWHERE", percent=10, refused_with="offer-unavailable"),
    OrderOffer(68201167019, "Unexplained", "RIDDLE", percent=10, refused_with="operation-failed"),
    OrderOffer(68201170019, "Members' week", percent=15, german="Woche der Mitglieder"),
    OrderOffer(68201171019, "Members' week of last year", percent=15, refused_with="offer-not-active"),
    OrderOffer(68201172019, "Members' week of next year", percent=15, refused_with="offer-not-deployed"),
    OrderOffer(68201173019, "Once for members", percent=15, refused_with="offer-already-used"),
    OrderOffer(68201174019, "The first members", percent=15, refused_with="offer-usage-limit-exceeded"),
    OrderOffer(68201175019, "Once for an account", percent=15, refused_with="shopper-usage-limit-exceeded"),
    OrderOffer(68201176019, "Members' tents", percent=18, required_product=TENT),
    OrderOffer(68201177019, "Of another shop, for members", percent=15, refused_with="offer-unavailable"),
]

COUPONS = {offer.code: offer for offer in ORDER_OFFERS if offer.code is not None}

ORDER_OFFERS_BY_ID = {offer.offer_id: offer for offer in ORDER_OFFERS}

REFUSALS = {
    "coupon-code-already-used": "The coupon code was already used.",
    "offer-not-active": "The offer is not active.",
    "offer-not-deployed": "The offer is not deployed.",
    "offer-already-used": "The offer was already used.",
    "offer-usage-limit-exceeded": "The offer was used as often as it may be.",
    "shopper-usage-limit-exceeded": "The shopper has used the offer as often as a shopper may.",
    "offer-not-applicable": "The offer does not apply to what is in the cart.",
    "offer-unavailable": "The offer is not available.",
    "operation-failed": "The coupon could not be used.",
}
"""Descriptions of the error codes with which an offer is refused, by code."""

PACK_OFFER_ID = 68201110019


def pack_offer(base: str, locale: str) -> Json:
    name = "10 % auf Rucksäcke" if is_german(locale) else "10% off packs"
    return _offer(PACK_OFFER_ID, name, "Line item percentage discount", "Always Triggered", base)


def order_offer(offer: OrderOffer, base: str, locale: str) -> Json:
    policy = "Order percentage discount" if offer.percent else "Order amount discount"
    return _offer(offer.offer_id, offer.name_in(locale), policy, "User Triggered", base)


def _offer(offer_id: int, name: str, policy: str, trigger: str, base: str) -> Json:
    return {
        "uri": f"{base}/v1/shoppers/me/offers/{offer_id}",
        "id": offer_id,
        "name": name,
        "policyName": policy,
        "type": "Discount",
        "trigger": trigger,
    }
