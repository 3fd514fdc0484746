"""The saved payment options of a registered shopper."""

from itertools import count

from gateway.enums import ErrorCode
from gateway.errors import UpstreamRefusal
from gateway.operation.context import Context
from gateway.refusals.refusal_to_user_error import cause_of
from gateway.refusals.user_errors import Path, PaymentError, invalid
from gateway.upstream.client import Upstream
from gateway.upstream.shopper import Label, PaymentOption, Shopper
from resolvers import account_edits
from resolvers.failures import Refused
from resolvers.inputs.account import DeletePaymentOptionInput, SavePaymentOptionInput
from resolvers.payloads import DeletedPayload, SavePaymentOptionPayload
from resolvers.shopper import RegisteredShopper


async def payment_options(parent: RegisteredShopper | Shopper, ctx: Context) -> list[PaymentOption]:
    return await ctx.payment_options()


def is_expired(parent: PaymentOption, ctx: Context) -> bool:
    """Whether the expiry month of the card is over."""
    year, month, now = parent.source.expiry_year, parent.source.expiry_month, ctx.services.now()
    return year is not None and month is not None and (year, month) < (now.year, now.month)


async def save_payment_option(ctx: Context, args: SavePaymentOptionInput) -> SavePaymentOptionPayload:
    try:
        return SavePaymentOptionPayload(payment_option=await _save(ctx, args))
    except Refused as refused:
        return SavePaymentOptionPayload(errors=refused.errors)


async def _save(ctx: Context, args: SavePaymentOptionInput) -> PaymentOption:
    """Save a source as a payment option, or change a payment option.

    If the source is already saved, its payment option is changed instead, so the mutation can be repeated safely.
    """
    target, option_path = args.target, ("input", "target", "paymentOptionId")
    option_id = None
    if target.payment_option_id is not None:
        option_id = account_edits.decoded_id("PaymentOption", target.payment_option_id, option_path)
    options = await account_edits.read(ctx, ctx.payment_options)
    present = next((option for option in options if option.source.source_id == target.source_id), None)
    if option_id is not None:
        present = account_edits.entry(options, option_id, option_path)
    if any(option.nickname == args.nickname for option in options if option is not present):
        message = "Another payment option has this `nickname`. Choose another nickname."
        raise Refused(invalid(("input", "nickname"), message))
    if present is None:
        await _save_source(ctx, target.source_id or "", args, options)
        saved = await account_edits.read(ctx, ctx.payment_options)
        return account_edits.first_or_invalid_response(
            ctx, (option for option in saved if option.source.source_id == target.source_id)
        )
    if args.nickname in (None, present.nickname) and args.is_default in (None, present.is_default):
        return present
    return await _change_nickname_and_default(ctx, present, args)


async def _change_nickname_and_default(
    ctx: Context, option: PaymentOption, args: SavePaymentOptionInput
) -> PaymentOption:
    label = Label(nickname=args.nickname or option.nickname, is_default=args.is_default)
    path = ("input", "target")
    await account_edits.change(
        ctx, lambda upstream, token: upstream.account.change_payment_option(token, option.upstream_id, label), path
    )
    return account_edits.entry(await account_edits.read(ctx, ctx.payment_options), option.upstream_id, path)


async def _save_source(
    ctx: Context, source_id: str, args: SavePaymentOptionInput, options: list[PaymentOption]
) -> None:
    label = Label(nickname=args.nickname or _free_nickname(options), is_default=args.is_default)

    async def save(upstream: Upstream, token: str) -> None:
        await upstream.account.save_payment_option(token, source_id, label, ctx.caller.address)

    path = ("input", "target", "sourceId")
    try:
        await account_edits.change(ctx, save, path)
    except Refused as refused:
        refusal = refused.__cause__
        # A refusal with an unknown code is about the source, because the call has no other input.
        if isinstance(refusal, UpstreamRefusal) and cause_of(refusal) is ErrorCode.UPSTREAM_REJECTED:
            raise Refused(_not_savable(path)) from refusal
        raise


def _not_savable(path: Path) -> PaymentError:
    message = (
        "The source cannot be saved. Use a chargeable source of a payment method that supports recurring payments."
    )
    return PaymentError(code=ErrorCode.SOURCE_NOT_REUSABLE, message=message, path=path)


def _free_nickname(options: list[PaymentOption]) -> str:
    used = {option.nickname for option in options}
    return next(nickname for number in count(1) if (nickname := f"Payment option {number}") not in used)


async def saved_source_id(ctx: Context, global_id: str, path: Path) -> str:
    """The id of the source of a saved payment option. Raises `Refused` if the option cannot be read."""
    option_id = account_edits.decoded_id("PaymentOption", global_id, path)
    option = await account_edits.read(
        ctx, lambda: ctx.as_shopper(lambda upstream, token: upstream.account.payment_option(token, option_id)), path
    )
    return option.source.source_id


async def delete_payment_option(ctx: Context, args: DeletePaymentOptionInput) -> DeletedPayload:
    return await account_edits.delete(
        ctx,
        "PaymentOption",
        args.id,
        lambda upstream, token, option_id: upstream.account.delete_payment_option(token, option_id),
    )
