"""The category tree of the demo shop."""

from dataclasses import dataclass

from sandbox.demo_shop.german_texts import is_german
from sandbox.demo_shop.products import PRODUCTS, Product


@dataclass(frozen=True)
class Category:
    id: int
    slug: str
    name: str
    german_name: str
    product_ids: tuple[int, ...] = ()
    child_ids: tuple[int, ...] = ()
    description: str | None = None
    german_description: str | None = None

    def name_in(self, locale: str) -> str:
        return self.german_name if is_german(locale) else self.name

    def description_in(self, locale: str) -> str | None:
        return self.german_description if is_german(locale) else self.description

    @property
    def children(self) -> list["Category"]:
        return [CATEGORIES[child_id] for child_id in self.child_ids]

    @property
    def products(self) -> list[Product]:
        """Products of the category and of all its subcategories."""
        own = [PRODUCTS[product_id] for product_id in self.product_ids]
        below = [product for child in self.children for product in child.products]
        return list(dict.fromkeys(own + below))


_TABLE = [
    Category(70229600, "packs", "Packs", "Rucksäcke", product_ids=(5401230100,)),
    Category(
        70229700,
        "electronics",
        "Electronics",
        "Elektronik",
        child_ids=(70229710, 70229720),
        description="What beeps and shines.",
        german_description="Was piept und leuchtet.",
    ),
    Category(
        70229710,
        "gps-watches",
        "GPS watches",
        "GPS-Uhren",
        child_ids=(70229711,),
        description="The way home, on the wrist.",
        german_description="Der Heimweg am Handgelenk.",
    ),
    Category(70229711, "multi-band", "Multi-band", "Mehrband", product_ids=(5401230300,)),
    Category(70229720, "lamps", "Lamps", "Lampen", product_ids=(5401230600,)),
    Category(
        70229800,
        "software",
        "Software",
        "Software und Karten",
        product_ids=(5401230700, 5401230800, 5401230900, 5401231600),
    ),
    Category(
        70229900,
        "camp",
        "Camp and trail",
        "Camp und Weg",
        product_ids=(5401230200, 5401231300, 5401231400, 5401231500),
        child_ids=(70229910, 70229920),
    ),
    Category(70229910, "cooking", "Cooking", "Kochen", product_ids=(5401231100, 5401231000, 5401231700)),
    Category(70229920, "shelter", "Shelter", "Zelte", product_ids=(5401231200,)),
]

CATEGORIES = {category.id: category for category in _TABLE}

TOP = [CATEGORIES[category_id] for category_id in (70229600, 70229700, 70229800, 70229900)]


def categories_of(product: Product) -> list[Category]:
    """Categories that list the product. A variation is also in the categories of its base product."""
    listed_as = {product.id, product.parent_id}
    return [category for category in _TABLE if listed_as & set(category.product_ids)]
