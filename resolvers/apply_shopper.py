"""Addresses and a payment option of the account, applied to the cart."""

from msgspec.structs import replace

from gateway.enums import ErrorCode
from gateway.operation.context import Context
from gateway.refusals.user_errors import AnyUserError, Path, PaymentError
from gateway.upstream.cart import Cart
from resolvers import cart_edits, payment_sources, side_effects
from resolvers.account_edits import decoded_id
from resolvers.inputs.checkout import ApplyShopperInput
from resolvers.payloads import Payload


async def apply_shopper(ctx: Context, args: ApplyShopperInput) -> Payload:
    """Apply the addresses and the payment option to the cart with one call."""

    async def change() -> Payload:
        return await side_effects.reported(ctx, side_effects.known_cart(ctx), lambda: _apply(ctx, args))

    return await cart_edits.edit(ctx, args.if_revision, change, pays=True)


async def _apply(ctx: Context, args: ApplyShopperInput) -> Payload:
    billing_id, shipping_id, option_id = (
        None if global_id is None else decoded_id(type_name, global_id, ("input", name))
        for type_name, name, global_id in (
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

    payload = await cart_edits.send(ctx, apply, path=_path(args))
    if payload.errors:
        errors = [await _with_likely_reason(ctx, error) for error in payload.errors]
        return Payload(errors=errors, warnings=payload.warnings)
    cart = await cart_edits.current_cart(ctx)
    if cart.primary_source is not None:
        await payment_sources.remember_total(ctx, cart.primary_source.source_id, cart)
    return payload


def _path(args: ApplyShopperInput) -> Path:
    """The path of the error if Digital River refuses the call. If the input has exactly one id, this is the path of the
    id. Otherwise it is `input`.
    """
    entries = {
        "billingAddressId": args.billing_address_id,
        "shippingAddressId": args.shipping_address_id,
        "paymentOptionId": args.payment_option_id,
    }
    names = [name for name, global_id in entries.items() if global_id is not None]
    return ("input", names[0]) if len(names) == 1 else ("input",)


async def _with_likely_reason(ctx: Context, error: AnyUserError) -> AnyUserError:
    """The error with its likely reason: another source is attached. Without an attached source, the unchanged error.

    Digital River reports only that the payment failed.
    """
    if not isinstance(error, PaymentError) or error.code is not ErrorCode.PAYMENT_METHOD_UNAVAILABLE:
        return error
    if (await cart_edits.current_cart(ctx)).primary_source is None:
        return error
    message = "Another source is attached. Call `detachSource` first."
    return replace(error, code=ErrorCode.PRIMARY_SOURCE_PRESENT, message=message)
