"""`/v1/shoppers/me/carts/active`: what pays the cart."""

from typing import TypeVar
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from sandbox.api.active_cart import cart_of, refusal, settled, shown
from sandbox.api.requests import answer, base_of, body_of, check_ip, member_of, nothing, shopper_of, world_of
from sandbox.demo_shop.payment_methods import Facts, available
from sandbox.model.cart import Cart
from sandbox.model.contributions import may_be_combined
from sandbox.model.postal_address import SIDES, for_cart
from sandbox.model.shopper import PaymentOption, SavedAddress
from sandbox.model.source import Source
from sandbox.wire.money import Json
from sandbox.wire.refusal import Refusal

E = TypeVar("E", SavedAddress, PaymentOption)


async def attach(request: Request) -> Response:
    """`POST apply-payment-method`: a source of the payment service pays this cart."""
    world, cart = world_of(request), cart_of(request)
    given = await body_of(request, "ApplyPaymentMethodResource")
    text = given.object("paymentMethod").text("sourceId")
    if not text:
        raise refusal("ApplyPaymentMethodResource", 400, "invalid-request", "Invalid or Missing Request Content")
    check_ip(given.object("shopper").text("ipAddress"), "ApplyPaymentMethodResource")
    source = world.sources.get(_uuid(text))
    if source is None:
        raise _failed(f"The source with id [{text}] was not found.")
    if source in cart.sources:
        return shown(request, cart)
    _attach(request, cart, source)
    return settled(request, cart)


def _attach(request: Request, cart: Cart, source: Source) -> None:
    if source.reusable and not _is_own(request, source):
        raise _failed(f"The source with id [{source.id}] was not found.")
    if (cart.credit if source.is_credit else cart.source) is not None:
        raise _failed("Another source is attached to the cart. Detach it first.")
    if not cart.lines:
        raise _failed("A payment method cannot be attached to an empty cart.")
    if not source.can_be_attached:
        text = "The source status is invalid for this session."
        raise refusal("ApplyPaymentMethodResource", 409, "source_status_invalid_for_session", text)
    if not source.reusable and source.session_id not in (None, cart.session_id):
        # Made for somebody else's purchase, for all that is known here.
        raise _failed(f"The source with id [{source.id}] was not found.")
    if not source.reusable and source.currency != cart.currency:
        raise _failed("The source is in another currency.")
    if source.is_credit:
        _attach_credit(cart, source)
    else:
        _attach_primary(cart, source)
    if source.owner is not None and source.owner.address.get("country"):
        # An address that the cart already has is never replaced.
        copied = source.owner.cart_address()
        cart.billing = cart.billing or for_cart(copied, "billing")
        cart.shipping = cart.shipping or for_cart(copied, "shipping")


def _is_own(request: Request, source: Source) -> bool:
    account = shopper_of(request).account
    return account is not None and account.owns(source)


async def apply_shopper(request: Request) -> Response:
    """`POST apply-shopper`: addresses and a means of payment of the account, the defaults for those not named."""
    account, cart = member_of(request), cart_of(request)
    query = request.query_params
    billing = _entry(account.addresses, query.get("billingAddressId"), account.default_address)
    shipping = _entry(
        account.addresses,
        query.get("shippingAddressId"),
        billing if query.get("billingAddressId") else account.default_address,
    )
    option = _entry(account.payment_options, query.get("paymentOptionId"), account.default_payment_option)
    if billing is None and shipping is None and option is None:
        raise refusal("ApplyShopperResource", 409, "apply-shopper-failure", "The shopper has nothing to apply.")
    if option is not None and option.source not in cart.sources:
        _attach(request, cart, option.source)
    for side, address in zip(SIDES, (billing, shipping), strict=True):
        if address is not None:
            cart.set_address(side, for_cart(address.fields, side))
    return settled(request, cart)


def _entry(entries: list[E], text: str | None, default: E | None) -> E | None:
    if not text:
        return default
    found = next((one for one in entries if str(one.id) == text), None)
    if found is None:
        raise refusal("ApplyShopperResource", 404, "resource-not-found", f"The entry {text} could not be found.")
    return found


def _attach_primary(cart: Cart, source: Source) -> None:
    if cart.credit is not None and not may_be_combined(source):
        raise _failed("The payment method cannot be combined with store credit.")
    cart.source = source


def _attach_credit(cart: Cart, source: Source) -> None:
    """The secondary. After the primary it is taken, and pays nothing."""
    if cart.source is not None and not may_be_combined(cart.source):
        raise _failed("The payment method cannot be combined with store credit.")
    if source.amount > cart.totals().total:
        text = "Source amount(s) exceed session amount"
        raise refusal("ApplyPaymentMethodResource", 409, "session_source_amount_too_large", text)
    cart.credit, cart.ignores_credit = source, cart.source is not None


async def detach(request: Request) -> Response:
    """`DELETE apply-payment-method`: the source named in the body, or whichever there is."""
    cart = cart_of(request)
    given = await body_of(request, "ApplyPaymentMethodResource")
    text = given.object("paymentMethod").text("sourceId")
    if not cart.lines:
        raise _failed("A payment method cannot be detached from an empty cart.")
    named = [source for source in cart.sources if not text or source.id == _uuid(text)]
    if text and not named:
        raise _failed(f"The source with id [{text}] was not found.")
    for source in named:
        world_of(request).detach(cart, source)
    return nothing()


async def detach_all(request: Request) -> Response:
    """`DELETE payment`."""
    cart = cart_of(request)
    if not cart.lines:
        text = "A payment method cannot be deleted from an empty cart."
        raise refusal("CartsResource", 409, "delete-payment-failure", text)
    for source in cart.sources:
        world_of(request).detach(cart, source)
    return nothing()


LEGACY_CARDS = {
    "americanExpress": "American Express",
    "dinersClub": "Diners Club",
    "discover": "Discover",
    "jcb": "JCB",
    "masterCard": "MasterCard",
    "visa": "Visa",
}
"""The older list has a type for each brand of card."""


async def payment_methods(request: Request) -> Response:
    """`GET payment-methods`: the older list, of types and names alone."""
    cart = cart_of(request)
    uri = f"{base_of(request)}/v1/shoppers/me/carts/active"
    listed: list[Json] = []
    for method in available(Facts.of(cart.purchase())):
        named = LEGACY_CARDS if method.type == "creditCard" else {method.type: method.name}
        listed += [{"type": type, "displayName": name, "description": name} for type, name in named.items()]
    wire = {
        "uri": f"{uri}/payment-methods",
        "applyPaymentMethod": {"uri": f"{uri}/apply-payment-method"},
        "paymentMethod": listed,
    }
    return answer(request, {"paymentMethods": wire})


def _failed(text: str) -> Refusal:
    return refusal("ApplyPaymentMethodResource", 409, "apply-payment-failure", text)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)
