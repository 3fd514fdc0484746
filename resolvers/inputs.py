"""What resolvers are given: the inputs of the graph as plain data, by its names.

An absent or null member has the default here; no member of these means something else by null.
"""

from decimal import Decimal
from typing import ClassVar
from uuid import UUID

import msgspec

from gateway.enums import AddressKind, CustomerType, SessionDelivery, ShippingOptionRule


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """Members that were given as null count as not given."""

    secret_members: ClassVar[frozenset[str]] = frozenset()
    """Those marked `@sensitive` in the graph, which sets this. They are shown nowhere."""

    def __repr__(self) -> str:
        shown = (
            f"{name}={'***' if name in self.secret_members else repr(getattr(self, name))}"
            for name in self.__struct_fields__
        )
        return f"{type(self).__name__}({', '.join(shown)})"


class Money(Given, frozen=True, kw_only=True):
    """An amount of money given by a client."""

    amount: Decimal
    currency_code: str


class ProductBy(Given, frozen=True, kw_only=True):
    """Exactly one way to name a product."""

    id: str | None = None
    upstream_id: str | None = None
    external_reference_id: str | None = None


class ProductSearch(Given, frozen=True, kw_only=True):
    """What to look for in the catalog."""

    text: str | None = None
    category_id: str | None = None
    purchasable_only: bool = True


class PaymentMethodFilter(Given, frozen=True, kw_only=True):
    """Narrows a list of ways to pay. Absent fields do not narrow."""

    supports_recurring: bool | None = None
    supports_free_trial: bool | None = None
    supports_store_credit: bool | None = None
    usable_only: bool = False


class StartSession(Given, frozen=True, kw_only=True):
    """Arguments of startSession."""

    locale: str | None = None
    currency_code: str | None = None
    delivery: SessionDelivery = SessionDelivery.COOKIE


class PasswordCredentials(Given, frozen=True, kw_only=True):
    """A user name and password."""

    username: str
    password: str

    def __repr__(self) -> str:
        return "PasswordCredentials(***)"


class SignInCredentials(Given, frozen=True, kw_only=True):
    """Exactly one proof of identity."""

    password: PasswordCredentials | None = None
    merchant_assertion: str | None = None

    def __repr__(self) -> str:
        return "SignInCredentials(***)"


class SignIn(Given, frozen=True, kw_only=True):
    """Arguments of signIn."""

    credentials: SignInCredentials
    delivery: SessionDelivery = SessionDelivery.COOKIE


class RegisterShopper(Given, frozen=True, kw_only=True):
    """Arguments of registerShopper."""

    idempotency_key: UUID
    email: str
    password: str
    first_name: str
    last_name: str
    accepts_marketing: bool = False

    def __repr__(self) -> str:
        return "RegisterShopper(***)"


class UpdateShopper(Given, frozen=True, kw_only=True):
    """Arguments of updateShopper. Absent fields stay as they are."""

    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None
    apply_email_to_contracts: bool = False


class DeleteAddress(Given, frozen=True, kw_only=True):
    """Arguments of deleteAddress."""

    id: str


class PaymentOptionTarget(Given, frozen=True, kw_only=True):
    """Exactly one thing to save or change."""

    source_id: str | None = None
    payment_option_id: str | None = None


class SavePaymentOption(Given, frozen=True, kw_only=True):
    """Arguments of savePaymentOption."""

    target: PaymentOptionTarget
    nickname: str | None = None
    is_default: bool | None = None


class DeletePaymentOption(Given, frozen=True, kw_only=True):
    """Arguments of deletePaymentOption."""

    id: str


class UpdateSession(Given, frozen=True, kw_only=True):
    """Arguments of updateSession."""

    locale: str | None = None
    currency_code: str | None = None


class AddressFields(Given, frozen=True, kw_only=True):
    """A postal address with contact details."""

    first_name: str
    last_name: str
    phonetic_first_name: str | None = None
    phonetic_last_name: str | None = None
    company_name: str | None = None
    division: str | None = None
    line1: str
    line2: str | None = None
    line3: str | None = None
    city: str
    country_subdivision: str | None = None
    county_name: str | None = None
    postal_code: str | None = None
    country_code: str
    phone_number: str | None = None
    email: str | None = None


class SaveAddress(Given, frozen=True, kw_only=True):
    """Arguments of saveAddress."""

    id: str | None = None
    nickname: str
    is_default: bool = False
    address: AddressFields


class CustomAttribute(Given, frozen=True, kw_only=True):
    """A merchant-defined name and value."""

    name: str
    value: str


class RecurringTerms(Given, frozen=True, kw_only=True):
    """Recurring terms of a line."""

    is_auto_renewing: bool
    has_free_trial: bool = False
    terms: str


class NewCartLine(Given, frozen=True, kw_only=True):
    """A product to add."""

    product: ProductBy
    quantity: int = 1
    offer_id: str | None = None
    parent_line_id: str | None = None
    recurring_terms: RecurringTerms | None = None
    custom_attributes: list[CustomAttribute] = []


class AddCartLines(Given, frozen=True, kw_only=True):
    """Arguments of addCartLines."""

    idempotency_key: UUID | None = None
    if_revision: str | None = None
    lines: list[NewCartLine]
    delivery: SessionDelivery = SessionDelivery.COOKIE


class CartLineChange(Given, frozen=True, kw_only=True):
    """A line to change."""

    line_id: str
    quantity: int | None = None
    recurring_terms: RecurringTerms | None = None


class UpdateCartLines(Given, frozen=True, kw_only=True):
    """Arguments of updateCartLines."""

    if_revision: str | None = None
    lines: list[CartLineChange]


class RemoveCartLines(Given, frozen=True, kw_only=True):
    """Arguments of removeCartLines."""

    if_revision: str | None = None
    line_ids: list[str]


class OfferChoice(Given, frozen=True, kw_only=True):
    """Exactly one way to name an offer."""

    coupon_code: str | None = None
    offer_id: str | None = None


class ApplyOffer(Given, frozen=True, kw_only=True):
    """Arguments of applyOffer."""

    if_revision: str | None = None
    offer: OfferChoice


class RemoveOffer(Given, frozen=True, kw_only=True):
    """Arguments of removeOffer."""

    if_revision: str | None = None
    offer_id: str


class AddressChoice(Given, frozen=True, kw_only=True):
    """Exactly one way to name an address."""

    address: AddressFields | None = None
    saved_address_id: str | None = None
    suggestion_id: str | None = None
    same_as: AddressKind | None = None


class ShippingOptionChoice(Given, frozen=True, kw_only=True):
    """Exactly one way to choose a shipping option."""

    id: str | None = None
    rule: ShippingOptionRule | None = None


class SetCartAddresses(Given, frozen=True, kw_only=True):
    """Arguments of setCartAddresses. At least one address is needed."""

    if_revision: str | None = None
    billing: AddressChoice | None = None
    shipping: AddressChoice | None = None


class SelectShippingOption(Given, frozen=True, kw_only=True):
    """Arguments of selectShippingOption."""

    if_revision: str | None = None
    shipping_option_id: str


class TaxIdentifier(Given, frozen=True, kw_only=True):
    """A tax identifier."""

    key: str
    value: str

    def __repr__(self) -> str:
        return f"TaxIdentifier({self.key})"


class CheckoutTax(Given, frozen=True, kw_only=True):
    """Kind of buyer and tax identifiers."""

    customer_type: CustomerType
    tax_identifiers: list[TaxIdentifier]


class SetTaxIdentifiers(CheckoutTax, frozen=True, kw_only=True):
    """Arguments of setTaxIdentifiers."""

    if_revision: str | None = None


class UpdateCart(Given, frozen=True, kw_only=True):
    """Arguments of updateCart. Absent fields stay as they are."""

    if_revision: str | None = None
    organization_id: str | None = None
    terms_of_sale_accepted: bool | None = None


class ApplyShopper(Given, frozen=True, kw_only=True):
    """Arguments of applyShopper. The account's defaults are used for absent fields."""

    if_revision: str | None = None
    billing_address_id: str | None = None
    shipping_address_id: str | None = None
    payment_option_id: str | None = None


class PrepareCheckout(Given, frozen=True, kw_only=True):
    """Arguments of prepareCheckout. Parts are done in the order of the fields; absent parts are left
    alone.
    """

    if_revision: str | None = None
    billing: AddressChoice | None = None
    shipping: AddressChoice | None = None
    tax: CheckoutTax | None = None
    shipping_option: ShippingOptionChoice | None = None
    offer: OfferChoice | None = None
    organization_id: str | None = None
    terms_of_sale_accepted: bool | None = None


class SourceChoice(Given, frozen=True, kw_only=True):
    """Exactly one source to attach."""

    source_id: str | None = None
    payment_option_id: str | None = None


class AttachSource(Given, frozen=True, kw_only=True):
    """Arguments of attachSource."""

    if_revision: str | None = None
    source: SourceChoice
    replace_primary: bool = True


class DetachTarget(Given, frozen=True, kw_only=True):
    """Exactly one thing to detach."""

    source_id: str | None = None
    all: bool | None = None


class DetachSource(Given, frozen=True, kw_only=True):
    """Arguments of detachSource."""

    if_revision: str | None = None
    target: DetachTarget


class ApplyStoreCredit(Given, frozen=True, kw_only=True):
    """Arguments of applyStoreCredit."""

    if_revision: str | None = None
    amount: Money | None = None


class RemoveStoreCredit(Given, frozen=True, kw_only=True):
    """Arguments of removeStoreCredit."""

    if_revision: str | None = None


class SubmitOrder(Given, frozen=True, kw_only=True):
    """Arguments of submitOrder."""

    idempotency_key: UUID
    expected_total: Money
    if_revision: str | None = None
    terms_of_sale_accepted: bool | None = None


class ResumeOrder(Given, frozen=True, kw_only=True):
    """Arguments of resumeOrder."""

    idempotency_key: UUID | None = None


class OrderPassword(Given, frozen=True, kw_only=True):
    """An order number with its password."""

    number: str
    password: str


class OrderCardDigits(Given, frozen=True, kw_only=True):
    """An email address with card digits."""

    email: str
    last_four_digits: str


class OrderLookupBy(Given, frozen=True, kw_only=True):
    """Exactly one way to prove the right to see an order."""

    order_password: OrderPassword | None = None
    card_digits: OrderCardDigits | None = None


class LookupOrder(Given, frozen=True, kw_only=True):
    """Arguments of lookupOrder."""

    by: OrderLookupBy


class SubscriptionContractChange(Given, frozen=True, kw_only=True):
    """Exactly one change of a recurring purchase."""

    auto_renewal: bool | None = None
    renewal_quantity: int | None = None
    reduced_quantity: int | None = None
    payment_option_id: str | None = None
    source_id: str | None = None
    shipping_address: AddressFields | None = None


class ChangeSubscriptionContract(Given, frozen=True, kw_only=True):
    """Arguments of changeSubscriptionContract."""

    id: str
    change: SubscriptionContractChange


class CancelSubscriptionContract(Given, frozen=True, kw_only=True):
    """Arguments of cancelSubscriptionContract."""

    id: str
    suppress_notification: bool = False
