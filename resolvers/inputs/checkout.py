"""Inputs for addresses, shipping, tax identifiers and terms of the cart."""

from gateway.enums import AddressKind, CustomerType, ShippingOptionRule
from resolvers.inputs.account import AddressInput
from resolvers.inputs.cart import CartEditInput, OfferChoice
from resolvers.inputs.declaration import Input, field
from resolvers.scalars import ID

ORGANIZATION_ID = "Organisation the purchase is for, at most 50 characters; an empty string removes it."
TERMS_OF_SALE_ACCEPTED = "True to record that the shopper accepts the terms of sale."


class AddressChoice(Input, one_of=True):
    """Names one address, in exactly one way."""

    address: AddressInput | None = field("The address in full.", default=None)
    saved_address_id: ID | None = field("An entry of the address book.", default=None)
    suggestion_id: ID | None = field("A correction offered for the current address.", default=None)
    same_as: AddressKind | None = field("The other address of the same cart.", default=None)


class SetCartAddressesInput(CartEditInput):
    """New billing and shipping address of the cart. At least one is needed."""

    billing: AddressChoice | None = field("Billing address; unchanged when absent.", default=None)
    shipping: AddressChoice | None = field("Shipping address; unchanged when absent.", default=None)


class ShippingOptionChoice(Input, one_of=True):
    """Chooses a shipping option, in exactly one way."""

    id: ID | None = field("The option.", default=None)
    rule: ShippingOptionRule | None = field("A rule, for a page that has no options to show yet.", default=None)


class SelectShippingOptionInput(CartEditInput):
    """Which shipping option the cart uses."""

    shipping_option_id: ID = field("Option to select.")


class TaxIdentifierInput(Input):
    """A tax identifier of the buyer."""

    key: str = field("Kind of identifier, as in TaxIdentifierField.key.")
    value: str = field("Value.", is_secret=True)


class CheckoutTaxInput(Input):
    """Whether the buyer is a person or a business, and its tax identifiers."""

    customer_type: CustomerType = field("Kind of buyer.")
    tax_identifiers: list[TaxIdentifierInput] = field(
        "Identifiers that replace the current ones; an empty list removes them."
    )


class SetTaxIdentifiersInput(CheckoutTaxInput, CartEditInput):
    """Whether the buyer is a person or a business, and its tax identifiers."""


class UpdateCartInput(CartEditInput):
    """New organisation and acceptance of the terms of sale. An absent field stays as it is."""

    organization_id: str | None = field(ORGANIZATION_ID, default=None)
    terms_of_sale_accepted: bool | None = field(TERMS_OF_SALE_ACCEPTED, default=None)


class ApplyShopperInput(CartEditInput):
    """Which addresses and payment option of the account the cart uses; the account's defaults for absent fields."""

    billing_address_id: ID | None = field("Address book entry for billing.", default=None)
    shipping_address_id: ID | None = field("Address book entry for shipping.", default=None)
    payment_option_id: ID | None = field("Saved payment option.", default=None)


class PrepareCheckoutInput(CartEditInput):
    """Which parts of the cart change, made in the order of the fields. An absent part stays as it is."""

    billing: AddressChoice | None = field("Billing address.", default=None)
    shipping: AddressChoice | None = field("Shipping address.", default=None)
    tax: CheckoutTaxInput | None = field("Kind of buyer and tax identifiers.", default=None)
    shipping_option: ShippingOptionChoice | None = field("Shipping option.", default=None)
    offer: OfferChoice | None = field("Coupon or offer to apply.", default=None)
    organization_id: str | None = field(ORGANIZATION_ID, default=None)
    terms_of_sale_accepted: bool | None = field(TERMS_OF_SALE_ACCEPTED, default=None)
