"""GraphQL types of products, categories, offers and the settings of the storefront."""

from gateway.countries.labels import AddressFieldLabel
from gateway.enums import AddressKind, OfferKind, ProductKind, ProductSort, TermsOfSaleMode
from resolvers import catalog, storefront
from resolvers.scalars import CountryCode, CurrencyCode, Locale, Url
from schema import dsl
from schema.directives import PUBLIC, CacheControl, Cost, ListSize, SemanticNonNull
from schema.dsl import argument, field
from schema.shared_types import CustomAttribute, InventoryStatus, Money, Node, PageInfo


@dsl.object_type()
class CountrySubdivision:
    """A state, province or region of a country."""

    code: str = field(
        "Value for `AddressInput.countrySubdivision`, such as CA in the United States or 愛知県 in Japan. Digital "
        "River field: address.countrySubdivision."
    )
    iso_code: str | None = field("Code of ISO 3166-2, such as US-CA. Null if there is none.")
    name: str = field(
        "Name in the language of the operation's locale if it is a language of the country; otherwise in Latin script."
    )


@dsl.object_type()
class AddressFormField:
    """A field of a form for addresses in a country. The rules are those of the post office. No mutation applies them:
    Digital River decides whether it accepts an address.
    """

    name: str = field("Name of the field in `AddressInput`, such as postalCode. Paths of errors end with it.")
    label: AddressFieldLabel = field("What the field is called in this country.")
    is_required: bool = field("True when an address without the field is incomplete.")
    is_upper_case: bool = field("True when the field is written in capital letters. Convert it before `pattern`.")
    pattern: str | None = field(
        "Regular expression for the whole value, for the `pattern` of an HTML input or for RegExp. Null for any value."
    )
    examples: list[str] = field("Examples of values that match `pattern`; empty if there are none.")


@dsl.object_type()
class Country:
    """A country that the site bills or ships to, and the form of its addresses."""

    code: CountryCode = field("Value for `AddressInput.countryCode`.")
    name: str = field("Name in the locale of the operation, which `@inContext` sets.")
    is_billing_country: bool = field("True when the site accepts the country in billing addresses.")
    is_shipping_country: bool = field("True when the site ships to the country.")
    address_fields: list[AddressFormField] = field(
        "Fields of a form, in the order of addresses in this country. All fields of `AddressInput` that the country "
        "uses are listed, without `countryCode`.",
        ListSize(assumed_size=14),
        resolver=storefront.address_fields,
        kind=argument(
            AddressKind | None,
            "Kind of address; BILLING when absent. Only a billing address needs an email and, for the drop-in, a phone "
            "number.",
        ),
    )
    subdivisions: list[CountrySubdivision] = field(
        "States, provinces or regions to choose from. Empty when addresses have none, or when any value is accepted.",
        ListSize(assumed_size=50),
        resolver=storefront.subdivisions,
    )


@dsl.object_type()
class Market:
    """A locale with the currency that belongs to it. Other combinations of the storefront's locales and currencies are
    accepted as well.
    """

    locale: Locale = field("Locale of names, descriptions and messages.")
    currency_code: CurrencyCode = field("Currency of prices.")


@dsl.object_type()
class DigitalRiverJs:
    """Where a page loads DigitalRiver.js, the library that collects payment details. Set in the gateway's settings."""

    script_url: Url = field(
        "URL of the script. It defines `DigitalRiver`, whose constructor takes `Storefront.publishableKey` and the "
        "locale."
    )
    style_sheet_url: Url = field("URL of the style sheet of the drop-in.")
    payment_service_url: Url = field(
        "Base URL of the payment service that the library calls, for example for the content security policy of a page."
    )


@dsl.object_type(CacheControl(max_age=3600, scope=PUBLIC, stale_if_error=86400))
class Storefront:
    """Settings that a storefront reads before it renders its first page. Set in the gateway's settings."""

    publishable_key: str = field(
        "Public key for DigitalRiver.js. The key is not a secret. Set in the gateway's settings."
    )
    digital_river_js: DigitalRiverJs = field(
        "Addresses of DigitalRiver.js: of Digital River, or of the sandbox. Set in the gateway's settings."
    )
    billing_countries: list[CountryCode] = field(
        "Countries that the site accepts in billing addresses: those in the gateway's settings, or every country of "
        "ISO 3166-1 if the settings name none."
    )
    shipping_countries: list[CountryCode] = field(
        "Countries to which the site ships: those in the gateway's settings, or every country of ISO 3166-1 if the "
        "settings name none."
    )
    countries: list[Country] = field(
        "Countries that the site bills or ships to, sorted by name. Read the names of all countries for a list to "
        "choose from, and the form of the chosen country with `codes`.",
        ListSize(slicing_arguments=["codes"], require_one_slicing_argument=False, assumed_size=250),
        resolver=storefront.countries,
        codes=argument(
            list[CountryCode] | None,
            "Countries to return; all when absent. Countries that the site does not serve are left out.",
        ),
    )
    markets: list[Market] = field(
        "Locales with their currencies, for a list to choose from. The first is the default. Set in the gateway's "
        "settings."
    )
    locales: list[Locale] = field("Locales the storefront offers. Set in the gateway's settings.")
    currencies: list[CurrencyCode] = field("Currencies the storefront offers. Set in the gateway's settings.")
    terms_of_sale_mode: TermsOfSaleMode = field(
        "How the shopper accepts the terms of sale. Set in the gateway's settings."
    )


@dsl.object_type()
class ProductPricing:
    """Unit price of a product. A price that Digital River does not report is null. Digital River object:
    product.pricing.
    """

    list_price: Money | None = field("Price before discounts. Digital River field: listPrice.")
    sale_price: Money | None = field(
        "Price that a shopper pays now for one unit. Digital River field: salePriceWithQuantity; if absent, salePrice."
    )
    suggested_price: Money | None = field("Manufacturer's suggested price. Digital River field: msrpPrice.")
    commitment_price: Money | None = field(
        "Total over the commitment period of a subscription product. Digital River field: commitmentPrice."
    )
    includes_tax: bool = field("True when the list price includes tax. Digital River field: listPriceIncludesTax.")


@dsl.object_type()
class VolumePriceTier:
    """Price of a product for a range of quantities. Digital River object: volumePricing.tier."""

    from_quantity: int | None = field(
        "First quantity to which the price applies. Null if Digital River reports none. Digital River field: from."
    )
    to_quantity: int | None = field(
        "Last quantity to which the price applies; null if there is none. Digital River field: to."
    )
    unit_price: Money | None = field(
        "Price of one unit for these quantities. Null if Digital River reports none. Digital River field: pricing."
    )


@dsl.object_type()
class ProductImage:
    """A picture of a product or of one of its variations."""

    image_url: Url = field("Large picture. Digital River field: productImage; if absent, thumbnailImage.")
    thumbnail_url: Url | None = field("Small picture. Digital River field: thumbnailImage.")
    alt_text: str = field(
        "Name of the product or variation in the picture, for `alt` in HTML. Digital River has no alternative texts."
    )


@dsl.object_type()
class VariationAttribute:
    """An attribute in which the variations of a base product differ, such as the color. Digital River object:
    variationAttributes.attribute.
    """

    name: str = field("Name of the attribute, as in `CustomAttribute.name`. Digital River field: name.")
    display_name: str = field("Name for display. Digital River field: displayName; if absent, name.")
    values: list[str] = field("Values that the variations have. Digital River field: domainValues.")


@dsl.object_type(CacheControl(max_age=300, scope=PUBLIC, stale_if_error=86400))
class Product(Node):
    """A product, or a variation of a base product. Digital River call: GET /v1/shoppers/me/products/{productId}."""

    upstream_id: str = field("Digital River's id of the product. Digital River field: id.")
    external_reference_id: str | None = field(
        "The merchant's own id of the product. Digital River field: externalReferenceId."
    )
    sku: str | None = field("Stock keeping unit. Digital River field: sku.")
    name: str = field("Name for display. Digital River field: displayName; if absent, name.")
    short_description: str | None = field("Description in one or two sentences. Digital River field: shortDescription.")
    long_description: str | None = field(
        "Full description. May contain the merchant's HTML. Sanitise the HTML before you render it. Digital "
        "River field: longDescription."
    )
    kind: ProductKind = field("Whether the product is downloaded or shipped. Digital River field: productType.")
    is_purchasable: bool = field(
        "True when the product can be put in a cart. False for a base product: add one of its `variations`. Digital "
        "River field: purchasable."
    )
    is_displayable: bool = field("True when the product may be shown. Digital River field: displayableProduct.")
    is_base_product: bool = field(
        "True for a base product, which groups variations and cannot be bought. Digital River field: baseProduct."
    )
    manufacturer_name: str | None = field("Name of the manufacturer. Digital River field: manufacturerName.")
    manufacturer_part_number: str | None = field(
        "Manufacturer's part number. Digital River field: manufacturerPartNumber."
    )
    minimum_quantity: int | None = field("Minimum quantity of one cart line. Digital River field: minimumQuantity.")
    maximum_quantity: int | None = field("Maximum quantity of one cart line. Digital River field: maximumQuantity.")
    thumbnail_url: Url | None = field("Small picture. Digital River field: thumbnailImage.")
    image_url: Url | None = field("Large picture. Digital River field: productImage.")
    images: list[ProductImage] = field(
        "Pictures of the product; for a base product, followed by those of its variations. Each picture is listed once."
    )
    keywords: str | None = field("Search keywords. Digital River field: keywords.")
    variation_attributes: list[VariationAttribute] = field(
        "Attributes in which the variations of a base product differ; empty for every other product. Digital River "
        "field: variationAttributes."
    )
    custom_attributes: list[CustomAttribute] = field(
        "Attributes that the merchant has defined. Digital River field: customAttributes.",
        ListSize(assumed_size=20),
        resolver=catalog.custom_attributes,
        names=argument(list[str] | None, "Names of the attributes to return; all attributes when absent."),
    )
    pricing: ProductPricing | None = field(
        "Price for one unit. Digital River field: pricing.",
        SemanticNonNull(),
        CacheControl(max_age=60, scope=PUBLIC, stale_if_error=0),
        resolver=catalog.pricing,
    )
    volume_pricing: list[VolumePriceTier] | None = field(
        "Prices by quantity. Null when the prices could not be read. Digital River call: GET …/pricing/volume-pricing.",
        SemanticNonNull(),
        Cost(weight="1"),
        ListSize(assumed_size=10),
        resolver=catalog.volume_pricing,
    )
    inventory: InventoryStatus | None = field(
        "Stock of the product. The gateway reads the stock of all products of an operation together. Digital River "
        "call: GET /v1/shoppers/me/products/inventory-status.",
        SemanticNonNull(),
        CacheControl(max_age=15, scope=PUBLIC, stale_if_error=0),
        Cost(weight="1"),
        resolver=catalog.inventory,
    )
    parent: "Product | None" = field(
        "Base product of a variation. Null for a product without a base product. Digital River field: parentProduct.",
        Cost(weight="1"),
        resolver=catalog.parent_product,
    )
    variations: "list[Product] | None" = field(
        "Variations of a base product; empty for every other product. Null when the variations could not be "
        "read. Digital River call: GET …/variations.",
        SemanticNonNull(),
        Cost(weight="1"),
        ListSize(assumed_size=20),
        resolver=catalog.variations,
    )
    categories: "list[Category] | None" = field(
        "Categories that list the product. Null when they could not be read. Digital River call: GET …/categories.",
        SemanticNonNull(),
        Cost(weight="1"),
        ListSize(assumed_size=5),
        resolver=catalog.product_categories,
    )
    offers: "list[Offer] | None" = field(
        "Offers on the product, such as cross-sells. Null when they could not be read. Digital River call: "
        "GET …/offers or …/point-of-promotions/{name}/offers.",
        SemanticNonNull(),
        Cost(weight="1"),
        ListSize(assumed_size=5),
        resolver=catalog.product_offers,
        point_of_promotion=argument(str | None, "Point of promotion whose offers to return; all offers when absent."),
    )


@dsl.object_type(CacheControl(max_age=900, scope=PUBLIC, stale_if_error=86400))
class Category(Node):
    """A group of products. Digital River call: GET /v1/shoppers/me/categories/{categoryId}."""

    upstream_id: str = field("Digital River's id of the category. Digital River field: id.")
    name: str = field("Name for display. Digital River field: displayName.")
    short_description: str | None = field("Description in one or two sentences. Digital River field: shortDescription.")
    long_description: str | None = field(
        "Full description. May contain the merchant's HTML. Sanitise the HTML before you render it. Digital "
        "River field: longDescription."
    )
    thumbnail_url: Url | None = field("Small picture. Digital River field: thumbnailImage.")
    children: "list[Category] | None" = field(
        "Direct subcategories. Null when they could not be read. Digital River field: categories.category.",
        SemanticNonNull(),
        Cost(weight="1"),
        ListSize(assumed_size=15),
        resolver=catalog.children,
    )
    products: "ProductConnection | None" = field(
        "Products of the category. Null when they could not be read. Digital River call: GET "
        "…/categories/{categoryId}/products.",
        SemanticNonNull(),
        Cost(weight="5"),
        ListSize(slicing_arguments=["first", "last"], sized_fields=["edges", "nodes"]),
        resolver=catalog.category_products,
        sort=argument(ProductSort | None, "Order of the products; Digital River's own order when absent."),
        first=argument(int | None, "Number of items after the cursor, or from the start of the list; at most 100."),
        after=argument(str | None, "Cursor after which the page starts."),
        last=argument(int | None, "Number of items before the cursor, or from the end of the list; at most 100."),
        before=argument(str | None, "Cursor before which the page ends."),
    )


@dsl.object_type()
class ProductEdge:
    """A product on a page of products, with the cursor of the product."""

    cursor: str = field("Cursor of this product. Send it as `after` or `before` to read the next or previous page.")
    node: Product = field("The product.")


@dsl.object_type()
class ProductConnection:
    """A page of products."""

    edges: list[ProductEdge] = field("Products of the page, each with its cursor.")
    nodes: list[Product] = field("Products of the page, for clients that need no cursors.")
    page_info: PageInfo = field("First and last cursor of the page, and whether there is a previous or next page.")
    total_count: int = field("Number of products on all pages. Digital River field: totalResults.")


@dsl.object_type(CacheControl(max_age=120, scope=PUBLIC, stale_if_error=3600))
class Offer(Node):
    """A promotion. Digital River call: GET /v1/shoppers/me/offers/{offerId}."""

    upstream_id: str = field("Digital River's id of the offer. Digital River field: id.")
    name: str = field("Name for display. Digital River field: name.")
    kind: OfferKind = field("Kind of offer, such as a discount or a cross-sell. Digital River field: type.")
    trigger: str | None = field(
        "When the offer applies, in Digital River's words, for example Always Triggered. Digital River field: trigger."
    )
    image_url: Url | None = field("Picture of the offer. Digital River field: image.")
    sales_pitches: list[str] = field("Sales pitches in Digital River's order. Digital River field: salesPitch.")
    products: "list[OfferedProduct] | None" = field(
        "Products that the offer promotes, with their promotional prices. Null when they could not be read. "
        "Digital River call: GET …/product-offers.",
        SemanticNonNull(),
        Cost(weight="1"),
        ListSize(assumed_size=10),
        resolver=catalog.offered_products,
    )


@dsl.object_type()
class OfferedProduct:
    """A product inside an offer. Digital River object: productOffer."""

    product: Product = field("Product that the offer promotes. Digital River field: product.")
    list_price: Money | None = field(
        "Unit price without the offer. Null if Digital River reports none. Digital River field: pricing.listPrice."
    )
    offer_price: Money | None = field(
        "Unit price with the offer. Null if Digital River reports none. Digital River field: "
        "pricing.salePriceWithQuantity."
    )
    sales_pitch: str | None = field("Sales pitch for this product. Digital River field: salesPitch.")
