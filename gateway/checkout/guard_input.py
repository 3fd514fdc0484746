"""What the guard looks at, read: the cart, and what only some carts or refusals make worth a call."""

import contextlib

from gateway.checkout import guard
from gateway.errors import UpstreamError, UpstreamRefusal
from gateway.operation.context import Context
from gateway.payments.payment_session import facts_of
from gateway.upstream.cart import Cart


async def case_of(
    ctx: Context,
    cart: Cart,
    agreement: guard.Agreement | None = None,
    refused: UpstreamRefusal | None = None,
) -> guard.Case:
    """What the guard looks at. Stock and tax rules are read only where the cart or a refusal asks for it."""
    session = await ctx.own_session()
    lacks_stock = guard.complains_of_stock(cart) or (refused is not None and refused.reason in guard.STOCK_CODES)
    stock = None
    # Credit does not go with what is sold before it is there, which a cart does not tell.
    may_wait = refused is not None and cart.secondary_source is not None
    if lacks_stock or may_wait:
        try:
            stock = await ctx.services.catalog.inventory([line.product.upstream_id for line in cart.lines])
        except UpstreamError:
            stock = None  # Then every line may be meant.
    was_tax_refused = refused is not None and refused.reason in guard.TAX_CODES
    requirements = None
    if was_tax_refused or guard.needs_tax_requirements(cart, ctx.settings):
        with contextlib.suppress(UpstreamError):  # The guard says that it does not know.
            requirements = await ctx.tax_requirements()
    return guard.Case(
        cart=cart,
        facts=facts_of(session),
        settings=ctx.settings,
        now=ctx.services.now(),
        lacks_stock=lacks_stock,
        stock=stock,
        tax_requirements=requirements,
        agreement=agreement,
    )
