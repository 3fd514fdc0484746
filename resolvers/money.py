"""Formats amounts of money for display."""

from gateway.amounts.money import Money, displayed
from gateway.operation.context import Context
from gateway.operation.language import locale_of


def formatted(parent: Money, ctx: Context) -> str:
    return displayed(parent, locale_of(ctx))
