"""Starting and ending a session."""

import contextlib

from gateway.catalog import markets
from gateway.enums import SessionDelivery, SessionLevel
from gateway.errors import RateLimited, SessionExpired, StoreUnavailable, UpstreamError
from gateway.operation.cart_owner import session_of_owner
from gateway.operation.context import Context
from gateway.refusals.user_errors import InputError, invalid, rate_limited
from gateway.refusals.warnings import SESSION_KEPT, SESSION_RESTARTED, MutationWarning
from gateway.sessions.handle import Handle
from gateway.sessions.sessions import Session
from gateway.store.client import client_key
from resolvers.failures import logged_error
from resolvers.inputs.session import StartSessionInput, UpdateSessionInput
from resolvers.payloads import Payload, SignOutPayload, StartSessionPayload


async def session(ctx: Context) -> Session | None:
    return await ctx.session()


async def session_after(parent: Payload, ctx: Context) -> Session | None:
    return await ctx.session()


async def start_session(ctx: Context, args: StartSessionInput) -> StartSessionPayload:
    present = await ctx.session()
    if present is not None:
        return StartSessionPayload(session=present, warnings=[SESSION_KEPT] if _differs(present, args) else [])
    problem = market_problem(ctx, args)
    if problem is not None:
        return StartSessionPayload(errors=[problem])
    warnings = restart_warnings(ctx)
    try:
        started, handle = await begin(ctx, args.delivery, args.locale, args.currency_code)
    except RateLimited as limited:
        return StartSessionPayload(errors=[rate_limited(limited, (), ctx.services.now())])
    except UpstreamError as failure:
        return StartSessionPayload(errors=[logged_error(ctx, failure)])
    return StartSessionPayload(session=started, bearer_token=bearer_token(handle), warnings=warnings)


def _differs(present: Session, args: StartSessionInput) -> bool:
    """Whether the session is not what the client asks for. COOKIE is the default, so only BEARER is a wish."""
    wants_token = args.delivery is SessionDelivery.BEARER and present.delivery is not SessionDelivery.BEARER
    other_market = args.locale not in (None, present.locale) or args.currency_code not in (None, present.currency_code)
    return wants_token or other_market


async def sign_out(ctx: Context) -> SignOutPayload:
    present = await ctx.session()
    if present is not None:
        await end(ctx, present)
    return SignOutPayload()


async def end(ctx: Context, session: Session) -> None:
    """End a session and revoke its token. The token is not revoked while a submission of the session is open."""
    # The handle is invalid first. A submission locks its cart and then reads the session again, so either it finds no
    # session, or its lock is found here.
    await ctx.services.sessions.retire(session)
    may_be_needed = await _may_have_open_submission(ctx)
    ctx.lose_session()
    if may_be_needed:
        return
    with contextlib.suppress(StoreUnavailable):  # The record has an end of its own.
        await ctx.services.sessions.forget(session)
    # If this call fails, the token stays valid until it expires. No session uses it.
    with contextlib.suppress(UpstreamError):
        await ctx.upstream.tokens.revoke_token(session.record.access_token)


async def _may_have_open_submission(ctx: Context) -> bool:
    """Whether an open submission may still need the session's token. True if that cannot be read now."""
    try:
        return await ctx.services.submission_lock.has_open(await session_of_owner(ctx))
    except SessionExpired:
        return False
    except (UpstreamError, StoreUnavailable):
        return True


async def begin(
    ctx: Context, delivery: SessionDelivery, locale: str | None = None, currency_code: str | None = None
) -> tuple[Session, Handle]:
    """Start a guest session for this operation. The default locale is the first locale of the storefront. The default
    currency is the currency of the locale. Raises `RateLimited` if the client's address has started too many.
    """
    delivery = delivery_of_new_session(ctx, delivery)
    locale = locale or ctx.settings.locales[0][0]
    currency_code = currency_code or ctx.settings.currencies_by_locale[locale]
    ctx.caller.check_new_session(delivery)
    await ctx.services.rate_limits.count("session-start", client_key(ctx.caller.nearest_address))
    sessions = ctx.services.sessions
    async with sessions.reserved(delivery) as handle:
        tokens = await ctx.upstream.tokens.guest_token(locale, currency_code)
        session = await sessions.begin(
            SessionLevel.ANONYMOUS, tokens, handle, locale, currency_code, earlier=ctx.operation.earlier_submissions
        )
    ctx.adopt(session, handle)
    return session, handle


def delivery_of_new_session(ctx: Context, delivery: SessionDelivery) -> SessionDelivery:
    """How the client gets a new session. A client that sends a bearer token gets a new one, although its session has
    ended: it does not keep cookies, or would send both.
    """
    handle = ctx.caller.handle
    return delivery if handle is None or handle.delivery is SessionDelivery.COOKIE else handle.delivery


def restart_warnings(ctx: Context) -> list[MutationWarning]:
    """The warning of a mutation that is about to begin a new session because that of the request has ended."""
    return [SESSION_RESTARTED] if ctx.operation.has_dead_handle else []


def bearer_token(handle: Handle) -> str | None:
    """The bearer token for the payload. None for a session in a cookie, because only the `Set-Cookie` header sends the
    cookie.
    """
    return handle.secret if handle.delivery is SessionDelivery.BEARER else None


def market_problem(ctx: Context, args: StartSessionInput | UpdateSessionInput) -> InputError | None:
    """An error for a locale or currency that the storefront does not offer; None when it offers both."""
    problem = markets.not_offered(ctx.settings, args.locale, args.currency_code)
    return invalid(("input", problem.argument), problem.message) if problem is not None else None
