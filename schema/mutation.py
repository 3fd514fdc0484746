"""The type `Mutation`."""

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
    """Mutations. Every mutation except signOut takes one input object. A payload has warnings, errors, and the objects
    that the mutation changes. The gateway reads these objects after the mutation, even when the mutation failed. All
    faults of an input are reported at once, and nothing is changed then. Spaces around a string that a person types are
    removed, except in passwords. When an operation does not select `errors`, user errors are returned as GraphQL
    errors.
    """

    start_session: StartSessionPayload | None = mutation(
        "Starts a guest session. Returns the current session if there is one, with a warning if the arguments ask for "
        "another one. If the handle of the request is that of "
        "an ended session, the new session can read its submissions by their keys. Digital River call: POST "
        "/oauth20/token.",
        RequiresSession(level=SessionLevel.NONE),
        Idempotency(mode=IdempotencyMode.NATURAL),
        Cost(weight="5"),
        resolver=sessions.start_session,
    )
    sign_in: SignInPayload | None = mutation(
        "Signs a shopper in and keeps the guest cart. Digital River call: POST /oauth20/token with the guest token.",
        RequiresSession(level=SessionLevel.NONE),
        Idempotency(mode=IdempotencyMode.NATURAL),
        Cost(weight="20"),
        resolver=sign_in,
    )
    sign_out: SignOutPayload | None = mutation(
        "Ends the session. Digital River call: DELETE /oauth20/access-tokens.",
        RequiresSession(level=SessionLevel.NONE),
        Idempotency(mode=IdempotencyMode.NATURAL),
        Cost(weight="1"),
        resolver=sessions.sign_out,
    )
    update_session: UpdateSessionPayload | None = mutation(
        "Changes the locale or currency of the session and its cart. Digital River call: POST /v1/shoppers/me.",
        RequiresSession(level=SessionLevel.ANONYMOUS),
        Idempotency(mode=IdempotencyMode.NATURAL),
        Cost(weight="5"),
        resolver=update_session,
    )
    register_shopper: RegisterShopperPayload | None = mutation(
        "Creates an account and signs the shopper in. Digital River call: POST /v1/shoppers.",
        RequiresSession(level=SessionLevel.ANONYMOUS),
        Idempotency(mode=IdempotencyMode.KEYED),
        Cost(weight="20"),
        resolver=register_shopper,
    )
    update_shopper: UpdateShopperPayload | None = mutation(
        "Changes the shopper's name and email address. Digital River call: POST /v1/shoppers/me.",
        RequiresSession(level=SessionLevel.REGISTERED),
        Idempotency(mode=IdempotencyMode.NATURAL),
        Cost(weight="5"),
        resolver=shopper.update_shopper,
    )
    save_address: SaveAddressPayload | None = mutation(
        "Adds an address to the address book, or replaces an address. The nickname must differ from the nicknames of "
        "all other addresses. Otherwise, Digital River would replace the address with the same nickname. Digital "
        "River call: POST /v1/shoppers/me/addresses.",
        RequiresSession(level=SessionLevel.REGISTERED),
        Idempotency(mode=IdempotencyMode.NATURAL),
        Cost(weight="5"),
        resolver=address_book.save_address,
    )
    delete_address: DeleteAddressPayload | None = mutation(
        "Removes an address from the address book. Digital River call: DELETE /v1/shoppers/me/addresses/{addressId}.",
        RequiresSession(level=SessionLevel.REGISTERED),
        Idempotency(mode=IdempotencyMode.NATURAL),
        Cost(weight="5"),
        resolver=address_book.delete_address,
    )
    save_payment_option: SavePaymentOptionPayload | None = mutation(
        "Saves a source to the account as a payment option, or changes a saved payment option. The nickname and the "
        "default can be changed. Digital River call: POST /v1/shoppers/me/payment-options.",
        RequiresSession(level=SessionLevel.REGISTERED),
        Idempotency(mode=IdempotencyMode.NATURAL),
        Cost(weight="5"),
        resolver=payment_options.save_payment_option,
    )
    delete_payment_option: DeletePaymentOptionPayload | None = mutation(
        "Removes a saved payment option. Digital River call: DELETE /v1/shoppers/me/payment-options/{paymentOptionId}.",
        RequiresSession(level=SessionLevel.REGISTERED),
        Idempotency(mode=IdempotencyMode.NATURAL),
        Cost(weight="5"),
        resolver=payment_options.delete_payment_option,
    )
    add_cart_lines: AddCartLinesPayload | None = mutation(
        "Adds products to the cart. Starts a guest session when there is no session. Digital River call: POST "
        "/v1/shoppers/me/carts/active/line-items.",
        RequiresSession(level=SessionLevel.NONE),
        Idempotency(mode=IdempotencyMode.KEYED),
        Cost(weight="5"),
        resolver=cart_lines.add_cart_lines,
    )
    update_cart_lines: UpdateCartLinesPayload | None = mutation(
        "Changes quantities and subscription terms of cart lines. Digital River call: POST "
        "…/line-items/{lineItemsId}?action=update.",
        RequiresSession(level=SessionLevel.ANONYMOUS),
        Idempotency(mode=IdempotencyMode.NATURAL),
        Cost(weight="5"),
        resolver=cart_lines.update_cart_lines,
    )
    remove_cart_lines: RemoveCartLinesPayload | None = mutation(
        "Removes lines from the cart. Digital River call: DELETE …/line-items?lineItemsId=…",
        RequiresSession(level=SessionLevel.ANONYMOUS),
        Idempotency(mode=IdempotencyMode.NATURAL),
        Cost(weight="5"),
        resolver=cart_lines.remove_cart_lines,
    )
    apply_offer: ApplyOfferPayload | None = mutation(
        "Applies a coupon or an offer to the cart. Digital River call: POST /v1/shoppers/me/carts/active, with the "
        "parameter promoCode for a coupon.",
        RequiresSession(level=SessionLevel.ANONYMOUS),
        Idempotency(mode=IdempotencyMode.NATURAL),
        Cost(weight="5"),
        resolver=cart_offers.apply_offer,
    )
    remove_offer: RemoveOfferPayload | None = mutation(
        "Removes an offer from the cart, including an offer that a coupon has applied. Digital River call: DELETE "
        "…/applied-offers/{offerId}.",
        RequiresSession(level=SessionLevel.ANONYMOUS),
        Idempotency(mode=IdempotencyMode.NATURAL),
        Cost(weight="5"),
        resolver=cart_offers.remove_offer,
    )
    set_cart_addresses: SetCartAddressesPayload | None = mutation(
        "Sets the billing address, the shipping address, or both addresses of the cart. Digital River call: POST "
        "/v1/shoppers/me/carts/active. For an address suggestion: POST …/apply-billing-address or "
        "…/apply-shipping-address.",
        RequiresSession(level=SessionLevel.ANONYMOUS),
        Idempotency(mode=IdempotencyMode.NATURAL),
        Cost(weight="5"),
        resolver=prepare_checkout.set_cart_addresses,
    )
    select_shipping_option: SelectShippingOptionPayload | None = mutation(
        "Selects a shipping option for the cart. Digital River call: POST …/apply-shipping-option.",
        RequiresSession(level=SessionLevel.ANONYMOUS),
        Idempotency(mode=IdempotencyMode.NATURAL),
        Cost(weight="5"),
        resolver=shipping_options.select_shipping_option,
    )
    set_tax_identifiers: SetTaxIdentifiersPayload | None = mutation(
        "Sets the customer type and replaces the tax identifiers of the cart. Digital River call: POST and "
        "DELETE …/tax-registrations.",
        RequiresSession(level=SessionLevel.ANONYMOUS),
        Idempotency(mode=IdempotencyMode.NATURAL),
        Cost(weight="5"),
        resolver=tax_identifiers.set_tax_identifiers,
    )
    update_cart: UpdateCartPayload | None = mutation(
        "Sets the organisation of the cart and records that the terms of sale are accepted. Digital River "
        "call: POST /v1/shoppers/me/carts/active.",
        RequiresSession(level=SessionLevel.ANONYMOUS),
        Idempotency(mode=IdempotencyMode.NATURAL),
        Cost(weight="5"),
        resolver=prepare_checkout.update_cart,
    )
    apply_shopper: ApplyShopperPayload | None = mutation(
        "Applies addresses and a payment option of the account to the cart. Digital River call: POST …/apply-shopper.",
        RequiresSession(level=SessionLevel.REGISTERED),
        Idempotency(mode=IdempotencyMode.NATURAL),
        Cost(weight="5"),
        resolver=apply_shopper.apply_shopper,
    )
    prepare_checkout: PrepareCheckoutPayload | None = mutation(
        "Changes addresses, tax identifiers, shipping option, offer, organisation and terms of sale of the cart in one "
        "mutation. Stops at the first change that fails. The `path` of the error names the input field of that change. "
        "Digital River calls: the calls of setCartAddresses, setTaxIdentifiers, selectShippingOption, applyOffer and "
        "updateCart.",
        RequiresSession(level=SessionLevel.ANONYMOUS),
        Idempotency(mode=IdempotencyMode.NATURAL),
        Cost(weight="15"),
        resolver=prepare_checkout.prepare_checkout,
    )
    attach_source: AttachSourcePayload | None = mutation(
        "Attaches a source to the cart. Replaces an attached primary source unless `replacePrimary` is false. "
        "Store credit still pays first. Digital River call: POST …/apply-payment-method.",
        RequiresSession(level=SessionLevel.ANONYMOUS),
        Idempotency(mode=IdempotencyMode.NATURAL),
        Cost(weight="10"),
        resolver=payment_sources.attach_source,
    )
    detach_source: DetachSourcePayload | None = mutation(
        "Detaches one source or all sources from the cart. Digital River call: DELETE …/apply-payment-method for one "
        "source, DELETE …/payment for all sources.",
        RequiresSession(level=SessionLevel.ANONYMOUS),
        Idempotency(mode=IdempotencyMode.NATURAL),
        Cost(weight="10"),
        resolver=payment_sources.detach_source,
    )
    apply_store_credit: ApplyStoreCreditPayload | None = mutation(
        "Sets the amount of store credit on the cart. Detaches an attached primary source and attaches it "
        "again, so that store credit pays first. Reads the merchant's credit ledger. Digital River call: POST "
        "/sources, DELETE and POST …/apply-payment-method.",
        RequiresSession(level=SessionLevel.REGISTERED),
        Idempotency(mode=IdempotencyMode.NATURAL),
        Cost(weight="15"),
        resolver=store_credit.apply_store_credit,
    )
    remove_store_credit: RemoveStoreCreditPayload | None = mutation(
        "Removes store credit from the cart. Digital River call: DELETE …/apply-payment-method.",
        RequiresSession(level=SessionLevel.REGISTERED),
        Idempotency(mode=IdempotencyMode.NATURAL),
        Cost(weight="10"),
        resolver=store_credit.remove_store_credit,
    )
    submit_order: SubmitOrderPayload | None = mutation(
        "Turns the cart into an order, at most once for each idempotency key. The gateway first reads the cart again. "
        "It submits the cart only if the state of the payment session is REQUIRES_CONFIRMATION, the cart has no "
        "blocker, and the total is `expectedTotal`. The gateway never sends the same submission to Digital River "
        "twice. A cart has one submission at a time. Digital River call: POST "
        "/v1/shoppers/me/carts/active/submit-cart.",
        RequiresSession(level=SessionLevel.ANONYMOUS),
        Idempotency(mode=IdempotencyMode.KEYED),
        Cost(weight="50"),
        resolver=submissions.submit_order,
    )
    resume_order: ResumeOrderPayload | None = mutation(
        "Finishes a submission after the shopper has returned from the payment page. Returns the order if the order "
        "has already been placed. Also finishes an order of the active cart that the gateway no longer knows. Digital "
        "River call: POST /v1/shoppers/me/carts/active/resume-cart.",
        RequiresSession(level=SessionLevel.ANONYMOUS),
        Idempotency(mode=IdempotencyMode.KEYED),
        Cost(weight="50"),
        resolver=submissions.resume_order,
    )
    lookup_order: LookupOrderPayload | None = mutation(
        "Finds an order by order number and password, or by email address and the last digits of the card. lookupOrder "
        "is a mutation because a password or an email address must not be part of a URL. Digital River call: POST "
        "/v1/shoppers/order-lookup.",
        RequiresSession(level=SessionLevel.ANONYMOUS),
        Idempotency(mode=IdempotencyMode.NATURAL),
        Cost(weight="20"),
        resolver=orders.look_up_order,
    )
    change_subscription_contract: ChangeSubscriptionContractPayload | None = mutation(
        "Makes one change to a subscription contract. Digital River accepts the change and carries it out later. Until "
        "then, `pendingChanges` lists the change. Digital River call: POST /v1/subscriptions/{subscriptionId}/…",
        RequiresSession(level=SessionLevel.REGISTERED),
        Idempotency(mode=IdempotencyMode.NATURAL),
        Cost(weight="10"),
        resolver=contract_changes.change_contract,
    )
    cancel_subscription_contract: CancelSubscriptionContractPayload | None = mutation(
        "Cancels a subscription contract. Digital River call: POST /v1/subscriptions/{subscriptionId}/cancel.",
        RequiresSession(level=SessionLevel.REGISTERED),
        Idempotency(mode=IdempotencyMode.NATURAL),
        Cost(weight="10"),
        resolver=contract_changes.cancel_contract,
    )
