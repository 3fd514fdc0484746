"""Inputs of changes of a recurring purchase."""

from resolvers.inputs.account import AddressInput
from resolvers.inputs.declaration import Input, field
from resolvers.scalars import ID


class SubscriptionContractChange(Input, one_of=True):
    """Exactly one change of a recurring purchase."""

    auto_renewal: bool | None = field("True to renew automatically, false to stop renewing.", default=None)
    renewal_quantity: int | None = field("Units from the next renewal on.", default=None)
    reduced_quantity: int | None = field("Units from now on; fewer than now.", default=None)
    payment_option_id: ID | None = field("Saved payment option that pays the renewals.", default=None)
    source_id: str | None = field("Reusable source that pays the renewals.", default=None)
    shipping_address: AddressInput | None = field("Address the goods are sent to.", default=None)


class ChangeSubscriptionContractInput(Input):
    """Which recurring purchase changes, and how."""

    id: ID = field("The recurring purchase.")
    change: SubscriptionContractChange = field("The change.")


class CancelSubscriptionContractInput(Input):
    """Which recurring purchase is cancelled, and whether the shopper gets a mail about it."""

    id: ID = field("The recurring purchase.")
    suppress_notification: bool = field("True to send no cancellation mail.", default=False)
