"""Enums for orders and subscription contracts."""

from gateway.enums import OrderState, SubscriptionContractState, TermUnit
from schema.descriptions import describe_enum

describe_enum(
    OrderState,
    "State of an order.",
    OPEN="Started and not submitted. Digital River value: Open.",
    SUBMITTED="Submitted. Digital River value: Submitted.",
    IN_REVIEW="Being reviewed by a person. Digital River value: In Review.",
    IN_PROCESS="Being fulfilled. Digital River value: In Process.",
    PENDING_PAYMENT="Waiting for payment. Digital River value: Pending Payment.",
    SOURCE_PENDING_FUNDS="The shopper's payment has not arrived yet. Digital River value: Source Pending Funds.",
    SOURCE_PENDING_REDIRECT="Waiting for the shopper's approval on the payment page. "
    "Digital River value: Source Pending Redirect.",
    CHARGE_PENDING="Charge in progress. Digital River value: Charge Pending.",
    COMPLETE="Fulfilled. Digital River value: Complete.",
    CANCELLED="Cancelled. Digital River value: Cancelled.",
    DISPUTED="Disputed. Digital River value: Dispute.",
    UNKNOWN="A value that this schema does not know yet; see upstreamState.",
)

describe_enum(
    SubscriptionContractState,
    "State of a subscription contract.",
    PENDING_ACTIVATION="Not active yet. Digital River value: PendingActivation.",
    FREE_TRIAL="In a free trial. Digital River value: FreeTrial.",
    ACTIVE="Active. Digital River value: Subscribed.",
    PENDING_RENEWAL="Being renewed. Digital River value: PendingRenewal.",
    CANCELLED="Cancelled. Digital River value: Cancelled.",
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
