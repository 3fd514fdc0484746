"""The demo shop's product offers, one of each kind, with their discounts and points of promotion."""

from dataclasses import dataclass
from decimal import Decimal

from sandbox.demo_shop import products
from sandbox.demo_shop.german_texts import is_german
from sandbox.demo_shop.products import PRODUCTS, Product
from sandbox.wire.money import rounded
from sandbox.wire.values import Json

HOME_PAGE, TOP_SELLERS = "SiteMerchandising_HomePageStoreSpecials", "Home_topSeller"
CART_BANNER, CANDY_RACK = "Banner_ShoppingCartLocal", "CandyRack_ShoppingCart"
CROSS_SELL, UP_SELL = "CrossSell_ProductDetail", "UpSell_ProductDetail"

POINTS_OF_PROMOTION = frozenset({HOME_PAGE, TOP_SELLERS, CART_BANNER, CANDY_RACK, CROSS_SELL, UP_SELL})

WATCHES = (5401230300, 5401230400, 5401230500)


@dataclass(frozen=True)
class ProductOffer:
    id: int
    kind: str
    policy: str
    name: str
    german: str
    products: tuple[tuple[int, int], ...] = ()
    """Ids of the offered products, each with its discount in percent."""
    shown_with: tuple[int, ...] = ()
    """Ids of products. One of them must be on the page or in the cart to show the offer; empty if none is needed."""
    points_of_promotion: tuple[str, ...] = ()
    paid_and_free: tuple[int, int] | None = None
    """How many units the shopper pays, and how many more are then free; None if the discount is a percentage."""
    pitches: tuple[str, ...] = ()
    german_pitches: tuple[str, ...] = ()
    has_image: bool = False

    def percent_off(self, product: Product) -> int:
        return dict(self.products).get(product.id, 0)

    def discount(self, product: Product, currency: str, quantity: int) -> Decimal:
        """Discount on a cart line that was added through the offer."""
        price = product.price(currency)
        if self.paid_and_free is None:
            return rounded(price * quantity * self.percent_off(product) / 100, currency)
        paid, free = self.paid_and_free
        return rounded(price * (quantity // (paid + free) * free), currency)

    def is_shown(self, point_of_promotion: str, product_ids: set[int]) -> bool:
        """Whether the point of promotion shows the offer on a page or in a cart with these products."""
        fits = not self.shown_with or bool(product_ids & set(self.shown_with))
        return fits and point_of_promotion in self.points_of_promotion


_TABLE = [
    ProductOffer(
        68201210019,
        "Cross-Sell",
        "Cross-sell discount",
        "Software with any watch",
        "Software zu jeder Uhr",
        products=((5401230700, 10),),
        shown_with=WATCHES,
        points_of_promotion=(CROSS_SELL, CANDY_RACK),
        pitches=("Plan the trip first", "Save on RouteMapper Pro"),
        german_pitches=("Erst die Tour planen", "RouteMapper Pro günstiger"),
    ),
    ProductOffer(
        68201220019,
        "Featured Products",
        "Featured products",
        "Highlights of the season",
        "Lieblinge der Saison",
        products=((5401230100, 10), (5401231200, 0), (5401231400, 0)),
        points_of_promotion=(HOME_PAGE, TOP_SELLERS),
    ),
    ProductOffer(
        68201230019,
        "Banner",
        "Banner",
        "Autumn on the trail",
        "Herbst auf dem Weg",
        points_of_promotion=(HOME_PAGE, CART_BANNER),
        pitches=("Gear for short days",),
        german_pitches=("Ausrüstung für kurze Tage",),
        has_image=True,
    ),
    ProductOffer(
        68201240019,
        "Candy Rack",
        "Candy rack",
        "Small things for the trail",
        "Kleines für unterwegs",
        products=((5401231000, 15), (5401230600, 15)),
        points_of_promotion=(CANDY_RACK,),
    ),
    ProductOffer(
        68201250019,
        "Up-Sell",
        "Up-sell",
        "A roof for four seasons",
        "Ein Dach für vier Jahreszeiten",
        products=((5401231200, 5),),
        shown_with=(5401230200,),
        points_of_promotion=(UP_SELL,),
    ),
    ProductOffer(
        68201260019,
        "Bundle",
        "Bundle discount",
        "A lamp with every tent",
        "Eine Lampe zu jedem Zelt",
        products=((5401230600, 50),),
        shown_with=(5401231200,),
        points_of_promotion=(CROSS_SELL,),
    ),
    ProductOffer(
        68201270019,
        "All Products Bundle",
        "All products bundle",
        "A bottle on the house",
        "Eine Flasche geschenkt",
        products=((5401231000, 100),),
        points_of_promotion=(CANDY_RACK,),
    ),
    ProductOffer(
        68201280019,
        "Buy M Get N",
        "Buy M get N",
        "Two pairs of poles, and a third",
        "Zwei Paar Stöcke, und ein drittes",
        products=((5401230200, 0),),
        shown_with=(5401230200,),
        points_of_promotion=(CROSS_SELL,),
        paid_and_free=(2, 1),
    ),
    ProductOffer(
        68201290019,
        "Shopper Defined Bundle",
        "Shopper defined bundle",
        "Pack your own kit",
        "Das eigene Set packen",
        products=((5401230100, 20), (5401230200, 20), (5401231000, 20)),
        shown_with=(5401230100,),
        points_of_promotion=(CROSS_SELL,),
    ),
    ProductOffer(
        68201300019,
        "Discount",
        "Line item percentage discount",
        "Sun for less",
        "Sonne für weniger",
        products=((5401231400, 10),),
        shown_with=(5401231400,),
        points_of_promotion=(HOME_PAGE,),
    ),
]

PRODUCT_OFFERS = {offer.id: offer for offer in _TABLE}


def name(offer: ProductOffer, locale: str) -> str:
    return offer.german if is_german(locale) else offer.name


def brief(offer: ProductOffer, base: str, locale: str) -> Json:
    return {
        "uri": f"{base}/v1/shoppers/me/offers/{offer.id}",
        "id": offer.id,
        "name": name(offer, locale),
        "policyName": offer.policy,
        "type": offer.kind,
        "trigger": "Always Triggered",
    }


def product_offer(
    offer: ProductOffer, product_id: int, shown: Json, base: str, locale: str, currency: str, *, tax_included: bool
) -> Json:
    """JSON of an offered product with the price in the offer. The field `product` gets the JSON in `shown`."""
    product = PRODUCTS[product_id]
    cart = f"{base}/v1/shoppers/me/carts/active"
    query = f"productId={product_id}&offerId={offer.id}"
    percent = offer.percent_off(product)
    return {
        "uri": f"{base}/v1/shoppers/me/offers/{offer.id}/product-offers/{product_id}",
        "id": product_id,
        "product": shown,
        "addProductToCart": {"uri": f"{cart}/line-items?{query}", "cartUri": f"{cart}?{query}"},
        "salesPitch": [],
        "image": None,
        "pricing": products.unit_pricing(product, currency, locale, percent, tax_included=tax_included),
    }
