"""Products, offers and the storefront."""

from gateway.enums import OfferKind, ProductKind, TermsOfSaleMode
from schema.descriptions import describe_enum

describe_enum(
    TermsOfSaleMode,
    "How the terms of sale are accepted on this site.",
    ACTIVE="The shopper must tick a box before buying.",
    PASSIVE="Placing the order is the acceptance.",
    NOT_REQUIRED="No acceptance is recorded.",
)

describe_enum(
    ProductKind,
    "What a product delivers.",
    DOWNLOAD="A file or a licence key.",
    PHYSICAL="Goods that ship.",
    UNKNOWN="A value this schema does not know yet.",
)

describe_enum(
    OfferKind,
    "What an offer does.",
    ALL_PRODUCTS_BUNDLE="Adds a free or discounted product to any purchase.",
    BANNER="Shows an image.",
    BUNDLE="Adds a product when another one is added.",
    BUY_M_GET_N="Buy some, get some.",
    CANDY_RACK="Small additions shown in the cart.",
    CROSS_SELL="Suggests accessories.",
    DISCOUNT="Lowers a price.",
    FEATURED_PRODUCTS="Promotes chosen products.",
    SHOPPER_DEFINED_BUNDLE="Lets the shopper compose a bundle.",
    UP_SELL="Suggests a better product.",
    UNKNOWN="A value this schema does not know yet.",
)
