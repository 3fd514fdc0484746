"""The four coupons of the demo shop, and the offer that is always in effect."""

from dataclasses import dataclass
from decimal import Decimal

from sandbox.money import Json, rounded


@dataclass(frozen=True)
class Coupon:
    code: str
    offer_id: int
    name: str
    percent: int = 0
    amounts: tuple[str, str, str, str] = ("0", "0", "0", "0")
    """In USD, EUR, GBP and JPY."""
    from_subtotal: tuple[str, str, str, str] = ("0", "0", "0", "0")
    is_used_up: bool = False

    def is_earned(self, subtotal: Decimal, currency: str) -> bool:
        return subtotal > 0 and subtotal >= Decimal(self.from_subtotal[_index(currency)])

    def discount(self, subtotal: Decimal, currency: str) -> Decimal:
        """What it takes off an order, at most all of it."""
        off = subtotal * self.percent / 100 if self.percent else Decimal(self.amounts[_index(currency)])
        return min(rounded(off, currency), subtotal)


_TABLE = [
    Coupon("SPRING20", 68201120019, "Spring sale, 20 off", amounts=("20", "18", "16", "3000")),
    Coupon("TRAIL10", 68201130019, "10 percent off the order", percent=10),
    Coupon(
        "SUMMIT50",
        68201140019,
        "50 off large orders",
        amounts=("50", "45", "40", "7500"),
        from_subtotal=("300", "280", "250", "45000"),
    ),
    Coupon("WELCOME5", 68201150019, "A welcome to the first hundred", percent=5, is_used_up=True),
]

COUPONS = {coupon.code: coupon for coupon in _TABLE}

PACK_OFFER_ID = 68201110019


def pack_offer(base: str) -> Json:
    return _offer(PACK_OFFER_ID, "10% off packs", "Line item percentage discount", "Always Triggered", base)


def coupon_offer(coupon: Coupon, base: str) -> Json:
    policy = "Order percentage discount" if coupon.percent else "Order amount discount"
    return _offer(coupon.offer_id, coupon.name, policy, "User Triggered", base)


def _offer(offer_id: int, name: str, policy: str, trigger: str, base: str) -> Json:
    return {
        "uri": f"{base}/v1/shoppers/me/offers/{offer_id}",
        "id": offer_id,
        "name": name,
        "policyName": policy,
        "type": "Discount",
        "trigger": trigger,
    }


def _index(currency: str) -> int:
    return ("USD", "EUR", "GBP", "JPY").index(currency)
