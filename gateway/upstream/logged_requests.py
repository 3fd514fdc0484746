"""Logs each request to Digital River that failed or was slow, with the id by which Digital River finds it."""

import logging
import re
from collections.abc import Callable, Mapping

from gateway.elapsed_time import elapsed_s
from gateway.errors import UpstreamError, UpstreamNotReached
from gateway.telemetry.logs import FOLDED
from gateway.upstream.exchange import Request, Response, Sender

log = logging.getLogger(__name__)

REQUEST_ID = b"x-dr-requestid"
"""Header of every answer of Digital River. Its support asks for this id."""

ORDERING = frozenset(
    {
        "POST /v1/shoppers/me/carts/active/submit-cart",
        "POST /v1/shoppers/me/carts/active/resume-cart",
    }
)
"""Calls that may charge the shopper. Their lines are never folded."""

ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
"""Format of an id that is logged. A broken service could put anything in the header."""


class LoggedRequests:
    """A `Sender` that passes requests on to another one. `slow_s`: seconds from which a request is slow."""

    def __init__(self, sender: Sender, *, slow_s: float, elapsed: Callable[[], float] = elapsed_s) -> None:
        self._sender = sender
        self._slow_s = slow_s
        self._elapsed = elapsed

    async def exchange(self, request: Request, within_s: float) -> Response:
        began_at = self._elapsed()
        try:
            response = await self._sender.exchange(request, within_s)
        except UpstreamError as failure:
            event = "upstream not reached" if isinstance(failure, UpstreamNotReached) else "upstream call failed"
            self._log(logging.WARNING, event, request, began_at, {"reason": failure.detail or failure.code.value})
            raise
        status = response.status
        if 400 <= status < 500 and not response.is_of_quota:
            self._log_answer(logging.INFO, "upstream call refused", request, began_at, response)
        elif not 200 <= status < 300:
            self._log_answer(logging.WARNING, "upstream call failed", request, began_at, response)
        elif self._elapsed() - began_at >= self._slow_s:
            self._log_answer(logging.WARNING, "upstream call slow", request, began_at, response)
        return response

    def _log_answer(self, level: int, event: str, request: Request, began_at: float, response: Response) -> None:
        fields: dict[str, object] = {"status": response.status}
        if ID.fullmatch(request_id := response.header(REQUEST_ID) or ""):
            fields["upstream_request_id"] = request_id
        self._log(level, event, request, began_at, fields)

    def _log(self, level: int, event: str, request: Request, began_at: float, fields: Mapping[str, object]) -> None:
        duration_ms = round((self._elapsed() - began_at) * 1000, 1)
        # A refusal is the mistake of one shopper, which is searched for by its request.
        folded = {} if request.call in ORDERING or level == logging.INFO else FOLDED
        about = {"call": request.call, "try": request.tries, "duration_ms": duration_ms}
        log.log(level, event, extra={**about, **fields, **folded})

    async def aclose(self) -> None:
        await self._sender.aclose()
