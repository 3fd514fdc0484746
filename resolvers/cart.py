"""The active cart."""

from gateway.operation.context import Context
from gateway.refusals.warnings import MutationWarning
from gateway.upstream.cart import Cart
from gateway.upstream.tax import TaxIdentifierRequirement
from resolvers.cart_edits import warnings_of
from resolvers.payloads import Payload


async def cart(ctx: Context) -> Cart | None:
    return await ctx.cart() if await ctx.session() else None


async def cart_after(parent: Payload, ctx: Context) -> Cart | None:
    """The cart after a change. It is read only if the operation selects the field `cart` of the payload."""
    return await cart(ctx)


async def tax_identifier_requirements(parent: Cart, ctx: Context) -> list[TaxIdentifierRequirement]:
    return await ctx.tax_requirements()


def warnings(parent: Cart, ctx: Context) -> list[MutationWarning]:
    return warnings_of(parent)
