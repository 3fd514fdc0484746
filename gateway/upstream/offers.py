"""Offers as Digital River sends them, with the graph's field names."""

import msgspec
from msgspec import field
from msgspec.structs import replace

from gateway.amounts.money import Money
from gateway.enums import OfferKind
from gateway.upstream.catalog import Product, WireProductPricing
from gateway.upstream.decoding import Identifier, OneOrMany, Shape, many
from gateway.upstream.ids import global_id


class OfferedProduct(Shape, frozen=True, kw_only=True, rename="camel"):
    """A product of an offer. Digital River object: productOffer."""

    product: Product
    wire_pricing: WireProductPricing | None = field(name="pricing", default=None)
    wire_pitch: OneOrMany[str] | None = field(name="salesPitch", default=None)

    @property
    def list_price(self) -> Money | None:
        pricing = self.wire_pricing.pricing() if self.wire_pricing else None
        return pricing.list_price if pricing else None

    @property
    def offer_price(self) -> Money | None:
        pricing = self.wire_pricing.pricing() if self.wire_pricing else None
        return pricing.sale_price if pricing else None

    @property
    def sales_pitch(self) -> str | None:
        return next(iter(pitches(self.wire_pitch)), None)


class ProductOffers(Shape, frozen=True, kw_only=True, rename="camel"):
    product_offer: OneOrMany[OfferedProduct] | None = None


class Offer(Shape, frozen=True, kw_only=True, rename="camel"):
    """A promotion. Digital River object: offer."""

    wire_id: Identifier = field(name="id", default="")
    wire_name: str | None = field(name="name", default=None)
    policy_name: str | None = None
    kind: OfferKind = field(name="type", default=OfferKind.UNKNOWN)
    trigger: str | None = None
    image_url: str | None = field(name="image", default=None)
    sales_pitch: OneOrMany[str] | None = None
    discount: Money | None = None
    product_offers: ProductOffers | None = None

    @property
    def id(self) -> str:
        return global_id("Offer", self.upstream_id)

    @property
    def upstream_id(self) -> str:
        return str(self.wire_id)

    @property
    def name(self) -> str:
        return self.wire_name or self.policy_name or ""

    @property
    def sales_pitches(self) -> list[str]:
        return pitches(self.sales_pitch)

    @property
    def offered(self) -> list[OfferedProduct] | None:
        """Products of the offer; None if Digital River did not list them."""
        return None if self.product_offers is None else many(self.product_offers.product_offer)

    def without_prices(self) -> "Offer":
        """Copy of the offer without its products, because their prices may be outdated."""
        return replace(self, product_offers=None)


class Offers(Shape, frozen=True, kw_only=True):
    offer: OneOrMany[Offer] = []


def pitches(wire: OneOrMany[str] | None) -> list[str]:
    """Sales pitches of an offer. Digital River sends them as a string, as a list, or as a string with a JSON array."""
    texts = []
    for text in many(wire):
        try:
            texts += msgspec.json.decode(text, type=list[str]) if text.startswith("[") else [text]
        except msgspec.DecodeError:
            texts.append(text)
    return [text for text in texts if text]
