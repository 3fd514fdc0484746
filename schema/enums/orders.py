"""Enums of orders and subscription contracts."""

from gateway.enums import OrderState, SubscriptionContractState, TermUnit
from schema.descriptions import describe_enum

describe_enum(
    OrderState,
    "State of an order.",
    OPEN="Started and not submitted. Digital River: Open.",
    SUBMITTED="Submitted. Digital River: Submitted.",
    IN_REVIEW="Being reviewed by a person. Digital River: In Review.",
    IN_PROCESS="Being fulfilled. Digital River: In Process.",
    PENDING_PAYMENT="Waiting for payment. Digital River: Pending Payment.",
    SOURCE_PENDING_FUNDS="The shopper's payment has not arrived yet. Digital River: Source Pending Funds.",
    SOURCE_PENDING_REDIRECT="Waiting for the shopper's approval on the payment page. "
    "Digital River: Source Pending Redirect.",
    CHARGE_PENDING="Charge in progress. Digital River: Charge Pending.",
    COMPLETE="Fulfilled. Digital River: Complete.",
    CANCELLED="Cancelled. Digital River: Cancelled.",
    DISPUTED="Disputed. Digital River: Dispute.",
    UNKNOWN="A value that this schema does not know yet; see upstreamState.",
)

describe_enum(
    SubscriptionContractState,
    "State of a subscription contract.",
    PENDING_ACTIVATION="Not active yet. Digital River: PendingActivation.",
    FREE_TRIAL="In a free trial. Digital River: FreeTrial.",
    ACTIVE="Active. Digital River: Subscribed.",
    PENDING_RENEWAL="Being renewed. Digital River: PendingRenewal.",
    CANCELLED="Cancelled. Digital River: Cancelled.",
    UNKNOWN="A value that this schema does not know yet.",
)

describe_enum(
    TermUnit,
    "Units of time of a term.",
    DAYS="Days.",
    WEEKS="Weeks.",
    MONTHS="Months.",
    YEARS="Years.",
    UNKNOWN="A value that this schema does not know yet.",
)
