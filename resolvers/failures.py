"""How a failure becomes a user error in the payload of a mutation."""

import logging

from gateway.errors import ConcurrentRequest, UpstreamError, UpstreamRefusal
from gateway.operation.context import Context
from gateway.refusals.refusal_to_user_error import user_error
from gateway.refusals.user_errors import AnyUserError, Path

log = logging.getLogger(__name__)


class Refused(Exception):
    """Ends a mutation; its payload has these errors."""

    def __init__(self, *errors: AnyUserError) -> None:
        super().__init__()
        self.errors = list(errors)


def logged_error(ctx: Context, failure: UpstreamError | ConcurrentRequest, path: Path = ()) -> AnyUserError:
    """The failure as a user error at `path`. It is logged under the support reference of the request."""
    fields = {"code": failure.code.value, "reason": failure.detail}
    if isinstance(failure, UpstreamRefusal):
        fields |= {"upstream_code": failure.reason, "upstream_subcode": failure.subcode}
    log.info("change refused", extra=fields)
    return user_error(failure, path, support_reference=ctx.caller.request_id, now=ctx.services.now())
