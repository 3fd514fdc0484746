"""Orders and recurring purchases."""

from gateway.enums import OrderState, SubscriptionContractState, TermUnit
from schema.descriptions import describe_enum

describe_enum(
    OrderState,
    "State of an order.",
    OPEN="Started and not submitted. Upstream: Open.",
    SUBMITTED="Submitted. Upstream: Submitted.",
    IN_REVIEW="Being reviewed by a person. Upstream: In Review.",
    IN_PROCESS="Being fulfilled. Upstream: In Process.",
    PENDING_PAYMENT="Waiting for payment. Upstream: Pending Payment.",
    SOURCE_PENDING_FUNDS="Waiting for the shopper's money. Upstream: Source Pending Funds.",
    SOURCE_PENDING_REDIRECT="Waiting for approval on the provider's page. Upstream: Source Pending Redirect.",
    CHARGE_PENDING="Charge under way. Upstream: Charge Pending.",
    COMPLETE="Fulfilled. Upstream: Complete.",
    CANCELLED="Cancelled. Upstream: Cancelled.",
    DISPUTED="Disputed. Upstream: Dispute.",
    UNKNOWN="A value this schema does not know yet; see upstreamState.",
)

describe_enum(
    SubscriptionContractState,
    "State of a recurring purchase.",
    PENDING_ACTIVATION="Not active yet. Upstream: PendingActivation.",
    FREE_TRIAL="In a free trial. Upstream: FreeTrial.",
    ACTIVE="Active. Upstream: Subscribed.",
    PENDING_RENEWAL="Being renewed. Upstream: PendingRenewal.",
    CANCELLED="Cancelled. Upstream: Cancelled.",
    UNKNOWN="A value this schema does not know yet.",
)

describe_enum(
    TermUnit,
    "Units of time of a term.",
    DAYS="Days.",
    WEEKS="Weeks.",
    MONTHS="Months.",
    YEARS="Years.",
    UNKNOWN="A value this schema does not know yet.",
)
