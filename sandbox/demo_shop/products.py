"""The demo shop's products, their prices, and their stock at the start."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from sandbox.demo_shop.german_texts import GERMAN, GERMAN_AXES, is_german
from sandbox.demo_shop.image_paths import product_image, product_thumbnail
from sandbox.wire.money import Amounts, formatted, in_currency, money, rounded
from sandbox.wire.recurring_terms import DEFAULT_TERMS
from sandbox.wire.values import Json, boolean

Kind = Literal["PHYSICAL", "DOWNLOAD"]
TermUnit = Literal["MONTHS", "YEARS"]

COMPANY = "riverdemo"
SHOP = "Riverbank Outfitters"
"""Name that shoppers know the shop by."""

UNTRACKED = 2147483647
"""Quantity that Digital River reports for unlimited stock."""


@dataclass(frozen=True)
class Product:
    id: int
    name: str
    description: str
    kind: Kind
    slug: str
    prices: Amounts
    stock: int | None = None
    """Units in stock at the start; None for unlimited stock."""
    maximum: int | None = None
    percent_off: int = 0
    parent_id: int | None = None
    axis: str | None = None
    """Name of the attribute in which the variations of a base product differ; None for any other product."""
    attributes: tuple[tuple[str, str, str], ...] = ()
    """Custom attributes, each with name, type and value."""
    tiers: tuple[tuple[int, int, int], ...] = ()
    """Volume prices. Each has the first and last quantity of a range, and the discount in percent."""
    is_purchasable: bool = True
    term: tuple[TermUnit, int] | None = None
    """Time that one payment for a recurring product covers; None for a product that is bought once."""

    @property
    def terms(self) -> Json | None:
        return dict(DEFAULT_TERMS) if self.term else None

    @property
    def sku(self) -> str:
        return f"RD-{self.slug.upper()}"

    @property
    def is_base(self) -> bool:
        return self.axis is not None

    @property
    def is_physical(self) -> bool:
        return self.kind == "PHYSICAL"

    def name_in(self, locale: str) -> str:
        return GERMAN[self.id][0] if is_german(locale) and self.id in GERMAN else self.name

    def description_in(self, locale: str) -> str:
        return GERMAN[self.id][1] if is_german(locale) and self.id in GERMAN else self.description

    def percent_off_for(self, quantity: int) -> int:
        """Discount in percent for this quantity: the higher of the product's own discount and its volume discount."""
        tiers = (percent for start, end, percent in self.tiers if start <= quantity <= end)
        return max(self.percent_off, next(tiers, 0))

    def price(self, currency: str) -> Decimal:
        return in_currency(self.prices, currency)


WATCH = 5401230300

_TABLE = [
    Product(
        5401230100,
        "Trailhead 28L Daypack",
        "Weatherproof day pack with laptop sleeve.",
        "PHYSICAL",
        "trailhead-28",
        ("89", "84.90", "74.90", "12900"),
        stock=42,
        percent_off=10,
        attributes=(("weight", "Quantity", "1.900 lb"),),
    ),
    Product(
        5401230200,
        "Summit Trekking Poles",
        "Carbon poles, folded 38 cm.",
        "PHYSICAL",
        "summit-poles",
        ("59", "56.90", "49.90", "8600"),
        stock=120,
    ),
    Product(
        WATCH,
        "Cascade GPS Watch",
        "Multi-band GPS watch with offline maps.",
        "PHYSICAL",
        "cascade-gps",
        ("249", "239", "209", "36800"),
        axis="color",
    ),
    Product(
        5401230400,
        "Cascade GPS Watch - Graphite",
        "Multi-band GPS watch with offline maps. Graphite case.",
        "PHYSICAL",
        "cascade-gps-graphite",
        ("249", "239", "209", "36800"),
        stock=7,
        parent_id=WATCH,
        attributes=(("color", "String", "Graphite"), ("weight", "Quantity", "0.150 lb")),
    ),
    Product(
        5401230500,
        "Cascade GPS Watch - Glacier",
        "Multi-band GPS watch with offline maps. Glacier case.",
        "PHYSICAL",
        "cascade-gps-glacier",
        ("249", "239", "209", "36800"),
        stock=0,
        parent_id=WATCH,
        attributes=(("color", "String", "Glacier"), ("weight", "Quantity", "0.150 lb")),
    ),
    Product(
        5401230600,
        "Basecamp Headlamp",
        "400 lumens, charged over USB-C.",
        "PHYSICAL",
        "basecamp-headlamp",
        ("34.50", "32.90", "28.90", "4980"),
        stock=80,
    ),
    Product(
        5401230700,
        "RouteMapper Pro",
        "Route planning software for one year, as a download.",
        "DOWNLOAD",
        "routemapper-pro",
        ("39.99", "39.99", "34.99", "5980"),
        maximum=20,
        attributes=(("numberOfDownloads", "String", "5"),),
        tiers=((1, 4, 0), (5, 9, 10), (10, 20, 25)),
    ),
    Product(
        5401230800,
        "Trail Atlas Alps",
        "All marked trails of the Alps as an e-book.",
        "DOWNLOAD",
        "trail-atlas-alps",
        ("24", "22.90", "19.90", "3400"),
    ),
    Product(
        5401230900,
        "Offline Maps Europe",
        "Maps of 44 countries for any GPS watch.",
        "DOWNLOAD",
        "offline-maps-europe",
        ("49", "46.90", "41.90", "7200"),
    ),
    Product(
        5401231000,
        "Ridge Water Bottle",
        "0.75 l, steel, keeps cold for a day.",
        "PHYSICAL",
        "ridge-bottle",
        ("18.95", "17.90", "15.90", "2750"),
        stock=300,
    ),
    Product(
        5401231100,
        "Pine Camp Stove",
        "Burns what lies around. At most three per order.",
        "PHYSICAL",
        "pine-stove",
        ("74", "69.90", "61.90", "10900"),
        stock=25,
        maximum=3,
    ),
    Product(
        5401231200,
        "Storm Shelter Tent",
        "Four seasons, two persons.",
        "PHYSICAL",
        "storm-shelter",
        ("399", "379", "329", "58900"),
        stock=5,
    ),
    Product(
        5401231300,
        "First Edition Field Notes",
        "Signed and numbered.",
        "PHYSICAL",
        "field-notes",
        ("12", "11.90", "9.90", "1800"),
        stock=0,
    ),
    Product(
        5401231400,
        "Glacier Sunglasses",
        "Category 4 lenses with side shields.",
        "PHYSICAL",
        "glacier-sunglasses",
        ("119", "112", "98", "17400"),
        stock=18,
    ),
    Product(
        5401231500,
        "Ridgeline Drone",
        "Follows the trail from above.",
        "PHYSICAL",
        "ridgeline-drone",
        ("599", "569", "489", "88000"),
        stock=10,
        is_purchasable=False,
    ),
    Product(
        5401231600,
        "Trail Maps Live",
        "Maps that follow closures and weather. Renews every month.",
        "DOWNLOAD",
        "trail-maps-live",
        ("4.99", "4.99", "4.49", "700"),
        term=("MONTHS", 1),
    ),
    Product(
        5401231700,
        "Camp Coffee Box",
        "A kilo of beans for the trail. Renews every year.",
        "PHYSICAL",
        "camp-coffee",
        ("29", "27.90", "24.90", "4200"),
        stock=200,
        term=("YEARS", 1),
    ),
]

PRODUCTS = {product.id: product for product in _TABLE}
LISTED_PRODUCTS = [product for product in _TABLE if product.parent_id is None]
"""Products in the list of all products. A variation is listed only under its base product."""


def variations(product: Product) -> list[Product]:
    return [variation for variation in _TABLE if variation.parent_id == product.id]


def core(product: Product, base: str, locale: str) -> Json:
    """JSON of a product with all fields, as in the cart lines if the client sends `expand=lineItems.lineItem`."""
    wire: Json = {"uri": uri(product.id, base)}
    if product.parent_id is not None:
        wire["parentProduct"] = core(PRODUCTS[product.parent_id], base, locale)
    wire |= {
        "id": product.id,
        "name": product.name,
        "displayName": product.name_in(locale),
        "shortDescription": product.description_in(locale),
        "longDescription": None,
        "productType": product.kind,
        "sku": product.sku,
        "externalReferenceId": product.slug,
        "companyId": COMPANY,
        "displayableProduct": "true",
        "purchasable": boolean(product.is_purchasable),
        "manufacturerName": SHOP,
        "manufacturerPartNumber": product.sku.removeprefix("RD-"),
        "minimumQuantity": None,
        "maximumQuantity": product.maximum,
        "thumbnailImage": f"{base}{product_thumbnail(product.slug)}",
        "productImage": f"{base}{product_image(product.slug)}",
        "keywords": None,
        "baseProduct": boolean(product.is_base),
    }
    if product.is_base:
        values = [variation.attributes[0][2] for variation in variations(product)]
        axis = str(product.axis)
        axis_name = GERMAN_AXES[axis] if is_german(locale) else axis.title()
        attribute = {"name": axis, "displayName": axis_name, "domainValues": values}
        wire["variationAttributes"] = {"attribute": [attribute]}
    if product.attributes:
        attributes = [{"name": name, "type": kind, "value": value} for name, kind, value in product.attributes]
        wire["customAttributes"] = {"attribute": attributes}
    return wire


def brief(product: Product, base: str, locale: str) -> Json:
    """JSON of a product with few fields, as in the cart lines by default."""
    wire: Json = {"uri": uri(product.id, base)}
    if product.parent_id is not None:
        wire["parentProduct"] = {"uri": uri(product.parent_id, base)}
    thumbnail = f"{base}{product_thumbnail(product.slug)}"
    return wire | {"displayName": product.name_in(locale), "thumbnailImage": thumbnail}


def pricing(product: Product, currency: str, locale: str, base: str, *, tax_included: bool) -> Json:
    unit = unit_pricing(product, currency, locale, product.percent_off, tax_included=tax_included)
    return {"uri": f"{uri(product.id, base)}/pricing"} | unit


def unit_pricing(product: Product, currency: str, locale: str, percent: int, *, tax_included: bool) -> Json:
    """JSON of the price of one unit, after a discount of `percent`."""
    listed = product.price(currency)
    off = rounded(listed * percent / 100, currency)
    sale = listed - off
    return {
        "listPrice": money(listed, currency),
        "listPriceWithQuantity": money(listed, currency),
        "salePriceWithQuantity": money(sale, currency),
        "formattedListPrice": formatted(listed, currency, locale),
        "formattedListPriceWithQuantity": formatted(listed, currency, locale),
        "formattedSalePriceWithQuantity": formatted(sale, currency, locale),
        "totalDiscountWithQuantity": money(off, currency),
        "formattedTotalDiscountWithQuantity": formatted(off, currency, locale),
        "discountDescription": f"{percent}%" if percent else None,
        "feePricing": {
            "salePriceWithFeesAndQuantity": money(sale, currency),
            "formattedSalePriceWithFeesAndQuantity": formatted(sale, currency, locale),
        },
        "listPriceIncludesTax": boolean(tax_included),
        "msrpPrice": None,
        "formattedMsrpPrice": None,
    }


def volume_pricing(product: Product, currency: str, locale: str, base: str, *, tax_included: bool) -> Json:
    """JSON of the volume prices. The field `tier` is absent if the product has no volume prices."""
    wire: Json = {"uri": f"{uri(product.id, base)}/pricing/volume-pricing"}
    if not product.tiers:
        return wire
    wire["tier"] = [
        {"from": start, "to": end, "pricing": unit_pricing(product, currency, locale, off, tax_included=tax_included)}
        for start, end, off in product.tiers
    ]
    sales = [product.price(currency) * (100 - off) / 100 for _, _, off in product.tiers]
    lowest, highest = (formatted(rounded(sale, currency), currency, locale) for sale in (min(sales), max(sales)))
    return wire | {"formattedSalesPriceRange": f"{lowest} - {highest}"}


def discount(product: Product, currency: str, quantity: int = 1) -> Decimal:
    """Discount on `quantity` units of the product, at the percentage of `percent_off_for`."""
    return rounded(product.price(currency) * quantity * product.percent_off_for(quantity) / 100, currency)


def inventory(product: Product, stock: int | None, base: str, quantity: int = 1) -> Json:
    """JSON of the stock of a product. `stock` is None for unlimited stock. `quantity` is the requested quantity."""
    available = UNTRACKED if stock is None else max(stock, 0)
    return {
        "uri": f"{uri(product.id, base)}/inventory-status",
        "product": [
            {
                "uri": uri(product.id, base),
                "id": product.id,
                "externalReferenceId": product.slug,
                "companyId": COMPANY,
            }
        ],
        "availableQuantity": available,
        "availableQuantityIsEstimated": "false",
        "productIsInStock": boolean(available > 0),
        "productIsAllowsBackorders": "false",
        "productIsTracked": boolean(stock is not None),
        "requestedQuantityAvailable": boolean(available >= quantity),
        "status": "PRODUCT_INVENTORY_IN_STOCK" if available > 0 else "PRODUCT_INVENTORY_OUT_OF_STOCK",
        "statusIsEstimated": "false",
        "expectedInStockDate": None,
        "customStockMessage": None,
    }


def uri(product_id: int, base: str) -> str:
    return f"{base}/v1/shoppers/me/products/{product_id}"
