"""Enums for carts: customer type, charges, addresses and shipping."""

from gateway.countries.labels import AddressFieldLabel
from gateway.enums import (
    AddressKind,
    ChargeType,
    CustomerType,
    LandedCostState,
    ShippingOptionRule,
)
from schema.descriptions import describe_enum

describe_enum(
    CustomerType,
    "Whether the shopper buys as a person or as a business.",
    INDIVIDUAL="A person. Digital River value: I.",
    BUSINESS="A business. Digital River value: B.",
)

describe_enum(
    LandedCostState,
    "Whether import duty and tax are included in the total.",
    PREPAID="Import duty and tax are included in the total. Digital River value: PREPAID.",
    NOT_ELIGIBLE="Import duty and tax do not apply. Digital River value: NOT_ELIGIBLE or VIEWED_NOT_ELIGIBLE.",
    ERROR="Import duty and tax could not be computed. Digital River value: ERROR.",
    UNKNOWN="A value that this schema does not know yet.",
)

describe_enum(
    ChargeType,
    "Who initiates a charge.",
    CUSTOMER_INITIATED="The shopper, present at checkout.",
    MERCHANT_INITIATED="The merchant, for example at a renewal.",
    MOTO="Customer service, for an order by mail or telephone.",
    UNKNOWN="A value that this schema does not know yet.",
)

describe_enum(
    AddressKind, "Kinds of addresses of a cart.", BILLING="Address for the invoice.", SHIPPING="Address for the goods."
)

describe_enum(
    AddressFieldLabel,
    "What a field of an address is called in the country of the address. Translate it for the shopper. A later "
    "version may add labels; show `name` for a label that you do not know.",
    FIRST_NAME="Given name.",
    LAST_NAME="Family name.",
    PHONETIC_FIRST_NAME="Given name in Katakana.",
    PHONETIC_LAST_NAME="Family name in Katakana.",
    COMPANY_NAME="Name of the company.",
    DIVISION="Department inside the company.",
    STREET_ADDRESS="Street and house number.",
    ADDRESS_LINE_2="Apartment, suite or building.",
    ADDRESS_LINE_3="Further line of the address.",
    CITY="City.",
    POST_TOWN="Post town, as in the United Kingdom.",
    SUBURB="Suburb, as in New Zealand.",
    DISTRICT="District, as in Hong Kong or Türkiye.",
    AREA="Area, as in Hong Kong.",
    COUNTY="County, as in Ireland.",
    DEPARTMENT="Department, as in Colombia.",
    EMIRATE="Emirate.",
    ISLAND="Island, as in the Bahamas.",
    OBLAST="Oblast, as in Ukraine.",
    PARISH="Parish, as in Jamaica.",
    PREFECTURE="Prefecture, as in Japan.",
    PROVINCE="Province or region.",
    STATE="State, as in the United States.",
    POSTAL_CODE="Postal code.",
    ZIP_CODE="ZIP code of the United States.",
    PIN_CODE="PIN code of India.",
    EIRCODE="Eircode of Ireland.",
    PHONE_NUMBER="Phone number.",
    EMAIL="Email address.",
)

describe_enum(
    ShippingOptionRule,
    "Rules that choose a shipping option.",
    CHEAPEST="The cheapest shipping option.",
    KEEP_OR_CHEAPEST="The selected shipping option if it is still available; otherwise the cheapest.",
)
