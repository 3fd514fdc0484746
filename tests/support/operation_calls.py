"""Expected calls to Digital River for each example operation, and the effect on the operation when a call fails.

The number of calls does not include calls for tokens. A new gateway requests a token for its first session and
for its first product.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from gateway.upstream.ids import global_id
from sandbox.model.world import Balance
from tests.support.shop import (
    ADDRESS,
    CART,
    LIVE_MAPS,
    METHODS,
    PACK,
    POLES,
    SUBMIT,
    WATCH,
    Shopper,
    Storefront,
    new_key,
)

ME = "/v1/shoppers/me"

Variables = dict[str, Any]
Arrange = Callable[[Shopper], Awaitable[Variables]]


async def nothing(shopper: Shopper) -> Variables:
    return {}


async def product_page(shopper: Shopper) -> Variables:
    return {
        "id": global_id("Product", WATCH),
        "locale": "de-DE",
        "currency": "EUR",
        "pointOfPromotion": "CrossSell_ProductDetail",
    }


async def first_line(shopper: Shopper) -> Variables:
    return {"key": new_key(), "productId": global_id("Product", PACK)}


async def another_line(shopper: Shopper) -> Variables:
    await shopper.storefront.add(POLES)
    return {**await first_line(shopper), "quantity": 2}


async def line(shopper: Shopper) -> Variables:
    cart = (await shopper.storefront.add(PACK))["cart"]
    return {"revision": cart["revision"], "lineId": cart["lines"][0]["id"], "quantity": 3}


async def coupon(shopper: Shopper) -> Variables:
    await shopper.storefront.add(PACK)
    return {"code": "SPRING20"}


async def filled(shopper: Shopper) -> Variables:
    await shopper.fill_cart()
    await shopper.storefront.run("RedeemCoupon", code="SPRING20")
    return {}


async def form(shopper: Shopper) -> Variables:
    # Without this sandbox switch, the sandbox would select a shipping option itself.
    shopper.world.switches.shipping_option = "open"
    await shopper.storefront.add(PACK)
    return {"address": ADDRESS}


async def source(shopper: Shopper) -> Variables:
    await shopper.fill_cart()
    return {"sourceId": await shopper.source()}


async def approved_source(shopper: Shopper) -> Variables:
    await shopper.fill_cart()
    source_id = await shopper.source("payPal")
    (source,) = shopper.world.redirects.values()
    await shopper.decide(source.redirect["redirectUrl"])
    return {"sourceId": source_id, "revision": (await shopper.storefront.cart())["revision"]}


async def ready(shopper: Shopper) -> Variables:
    await shopper.get_ready()
    cart = await shopper.storefront.cart()
    return {"key": new_key(), "total": cart["totals"]["orderTotal"], "revision": cart["revision"]}


async def ready_to_redirect(shopper: Shopper) -> Variables:
    await shopper.get_ready("klarnaCredit")
    return {"key": new_key(), "total": (await shopper.storefront.cart())["totals"]["orderTotal"]}


async def redirected(shopper: Shopper) -> Variables:
    await shopper.get_ready("klarnaCredit")
    result = await shopper.storefront.outcome()
    await shopper.decide(result["action"]["redirectUrl"])
    return {}


async def credentials(shopper: Shopper) -> Variables:
    await shopper.storefront.add(PACK)
    keys = shopper.world.keys
    return {"username": keys.shopper_username, "password": keys.shopper_password}


async def sign_in(shopper: Shopper) -> None:
    keys = shopper.world.keys
    assert (await shopper.storefront.sign_in(keys.shopper_username, keys.shopper_password))["errors"] == []


async def account(shopper: Shopper) -> Variables:
    await sign_in(shopper)
    return {}


async def registered(shopper: Shopper) -> Variables:
    await sign_in(shopper)
    await shopper.storefront.add(PACK)
    return {}


async def with_store_credit(shopper: Shopper) -> Variables:
    await sign_in(shopper)
    shopper.world.ledger["rf-cust-000042"] = Balance(Decimal(500), "USD")
    await shopper.fill_cart()
    return {"amount": {"amount": "40.00", "currencyCode": "USD"}}


async def saved_card(shopper: Shopper) -> Variables:
    await with_store_credit(shopper)
    options = (await shopper.storefront.ask("{ shopper { paymentOptions { id } } }")).data["shopper"]["paymentOptions"]
    return {"paymentOptionId": options[0]["id"]}


async def authentication_required(shopper: Shopper) -> Variables:
    await shopper.get_ready(owner__lastName="Decline:authentication_required")
    await shopper.storefront.outcome()
    return {}


async def declined(shopper: Shopper) -> Variables:
    await shopper.fill_cart()
    source_id = await shopper.pay_with(owner__lastName="Decline:do_not_honor")
    await shopper.storefront.outcome()
    return {"sourceId": source_id}


async def placed_order(shopper: Shopper) -> Variables:
    await shopper.get_ready()
    key = new_key()
    await shopper.storefront.outcome(key)
    return {"key": key}


async def wire_transfer(shopper: Shopper) -> Variables:
    await shopper.get_ready("wireTransfer")
    return {"orderId": (await shopper.storefront.outcome())["order"]["id"]}


async def history(shopper: Shopper) -> Variables:
    await sign_in(shopper)
    await shopper.get_ready()
    await shopper.storefront.outcome()
    return {"first": 20}


async def order(shopper: Shopper) -> Variables:
    await shopper.get_ready()
    return {"id": (await shopper.storefront.outcome())["order"]["id"]}


async def mail(shopper: Shopper) -> Variables:
    await placed_order(shopper)
    mail = (await shopper.sandbox.get("/_sandbox/orders")).json()[0]
    shopper.storefront = Storefront(shopper.storefront.http)
    await shopper.storefront.ask("mutation { startSession(input: {}) { errors { code } } }")
    return {"number": str(mail["id"]), "password": mail["password"]}


async def contract(shopper: Shopper) -> Variables:
    await sign_in(shopper)
    await shopper.fill_cart(LIVE_MAPS)
    account = next(known for known in shopper.world.accounts if known.username == shopper.world.keys.shopper_username)
    await shopper.storefront.attach(str(account.payment_options[0].source.id))
    await shopper.storefront.outcome()
    query = """{ shopper { paymentOptions { id } subscriptionContracts(first: 1) { nodes { id } } } }"""
    profile = (await shopper.storefront.ask(query)).data["shopper"]
    contracts, options = profile["subscriptionContracts"]["nodes"], profile["paymentOptions"]
    return {"id": contracts[0]["id"], "paymentOptionId": options[1]["id"]}


# Possible effects of a failed call on an operation.


@dataclass(frozen=True)
class NullFields:
    """The fields at these dotted paths are null, and each has an error."""

    fields: tuple[str, ...]
    other_changes: tuple[str, ...] = ()
    """Dotted paths of further fields whose values change when the call fails, such as warnings."""


@dataclass(frozen=True)
class FallbackFields:
    """The fields at these dotted paths have values from another call, without an error."""

    fields: tuple[str, ...]


class ChangeRefused:
    """The change fails completely or partly, and the payload has errors. The cart and the session remain."""


class OutcomeInDoubt:
    """The result is `OrderInDoubt`, because the gateway does not know whether an order was placed."""


NOTHING, REFUSED, IN_DOUBT = NullFields(()), ChangeRefused(), OutcomeInDoubt()
Effect = NullFields | FallbackFields | ChangeRefused | OutcomeInDoubt


def null(*fields: str) -> NullFields:
    return NullFields(fields)


class NthCall(NamedTuple):
    method: str
    path: str
    number: int = 0
    """Index among the operation's calls with the same method and path. The first call has the index 0."""


READ = NthCall("GET", CART)
READ_AGAIN = NthCall("GET", CART, 1)
LIST = NthCall("GET", METHODS)
PRODUCT = NthCall("GET", f"{ME}/products/{{id}}")
STOCK = NthCall("GET", f"{ME}/products/inventory-status")
CHANGE = NthCall("POST", CART)
ATTACH = NthCall("POST", f"{CART}/apply-payment-method")
DETACH = NthCall("DELETE", f"{CART}/apply-payment-method")
PROFILE = NthCall("GET", ME)
LEDGER = NthCall("GET", "/_ledger/balance")
ORDER = NthCall("GET", f"{ME}/orders/{{id}}")
CONTRACT = NthCall("GET", "/v1/subscriptions/{id}")
PENDING = NthCall("GET", "/v1/subscriptions/{id}/pending-actions")
TOKEN = NthCall("POST", "/oauth20/token")


@dataclass(frozen=True)
class Row:
    arrange: Arrange
    """Function that prepares the cart and the session, and returns the variables of the operation."""
    calls: int
    effects: Mapping[NthCall, Effect]
    """For each call, the effect on the operation when the call fails. Calls for tokens are included."""


TABLE = {
    "LookAround": Row(nothing, 1, {TOKEN: null("products"), NthCall("GET", f"{ME}/products"): null("products")}),
    "FindProducts": Row(
        nothing, 1, {TOKEN: null("products"), NthCall("GET", f"{ME}/product-search"): null("products")}
    ),
    "ProductPage": Row(
        product_page,
        4,
        {
            TOKEN: null("product"),
            PRODUCT: null("product"),
            # A base product is in stock if one of its variations is in stock.
            NthCall("GET", f"{ME}/products/{{id}}/variations"): null("product.variations", "product.inventory"),
            NthCall("GET", f"{ME}/products/{{id}}/point-of-promotions/{{name}}/offers"): null("product.crossSells"),
            STOCK: null("product.inventory"),
        },
    ),
    "CartPage": Row(
        filled, 2, {READ: null("cart"), NthCall("GET", f"{CART}/applied-offers"): null("cart.appliedOffers")}
    ),
    "AddToCart": Row(
        another_line, 2, {NthCall("POST", f"{CART}/line-items"): REFUSED, READ: null("addCartLines.cart")}
    ),
    "ChangeQuantity": Row(
        line,
        3,
        {
            READ: REFUSED,
            NthCall("POST", f"{CART}/line-items/{{id}}"): REFUSED,
            READ_AGAIN: null("updateCartLines.cart"),
        },
    ),
    "RedeemCoupon": Row(coupon, 1, {CHANGE: REFUSED}),
    "AddressForm": Row(nothing, 0, {}),
    "CheckoutPage": Row(
        filled,
        3,
        {
            READ: null("cart"),
            NthCall("GET", f"{CART}/tax-registrations/schema"): null("cart.taxIdentifierRequirements"),
            LIST: FallbackFields(("cart.paymentSession.availablePaymentMethods.methods",)),
        },
    ),
    "GuestFirstLine": Row(
        first_line,
        2,
        {TOKEN: REFUSED, NthCall("POST", f"{CART}/line-items"): REFUSED, READ: null("addCartLines.cart")},
    ),
    "GuestDetails": Row(
        form,
        3,
        {
            CHANGE: REFUSED,
            NthCall("POST", f"{CART}/apply-shipping-option"): REFUSED,
            LIST: FallbackFields(("prepareCheckout.cart.paymentSession.availablePaymentMethods.methods",)),
        },
    ),
    "GuestSource": Row(source, 2, {READ: REFUSED, ATTACH: REFUSED}),
    "GuestOrder": Row(ready, 2, {READ: REFUSED, NthCall("POST", SUBMIT): IN_DOUBT}),
    "SignIn": Row(
        credentials,
        6,  # The second call for a token is included.
        {
            READ: REFUSED,
            TOKEN: REFUSED,
            PROFILE: REFUSED,
            NthCall("POST", TOKEN.path, 1): REFUSED,
            NthCall("GET", f"{ME}/payment-options"): null("signIn.session.shopper.paymentOptions"),
            NthCall("GET", f"{ME}/addresses"): null("signIn.session.shopper.addresses"),
            READ_AGAIN: NullFields(("signIn.cart",), other_changes=("signIn.cartTransition", "signIn.warnings")),
        },
    ),
    "UseMyDefaults": Row(registered, 1, {NthCall("POST", f"{CART}/apply-shopper"): REFUSED}),
    "PaymentStep": Row(
        filled,
        2,
        {
            READ: null("paymentSession", "availablePaymentMethods"),
            LIST: FallbackFields(("availablePaymentMethods.methods",)),
        },
    ),
    "SubmitWithRedirect": Row(ready_to_redirect, 2, {READ: REFUSED, NthCall("POST", SUBMIT): IN_DOUBT}),
    "ReturnFromRedirect": Row(
        redirected, 2, {NthCall("POST", f"{CART}/resume-cart"): IN_DOUBT, READ: null("resumeOrder.cart")}
    ),
    "AttachApprovedSource": Row(approved_source, 2, {READ: REFUSED, ATTACH: REFUSED}),
    "CreditOffer": Row(
        with_store_credit,
        4,
        {
            PROFILE: null("shopper.storeCredit"),
            LEDGER: null("shopper.storeCredit"),
            READ: null("shopper.storeCredit"),
            # Store credit is offered even if Digital River does not report the stock of the products.
            TOKEN: NOTHING,
            STOCK: NOTHING,
        },
    ),
    "UseCredit": Row(
        with_store_credit,
        6,
        {
            PROFILE: REFUSED,
            LEDGER: REFUSED,
            READ: REFUSED,
            TOKEN: NOTHING,
            STOCK: NOTHING,
            NthCall("POST", "/sources"): REFUSED,
            ATTACH: REFUSED,
        },
    ),
    "PayRestWithSavedCard": Row(
        saved_card,
        3,
        {NthCall("GET", f"{ME}/payment-options/{{id}}"): REFUSED, READ: REFUSED, ATTACH: REFUSED},
    ),
    "AuthenticationState": Row(authentication_required, 1, {READ: null("paymentSession", "checkoutReadiness")}),
    "DropDeclinedSource": Row(
        declined,
        3,
        {
            DETACH: REFUSED,
            READ: null("detachSource.paymentSession", "detachSource.cart"),
            LIST: FallbackFields(("detachSource.paymentSession.availablePaymentMethods.methods",)),
        },
    ),
    # The outcome of the submission is stored, but the order is read again because the order may have changed.
    "SubmissionOutcome": Row(placed_order, 1, {ORDER: NOTHING}),
    "PaymentInstructions": Row(wire_transfer, 1, {ORDER: null("order")}),
    "OrderHistory": Row(history, 1, {NthCall("GET", f"{ME}/orders"): null("shopper.orders")}),
    "OrderDetail": Row(order, 1, {ORDER: null("order")}),
    "FindMyOrder": Row(mail, 1, {NthCall("POST", "/v1/shoppers/order-lookup"): REFUSED}),
    "MyContracts": Row(
        contract,
        2,
        {
            NthCall("GET", "/v1/subscriptions"): null("shopper.subscriptionContracts"),
            PENDING: null("shopper.subscriptionContracts.edges.0.node.pendingChanges"),
        },
    ),
    "SavedCards": Row(
        account,
        2,
        {
            NthCall("GET", f"{ME}/addresses"): null("shopper.dropIn"),
            NthCall("GET", f"{ME}/payment-options"): null("shopper.paymentOptions"),
        },
    ),
    "PayRenewalsWith": Row(
        contract,
        5,
        {
            CONTRACT: REFUSED,
            NthCall("GET", f"{ME}/payment-options"): REFUSED,
            NthCall("POST", "/v1/subscriptions/{id}/payment-option"): REFUSED,
            CONTRACT._replace(number=1): null("changeSubscriptionContract.subscriptionContract"),
            PENDING: null("changeSubscriptionContract.subscriptionContract.pendingChanges"),
        },
    ),
    "StopRenewing": Row(
        contract,
        3,
        {
            CONTRACT: REFUSED,
            NthCall("POST", "/v1/subscriptions/{id}/cancel"): REFUSED,
            CONTRACT._replace(number=1): null("cancelSubscriptionContract.subscriptionContract"),
        },
    ),
}
