"""Enums for user errors."""

from gateway.enums import ErrorCode, RetryAdvice
from schema.descriptions import Code, describe_codes, describe_enum

CART, PAYMENT, SUBMISSION = "CartMutationError", "PaymentMutationError", "SubmissionMutationError"
SESSION, ACCOUNT, CONTRACT = "SessionMutationError", "ShopperMutationError", "ContractMutationError"
LOOKUP = "OrderLookupMutationError"
ANY = (CART, PAYMENT, SUBMISSION, SESSION, ACCOUNT, CONTRACT, LOOKUP)

describe_enum(
    RetryAdvice,
    "Whether to send a failed mutation again, and what to do first.",
    DO_NOT_RETRY="Do not send the mutation again, because it would fail again.",
    FIX_THEN_RETRY="Correct the input or the cart, then send the mutation again.",
    RETRY="Send the same mutation again. Nothing was changed.",
    READ_STATE_FIRST="Read the state first, because the mutation may have had an effect.",
)

describe_codes(
    ErrorCode,
    "Codes of user errors.",
    INVALID_INPUT=Code(
        "A value of the input is malformed or outside its limits.",
        "Mark the field at `path` and show `shopperMessage` beside it. Keep what the shopper has typed. An error "
        "without `shopperMessage` is about a value that the storefront fills in itself: log it as a bug of the "
        "storefront.",
        ANY,
    ),
    MISSING_INPUT=Code(
        "A required value of the input is absent.",
        "Mark the field at `path` as required and show `shopperMessage`. A blank value counts as absent.",
        ANY,
    ),
    SENSITIVE_DATA_DETECTED=Code(
        "A value looks like a card number or other secret and was not sent to Digital River.",
        "Empty the field at `path` and show `shopperMessage`. Never store or log what was typed there. Card numbers "
        "belong in the drop-in only: find the form field that invites them.",
        ANY,
    ),
    NOT_FOUND=Code(
        "The object does not exist, or belongs to another shopper.",
        "Read the list from which the id comes, such as the cart, the address book or the saved payment options, and "
        "show what is there now. After `lookupOrder`, let the shopper correct the number and the secret.",
        (CART, PAYMENT, SUBMISSION, ACCOUNT, CONTRACT, LOOKUP),
    ),
    CART_REVISION_MISMATCH=Code(
        "The cart no longer has the revision in `ifRevision`.",
        "Read `cart` and show what has changed. If the shopper still wants the change, send it with the new "
        "`cart.revision`.",
        (CART, PAYMENT),
    ),
    CART_BUSY=Code(
        "Another change of this cart was in progress for too long, or too many changes waited; nothing was changed. If "
        "the cart's lock was lost before the change was complete, `retry` is READ_STATE_FIRST.",
        "With RETRY, send the same request with the same key after half a second, three times at most, then show "
        "`shopperMessage`. With READ_STATE_FIRST, read `cart` and send the change only if it is not there. Send the "
        "changes of one cart one after the other.",
        (CART, PAYMENT, SUBMISSION, SESSION),
    ),
    CART_LOCKED=Code(
        "A submission of this cart is in progress, in doubt, or waits for the shopper; the cart is locked until the "
        "submission ends.",
        "Disable all changes of the cart and read `orderSubmission` with the stored key; without one, take that of the "
        "SubmissionInProgressBlocker in `checkoutReadiness`. If the order waits for the shopper, follow "
        "`paymentSession.nextAction`, or offer `detachSource` to give it up. Otherwise read every second until there "
        "is an outcome, and go to its page: there may be an order.",
        (CART, PAYMENT, SESSION),
    ),
    PRODUCT_NOT_PURCHASABLE=Code(
        "The product cannot be put in a cart.",
        "Disable the product's button and offer its `variations`, or another product. `Product.isPurchasable` says it "
        "beforehand.",
        (CART,),
    ),
    INSUFFICIENT_STOCK=Code(
        "The product has fewer available units than the quantity.",
        "Mark the quantity of the line at `path` and offer `availableQuantity` of the AvailabilityError, if it has "
        "one. With 0, show that the product is sold out.",
        (CART,),
    ),
    QUANTITY_OUT_OF_RANGE=Code(
        "The quantity is outside the allowed range.",
        "Mark the quantity of the line at `path`. Give its field the limits `minimumQuantity` and `maximumQuantity` of "
        "the AvailabilityError.",
        (CART,),
    ),
    COUPON_INVALID=Code(
        "The coupon code does not exist or has expired.",
        "Show `shopperMessage` beside the coupon field, and leave the code in it to be corrected.",
        ("applyOffer", "prepareCheckout"),
    ),
    COUPON_USED_UP=Code(
        "The coupon code has been used the maximum number of times.",
        "Show `shopperMessage` beside the coupon field, and empty the field.",
        ("applyOffer", "prepareCheckout"),
    ),
    OFFER_NOT_APPLICABLE=Code(
        "The offer does not apply to this cart.",
        "Show `shopperMessage` beside the coupon field or the offer. The shopper may change the cart, or take another "
        "offer.",
        ("applyOffer", "addCartLines", "prepareCheckout"),
    ),
    ADDRESS_INVALID=Code(
        "The address is not valid.",
        "Mark postal code, city and state of the address at `path`. Read `suggestions` of the cart's address, and "
        "offer them: a suggestion is accepted by its id.",
        (CART, ACCOUNT, CONTRACT),
    ),
    COUNTRY_NOT_SERVED=Code(
        "The site does not serve the country.",
        "Mark the country of the address at `path`, and offer the countries of `storefront.countries` with "
        "`isBillingCountry` or `isShippingCountry`.",
        (CART, ACCOUNT, CONTRACT),
    ),
    SHIPPING_OPTION_UNAVAILABLE=Code(
        "The shipping option is not offered for this cart.",
        "Read `cart.shippingOptions` and let the shopper choose one of them, or send the rule CHEAPEST.",
        ("selectShippingOption", "prepareCheckout", "applyShopper", "setCartAddresses"),
    ),
    TAX_IDENTIFIER_INVALID=Code(
        "A tax identifier is malformed or of the wrong kind.",
        "Read `cart.taxIdentifierRequirements`, and mark the field whose value does not match its `patterns`.",
        ("setTaxIdentifiers", "prepareCheckout"),
    ),
    SOURCE_NOT_FOUND=Code(
        "The source does not exist.",
        "Show the drop-in anew with `paymentSession.dropIn` and attach the source that it makes. For a saved one, read "
        "`shopper.paymentOptions` and show what is there.",
        ("attachSource", "detachSource", "applyShopper", "savePaymentOption", "changeSubscriptionContract"),
    ),
    SOURCE_NOT_CHARGEABLE=Code(
        "The source cannot be charged.",
        "If the shopper has left the approval of this source unfinished, let them finish it, then attach the source. "
        "Otherwise show the drop-in anew and attach the source that it makes: a used or failed source stays so.",
        ("attachSource", "applyShopper", "detachSource", "savePaymentOption", "changeSubscriptionContract"),
    ),
    SOURCE_NOT_REUSABLE=Code(
        "The source cannot be saved, or cannot pay for renewals.",
        "Show `shopperMessage`. Offer the payment methods with `supportsRecurring`, and the saved payment options.",
        ("savePaymentOption", "attachSource", "applyShopper", "changeSubscriptionContract"),
    ),
    PRIMARY_SOURCE_PRESENT=Code(
        "Another primary source is attached.",
        "Leave out `replacePrimary`, so that the new source replaces the attached one, or call `detachSource` first if "
        "the shopper has to decide.",
        ("attachSource", "applyShopper"),
    ),
    PAYMENT_METHOD_UNAVAILABLE=Code(
        "The payment method is not available for this cart.",
        "Read `availablePaymentMethods` with `usableOnly`, and let the shopper choose one of them.",
        ("attachSource", "applyShopper", "savePaymentOption", "changeSubscriptionContract"),
    ),
    STORE_CREDIT_NOT_ALLOWED=Code(
        "Store credit cannot be used on this cart.",
        "Hide the store credit, or show which of the `obstacles` of the StoreCreditError the shopper can remove.",
        ("applyStoreCredit",),
    ),
    STORE_CREDIT_INSUFFICIENT=Code(
        "The amount cannot be used: the available credit, or the amount left to pay, is lower. See `usableAmount`.",
        "Put `usableAmount` of the StoreCreditError in the field, or send no `amount`: then as much as possible is "
        "used.",
        ("applyStoreCredit",),
    ),
    PAYMENT_SESSION_MISSING=Code(
        "The cart has no payment session.",
        "Go to the cart if it is empty: it has no payment session until it has a line. Otherwise the site has no "
        "payment sessions, and only its operator can ask Digital River for them.",
        ("attachSource", "applyStoreCredit"),
    ),
    NOT_RESUMABLE=Code(
        "No submission waits for the shopper.",
        "Read `orderSubmission` with the stored key, and go to the page of its outcome. Without one, read `cart` and "
        "go to the payment step.",
        ("resumeOrder",),
    ),
    IDEMPOTENCY_KEY_REUSED=Code(
        "The idempotency key was used with another input.",
        "A bug of the storefront: make a new key for each decision of the shopper, and use it for repetitions of that "
        "decision only. After `submitOrder`, read `orderSubmission` with the key: the earlier request may have led to "
        "an order. If it is null, another session has sent that request: tell the shopper before you send a new key.",
        ("addCartLines", "registerShopper", "submitOrder"),
    ),
    SIGN_IN_FAILED=Code(
        "The credentials are wrong, or the account is locked. The error does not report which of the two.",
        "Show `shopperMessage` above the form, empty the password and leave the user name. Offer a new password. The "
        "guest's cart is kept.",
        ("signIn",),
    ),
    PASSWORD_POLICY=Code(
        "The password does not follow the password rules.",
        "Mark the field of the new password, and show the rules before the shopper types.",
        ("registerShopper",),
    ),
    REGISTRATION_FAILED=Code(
        "The account cannot be created. The error does not report whether the account exists already.",
        "Show `shopperMessage` above the form, and offer to sign in or to get a new password. Do not claim that the "
        "account exists.",
        ("registerShopper",),
    ),
    SESSION_REQUIRED=Code(
        "The mutation needs a session: call startSession first.",
        "Call `startSession` with the old handle, read `cart`, and show what is left: the cart of a guest is lost with "
        "its session. Let a registered shopper sign in.",
        ANY,
    ),
    SIGN_IN_REQUIRED=Code(
        "The mutation needs a signed-in shopper: call signIn first.",
        "Show the sign-in form. After `signIn`, send the mutation again.",
        (CART, PAYMENT, ACCOUNT, CONTRACT),
    ),
    CONTRACT_CHANGE_NOT_ALLOWED=Code(
        "The state of the subscription contract does not allow the change.",
        "Read the contract and show its `state`. Offer only what `pendingChanges` and the state leave open.",
        (CONTRACT,),
    ),
    RATE_LIMITED=Code(
        "The mutation was called too often.",
        "Disable the button until `retryAfter` of the RateLimitError, and show `shopperMessage`. Then the same request "
        "may be sent.",
        ANY,
    ),
    UPSTREAM_REJECTED=Code(
        "Digital River refused the call for a reason that this schema does not know yet.",
        "Show `shopperMessage` with `supportReference` of the UpstreamError, and log `upstreamCode`.",
        ANY,
    ),
    UPSTREAM_UNAVAILABLE=Code(
        "There is no reliable answer from Digital River, or from an earlier call with this key.",
        "Keep the page and what was typed. With RETRY, send the same request with the same key, three times at most, "
        "with longer and longer pauses. With READ_STATE_FIRST, read what the mutation changes, and send it with a new "
        "key only if the change is not there. After `submitOrder`, read `orderSubmission` with the same key instead.",
        ANY,
    ),
    STORE_UNAVAILABLE=Code(
        "The gateway cannot reach its store of sessions and submissions. Nothing was sent and nothing was charged: try "
        "again in a moment. If the store failed during a change, `retry` is READ_STATE_FIRST, because the change may "
        "have been made.",
        "As for UPSTREAM_UNAVAILABLE: follow `retry`, keep the page, and show `shopperMessage` if it lasts.",
        ANY,
    ),
)
