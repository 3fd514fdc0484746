"""Inputs that change a subscription contract."""

from resolvers import checks
from resolvers.inputs.account import AddressInput
from resolvers.inputs.declaration import Input, field
from resolvers.scalars import ID


class SubscriptionContractChange(Input, one_of=True):
    """Exactly one change of a subscription contract."""

    auto_renewal: bool | None = field("True to renew automatically, false to stop renewing.", default=None)
    renewal_quantity: int | None = field("Units from the next renewal on.", default=None, check=checks.is_positive)
    reduced_quantity: int | None = field(
        "Units from now on; must be below the current quantity.", default=None, check=checks.is_positive
    )
    payment_option_id: ID | None = field("Id of the saved payment option that pays the renewals.", default=None)
    source_id: str | None = field("Id of the reusable source that pays the renewals.", default=None)
    shipping_address: AddressInput | None = field("Address to which the goods are sent.", default=None)


class ChangeSubscriptionContractInput(Input):
    """The subscription contract to change, and the change."""

    id: ID = field("Id of the subscription contract to change.")
    change: SubscriptionContractChange = field("Change to make.")


class CancelSubscriptionContractInput(Input):
    """The subscription contract to cancel, and whether the shopper gets a mail about the cancellation."""

    id: ID = field("Id of the subscription contract to cancel.")
    suppress_notification: bool = field("True to send no cancellation mail.", default=False)
