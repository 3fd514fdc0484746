"""What the account knows, put on the cart."""

from msgspec.structs import replace

from gateway.enums import ErrorCode
from gateway.operation.context import Context
from gateway.refusals.user_errors import AnyUserError, Path, PaymentError
from gateway.upstream.cart import Cart
from resolvers import account, cart_edits, payment_sources
from resolvers.inputs.checkout import ApplyShopperInput
from resolvers.payloads import Payload


async def apply_shopper(ctx: Context, args: ApplyShopperInput) -> Payload:
    """Addresses and a means of payment in one call, whose answer is the cart."""
    return await cart_edits.in_turn(ctx, args.if_revision, lambda: _apply(ctx, args))


async def _apply(ctx: Context, args: ApplyShopperInput) -> Payload:
    billing_id, shipping_id, option_id = (
        None if given is None else account.own_id(type_name, given, ("input", name))
        for type_name, name, given in (
            ("SavedAddress", "billingAddressId", args.billing_address_id),
            ("SavedAddress", "shippingAddressId", args.shipping_address_id),
            ("PaymentOption", "paymentOptionId", args.payment_option_id),
        )
    )

    async def apply() -> Cart:
        return await ctx.as_shopper(
            lambda upstream, token: upstream.cart.apply_shopper(
                token, billing_id=billing_id, shipping_id=shipping_id, option_id=option_id
            )
        )

    done = await cart_edits.write(ctx, apply, path=_path(args))
    if done.errors:
        return Payload(errors=[await _explained(ctx, error) for error in done.errors], warnings=done.warnings)
    cart = await cart_edits.present(ctx)
    if cart.primary_source is not None:
        await payment_sources.note_total(ctx, cart.primary_source.source_id, cart)
    return done


def _path(args: ApplyShopperInput) -> Path:
    """The entry that a refusal is about, where only one is named."""
    named = {
        "billingAddressId": args.billing_address_id,
        "shippingAddressId": args.shipping_address_id,
        "paymentOptionId": args.payment_option_id,
    }
    given = [name for name, value in named.items() if value is not None]
    return ("input", given[0]) if len(given) == 1 else ("input",)


async def _explained(ctx: Context, error: AnyUserError) -> AnyUserError:
    """Upstream says no more than that the payment failed; a source that is there already is the usual reason."""
    if not isinstance(error, PaymentError) or error.code is not ErrorCode.PAYMENT_METHOD_UNAVAILABLE:
        return error
    attached = (await cart_edits.present(ctx)).primary_source
    if attached is None:
        return error
    message = "Another source is attached. Detach it first."
    return replace(error, code=ErrorCode.PRIMARY_SOURCE_PRESENT, message=message)
