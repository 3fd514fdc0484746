"""Amounts as programs and as people read them."""

from decimal import Decimal

from gateway.context import Context
from gateway.money import Money, plain
from gateway.money import formatted as text_of


def amount(parent: Money, ctx: Context) -> Decimal:
    return plain(parent)


def formatted(parent: Money, ctx: Context) -> str:
    session = ctx.operation.session
    return text_of(parent, session.locale if session else ctx.settings.locales[0][0])
