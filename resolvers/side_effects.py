"""Finds what a change of the cart has changed besides its purpose, by a comparison with the cart before."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace

import msgspec

from gateway.enums import ShippingOptionRule, WarningCode
from gateway.errors import UpstreamError
from gateway.operation.context import Context
from gateway.refusals.user_errors import UpstreamFailure
from gateway.refusals.warnings import MutationWarning
from gateway.upstream.cart import Cart, ShippingOption
from gateway.upstream.changes import ChangedLine
from gateway.upstream.ids import global_id
from resolvers.inputs.checkout import ShippingOptionChoice
from resolvers.payloads import Payload

SHIPPING_OPTION_RESET = MutationWarning(
    WarningCode.SHIPPING_OPTION_RESET,
    "The shipping option that was selected is not offered for the new address. Another option, or no option, is "
    "selected now.",
)

TOTAL_CHANGED = MutationWarning(
    WarningCode.TOTAL_CHANGED,
    "The order total has changed. Show the shopper `cart.totals` before the order is submitted.",
)

QUANTITY_REDUCED = (
    WarningCode.QUANTITY_REDUCED,
    "Digital River has put fewer units in the cart than were asked for. Show the shopper the quantity of the line.",
)


async def reported(
    ctx: Context,
    before: Cart | None,
    change: Callable[[], Awaitable[Payload]],
    choice: ShippingOptionChoice | None = None,
) -> Payload:
    """Make a change of the checkout, and add a warning if it has reset the shipping option or changed a final total.

    `before`: the cart before the change; None if it is unknown. `choice`: the shipping option that the same input
    chooses, if any.
    """
    payload = await change()
    if before is None or any(isinstance(error, UpstreamFailure) for error in payload.errors):
        return payload
    after = await readable_cart(ctx)
    if after is None:
        return payload
    return replace(payload, warnings=[*payload.warnings, *_side_effects(before, after, choice)])


async def readable_cart(ctx: Context) -> Cart | None:
    """The cart; None if it cannot be read now. A missing warning does not prevent a change."""
    try:
        return await ctx.cart()
    except UpstreamError:
        return None


def _side_effects(before: Cart, after: Cart, choice: ShippingOptionChoice | None) -> Iterator[MutationWarning]:
    if _was_reset(before.selected_shipping_option, after, choice):
        yield SHIPPING_OPTION_RESET
    # Before there are addresses, every total is an estimate, and each form that is filled in changes it.
    total, now = before.order_total, after.order_total
    if total is not None and now is not None and not before.totals.is_estimate and not total.equals(now):
        yield msgspec.structs.replace(TOTAL_CHANGED, values={"total": now})


def _was_reset(old: ShippingOption | None, after: Cart, choice: ShippingOptionChoice | None) -> bool:
    """Whether the cart has lost its shipping option, although the client did not choose another one."""
    new = after.selected_shipping_option
    if old is None or (new is not None and new.id == old.id):
        return False
    if choice is None or choice.rule is ShippingOptionRule.KEEP_OR_CHEAPEST:
        return True
    return choice.id is None and old.id not in {option.id for option in after.shipping_options}


def known_cart(ctx: Context) -> Cart | None:
    """The cart, if this operation has read it, as for `ifRevision`; None otherwise. Sends no call."""
    read = ctx.operation.cart_reads.get("cart")
    if read is None or not read.done() or read.cancelled() or read.exception() is not None:
        return None
    cart: Cart = read.result()
    return cart


def reduced(lines: list[ChangedLine], expected: int) -> list[MutationWarning]:
    """A warning if the lines of one product have fewer units than expected; none if a quantity is unknown."""
    quantities = [line.quantity for line in lines if line.quantity is not None]
    if not lines or len(quantities) < len(lines) or sum(quantities) >= expected:
        return []
    line_id = global_id("CartLine", lines[0].upstream_id) if len(lines) == 1 else None
    return [MutationWarning(*QUANTITY_REDUCED, line_id, {"after": sum(quantities)})]
