"""The example operations: what comes before each, the calls it makes, and what each call takes along when it fails.

Calls for a token are not counted: the first session and the first product of a gateway cost one.
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
        "crossSellPlace": "CrossSell_ProductDetail",
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
    # Else upstream would choose the option by itself.
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


async def member(shopper: Shopper) -> Variables:
    await sign_in(shopper)
    await shopper.storefront.add(PACK)
    return {}


async def rich(shopper: Shopper) -> Variables:
    await sign_in(shopper)
    shopper.world.ledger["rf-cust-000042"] = Balance(Decimal(500), "USD")
    await shopper.fill_cart()
    return {"amount": {"amount": "40.00", "currencyCode": "USD"}}


async def saved_card(shopper: Shopper) -> Variables:
    await rich(shopper)
    options = (await shopper.storefront.ask("{ shopper { paymentOptions { id } } }")).data["shopper"]["paymentOptions"]
    return {"paymentOptionId": options[0]["id"]}


async def asked_to_authenticate(shopper: Shopper) -> Variables:
    await shopper.get_ready(owner__lastName="Decline:authentication_required")
    await shopper.storefront.outcome()
    return {}


async def declined(shopper: Shopper) -> Variables:
    await shopper.fill_cart()
    source_id = await shopper.pay_with(owner__lastName="Decline:do_not_honor")
    await shopper.storefront.outcome()
    return {"sourceId": source_id}


async def bought(shopper: Shopper) -> Variables:
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
    await bought(shopper)
    mail = (await shopper.sandbox.get("/_sandbox/orders")).json()[0]
    shopper.storefront = Storefront(shopper.storefront.http)
    await shopper.storefront.ask("mutation { startSession(input: {}) { errors { code } } }")
    return {"number": str(mail["id"]), "password": mail["password"]}


async def contract(shopper: Shopper) -> Variables:
    await sign_in(shopper)
    await shopper.fill_cart(LIVE_MAPS)
    account = next(one for one in shopper.world.accounts if one.username == shopper.world.keys.shopper_username)
    await shopper.storefront.attach(str(account.payment_options[0].source.id))
    await shopper.storefront.outcome()
    text = """{ shopper { paymentOptions { id } subscriptionContracts(first: 1) { nodes { id } } } }"""
    shown = (await shopper.storefront.ask(text)).data["shopper"]
    return {"id": shown["subscriptionContracts"]["nodes"][0]["id"], "paymentOptionId": shown["paymentOptions"][1]["id"]}


# What a failure takes along.


@dataclass(frozen=True)
class Null:
    """Fields, by dotted paths: each is null, and there is an error at it."""

    fields: tuple[str, ...]
    but_for: tuple[str, ...] = ()
    """Fields that say what this means."""


@dataclass(frozen=True)
class OtherWords:
    """Fields that another call tells, in its own words; there is no error."""

    fields: tuple[str, ...]


class Refused:
    """The change is not made, or not all of it: the payload says so. Neither cart nor session is lost."""


class InDoubt:
    """Nobody knows whether there is an order: the result says so."""


NOTHING, REFUSED, IN_DOUBT = Null(()), Refused(), InDoubt()
Lost = Null | OtherWords | Refused | InDoubt


def null(*fields: str) -> Null:
    return Null(fields)


class Once(NamedTuple):
    """A call; `turn` counts from 0 where the operation makes it more than once."""

    method: str
    path: str
    turn: int = 0


READ = Once("GET", CART)
READ_AGAIN = Once("GET", CART, 1)
LIST = Once("GET", METHODS)
PRODUCT = Once("GET", f"{ME}/products/{{id}}")
STOCK = Once("GET", f"{ME}/products/inventory-status")
CHANGE = Once("POST", CART)
ATTACH = Once("POST", f"{CART}/apply-payment-method")
DETACH = Once("DELETE", f"{CART}/apply-payment-method")
PROFILE = Once("GET", ME)
LEDGER = Once("GET", "/_ledger/balance")
ORDER = Once("GET", f"{ME}/orders/{{id}}")
CONTRACT = Once("GET", "/v1/subscriptions/{id}")
PENDING = Once("GET", "/v1/subscriptions/{id}/pending-actions")
TOKEN = Once("POST", "/oauth20/token")


@dataclass(frozen=True)
class Row:
    arrange: Arrange
    """What comes before. Gives the variables."""
    calls: int
    loses: Mapping[Once, Lost]
    """For each call, and for that of a token where it is made."""


TABLE = {
    "LookAround": Row(nothing, 1, {TOKEN: null("products"), Once("GET", f"{ME}/products"): null("products")}),
    "ProductPage": Row(
        product_page,
        4,
        {
            TOKEN: null("product"),
            PRODUCT: null("product"),
            # It is the base product of its variations, and in stock where one of them is.
            Once("GET", f"{ME}/products/{{id}}/variations"): null("product.variations", "product.inventory"),
            Once("GET", f"{ME}/products/{{id}}/point-of-promotions/{{place}}/offers"): null("product.crossSells"),
            STOCK: null("product.inventory"),
        },
    ),
    "CartPage": Row(filled, 2, {READ: null("cart"), Once("GET", f"{CART}/applied-offers"): null("cart.appliedOffers")}),
    "AddToCart": Row(another_line, 2, {Once("POST", f"{CART}/line-items"): REFUSED, READ: null("addCartLines.cart")}),
    "ChangeQuantity": Row(
        line,
        3,
        {
            READ: REFUSED,
            Once("POST", f"{CART}/line-items/{{id}}"): REFUSED,
            READ_AGAIN: null("updateCartLines.cart"),
        },
    ),
    "RedeemCoupon": Row(coupon, 1, {CHANGE: REFUSED}),
    "CheckoutPage": Row(
        filled,
        3,
        {
            READ: null("cart"),
            Once("GET", f"{CART}/tax-registrations/schema"): null("cart.taxIdentifierRequirements"),
            LIST: OtherWords(("cart.paymentSession.availablePaymentMethods.methods",)),
        },
    ),
    "GuestFirstLine": Row(
        first_line,
        2,
        {TOKEN: REFUSED, Once("POST", f"{CART}/line-items"): REFUSED, READ: null("addCartLines.cart")},
    ),
    "GuestDetails": Row(
        form,
        3,
        {
            CHANGE: REFUSED,
            Once("POST", f"{CART}/apply-shipping-option"): REFUSED,
            LIST: OtherWords(("prepareCheckout.cart.paymentSession.availablePaymentMethods.methods",)),
        },
    ),
    "GuestSource": Row(source, 2, {READ: REFUSED, ATTACH: REFUSED}),
    "GuestOrder": Row(ready, 2, {READ: REFUSED, Once("POST", SUBMIT): IN_DOUBT}),
    "SignIn": Row(
        credentials,
        5,
        {
            READ: REFUSED,
            TOKEN: REFUSED,
            PROFILE: null("signIn.session.shopper"),
            Once("GET", f"{ME}/payment-options"): null("signIn.session.shopper.paymentOptions"),
            Once("GET", f"{ME}/addresses"): null("signIn.session.shopper.addresses"),
            READ_AGAIN: Null(("signIn.cart",), but_for=("signIn.cartTransition", "signIn.warnings")),
        },
    ),
    "UseMyDefaults": Row(member, 1, {Once("POST", f"{CART}/apply-shopper"): REFUSED}),
    "PaymentStep": Row(
        filled,
        2,
        {
            READ: null("paymentSession", "availablePaymentMethods"),
            LIST: OtherWords(("availablePaymentMethods.methods",)),
        },
    ),
    "SubmitWithRedirect": Row(ready_to_redirect, 2, {READ: REFUSED, Once("POST", SUBMIT): IN_DOUBT}),
    "ReturnFromRedirect": Row(
        redirected, 2, {Once("POST", f"{CART}/resume-cart"): IN_DOUBT, READ: null("resumeOrder.cart")}
    ),
    "AttachApprovedSource": Row(approved_source, 2, {READ: REFUSED, ATTACH: REFUSED}),
    "CreditOffer": Row(
        rich,
        4,
        {
            PROFILE: null("shopper.storeCredit"),
            LEDGER: null("shopper.storeCredit"),
            READ: null("shopper.storeCredit"),
            # What is unknown is no obstacle.
            TOKEN: NOTHING,
            STOCK: NOTHING,
        },
    ),
    "UseCredit": Row(
        rich,
        6,
        {
            PROFILE: REFUSED,
            LEDGER: REFUSED,
            READ: REFUSED,
            TOKEN: NOTHING,
            STOCK: NOTHING,
            Once("POST", "/sources"): REFUSED,
            ATTACH: REFUSED,
        },
    ),
    "PayRestWithSavedCard": Row(
        saved_card,
        3,
        {Once("GET", f"{ME}/payment-options/{{id}}"): REFUSED, READ: REFUSED, ATTACH: REFUSED},
    ),
    "AuthenticationState": Row(asked_to_authenticate, 1, {READ: null("paymentSession", "checkoutReadiness")}),
    "DropDeclinedSource": Row(
        declined,
        3,
        {
            DETACH: REFUSED,
            READ: null("detachSource.paymentSession", "detachSource.cart"),
            LIST: OtherWords(("detachSource.paymentSession.availablePaymentMethods.methods",)),
        },
    ),
    # The outcome is kept; the order is read for what may have changed since.
    "WhatBecameOfIt": Row(bought, 1, {ORDER: NOTHING}),
    "PaymentInstructions": Row(wire_transfer, 1, {ORDER: null("order")}),
    "OrderHistory": Row(history, 1, {Once("GET", f"{ME}/orders"): null("shopper.orders")}),
    "OrderDetail": Row(order, 1, {ORDER: null("order")}),
    "FindMyOrder": Row(mail, 1, {Once("POST", "/v1/shoppers/order-lookup"): REFUSED}),
    "MyContracts": Row(
        contract,
        2,
        {
            Once("GET", "/v1/subscriptions"): null("shopper.subscriptionContracts"),
            PENDING: null("shopper.subscriptionContracts.edges.0.node.pendingChanges"),
        },
    ),
    "PayRenewalsWith": Row(
        contract,
        5,
        {
            CONTRACT: REFUSED,
            Once("GET", f"{ME}/payment-options"): REFUSED,
            Once("POST", "/v1/subscriptions/{id}/payment-option"): REFUSED,
            CONTRACT._replace(turn=1): null("changeSubscriptionContract.subscriptionContract"),
            PENDING: null("changeSubscriptionContract.subscriptionContract.pendingChanges"),
        },
    ),
    "StopRenewing": Row(
        contract,
        3,
        {
            CONTRACT: REFUSED,
            Once("POST", "/v1/subscriptions/{id}/cancel"): REFUSED,
            CONTRACT._replace(turn=1): null("cancelSubscriptionContract.subscriptionContract"),
        },
    ),
}
