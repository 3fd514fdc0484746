"""Signs a shopper in, and reports every product of the guest cart that was lost."""

import asyncio
import contextlib
import logging
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from gateway.enums import CartTransitionOutcome, ErrorCode, SessionDelivery, SessionLevel, WarningCode
from gateway.errors import RateLimited, SessionExpired, StoreUnavailable, UpstreamError, UpstreamRefusal
from gateway.operation.cart_owner import record_shopper
from gateway.operation.context import Context
from gateway.refusals.refusal_to_user_error import cause_of
from gateway.refusals.user_errors import AnyUserError, CartConflictError, CredentialError, Path, rate_limited
from gateway.refusals.warnings import MutationWarning
from gateway.sessions.assertion_refused import AssertionRefused
from gateway.sessions.handle import Handle
from gateway.sessions.sessions import Session
from gateway.store.rate_limits import address_key, target_of
from gateway.telemetry.logs import FOLDED
from gateway.upstream import refusal_codes
from gateway.upstream.cart import Cart
from gateway.upstream.client import Upstream
from gateway.upstream.ids import global_id
from gateway.upstream.oauth import Tokens
from gateway.upstream.shopper import Shopper
from resolvers import cart_edits, sessions
from resolvers.failures import Refused, logged_error
from resolvers.inputs.session import SignInInput
from resolvers.payloads import CartTransition, SignInPayload

log = logging.getLogger(__name__)

RequestTokens = Callable[[Upstream, str | None], Awaitable[Tokens]]
"""Function that requests the tokens of a registered shopper. Its second argument is the token of a guest, or None. The
shopper gets the cart of this guest.
"""

CART_UNREAD = MutationWarning(
    WarningCode.OTHER, "The cart could not be read after the sign-in. Read `cart` and compare it with the guest cart."
)


ACCOUNT_LOCKED = (
    "An order of this account is in progress or in doubt, and the sign-in would change its cart. Sign in again later."
)

ACCOUNT_WAITS = (
    "An order of this account waits for the shopper's approval, and the sign-in would replace its cart. Finish the "
    "order first, buy as a guest, or call `signOut` and sign in without the guest cart."
)


@dataclass(frozen=True)
class SignedIn:
    """The result of a sign-in: the new handle of the session, and what happened to the guest cart."""

    handle: Handle
    transition: CartTransition | None
    warnings: list[MutationWarning]


async def sign_in(ctx: Context, args: SignInInput) -> SignInPayload:
    try:
        signed_in = await _sign_in(ctx, args)
    except Refused as refused:
        return SignInPayload(errors=refused.errors)
    return SignInPayload(
        bearer_token=sessions.bearer_token(signed_in.handle),
        cart_transition=signed_in.transition,
        warnings=signed_in.warnings,
    )


async def _sign_in(ctx: Context, args: SignInInput) -> SignedIn:
    password, assertion = args.credentials.password, args.credentials.merchant_assertion
    path = ("input", "credentials", "merchantAssertion" if password is None else "password")
    message = "The credentials are wrong, or the account is locked. Ask the shopper for other credentials."
    failed = CredentialError(code=ErrorCode.SIGN_IN_FAILED, message=message, path=path)
    if await ctx.session() is None:
        ctx.caller.check_new_session(args.delivery)
    if password is not None:
        await count_sign_in(ctx, password.username, path)
        signed_in = await sign_in_with(ctx, by_password(password.username, password.password), args.delivery, failed)
        await remember_address(ctx, password.username)
        return signed_in
    await count_sign_in(ctx, None, path)
    try:
        reference = await ctx.services.merchant_assertions.use(assertion or "")
    except AssertionRefused as refusal:
        log.warning("merchant assertion refused", extra={"reason": str(refusal), **FOLDED})
        raise Refused(failed) from refusal
    return await sign_in_with(ctx, _by_reference(reference), args.delivery, failed)


def by_password(username: str, password: str) -> RequestTokens:
    return lambda upstream, guest_token: upstream.tokens.password_token(username, password, guest_token)


def _by_reference(reference: str) -> RequestTokens:
    return lambda upstream, guest_token: upstream.tokens.reference_token(reference, guest_token)


async def count_sign_in(ctx: Context, username: str | None, path: Path) -> None:
    """Count a sign-in attempt for the account and for the client address. Raises `Refused` if one of them has too many
    attempts.

    An address from which the shopper has signed in before has attempts of its own. Otherwise, a stranger who guesses
    passwords would keep the shopper out.
    """
    limits, account = ctx.services.rate_limits, None
    try:
        if username is not None:
            own_address = _account_at_address(ctx, username)
            account = own_address if await limits.is_known(own_address) else target_of("account", username)
        await limits.count("sign-in", account, address_key(ctx.caller.nearest_address))
    except RateLimited as limited:
        raise Refused(rate_limited(limited, path, ctx.services.now())) from limited


async def remember_address(ctx: Context, username: str) -> None:
    """Remember that the shopper has signed in to this account from the client address."""
    await ctx.services.rate_limits.remember(_account_at_address(ctx, username))


def _account_at_address(ctx: Context, username: str) -> str:
    return f"{target_of('account', username)} at {address_key(ctx.caller.nearest_address)}"


async def sign_in_with(
    ctx: Context, request: RequestTokens, delivery: SessionDelivery, failed: AnyUserError
) -> SignedIn:
    """Sign in the shopper with the tokens that `request` returns. A guest session becomes the shopper's session and
    gets a new handle.

    If Digital River rejects the credentials, raises `Refused` with the error `failed`. After any other failure, raises
    `Refused` with another error.
    """
    present = await ctx.session()
    if present is not None:
        delivery = present.delivery
    if present is not None and present.level is SessionLevel.ANONYMOUS:
        try:
            session, handle, guest_cart, account = await _promote(ctx, request, present, failed)
        except SessionExpired:
            await ctx.session_has_ended()
        else:
            ctx.adopt(session, handle)
            if account is not None:
                ctx.remember_shopper(account)
            return await _signed_in(ctx, session, handle, guest_cart)
    warnings = sessions.restart_warnings(ctx)
    session, handle = await _new_session(ctx, request, sessions.delivery_of_new_session(ctx, delivery), failed)
    ctx.adopt(session, handle)
    signed_in = await _signed_in(ctx, session, handle, None)
    return replace(signed_in, warnings=[*warnings, *signed_in.warnings])


async def _promote(
    ctx: Context, request: RequestTokens, guest: Session, failed: AnyUserError
) -> tuple[Session, Handle, Cart, Shopper | None]:
    """Make a guest session the shopper's session. Returns the session, its new handle, the guest cart, and the shopper
    if the shopper was read.
    """
    # A submission of the guest cart must end before its session changes.
    async with cart_edits.locked_cart(ctx, None):
        guest_cart = await cart_edits.current_cart(ctx)
        if guest_cart.is_empty and not guest_cart.lacks_lines:
            tokens = await _tokens(ctx, request, None, failed)
            return *await ctx.services.sessions.promote(guest, tokens), guest_cart, None
        # Digital River changes the account's cart as soon as it gets the guest's token. Another device of the shopper
        # may be buying that cart, so its lock is held.
        account = await _account(ctx, request, failed)
        async with cart_edits.locked_owner(ctx, account.upstream_id, ACCOUNT_LOCKED):
            if await ctx.services.submission_lock.holder_for(account.upstream_id) is not None:
                raise Refused(CartConflictError(code=ErrorCode.CART_LOCKED, message=ACCOUNT_WAITS))
            await cart_edits.check_sign_in(ctx)
            await ctx.services.cart_change_lock.carry_over(guest.cart_owner, account.upstream_id)
            tokens = await _tokens(ctx, request, guest.record.access_token, failed)
            # An order of the guest that waits for approval needs the account's cart from now on.
            await ctx.services.submission_lock.extend_to(account.upstream_id, guest)
            return *await ctx.services.sessions.promote(guest, tokens), guest_cart, account


async def _account(ctx: Context, request: RequestTokens, failed: AnyUserError) -> Shopper:
    """The account of the credentials, read without the guest's token. The account's cart does not change."""
    tokens = await _tokens(ctx, request, None, failed)
    return await ctx.upstream.account.shopper(tokens.access_token)


async def _new_session(
    ctx: Context, request: RequestTokens, delivery: SessionDelivery, failed: AnyUserError
) -> tuple[Session, Handle]:
    """A new session of the shopper, and its handle. If a shopper is already signed in, that shopper's session is ended
    first.
    """
    previous = await ctx.session()
    ctx.caller.check_new_session(delivery)
    async with ctx.services.sessions.reserved(delivery) as handle:
        tokens = await _tokens(ctx, request, None, failed)
        locale, currency_code = ctx.settings.locales[0]
        if previous is not None:
            await sessions.end(ctx, previous)
        session = await ctx.services.sessions.begin(
            SessionLevel.REGISTERED, tokens, handle, locale, currency_code, earlier=ctx.operation.earlier_submissions
        )
    return session, handle


async def _tokens(ctx: Context, request: RequestTokens, guest_token: str | None, failed: AnyUserError) -> Tokens:
    try:
        return await request(ctx.upstream, guest_token)
    except UpstreamRefusal as refusal:
        if refusal.reason == refusal_codes.LIMITED_TOKEN_INVALID and guest_token is not None:
            # The guest's token has expired, and Digital River has not checked the credentials. Repeat the sign-in
            # without this token. The guest cart is then lost.
            return await _tokens(ctx, request, None, failed)
        # A refusal by the rate limit does not mean that the credentials are wrong.
        if refusal.status in (400, 401) and cause_of(refusal) is not ErrorCode.RATE_LIMITED:
            raise Refused(failed) from refusal
        raise Refused(logged_error(ctx, refusal)) from refusal
    except UpstreamError as failure:
        raise Refused(logged_error(ctx, failure)) from failure


async def _signed_in(ctx: Context, session: Session, handle: Handle, guest_cart: Cart | None) -> SignedIn:
    cart, shopper = await asyncio.gather(ctx.cart(), ctx.shopper(), return_exceptions=True)
    if isinstance(shopper, Shopper):
        # The client must get the new handle even if the store fails, because the shopper is already signed in.
        with contextlib.suppress(StoreUnavailable):
            await record_shopper(ctx, session, shopper)
    elif not isinstance(shopper, UpstreamError):
        raise shopper
    if isinstance(cart, Cart):
        return SignedIn(handle, *_compare(guest_cart, cart))
    if not isinstance(cart, UpstreamError):
        raise cart
    return SignedIn(handle, None, [CART_UNREAD])


def _compare(guest_cart: Cart | None, cart: Cart) -> tuple[CartTransition, list[MutationWarning]]:
    """Compare the guest cart with the cart after the sign-in. Returns the change, and a warning for each product whose
    quantity is lower after the sign-in.
    """
    before, after = _quantities(guest_cart), _quantities(cart)
    reduced = {product_id: quantity for product_id, quantity in before.items() if after[product_id] < quantity}
    if not before:
        outcome = CartTransitionOutcome.WAS_EMPTY
    elif reduced:
        outcome = CartTransitionOutcome.CHANGED
    else:
        outcome = CartTransitionOutcome.KEPT if before == after else CartTransitionOutcome.MERGED
    warnings = [_reduced(product_id, quantity, after[product_id]) for product_id, quantity in reduced.items()]
    return CartTransition(outcome, before.total(), after.total()), warnings


def _quantities(cart: Cart | None) -> Counter[str]:
    quantities: Counter[str] = Counter()
    for line in cart.lines if cart is not None else []:
        quantities[line.product.upstream_id] += line.quantity or 0
    return quantities


def _reduced(product_id: str, before: int, after: int) -> MutationWarning:
    return MutationWarning(
        WarningCode.CART_CHANGED_BY_SIGN_IN,
        f"The guest cart had {before} units of this product. The cart has {after} units after the sign-in.",
        global_id("Product", product_id),
        {"before": before, "after": after},
    )
