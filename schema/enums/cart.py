"""Enums for carts: customer type, charges, addresses and shipping."""

from gateway.enums import AddressKind, ChargeType, CustomerType, LandedCostState, ShippingOptionRule
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
    ShippingOptionRule,
    "Rules that choose a shipping option.",
    CHEAPEST="The cheapest shipping option.",
    KEEP_OR_CHEAPEST="The selected shipping option if it is still available; otherwise the cheapest.",
)
