"""Formats amounts of money for display."""

from gateway import money
from gateway.money import Money
from gateway.operation.context import Context


def formatted(parent: Money, ctx: Context) -> str:
    return money.displayable_text(parent) or money.formatted(parent, _locale(ctx))


def _locale(ctx: Context) -> str:
    market, session = ctx.operation.market, ctx.operation.session
    if market is not None:
        return market.locale
    return session.locale if session else ctx.settings.locales[0][0]
