"""Beginning and ending a visit."""

import contextlib
import logging

from gateway.catalog import markets
from gateway.enums import SessionDelivery, SessionLevel
from gateway.errors import ConcurrentRequest, UpstreamError, UpstreamRefusal
from gateway.operation.context import Context
from gateway.refusals.user_errors import AnyUserError, InputError, invalid, user_error
from gateway.sessions.handle import Handle
from gateway.sessions.record import SessionRecord
from gateway.sessions.sessions import Session
from gateway.upstream.shopper import Shopper
from resolvers.inputs.session import StartSessionInput, UpdateSessionInput
from resolvers.payloads import Payload, SignOutPayload, StartSessionPayload

log = logging.getLogger(__name__)


async def session(ctx: Context) -> Session | None:
    return await ctx.session()


async def session_after(parent: Payload, ctx: Context) -> Session | None:
    """The session as a change has left it."""
    return await ctx.session()


async def start_session(ctx: Context, args: StartSessionInput) -> StartSessionPayload:
    present = await ctx.session()
    if present is not None:
        return StartSessionPayload(session=present)
    problem = not_offered(ctx, args)
    if problem is not None:
        return StartSessionPayload(errors=[problem])
    try:
        begun, handle = await begin(ctx, args.delivery, args.locale, args.currency_code)
    except UpstreamError as failure:
        return StartSessionPayload(errors=[upstream_error(ctx, failure, ())])
    return StartSessionPayload(session=begun, bearer_token=told(handle))


async def sign_out(ctx: Context) -> SignOutPayload:
    present = await ctx.session()
    if present is not None:
        await leave(ctx, present)
    return SignOutPayload()


async def leave(ctx: Context, session: Session) -> None:
    """End a session, here and upstream. An order that is on its way keeps its token."""
    if await ctx.services.attempts.has_open(session):
        await ctx.services.sessions.retire(session)
        ctx.lose_session()
        return
    await ctx.services.sessions.end(session)
    ctx.lose_session()
    # It is over here, which is what was asked; a token that stays ends by itself.
    with contextlib.suppress(UpstreamError):
        await ctx.upstream.tokens.revoke_token(session.record.access_token)


async def begin(
    ctx: Context,
    delivery: SessionDelivery,
    locale: str | None = None,
    currency_code: str | None = None,
) -> tuple[Session, Handle]:
    """Start a guest session of the first market, or of the one that is named, and go on with it."""
    offered = ctx.settings.locales
    locale = locale or offered[0][0]
    currency_code = currency_code or dict(offered)[locale]
    session, handle = await ctx.services.sessions.begin(ctx.upstream, delivery, locale, currency_code)
    ctx.adopt(session, handle)
    return session, handle


async def of_a_known_shopper(ctx: Context) -> Session:
    """The session for what a shopper does once at a time, in however many sessions: this one knows whose it is."""
    session = await ctx.own_session()
    if session.reaches(SessionLevel.REGISTERED) and session.record.shopper_id is None:
        # It could not be read at sign-in.
        await note(ctx, session, await ctx.shopper())
    return session


async def note(ctx: Context, session: Session, shopper: Shopper) -> None:
    """Remember who it is, and the market upstream shows them, where the storefront has it."""
    offered = dict(ctx.settings.locales)

    def edit(record: SessionRecord) -> None:
        record.shopper_id = shopper.upstream_id
        if shopper.locale is not None and shopper.locale in offered:
            record.locale = shopper.locale
        if shopper.currency is not None and shopper.currency in offered.values():
            record.currency_code = shopper.currency

    await ctx.services.sessions.change(session, edit)


def told(handle: Handle) -> str | None:
    """The handle as the payload shows it: a cookie travels in the header alone."""
    return handle.secret if handle.delivery is SessionDelivery.BEARER else None


def upstream_error(ctx: Context, failure: UpstreamError | ConcurrentRequest, path: tuple[str, ...]) -> AnyUserError:
    """The refusal as data of a payload; in the log under the reference that the client is given."""
    told = {"code": failure.code.value}
    if isinstance(failure, UpstreamRefusal):
        told |= {"upstream_code": failure.reason, "upstream_subcode": failure.subcode}
    log.info("change refused", extra=told | {"reason": failure.detail})
    return user_error(failure, path, support_reference=ctx.caller.request_id, now=ctx.services.now())


def not_offered(ctx: Context, args: StartSessionInput | UpdateSessionInput) -> InputError | None:
    """What of the asked market the storefront does not have."""
    wrong = markets.not_offered(ctx.settings, args.locale, args.currency_code)
    return invalid(("input", wrong.argument), wrong.message) if wrong is not None else None
