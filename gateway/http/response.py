"""Builds the answer to a GraphQL request: status, errors without internal details, cost headers and session cookie."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import orjson
from graphql import ExecutionResult, GraphQLError, OperationType

from gateway.documents.errors import DocumentRefused, OperationFacts
from gateway.errors import BadUserInput, GatewayError, TopLevelCode, UpstreamInvalidResponse
from gateway.http.graphql_request import RequestRefused
from gateway.http.http_request import HeaderLine, Reply
from gateway.http.session_cookie import set_cookie
from gateway.operation.context import Context
from gateway.operation.language import in_language
from gateway.refusals.answer_errors import message_of
from gateway.refusals.warnings import SESSION_ENDED
from gateway.settings.settings import Settings
from gateway.telemetry.logs import FOLDED
from gateway.telemetry.recorded_calls import CallRecord

log = logging.getLogger(__name__)

MODERN = "application/graphql-response+json"
LEGACY = "application/json"


CONTENT_TYPES = {name: (b"content-type", f"{name}; charset=utf-8".encode()) for name in (MODERN, LEGACY)}

COST_HEADERS = ("X-Riverfront-Cost", "X-Riverfront-Cost-Limit")
"""Headers with the estimated cost of an operation and the cost limit, in points."""

POINTS_LEFT_HEADER = "X-Riverfront-Points-Left"
"""Header with the points that the client may use until it is limited. It is not in answers that caches may store."""

RAW_COST_HEADER, RAW_COST_LIMIT_HEADER = (name.lower().encode() for name in COST_HEADERS)
RAW_POINTS_LEFT_HEADER = POINTS_LEFT_HEADER.lower().encode()

MASKED = "Something went wrong in the gateway. Give the support reference when you report it."

FORBIDDEN_NULL = "Cannot return null for non-nullable field"
"""Beginning of graphql-core's error message for a null in a non-nullable field. The cause is that Digital
River omitted a value that the schema requires."""

SESSION_EXPIRED = TopLevelCode.SESSION_EXPIRED.value

NEEDS_SESSION = frozenset({TopLevelCode.SESSION_REQUIRED.value, SESSION_EXPIRED})

RETRY_AFTER_LINES = {429: (b"retry-after", b"60"), 503: (b"retry-after", b"2")}
"""The header with the seconds after which a request may be sent again, by status."""

OVERLOADED = (
    "The gateway has too many requests at once. Nothing was executed. Wait as `Retry-After` says, then try again."
)

STATUSES = {
    TopLevelCode.DOCUMENT_NOT_TRUSTED: 403,
    TopLevelCode.METHOD_NOT_ALLOWED: 405,
    TopLevelCode.RATE_LIMITED: 429,
}
"""HTTP statuses of refused documents by error code, for both media types with two exceptions."""

STATUSES_WITHOUT_DATA = {TopLevelCode.RATE_LIMITED.value: 429, TopLevelCode.CSRF_CHECK_FAILED.value: 403}
"""HTTP statuses of answers that have this error code and no data."""

Entry = dict[str, Any]
"""One error object in the list `errors` of an answer."""


class ResponseWriter(NamedTuple):
    """Writes the answer to one request. Each method also returns the error codes of the answer."""

    settings: Settings
    request_id: str
    media_type: str

    def executed(
        self, result: ExecutionResult, ctx: Context, facts: OperationFacts, record: CallRecord | None
    ) -> tuple[Reply, list[str]]:
        """`record`: the calls of the operation, if the client asks for them."""
        is_query = facts.kind == OperationType.QUERY.value
        errors = [_for_shopper(self._entry(error), ctx, is_query=is_query) for error in result.errors or ()]
        errors += [self._with_reference(error.formatted) for error in ctx.operation.unread_errors]
        body: dict[str, Any] = {"data": result.data}
        if errors:
            body["errors"] = errors
        codes = [error["extensions"]["code"] for error in errors]
        warnings = ctx.operation.unread_warnings
        if is_query and ctx.operation.has_dead_handle and SESSION_EXPIRED not in codes:
            warnings = [*warnings, SESSION_ENDED]
        extensions = {"warnings": _warnings(warnings, ctx)} if warnings else {}
        if record is not None:
            extensions |= record.as_json()
        if extensions:
            body["extensions"] = {"riverfront": extensions}
        reply = self._reply(body, self._status(result.data, codes), facts)
        operation = ctx.operation
        if operation.issued_cookie is not None or operation.clears_cookie:
            reply.headers.append(set_cookie(operation.issued_cookie, self.settings))
        return reply, codes

    def request_refused(self, refused: RequestRefused) -> tuple[Reply, list[str]]:
        errors = [self._refusal({"message": message}, refused.code) for message in refused.messages]
        reply = self._reply({"errors": errors}, refused.status)
        if refused.allow:
            reply.headers.append((b"allow", refused.allow.encode()))
        return reply, [refused.code.value]

    def document_refused(self, refused: DocumentRefused) -> tuple[Reply, list[str]]:
        errors = [self._refusal(error.formatted, refused.code) for error in refused.errors]
        reply = self._reply({"errors": errors}, self._status_of(refused), refused.facts, refused.retry_after_s)
        if refused.code is TopLevelCode.METHOD_NOT_ALLOWED:
            reply.headers.append((b"allow", b"POST"))
        return reply, [refused.code.value]

    def _status_of(self, refused: DocumentRefused) -> int:
        if self.media_type == LEGACY and refused.code is TopLevelCode.METHOD_NOT_ALLOWED:
            # GraphQL over HTTP wants 405 for a mutation. A query that must not be sent by GET is well-formed, and some
            # clients show the message of an `application/json` answer only with the status 200.
            return 405 if refused.facts.kind == OperationType.MUTATION.value else 200
        if self.media_type == LEGACY and refused.code is TopLevelCode.RATE_LIMITED:
            return 200  # The request is well-formed. Other statuses of this type are for proxies.
        return STATUSES.get(refused.code, 400 if self.media_type == MODERN else 200)

    def _reply(
        self,
        content: Mapping[str, Any],
        status: int,
        facts: OperationFacts | None = None,
        retry_after_s: int | None = None,
    ) -> Reply:
        body = orjson.dumps(content)
        headers: list[HeaderLine] = [(b"content-length", b"%d" % len(body)), CONTENT_TYPES[self.media_type]]
        if retry_after_s is not None:
            headers.append((b"retry-after", b"%d" % retry_after_s))
        elif status in RETRY_AFTER_LINES:
            headers.append(RETRY_AFTER_LINES[status])
        if facts is not None and facts.cost is not None:
            headers += [
                (RAW_COST_HEADER, b"%d" % facts.cost),
                (RAW_COST_LIMIT_HEADER, b"%d" % self.settings.cost_limit),
            ]
            if facts.points_left is not None:
                headers.append((RAW_POINTS_LEFT_HEADER, b"%d" % facts.points_left))
        return Reply(status, headers, body)

    def _status(self, data: Mapping[str, Any] | None, codes: Sequence[str]) -> int:
        if self.media_type == LEGACY or not codes:
            return 200
        has_data = data is not None and any(value is not None for value in data.values())
        if not has_data and NEEDS_SESSION.issuperset(codes):
            return 401
        if not has_data and len(set(codes)) == 1:
            return STATUSES_WITHOUT_DATA.get(codes[0], 200)
        return 200

    def _entry(self, error: GraphQLError) -> Entry:
        """Error as it is sent to the client. An exception that is not a `GatewayError` is logged, and its message is
        replaced."""
        cause = _cause(error)
        entry: Entry = dict(error.formatted)
        if isinstance(cause, GatewayError):
            log.info("field not resolved", extra={"code": cause.code.value, "reason": cause.detail, **FOLDED})
            return self._with_reference(entry | {"extensions": cause.extensions})
        if isinstance(cause, TypeError) and str(cause).startswith(FORBIDDEN_NULL):
            log.warning(
                "required value missing", extra={"reason": str(cause).removeprefix(FORBIDDEN_NULL).strip(), **FOLDED}
            )
            missing = UpstreamInvalidResponse()
            return self._with_reference(entry | {"message": str(missing), "extensions": missing.extensions})
        if cause is None or isinstance(cause, GraphQLError):
            # graphql-core coerces the arguments of a field before it calls the resolver. Only values of variables can
            # be wrong here, and its message may repeat them.
            wrong = BadUserInput("A variable in the arguments of the field has no value, and the argument needs one.")
            return self._with_reference(entry | {"message": str(wrong), "extensions": wrong.extensions})
        log.error("resolver crashed", exc_info=cause)
        return entry | {"message": MASKED, "extensions": self._extensions(TopLevelCode.INTERNAL_ERROR)}

    def _refusal(self, formatted: Mapping[str, Any], code: TopLevelCode) -> Entry:
        extensions = formatted.get("extensions") or {}
        return {**formatted, "extensions": {**extensions, **self._extensions(code)}}

    def _with_reference(self, formatted: Mapping[str, Any]) -> Entry:
        extensions = formatted.get("extensions") or {}
        return {**formatted, "extensions": {**extensions, "supportReference": self.request_id}}

    def _extensions(self, code: TopLevelCode) -> dict[str, str]:
        return {"code": code.value, "supportReference": self.request_id}


class RefusalTemplate(NamedTuple):
    """An answer that is the same for all requests but for its support reference."""

    reply: Reply

    def with_id(self, request_id: str) -> Reply:
        body = self.reply.body.replace(PLACEHOLDER, request_id.encode())
        return Reply(self.reply.status, list(self.reply.headers), body)


PLACEHOLDER = b"0" * 32
"""Has the length of a support reference."""


def overloaded() -> RequestRefused:
    return RequestRefused(503, TopLevelCode.RATE_LIMITED, OVERLOADED)


def overloaded_reply(settings: Settings, media_type: str) -> RefusalTemplate:
    writer = ResponseWriter(settings, PLACEHOLDER.decode(), media_type)
    return RefusalTemplate(writer.request_refused(overloaded())[0])


def crash_reply(settings: Settings, request_id: str) -> Reply:
    crash = RequestRefused(500, TopLevelCode.INTERNAL_ERROR, MASKED)
    return ResponseWriter(settings, request_id, LEGACY).request_refused(crash)[0]


def _for_shopper(entry: Entry, ctx: Context, *, is_query: bool) -> Entry:
    """The entry with the message for the shopper, if the shopper can do something about the error."""
    extensions = entry["extensions"]
    message = in_language(message_of(TopLevelCode(extensions["code"]), is_query=is_query), ctx)
    return entry if message is None else {**entry, "extensions": {**extensions, "shopperMessage": message}}


def _cause(error: GraphQLError) -> Exception | None:
    """Exception that a resolver raised; None if graphql-core itself reports the error."""
    cause = error.original_error
    while isinstance(cause, GraphQLError) and cause.original_error is not None:
        cause = cause.original_error
    return cause


def _warnings(warnings: Iterable[Any], ctx: Context) -> list[dict[str, str | None]]:
    return [
        {
            "code": warning.code.name,
            "message": warning.message,
            "shopperMessage": in_language(warning.shopper_message, ctx),
            "targetId": warning.target_id,
        }
        for warning in warnings
    ]
