"""Failures as user errors in the payload of a mutation."""

import logging

from gateway.enums import ErrorCode, SessionLevel
from gateway.errors import ConcurrentRequest, SignInRequired, UpstreamError, UpstreamRefusal
from gateway.operation.context import Context
from gateway.refusals.refusal_to_user_error import user_error
from gateway.refusals.user_errors import AccessError, AnyUserError, Path
from gateway.telemetry.logs import FOLDED

log = logging.getLogger(__name__)


class Refused(Exception):
    """Ends a mutation. The payload of the mutation then contains `errors`."""

    def __init__(self, *errors: AnyUserError) -> None:
        super().__init__()
        self.errors = list(errors)


def logged_error(ctx: Context, failure: UpstreamError | ConcurrentRequest, path: Path = ()) -> AnyUserError:
    """The failure as a user error at `path`. Also logs the failure. The support reference of the error is the request
    id in the log.
    """
    fields: dict[str, object] = {"code": failure.code.value, "reason": failure.detail}
    if isinstance(failure, UpstreamRefusal):
        fields |= {"upstream_code": failure.reason, "upstream_subcode": failure.subcode}
    else:
        fields |= FOLDED  # An outage fails all changes alike.
    log.info("change refused", extra=fields)
    return user_error(failure, path, support_reference=ctx.caller.request_id, now=ctx.services.now())


async def sign_in_errors(ctx: Context, *paths: Path) -> list[AnyUserError]:
    """A SIGN_IN_REQUIRED error for each path; an empty list for a signed-in shopper. Sends no call to Digital River."""
    if await ctx.reaches(SessionLevel.REGISTERED):
        return []
    code, level = ErrorCode.SIGN_IN_REQUIRED, SessionLevel.REGISTERED
    return [AccessError(code=code, message=SignInRequired.message, path=path, required_level=level) for path in paths]
