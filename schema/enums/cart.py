"""The buyer, the addresses and the shipping of a cart."""

from gateway.enums import AddressKind, ChargeType, CustomerType, LandedCostState, ShippingOptionRule
from schema.descriptions import describe_enum

describe_enum(
    CustomerType,
    "Whether a buyer is a person or a business.",
    INDIVIDUAL="A person. Upstream: I.",
    BUSINESS="A business. Upstream: B.",
)

describe_enum(
    LandedCostState,
    "Whether import duty and tax are part of the total.",
    PREPAID="They are part of the total. Upstream: PREPAID.",
    NOT_ELIGIBLE="They do not apply. Upstream: NOT_ELIGIBLE or VIEWED_NOT_ELIGIBLE.",
    ERROR="They could not be computed. Upstream: ERROR.",
    UNKNOWN="A value this schema does not know yet.",
)

describe_enum(
    ChargeType,
    "Who initiates a charge.",
    CUSTOMER_INITIATED="The shopper, present at checkout.",
    MERCHANT_INITIATED="The merchant, for example at a renewal.",
    MOTO="Customer service, by mail or telephone.",
    UNKNOWN="A value this schema does not know yet.",
)

describe_enum(
    AddressKind, "Which address of a cart.", BILLING="Where the invoice goes.", SHIPPING="Where the goods go."
)

describe_enum(
    ShippingOptionRule,
    "Rules to choose a shipping option by.",
    CHEAPEST="The cheapest one.",
    KEEP_OR_CHEAPEST="The one that was selected, else the cheapest.",
)
