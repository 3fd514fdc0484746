"""What mutations and fields are given."""

from decimal import Decimal
from uuid import UUID

from strawberry import ID, UNSET

import schema.values  # noqa: F401 - declares the enums that inputs use
from gateway.enums import AddressKind, CustomerType, SessionDelivery, ShippingOptionRule
from resolvers import inputs
from schema import dsl, values  # noqa: F401 - the enums must be described before an input names one
from schema.directives import Sensitive
from schema.dsl import field
from schema.scalars import CartRevision, CountryCode, CurrencyCode, EmailAddress, Locale


@dsl.input(inputs.Money)
class MoneyInput:
    """An amount of money given by a client."""

    amount: Decimal = field("Amount in major units of the currency.")
    currency_code: CurrencyCode = field("Currency of the amount.")


@dsl.input(inputs.ProductBy, one_of=True)
class ProductBy:
    """Exactly one way to name a product."""

    id: ID | None = field("Global identifier.")
    upstream_id: str | None = field("Identifier used upstream.")
    external_reference_id: str | None = field("Merchant's own identifier.")


@dsl.input(inputs.ProductSearch)
class ProductSearchInput:
    """What to look for in the catalog."""

    text: str | None = field(
        "Words to match in names, descriptions and keywords; upstream expression syntax is not accepted.",
        default=UNSET,
    )
    category_id: ID | None = field("Only products of this category.", default=UNSET)
    purchasable_only: bool | None = field("Only products that can be put in a cart.", default=True)


@dsl.input(inputs.PaymentMethodFilter)
class PaymentMethodFilterInput:
    """Narrows a list of ways to pay. Absent fields do not narrow."""

    supports_recurring: bool | None = field("Only methods with this value of supportsRecurring.", default=UNSET)
    supports_free_trial: bool | None = field("Only methods with this value of supportsFreeTrial.", default=UNSET)
    supports_store_credit: bool | None = field("Only methods with this value of supportsStoreCredit.", default=UNSET)
    usable_only: bool | None = field("Only methods without an obstacle.", default=False)


@dsl.input(inputs.UpdateSession)
class UpdateSessionInput:
    """Arguments of updateSession."""

    locale: Locale | None = field("New locale; unchanged when absent.", default=UNSET)
    currency_code: CurrencyCode | None = field(
        "New currency; unchanged when absent. Refused while store credit is attached.", default=UNSET
    )


@dsl.input(inputs.StartSession)
class StartSessionInput:
    """Arguments of startSession."""

    locale: Locale | None = field("Locale; the storefront's first one when absent.", default=UNSET)
    currency_code: CurrencyCode | None = field(
        "Currency; the site's default for the locale when absent.", default=UNSET
    )
    delivery: SessionDelivery | None = field(
        "How the client wants to hold the session.", default=SessionDelivery.COOKIE
    )


@dsl.input(inputs.PasswordCredentials)
class PasswordCredentials:
    """A user name and password."""

    username: str = field("User name, usually the email address.", Sensitive())
    password: str = field("Password.", Sensitive())


@dsl.input(inputs.SignInCredentials, one_of=True)
class SignInCredentials:
    """Exactly one proof of identity."""

    password: PasswordCredentials | None = field("User name and password kept by Digital River.")
    merchant_assertion: str | None = field(
        "Signed statement (JWT) of the merchant's own identity provider; the gateway verifies it and signs in by "
        "external reference.",
        Sensitive(),
    )


@dsl.input(inputs.SignIn)
class SignInInput:
    """Arguments of signIn."""

    credentials: SignInCredentials = field("Proof of identity.")
    delivery: SessionDelivery | None = field(
        "How the client wants to hold the session when it has none yet; an existing one keeps its way.",
        default=SessionDelivery.COOKIE,
    )


@dsl.input(inputs.RegisterShopper)
class RegisterShopperInput:
    """Arguments of registerShopper."""

    idempotency_key: UUID = field("Key that makes the call safe to repeat.")
    email: EmailAddress = field("Email address; also the user name.", Sensitive())
    password: str = field("Password, 8 to 32 characters from at least three character classes.", Sensitive())
    first_name: str = field("Given name.", Sensitive())
    last_name: str = field("Family name.", Sensitive())
    accepts_marketing: bool | None = field("True when the shopper agreed to marketing mail.", default=False)


@dsl.input(inputs.UpdateShopper)
class UpdateShopperInput:
    """Arguments of updateShopper. Absent fields stay as they are."""

    first_name: str | None = field("Given name.", Sensitive(), default=UNSET)
    last_name: str | None = field("Family name.", Sensitive(), default=UNSET)
    email: EmailAddress | None = field("Email address.", Sensitive(), default=UNSET)
    apply_email_to_contracts: bool | None = field(
        "Also use the new email address for recurring purchases.", default=False
    )


@dsl.input(inputs.AddressFields)
class AddressInput:
    """A postal address with contact details."""

    first_name: str = field("Given name.", Sensitive())
    last_name: str = field("Family name.", Sensitive())
    phonetic_first_name: str | None = field("Given name in Katakana; for Japan.", Sensitive(), default=UNSET)
    phonetic_last_name: str | None = field("Family name in Katakana; for Japan.", Sensitive(), default=UNSET)
    company_name: str | None = field("Company.", default=UNSET)
    division: str | None = field("Department inside the company; for Japan.", default=UNSET)
    line1: str = field("First line.", Sensitive())
    line2: str | None = field("Second line.", Sensitive(), default=UNSET)
    line3: str | None = field("Third line.", Sensitive(), default=UNSET)
    city: str = field("City.")
    country_subdivision: str | None = field("State, province or region code.", default=UNSET)
    county_name: str | None = field("County name.", default=UNSET)
    postal_code: str | None = field("Postal code; nine-digit US codes as #####-####.", default=UNSET)
    country_code: CountryCode = field("Country.")
    phone_number: str | None = field("Phone number.", Sensitive(), default=UNSET)
    email: EmailAddress | None = field(
        "Email address; needed on the billing address of a guest.", Sensitive(), default=UNSET
    )


@dsl.input(inputs.SaveAddress)
class SaveAddressInput:
    """Arguments of saveAddress."""

    id: ID | None = field("Entry to replace; a new one is added when absent.", default=UNSET)
    nickname: str = field("Shopper's label; unique in the book.")
    is_default: bool | None = field("Apply this address by default.", default=False)
    address: AddressInput = field("The address.")


@dsl.input(inputs.DeleteAddress)
class DeleteAddressInput:
    """Arguments of deleteAddress."""

    id: ID = field("Entry to remove.")


@dsl.input(inputs.PaymentOptionTarget, one_of=True)
class PaymentOptionTarget:
    """Exactly one thing to save or change."""

    source_id: str | None = field("A chargeable source of DigitalRiver.js to save.")
    payment_option_id: ID | None = field("A saved option to change.")


@dsl.input(inputs.SavePaymentOption)
class SavePaymentOptionInput:
    """Arguments of savePaymentOption."""

    target: PaymentOptionTarget = field("What to save or change.")
    nickname: str | None = field("Shopper's label; unchanged, or chosen by the gateway, when absent.", default=UNSET)
    is_default: bool | None = field("Apply this option by default; unchanged when absent.", default=UNSET)


@dsl.input(inputs.DeletePaymentOption)
class DeletePaymentOptionInput:
    """Arguments of deletePaymentOption."""

    id: ID = field("Saved means of payment to remove.")


@dsl.input(inputs.CustomAttribute)
class CustomAttributeInput:
    """A merchant-defined name and value."""

    name: str = field("Attribute name.")
    value: str = field("Attribute value as text.")


@dsl.input(inputs.RecurringTerms)
class RecurringTermsInput:
    """Recurring terms of a line."""

    is_auto_renewing: bool = field("Renew by itself.")
    has_free_trial: bool | None = field("Start with a free trial.", default=False)
    terms: str = field("Terms shown to the shopper, at most 4000 characters.")


@dsl.input(inputs.NewCartLine)
class NewCartLineInput:
    """A product to add."""

    product: ProductBy = field("The product.")
    quantity: int | None = field("Number of units, at least 1.", default=1)
    offer_id: ID | None = field("Offer the product is added for, such as a cross-sell.", default=UNSET)
    parent_line_id: ID | None = field("Line it belongs to, for a bundle child.", default=UNSET)
    recurring_terms: RecurringTermsInput | None = field(
        "Recurring terms, for a merchant with its own subscription engine.", default=UNSET
    )
    custom_attributes: list[CustomAttributeInput] | None = field("Merchant attributes.", default=UNSET)


@dsl.input(inputs.AddCartLines)
class AddCartLinesInput:
    """Arguments of addCartLines."""

    idempotency_key: UUID | None = field(
        "Key that makes the call safe to repeat; without one a repeat adds again.", default=UNSET
    )
    if_revision: CartRevision | None = field("Refuse when the cart is not at this revision.", default=UNSET)
    lines: list[NewCartLineInput] = field("What to add, in one upstream call; at most 50.")
    delivery: SessionDelivery | None = field(
        "How the client wants to hold a session that this call starts; without effect when there is one.",
        default=SessionDelivery.COOKIE,
    )


@dsl.input(inputs.CartLineChange)
class CartLineChangeInput:
    """A line to change."""

    line_id: ID = field("The line.")
    quantity: int | None = field("New number of units; 0 removes the line; unchanged when absent.", default=UNSET)
    recurring_terms: RecurringTermsInput | None = field("New recurring terms; unchanged when absent.", default=UNSET)


@dsl.input(inputs.UpdateCartLines)
class UpdateCartLinesInput:
    """Arguments of updateCartLines."""

    if_revision: CartRevision | None = field("Refuse when the cart is not at this revision.", default=UNSET)
    lines: list[CartLineChangeInput] = field(
        "What to change, line by line in this order; at most 50. Stops at the first line that "
        "fails: its path is in the error, the cart shows what was done."
    )


@dsl.input(inputs.RemoveCartLines)
class RemoveCartLinesInput:
    """Arguments of removeCartLines."""

    if_revision: CartRevision | None = field("Refuse when the cart is not at this revision.", default=UNSET)
    line_ids: list[ID] = field("Lines to remove; at most 50. Lines that are gone already are no error.")


@dsl.input(inputs.OfferChoice, one_of=True)
class OfferChoice:
    """Exactly one way to name an offer."""

    coupon_code: str | None = field("Code the shopper typed.")
    offer_id: ID | None = field("Offer of the catalog.")


@dsl.input(inputs.ApplyOffer)
class ApplyOfferInput:
    """Arguments of applyOffer."""

    if_revision: CartRevision | None = field("Refuse when the cart is not at this revision.", default=UNSET)
    offer: OfferChoice = field("What to apply.")


@dsl.input(inputs.RemoveOffer)
class RemoveOfferInput:
    """Arguments of removeOffer."""

    if_revision: CartRevision | None = field("Refuse when the cart is not at this revision.", default=UNSET)
    offer_id: ID = field("Offer to remove.")


@dsl.input(inputs.AddressChoice, one_of=True)
class AddressChoice:
    """Exactly one way to name an address."""

    address: AddressInput | None = field("The address in full.")
    saved_address_id: ID | None = field("An entry of the address book.")
    suggestion_id: ID | None = field("A correction offered for the current address.")
    same_as: AddressKind | None = field("The other address of the same cart.")


@dsl.input(inputs.ShippingOptionChoice, one_of=True)
class ShippingOptionChoice:
    """Exactly one way to choose a shipping option."""

    id: ID | None = field("The option.")
    rule: ShippingOptionRule | None = field("A rule, for a page that has no options to show yet.")


@dsl.input(inputs.SetCartAddresses)
class SetCartAddressesInput:
    """Arguments of setCartAddresses. At least one address is needed."""

    if_revision: CartRevision | None = field("Refuse when the cart is not at this revision.", default=UNSET)
    billing: AddressChoice | None = field("Billing address; unchanged when absent.", default=UNSET)
    shipping: AddressChoice | None = field("Shipping address; unchanged when absent.", default=UNSET)


@dsl.input(inputs.SelectShippingOption)
class SelectShippingOptionInput:
    """Arguments of selectShippingOption."""

    if_revision: CartRevision | None = field("Refuse when the cart is not at this revision.", default=UNSET)
    shipping_option_id: ID = field("Option to select.")


@dsl.input(inputs.TaxIdentifier)
class TaxIdentifierInput:
    """A tax identifier."""

    key: str = field("Kind of identifier, as in TaxIdentifierField.key.")
    value: str = field("Value.", Sensitive())


@dsl.input(inputs.SetTaxIdentifiers)
class SetTaxIdentifiersInput:
    """Arguments of setTaxIdentifiers."""

    if_revision: CartRevision | None = field("Refuse when the cart is not at this revision.", default=UNSET)
    customer_type: CustomerType = field("Kind of buyer.")
    tax_identifiers: list[TaxIdentifierInput] = field(
        "Identifiers that replace the current ones; an empty list removes them."
    )


@dsl.input(inputs.CheckoutTax)
class CheckoutTaxInput:
    """Kind of buyer and tax identifiers."""

    customer_type: CustomerType = field("Kind of buyer.")
    tax_identifiers: list[TaxIdentifierInput] = field("Identifiers that replace the current ones.")


@dsl.input(inputs.UpdateCart)
class UpdateCartInput:
    """Arguments of updateCart. Absent fields stay as they are."""

    if_revision: CartRevision | None = field("Refuse when the cart is not at this revision.", default=UNSET)
    organization_id: str | None = field(
        "Organisation the purchase is for, at most 50 characters; an empty string removes it.", default=UNSET
    )
    terms_of_sale_accepted: bool | None = field("Record that the shopper accepts the terms of sale.", default=UNSET)


@dsl.input(inputs.ApplyShopper)
class ApplyShopperInput:
    """Arguments of applyShopper. The account's defaults are used for absent fields."""

    if_revision: CartRevision | None = field("Refuse when the cart is not at this revision.", default=UNSET)
    billing_address_id: ID | None = field("Address book entry for billing.", default=UNSET)
    shipping_address_id: ID | None = field("Address book entry for shipping.", default=UNSET)
    payment_option_id: ID | None = field("Saved means of payment.", default=UNSET)


@dsl.input(inputs.PrepareCheckout)
class PrepareCheckoutInput:
    """Arguments of prepareCheckout. Parts are done in the order of the fields; absent parts are left
    alone.
    """

    if_revision: CartRevision | None = field("Refuse when the cart is not at this revision.", default=UNSET)
    billing: AddressChoice | None = field("Billing address.", default=UNSET)
    shipping: AddressChoice | None = field("Shipping address.", default=UNSET)
    tax: CheckoutTaxInput | None = field("Kind of buyer and tax identifiers.", default=UNSET)
    shipping_option: ShippingOptionChoice | None = field("How to ship.", default=UNSET)
    offer: OfferChoice | None = field("Coupon or offer.", default=UNSET)
    organization_id: str | None = field("Organisation the purchase is for.", default=UNSET)
    terms_of_sale_accepted: bool | None = field("Record that the shopper accepts the terms of sale.", default=UNSET)


@dsl.input(inputs.SourceChoice, one_of=True)
class SourceChoice:
    """Exactly one source to attach."""

    source_id: str | None = field("A source of DigitalRiver.js.")
    payment_option_id: ID | None = field("A saved means of payment.")


@dsl.input(inputs.AttachSource)
class AttachSourceInput:
    """Arguments of attachSource."""

    if_revision: CartRevision | None = field("Refuse when the cart is not at this revision.", default=UNSET)
    source: SourceChoice = field("What to attach.")
    replace_primary: bool | None = field(
        "Detach another primary source first instead of failing with PRIMARY_SOURCE_PRESENT.", default=True
    )


@dsl.input(inputs.DetachTarget, one_of=True)
class DetachTarget:
    """Exactly one thing to detach."""

    source_id: str | None = field("One source.")
    all: bool | None = field("Every source; only true is meaningful.")


@dsl.input(inputs.DetachSource)
class DetachSourceInput:
    """Arguments of detachSource."""

    if_revision: CartRevision | None = field("Refuse when the cart is not at this revision.", default=UNSET)
    target: DetachTarget = field("What to detach.")


@dsl.input(inputs.ApplyStoreCredit)
class ApplyStoreCreditInput:
    """Arguments of applyStoreCredit."""

    if_revision: CartRevision | None = field("Refuse when the cart is not at this revision.", default=UNSET)
    amount: MoneyInput | None = field("Amount to use; as much as possible when absent.", default=UNSET)


@dsl.input(inputs.RemoveStoreCredit)
class RemoveStoreCreditInput:
    """Arguments of removeStoreCredit."""

    if_revision: CartRevision | None = field("Refuse when the cart is not at this revision.", default=UNSET)


@dsl.input(inputs.SubmitOrder)
class SubmitOrderInput:
    """Arguments of submitOrder."""

    idempotency_key: UUID = field("Chosen once per press of the buy button and reused for every repeat of it.")
    expected_total: MoneyInput = field("Total the shopper saw. Another total blocks the submission.")
    if_revision: CartRevision | None = field(
        "Revision the shopper saw; also blocks when anything else about the purchase changed.", default=UNSET
    )
    terms_of_sale_accepted: bool | None = field(
        "Record that the shopper accepts the terms of sale with this purchase.", default=UNSET
    )


@dsl.input(inputs.ResumeOrder)
class ResumeOrderInput:
    """Arguments of resumeOrder."""

    idempotency_key: UUID | None = field(
        "Key given to submitOrder; the session's open submission when absent.", default=UNSET
    )


@dsl.input(inputs.OrderPassword)
class OrderPasswordInput:
    """An order number with its password."""

    number: str = field("Order number.")
    password: str = field("Order password of the confirmation mail.", Sensitive())


@dsl.input(inputs.OrderCardDigits)
class OrderCardDigitsInput:
    """An email address with card digits."""

    email: EmailAddress = field("Email address of the order.", Sensitive())
    last_four_digits: str = field("Last four digits of the card.", Sensitive())


@dsl.input(inputs.OrderLookupBy, one_of=True)
class OrderLookupBy:
    """Exactly one way to prove the right to see an order."""

    order_password: OrderPasswordInput | None = field("Order number and order password; works for guests.")
    card_digits: OrderCardDigitsInput | None = field(
        "Email address and last four digits of the card; needs a signed-in session."
    )


@dsl.input(inputs.LookupOrder)
class LookupOrderInput:
    """Arguments of lookupOrder."""

    by: OrderLookupBy = field("What the shopper knows.")


@dsl.input(inputs.SubscriptionContractChange, one_of=True)
class SubscriptionContractChange:
    """Exactly one change of a recurring purchase."""

    auto_renewal: bool | None = field("Renew by itself or not.")
    renewal_quantity: int | None = field("Units from the next renewal on.")
    reduced_quantity: int | None = field("Units from now on; fewer than now.")
    payment_option_id: ID | None = field("Saved means of payment for renewals.")
    source_id: str | None = field("A reusable source for renewals.")
    shipping_address: AddressInput | None = field("Where the goods go.")


@dsl.input(inputs.ChangeSubscriptionContract)
class ChangeSubscriptionContractInput:
    """Arguments of changeSubscriptionContract."""

    id: ID = field("The recurring purchase.")
    change: SubscriptionContractChange = field("The change.")


@dsl.input(inputs.CancelSubscriptionContract)
class CancelSubscriptionContractInput:
    """Arguments of cancelSubscriptionContract."""

    id: ID = field("The recurring purchase.")
    suppress_notification: bool | None = field("Do not send the cancellation mail.", default=False)
