"""`submit-cart` and `resume-cart`, which turn the active cart into an order."""

from functools import partial

from starlette.requests import Request
from starlette.responses import Response

from sandbox.api.requests import answer, base_of, body_of, check_ip_address, shopper_of, world_of
from sandbox.demo_shop.payment_methods import Workflow, fits
from sandbox.demo_shop.tax_identifiers import REQUIRED_IN
from sandbox.model.cart import Cart
from sandbox.model.order import Order
from sandbox.model.payment_session import STATES_AFTER_SUBMISSION
from sandbox.model.source import Source
from sandbox.model.world import World
from sandbox.timeline import settlement
from sandbox.wire.refusal import Refusal
from sandbox.wire.values import is_true

RELATION = "SubmitCartResource"

_refused = partial(Refusal, relation=RELATION)
_not_submitted = partial(Refusal, 409, "submit-cart-failed", relation=RELATION)
_not_resumed = partial(Refusal, 409, "resume-cart-failure", relation="ResumeCartResource")


async def submit(request: Request) -> Response:
    """`POST submit-cart`: checks the cart in the order that Digital River documents, and submits it."""
    world, shopper = world_of(request), shopper_of(request)
    sent = (await body_of(request, RELATION)).object("cart")
    check_ip_address(request.query_params.get("ipAddress") or sent.string("ipAddress"), RELATION)
    cart = world.cart_of(shopper)
    if is_true(sent.string("termsOfSalesAcceptance")):
        cart.terms_accepted = True
    if cart.is_submitted:
        raise _refused(409, "cart-failure", "The cart has been submitted and waits for the shopper.")
    _check(world, cart)
    _check_charge(world, cart)

    order_state, cart.session_state_after_submission = STATES_AFTER_SUBMISSION[_workflow(cart.source)]
    order = Order(cart, order_state)
    shopper.orders[order.id] = shopper.last_order = order
    world.take_stock(cart)
    if order.session_state == "complete":
        settlement.charge(world, order)
    elif order.session_state == "pending_funds":
        settlement.schedule_reminder(world, order)
    if order.session_state != "pending_redirect":
        shopper.cart = None
    return answer(request, {"submitCart": order.submitted_wire(base_of(request))})


def _workflow(source: Source | None) -> Workflow:
    if source is None or (source.redirects_after_submission and not source.waits_for_redirect):
        return "standard"
    return source.method.workflow


def _check(world: World, cart: Cart) -> None:
    lacks_shipping = cart.is_physical and (cart.shipping is None or cart.shipping_option is None)
    if not cart.lines or cart.billing is None or lacks_shipping:
        raise _not_submitted("The cart is not complete and could not be submitted.")
    is_free = world.switches.zero_total == "free" and cart.totals().total == 0
    if not cart.sources and not is_free:
        description = "The cart could not be processed due to no available payment methods set"
        raise _refused(409, "invalid-payment-failure", description)
    if cart.session_state(strict=world.strict) != "requires_confirmation":
        raise Refusal(400, "order_submit_failed", "Payment session status is invalid.", envelope="C")
    if world.switches.terms == "required" and not cart.terms_accepted:
        raise _not_submitted("Terms of Sales Acceptance must be true so shopper confirmed the agreement.")
    if cart.source is not None and not fits(cart.source.method, cart.purchase()):
        raise _refused(409, "invalid-payment-method", "Payment method is not supported for this Site")
    if cart.source is not None and cart.is_recurring and not cart.source.reusable:
        raise _not_submitted("Cannot use non-recurring payment method to purchase commitment type subscription")
    if cart.tax_address.get("country") in REQUIRED_IN and not cart.registrations:
        raise _refused(409, "invalid-tax-registrations", "The tax registrations of the cart are not valid.")
    for line in cart.lines:
        if world.lacks(line.product.id, line.quantity):
            description = f"Product {line.product.id} is not available in the requested quantity."
            raise _refused(409, "inventory-unavailable-error", description)
    if cart.credit is not None and (cart.is_recurring or any(world.is_backordered(line) for line in cart.lines)):
        raise _not_submitted("Store credit cannot be used to purchase a subscription or what is not in stock.")


def _check_charge(world: World, cart: Cart) -> None:
    """Raise a 409 if the bank declines the charge. The source stays attached only after a soft decline."""
    source = cart.source
    if source is None:
        return
    if source.has_expired(world.now()):
        raise _refused(409, "credit-card-expired", "The credit card used for payment has expired")
    decline = source.declined_for(cart.session_id, cart.charge_type)
    if decline is None and source.scenario.charge != "fails":
        return
    if decline is not None and decline.customer == "Soft":
        raise decline.refusal()
    source.state, cart.source = "failed", None
    if decline is not None:
        raise decline.refusal()
    raise _refused(409, "cart-charge-failure", "Failed to charge source.")


async def resume(request: Request) -> Response:
    """`POST resume-cart`: places the order after the shopper has approved the payment at the provider."""
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
    shopper.cart = None
    return answer(request, {"resumeCart": order.submitted_wire(base_of(request))})
