"""Types that several other types use: money, addresses, line pricing, stock, warnings."""

from datetime import date
from decimal import Decimal

from strawberry import ID

from gateway.enums import WarningCode
from resolvers import money
from resolvers.scalars import CountryCode, CurrencyCode, EmailAddress
from schema import dsl
from schema.directives import Sensitive
from schema.dsl import field


@dsl.interface
class Node:
    """An object with a globally unique id, by which `Query.node` returns the object."""

    id: ID = field(
        "Opaque global id of the object. Never parse the id; use `upstreamId` for Digital River's id. Source: gateway."
    )


@dsl.object_type()
class Money:
    """An amount of money. Source: a `{currency, value}` pair of Digital River with its `formatted…` sibling."""

    padded_amount: Decimal = field("Amount in major units of the currency. Source: value.", name="amount")
    currency_code: CurrencyCode = field("Currency of the amount. Source: currency.")
    formatted: str = field(
        "Amount for display, formatted by Digital River, else by the gateway for the locale of the operation or "
        "session. Source: formatted…, or gateway.",
        resolver=money.formatted,
    )


@dsl.object_type()
class CustomAttribute:
    """A merchant-defined name and value. Source: customAttributes.attribute."""

    name: str = field("Attribute name. Source: name.")
    value: str = field("Attribute value, always a string. Source: value.")
    value_type: str = field("Digital River's type of the value, for example Boolean or Quantity. Source: type.")


@dsl.object_type()
class PageInfo:
    """Position of a page in a list. Source: gateway, from Digital River's page numbers."""

    has_next_page: bool = field("True when more items follow the last edge.")
    has_previous_page: bool = field("True when more items precede the first edge.")
    start_cursor: str | None = field("Cursor of the first edge; null on an empty page.")
    end_cursor: str | None = field("Cursor of the last edge; null on an empty page.")


@dsl.object_type()
class Address:
    """A postal address with contact details. Source: an address object of Digital River."""

    first_name: str | None = field("Given name. Source: firstName.", Sensitive())
    last_name: str | None = field("Family name. Source: lastName.", Sensitive())
    phonetic_first_name: str | None = field("Given name in Katakana. Source: phoneticFirstName.", Sensitive())
    phonetic_last_name: str | None = field("Family name in Katakana. Source: phoneticLastName.", Sensitive())
    company_name: str | None = field("Name of the company. Source: companyName.")
    division: str | None = field("Department inside the company. Source: division.")
    line1: str | None = field("First line of the address. Source: line1.", Sensitive())
    line2: str | None = field("Second line of the address. Source: line2.", Sensitive())
    line3: str | None = field("Third line of the address. Source: line3.", Sensitive())
    city: str | None = field("City. Source: city.")
    country_subdivision: str | None = field("State, province or region code. Source: countrySubdivision.")
    county_name: str | None = field("County name. Source: countyName.")
    postal_code: str | None = field("Postal code. Source: postalCode.")
    country_code: CountryCode | None = field("Country. Null until the country is set. Source: country.")
    phone_number: str | None = field("Phone number. Source: phoneNumber.", Sensitive())
    email: EmailAddress | None = field("Email address. Source: emailAddress.", Sensitive())


@dsl.object_type()
class AddressSuggestion:
    """A correction of an address. Source: suggestions.address."""

    id: ID = field("Id of the suggestion, for `suggestionId`; valid for the current address only. Source: id.")
    address: Address = field("The corrected address. Source: the address object.")


@dsl.object_type(name="Warning")
class MutationWarning:
    """A side effect that the shopper should know. A warning stops nothing. Source: gateway."""

    code: WarningCode = field("Stable code to branch on.")
    message: str = field("Explanation for a developer, in English.")
    target_id: ID | None = field("Id of the object that the warning is about; null for the whole cart.")


@dsl.object_type()
class LinePricing:
    """Amounts of one line. Source: lineItem.pricing."""

    list_price: Money = field("Unit price before discounts. Source: listPrice.")
    list_price_total: Money = field("List price times quantity. Source: listPriceWithQuantity.")
    sale_price: Money = field(
        "Unit price after line discounts. Source: salePrice, else salePriceWithQuantity divided by quantity."
    )
    sale_price_total: Money = field("Price of the whole line after line discounts. Source: salePriceWithQuantity.")
    discount_total: Money | None = field("Line discount over all units. Source: totalDiscountWithQuantity.")
    product_tax: Money | None = field("Tax on the product over all units. Source: productTax.")
    shipping_tax: Money | None = field("Share of the tax on shipping. Source: shippingTax.")
    fee_tax: Money | None = field("Tax on fees. Source: feeTax.")
    import_tax: Money | None = field("Import tax. Source: importTax.")
    import_duty: Money | None = field("Import duty. Source: importDuty.")
    tax_rate: Decimal | None = field("Tax rate as a fraction, for example 0.07375 for 7.375 percent. Source: taxRate.")
    discount_description: str | None = field("Description of the discount for display. Source: discountDescription.")


@dsl.object_type()
class RecurringTerms:
    """Terms on which a line of a cart or an order is sold as a subscription. Source: subscriptionInfo."""

    is_auto_renewing: bool = field("True when the subscription renews automatically. Source: autoRenewal.")
    has_free_trial: bool = field("True when the subscription starts with a free trial. Source: freeTrial.")
    terms: str | None = field("Terms shown to the shopper, at most 4000 characters. Source: terms.")
    billing_agreement_id: str | None = field(
        "Id of the billing agreement under which renewals are charged; null before the order. Source: "
        "billingAgreementId."
    )


@dsl.object_type()
class InventoryStatus:
    """Stock of a product. Source: inventoryStatus."""

    is_in_stock: bool = field("True when the product can be delivered now. Source: productIsInStock.")
    available_quantity: int | None = field(
        "Units available; null when stock is not tracked. Source: availableQuantity when productIsTracked."
    )
    is_estimated: bool = field("True when `availableQuantity` is an estimate. Source: availableQuantityIsEstimated.")
    allows_backorder: bool = field(
        "True when the product can be bought before it is in stock. Source: productIsAllowsBackorders."
    )
    expected_in_stock_date: date | None = field(
        "Day on which the product is expected in stock. Source: expectedInStockDate."
    )
    message: str | None = field("Message of the merchant about the stock. Source: customStockMessage.")
