"""Inputs for sources, store credit and the list of payment methods."""

from decimal import Decimal

from resolvers import checks
from resolvers.inputs.cart import CartEditInput
from resolvers.inputs.declaration import Input, field
from resolvers.scalars import ID, CurrencyCode


class MoneyInput(Input):
    """An amount of money in one currency."""

    amount: Decimal = field("Amount in major units of the currency.")
    currency_code: CurrencyCode = field("Currency of the amount.")


class PaymentMethodFilterInput(Input):
    """Conditions for the payment methods to return. An absent field adds no condition."""

    supports_recurring: bool | None = field("Only methods with this value of supportsRecurring.", default=None)
    supports_free_trial: bool | None = field("Only methods with this value of supportsFreeTrial.", default=None)
    supports_store_credit: bool | None = field("Only methods with this value of supportsStoreCredit.", default=None)
    usable_only: bool = field("True to return only methods without an obstacle.", default=False)


class SourceChoice(Input, one_of=True):
    """A source, chosen by exactly one of the fields."""

    source_id: str | None = field("Id of a source that DigitalRiver.js created.", default=None)
    payment_option_id: ID | None = field("Id of the saved payment option that has the source.", default=None)


class AttachSourceInput(CartEditInput):
    """The source to attach to the cart, and whether it replaces an attached primary source."""

    source: SourceChoice = field("Source to attach.")
    replace_primary: bool = field(
        "True to detach another primary source first; false to fail with PRIMARY_SOURCE_PRESENT when there is such "
        "a source.",
        default=True,
    )


class DetachTarget(Input, one_of=True):
    """One source, or all sources of the cart. Exactly one of the fields is set."""

    source_id: str | None = field("Id of the source to detach.", default=None)
    all: bool | None = field("True to detach all sources; false is rejected.", default=None, check=checks.is_true)


class DetachSourceInput(CartEditInput):
    """The sources to detach from the cart."""

    target: DetachTarget = field("Sources to detach.")


class ApplyStoreCreditInput(CartEditInput):
    """The amount of store credit to use for the cart."""

    amount: MoneyInput | None = field("Amount to use; the maximum when absent.", default=None)


class RemoveStoreCreditInput(CartEditInput):
    """The revision of the cart from which to remove the store credit."""
