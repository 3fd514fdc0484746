"""Creating an account and signing in to it."""

import hmac
from dataclasses import replace
from uuid import UUID

import msgspec

from gateway.enums import ErrorCode, RetryAdvice, SessionDelivery, SessionLevel
from gateway.errors import ConcurrentRequest, UpstreamError, UpstreamRefusal
from gateway.operation.context import Context
from gateway.refusals.user_errors import MESSAGES, AnyUserError, CredentialError, key_reused
from gateway.sessions.idempotency import ChangeOutcome, KeyReused, fingerprint
from gateway.sessions.sessions import Session
from gateway.upstream import refusal_codes
from gateway.upstream.endpoints.tokens import encoded_password
from gateway.upstream.shopper import NewShopper
from resolvers import sessions
from resolvers.failures import Refused, logged_error
from resolvers.inputs.session import RegisterShopperInput
from resolvers.payloads import RegisterShopperPayload
from resolvers.sign_in import by_password, count_sign_in, remember_address, sign_in_with

INPUT = ("input",)

NO_KEY = UUID(int=0)


async def register_shopper(ctx: Context, args: RegisterShopperInput) -> RegisterShopperPayload:
    """Create an account and sign the shopper in. If an earlier request created the account, the shopper is only signed
    in.
    """
    code = ErrorCode.REGISTRATION_FAILED
    failed = CredentialError(code=code, message=MESSAGES[code], path=INPUT)
    was_signed_in = await ctx.reaches(SessionLevel.REGISTERED)
    errors, is_replay = await _create_account(ctx, args, failed)
    if errors and not _is_in_doubt(errors):
        return RegisterShopperPayload(errors=errors)
    if is_replay and was_signed_in:
        return RegisterShopperPayload()  # The session is already signed in to the account.
    # If the session has ended meanwhile, the new one begins with what the client has sent.
    delivery = ctx.caller.handle.delivery if ctx.caller.handle is not None else SessionDelivery.COOKIE
    try:
        # It may be in doubt whether the account was created. The sign-in succeeds only if it was.
        signed_in = await sign_in_with(ctx, by_password(args.email, args.password), delivery, failed)
    except Refused as refused:
        return RegisterShopperPayload(errors=errors or refused.errors)
    await remember_address(ctx, args.email)
    return RegisterShopperPayload(
        bearer_token=sessions.bearer_token(signed_in.handle),
        cart_transition=signed_in.transition,
        warnings=signed_in.warnings,
    )


async def session_after_registration(parent: RegisterShopperPayload, ctx: Context) -> Session | None:
    return None if parent.errors else await ctx.session()


async def _create_account(
    ctx: Context, args: RegisterShopperInput, failed: AnyUserError
) -> tuple[list[AnyUserError], bool]:
    """Create the account. Returns the errors, and whether they come from an earlier request with the same idempotency
    key.
    """
    session = await ctx.own_session()
    is_replay = True

    async def create() -> ChangeOutcome:
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
            return ChangeOutcome([_registration_error(ctx, failure, failed)])
        return ChangeOutcome()

    key, input_digest = str(args.idempotency_key), _fingerprint(ctx, args)
    try:
        await count_sign_in(ctx, args.email, INPUT)
        outcome = await ctx.services.idempotency.run_once(session, key, input_digest, create)
    except Refused as limited:
        return limited.errors, False
    except KeyReused:
        return [key_reused()], False
    except ConcurrentRequest as failure:
        return [logged_error(ctx, failure)], False
    return outcome.errors, is_replay


def _is_in_doubt(errors: list[AnyUserError]) -> bool:
    return all(
        error.code is ErrorCode.UPSTREAM_UNAVAILABLE and error.retry is not RetryAdvice.RETRY for error in errors
    )


def _registration_error(ctx: Context, failure: UpstreamError, failed: AnyUserError) -> AnyUserError:
    """The user error for a failed registration. The error does not reveal whether the account exists."""
    error = logged_error(ctx, failure, INPUT)
    if isinstance(error, CredentialError):
        return msgspec.structs.replace(error, path=(*INPUT, "password"))
    exists = isinstance(failure, UpstreamRefusal) and failure.reason.endswith(refusal_codes.ALREADY_EXISTS_SUFFIX)
    return failed if exists else error


def _fingerprint(ctx: Context, args: RegisterShopperInput) -> str:
    """A digest of the input without the idempotency key.

    The gateway stores the digest. The password is first replaced by an HMAC with a secret of the gateway, so that the
    digest does not help to guess the password.
    """
    secret = ctx.settings.api_secret.get_secret_value().encode()
    hashed_password = hmac.new(secret, args.password.encode(), "sha256").hexdigest()
    return fingerprint("registerShopper", replace(args, idempotency_key=NO_KEY, password=hashed_password))
