"""The payment session, the ways to pay, and the sources on the cart."""

from collections.abc import Awaitable

import msgspec

from gateway.enums import ErrorCode
from gateway.errors import UpstreamError, UpstreamRefusal
from gateway.operation.context import Context
from gateway.payments import store_credit
from gateway.payments.payment_session import due_text
from gateway.refusals.user_errors import AnyUserError, PaymentError, invalid
from gateway.refusals.warnings import MutationWarning
from gateway.sessions.record import CheckoutMemory
from gateway.upstream import refusal_codes
from gateway.upstream.cart import Cart
from resolvers import abandon_redirect, account, cart_edits
from resolvers.inputs.payment import AttachSourceInput, DetachSourceInput
from resolvers.payloads import Payload


async def attach_source(ctx: Context, args: AttachSourceInput) -> Payload:
    if args.source.payment_option_id is not None:
        lack = await account.lack(ctx, ("input", "source", "paymentOptionId"))
        if lack:
            return Payload(errors=lack)
    return await cart_edits.in_turn(ctx, args.if_revision, lambda: with_funding(ctx, _attach(ctx, args)))


async def _attach(ctx: Context, args: AttachSourceInput) -> Payload:
    choice = args.source
    if choice.payment_option_id is not None:
        path = ("input", "source", "paymentOptionId")
        source_id = await account.saved_source_id(ctx, choice.payment_option_id, path)
    else:
        path, source_id = ("input", "source", "sourceId"), choice.source_id or ""
    cart = await cart_edits.present(ctx)
    if cart.payment_session is None:
        return Payload(errors=[no_session(cart)])
    attached = cart.primary_source
    if attached is not None and attached.source_id == source_id:
        return Payload()
    if attached is not None:
        if not args.replace_primary:
            return Payload(errors=[_primary_present(cart)])
        detached = await cart_edits.write(ctx, lambda: detach(ctx, attached.source_id), path=path)
        if detached.errors:
            return detached
    # Noted before it is sent: the answer may get lost, and the source be attached all the same.
    await note_total(ctx, source_id, cart)
    done = await cart_edits.write(ctx, lambda: attach(ctx, source_id), path=path)
    if done.errors:
        return Payload(errors=[await _with_state(ctx, error) for error in done.errors], warnings=done.warnings)
    # Attaching may have given the cart the source's address, and so another tax.
    await note_total(ctx, source_id, await cart_edits.present(ctx))
    return done


async def detach_source(ctx: Context, args: DetachSourceInput) -> Payload:
    source_id = args.target.source_id
    path = ("input", "target", "sourceId" if source_id is not None else "all")
    if source_id is None and not args.target.all:
        return Payload(errors=[invalid(path, "Only true means anything here.")])

    told: list[MutationWarning] = []

    async def act() -> None:
        try:
            await (_detach_all(ctx) if source_id is None else detach(ctx, source_id))
        except UpstreamRefusal as refusal:
            if refusal.reason != abandon_redirect.CART_SUBMITTED:
                raise
            told.extend(await abandon_redirect.begin(ctx))

    done = await cart_edits.in_turn(
        ctx, args.if_revision, lambda: with_funding(ctx, cart_edits.write(ctx, act, path=path))
    )
    return Payload(errors=done.errors, warnings=[*done.warnings, *told])


async def attach(ctx: Context, source_id: str) -> Cart | None:
    return await ctx.as_shopper(lambda upstream, token: upstream.payments.attach_source(token, source_id))


async def with_funding(ctx: Context, change: Awaitable[Payload]) -> Payload:
    """Change the sources, and note whether credit alone pays then: later changes of the cart are told by it."""
    done = await change
    try:
        covers = store_credit.covers_alone(await ctx.cart())
    except UpstreamError:
        return done
    session = await ctx.own_session()
    if covers is not session.record.checkout_memory.credit_covers:
        await ctx.services.sessions.update_checkout_memory(
            session, lambda memory: setattr(memory, "credit_covers", covers)
        )
    return done


async def detach(ctx: Context, source_id: str) -> None:
    try:
        await ctx.as_shopper(lambda upstream, token: upstream.payments.detach_source(token, source_id))
    except UpstreamRefusal as refusal:
        # What is not attached need not be detached.
        if refusal.reason not in (refusal_codes.DELETE_PAYMENT_FAILURE, refusal_codes.APPLY_PAYMENT_FAILURE):
            raise


async def _detach_all(ctx: Context) -> None:
    try:
        await ctx.as_shopper(lambda upstream, token: upstream.payments.detach_all_sources(token))
    except UpstreamRefusal as refusal:
        if refusal.reason != refusal_codes.DELETE_PAYMENT_FAILURE:
            raise


async def note_total(ctx: Context, source_id: str, cart: Cart) -> None:
    """Note the amount that a source is for; a new source asks for no old authentication."""

    def note(memory: CheckoutMemory) -> None:
        memory.attached_at = {source_id: due_text(cart)}
        memory.asked_authentication = None

    await ctx.services.sessions.update_checkout_memory(await ctx.own_session(), note)


def no_session(cart: Cart) -> PaymentError:
    return PaymentError(
        code=ErrorCode.PAYMENT_SESSION_MISSING,
        message="The cart has no payment session. Add a line first."
        if cart.is_empty
        else "The site has no payment sessions; a source cannot be attached.",
    )


def _primary_present(cart: Cart) -> PaymentError:
    return PaymentError(
        code=ErrorCode.PRIMARY_SOURCE_PRESENT,
        message="Another source is attached. Detach it first, or send replacePrimary: true.",
        path=("input", "replacePrimary"),
        session_state=cart.payment_session.state if cart.payment_session else None,
    )


async def _with_state(ctx: Context, error: AnyUserError) -> AnyUserError:
    """The error with the state the session is in now; without one where that cannot be read."""
    if not isinstance(error, PaymentError):
        return error
    try:
        wire = (await ctx.cart()).payment_session
    except UpstreamError:
        return error
    return msgspec.structs.replace(error, session_state=wire.state if wire else None)
