"""Inputs of changes of a registered shopper's account."""

from resolvers.inputs.declaration import Input, field
from resolvers.scalars import ID, CountryCode, EmailAddress


class UpdateShopperInput(Input):
    """New name and email address of the account. An absent field stays as it is."""

    first_name: str | None = field("Given name.", default=None, is_secret=True)
    last_name: str | None = field("Family name.", default=None, is_secret=True)
    email: EmailAddress | None = field("Email address.", default=None, is_secret=True)
    apply_email_to_contracts: bool = field("Also use the new email address for recurring purchases.", default=False)


class AddressInput(Input):
    """A postal address with contact details."""

    first_name: str = field("Given name.", is_secret=True)
    last_name: str = field("Family name.", is_secret=True)
    phonetic_first_name: str | None = field("Given name in Katakana; for Japan.", default=None, is_secret=True)
    phonetic_last_name: str | None = field("Family name in Katakana; for Japan.", default=None, is_secret=True)
    company_name: str | None = field("Company.", default=None)
    division: str | None = field("Department inside the company; for Japan.", default=None)
    line1: str = field("First line.", is_secret=True)
    line2: str | None = field("Second line.", default=None, is_secret=True)
    line3: str | None = field("Third line.", default=None, is_secret=True)
    city: str = field("City.")
    country_subdivision: str | None = field("State, province or region code.", default=None)
    county_name: str | None = field("County name.", default=None)
    postal_code: str | None = field("Postal code; nine-digit US codes as #####-####.", default=None)
    country_code: CountryCode = field("Country.")
    phone_number: str | None = field("Phone number.", default=None, is_secret=True)
    email: EmailAddress | None = field(
        "Email address; needed on the billing address of a guest.", default=None, is_secret=True
    )


class SaveAddressInput(Input):
    """The address to save, and whether it becomes a new entry of the address book or replaces one."""

    id: ID | None = field("Entry to replace; a new entry is added when absent.", default=None)
    nickname: str = field("Shopper's label; unique in the address book.")
    is_default: bool = field("Apply this address by default.", default=False)
    address: AddressInput = field("The address.")


class DeleteAddressInput(Input):
    """Which entry of the address book is removed."""

    id: ID = field("Entry to remove.")


class PaymentOptionTarget(Input, one_of=True):
    """A source to save, or a saved payment option to change: exactly one."""

    source_id: str | None = field("A chargeable source of DigitalRiver.js to save.", default=None)
    payment_option_id: ID | None = field("A saved payment option to change.", default=None)


class SavePaymentOptionInput(Input):
    """Which source is saved, or which saved payment option changes, and its label and default."""

    target: PaymentOptionTarget = field("What to save or change.")
    nickname: str | None = field(
        "Shopper's label. When absent, a saved option keeps its label and a new one gets one from the gateway.",
        default=None,
    )
    is_default: bool | None = field("Apply this option by default; unchanged when absent.", default=None)


class DeletePaymentOptionInput(Input):
    """Which saved payment option is removed."""

    id: ID = field("Saved payment option to remove.")
