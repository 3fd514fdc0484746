"""Reads the input of the checkout guard: the cart, and if needed the stock and the tax rules."""

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from gateway.amounts.money import Money
from gateway.errors import UpstreamError, UpstreamRefusal
from gateway.operation.cart_owner import session_of_owner
from gateway.operation.context import Context
from gateway.payments.payment_session import PaymentSession, payment_session
from gateway.settings.settings import Settings
from gateway.upstream import refusal_codes
from gateway.upstream.cart import Cart
from gateway.upstream.catalog import InventoryStatus
from gateway.upstream.lines import CartLine
from gateway.upstream.tax import TaxIdentifierRequirement

STOCK_CODES = frozenset({refusal_codes.INVENTORY_UNAVAILABLE, refusal_codes.INVENTORY_STATUS})
"""Error codes with which Digital River reports that the stock is too low for the cart."""

TAX_CODES = frozenset({refusal_codes.INVALID_TAX_REGISTRATIONS})
"""Error codes that report invalid tax identifiers. After such an error, the tax rules are read."""


@dataclass(frozen=True)
class Agreement:
    """The total, the cart revision and the terms of sale that the shopper agreed to when submitting."""

    total: Money
    revision: str | None
    accepts_terms: bool


@dataclass(frozen=True)
class GuardInput:
    """Input of the checkout guard.

    `lacks_stock` is True if Digital River reported too little stock. `stock` is the stock by product id. If
    `lacks_stock` is True and `stock` is None, the guard returns a blocker for every line. `tax_requirements` is
    None if the tax rules are not needed or could not be read.
    """

    cart: Cart
    payment_session: PaymentSession | None
    settings: Settings
    now: datetime
    lacks_stock: bool = False
    stock: Mapping[str, InventoryStatus] | None = None
    tax_requirements: list[TaxIdentifierRequirement] | None = None
    agreement: Agreement | None = None
    unsettled_until: datetime | None = None
    """Time until which an earlier change of the cart may still arrive at Digital River; None if there is none."""
    was_abandoned: bool = False
    """Whether the shopper gave up the order of this cart. `detachSource` then continues with a new cart."""

    @property
    def accepts_terms(self) -> bool:
        """Whether the submit request accepts the terms of sale."""
        return self.agreement is not None and self.agreement.accepts_terms

    def stock_of(self, line: CartLine) -> InventoryStatus | None:
        return self.stock.get(line.product.upstream_id) if self.stock else None

    @property
    def needs_tax_requirements(self) -> bool:
        return needs_tax_requirements(self.cart, self.settings)


def needs_tax_requirements(cart: Cart, settings: Settings) -> bool:
    """Whether the destination may require a tax identifier, and the cart has no tax identifier."""
    return cart.destination_country in settings.tax_identifier_countries and not cart.tax_identifiers


async def unsettled_until(ctx: Context) -> datetime | None:
    """Time until which an earlier change of the caller's cart may still arrive; None if there is none."""
    session = await session_of_owner(ctx)
    return await ctx.services.cart_change_lock.unsettled_until(session.cart_owner)


async def read_guard_input(
    ctx: Context,
    cart: Cart,
    agreement: Agreement | None = None,
    refused: UpstreamRefusal | None = None,
    *,
    unsettled_until: datetime | None,
) -> GuardInput:
    """The input of the checkout guard. Stock and tax rules are read only if the cart or an error requires them.

    `unsettled_until` is the result of the function with this name. Before a submission, it is called before the cart is
    read: a late change could arrive in between.
    """
    session = await ctx.own_session()
    lacks_stock = any(code in STOCK_CODES for code in cart.refusals) or (
        refused is not None and refused.reason in STOCK_CODES
    )
    # Store credit cannot pay for pre-orders and backorders, and only the stock shows which lines are backorders.
    may_be_backorder = refused is not None and cart.secondary_source is not None
    stock = None
    if lacks_stock or may_be_backorder:
        # If this read fails and `lacks_stock` is True, the guard returns a blocker for every line.
        with contextlib.suppress(UpstreamError):
            stock = await ctx.services.catalog.stock(cart.product_ids, past_cache=True)
    requirements = None
    was_tax_refused = refused is not None and refused.reason in TAX_CODES
    if was_tax_refused or needs_tax_requirements(cart, ctx.settings):
        with contextlib.suppress(UpstreamError):  # If this read fails, the guard adds a `CheckUnavailableBlocker`.
            requirements = await ctx.tax_requirements()
    return GuardInput(
        cart=cart,
        payment_session=payment_session(cart, session),
        settings=ctx.settings,
        now=ctx.services.now(),
        lacks_stock=lacks_stock,
        stock=stock,
        tax_requirements=requirements,
        agreement=agreement,
        unsettled_until=unsettled_until,
        was_abandoned=await ctx.services.attempts.was_abandoned(session, cart),
    )
