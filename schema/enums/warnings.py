"""The enum for warnings."""

from gateway.enums import WarningCode
from schema.descriptions import Code, describe_codes
from schema.enums.errors import CART, PAYMENT

CARTS = (CART, PAYMENT)
ADDRESSES = ("setCartAddresses", "setTaxIdentifiers", "applyShopper", "prepareCheckout")
OFFERS = ("applyOffer", "prepareCheckout")
BEGINS_SESSION = ("startSession", "addCartLines", "signIn", "registerShopper")
EXTENSIONS = "extensions.riverfront.warnings"

describe_codes(
    WarningCode,
    "Codes of warnings.",
    COUPON_NOT_YET_ELIGIBLE=Code(
        "The coupon code is accepted and takes effect once the cart meets the conditions of the coupon.",
        "Show the coupon as accepted but without a discount, with `shopperMessage` beside it.",
        (*CARTS, "Cart.warnings"),
        "Digital River value: couponcode_not_eligible.",
    ),
    COUPON_WITHOUT_EFFECT=Code(
        "The coupon changed nothing: the cart has it already, or another offer of the cart is better.",
        "Show `shopperMessage` beside the coupon field, and empty the field.",
        OFFERS,
    ),
    OFFER_REPLACED=Code(
        "A better offer replaced an offer, whose id is `targetId`.",
        "Show `cart.appliedOffers` of the answer, and `shopperMessage` beside them.",
        OFFERS,
    ),
    QUANTITY_REDUCED=Code(
        "Digital River reduced the quantity of a line, whose id is `targetId`, for example to the number of available "
        "units. For a product that the cart had before `addCartLines`, a small reduction is noticed only if the input "
        "has `ifRevision`.",
        "Show the quantity of the line in the answer, and `shopperMessage` beside the line.",
        ("addCartLines", "updateCartLines"),
    ),
    SHIPPING_OPTION_RESET=Code(
        "Another shipping option, or none, is selected, because of the new address.",
        "Go back to the choice of the shipping option and show `cart.shippingOptions` with the new prices.",
        ADDRESSES,
    ),
    CART_CHANGED_BY_SIGN_IN=Code(
        "Cart lines were lost or changed when the shopper signed in.",
        "Show the cart with `shopperMessage` before the checkout goes on. `cartTransition` has the numbers.",
        ("signIn", "registerShopper"),
    ),
    TOTAL_CHANGED=Code(
        "A total that was no longer an estimate has changed with the addresses or tax identifiers.",
        "Show the shopper the new total, and put it beside the button that buys. Send it as `expectedTotal`.",
        ADDRESSES,
    ),
    SOURCES_REORDERED=Code(
        "Sources were detached and attached again, so that store credit pays first.",
        "Nothing, if the page shows `paymentSession` of the answer: ids of attached sources may have changed.",
        ("applyStoreCredit",),
    ),
    PAYMENT_NO_LONGER_COVERED=Code(
        "The total is now above the attached store credit; another source is needed.",
        "Go to the payment step: show `paymentSession.amountRemaining` and the drop-in, and offer more store credit.",
        CARTS,
    ),
    LANDED_COST_INCOMPLETE=Code(
        "Import duty may be missing from the total.",
        "Show `shopperMessage` beside the total.",
        (*CARTS, "Cart.warnings"),
        "Digital River value: tax_service_invalid_hsCode_warning.",
    ),
    SESSION_COOKIE_NOT_KEPT=Code(
        "The browser will not keep the session cookie: the page is of another site than the gateway, or was loaded by "
        "http from another machine.",
        "A mistake in the set-up, for its developer: serve page and gateway from one site by https, or use "
        "`delivery: BEARER`.",
        (*BEGINS_SESSION, EXTENSIONS),
    ),
    VARIABLE_UNDEFINED=Code(
        "The request has a variable that the operation does not define. Sent in development mode only, in `extensions` "
        "of the answer.",
        "A mistake in the code, for its developer: correct the name of the variable, or define it in the operation.",
        (EXTENSIONS,),
    ),
    SESSION_ENDED=Code(
        "A query was sent with the handle of a session that has ended, so it was answered as without a session. In the "
        "extensions of the answer.",
        "Show that the session has ended and that the cart of a guest is gone. Offer to sign in. Keep the handle until "
        "the next session begins: it lets that session read `orderSubmission`.",
        (EXTENSIONS,),
    ),
    SESSION_RESTARTED=Code(
        "The mutation was sent with the handle of a session that has ended, and began a new session.",
        "Replace a stored bearer token by `bearerToken`. Show the cart of the answer, which has nothing of the earlier "
        "guest's cart, and read `orderSubmission` if a submit request was under way.",
        BEGINS_SESSION,
    ),
    SESSION_KEPT=Code(
        "startSession was sent in a session, which differs from its arguments and stays as it is.",
        "Call `updateSession` for another locale or currency, or `signOut` before `startSession` for another delivery.",
        ("startSession",),
    ),
    OTHER=Code(
        "A warning that this schema does not know yet.",
        "Show `shopperMessage`, and the cart of the answer.",
        (*CARTS, "Cart.warnings"),
    ),
)
