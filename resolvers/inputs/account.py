"""Inputs that change a registered shopper's account."""

import re
from collections.abc import Iterator

from gateway.countries.address_form import POSTAL_CODE_PATTERNS
from gateway.refusals.user_errors import AnyUserError, Path
from gateway.settings.settings import Settings
from resolvers import checks
from resolvers.inputs.declaration import Input, Typed, field
from resolvers.scalars import ID, CountryCode, EmailAddress


class UpdateShopperInput(Input):
    """New name and email address of the shopper. An absent field leaves the current value unchanged."""

    first_name: str | None = field(
        "Given name.", default=None, is_secret=True, typed=Typed.MAY_BE_BLANK, check=checks.is_named
    )
    last_name: str | None = field(
        "Family name.", default=None, is_secret=True, typed=Typed.MAY_BE_BLANK, check=checks.is_named
    )
    email: EmailAddress | None = field("Email address.", default=None, is_secret=True, typed=Typed.MAY_BE_BLANK)
    apply_email_to_contracts: bool = field(
        "True to use the new email address for subscription contracts too.", default=False
    )


class AddressInput(Input):
    """A postal address with contact details."""

    first_name: str = field("Given name.", is_secret=True)
    last_name: str = field("Family name.", is_secret=True)
    phonetic_first_name: str | None = field("Given name in Katakana; for Japan.", default=None, is_secret=True)
    phonetic_last_name: str | None = field("Family name in Katakana; for Japan.", default=None, is_secret=True)
    company_name: str | None = field("Name of the company.", default=None)
    division: str | None = field("Department inside the company; for Japan.", default=None)
    line1: str = field("First line of the address.", is_secret=True)
    line2: str | None = field("Second line of the address.", default=None, is_secret=True)
    line3: str | None = field("Third line of the address.", default=None, is_secret=True)
    city: str = field("City.")
    country_subdivision: str | None = field(
        "State, province or region: a `code` of `Country.subdivisions`, if the country has any.", default=None
    )
    county_name: str | None = field("County name.", default=None)
    postal_code: str | None = field("Postal code; nine-digit US codes as #####-####.", default=None)
    country_code: CountryCode = field("Country.", check=checks.is_country)
    phone_number: str | None = field("Phone number.", default=None, is_secret=True)
    email: EmailAddress | None = field(
        "Email address; required in the billing address of a guest.", default=None, is_secret=True
    )

    def own_faults(self, path: Path, settings: Settings) -> Iterator[AnyUserError]:  # noqa: ARG002 - as in `Input`
        pattern = POSTAL_CODE_PATTERNS.get(self.country_code)
        if pattern and self.postal_code is not None and not re.fullmatch(pattern, self.postal_code, re.ASCII):
            yield checks.bad_postal_code(self.country_code, (*path, "postalCode"))


class SaveAddressInput(Input):
    """The address to save: as a new entry of the address book, or in place of an existing entry."""

    id: ID | None = field("Id of the entry to replace; a new entry is added when absent.", default=None)
    nickname: str = field("Name for the address; unique in the address book.")
    is_default: bool = field("True to make this address the default.", default=False)
    address: AddressInput = field("Address with contact details.")


class DeleteAddressInput(Input):
    """The entry of the address book to remove."""

    id: ID = field("Id of the entry to remove.")


class PaymentOptionTarget(Input, one_of=True):
    """A source to save, or a saved payment option to change. Exactly one of the fields is set."""

    source_id: str | None = field("Id of a chargeable source of DigitalRiver.js to save.", default=None)
    payment_option_id: ID | None = field("Id of a saved payment option to change.", default=None)


class SavePaymentOptionInput(Input):
    """The source to save or the payment option to change, its nickname, and whether it becomes the default."""

    target: PaymentOptionTarget = field("Source to save, or payment option to change.")
    nickname: str | None = field(
        "Name for the payment option. When absent, the gateway names a new option and an existing option keeps its "
        "nickname.",
        default=None,
    )
    is_default: bool | None = field(
        "True to make this payment option the default; unchanged when absent.", default=None
    )


class DeletePaymentOptionInput(Input):
    """The saved payment option to remove."""

    id: ID = field("Id of the saved payment option to remove.")
