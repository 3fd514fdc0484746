"""Inputs for sources, store credit and the list of payment methods."""

from decimal import Decimal

from resolvers.inputs.cart import CartEditInput
from resolvers.inputs.declaration import Input, field
from resolvers.scalars import ID, CurrencyCode


class MoneyInput(Input):
    """An amount of money in one currency."""

    amount: Decimal = field("Amount in major units of the currency.")
    currency_code: CurrencyCode = field("Currency of the amount.")


class PaymentMethodFilterInput(Input):
    """Which payment methods are listed. An absent field excludes none."""

    supports_recurring: bool | None = field("Only methods with this value of supportsRecurring.", default=None)
    supports_free_trial: bool | None = field("Only methods with this value of supportsFreeTrial.", default=None)
    supports_store_credit: bool | None = field("Only methods with this value of supportsStoreCredit.", default=None)
    usable_only: bool = field("Only methods without an obstacle.", default=False)


class SourceChoice(Input, one_of=True):
    """Names one source, in exactly one way."""

    source_id: str | None = field("A source of DigitalRiver.js.", default=None)
    payment_option_id: ID | None = field("A saved payment option.", default=None)


class AttachSourceInput(CartEditInput):
    """Which source pays for the cart, and whether it replaces the attached one."""

    source: SourceChoice = field("Source to attach.")
    replace_primary: bool = field(
        "Detach another primary source first instead of failing with PRIMARY_SOURCE_PRESENT.", default=True
    )


class DetachTarget(Input, one_of=True):
    """One source, or all of them."""

    source_id: str | None = field("One source.", default=None)
    all: bool | None = field("Every source; only true is accepted.", default=None)


class DetachSourceInput(CartEditInput):
    """Which sources are detached from the cart."""

    target: DetachTarget = field("Source or sources to detach.")


class ApplyStoreCreditInput(CartEditInput):
    """How much store credit pays for the cart."""

    amount: MoneyInput | None = field("Amount to use; as much as possible when absent.", default=None)


class RemoveStoreCreditInput(CartEditInput):
    """Which revision of the cart the store credit is removed from."""
