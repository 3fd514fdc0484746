"""The turn of a cart: every change waits for it, is checked against lock and revision, and is told as data."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

from gateway.checkout.guard_input import STOCK_CODES
from gateway.enums import ErrorCode, WarningCode
from gateway.errors import ConcurrentRequest, StoreUnavailable, UpstreamError, UpstreamRefusal
from gateway.operation.context import Context
from gateway.payments import store_credit
from gateway.refusals.user_errors import AnyUserError, CartConflictError, Path, store_lost
from gateway.refusals.warnings import MutationWarning
from gateway.sessions.sessions import Session
from gateway.sessions.token_renewal import FRESH_FOR_CHECKOUT
from gateway.upstream.cart import Cart
from resolvers import sessions
from resolvers.payloads import Payload

WARNINGS = {
    "couponcode_not_eligible": WarningCode.COUPON_NOT_YET_ELIGIBLE,
    "couponcode_not_elegible": WarningCode.COUPON_NOT_YET_ELIGIBLE,
    "tax_service_invalid_hscode_warning": WarningCode.LANDED_COST_INCOMPLETE,
}
WARNING_MESSAGES = {
    WarningCode.COUPON_NOT_YET_ELIGIBLE: "The code is accepted and takes effect once the cart meets its conditions.",
    WarningCode.LANDED_COST_INCOMPLETE: "Import duty may be missing from the total.",
    WarningCode.OTHER: "Digital River has a remark on the cart that this gateway does not know.",
}

NO_LONGER_COVERED = MutationWarning(
    WarningCode.PAYMENT_NO_LONGER_COVERED,
    "The total has grown beyond the store credit on the cart. Attach a source for what remains, or apply more credit.",
)


class Refused(Exception):
    """A change that stops here, with the errors to tell."""

    def __init__(self, *errors: AnyUserError) -> None:
        super().__init__()
        self.errors = list(errors)


def warnings_of(cart: Cart) -> list[MutationWarning]:
    codes = [WARNINGS.get(code.lower(), WarningCode.OTHER) for code in cart.warning_codes]
    return [MutationWarning(code, WARNING_MESSAGES[code]) for code in dict.fromkeys(codes)]


async def change(
    ctx: Context, if_revision: str | None, act: Callable[[], Awaitable[Cart | None]], *, path: Path
) -> Payload:
    """A change of one call."""
    return await in_turn(ctx, if_revision, lambda: write(ctx, act, path=path))


async def in_turn(ctx: Context, if_revision: str | None, act: Callable[[], Awaitable[Payload]]) -> Payload:
    """Do a change in its turn, checked against lock and revision. What is refused is told as data."""
    try:
        async with changing(ctx, if_revision):
            try:
                return await _with_coverage(ctx, await act())
            except StoreUnavailable as failure:
                raise Refused(store_lost(ctx.caller.request_id)) from failure
    except Refused as refused:
        return Payload(errors=refused.errors)


async def _with_coverage(ctx: Context, done: Payload) -> Payload:
    """Tell when the total has grown beyond the store credit that paid all of it. Costs a read only then."""
    session = await ctx.own_session()
    covered = session.record.checkout_memory.credit_covers
    if covered is None:
        return done
    try:
        covers = store_credit.covers_alone(await ctx.cart())
    except UpstreamError:
        return done  # It is told with the next change.
    if covers is covered:
        return done
    await ctx.services.sessions.update_checkout_memory(session, lambda memory: setattr(memory, "credit_covers", covers))
    return replace(done, warnings=[*done.warnings, NO_LONGER_COVERED]) if covers is False else done


@asynccontextmanager
async def changing(ctx: Context, if_revision: str | None) -> AsyncIterator[None]:
    """The turn of this cart. Raises `Refused` while a submission holds it, and when it is at another revision."""
    try:
        session = await sessions.of_a_known_shopper(ctx)
        await _check_lock(ctx, session)
        async with ctx.services.cart_lock.hold(session, ctx.operation.deadline_at):
            # A submission may have begun while this waited.
            await _check_lock(ctx, session)
            # A token that would end during the checkout is renewed before it.
            await ctx.access_token(session, good_for=FRESH_FOR_CHECKOUT)
            await _check_revision(ctx, if_revision)
            yield
    except (UpstreamError, ConcurrentRequest) as failure:
        raise Refused(sessions.upstream_error(ctx, failure, ())) from failure


async def _check_lock(ctx: Context, session: Session) -> None:
    if await ctx.services.attempts.locks_cart(session):
        raise Refused(
            CartConflictError(
                code=ErrorCode.CART_LOCKED,
                message="A submission of this cart is under way or in doubt. Read orderSubmission first.",
            )
        )


async def _check_revision(ctx: Context, if_revision: str | None) -> None:
    if if_revision is None:
        return
    try:
        present = await ctx.cart()
    except UpstreamError as failure:
        raise Refused(sessions.upstream_error(ctx, failure, ("input", "ifRevision"))) from failure
    if present.revision != if_revision:
        raise Refused(
            CartConflictError(
                code=ErrorCode.CART_REVISION_MISMATCH,
                message="The cart has changed since it was shown. Show it again, then repeat the change.",
                path=("input", "ifRevision"),
                current_revision=present.revision,
            )
        )


async def write(ctx: Context, act: Callable[[], Awaitable[Cart | None]], *, path: Path) -> Payload:
    """Send a change. What upstream refuses is told at `path`; the cart is read anew, or is the answer itself."""
    ctx.forget_cart()
    try:
        shown = await act()
    except UpstreamError as failure:
        ctx.forget_cart()
        return Payload(errors=[sessions.upstream_error(ctx, failure, path)])
    if shown is None:
        ctx.forget_cart()
        return Payload()
    if refused := told_beside(shown):
        refusal = UpstreamRefusal(409, refused[0])
        ctx.forget_cart()
        return Payload(errors=[sessions.upstream_error(ctx, refusal, path)], warnings=warnings_of(shown))
    ctx.remember_cart(shown)
    return Payload(warnings=warnings_of(shown))


def told_beside(shown: Cart) -> list[str]:
    """Codes with which a change was refused beside a cart. What is said of stock is about any line; the guard tells
    it.
    """
    return [code for code in shown.refusals if code not in STOCK_CODES]


async def present(ctx: Context) -> Cart:
    """The cart as it is, for a change that depends on it."""
    try:
        return await ctx.cart()
    except UpstreamError as failure:
        raise Refused(sessions.upstream_error(ctx, failure, ())) from failure
