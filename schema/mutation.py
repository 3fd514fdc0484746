"""The mutation root."""

from gateway.enums import IdempotencyMode, SessionLevel
from resolvers import (
    address_book,
    apply_shopper,
    cart_lines,
    cart_offers,
    contract_changes,
    orders,
    payment_options,
    payment_sources,
    prepare_checkout,
    sessions,
    shipping_options,
    shopper,
    store_credit,
    submissions,
    tax_identifiers,
)
from resolvers.register_shopper import register_shopper
from resolvers.sign_in import sign_in
from resolvers.update_session import update_session
from schema import dsl
from schema.directives import Cost, Idempotency, RequiresSession
from schema.dsl import mutation
from schema.payloads import (
    AddCartLinesPayload,
    ApplyOfferPayload,
    ApplyShopperPayload,
    ApplyStoreCreditPayload,
    AttachSourcePayload,
    CancelSubscriptionContractPayload,
    ChangeSubscriptionContractPayload,
    DeleteAddressPayload,
    DeletePaymentOptionPayload,
    DetachSourcePayload,
    LookupOrderPayload,
    PrepareCheckoutPayload,
    RegisterShopperPayload,
    RemoveCartLinesPayload,
    RemoveOfferPayload,
    RemoveStoreCreditPayload,
    ResumeOrderPayload,
    SaveAddressPayload,
    SavePaymentOptionPayload,
    SelectShippingOptionPayload,
    SetCartAddressesPayload,
    SetTaxIdentifiersPayload,
    SignInPayload,
    SignOutPayload,
    StartSessionPayload,
    SubmitOrderPayload,
    UpdateCartLinesPayload,
    UpdateCartPayload,
    UpdateSessionPayload,
    UpdateShopperPayload,
)


@dsl.object_type()
class Mutation:
    """Writes. Each takes one input object and returns one payload. A payload carries the objects that
    changed, read after the change even when the change failed, the warnings, and the errors. An
    operation that does not select `errors` gets them as GraphQL errors, so no failure goes unreported.
    """

    start_session: StartSessionPayload | None = mutation(
        "Starts a guest session. Source: POST /oauth20/token.",
        RequiresSession(level=SessionLevel.NONE),
        Idempotency(mode=IdempotencyMode.NATURAL),
        Cost(weight="5"),
        resolver=sessions.start_session,
    )
    sign_in: SignInPayload | None = mutation(
        "Signs a shopper in and keeps the guest cart. Source: POST /oauth20/token with the guest token.",
        RequiresSession(level=SessionLevel.NONE),
        Idempotency(mode=IdempotencyMode.NATURAL),
        Cost(weight="20"),
        resolver=sign_in,
    )
    sign_out: SignOutPayload | None = mutation(
        "Ends the session. Source: gateway, and DELETE /oauth20/access-tokens.",
        RequiresSession(level=SessionLevel.NONE),
        Idempotency(mode=IdempotencyMode.NATURAL),
        Cost(weight="1"),
        resolver=sessions.sign_out,
    )
    update_session: UpdateSessionPayload | None = mutation(
        "Changes the locale or currency of the session and its cart. Source: POST /v1/shoppers/me.",
        RequiresSession(level=SessionLevel.ANONYMOUS),
        Idempotency(mode=IdempotencyMode.NATURAL),
        Cost(weight="5"),
        resolver=update_session,
    )
    register_shopper: RegisterShopperPayload | None = mutation(
        "Creates an account. Source: POST /v1/shoppers.",
        RequiresSession(level=SessionLevel.ANONYMOUS),
        Idempotency(mode=IdempotencyMode.KEYED),
        Cost(weight="20"),
        resolver=register_shopper,
    )
    update_shopper: UpdateShopperPayload | None = mutation(
        "Changes the account. Source: POST /v1/shoppers/me.",
        RequiresSession(level=SessionLevel.REGISTERED),
        Idempotency(mode=IdempotencyMode.NATURAL),
        Cost(weight="5"),
        resolver=shopper.update_shopper,
    )
    save_address: SaveAddressPayload | None = mutation(
        "Adds an address to the address book, or replaces one. A label that another entry uses is refused, because "
        "upstream replaces entries by label. Source: POST /v1/shoppers/me/addresses.",
        RequiresSession(level=SessionLevel.REGISTERED),
        Idempotency(mode=IdempotencyMode.NATURAL),
        Cost(weight="5"),
        resolver=address_book.save_address,
    )
    delete_address: DeleteAddressPayload | None = mutation(
        "Removes an address from the address book. Source: DELETE /v1/shoppers/me/addresses/{addressId}.",
        RequiresSession(level=SessionLevel.REGISTERED),
        Idempotency(mode=IdempotencyMode.NATURAL),
        Cost(weight="5"),
        resolver=address_book.delete_address,
    )
    save_payment_option: SavePaymentOptionPayload | None = mutation(
        "Saves a source to the account, or changes label and default of a saved payment option. Source: POST "
        "/v1/shoppers/me/payment-options.",
        RequiresSession(level=SessionLevel.REGISTERED),
        Idempotency(mode=IdempotencyMode.NATURAL),
        Cost(weight="5"),
        resolver=payment_options.save_payment_option,
    )
    delete_payment_option: DeletePaymentOptionPayload | None = mutation(
        "Removes a saved payment option. Source: DELETE /v1/shoppers/me/payment-options/{paymentOptionId}.",
        RequiresSession(level=SessionLevel.REGISTERED),
        Idempotency(mode=IdempotencyMode.NATURAL),
        Cost(weight="5"),
        resolver=payment_options.delete_payment_option,
    )
    add_cart_lines: AddCartLinesPayload | None = mutation(
        "Adds products to the cart; starts a guest session when there is none. Source: POST "
        "/v1/shoppers/me/carts/active/line-items.",
        RequiresSession(level=SessionLevel.NONE),
        Idempotency(mode=IdempotencyMode.KEYED),
        Cost(weight="5"),
        resolver=cart_lines.add_cart_lines,
    )
    update_cart_lines: UpdateCartLinesPayload | None = mutation(
        "Sets quantities and recurring terms of lines. Source: POST …/line-items/{lineItemsId}?action=update.",
        RequiresSession(level=SessionLevel.ANONYMOUS),
        Idempotency(mode=IdempotencyMode.NATURAL),
        Cost(weight="5"),
        resolver=cart_lines.update_cart_lines,
    )
    remove_cart_lines: RemoveCartLinesPayload | None = mutation(
        "Removes lines. Source: DELETE …/line-items?lineItemsId=…",
        RequiresSession(level=SessionLevel.ANONYMOUS),
        Idempotency(mode=IdempotencyMode.NATURAL),
        Cost(weight="5"),
        resolver=cart_lines.remove_cart_lines,
    )
    apply_offer: ApplyOfferPayload | None = mutation(
        "Applies a coupon or an offer. Source: POST /v1/shoppers/me/carts/active?promoCode=… or with an offer.",
        RequiresSession(level=SessionLevel.ANONYMOUS),
        Idempotency(mode=IdempotencyMode.NATURAL),
        Cost(weight="5"),
        resolver=cart_offers.apply_offer,
    )
    remove_offer: RemoveOfferPayload | None = mutation(
        "Removes a coupon or an offer. Source: DELETE …/applied-offers/{offerId}.",
        RequiresSession(level=SessionLevel.ANONYMOUS),
        Idempotency(mode=IdempotencyMode.NATURAL),
        Cost(weight="5"),
        resolver=cart_offers.remove_offer,
    )
    set_cart_addresses: SetCartAddressesPayload | None = mutation(
        "Sets the billing address, the shipping address, or both. Source: PUT …/billing-address and "
        "…/shipping-address, or apply-billing-address and apply-shipping-address.",
        RequiresSession(level=SessionLevel.ANONYMOUS),
        Idempotency(mode=IdempotencyMode.NATURAL),
        Cost(weight="5"),
        resolver=prepare_checkout.set_cart_addresses,
    )
    select_shipping_option: SelectShippingOptionPayload | None = mutation(
        "Selects a shipping option. Source: POST …/apply-shipping-option.",
        RequiresSession(level=SessionLevel.ANONYMOUS),
        Idempotency(mode=IdempotencyMode.NATURAL),
        Cost(weight="5"),
        resolver=shipping_options.select_shipping_option,
    )
    set_tax_identifiers: SetTaxIdentifiersPayload | None = mutation(
        "Sets the kind of buyer and replaces the tax identifiers. Source: POST and DELETE …/tax-registrations.",
        RequiresSession(level=SessionLevel.ANONYMOUS),
        Idempotency(mode=IdempotencyMode.NATURAL),
        Cost(weight="5"),
        resolver=tax_identifiers.set_tax_identifiers,
    )
    update_cart: UpdateCartPayload | None = mutation(
        "Sets the organisation and the acceptance of the terms of sale. Source: POST /v1/shoppers/me/carts/active.",
        RequiresSession(level=SessionLevel.ANONYMOUS),
        Idempotency(mode=IdempotencyMode.NATURAL),
        Cost(weight="5"),
        resolver=prepare_checkout.update_cart,
    )
    apply_shopper: ApplyShopperPayload | None = mutation(
        "Applies addresses and a payment option of the account to the cart. Source: POST …/apply-shopper.",
        RequiresSession(level=SessionLevel.REGISTERED),
        Idempotency(mode=IdempotencyMode.NATURAL),
        Cost(weight="5"),
        resolver=apply_shopper.apply_shopper,
    )
    prepare_checkout: PrepareCheckoutPayload | None = mutation(
        "Makes the cart edits of a checkout page in one call: in the order that keeps each of them valid, and with as "
        "few upstream calls as possible. Stops at the first part that fails and reports its path. Source: the calls of "
        "the single mutations.",
        RequiresSession(level=SessionLevel.ANONYMOUS),
        Idempotency(mode=IdempotencyMode.NATURAL),
        Cost(weight="15"),
        resolver=prepare_checkout.prepare_checkout,
    )
    attach_source: AttachSourcePayload | None = mutation(
        "Attaches a source to the cart. Replaces an attached primary source unless `replacePrimary` is false, and "
        "keeps store credit first. Source: POST …/apply-payment-method.",
        RequiresSession(level=SessionLevel.ANONYMOUS),
        Idempotency(mode=IdempotencyMode.NATURAL),
        Cost(weight="10"),
        resolver=payment_sources.attach_source,
    )
    detach_source: DetachSourcePayload | None = mutation(
        "Detaches one source or all of them. Source: DELETE …/apply-payment-method or DELETE …/payment.",
        RequiresSession(level=SessionLevel.ANONYMOUS),
        Idempotency(mode=IdempotencyMode.NATURAL),
        Cost(weight="10"),
        resolver=payment_sources.detach_source,
    )
    apply_store_credit: ApplyStoreCreditPayload | None = mutation(
        "Sets the amount of store credit on the cart, whatever sources are attached already. "
        "Source: the credit ledger, POST /sources, DELETE and POST …/apply-payment-method.",
        RequiresSession(level=SessionLevel.REGISTERED),
        Idempotency(mode=IdempotencyMode.NATURAL),
        Cost(weight="15"),
        resolver=store_credit.apply_store_credit,
    )
    remove_store_credit: RemoveStoreCreditPayload | None = mutation(
        "Removes store credit from the cart. Source: DELETE …/apply-payment-method.",
        RequiresSession(level=SessionLevel.REGISTERED),
        Idempotency(mode=IdempotencyMode.NATURAL),
        Cost(weight="10"),
        resolver=store_credit.remove_store_credit,
    )
    submit_order: SubmitOrderPayload | None = mutation(
        "Turns the cart into an order: at most once per key, and one submission per cart at a time. The gateway reads "
        "the cart again and refuses unless the payment session is REQUIRES_CONFIRMATION, nothing else blocks, and the "
        "total is the expected one. It never repeats the upstream request. Source: POST "
        "/v1/shoppers/me/carts/active/submit-cart.",
        RequiresSession(level=SessionLevel.ANONYMOUS),
        Idempotency(mode=IdempotencyMode.KEYED),
        Cost(weight="50"),
        resolver=submissions.submit_order,
    )
    resume_order: ResumeOrderPayload | None = mutation(
        "Finishes a submission after the shopper has come back. If the order has been placed in the meantime, the "
        "answer is that order. Source: POST "
        "/v1/shoppers/me/carts/active/resume-cart.",
        RequiresSession(level=SessionLevel.ANONYMOUS),
        Idempotency(mode=IdempotencyMode.KEYED),
        Cost(weight="50"),
        resolver=submissions.resume_order,
    )
    lookup_order: LookupOrderPayload | None = mutation(
        "Finds an order without an account. It is a mutation because its input is secret and must not be part of a "
        "URL. Source: POST /v1/shoppers/order-lookup.",
        RequiresSession(level=SessionLevel.ANONYMOUS),
        Idempotency(mode=IdempotencyMode.NATURAL),
        Cost(weight="20"),
        resolver=orders.look_up_order,
    )
    change_subscription_contract: ChangeSubscriptionContractPayload | None = mutation(
        "Makes one change to a recurring purchase. Upstream accepts the change and carries it out later, see "
        "pendingChanges. Source: POST /v1/subscriptions/{subscriptionId}/…",
        RequiresSession(level=SessionLevel.REGISTERED),
        Idempotency(mode=IdempotencyMode.NATURAL),
        Cost(weight="10"),
        resolver=contract_changes.change_contract,
    )
    cancel_subscription_contract: CancelSubscriptionContractPayload | None = mutation(
        "Cancels a recurring purchase. Source: POST /v1/subscriptions/{subscriptionId}/cancel.",
        RequiresSession(level=SessionLevel.REGISTERED),
        Idempotency(mode=IdempotencyMode.NATURAL),
        Cost(weight="10"),
        resolver=contract_changes.cancel_contract,
    )
