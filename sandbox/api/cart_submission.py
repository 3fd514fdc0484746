"""The cart becomes an order: `submit-cart` and `resume-cart`."""

from starlette.requests import Request
from starlette.responses import Response

from sandbox.api.cart_tax_registrations import DEMANDED
from sandbox.api.requests import answer, base_of, body_of, check_ip, shopper_of, world_of
from sandbox.demo_shop.payment_methods import Facts, Workflow, fits
from sandbox.model.cart import Cart
from sandbox.model.order import Order
from sandbox.model.source import Source
from sandbox.model.world import World
from sandbox.timeline import settlement
from sandbox.wire.refusal import Refusal

STATES: dict[Workflow, tuple[str, str]] = {
    "standard": ("Submitted", "complete"),
    "redirect-then-submit": ("Submitted", "complete"),
    "submit-then-redirect": ("Source Pending Redirect", "pending_redirect"),
    "delayed": ("Source Pending Funds", "pending_funds"),
}
"""By the workflow of the source: what becomes of the order, and of its payment session."""


async def submit(request: Request) -> Response:
    """`POST submit-cart`. What must hold is asked in the order of the contract."""
    world, shopper = world_of(request), shopper_of(request)
    given = (await body_of(request, "SubmitCartResource")).object("cart")
    check_ip(request.query_params.get("ipAddress") or given.text("ipAddress"), "SubmitCartResource")
    cart = world.cart_of(shopper)
    if (given.text("termsOfSalesAcceptance") or "").lower() == "true":
        cart.terms_accepted = True
    if cart.order is not None:
        raise _no(409, "cart-failure", "The cart has been submitted and waits for the shopper.")
    _check(world, cart)
    _charge(world, cart)

    order = Order(cart, *STATES[_workflow(cart.source)], submitted_at=None)
    world.keep_order(shopper, order)
    world.take_stock(cart)
    if order.session_state == "complete":
        settlement.charge(world, order)
    elif order.session_state == "pending_funds":
        settlement.await_funds(world, order)
    shopper.last_order = order
    if order.session_state == "pending_redirect":
        cart.order = order
    else:
        shopper.cart = None
    return answer(request, {"submitCart": order.submitted_wire(base_of(request))})


def _workflow(source: Source | None) -> Workflow:
    if source is None or (source.is_settled_by_redirect and not source.waits_for_redirect):
        return "standard"
    return source.method.workflow


def _check(world: World, cart: Cart) -> None:
    lacks_shipping = cart.is_physical and (cart.shipping is None or cart.shipping_option is None)
    if not cart.lines or cart.billing is None or lacks_shipping:
        raise _no(409, "submit-cart-failed", "The cart is not complete and could not be submitted.")
    is_free = world.switches.zero_total == "free" and cart.totals().total == 0
    if not cart.sources and not is_free:
        text = "The cart could not be processed due to no available payment methods set"
        raise _no(409, "invalid-payment-failure", text)
    if cart.session_state(strict=world.strict) != "requires_confirmation":
        raise Refusal(400, "order_submit_failed", "Payment session status is invalid.", envelope="C")
    if world.switches.terms == "required" and not cart.terms_accepted:
        text = "Terms of Sales Acceptance must be true so shopper confirmed the agreement."
        raise _no(409, "submit-cart-failed", text)
    if cart.source is not None and not fits(cart.source.method, Facts.of(cart.purchase())):
        raise _no(409, "invalid-payment-method", "Payment method is not supported for this Site")
    if cart.source is not None and cart.recurs and not cart.source.reusable:
        text = "Cannot use non-recurring payment method to purchase commitment type subscription"
        raise _no(409, "submit-cart-failed", text)
    if cart.tax_place.get("country") in DEMANDED and not cart.registrations:
        raise _no(409, "invalid-tax-registrations", "The tax registrations of the cart are not valid.")
    for line in cart.lines:
        if world.lacks(line.product.id, line.quantity):
            text = f"Product {line.product.id} is not available in the requested quantity."
            raise _no(409, "inventory-unavailable-error", text)
    if cart.credit is not None and (cart.recurs or any(world.sells_ahead(line) for line in cart.lines)):
        text = "Store credit cannot be used to purchase a subscription or what is not in stock."
        raise _no(409, "submit-cart-failed", text)


def _charge(world: World, cart: Cart) -> None:
    """Raises for a charge that fails. After that the source is of use only where the decline was a soft one."""
    source = cart.source
    if source is None:
        return
    if source.has_expired(world.now()):
        raise _no(409, "credit-card-expired", "The credit card used for payment has expired")
    decline = source.declined_for(cart.session_id, cart.charge_type)
    if decline is None and source.fate.charge != "fails":
        return
    if decline is not None and decline.customer == "Soft":
        raise decline.refusal()
    source.state, cart.source = "failed", None
    if decline is not None:
        raise decline.refusal()
    raise _no(409, "cart-charge-failure", "Failed to charge source.")


async def resume(request: Request) -> Response:
    """`POST resume-cart`: after the shopper approved at the provider."""
    world, shopper = world_of(request), shopper_of(request)
    order = shopper.last_order
    if order is None:
        raise _not_resumed("Requisition is not present or not in Source Pending Redirect state.")
    if order.state == "Submitted":
        raise _not_resumed(
            "The pending redirect order is no longer eligible for Resume API. "
            "Please use Order API to check current status."
        )
    if order.state != "Source Pending Redirect":
        raise _not_resumed("Requisition is not present or not in Source Pending Redirect state.")
    if order.session_state != "chargeable":
        raise _not_resumed("The pending redirect order could not be resumed.")
    settlement.charge(world, order)
    order.cart.order = shopper.cart = None
    return answer(request, {"resumeCart": order.submitted_wire(base_of(request))})


def _no(status: int, code: str, text: str) -> Refusal:
    return Refusal(status, code, text, relation="SubmitCartResource")


def _not_resumed(text: str) -> Refusal:
    return Refusal(409, "resume-cart-failure", text, relation="ResumeCartResource")
