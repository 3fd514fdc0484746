"""Types that several other types use, for example money and addresses."""

from datetime import date
from decimal import Decimal

from strawberry import ID

from gateway.enums import WarningCode
from resolvers import money, shopper_messages
from resolvers.scalars import CountryCode, CurrencyCode, EmailAddress
from schema import dsl
from schema.directives import Sensitive
from schema.dsl import field


@dsl.interface
class Node:
    """An object with a globally unique id. `Query.node` returns the object with a given id."""

    id: ID = field("Opaque global id of the object. Never parse the id; use `upstreamId` for Digital River's id.")


@dsl.object_type()
class Money:
    """An amount of money. Digital River fields: a `{currency, value}` pair and the `formatted…` field beside it."""

    padded_amount: Decimal = field("Amount in major units of the currency. Digital River field: value.", name="amount")
    currency_code: CurrencyCode = field("Currency of the amount. Digital River field: currency.")
    formatted: str = field(
        "Amount for display. Digital River field: the one whose name starts with `formatted`; if absent, the gateway "
        "formats the amount for the locale of the operation or session.",
        resolver=money.formatted,
    )


@dsl.object_type()
class CustomAttribute:
    """A merchant-defined name and value. Digital River object: customAttributes.attribute."""

    name: str = field("Attribute name. Digital River field: name.")
    value: str = field("Attribute value, always a string. Digital River field: value.")
    value_type: str = field(
        "Digital River's type of the value, for example Boolean or Quantity. Digital River field: type."
    )


@dsl.object_type()
class PageInfo:
    """First and last cursor of a page, and whether other pages precede or follow. Derived from Digital River's page
    numbers.
    """

    has_next_page: bool = field("True when more items follow the last edge.")
    has_previous_page: bool = field("True when more items precede the first edge.")
    start_cursor: str | None = field("Cursor of the first edge; null on an empty page.")
    end_cursor: str | None = field("Cursor of the last edge; null on an empty page.")


@dsl.object_type()
class Address:
    """A postal address with contact details. Digital River object: address."""

    first_name: str | None = field("Given name. Digital River field: firstName.", Sensitive())
    last_name: str | None = field("Family name. Digital River field: lastName.", Sensitive())
    phonetic_first_name: str | None = field(
        "Given name in Katakana. Digital River field: phoneticFirstName.", Sensitive()
    )
    phonetic_last_name: str | None = field(
        "Family name in Katakana. Digital River field: phoneticLastName.", Sensitive()
    )
    company_name: str | None = field("Name of the company. Digital River field: companyName.")
    division: str | None = field("Department inside the company. Digital River field: division.")
    line1: str | None = field("First line of the address. Digital River field: line1.", Sensitive())
    line2: str | None = field("Second line of the address. Digital River field: line2.", Sensitive())
    line3: str | None = field("Third line of the address. Digital River field: line3.", Sensitive())
    city: str | None = field("City. Digital River field: city.")
    country_subdivision: str | None = field("State, province or region code. Digital River field: countrySubdivision.")
    county_name: str | None = field("County name. Digital River field: countyName.")
    postal_code: str | None = field("Postal code. Digital River field: postalCode.")
    country_code: CountryCode | None = field("Country. Null until the country is set. Digital River field: country.")
    phone_number: str | None = field("Phone number. Digital River field: phoneNumber.", Sensitive())
    email: EmailAddress | None = field("Email address. Digital River field: emailAddress.", Sensitive())


@dsl.object_type()
class AddressSuggestion:
    """A correction that Digital River suggests for an address. Digital River object: suggestions.address."""

    id: ID = field(
        "Id to send as `suggestionId`. The id is valid only until the address changes. Digital River field: id."
    )
    address: Address = field("The corrected address. Digital River object: address.")


@dsl.object_type(name="Warning")
class MutationWarning:
    """A side effect that the shopper should know about. The change was made despite the warning."""

    code: WarningCode = field("Stable code of the warning, for client logic.")
    message: str = field("Explanation for a developer, in English.")
    shopper_message: str | None = field(
        "What happened or what the shopper can do, as plain words in the language of the session. Null when the "
        "shopper need not know.",
        resolver=shopper_messages.shopper_message,
    )
    target_id: ID | None = field("Id of the object that the warning is about; null for the whole cart.")


@dsl.object_type()
class LinePricing:
    """Prices, discounts and taxes of one line of a cart or an order. An amount that Digital River does not report is
    null. Digital River object: lineItem.pricing.
    """

    list_price: Money | None = field(
        "Unit price before discounts. Digital River field: listPrice; if absent, listPriceWithQuantity divided by "
        "quantity."
    )
    list_price_total: Money | None = field(
        "List price times quantity. Digital River field: listPriceWithQuantity; if absent, listPrice times quantity."
    )
    sale_price: Money | None = field(
        "Unit price after line discounts. Digital River field: salePrice; if absent, salePriceWithQuantity "
        "divided by quantity."
    )
    sale_price_total: Money | None = field(
        "Price of the whole line after line discounts. Digital River field: salePriceWithQuantity; if absent, "
        "salePrice times quantity."
    )
    discount_total: Money | None = field(
        "Discount for all units of the line. Digital River field: totalDiscountWithQuantity."
    )
    product_tax: Money | None = field("Tax on all units of the product. Digital River field: productTax.")
    shipping_tax: Money | None = field("Line's share of the tax on shipping. Digital River field: shippingTax.")
    fee_tax: Money | None = field("Tax on the fees of the line. Digital River field: feeTax.")
    import_tax: Money | None = field("Import tax. Digital River field: importTax.")
    import_duty: Money | None = field("Import duty. Digital River field: importDuty.")
    tax_rate: Decimal | None = field(
        "Tax rate as a fraction, for example 0.07375 for 7.375 percent. Digital River field: taxRate."
    )
    discount_description: str | None = field(
        "Description of the discount for display. Digital River field: discountDescription."
    )


@dsl.object_type()
class RecurringTerms:
    """Terms on which a line of a cart or an order is sold as a subscription. Digital River object: subscriptionInfo."""

    is_auto_renewing: bool = field("True when the subscription renews automatically. Digital River field: autoRenewal.")
    has_free_trial: bool = field("True when the subscription starts with a free trial. Digital River field: freeTrial.")
    terms: str | None = field("Terms shown to the shopper, at most 4000 characters. Digital River field: terms.")
    billing_agreement_id: str | None = field(
        "Id of the billing agreement under which renewals are charged; null before the order. Digital River "
        "field: billingAgreementId."
    )


@dsl.object_type()
class InventoryStatus:
    """Stock of a product. Digital River object: inventoryStatus."""

    is_in_stock: bool = field("True when the product can be delivered now. Digital River field: productIsInStock.")
    available_quantity: int | None = field(
        "Number of available units; null when stock is not tracked. Digital River field: availableQuantity, if "
        "productIsTracked is true."
    )
    is_estimated: bool = field(
        "True when `availableQuantity` is an estimate. Digital River field: availableQuantityIsEstimated."
    )
    allows_backorder: bool = field(
        "True when the shopper can buy the product while it is out of stock. Digital River field: "
        "productIsAllowsBackorders."
    )
    expected_in_stock_date: date | None = field(
        "Day on which the product is expected in stock. Digital River field: expectedInStockDate."
    )
    message: str | None = field("Message of the merchant about the stock. Digital River field: customStockMessage.")
