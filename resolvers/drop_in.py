"""The drop-in of DigitalRiver.js on pages of the account."""

from msgspec.structs import replace

from gateway.enums import DropInFlow, SourceUsage
from gateway.operation.context import Context
from gateway.payments.drop_in import PaymentOptionDropIn
from gateway.upstream.shopper import Shopper
from resolvers.shopper import RegisteredShopper


async def payment_option_drop_in(
    parent: RegisteredShopper | Shopper, ctx: Context, usage: SourceUsage | None = None
) -> PaymentOptionDropIn:
    """The drop-in that saves a source. Its billing address is the default address, or else the first one."""
    session, book = await ctx.own_session(), await ctx.addresses()
    saved = next((entry for entry in book if entry.is_default), book[0] if book else None)
    postal = saved.address if saved else None
    if postal is not None and postal.email is None:
        # Digital River's address book may have no email addresses.
        postal = replace(postal, email=(await ctx.shopper()).email)
    return PaymentOptionDropIn(
        postal=postal,
        flow=DropInFlow.MANAGE_PAYMENT_METHODS,
        usage=usage or SourceUsage.CONVENIENCE,
        locale=session.locale,
    )
