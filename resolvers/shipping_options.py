"""Selecting a shipping option."""

from gateway.enums import ErrorCode, ShippingOptionRule
from gateway.operation.context import Context
from gateway.refusals.user_errors import DestinationError, Path
from gateway.upstream.cart import Cart, ShippingOption
from resolvers import cart_edits
from resolvers.failures import Refused
from resolvers.inputs.checkout import SelectShippingOptionInput, ShippingOptionChoice
from resolvers.payloads import Payload


async def select_shipping_option(ctx: Context, args: SelectShippingOptionInput) -> Payload:
    choice, path = ShippingOptionChoice(id=args.shipping_option_id), ("input", "shippingOptionId")
    return await cart_edits.edit(ctx, args.if_revision, lambda: select(ctx, choice, path))


async def select(ctx: Context, choice: ShippingOptionChoice, path: Path) -> Payload:
    """Select a shipping option by its id or by a `ShippingOptionRule`. The caller must hold the lock of the cart.

    If the cart needs no shipping, a rule selects nothing.
    """
    try:
        cart = await cart_edits.current_cart(ctx)
    except Refused as refused:
        return Payload(errors=refused.errors)
    if choice.rule is not None and not cart.requires_shipping:
        return Payload()
    option = _chosen(cart, choice)
    if option is None:
        return Payload(errors=[_unavailable(path)])
    if option.is_selected:
        return Payload()

    async def apply() -> Cart | None:
        return await ctx.as_shopper(lambda upstream, token: upstream.cart.apply_shipping_option(token, option.id))

    return await cart_edits.send(ctx, apply, path=path)


def _chosen(cart: Cart, choice: ShippingOptionChoice) -> ShippingOption | None:
    options = cart.shipping_options
    if choice.id is not None:
        return next((option for option in options if option.id == choice.id), None)
    if choice.rule is ShippingOptionRule.KEEP_OR_CHEAPEST:
        selected = next((option for option in options if option.is_selected), None)
        if selected is not None:
            return selected
    priced = [(option.cost_with_discount.amount, option) for option in options if option.cost_with_discount]
    return min(priced, key=lambda pair: pair[0], default=(None, None))[1]


def _unavailable(path: Path) -> DestinationError:
    return DestinationError(
        code=ErrorCode.SHIPPING_OPTION_UNAVAILABLE,
        message="The shipping option is not available for this cart and address. Choose one of `cart.shippingOptions`.",
        path=path,
    )
