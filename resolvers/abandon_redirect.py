"""A way out for a guest who has submitted, was sent to a provider's page, and wants to pay otherwise.

Digital River knows none: such a cart stays closed until it is resumed. So the visit goes on with a cart of
its own, with the same lines, and the old one can never become an order: its submission is over before the
new cart takes its place, and its token is given back, without which nobody can resume it.
"""

import contextlib
from collections.abc import Awaitable, Callable

from gateway.enums import ErrorCode, PaymentSessionState, SessionLevel, WarningCode
from gateway.errors import UpstreamError, UpstreamRefusal
from gateway.operation.context import Context
from gateway.refusals.user_errors import CartConflictError, PaymentError
from gateway.refusals.warnings import MutationWarning
from gateway.sessions.record import SessionRecord
from gateway.submission import submissions
from gateway.upstream import refusal_codes
from gateway.upstream.cart import Cart
from gateway.upstream.changes import CartChange, NewLine
from gateway.upstream.client import Upstream
from gateway.upstream.decoding import many
from gateway.upstream.lines import CartLine
from resolvers.cart_edits import Refused, told_beside

CART_SUBMITTED = refusal_codes.CART_FAILURE
"""How upstream refuses every change of a cart that was submitted and waits for its shopper."""


async def begin(ctx: Context) -> list[MutationWarning]:
    """Go on with a fresh cart; what could not be taken along is told. Raises `Refused`, and `UpstreamError`."""
    waiting = await ctx.services.attempts.holder_of(await ctx.own_session())
    ctx.forget_cart()
    cart = await ctx.cart()
    session = await ctx.own_session()
    # A way out that broke off half-way is taken to its end: nobody resumes what was given up.
    _check(cart, session.level, was_given_up=await ctx.services.attempts.was_abandoned(session, cart))
    tokens = await ctx.upstream.tokens.guest_token(session.locale, session.currency_code)
    warnings = await _take_along(ctx, tokens.access_token, cart, session.record.checkout_memory.coupons)
    if not await submissions.abandon(ctx, session, waiting):
        message = "The order is being finished at this moment. Read orderSubmission."
        raise Refused(CartConflictError(code=ErrorCode.CART_LOCKED, message=message))
    left, now = session.record.access_token, ctx.services.now()

    def move(record: SessionRecord) -> None:
        record.refresh_token = None
        record.set_tokens(tokens, now)
        record.checkout_memory.attached_at, record.checkout_memory.asked_authentication = {}, None

    await ctx.services.sessions.change(session, move)
    ctx.forget_cart()
    # Nothing leads to the old cart any more; that its token ends too is one more bar.
    with contextlib.suppress(UpstreamError):
        await ctx.upstream.tokens.revoke_token(left)
    return warnings


def _check(cart: Cart, level: SessionLevel, *, was_given_up: bool) -> None:
    wire = cart.payment_session
    state = wire.state if wire else None
    if state is PaymentSessionState.CHARGEABLE and was_given_up:
        return
    if state is PaymentSessionState.CHARGEABLE:
        message = "The shopper has approved this payment. Call resumeOrder to finish the order."
        raise Refused(PaymentError(code=ErrorCode.SOURCE_NOT_CHARGEABLE, message=message, session_state=state))
    if state is PaymentSessionState.PENDING_REDIRECT and level is SessionLevel.ANONYMOUS:
        return
    message = (
        "The cart was submitted and waits for the provider's page. A signed-in shopper has this cart only: finish it "
        "there, or sign out and buy as a guest."
        if state is PaymentSessionState.PENDING_REDIRECT
        else "The cart was submitted, and its payment cannot be changed any more. Read orderSubmission."
    )
    raise Refused(PaymentError(code=ErrorCode.SOURCE_NOT_CHARGEABLE, message=message, session_state=state))


async def _take_along(ctx: Context, token: str, cart: Cart, coupons: list[str]) -> list[MutationWarning]:
    """Fill the new cart. Lines that are refused now, codes and details are told; the rest of the way is the same."""
    upstream = ctx.upstream
    lost = [] if await _add(upstream, token, cart.lines) else await _add_one_by_one(upstream, token, cart.lines)
    details = CartChange(
        billing_address=cart.billing_address.address if cart.billing_address else None,
        shipping_address=cart.shipping_address.address if cart.shipping_address else None,
        organization_id=cart.organization_id,
        terms_of_sale_accepted=cart.terms_of_sale_accepted or None,
        ip_address=ctx.caller.address,
    )
    parts: list[tuple[str, Callable[[], Awaitable[Cart | None]]]] = [
        ("addresses", lambda: upstream.cart.update_cart(token, details)),
        *(
            (f"coupon {code}", lambda code=code: upstream.cart.update_cart(token, CartChange(coupon_code=code)))
            for code in coupons
        ),
    ]
    if identifiers := {one.key: str(one.value) for one in many(cart.tax_registrations)}:
        parts.append(
            ("tax identifiers", lambda: upstream.cart.set_tax_identifiers(token, cart.customer_type, identifiers))
        )
    if option := cart.selected_shipping_option:
        parts.append(("shipping option", lambda: upstream.cart.apply_shipping_option(token, option.id)))
    for what, act in parts:
        try:
            shown = await act()
        except UpstreamRefusal:
            lost.append(what)
            continue
        if shown is not None and told_beside(shown):
            lost.append(what)
    return [MutationWarning(WarningCode.OTHER, f"Not taken along into the fresh cart: {what}.") for what in lost]


async def _add(upstream: Upstream, token: str, lines: list[CartLine]) -> bool:
    try:
        await upstream.cart.add_lines(token, [_again(line) for line in lines])
    except UpstreamRefusal:
        return False
    return True


async def _add_one_by_one(upstream: Upstream, token: str, lines: list[CartLine]) -> list[str]:
    return [f"product {line.product.upstream_id}" for line in lines if not await _add(upstream, token, [line])]


def _again(line: CartLine) -> NewLine:
    return NewLine(
        product_id=line.product.upstream_id,
        external_reference_id=None,
        quantity=line.quantity,
        recurring_terms=line.recurring_terms,
        custom_attributes=[(one.name, one.value) for one in line.custom_attributes],
    )
