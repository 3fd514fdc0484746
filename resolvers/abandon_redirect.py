"""Gives a guest who left the payment page a new cart with the same lines, so that the guest can pay with another
source.

Digital River rejects every change of a submitted cart until `resume-cart` is called. The session therefore gets a new
token, which has a new cart. The old cart cannot become an order: the gateway first ends its submission, and then
revokes its token.
"""

import contextlib
from collections.abc import Awaitable, Callable

from gateway.enums import ErrorCode, PaymentSessionState, SessionLevel, WarningCode
from gateway.errors import UpstreamError, UpstreamRefusal
from gateway.operation.cart_owner import session_of_owner
from gateway.operation.context import Context
from gateway.refusals.user_errors import CartConflictError, PaymentError
from gateway.refusals.warnings import MutationWarning
from gateway.sessions.record import SessionRecord
from gateway.submission import submissions
from gateway.submission.adoption import adopted
from gateway.upstream.cart import Cart
from gateway.upstream.changes import CartChange, NewLine
from gateway.upstream.client import Upstream
from gateway.upstream.decoding import many
from gateway.upstream.lines import CartLine
from resolvers.cart_edits import refusals_beside
from resolvers.failures import Refused

Call = Callable[[], Awaitable[Cart | None]]

READ_FOR_COPY = {
    "billing address": "billingAddress",
    "shipping address": "shippingAddress",
    "tax identifiers": "taxRegistrations",
    "shipping option": "shippingMethod",
}
"""Parts of a cart that are copied, with Digital River's name of the field that contains the part."""


async def start_new_cart(ctx: Context) -> list[MutationWarning]:
    """Give the session a new cart. Returns a warning for each part of the old cart that the new cart lacks.

    Raises `Refused` if the old cart may not be abandoned, and `UpstreamError` if a call fails.
    """
    session = await session_of_owner(ctx)
    waiting = await ctx.services.submission_lock.open_attempt(session)
    ctx.forget_cart()
    cart = await ctx.cart()
    # An earlier `detachSource` may have ended the submission and then failed. The remaining steps are done now.
    was_abandoned = await ctx.services.attempts.was_abandoned(session, cart)
    _check(cart, session.level, was_abandoned=was_abandoned)
    if waiting is None and not was_abandoned:
        # The record of the submission is lost. With a new record, a later approval cannot finish the order.
        waiting = await adopted(ctx, session, cart)
    tokens = await ctx.upstream.tokens.guest_token(session.locale, session.currency_code)
    warnings = await _copy(ctx, tokens.access_token, cart, session.record.checkout_memory.coupons)
    if not await submissions.abandon(ctx, session, waiting):
        message = "The order is being placed at this moment. Read `orderSubmission`."
        raise Refused(CartConflictError(code=ErrorCode.CART_LOCKED, message=message))
    old_token, now = session.record.access_token, ctx.services.now()

    def replace_token(record: SessionRecord) -> None:
        record.refresh_token = None
        record.set_tokens(tokens, now)
        record.checkout_memory.amounts_when_attached, record.checkout_memory.source_to_authenticate = {}, None

    await ctx.services.sessions.change(session, replace_token)
    ctx.forget_cart()
    # If this call fails, the old token stays valid until it expires. No session uses it.
    with contextlib.suppress(UpstreamError):
        await ctx.upstream.tokens.revoke_token(old_token)
    return warnings


def _check(cart: Cart, level: SessionLevel, *, was_abandoned: bool) -> None:
    state = cart.payment_session.state if cart.payment_session else None
    if was_abandoned:
        return
    if state is PaymentSessionState.PENDING_REDIRECT and level is SessionLevel.ANONYMOUS:
        return
    if state is PaymentSessionState.CHARGEABLE:
        message = "The shopper has approved this payment. Call `resumeOrder` to place the order."
    elif state is PaymentSessionState.PENDING_REDIRECT:
        message = (
            "The cart was submitted and waits for the shopper's approval. A registered shopper has only this cart: "
            "approve the payment on the payment page, or call `signOut` and buy as a guest."
        )
    else:
        message = "The cart was submitted, so its sources cannot change. Read `orderSubmission`."
    raise Refused(PaymentError(code=ErrorCode.SOURCE_NOT_CHARGEABLE, message=message, session_state=state))


async def _copy(ctx: Context, token: str, cart: Cart, coupons: list[str]) -> list[MutationWarning]:
    """Copy the parts of the old cart to the new cart. Returns a warning for each part that Digital River refuses, or
    whose value in the old cart could not be read."""
    upstream = ctx.upstream
    lines = [(line, quantity) for line in cart.lines if (quantity := line.quantity) and line.is_complete]
    missing = [] if await _add(upstream, token, lines) else await _add_one_by_one(upstream, token, lines)
    if cart.lacks_lines or len(lines) < len(cart.lines):
        missing.append("lines that Digital River did not report in full")
    missing += [name for name, field in READ_FOR_COPY.items() if field in cart.cut]
    for name, call in _further_parts(ctx, token, cart, coupons):
        try:
            new_cart = await call()
        except UpstreamRefusal:
            missing.append(name)
            continue
        if new_cart is not None and refusals_beside(new_cart):
            missing.append(name)
    return [MutationWarning(WarningCode.OTHER, f"The new cart does not have this part: {name}.") for name in missing]


def _further_parts(ctx: Context, token: str, cart: Cart, coupons: list[str]) -> list[tuple[str, Call]]:
    """The parts of the cart other than its lines. Each part has a name, and a function that copies the part to the new
    cart.
    """
    endpoints = ctx.upstream.cart
    details = CartChange(
        billing_address=cart.billing_address.address if cart.billing_address else None,
        shipping_address=cart.shipping_address.address if cart.shipping_address else None,
        organization_id=cart.organization_id,
        terms_of_sale_accepted=cart.terms_of_sale_accepted or None,
        ip_address=ctx.caller.address,
    )
    parts: list[tuple[str, Call]] = [
        ("addresses", lambda: endpoints.update_cart(token, details)),
        *(
            (f"coupon {code}", lambda code=code: endpoints.update_cart(token, CartChange(coupon_code=code)))
            for code in coupons
        ),
    ]
    if identifiers := {entry.key: str(entry.value) for entry in many(cart.tax_registrations)}:
        parts.append(("tax identifiers", lambda: endpoints.set_tax_identifiers(token, cart.customer_type, identifiers)))
    if option := cart.selected_shipping_option:
        parts.append(("shipping option", lambda: endpoints.apply_shipping_option(token, option.id)))
    return parts


async def _add(upstream: Upstream, token: str, lines: list[tuple[CartLine, int]]) -> bool:
    if not lines:
        return True
    try:
        await upstream.cart.add_lines(token, [_new_line(line, quantity) for line, quantity in lines])
    except UpstreamRefusal:
        return False
    return True


async def _add_one_by_one(upstream: Upstream, token: str, lines: list[tuple[CartLine, int]]) -> list[str]:
    return [
        f"product {line.product.upstream_id}"
        for line, quantity in lines
        if not await _add(upstream, token, [(line, quantity)])
    ]


def _new_line(line: CartLine, quantity: int) -> NewLine:
    return NewLine(
        product_id=line.product.upstream_id,
        external_reference_id=None,
        quantity=quantity,
        recurring_terms=line.recurring_terms,
        custom_attributes=[(attribute.name, attribute.value) for attribute in line.custom_attributes],
    )
