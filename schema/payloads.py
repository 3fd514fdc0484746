"""Payloads of mutations. A payload has the changed objects, warnings and errors."""

from strawberry import ID

from resolvers import cart, contracts, payment_session, register_shopper, sessions, shopper, store_credit
from schema import dsl
from schema.account import CartTransition, Session, Shopper
from schema.account_entries import PaymentOption, SavedAddress
from schema.cart import Cart
from schema.contracts import SubscriptionContract
from schema.directives import Sensitive
from schema.dsl import field
from schema.errors import (
    CartMutationError,
    ContractMutationError,
    OrderLookupMutationError,
    PaymentMutationError,
    SessionMutationError,
    ShopperMutationError,
    SubmissionMutationError,
)
from schema.orders import Order
from schema.payment import PaymentSession, StoreCreditAccount
from schema.shared_types import MutationWarning
from schema.submissions import SubmissionAttempt, SubmitOrderResult

CART = "The cart after the mutation. Null when the cart could not be read."
PAYMENT_SESSION = "The payment session after the mutation. Null when there is none, or when it could not be read."
WARNINGS = "Side effects of the mutation that the shopper should know about."
ERRORS = "Why the mutation failed; empty when the mutation succeeded."


@dsl.object_type()
class StartSessionPayload:
    """Result of startSession."""

    session: Session | None = field("The session. Null when the session could not be started.")
    bearer_token: str | None = field(
        "Opaque bearer token of the new session. Store the token: it is returned only once. Null for COOKIE delivery, "
        "and when no session was started.",
        Sensitive(),
    )
    warnings: list[MutationWarning] = field(WARNINGS)
    errors: list[SessionMutationError] = field(ERRORS)


@dsl.object_type()
class SignOutPayload:
    """Result of signOut."""

    signed_out: bool = field("Always true, even when there was no session.")
    warnings: list[MutationWarning] = field(WARNINGS)
    errors: list[SessionMutationError] = field(ERRORS)


@dsl.object_type()
class SignInPayload:
    """Result of signIn."""

    session: Session | None = field(
        "The session after the mutation. Null when there is no session.", resolver=sessions.session_after
    )
    bearer_token: str | None = field(
        "New bearer token of the session. Store the token: it is returned only once, and the old token is no longer "
        "valid. Null for COOKIE delivery, and when the sign-in failed.",
        Sensitive(),
    )
    cart: Cart | None = field(
        "The shopper's cart after the sign-in. Null when the cart could not be read.", resolver=cart.cart_after
    )
    cart_transition: CartTransition | None = field("What happened to the guest cart. Null when the sign-in failed.")
    warnings: list[MutationWarning] = field(WARNINGS)
    errors: list[SessionMutationError] = field(ERRORS)


@dsl.object_type()
class RegisterShopperPayload:
    """Result of registerShopper."""

    session: Session | None = field(
        "The session of the new shopper. Null when the registration failed.",
        resolver=register_shopper.session_after_registration,
    )
    bearer_token: str | None = field(
        "New bearer token of the session. Store the token: it is returned only once, and the old token is no longer "
        "valid. Null for COOKIE delivery, and when the registration failed.",
        Sensitive(),
    )
    cart_transition: CartTransition | None = field(
        "What happened to the guest cart. Null when the registration failed."
    )
    warnings: list[MutationWarning] = field(WARNINGS)
    errors: list[SessionMutationError] = field(ERRORS)


@dsl.object_type()
class UpdateShopperPayload:
    """Result of updateShopper."""

    shopper: Shopper | None = field(
        "The shopper after the mutation. Null when the shopper could not be read.", resolver=shopper.shopper_of
    )
    warnings: list[MutationWarning] = field(WARNINGS)
    errors: list[ShopperMutationError] = field(ERRORS)


@dsl.object_type()
class SaveAddressPayload:
    """Result of saveAddress."""

    saved_address: SavedAddress | None = field("The saved address. Null when the address could not be saved.")
    shopper: Shopper | None = field(
        "The shopper with the address book. Null when the shopper could not be read.", resolver=shopper.shopper_of
    )
    warnings: list[MutationWarning] = field(WARNINGS)
    errors: list[ShopperMutationError] = field(ERRORS)


@dsl.object_type()
class DeleteAddressPayload:
    """Result of deleteAddress."""

    deleted_id: ID | None = field("Id of the removed address, for client caches. Null when no address was removed.")
    shopper: Shopper | None = field(
        "The shopper with the address book. Null when the shopper could not be read.", resolver=shopper.shopper_of
    )
    warnings: list[MutationWarning] = field(WARNINGS)
    errors: list[ShopperMutationError] = field(ERRORS)


@dsl.object_type()
class SavePaymentOptionPayload:
    """Result of savePaymentOption."""

    payment_option: PaymentOption | None = field(
        "The saved payment option. Null when the payment option could not be saved."
    )
    shopper: Shopper | None = field(
        "The shopper with the saved payment options. Null when the shopper could not be read.",
        resolver=shopper.shopper_of,
    )
    warnings: list[MutationWarning] = field(WARNINGS)
    errors: list[ShopperMutationError] = field(ERRORS)


@dsl.object_type()
class DeletePaymentOptionPayload:
    """Result of deletePaymentOption."""

    deleted_id: ID | None = field(
        "Id of the removed payment option, for client caches. Null when no payment option was removed."
    )
    shopper: Shopper | None = field(
        "The shopper with the saved payment options. Null when the shopper could not be read.",
        resolver=shopper.shopper_of,
    )
    warnings: list[MutationWarning] = field(WARNINGS)
    errors: list[ShopperMutationError] = field(ERRORS)


@dsl.object_type()
class ApplyShopperPayload:
    """Result of applyShopper."""

    cart: Cart | None = field(CART, resolver=cart.cart_after)
    warnings: list[MutationWarning] = field(WARNINGS)
    errors: list[CartMutationError] = field(ERRORS)


@dsl.object_type()
class AddCartLinesPayload:
    """Result of addCartLines."""

    cart: Cart | None = field(CART, resolver=cart.cart_after)
    bearer_token: str | None = field(
        "Bearer token of the guest session that the mutation started. Store the token: it is returned only once. Null "
        "for COOKIE delivery, and when no session was started.",
        Sensitive(),
    )
    warnings: list[MutationWarning] = field(WARNINGS)
    errors: list[CartMutationError] = field(ERRORS)


@dsl.object_type()
class UpdateCartLinesPayload:
    """Result of updateCartLines."""

    cart: Cart | None = field(CART, resolver=cart.cart_after)
    warnings: list[MutationWarning] = field(WARNINGS)
    errors: list[CartMutationError] = field(ERRORS)


@dsl.object_type()
class RemoveCartLinesPayload:
    """Result of removeCartLines."""

    cart: Cart | None = field(CART, resolver=cart.cart_after)
    warnings: list[MutationWarning] = field(WARNINGS)
    errors: list[CartMutationError] = field(ERRORS)


@dsl.object_type()
class ApplyOfferPayload:
    """Result of applyOffer."""

    cart: Cart | None = field(CART, resolver=cart.cart_after)
    warnings: list[MutationWarning] = field(f"{WARNINGS} For example, a coupon takes effect later.")
    errors: list[CartMutationError] = field(ERRORS)


@dsl.object_type()
class UpdateSessionPayload:
    """Result of updateSession."""

    session: Session | None = field(
        "The session after the mutation. Null when the session could not be read.", resolver=sessions.session_after
    )
    cart: Cart | None = field(
        "The cart with amounts for the new locale and currency. Null when the cart could not be read.",
        resolver=cart.cart_after,
    )
    warnings: list[MutationWarning] = field(WARNINGS)
    errors: list[SessionMutationError] = field(ERRORS)


@dsl.object_type()
class RemoveOfferPayload:
    """Result of removeOffer."""

    cart: Cart | None = field(CART, resolver=cart.cart_after)
    warnings: list[MutationWarning] = field(WARNINGS)
    errors: list[CartMutationError] = field(ERRORS)


@dsl.object_type()
class SetCartAddressesPayload:
    """Result of setCartAddresses."""

    cart: Cart | None = field(CART, resolver=cart.cart_after)
    warnings: list[MutationWarning] = field(f"{WARNINGS} For example, the shipping option was reset.")
    errors: list[CartMutationError] = field(ERRORS)


@dsl.object_type()
class SelectShippingOptionPayload:
    """Result of selectShippingOption."""

    cart: Cart | None = field(CART, resolver=cart.cart_after)
    warnings: list[MutationWarning] = field(WARNINGS)
    errors: list[CartMutationError] = field(ERRORS)


@dsl.object_type()
class SetTaxIdentifiersPayload:
    """Result of setTaxIdentifiers."""

    cart: Cart | None = field(CART, resolver=cart.cart_after)
    warnings: list[MutationWarning] = field(WARNINGS)
    errors: list[CartMutationError] = field(ERRORS)


@dsl.object_type()
class UpdateCartPayload:
    """Result of updateCart."""

    cart: Cart | None = field(CART, resolver=cart.cart_after)
    warnings: list[MutationWarning] = field(WARNINGS)
    errors: list[CartMutationError] = field(ERRORS)


@dsl.object_type()
class PrepareCheckoutPayload:
    """Result of prepareCheckout."""

    cart: Cart | None = field(
        "The cart after the mutation. `Cart.readiness` has the next step of the checkout. Null when the cart could not "
        "be read.",
        resolver=cart.cart_after,
    )
    warnings: list[MutationWarning] = field(WARNINGS)
    errors: list[CartMutationError] = field(f"{ERRORS} The path of an error names the part that failed.")


@dsl.object_type()
class AttachSourcePayload:
    """Result of attachSource."""

    cart: Cart | None = field(CART, resolver=cart.cart_after)
    payment_session: PaymentSession | None = field(PAYMENT_SESSION, resolver=payment_session.payment_session_after)
    warnings: list[MutationWarning] = field(WARNINGS)
    errors: list[PaymentMutationError] = field(ERRORS)


@dsl.object_type()
class DetachSourcePayload:
    """Result of detachSource."""

    cart: Cart | None = field(CART, resolver=cart.cart_after)
    payment_session: PaymentSession | None = field(PAYMENT_SESSION, resolver=payment_session.payment_session_after)
    warnings: list[MutationWarning] = field(WARNINGS)
    errors: list[PaymentMutationError] = field(ERRORS)


@dsl.object_type()
class ApplyStoreCreditPayload:
    """Result of applyStoreCredit."""

    cart: Cart | None = field(CART, resolver=cart.cart_after)
    payment_session: PaymentSession | None = field(PAYMENT_SESSION, resolver=payment_session.payment_session_after)
    store_credit: StoreCreditAccount | None = field(
        "The shopper's store credit after the mutation. Null when the store credit could not be read.",
        resolver=store_credit.store_credit_after,
    )
    warnings: list[MutationWarning] = field(f"{WARNINGS} For example, sources were reordered.")
    errors: list[PaymentMutationError] = field(ERRORS)


@dsl.object_type()
class RemoveStoreCreditPayload:
    """Result of removeStoreCredit."""

    cart: Cart | None = field(CART, resolver=cart.cart_after)
    payment_session: PaymentSession | None = field(PAYMENT_SESSION, resolver=payment_session.payment_session_after)
    warnings: list[MutationWarning] = field(WARNINGS)
    errors: list[PaymentMutationError] = field(ERRORS)


@dsl.object_type()
class SubmitOrderPayload:
    """Result of submitOrder."""

    attempt: SubmissionAttempt | None = field("The stored record of the submission. Null when there is an error.")
    result: SubmitOrderResult | None = field(
        "Outcome of the submission, also returned as `attempt.result`. Null when there is an error, while the "
        "submission is in progress, and for a placed order whose number is unknown."
    )
    cart: Cart | None = field(
        "The active cart after the mutation. After an order was placed, the active cart is a new, empty cart. Null "
        "when the cart could not be read.",
        resolver=cart.cart_after,
    )
    warnings: list[MutationWarning] = field(WARNINGS)
    errors: list[SubmissionMutationError] = field("Why there is no outcome; empty when there is an outcome.")


@dsl.object_type()
class ResumeOrderPayload:
    """Result of resumeOrder."""

    attempt: SubmissionAttempt | None = field("The stored record of the submission. Null when there is an error.")
    result: SubmitOrderResult | None = field(
        "Outcome of the submission, also returned as `attempt.result`. Null when there is an error, while the "
        "submission is in progress, and for a placed order whose number is unknown."
    )
    cart: Cart | None = field(
        "The active cart after the mutation. Null when the cart could not be read.", resolver=cart.cart_after
    )
    warnings: list[MutationWarning] = field(WARNINGS)
    errors: list[SubmissionMutationError] = field("Why there is no outcome; empty when there is an outcome.")


@dsl.object_type()
class LookupOrderPayload:
    """Result of lookupOrder."""

    order: Order | None = field(
        "The order that was found. The session can now also read the order with Query.order. Null when no order was "
        "found."
    )
    warnings: list[MutationWarning] = field(WARNINGS)
    errors: list[OrderLookupMutationError] = field("Why no order was found; empty when an order was found.")


@dsl.object_type()
class ChangeSubscriptionContractPayload:
    """Result of changeSubscriptionContract."""

    subscription_contract: SubscriptionContract | None = field(
        "The subscription contract after the mutation. Its `pendingChanges` lists the change until Digital River "
        "carries it out. Null when the contract could not be read.",
        resolver=contracts.contract_after,
    )
    warnings: list[MutationWarning] = field(WARNINGS)
    errors: list[ContractMutationError] = field(ERRORS)


@dsl.object_type()
class CancelSubscriptionContractPayload:
    """Result of cancelSubscriptionContract."""

    subscription_contract: SubscriptionContract | None = field(
        "The subscription contract after the mutation. Null when the contract could not be read.",
        resolver=contracts.contract_after,
    )
    warnings: list[MutationWarning] = field(WARNINGS)
    errors: list[ContractMutationError] = field(ERRORS)
