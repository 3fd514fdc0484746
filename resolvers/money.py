"""Amounts as programs and as people read them."""

from decimal import Decimal

from gateway.money import Money, plain
from gateway.money import formatted as text_of
from gateway.operation.context import Context


def amount(parent: Money, ctx: Context) -> Decimal:
    return plain(parent)


def formatted(parent: Money, ctx: Context) -> str:
    market, session = ctx.operation.market, ctx.operation.session
    if market is not None:
        return text_of(parent, market.locale)
    return text_of(parent, session.locale if session else ctx.settings.locales[0][0])
