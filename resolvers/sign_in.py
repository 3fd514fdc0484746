"""Signing in: a visit becomes somebody's, and nothing of the cart vanishes silently."""

import asyncio
import contextlib
import hmac
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from uuid import UUID

import msgspec

from gateway.enums import CartTransitionOutcome, ErrorCode, RetryAdvice, SessionDelivery, SessionLevel, WarningCode
from gateway.errors import (
    ConcurrentRequest,
    RateLimited,
    SessionExpired,
    StoreUnavailable,
    UpstreamError,
    UpstreamRefusal,
)
from gateway.operation.context import Context
from gateway.refusals.user_errors import MESSAGES, AnyUserError, CredentialError, Path, cause_of, key_reused, too_many
from gateway.refusals.warnings import MutationWarning
from gateway.sessions.handle import Handle
from gateway.sessions.idempotency import ChangeOutcome, KeyReused, fingerprint
from gateway.sessions.merchant_assertions import AssertionRefused
from gateway.sessions.sessions import Session
from gateway.upstream import refusal_codes
from gateway.upstream.cart import Cart
from gateway.upstream.client import Upstream
from gateway.upstream.endpoints.tokens import encoded_password
from gateway.upstream.ids import global_id
from gateway.upstream.oauth import Tokens
from gateway.upstream.shopper import NewShopper, Shopper
from resolvers import cart_edits, sessions
from resolvers.cart_edits import Refused
from resolvers.inputs.session import RegisterShopperInput, SignInInput
from resolvers.payloads import CartTransition, RegisterShopperPayload, SignInPayload

Ask = Callable[[Upstream, str | None], Awaitable[Tokens]]
"""Asks upstream for a full token, given a guest's token whose cart is to follow."""

NO_KEY = UUID(int=0)

CART_UNREAD = MutationWarning(
    WarningCode.OTHER, "The cart could not be read after the sign-in. Compare it with the guest's once it can be read."
)


@dataclass(frozen=True)
class Entered:
    """What became of the visit."""

    handle: Handle
    transition: CartTransition | None
    warnings: list[MutationWarning]


async def sign_in(ctx: Context, args: SignInInput) -> SignInPayload:
    try:
        entered = await _sign_in(ctx, args)
    except Refused as refused:
        return SignInPayload(errors=refused.errors)
    return SignInPayload(
        bearer_token=sessions.told(entered.handle), cart_transition=entered.transition, warnings=entered.warnings
    )


async def _sign_in(ctx: Context, args: SignInInput) -> Entered:
    password, assertion = args.credentials.password, args.credentials.merchant_assertion
    path = ("input", "credentials", "merchantAssertion" if password is None else "password")
    failed = CredentialError(
        code=ErrorCode.SIGN_IN_FAILED, message="The credentials are wrong, or the account is locked.", path=path
    )
    if password is not None:
        await _count(ctx, password.username.strip().lower(), path)
        return await enter(ctx, by_password(password.username, password.password), args.delivery, failed)
    await _count(ctx, None, path)
    try:
        reference = await ctx.services.merchant_assertions.reference(assertion or "")
    except AssertionRefused as refusal:
        raise Refused(failed) from refusal
    return await enter(ctx, _by_reference(reference), args.delivery, failed)


def by_password(username: str, password: str) -> Ask:
    return lambda upstream, guest: upstream.tokens.password_token(username, password, guest)


def _by_reference(reference: str) -> Ask:
    return lambda upstream, guest: upstream.tokens.reference_token(reference, guest)


async def register_shopper(ctx: Context, args: RegisterShopperInput) -> RegisterShopperPayload:
    """Open an account and sign in to it. A repeat of a call that opened it signs in again."""
    code = ErrorCode.REGISTRATION_FAILED
    failed = CredentialError(code=code, message=MESSAGES[code], path=("input",))
    was_registered = await ctx.reaches(SessionLevel.REGISTERED)
    refused, is_replay = await _register(ctx, args, failed)
    if refused and not _is_in_doubt(refused):
        return RegisterShopperPayload(errors=refused)
    if is_replay and was_registered:
        return RegisterShopperPayload()  # By this very account, whose handle the client has.
    try:
        # Where it is in doubt whether the account was opened, its password tells.
        entered = await enter(ctx, by_password(args.email, args.password), SessionDelivery.COOKIE, failed)
    except Refused as not_entered:
        return RegisterShopperPayload(errors=refused or not_entered.errors)
    return RegisterShopperPayload(
        bearer_token=sessions.told(entered.handle), cart_transition=entered.transition, warnings=entered.warnings
    )


async def _register(ctx: Context, args: RegisterShopperInput, taken: AnyUserError) -> tuple[list[AnyUserError], bool]:
    """Why the account was not opened; nothing when it was. And whether that was by an earlier call of this key."""
    session = await ctx.own_session()
    is_replay = True

    async def open_account() -> ChangeOutcome:
        nonlocal is_replay
        is_replay = False
        account = NewShopper(
            email=args.email,
            password=encoded_password(args.password),
            first_name=args.first_name,
            last_name=args.last_name,
            locale=session.locale,
            currency=session.currency_code,
            accepts_marketing=args.accepts_marketing,
        )
        try:
            await ctx.as_shopper(lambda upstream, token: upstream.account.register_shopper(token, account))
        except UpstreamError as failure:
            return ChangeOutcome([_not_registered(ctx, failure, taken)])
        return ChangeOutcome()

    try:
        await _count(ctx, args.email.strip().lower(), ("input",))
        key = str(args.idempotency_key)
        done = await ctx.services.idempotency.run_once(session, key, _fingerprint(ctx, args), open_account)
    except Refused as limited:
        return limited.errors, False
    except KeyReused:
        return [key_reused()], False
    except ConcurrentRequest as failure:
        return [sessions.upstream_error(ctx, failure, ())], False
    return done.errors, is_replay


def _is_in_doubt(errors: list[AnyUserError]) -> bool:
    return all(
        error.code is ErrorCode.UPSTREAM_UNAVAILABLE and error.retry is not RetryAdvice.RETRY for error in errors
    )


def _not_registered(ctx: Context, failure: UpstreamError, taken: AnyUserError) -> AnyUserError:
    """Nobody is told that an account exists already."""
    error = sessions.upstream_error(ctx, failure, ("input",))
    if isinstance(error, CredentialError):
        return msgspec.structs.replace(error, path=("input", "password"))
    is_taken = isinstance(failure, UpstreamRefusal) and failure.reason.endswith(refusal_codes.ALREADY_EXISTS_SUFFIX)
    return taken if is_taken else error


def _fingerprint(ctx: Context, args: RegisterShopperInput) -> str:
    """The password is part of the args. The digest is kept, so it is made with a key of ours."""
    key = ctx.settings.api_secret.get_secret_value().encode()
    secret = hmac.new(key, args.password.encode(), "sha256").hexdigest()
    return fingerprint("registerShopper", replace(args, idempotency_key=NO_KEY, password=secret))


async def session_if_entered(parent: RegisterShopperPayload, ctx: Context) -> Session | None:
    return None if parent.errors else await ctx.session()


async def _count(ctx: Context, account: str | None, path: Path) -> None:
    """Count a try against the account and against who tries. Raises `Refused`."""
    targets = (account and f"account:{account}", ctx.caller.rate_limit_key)
    try:
        await ctx.services.rate_limits.count("sign-in", *targets)
    except RateLimited as limited:
        raise Refused(too_many(limited, path, ctx.services.now())) from limited


async def enter(ctx: Context, ask: Ask, delivery: SessionDelivery, failed: AnyUserError) -> Entered:
    """Go on as the shopper whose token `ask` gets. A guest's visit goes on under a new handle, with its cart.

    Raises `Refused`, with `failed` when upstream does not know such a shopper.
    """
    present = await ctx.session()
    if present is not None:
        delivery = present.delivery  # However the visit goes on, it is held as before.
    if present is not None and present.level is SessionLevel.ANONYMOUS:
        try:
            session, handle, before = await _go_on(ctx, ask, present, failed)
        except SessionExpired:
            ctx.lose_session()
        else:
            ctx.adopt(session, handle)
            return await _entered(ctx, session, handle, before)
    session, handle = await _begin(ctx, ask, delivery, failed)
    ctx.adopt(session, handle)
    return await _entered(ctx, session, handle, None)


async def _go_on(ctx: Context, ask: Ask, guest: Session, failed: AnyUserError) -> tuple[Session, Handle, Cart]:
    """The guest's visit, now somebody's, and the cart as the guest had it."""
    # Whoever submits this cart at the moment does it as the guest: that is waited for, or refused.
    async with cart_edits.changing(ctx, None):
        before = await cart_edits.present(ctx)
        tokens = await _tokens(ctx, ask, guest.record.access_token, failed)
        return *await ctx.services.sessions.promote(guest, tokens), before


async def _begin(ctx: Context, ask: Ask, delivery: SessionDelivery, failed: AnyUserError) -> tuple[Session, Handle]:
    """A visit of its own. Whoever was signed in before leaves, and nothing of theirs is taken along."""
    left = await ctx.session()
    tokens = await _tokens(ctx, ask, None, failed)
    locale, currency_code = ctx.settings.locales[0]
    if left is not None:
        await sessions.leave(ctx, left)
    return await ctx.services.sessions.begin_registered(tokens, delivery, locale, currency_code)


async def _tokens(ctx: Context, ask: Ask, guest_token: str | None, failed: AnyUserError) -> Tokens:
    try:
        return await ask(ctx.upstream, guest_token)
    except UpstreamRefusal as refusal:
        if refusal.reason == refusal_codes.LIMITED_TOKEN_INVALID and guest_token is not None:
            # The guest is gone, the credentials were not looked at. What the cart has lost is told.
            return await _tokens(ctx, ask, None, failed)
        # A quota says nothing about the credentials.
        if refusal.status in (400, 401) and cause_of(refusal) is not ErrorCode.RATE_LIMITED:
            raise Refused(failed) from refusal
        raise Refused(sessions.upstream_error(ctx, refusal, ())) from refusal
    except UpstreamError as failure:
        raise Refused(sessions.upstream_error(ctx, failure, ())) from failure


async def _entered(ctx: Context, session: Session, handle: Handle, before: Cart | None) -> Entered:
    after, found = await asyncio.gather(ctx.cart(), ctx.shopper(), return_exceptions=True)
    if isinstance(found, Shopper):
        # Nobody is signed in for nothing: the new handle is told whatever becomes of this.
        with contextlib.suppress(StoreUnavailable):
            await sessions.note(ctx, session, found)
    elif not isinstance(found, UpstreamError):
        raise found
    if isinstance(after, Cart):
        return Entered(handle, *_compare(before, after))
    if not isinstance(after, UpstreamError):
        raise after
    return Entered(handle, None, [CART_UNREAD])


def _compare(before: Cart | None, after: Cart) -> tuple[CartTransition, list[MutationWarning]]:
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


def _lost(product_id: str, before: int, after: int) -> MutationWarning:
    return MutationWarning(
        WarningCode.CART_CHANGED_BY_SIGN_IN,
        f"The guest's cart had {before} of this product, the cart has {after} after the sign-in.",
        global_id("Product", product_id),
    )
