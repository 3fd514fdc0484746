"""The configuration of the drop-in of DigitalRiver.js."""

from gateway.enums import DropInFlow, SourceUsage
from resolvers.scalars import CountryCode, EmailAddress, Locale
from schema import dsl
from schema.directives import Sensitive
from schema.dsl import field


@dsl.object_type()
class DropInPostalAddress:
    """The address in `DropInBillingAddress`, with the names of DigitalRiver.js. Derived from an address."""

    line1: str = field("First line of the address.", Sensitive())
    line2: str | None = field("Second line of the address.", Sensitive())
    city: str | None = field("City.")
    state: str | None = field("State, province or region code.")
    postal_code: str | None = field("Postal code. Null only in a country whose addresses do not require one.")
    country: CountryCode = field("Country.")


@dsl.object_type()
class DropInAdditionalAddressInfo:
    """Parts of an address for which only some countries ask, with the names of DigitalRiver.js. Derived from an
    address.
    """

    phonetic_first_name: str | None = field("Given name in Katakana.", Sensitive())
    phonetic_last_name: str | None = field("Family name in Katakana.", Sensitive())
    division: str | None = field("Department inside the company.")


@dsl.object_type()
class DropInBillingAddress:
    """`billingAddress` of `createDropin`, with the names of DigitalRiver.js. Derived from an address."""

    first_name: str = field("Given name.", Sensitive())
    last_name: str = field("Family name.", Sensitive())
    email: EmailAddress = field("Email address.", Sensitive())
    phone_number: str = field("Phone number.", Sensitive())
    organization: str | None = field("Name of the company.")
    address: DropInPostalAddress = field("Postal address.")
    additional_address_info: DropInAdditionalAddressInfo | None = field(
        "Parts for which only some countries ask; null when the address has none of them."
    )


@dsl.interface
class DropInConfiguration:
    """What `createDropin` of DigitalRiver.js needs, whether the source pays for a cart or is saved in the account."""

    flow: DropInFlow = field("Whether the new source pays for the cart or is saved for later.")
    usage: SourceUsage = field("What a saved source may be used for.")
    locale: Locale = field("Language of the drop-in: the `locale` of the constructor `DigitalRiver`.")
    country_code: CountryCode | None = field("Country of the billing address; null until the country is set.")
    billing_address: DropInBillingAddress | None = field(
        "`billingAddress` of `createDropin`. Null when `missingFields` is not empty."
    )
    missing_fields: list[str] = field(
        "Fields of `AddressInput` that the drop-in needs and the billing address lacks, such as phoneNumber. Ask the "
        "shopper for them before the drop-in is shown: DigitalRiver.js refuses to start without them. Empty when "
        "nothing is missing."
    )


@dsl.object_type()
class DropInSetup(DropInConfiguration):
    """Configuration of the drop-in of DigitalRiver.js at a checkout. The drop-in reads amount, currency and lines from
    the payment session. Derived from the cart.
    """

    session_id: str = field("Id of the payment session. Digital River field: paymentSession.id.")
    requires_storage_agreement: bool = field(
        "True when the shopper must agree that the source is stored, because a cart line is a subscription."
    )
    allows_storage: bool = field(
        "True when the drop-in may offer to store the source, because the shopper is signed in: "
        "`options.showSavePaymentAgreement`. A guest has no account in which it could be stored."
    )


@dsl.object_type()
class PaymentOptionDropIn(DropInConfiguration):
    """Configuration of the drop-in of DigitalRiver.js on a page of the account: the shopper saves a source without
    buying. It has no payment session. Send the new source to `savePaymentOption`.
    """
