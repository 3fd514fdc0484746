"""Formats amounts of money for display."""

from gateway import money
from gateway.money import Money
from gateway.operation.context import Context


def formatted(parent: Money, ctx: Context) -> str:
    market, session = ctx.operation.market, ctx.operation.session
    if market is not None:
        return money.formatted(parent, market.locale)
    return money.formatted(parent, session.locale if session else ctx.settings.locales[0][0])
