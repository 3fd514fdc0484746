"""Enums for products, offers and the storefront."""

from gateway.enums import OfferKind, ProductKind, ProductSort, TermsOfSaleMode
from schema.descriptions import describe_enum

describe_enum(
    TermsOfSaleMode,
    "How the shopper accepts the terms of sale.",
    ACTIVE="The shopper must tick a box before buying.",
    PASSIVE="The shopper accepts the terms by placing the order.",
    NOT_REQUIRED="The shopper does not have to accept terms.",
)

describe_enum(
    ProductKind,
    "What a product delivers.",
    DOWNLOAD="A file or a licence key.",
    PHYSICAL="Goods that are shipped.",
    UNKNOWN="A value that this schema does not know yet.",
)

describe_enum(
    ProductSort,
    "Order of products. Digital River sorts them.",
    NAME_ASCENDING="By name, A first. Digital River value: name-asc.",
    NAME_DESCENDING="By name, Z first. Digital River value: name-desc.",
    LIST_PRICE_ASCENDING="By price before discounts, the lowest first. Digital River value: listPrice-asc.",
    LIST_PRICE_DESCENDING="By price before discounts, the highest first. Digital River value: listPrice-desc.",
)

describe_enum(
    OfferKind,
    "What an offer does.",
    ALL_PRODUCTS_BUNDLE="Adds a free or discounted product to any purchase.",
    BANNER="Shows an image.",
    BUNDLE="Adds a product when another product is added.",
    BUY_M_GET_N="Gives products or a discount when the shopper buys a number of products.",
    CANDY_RACK="Suggests small products in the cart.",
    CROSS_SELL="Suggests accessories.",
    DISCOUNT="Lowers a price.",
    FEATURED_PRODUCTS="Promotes chosen products.",
    SHOPPER_DEFINED_BUNDLE="Lets the shopper compose a bundle.",
    UP_SELL="Suggests a better product.",
    UNKNOWN="A value that this schema does not know yet.",
)
