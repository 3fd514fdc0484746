"""GraphQL types of the cart."""

from strawberry import ID

from gateway.enums import ChargeType, CustomerType, LandedCostState, SessionLevel
from resolvers import cart, cart_offers, catalog, payment_session, readiness, shopper
from resolvers.scalars import CartRevision, CurrencyCode
from schema import dsl
from schema.account import Shopper
from schema.catalog import Offer, Product
from schema.directives import PRIVATE, CacheControl, Cost, ListSize, RequiresSession, SemanticNonNull
from schema.dsl import field
from schema.payment import PaymentSession
from schema.readiness import CheckoutReadiness
from schema.shared_types import (
    Address,
    AddressSuggestion,
    CustomAttribute,
    InventoryStatus,
    LinePricing,
    Money,
    MutationWarning,
    Node,
    RecurringTerms,
)


@dsl.object_type()
class CartLine(Node):
    """A product and its quantity in a cart. Digital River object: lineItem."""

    upstream_id: str = field("Digital River's id of the cart line. Digital River field: lineItem.id.")
    quantity: int | None = field(
        "Number of units. Null only if Digital River reports none; such a cart cannot be submitted. Digital River "
        "field: quantity."
    )
    known_product: Product | None = field(
        "Product of the line. For fields that Digital River's cart does not contain, the gateway reads the products "
        "of all lines in one more call. Null only if Digital River reports none; such a cart cannot be submitted. "
        "Digital River field: product.",
        name="product",
    )
    pricing: LinePricing = field("Amounts of the line. Digital River field: pricing.")
    inventory: InventoryStatus | None = field(
        "Stock of the product. Null when the stock could not be read. Digital River call: GET "
        "/v1/shoppers/me/products/inventory-status.",
        SemanticNonNull(),
        Cost(weight="1"),
        resolver=catalog.line_inventory,
    )
    parent_line_id: ID | None = field(
        "Id of the parent line, for a line that belongs to a bundle; null for every other line. Digital River "
        "field: parentLineItemId."
    )
    recurring_terms: RecurringTerms | None = field(
        "Terms of a subscription line; null for a one-time purchase. Digital River field: subscriptionInfo."
    )
    custom_attributes: list[CustomAttribute] = field(
        "Attributes that the merchant has defined. Digital River field: customAttributes.", ListSize(assumed_size=10)
    )


@dsl.object_type()
class CartTotals:
    """Amounts of a cart. An amount that Digital River does not report is null. Digital River object: cart.pricing."""

    subtotal: Money | None = field(
        "Sum of all lines and of the fees shown to the shopper, before order discounts. Digital River field: subtotal."
    )
    subtotal_with_discount: Money | None = field(
        "Subtotal minus the order discount. Digital River field: subtotalWithDiscount; if absent, subtotal "
        "minus discount."
    )
    discount: Money | None = field("Order discount, without line discounts. Digital River field: discount.")
    shipping_and_handling: Money | None = field("Shipping and handling. Digital River field: shippingAndHandling.")
    tax: Money | None = field("All taxes. Digital River field: tax.")
    import_tax_and_duty: Money | None = field("Import taxes and duties. Digital River field: importTaxAndDuty.")
    order_total: Money | None = field(
        "Total that the shopper pays. A cart without a total cannot be submitted. Digital River field: orderTotal."
    )
    is_estimate: bool = field(
        "True while addresses or the shipping option are missing, so that tax and shipping may still change."
    )


@dsl.object_type()
class AppliedOffer:
    """An offer that applies to a cart. Digital River object: appliedOffers."""

    offer: Offer = field("Offer that applies to the cart. Digital River field: offer.")
    coupon_code: str | None = field(
        "Coupon code that applied the offer. Null for an offer without a coupon. Also null unless the session has "
        "redeemed exactly one code and the cart has exactly one coupon offer, because Digital River does not report "
        "which code applied which offer."
    )
    discount: Money | None = field(
        "Discount from this offer; null when Digital River does not report it separately. Digital River "
        "field: the discount of the offer."
    )
    line_id: ID | None = field(
        "Id of the line that was added for this offer. Null when there is no such line, or more than one."
    )


@dsl.object_type()
class CartAddress:
    """An address on a cart. Digital River field: billingAddress or shippingAddress."""

    address: Address = field("Address with contact details. Digital River object: address.")
    suggestions: list[AddressSuggestion] = field(
        "Corrections that Digital River's address verification suggests; empty without a suggestion. Digital "
        "River field: suggestions.address.",
        ListSize(assumed_size=3),
    )


@dsl.object_type()
class ShippingOption:
    """A shipping option of a cart. Digital River object: shippingOption."""

    id: ID = field("Id of the shipping option, for selectShippingOption. Digital River field: id.")
    name: str = field("Name for display, for example UPS Ground. Digital River field: description.")
    cost: Money | None = field(
        "Price before shipping offers. Null if Digital River reports none. Digital River field: cost."
    )
    cost_with_discount: Money | None = field(
        "Price after shipping offers. Null if Digital River reports none. Digital River field: costWithDiscount; if "
        "absent, cost."
    )
    is_selected: bool = field(
        "True for the option that the cart uses. Derived from the Digital River field shippingMethod.code."
    )


@dsl.object_type()
class TaxIdentifier:
    """A tax identifier on a cart. Digital River object: taxRegistrations."""

    key: str = field("Kind of tax identifier, for example UK_VAT or CPF. Digital River field: key.")
    masked_value: str = field("Tax identifier. Only its last four characters are shown. Digital River field: value.")


@dsl.object_type()
class TaxIdentifierField:
    """A tax identifier that the shopper enters. Digital River object: a definition in the tax-registrations JSON
    schema.
    """

    key: str = field("Kind of tax identifier. Digital River field: key.")
    label: str = field("Label in the site's language. Digital River field: title.")
    help: str | None = field("Help text in the site's language. Digital River field: description.")
    patterns: list[str] = field(
        "Regular expressions. The tax identifier must match one of them. Digital River field: pattern."
    )


@dsl.object_type()
class TaxIdentifierRequirement:
    """A complete set of tax identifiers for one customer type. Digital River object: a branch of the tax-registrations
    JSON schema.
    """

    customer_type: CustomerType = field(
        "Customer type to which these tax identifiers apply. Digital River field: customerType."
    )
    minimum_count: int = field("Minimum number of these tax identifiers to send. Digital River field: minItems.")
    fields: list[TaxIdentifierField] = field("Tax identifiers of the set. Digital River field: definitions.")


@dsl.object_type(CacheControl(max_age=0, scope=PRIVATE), RequiresSession(level=SessionLevel.ANONYMOUS))
class Cart(Node):
    """The active cart of the session; every session has exactly one. The gateway reads the cart once per operation and
    never caches it between operations. Digital River call: GET /v1/shoppers/me/carts/active.
    """

    upstream_id: str = field("Digital River's id of the cart. Digital River field: cart.id.")
    revision: CartRevision = field(
        "Fingerprint of the cart as the shopper sees the cart now. Send the revision with `submitOrder`. Send it with "
        "another change if the change must fail when the cart has changed."
    )
    currency_code: CurrencyCode | None = field(
        "Currency of every amount in the cart. Null only if Digital River reports no amount. Digital River field: "
        "pricing.orderTotal.currency."
    )
    lines: list[CartLine] = field(
        "All lines, in Digital River's order. Lines are never paged. Digital River field: lineItems.lineItem.",
        ListSize(assumed_size=25),
    )
    total_quantity: int = field("Sum of the quantities of all lines. Digital River field: totalItemsInCart.")
    requires_shipping: bool = field(
        "True when at least one line must be shipped. Derived from the Digital River field product.productType."
    )
    totals: CartTotals = field("Amounts of the whole cart. Digital River field: cart.pricing.")
    applied_offers: list[AppliedOffer] | None = field(
        "Offers that apply to the cart. Null when the offers could not be read. Digital River call: GET "
        "…/applied-offers.",
        SemanticNonNull(),
        Cost(weight="1"),
        ListSize(assumed_size=5),
        resolver=cart_offers.applied_offers,
    )
    billing_address: CartAddress | None = field(
        "Billing address. Null until it is set. Digital River field: billingAddress."
    )
    shipping_address: CartAddress | None = field(
        "Shipping address. Null until it is set. Digital River field: shippingAddress."
    )
    shipping_options: list[ShippingOption] = field(
        "Shipping options of the cart. Empty when no line must be shipped, or no shipping address is set. "
        "Digital River field: shippingOptions.shippingOption.",
        ListSize(assumed_size=6),
    )
    selected_shipping_option: ShippingOption | None = field(
        "Shipping option that the cart uses. Null when no option is selected. Digital River field: shippingMethod."
    )
    customer_type: CustomerType = field(
        "Whether the shopper buys as a person or as a business. Digital River field: customerType."
    )
    tax_identifiers: list[TaxIdentifier] = field("Tax identifiers on the cart. Digital River field: taxRegistrations.")
    tax_identifier_requirements: list[TaxIdentifierRequirement] | None = field(
        "Tax identifiers that the country of the cart accepts or requires. Null when they could not be read. Digital "
        "River call: GET …/tax-registrations/schema.",
        SemanticNonNull(),
        Cost(weight="1"),
        ListSize(assumed_size=2),
        resolver=cart.tax_identifier_requirements,
    )
    is_tax_inclusive: bool = field("True when line prices include tax. Digital River field: taxInclusive.")
    landed_cost_state: LandedCostState = field(
        "Whether import duty and tax are part of the total. Digital River field: landedCostState."
    )
    terms_of_sale_accepted: bool = field(
        "True once the terms of sale are accepted. Digital River field: termsOfSalesAcceptance."
    )
    organization_id: str | None = field(
        "Id of the organisation that buys, for payment methods that send an invoice. Digital River field: "
        "organizationId."
    )
    charge_type: ChargeType = field("Who initiates the charge. Digital River field: chargeType.")
    business_entity_code: str | None = field(
        "Legal entity that sells, for legal notices. Digital River field: businessEntityCode."
    )
    shopper: Shopper | None = field(
        "Registered shopper of the cart; null for a guest. Digital River call: GET /v1/shoppers/me.",
        Cost(weight="1"),
        resolver=shopper.shopper_of,
    )
    payment_session: PaymentSession | None = field(
        "Payment session of the cart. Null before the first line is added. Always null when the site does not use "
        "payment sessions. Digital River field: cart.paymentSession.",
        resolver=payment_session.cart_payment_session,
    )
    readiness: CheckoutReadiness | None = field(
        "Whether the cart can become an order now, and what blocks it. Null only if the gateway could not "
        "check the cart.",
        SemanticNonNull(),
        Cost(weight="1"),
        resolver=readiness.readiness,
    )
    warnings: list[MutationWarning] = field(
        "Warnings about the cart for the shopper, from Digital River and from the gateway. A warning does not block "
        "the order. Digital River object: warnings.",
        resolver=cart.warnings,
    )
