"""Store credit: what a shopper has, what a cart can use of it, and how it is put before every other source."""

import asyncio
from collections.abc import Awaitable, Callable

import msgspec

from gateway.enums import ErrorCode, SourceState, WarningCode
from gateway.errors import NotConfigured, UpstreamError
from gateway.money import Money, zero
from gateway.operation.context import Context
from gateway.payments import store_credit as credit_rules
from gateway.payments.store_credit import StoreCreditAccount
from gateway.refusals.user_errors import AnyUserError, PaymentError, UpstreamFailure
from gateway.refusals.warnings import MutationWarning
from gateway.upstream.cart import Cart
from gateway.upstream.payment import Source
from resolvers import cart_edits, payment_sources, sessions
from resolvers.inputs.payment import ApplyStoreCreditInput, RemoveStoreCreditInput
from resolvers.payloads import Payload

AMOUNT = ("input", "amount")

REORDERED = MutationWarning(
    WarningCode.SOURCES_REORDERED,
    "The source was taken off and attached again, so that store credit pays first and it pays the rest.",
)


async def store_credit(parent: object, ctx: Context) -> StoreCreditAccount:
    return await _account(ctx)


async def store_credit_after(parent: Payload, ctx: Context) -> StoreCreditAccount:
    return await _account(ctx)


async def _account(ctx: Context) -> StoreCreditAccount:
    _check_configured(ctx)
    cart, balance = await asyncio.gather(ctx.cart(), ctx.credit_balance())
    return await _on_cart(ctx, cart, balance)


async def _on_cart(ctx: Context, cart: Cart, balance: Money | None) -> StoreCreditAccount:
    try:
        stock = await ctx.in_time(ctx.services.catalog.stock([line.product.upstream_id for line in cart.lines]))
    except UpstreamError:
        stock = {}  # What is on backorder is then refused when the order is submitted.
    return credit_rules.account(cart, balance or zero(cart.currency_code), stock, ctx.services.now())


def _check_configured(ctx: Context) -> None:
    settings = ctx.settings
    if not settings.ledger_url or not settings.payment_key.get_secret_value():
        raise NotConfigured("This deployment has no store credit.")


async def apply_store_credit(ctx: Context, args: ApplyStoreCreditInput) -> Payload:
    _check_configured(ctx)
    asked = Money(args.amount.amount, args.amount.currency_code) if args.amount is not None else None
    return await cart_edits.in_turn(
        ctx, args.if_revision, lambda: payment_sources.with_funding(ctx, _apply(ctx, asked))
    )


async def remove_store_credit(ctx: Context, args: RemoveStoreCreditInput) -> Payload:
    return await cart_edits.in_turn(ctx, args.if_revision, lambda: payment_sources.with_funding(ctx, _remove(ctx)))


async def _remove(ctx: Context) -> Payload:
    """A primary source pays all of the cart then."""
    attached = (await cart_edits.present(ctx)).secondary_source
    if attached is None:
        return Payload()
    return await cart_edits.write(ctx, lambda: payment_sources.detach(ctx, attached.source_id), path=())


async def _apply(ctx: Context, asked: Money | None) -> Payload:
    cart = await cart_edits.present(ctx)
    session = cart.payment_session
    if session is None:
        return Payload(errors=[payment_sources.no_session(cart)])
    account = await _on_cart(ctx, cart, await _balance(ctx))
    wrong = credit_rules.problem(cart, account, asked, AMOUNT)
    if wrong is not None:
        return Payload(errors=[wrong])
    amount = asked or account.usable_on_cart
    attached = cart.secondary_source
    if attached is not None and attached.amount_contributed is not None and attached.amount_contributed.equals(amount):
        return Payload()
    try:
        # Made before anything is taken off: without it the cart stays as it is.
        reference = (await ctx.shopper()).external_reference_id or ""
        made = await ctx.upstream.payments.create_store_credit(session.id, amount, reference)
    except UpstreamError as failure:
        return Payload(errors=[sessions.upstream_error(ctx, failure, AMOUNT)])
    return await _put_first(ctx, cart, made)


async def _balance(ctx: Context) -> Money | None:
    """Of the ledger. It is only asked, so a failure changes nothing and may be tried again."""
    try:
        return await ctx.credit_balance()
    except UpstreamError as failure:
        message = "The ledger of store credit did not answer. Nothing was changed; send the call again."
        error = sessions.upstream_error(ctx, failure, ())
        if isinstance(error, UpstreamFailure):
            error = msgspec.structs.replace(error, message=message, may_repeat=True)
        raise cart_edits.Refused(error) from failure


async def _put_first(ctx: Context, cart: Cart, credit_id: str) -> Payload:
    """Credit pays only when it is there before the primary source, which is taken off and put back for it."""
    primary = cart.primary_source
    done = await _in_order(
        ctx,
        *(_off(ctx, source) for source in (primary, cart.secondary_source) if source is not None),
        lambda: payment_sources.attach(ctx, credit_id),
    )
    if primary is None:
        return done
    # Also after a failure: it is put back, and where it never left nothing happens.
    back = await cart_edits.write(ctx, lambda: payment_sources.attach(ctx, primary.source_id), path=())
    errors = [*done.errors, *(_is_missing(error, primary) for error in back.errors)]
    return Payload(errors=errors, warnings=[] if errors else [*back.warnings, REORDERED])


def _off(ctx: Context, source: Source) -> Callable[[], Awaitable[Cart | None]]:
    async def act() -> None:
        await payment_sources.detach(ctx, source.source_id)

    return act


async def _in_order(ctx: Context, *acts: Callable[[], Awaitable[Cart | None]]) -> Payload:
    """One write after the other, up to the first that fails."""
    done = Payload()
    for act in acts:
        done = await cart_edits.write(ctx, act, path=AMOUNT)
        if done.errors:
            return done
    return done


def _is_missing(error: AnyUserError, primary: Source) -> AnyUserError:
    """What kept the primary source from being put back. What is to be paid beside credit is due now."""
    message = (
        "The source that was attached could not be put back and is missing now. "
        "Attach a source for what remains; paymentSession tells how much."
    )
    if isinstance(error, PaymentError) and error.code is ErrorCode.SOURCE_NOT_CHARGEABLE:
        state = SourceState.CANCELLED if not primary.is_reusable else None
        return msgspec.structs.replace(error, message=message, source_state=state)
    return msgspec.structs.replace(error, message=message)
