"""Amounts as people read them."""

from gateway.context import Context
from gateway.money import Money
from gateway.money import formatted as text_of


async def formatted(parent: Money, ctx: Context) -> str:
    session = ctx.operation.session
    return text_of(parent, session.locale if session else ctx.settings.locales[0][0])
