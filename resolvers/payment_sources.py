"""Attaching sources to the cart and detaching them."""

from collections.abc import Awaitable, Callable

import msgspec

from gateway.enums import ErrorCode
from gateway.errors import UpstreamError, UpstreamInvalidResponse, UpstreamRefusal
from gateway.operation.context import Context
from gateway.payments import store_credit
from gateway.payments.payment_session import due_from_primary
from gateway.payments.source_amounts import note_amount
from gateway.refusals.user_errors import AnyUserError, PaymentError
from gateway.refusals.warnings import MutationWarning
from gateway.sessions.record import CheckoutMemory
from gateway.upstream import refusal_codes
from gateway.upstream.cart import Cart
from resolvers import abandon_redirect, cart_edits
from resolvers.failures import sign_in_errors
from resolvers.inputs.payment import AttachSourceInput, DetachSourceInput
from resolvers.payloads import Payload
from resolvers.payment_options import saved_source_id

MOST_SOURCES = 20
"""Maximum number of sources of a cart whose amounts are stored."""

OPTION_PATH = ("input", "source", "paymentOptionId")


async def attach_source(ctx: Context, args: AttachSourceInput) -> Payload:
    if args.source.payment_option_id is not None:
        errors = await sign_in_errors(ctx, OPTION_PATH)
        if errors:
            return Payload(errors=errors)
    return await edit_sources(ctx, args.if_revision, lambda: _attach(ctx, args))


async def _attach(ctx: Context, args: AttachSourceInput) -> Payload:
    choice = args.source
    if choice.payment_option_id is not None:
        path, source_id = OPTION_PATH, await saved_source_id(ctx, choice.payment_option_id, OPTION_PATH)
    else:
        path, source_id = ("input", "source", "sourceId"), choice.source_id or ""
    cart = await cart_edits.current_cart(ctx)
    if cart.payment_session is None:
        return Payload(errors=[no_session(cart)])
    attached = cart.primary_source
    if attached is not None and attached.source_id == source_id:
        return Payload()
    if cart.order_total is None or cart.lacks_source:
        # The amount of the source would be unknown, or two primary sources would be attached.
        raise UpstreamInvalidResponse(detail="cart without total or source")
    if attached is not None:
        if not args.replace_primary:
            return Payload(errors=[_primary_present(cart)])
        detached = await cart_edits.send(ctx, lambda: detach(ctx, attached.source_id), path=path)
        if detached.errors:
            return detached
    # Attaching may set the cart's address to the source's address, which changes the tax. The amount for which the
    # shopper created the source is the amount before that.
    await remember_total(ctx, source_id, cart)
    payload = await cart_edits.send(ctx, lambda: attach(ctx, source_id), path=path)
    if payload.errors:
        errors = [await _with_session_state(ctx, error) for error in payload.errors]
        return Payload(errors=errors, warnings=payload.warnings)
    return payload


async def detach_source(ctx: Context, args: DetachSourceInput) -> Payload:
    source_id = args.target.source_id
    path = ("input", "target", "sourceId" if source_id is not None else "all")
    warnings: list[MutationWarning] = []

    async def detach_target() -> None:
        try:
            await (_detach_all(ctx) if source_id is None else detach(ctx, source_id))
        except UpstreamRefusal as refusal:
            if refusal.reason != refusal_codes.CART_FAILURE:
                raise
            # Digital River refused because the submitted cart waits for the shopper's approval. A guest gets a new
            # cart.
            warnings.extend(await abandon_redirect.start_new_cart(ctx))

    payload = await edit_sources(ctx, args.if_revision, lambda: cart_edits.send(ctx, detach_target, path=path))
    return Payload(errors=payload.errors, warnings=[*payload.warnings, *warnings])


async def edit_sources(ctx: Context, if_revision: str | None, change: Callable[[], Awaitable[Payload]]) -> Payload:
    """Change the sources of the cart while holding its lock."""
    return await cart_edits.edit(ctx, if_revision, lambda: _with_coverage_remembered(ctx, change), pays=True)


async def _with_coverage_remembered(ctx: Context, change: Callable[[], Awaitable[Payload]]) -> Payload:
    """Make the change, and store in the session whether store credit alone pays the cart.

    If a later change makes the store credit insufficient, the payload of that change has a warning.
    """
    payload = await change()
    try:
        covers = store_credit.covers_alone(await ctx.cart())
    except UpstreamError:
        return payload
    session = await ctx.own_session()
    if covers is not session.record.checkout_memory.credit_covers:
        await ctx.services.sessions.update_checkout_memory(
            session, lambda memory: setattr(memory, "credit_covers", covers)
        )
    return payload


async def attach(ctx: Context, source_id: str) -> Cart | None:
    return await ctx.as_shopper(lambda upstream, token: upstream.payments.attach_source(token, source_id))


async def detach(ctx: Context, source_id: str) -> None:
    """Detach a source. It is no error if the source is not attached."""
    try:
        await ctx.as_shopper(lambda upstream, token: upstream.payments.detach_source(token, source_id))
    except UpstreamRefusal as refusal:
        if refusal.reason not in (refusal_codes.DELETE_PAYMENT_FAILURE, refusal_codes.APPLY_PAYMENT_FAILURE):
            raise


async def _detach_all(ctx: Context) -> None:
    try:
        await ctx.as_shopper(lambda upstream, token: upstream.payments.detach_all_sources(token))
    except UpstreamRefusal as refusal:
        if refusal.reason != refusal_codes.DELETE_PAYMENT_FAILURE:
            raise


async def remember_total(ctx: Context, source_id: str, cart: Cart) -> None:
    """Store the amount that the source has to pay when it is attached for the first time. Forget which source the
    shopper had to authenticate.
    """

    session, due = await ctx.own_session(), due_from_primary(cart)
    if due is not None:
        await note_amount(ctx.services.store, session, source_id, due.canonical())

    def note(memory: CheckoutMemory) -> None:
        amounts = memory.amounts_when_attached
        if due is not None:
            amounts.setdefault(source_id, due.canonical())
        memory.amounts_when_attached = dict(list(amounts.items())[-MOST_SOURCES:])
        memory.source_to_authenticate = None

    await ctx.services.sessions.update_checkout_memory(session, note)


def no_session(cart: Cart) -> PaymentError:
    message = (
        "The cart has no payment session. Call `addCartLines` first."
        if cart.is_empty
        else "The site has no payment sessions, so no source can be attached."
    )
    return PaymentError(code=ErrorCode.PAYMENT_SESSION_MISSING, message=message)


def _primary_present(cart: Cart) -> PaymentError:
    return PaymentError(
        code=ErrorCode.PRIMARY_SOURCE_PRESENT,
        message="Another source is attached. Call `detachSource` first, or send `replacePrimary: true`.",
        path=("input", "replacePrimary"),
        session_state=cart.payment_session.state if cart.payment_session else None,
    )


async def _with_session_state(ctx: Context, error: AnyUserError) -> AnyUserError:
    """Add the current state of the payment session to a payment error, if the cart can be read. Returns any other error
    unchanged.
    """
    if not isinstance(error, PaymentError):
        return error
    try:
        session = (await ctx.cart()).payment_session
    except UpstreamError:
        return error
    return msgspec.structs.replace(error, session_state=session.state if session else None)
