"""Changes the cart while holding its lock. Before the change, the gateway checks that no submission locks the cart, and
that the cart has the expected revision. Failures become errors of the payload.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

from gateway.checkout.guard_input import STOCK_CODES
from gateway.enums import ErrorCode, WarningCode
from gateway.errors import ConcurrentRequest, StoreUnavailable, UpstreamError, UpstreamRefusal
from gateway.operation.cart_owner import session_of_owner
from gateway.operation.context import Context
from gateway.payments import store_credit
from gateway.refusals.user_errors import AnyUserError, CartConflictError, Path, store_lost, store_unavailable
from gateway.refusals.warnings import MutationWarning
from gateway.sessions.token_renewal import FRESH_FOR_CHECKOUT
from gateway.submission import store_loss
from gateway.upstream import refusal_codes
from gateway.upstream.cart import Cart
from gateway.upstream.payment import waits_for_shopper
from resolvers.failures import Refused, logged_error
from resolvers.payloads import Payload

WARNINGS = {
    "couponcode_not_eligible": WarningCode.COUPON_NOT_YET_ELIGIBLE,
    "couponcode_not_elegible": WarningCode.COUPON_NOT_YET_ELIGIBLE,
    "tax_service_invalid_hscode_warning": WarningCode.LANDED_COST_INCOMPLETE,
}
"""Warning codes of the graph. The keys are codes of Digital River in lower case. Digital River spells one of its codes
in two ways.
"""

WARNING_MESSAGES = {
    WarningCode.COUPON_NOT_YET_ELIGIBLE: "The coupon code is accepted and takes effect once the cart meets the "
    "conditions of the coupon.",
    WarningCode.LANDED_COST_INCOMPLETE: "Import duty may be missing from the total.",
    WarningCode.OTHER: "Digital River reports a warning that this gateway does not know.",
}

NO_LONGER_COVERED = MutationWarning(
    WarningCode.PAYMENT_NO_LONGER_COVERED,
    "The total is now above the store credit on the cart. Attach a source for the remaining amount, or apply "
    "more store credit.",
)


CART_LOCKED = "A submission of this cart is in progress or in doubt. Read `orderSubmission` first."

CART_WAITS = (
    "The order of this cart waits for the shopper's approval, so the cart cannot change. Send the shopper to the "
    "provider's page, then call `resumeOrder`. A guest may pay another way after `detachSource`."
)


def warnings_of(cart: Cart) -> list[MutationWarning]:
    codes = [WARNINGS.get(code.lower(), WarningCode.OTHER) for code in cart.warning_codes]
    return [MutationWarning(code, WARNING_MESSAGES[code]) for code in dict.fromkeys(codes)]


async def edit(
    ctx: Context, if_revision: str | None, change: Callable[[], Awaitable[Payload]], *, pays: bool = False
) -> Payload:
    """Run `change` while holding the lock of the cart. If the change is refused, the payload contains the errors.

    `pays`: whether the change may let the cart become an order, as attaching a source does.
    """
    try:
        async with locked_cart(ctx, if_revision, pays=pays):
            try:
                return await _with_coverage_warning(ctx, await change())
            except StoreUnavailable as failure:
                raise Refused(store_lost(ctx.caller.request_id)) from failure
    except Refused as refused:
        return Payload(errors=refused.errors)


@asynccontextmanager
async def locked_cart(ctx: Context, if_revision: str | None, *, pays: bool = False) -> AsyncIterator[None]:
    """Hold the lock of the cart. Raises `Refused` if a submission locks the cart, if an order whose record was lost may
    still buy it, or if the cart's revision is not `if_revision`.
    """
    try:
        session = await session_of_owner(ctx)
        async with locked_owner(ctx, session.cart_owner, CART_LOCKED):
            # Another request may have changed the cart after an earlier mutation of this operation read it.
            ctx.forget_cart()
            # The token is renewed now so that it does not expire during the checkout.
            await ctx.access_token(session, good_for=FRESH_FOR_CHECKOUT)
            await _check_lost_records(store_loss.refuse_change(ctx, session, pays=pays), ctx)
            await _check_revision(ctx, if_revision)
            yield
    except (UpstreamError, ConcurrentRequest) as failure:
        raise Refused(logged_error(ctx, failure)) from failure


@asynccontextmanager
async def locked_owner(ctx: Context, owner: str, locked_message: str) -> AsyncIterator[None]:
    """Hold the lock of an owner's cart. Raises `Refused` with `locked_message` if a submission locks the cart, and
    `CartBusy` if another change holds the lock.
    """
    await _check_no_submission(ctx, owner, locked_message)
    async with ctx.services.cart_change_lock.hold(owner, ctx.operation.deadline_at) as lease:
        # A submission may have started during the wait for the lock.
        await _check_no_submission(ctx, owner, locked_message)
        await ctx.reload_session(await ctx.own_session())
        with ctx.holding(lease):
            yield


async def _check_no_submission(ctx: Context, owner: str, locked_message: str) -> None:
    if await ctx.services.submission_lock.locks_cart(owner):
        raise Refused(CartConflictError(code=ErrorCode.CART_LOCKED, message=locked_message))


async def _check_lost_records(check: Awaitable[None], ctx: Context) -> None:
    try:
        await check
    except StoreUnavailable as failure:
        raise Refused(store_unavailable(failure, ctx.caller.request_id)) from failure


async def check_sign_in(ctx: Context) -> None:
    """Raises `Refused` if an order whose record was lost may still buy the account's cart."""
    await _check_lost_records(store_loss.refuse_sign_in(ctx), ctx)


async def _check_revision(ctx: Context, if_revision: str | None) -> None:
    if if_revision is None:
        return
    path = ("input", "ifRevision")
    revision = (await current_cart(ctx, path)).revision
    if revision != if_revision:
        raise Refused(
            CartConflictError(
                code=ErrorCode.CART_REVISION_MISMATCH,
                message="The cart no longer has the revision in `ifRevision`. Read the cart, then repeat the change.",
                path=path,
                current_revision=revision,
            )
        )


async def current_cart(ctx: Context, path: Path = ()) -> Cart:
    """The current cart. Raises `Refused` with an error at `path` when the cart cannot be read."""
    try:
        return await ctx.cart()
    except UpstreamError as failure:
        raise Refused(logged_error(ctx, failure, path)) from failure


async def _with_coverage_warning(ctx: Context, payload: Payload) -> Payload:
    """The payload, with a warning if store credit alone paid the whole cart before the change and no longer does.

    The cart is read only if it had store credit and no other source when it was last read.
    """
    session = await ctx.own_session()
    covered = session.record.checkout_memory.credit_covers
    if covered is None:
        return payload
    try:
        covers = store_credit.covers_alone(await ctx.cart())
    except UpstreamError:
        return payload  # The next change that can read the cart adds the warning.
    if covers is covered:
        return payload
    await ctx.services.sessions.update_checkout_memory(session, lambda memory: setattr(memory, "credit_covers", covers))
    return replace(payload, warnings=[*payload.warnings, NO_LONGER_COVERED]) if covers is False else payload


async def send(ctx: Context, call: Callable[[], Awaitable[Cart | None]], *, path: Path) -> Payload:
    """Send a change to Digital River. A failure becomes an error of the payload at `path`. If the answer contains the
    cart, the rest of the operation uses this cart.
    """
    ctx.forget_cart()
    try:
        cart = await call()
    except UpstreamError as failure:
        ctx.forget_cart()
        return Payload(errors=[await _error_of(ctx, failure, path)])
    if cart is None:
        ctx.forget_cart()
        return Payload()
    if codes := refusals_beside(cart):
        ctx.forget_cart()
        refusal = UpstreamRefusal(409, codes[0])
        return Payload(errors=[logged_error(ctx, refusal, path)], warnings=warnings_of(cart))
    ctx.remember_cart(cart)
    return Payload(warnings=warnings_of(cart))


async def _error_of(ctx: Context, failure: UpstreamError, path: Path) -> AnyUserError:
    """The failure of a change as a user error.

    Digital River refuses every change of a cart whose order waits for the shopper, with a code that has other causes.
    """
    error = logged_error(ctx, failure, path)
    if not isinstance(failure, UpstreamRefusal) or failure.reason != refusal_codes.CART_FAILURE:
        return error
    try:
        cart = await ctx.cart()
    except UpstreamError:
        return error
    return cart_waits(path) if waits_for_shopper(cart.payment_session) else error


def cart_waits(path: Path) -> CartConflictError:
    return CartConflictError(code=ErrorCode.CART_LOCKED, message=CART_WAITS, path=path, waits_for_shopper=True)


def refusals_beside(cart: Cart) -> list[str]:
    """The refusal codes that Digital River has sent together with a cart.

    Codes about stock are omitted, because they may be about any line of the cart. The checkout guard reports missing
    stock.
    """
    return [code for code in cart.refusals if code not in STOCK_CODES]
