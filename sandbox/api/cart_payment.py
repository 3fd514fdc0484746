"""The payment sources of the active cart, `apply-shopper`, and the older list of payment methods."""

from functools import partial
from typing import TypeVar

from starlette.requests import Request
from starlette.responses import Response

from sandbox.api.active_cart import answer_cart, answer_changed_cart, cart_of
from sandbox.api.requests import (
    account_of,
    answer,
    base_of,
    body_of,
    check_ip_address,
    find,
    no_content,
    shopper_of,
    world_of,
)
from sandbox.demo_shop.payment_methods import available
from sandbox.model.cart import Cart
from sandbox.model.cart_wire import cart_uri
from sandbox.model.contributions import may_be_combined
from sandbox.model.postal_address import SIDES, read_cart_address
from sandbox.model.shopper import PaymentOption, SavedAddress
from sandbox.model.source import Source
from sandbox.wire.refusal import Refusal
from sandbox.wire.values import Json

RELATION = "ApplyPaymentMethodResource"

Entry = TypeVar("Entry", SavedAddress, PaymentOption)

_refused = partial(Refusal, relation=RELATION)
_not_applied = partial(Refusal, 409, "apply-payment-failure", relation=RELATION)


async def attach(request: Request) -> Response:
    """`POST apply-payment-method`: attaches a payment source to the cart."""
    cart = cart_of(request)
    body = await body_of(request, RELATION)
    source_id = body.object("paymentMethod").string("sourceId")
    if not source_id:
        raise _refused(400, "invalid-request", "Invalid or Missing Request Content")
    check_ip_address(body.object("shopper").string("ipAddress"), RELATION)
    source = world_of(request).sources.get(source_id.lower())
    if source is None:
        raise _unknown_source(source_id)
    if source in cart.sources:
        return answer_cart(request, cart)
    _attach(request, cart, source)
    return answer_changed_cart(request, cart)


def _attach(request: Request, cart: Cart, source: Source) -> None:
    if source.reusable and not _is_saved_by_shopper(request, source):
        raise _unknown_source(source.id)
    if (cart.credit if source.is_credit else cart.source) is not None:
        raise _not_applied("Another source is attached to the cart. Detach it first.")
    if not cart.lines:
        raise _not_applied("A payment method cannot be attached to an empty cart.")
    if not source.can_be_attached:
        description = "The source status is invalid for this session."
        raise _refused(409, "source_status_invalid_for_session", description)
    if not source.reusable and source.session_id not in (None, cart.session_id):
        # The source was created for another cart, which may belong to another shopper.
        raise _unknown_source(source.id)
    if not source.reusable and source.currency not in (None, cart.currency):
        raise _not_applied("The source is in another currency.")
    if source.is_credit:
        _attach_credit(cart, source)
    else:
        _attach_primary(cart, source)
    if source.owner is not None and source.owner.address.get("country"):
        # The address of the source's owner is used only if the cart has no address.
        address = source.owner.cart_address()
        cart.billing = cart.billing or read_cart_address(address, "billing")
        cart.shipping = cart.shipping or read_cart_address(address, "shipping")


def _is_saved_by_shopper(request: Request, source: Source) -> bool:
    account = shopper_of(request).account
    return account is not None and account.owns(source)


def _attach_primary(cart: Cart, source: Source) -> None:
    if cart.credit is not None and not may_be_combined(source):
        raise _not_applied("The payment method cannot be combined with store credit.")
    source.was_approved_first = source.state == "chargeable"
    cart.source = source


def _attach_credit(cart: Cart, source: Source) -> None:
    """Attach store credit to the cart. Store credit pays nothing if it is attached after the primary source."""
    if cart.source is not None and not may_be_combined(cart.source):
        raise _not_applied("The payment method cannot be combined with store credit.")
    if source.amount is not None and source.amount > cart.totals().total:
        raise _refused(409, "session_source_amount_too_large", "Source amount(s) exceed session amount")
    cart.credit, cart.ignores_credit = source, cart.source is not None


async def apply_shopper(request: Request) -> Response:
    """`POST apply-shopper`: applies saved addresses and a saved payment option, by default those of the account."""
    account, cart = account_of(request), cart_of(request)
    query = request.query_params
    billing = _entry(account.addresses, query.get("billingAddressId"), account.default_address)
    shipping = _entry(
        account.addresses,
        query.get("shippingAddressId"),
        billing if query.get("billingAddressId") else account.default_address,
    )
    option = _entry(account.payment_options, query.get("paymentOptionId"), account.default_payment_option)
    if billing is None and shipping is None and option is None:
        description = "The shopper has nothing to apply."
        raise Refusal(409, "apply-shopper-failure", description, relation="ApplyShopperResource")
    if option is not None and option.source not in cart.sources:
        _attach(request, cart, option.source)
    for side, address in zip(SIDES, (billing, shipping), strict=True):
        if address is not None:
            cart.set_address(side, read_cart_address(address.fields, side))
    return answer_changed_cart(request, cart)


def _entry(entries: list[Entry], entry_id: str | None, default: Entry | None) -> Entry | None:
    return find(entries, entry_id, "entry", "ApplyShopperResource") if entry_id else default


async def detach(request: Request) -> Response:
    """`DELETE apply-payment-method`: detaches the source whose id is in the body; without an id, every source."""
    cart = cart_of(request)
    source_id = (await body_of(request, RELATION)).object("paymentMethod").string("sourceId")
    if not cart.lines:
        raise _not_applied("A payment method cannot be detached from an empty cart.")
    sources = [source for source in cart.sources if not source_id or source.id == source_id.lower()]
    if source_id and not sources:
        raise _unknown_source(source_id)
    for source in sources:
        world_of(request).detach(cart, source)
    return no_content()


async def detach_all(request: Request) -> Response:
    """`DELETE payment`: detaches every source."""
    cart = cart_of(request)
    if not cart.lines:
        description = "A payment method cannot be deleted from an empty cart."
        raise Refusal(409, "delete-payment-failure", description, relation="CartsResource")
    for source in cart.sources:
        world_of(request).detach(cart, source)
    return no_content()


LEGACY_CARDS = {
    "americanExpress": "American Express",
    "dinersClub": "Diners Club",
    "discover": "Discover",
    "jcb": "JCB",
    "masterCard": "MasterCard",
    "visa": "Visa",
}
"""Names of the card brands. The keys are the types of the cards in the older list of payment methods."""


async def payment_methods(request: Request) -> Response:
    """`GET payment-methods`: the older list of payment methods, with types and names only."""
    cart = cart_of(request)
    uri = cart_uri(base_of(request))
    listed: list[Json] = []
    for method in available(cart.purchase()):
        names = LEGACY_CARDS if method.type == "creditCard" else {method.type: method.name}
        listed += [{"type": key, "displayName": name, "description": name} for key, name in names.items()]
    wire = {
        "uri": f"{uri}/payment-methods",
        "applyPaymentMethod": {"uri": f"{uri}/apply-payment-method"},
        "paymentMethod": listed,
    }
    return answer(request, {"paymentMethods": wire})


def _unknown_source(source_id: str) -> Refusal:
    return _not_applied(f"The source with id [{source_id}] was not found.")
