"""Reads the store credit of the shopper, and applies it to the cart."""

import asyncio
from collections.abc import Awaitable, Callable

import msgspec

from gateway.amounts.money import Money, zero
from gateway.enums import ErrorCode, SourceState, WarningCode
from gateway.errors import NotConfigured, UpstreamError
from gateway.operation.context import Context
from gateway.payments import store_credit as rules
from gateway.payments.store_credit import StoreCreditAccount
from gateway.refusals.user_errors import AnyUserError, PaymentError, UpstreamFailure
from gateway.refusals.warnings import MutationWarning
from gateway.upstream.cart import Cart
from gateway.upstream.decoding import required
from gateway.upstream.payment import Source
from resolvers import cart_edits, payment_sources
from resolvers.failures import Refused, logged_error
from resolvers.inputs.payment import ApplyStoreCreditInput, RemoveStoreCreditInput
from resolvers.payloads import Payload

AMOUNT = ("input", "amount")

SOURCES_REORDERED = MutationWarning(
    WarningCode.SOURCES_REORDERED,
    "The primary source was detached and attached again, so that store credit pays first.",
)


async def store_credit(parent: object, ctx: Context) -> StoreCreditAccount:
    return await _account(ctx)


async def store_credit_after(parent: Payload, ctx: Context) -> StoreCreditAccount:
    return await _account(ctx)


async def _account(ctx: Context) -> StoreCreditAccount:
    _check_configured(ctx)
    cart, balance = await asyncio.gather(ctx.cart(), ctx.credit_balance())
    return await _usable_on(ctx, cart, balance)


async def _usable_on(ctx: Context, cart: Cart, balance: Money | None) -> StoreCreditAccount:
    try:
        stock = await ctx.in_time(ctx.services.catalog.stock(cart.product_ids))
    except UpstreamError:
        stock = {}  # If the stock is unknown, only the submission detects a line on backorder.
    # A shopper without an account in the ledger has a balance of zero.
    balance = balance or zero(cart.currency_code or (await ctx.own_session()).currency_code)
    return rules.account(cart, balance, stock, ctx.services.now())


def _check_configured(ctx: Context) -> None:
    settings = ctx.settings
    if not settings.ledger_url or not settings.payment_key.get_secret_value():
        raise NotConfigured("Store credit is off: RIVERFRONT_LEDGER_URL or RIVERFRONT_PAYMENT_KEY is not set.")


async def apply_store_credit(ctx: Context, args: ApplyStoreCreditInput) -> Payload:
    _check_configured(ctx)
    amount = Money(args.amount.amount, args.amount.currency_code) if args.amount is not None else None
    return await payment_sources.edit_sources(ctx, args.if_revision, lambda: _apply(ctx, amount))


async def remove_store_credit(ctx: Context, args: RemoveStoreCreditInput) -> Payload:
    return await payment_sources.edit_sources(ctx, args.if_revision, lambda: _remove(ctx))


async def _remove(ctx: Context) -> Payload:
    attached = (await cart_edits.current_cart(ctx)).secondary_source
    if attached is None:
        return Payload()
    return await cart_edits.send(ctx, lambda: payment_sources.detach(ctx, attached.source_id), path=())


async def _apply(ctx: Context, requested: Money | None) -> Payload:
    cart = await cart_edits.current_cart(ctx)
    session = cart.payment_session
    if session is None:
        return Payload(errors=[payment_sources.no_session(cart)])
    account = await _usable_on(ctx, cart, await _balance(ctx))
    problem = rules.problem(cart, account, requested, AMOUNT)
    if problem is not None:
        return Payload(errors=[problem])
    amount = requested or required(account.usable_on_cart)
    attached = cart.secondary_source
    if attached is not None and attached.amount_contributed is not None and attached.amount_contributed.equals(amount):
        return Payload()
    try:
        # The new source is created before any source is detached, so the cart stays as it is if the creation fails.
        reference = (await ctx.shopper()).external_reference_id or ""
        credit_id = await ctx.upstream.payments.create_store_credit(session.id, amount, reference)
    except UpstreamError as failure:
        return Payload(errors=[logged_error(ctx, failure, AMOUNT)])
    return await _attach_first(ctx, cart, credit_id)


async def _balance(ctx: Context) -> Money | None:
    """The balance in the ledger. Raises `Refused` if it cannot be read. The client may then repeat the mutation,
    because nothing has been changed.
    """
    try:
        return await ctx.credit_balance()
    except UpstreamError as failure:
        message = "The ledger of store credit did not answer. Nothing was changed; send the call again."
        error = logged_error(ctx, failure)
        if isinstance(error, UpstreamFailure):
            error = msgspec.structs.replace(error, message=message, may_repeat=True)
        raise Refused(error) from failure


async def _attach_first(ctx: Context, cart: Cart, credit_id: str) -> Payload:
    """Attach store credit.

    Store credit must be attached before the primary source. The primary source is therefore detached and attached
    again.
    """
    primary = cart.primary_source
    payload = await _send_one_by_one(
        ctx,
        *(_detaching(ctx, source) for source in (primary, cart.secondary_source) if source is not None),
        lambda: payment_sources.attach(ctx, credit_id),
    )
    if primary is None:
        return payload
    # The primary source is attached again even after a failure. If it was never detached, this call changes nothing.
    reattached = await cart_edits.send(ctx, lambda: payment_sources.attach(ctx, primary.source_id), path=())
    errors = [*payload.errors, *(_missing_primary(error, primary) for error in reattached.errors)]
    return Payload(errors=errors, warnings=[] if errors else [*reattached.warnings, SOURCES_REORDERED])


def _detaching(ctx: Context, source: Source) -> Callable[[], Awaitable[Cart | None]]:
    async def detach() -> None:
        await payment_sources.detach(ctx, source.source_id)

    return detach


async def _send_one_by_one(ctx: Context, *calls: Callable[[], Awaitable[Cart | None]]) -> Payload:
    """Send the calls one after the other. Stop at the first failure."""
    payload = Payload()
    for call in calls:
        payload = await cart_edits.send(ctx, call, path=AMOUNT)
        if payload.errors:
            break
    return payload


def _missing_primary(error: AnyUserError, primary: Source) -> AnyUserError:
    """The error if the primary source could not be attached again. The message names the missing source."""
    message = (
        "The primary source is no longer attached, and could not be attached again. Attach a source for "
        "`paymentSession.amountRemaining`."
    )
    if isinstance(error, PaymentError) and error.code is ErrorCode.SOURCE_NOT_CHARGEABLE:
        state = SourceState.CANCELLED if not primary.is_reusable else None
        return msgspec.structs.replace(error, message=message, source_state=state)
    return msgspec.structs.replace(error, message=message)
