"""The language of an operation: that of the shopper."""

from gateway.operation.context import Context
from gateway.shopper_messages.message import ShopperMessage


def locale_of(ctx: Context) -> str:
    """The locale of the operation's market, else of the session, else the site's own."""
    market, session = ctx.operation.market, ctx.operation.session
    if market is not None:
        return market.locale
    return session.locale if session else ctx.settings.locales[0][0]


def in_language(message: ShopperMessage | None, ctx: Context) -> str | None:
    """A message for the shopper in the language of the operation."""
    return ctx.services.shopper_messages.in_locale(message, locale_of(ctx)) if message is not None else None
