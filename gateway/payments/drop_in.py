"""The configuration of the drop-in of DigitalRiver.js, with the names of DigitalRiver.js."""

from gateway.countries.address_data import address_data
from gateway.enums import DropInFlow, SourceUsage
from gateway.upstream.addresses import Address
from gateway.upstream.decoding import Shape


class DropInPostalAddress(Shape, frozen=True, kw_only=True):
    line1: str
    line2: str | None
    city: str | None
    state: str | None
    postal_code: str | None
    country: str


class AdditionalAddressInfo(Shape, frozen=True, kw_only=True):
    phonetic_first_name: str | None
    phonetic_last_name: str | None
    division: str | None


class DropInBillingAddress(Shape, frozen=True, kw_only=True):
    first_name: str
    last_name: str
    email: str
    phone_number: str
    organization: str | None
    address: DropInPostalAddress
    additional_address_info: AdditionalAddressInfo | None

    def __repr__(self) -> str:
        return "DropInBillingAddress(***)"


class DropIn(Shape, frozen=True, kw_only=True):
    """What the drop-in needs in both of its flows. What is derived is computed when it is read."""

    postal: Address | None
    flow: DropInFlow
    usage: SourceUsage
    locale: str

    @property
    def country_code(self) -> str | None:
        return self.postal.country_code if self.postal else None

    @property
    def missing_fields(self) -> tuple[str, ...]:
        return missing_fields(self.postal or Address())

    @property
    def billing_address(self) -> DropInBillingAddress | None:
        return billing_address(self.postal or Address())


class DropInSetup(DropIn, frozen=True, kw_only=True):
    session_id: str
    requires_storage_agreement: bool
    allows_storage: bool


class PaymentOptionDropIn(DropIn, frozen=True, kw_only=True):
    pass


def missing_fields(address: Address) -> tuple[str, ...]:
    """Fields of `AddressInput` without which the drop-in does not start. Some countries require no postal code."""
    values = {
        "firstName": address.first_name,
        "lastName": address.last_name,
        "line1": address.line1,
        "countryCode": address.country_code,
        "phoneNumber": address.phone_number,
        "email": address.email,
    }
    if address.country_code and "Z" in address_data(address.country_code).required:
        values["postalCode"] = address.postal_code
    return tuple(name for name, value in values.items() if not value)


def billing_address(address: Address) -> DropInBillingAddress | None:
    """The address under the names of DigitalRiver.js; None if it lacks a field."""
    if (
        missing_fields(address)
        or address.first_name is None
        or address.last_name is None
        or address.line1 is None
        or address.country_code is None
        or address.phone_number is None
        or address.email is None
    ):
        return None
    info = (address.phonetic_first_name, address.phonetic_last_name, address.division)
    return DropInBillingAddress(
        first_name=address.first_name,
        last_name=address.last_name,
        email=address.email,
        phone_number=address.phone_number,
        organization=address.company_name,
        address=DropInPostalAddress(
            line1=address.line1,
            line2=address.line2,
            city=address.city,
            state=address.country_subdivision,
            postal_code=address.postal_code,
            country=address.country_code,
        ),
        additional_address_info=AdditionalAddressInfo(
            phonetic_first_name=address.phonetic_first_name,
            phonetic_last_name=address.phonetic_last_name,
            division=address.division,
        )
        if any(info)
        else None,
    )
