"""Finds the owner of the caller's cart, before attempts or locks of this owner are looked up.

All sessions of a registered shopper share their attempts and locks under the shopper's id.
"""

from gateway.operation.context import Context
from gateway.sessions.record import SessionRecord
from gateway.sessions.sessions import Session
from gateway.upstream.shopper import Shopper


async def session_of_owner(ctx: Context) -> Session:
    """The session of this operation, whose `cart_owner` is known.

    Raises `UpstreamError` if the owner cannot be read now. "There is no submission" would then be a guess.
    """
    session = await ctx.own_session()
    if not session.has_known_owner:
        # The id is missing because Digital River did not return the shopper at the sign-in.
        await record_shopper(ctx, session, await ctx.shopper())
    return session


async def record_shopper(ctx: Context, session: Session, shopper: Shopper) -> None:
    """Store the shopper's id in the session, and the account's locale and currency if the storefront offers them."""
    settings = ctx.settings

    def edit(record: SessionRecord) -> None:
        record.shopper_id = shopper.upstream_id
        if shopper.locale is not None and shopper.locale in settings.currencies_by_locale:
            record.locale = shopper.locale
        if shopper.currency is not None and shopper.currency in settings.currencies:
            record.currency_code = shopper.currency

    await ctx.services.sessions.change(session, edit)
