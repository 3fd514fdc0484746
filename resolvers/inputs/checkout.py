"""Inputs that change addresses, shipping, tax identifiers and terms of the cart."""

from collections.abc import Iterator

from gateway.checkout.guard import serves
from gateway.enums import AddressKind, CustomerType, ShippingOptionRule
from gateway.refusals.user_errors import AnyUserError, Path
from gateway.settings.settings import Settings
from resolvers import checks
from resolvers.inputs.account import AddressInput
from resolvers.inputs.cart import CartEditInput, OfferChoice
from resolvers.inputs.declaration import Input, Typed, field
from resolvers.scalars import ID

LONGEST_ORGANIZATION_ID = 50

ORGANIZATION_ID = "Id of the organisation that buys, at most 50 characters; an empty string removes the organisation."
TERMS_OF_SALE_ACCEPTED = "True to record that the shopper accepts the terms of sale."


class AddressChoice(Input, one_of=True):
    """An address, chosen by exactly one of the fields."""

    address: AddressInput | None = field("Address in full.", default=None)
    saved_address_id: ID | None = field("Id of an entry of the address book.", default=None)
    suggestion_id: ID | None = field("Id of a suggested correction of the current address.", default=None)
    same_as: AddressKind | None = field("Kind of the other address of the cart, which is copied.", default=None)


def _address_faults(
    billing: AddressChoice | None, shipping: AddressChoice | None, path: Path, settings: Settings
) -> Iterator[AnyUserError]:
    """Faults that depend on the kind of an address: it copies itself, or its country is not served."""
    for choice, kind, countries in (
        (billing, AddressKind.BILLING, settings.billing_countries),
        (shipping, AddressKind.SHIPPING, settings.shipping_countries),
    ):
        below = (*path, kind.value.lower())
        if choice is not None and choice.same_as is kind:
            yield checks.copies_itself((*below, "sameAs"))
        if choice is not None and choice.address is not None:
            country: object = choice.address.country_code
            if (
                isinstance(country, str)
                and checks.is_country(country, ("",)) is None
                and not serves(countries, country)
            ):
                yield checks.not_served(country, (*below, "address", "countryCode"))


class SetCartAddressesInput(CartEditInput):
    """New billing and shipping address of the cart. At least one of them is required."""

    billing: AddressChoice | None = field("Billing address; unchanged when absent.", default=None)
    shipping: AddressChoice | None = field("Shipping address; unchanged when absent.", default=None)

    def own_faults(self, path: Path, settings: Settings) -> Iterator[AnyUserError]:
        if self.billing is None and self.shipping is None:
            yield checks.no_address(path)
        yield from _address_faults(self.billing, self.shipping, path, settings)


class ShippingOptionChoice(Input, one_of=True):
    """A shipping option, chosen by exactly one of the fields."""

    id: ID | None = field("Id of the shipping option to select.", default=None)
    rule: ShippingOptionRule | None = field(
        "Rule that selects the option, for a page that has not read the options.", default=None
    )


class SelectShippingOptionInput(CartEditInput):
    """The shipping option to select for the cart."""

    shipping_option_id: ID = field("Id of the shipping option to select.")


class TaxIdentifierInput(Input):
    """A tax identifier of the shopper."""

    key: str = field("Kind of identifier, as in TaxIdentifierField.key.")
    value: str = field("Value of the identifier.", is_secret=True, typed=Typed.MAY_BE_BLANK)


class CheckoutTaxInput(Input):
    """The customer type and the tax identifiers to set while a checkout is prepared."""

    customer_type: CustomerType = field("Whether the shopper buys as a person or as a business.")
    tax_identifiers: list[TaxIdentifierInput] = field(
        "Tax identifiers that replace the current identifiers; an empty list removes all."
    )


class SetTaxIdentifiersInput(CheckoutTaxInput, CartEditInput):
    """The customer type and the tax identifiers to set on the cart."""


class UpdateCartInput(CartEditInput):
    """The organisation that buys, and acceptance of the terms of sale. An absent field leaves the cart's value
    unchanged.
    """

    organization_id: str | None = field(
        ORGANIZATION_ID,
        default=None,
        typed=Typed.MAY_BE_BLANK,
        check=checks.at_most_characters(LONGEST_ORGANIZATION_ID),
    )
    terms_of_sale_accepted: bool | None = field(TERMS_OF_SALE_ACCEPTED, default=None)


class ApplyShopperInput(CartEditInput):
    """The saved addresses and payment option to use for the cart. For an absent field, Digital River uses the default
    of the account.
    """

    billing_address_id: ID | None = field("Id of the entry of the address book for the billing address.", default=None)
    shipping_address_id: ID | None = field(
        "Id of the entry of the address book for the shipping address.", default=None
    )
    payment_option_id: ID | None = field("Id of the saved payment option that pays the cart.", default=None)


class PrepareCheckoutInput(CartEditInput):
    """Parts of the cart to change. An absent field leaves its part unchanged."""

    billing: AddressChoice | None = field("New billing address.", default=None)
    shipping: AddressChoice | None = field("New shipping address.", default=None)
    tax: CheckoutTaxInput | None = field("New customer type and tax identifiers.", default=None)
    shipping_option: ShippingOptionChoice | None = field("Shipping option to select.", default=None)
    offer: OfferChoice | None = field("Coupon or offer to apply.", default=None)
    organization_id: str | None = field(
        ORGANIZATION_ID,
        default=None,
        typed=Typed.MAY_BE_BLANK,
        check=checks.at_most_characters(LONGEST_ORGANIZATION_ID),
    )
    terms_of_sale_accepted: bool | None = field(TERMS_OF_SALE_ACCEPTED, default=None)

    def own_faults(self, path: Path, settings: Settings) -> Iterator[AnyUserError]:
        return _address_faults(self.billing, self.shipping, path, settings)
