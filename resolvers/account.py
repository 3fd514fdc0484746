"""Signing in: a visit becomes somebody's, and nothing of the cart vanishes silently."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from gateway.context import Context
from gateway.enums import CartTransitionOutcome, ErrorCode, SessionDelivery, SessionLevel, WarningCode
from gateway.errors import RateLimited, SessionExpired, UpstreamError, UpstreamRefusal
from gateway.replays import Warning
from gateway.session import Handle, Record, Session
from gateway.upstream.cart import Cart
from gateway.upstream.client import Upstream
from gateway.upstream.ids import global_id
from gateway.upstream.oauth import Tokens
from gateway.upstream.shopper import Shopper
from gateway.user_errors import AnyUserError, CredentialError, Path, too_many
from resolvers import carts, sessions
from resolvers.carts import Refused
from resolvers.inputs import SignIn
from resolvers.payloads import CartTransition, SignInPayload

Ask = Callable[[Upstream, str | None], Awaitable[Tokens]]
"""Asks upstream for a full token, given a guest's token whose cart is to follow."""

OUR_OWN_FAULT = frozenset({"invalid_client", "rate-limit-quota-exceeded"})
"""Refusals of a token that say nothing about the shopper's credentials."""

CART_UNREAD = Warning(
    WarningCode.OTHER, "The cart could not be read after the sign-in. Compare it with the guest's once it can be read."
)


@dataclass(frozen=True)
class Entered:
    """What became of the visit."""

    handle: Handle
    transition: CartTransition | None
    warnings: list[Warning]


@dataclass(frozen=True)
class Member:
    """The signed-in shopper, by the identifier alone: a page of their orders need not read who they are."""

    upstream_id: str

    @property
    def id(self) -> str:
        return global_id("Shopper", self.upstream_id)

    @property
    def typename(self) -> str:
        return "Shopper"


async def shopper(ctx: Context) -> Member | Shopper | None:
    """The signed-in shopper; None for a guest, without a call."""
    session = await ctx.session()
    if session is None or session.level is not SessionLevel.REGISTERED:
        return None
    known = session.record.shopper_id
    return await ctx.shopper() if known is None else Member(known)


async def shopper_of(parent: Session | Cart, ctx: Context) -> Member | Shopper | None:
    return await shopper(ctx)


async def external_reference_id(parent: Member | Shopper, ctx: Context) -> str | None:
    return (await _profile(parent, ctx)).external_reference_id


async def first_name(parent: Member | Shopper, ctx: Context) -> str | None:
    return (await _profile(parent, ctx)).first_name


async def last_name(parent: Member | Shopper, ctx: Context) -> str | None:
    return (await _profile(parent, ctx)).last_name


async def email(parent: Member | Shopper, ctx: Context) -> str | None:
    return (await _profile(parent, ctx)).email


async def _profile(parent: Member | Shopper, ctx: Context) -> Shopper:
    return parent if isinstance(parent, Shopper) else await ctx.shopper()


async def sign_in(ctx: Context, input: SignIn) -> SignInPayload:
    proof = input.credentials.password
    path = ("input", "credentials", "password")
    try:
        await _count(ctx, "sign-in", proof.username.strip().lower(), path)
        entered = await enter(
            ctx,
            lambda upstream, guest: upstream.password_token(proof.username, proof.password, guest),
            input.delivery,
            CredentialError(
                code=ErrorCode.SIGN_IN_FAILED,
                message="The credentials are wrong, or the account is locked.",
                path=path,
            ),
        )
    except Refused as refused:
        return SignInPayload(errors=refused.errors)
    return SignInPayload(
        bearer_token=sessions.told(entered.handle), cart_transition=entered.transition, warnings=entered.warnings
    )


async def _count(ctx: Context, what: str, target: str | None, path: Path) -> None:
    """Count a try against the account and against who tries. Raises `Refused`."""
    try:
        await ctx.gateway.limits.count(what, target and f"account:{target}", f"address:{ctx.caller.address}")
    except RateLimited as limited:
        raise Refused(too_many(limited, path, ctx.gateway.now())) from limited


async def enter(ctx: Context, ask: Ask, delivery: SessionDelivery, failed: AnyUserError) -> Entered:
    """Go on as the shopper whose token `ask` gets. A guest's visit goes on under a new handle, with its cart.

    Raises `Refused`, with `failed` when upstream does not know such a shopper.
    """
    present = await ctx.session()
    if present is not None and present.level is SessionLevel.ANONYMOUS:
        try:
            return await _go_on(ctx, ask, present, failed)
        except SessionExpired:
            ctx.lose_session()
    return await _begin(ctx, ask, delivery, failed)


async def _go_on(ctx: Context, ask: Ask, guest: Session, failed: AnyUserError) -> Entered:
    # Whoever submits this cart at the moment does it as the guest: that is waited for, or refused.
    async with carts.changing(ctx, None):
        before = await carts.present(ctx)
        tokens = await _tokens(ctx, ask, guest.record.access_token, failed)
        session, handle = await ctx.gateway.sessions.promote(guest, tokens)
    ctx.adopt(session, handle)
    return await _entered(ctx, session, handle, before)


async def _begin(ctx: Context, ask: Ask, delivery: SessionDelivery, failed: AnyUserError) -> Entered:
    """A visit of its own. Whoever was signed in before leaves, and nothing of theirs is taken along."""
    left = await ctx.session()
    tokens = await _tokens(ctx, ask, None, failed)
    locale, currency_code = ctx.settings.locales[0]
    if left is not None:
        delivery = left.delivery
        await sessions.leave(ctx, left)
    session, handle = await ctx.gateway.sessions.begin_registered(tokens, delivery, locale, currency_code)
    ctx.adopt(session, handle)
    return await _entered(ctx, session, handle, None)


async def _tokens(ctx: Context, ask: Ask, guest_token: str | None, failed: AnyUserError) -> Tokens:
    try:
        return await ask(ctx.upstream, guest_token)
    except UpstreamRefusal as refusal:
        if refusal.reason == "dr_limited_token_invalid" and guest_token is not None:
            # The guest is gone, the credentials were not looked at. What the cart has lost is told.
            return await _tokens(ctx, ask, None, failed)
        if refusal.status in (400, 401) and refusal.reason not in OUR_OWN_FAULT:
            raise Refused(failed) from refusal
        raise Refused(sessions.upstream_error(ctx, refusal, ())) from refusal
    except UpstreamError as failure:
        raise Refused(sessions.upstream_error(ctx, failure, ())) from failure


async def _entered(ctx: Context, session: Session, handle: Handle, before: Cart | None) -> Entered:
    after, found = await asyncio.gather(ctx.cart(), ctx.shopper(), return_exceptions=True)
    if isinstance(found, Shopper):
        await _note(ctx, session, found)
    elif not isinstance(found, UpstreamError):
        raise found
    if isinstance(after, Cart):
        return Entered(handle, *_compare(before, after))
    if not isinstance(after, UpstreamError):
        raise after
    return Entered(handle, None, [CART_UNREAD])


async def _note(ctx: Context, session: Session, shopper: Shopper) -> None:
    """Remember who it is, and the market upstream shows them, where the storefront has it."""
    offered = dict(ctx.settings.locales)

    def note(record: Record) -> None:
        record.shopper_id = shopper.upstream_id
        if shopper.locale is not None and shopper.locale in offered:
            record.locale = shopper.locale
        if shopper.currency is not None and shopper.currency in offered.values():
            record.currency_code = shopper.currency

    await ctx.gateway.sessions.change(session, note)


def _compare(before: Cart | None, after: Cart) -> tuple[CartTransition, list[Warning]]:
    """What became of the guest's cart, with a warning for every product of which there is less."""
    had, has = _units(before), _units(after)
    lost = {product_id: quantity for product_id, quantity in had.items() if has[product_id] < quantity}
    if not had:
        outcome = CartTransitionOutcome.WAS_EMPTY
    elif lost:
        outcome = CartTransitionOutcome.CHANGED
    else:
        outcome = CartTransitionOutcome.KEPT if had == has else CartTransitionOutcome.MERGED
    warnings = [_lost(product_id, quantity, has[product_id]) for product_id, quantity in lost.items()]
    return CartTransition(outcome, had.total(), has.total()), warnings


def _units(cart: Cart | None) -> Counter[str]:
    units: Counter[str] = Counter()
    for line in cart.lines if cart is not None else []:
        units[line.product.upstream_id] += line.quantity
    return units


def _lost(product_id: str, before: int, after: int) -> Warning:
    return Warning(
        WarningCode.CART_CHANGED_BY_SIGN_IN,
        f"The guest's cart had {before} of this product, the cart has {after} after the sign-in.",
        global_id("Product", product_id),
    )
