"""GraphQL over HTTP: from the bytes of a request to those of its answer, top to bottom.

What may not be executed as GraphQL is refused here, before anything is asked upstream: method, media
type, credentials, origin, body, document. Everything after that is the graph's.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any

import orjson
from graphql import ExecutionResult, GraphQLError, GraphQLSchema, execute
from starlette.requests import Request
from starlette.responses import Response

from gateway import origin
from gateway.context import Caller, Context, Gateway, begin
from gateway.documents import DocumentRefused, Documents, Operation, check_values
from gateway.enums import SessionDelivery
from gateway.errors import GatewayError, TopLevelCode
from gateway.freshness import Freshness
from gateway.markets import market_of
from gateway.policy import Policies
from gateway.session import Handle
from gateway.settings import Settings
from gateway.sharing import shared
from gateway.telemetry import tell

log = logging.getLogger(__name__)

MODERN = "application/graphql-response+json"
LEGACY = "application/json"

COOKIE = "__Host-rf_session"

COST, COST_LIMIT = COST_HEADERS = ("X-Riverfront-Cost", "X-Riverfront-Cost-Limit")
"""The estimate of an operation, and what it may be. In points."""

MASKED = "Something went wrong on our side. Give the support reference when you report it."

MOST_NAMED = 5
"""Members that one refusal names."""

NEEDS_SESSION = frozenset({TopLevelCode.SESSION_REQUIRED.value, TopLevelCode.SESSION_EXPIRED.value})


class Refused(Exception):
    """The request is no GraphQL request that we serve."""

    def __init__(self, status: int, code: TopLevelCode, *messages: str, allow: str | None = None) -> None:
        super().__init__(code.value)
        self.status = status
        self.code = code
        self.messages = messages
        self.allow = allow


@dataclass(frozen=True)
class Asked:
    """A well-formed GraphQL request."""

    query: str
    operation_name: str | None
    variables: dict[str, Any]


class GraphQLEndpoint:
    def __init__(self, schema: GraphQLSchema, policies: Policies, gateway: Gateway) -> None:
        self._schema = schema
        self._gateway = gateway
        self._documents = Documents(schema, policies, gateway.settings)

    async def answer(self, request: Request) -> Response:
        media_type = MODERN if MODERN in request.headers.get("accept", "") else LEGACY
        operation: Operation | None = None
        cost: int | None = None
        codes: list[str] = []
        try:
            _check_accept(request)
            handle = self._credentials(request)
            asked = await self._asked(request)
            operation = self._documents.operation(asked.query, asked.operation_name)
            check_values(asked.variables)
            found = self._check_get(operation) if request.method == "GET" else None
            cost = self._documents.cost(operation, asked.variables)
            self._documents.admit(cost)
            response, codes = await self._execute(request, handle, asked, operation, media_type)
            if found is not None and not codes:
                response = shared(request, response, found)
        except Refused as refused:
            codes = [refused.code.value]
            errors = [_entry(message, refused.code, request) for message in refused.messages]
            response = _response({"errors": errors}, refused.status, media_type)
            if refused.allow:
                response.headers["Allow"] = refused.allow
        except DocumentRefused as refused:
            codes = [refused.code.value]
            told = _extensions(refused.code, request)
            errors = [_merged(error.formatted, told) for error in refused.errors]
            response = _response({"errors": errors}, 400 if media_type == MODERN else 200, media_type)
        self._tell_cost(response, cost)
        tell(
            request,
            kind=operation.node.operation.value if operation else None,
            operation=operation.name if operation else None,
            codes=codes,
        )
        return response

    # Who asks.

    def _credentials(self, request: Request) -> Handle | None:
        """What the client holds its session with. On GET nothing counts: a public answer is the same for all."""
        if request.method == "GET":
            return None
        cookie = request.cookies.get(COOKIE) or None
        bearer = _bearer(request)
        if cookie is not None and bearer is not None:
            message = "Send the session cookie or a bearer, not both."
            raise Refused(400, TopLevelCode.BAD_USER_INPUT, message)
        if cookie is not None:
            problem = origin.refusal(request.headers, self._gateway.settings)
            if problem is not None:
                log.warning("cookie refused", extra={"reason": "origin or client header"})
                raise Refused(403, TopLevelCode.CSRF_CHECK_FAILED, problem)
            return Handle(SessionDelivery.COOKIE, cookie)
        return Handle(SessionDelivery.BEARER, bearer) if bearer is not None else None

    # What is asked.

    async def _asked(self, request: Request) -> Asked:
        if request.method == "GET":
            return _parse_query(request)
        if request.method != "POST":
            raise Refused(
                405, TopLevelCode.METHOD_NOT_ALLOWED, "Use POST, or GET for public queries.", allow="GET, POST"
            )
        content_type = request.headers.get("content-type", "")
        media, _, parameters = content_type.partition(";")
        if media.strip().lower() != "application/json":
            raise Refused(415, TopLevelCode.BAD_USER_INPUT, "Send the request as application/json.")
        if "charset" in parameters.lower() and "utf-8" not in parameters.lower():
            raise Refused(415, TopLevelCode.BAD_USER_INPUT, "Send the request in UTF-8.")
        body = await request.body()
        return _parse_object(_json(body, "body"), self._gateway.settings)

    def _check_get(self, operation: Operation) -> Freshness:
        """What a URL may ask for: only what is the same for everybody, and only with values that are no secret."""
        if operation.is_mutation:
            message = "A mutation is not executed over GET. Use POST."
            raise Refused(405, TopLevelCode.METHOD_NOT_ALLOWED, message, allow="POST")
        found = self._documents.freshness(operation)
        if found.sensitive_inputs:
            message = f"{_some(found.sensitive_inputs)} cannot be given in a URL. Use POST."
            raise Refused(405, TopLevelCode.METHOD_NOT_ALLOWED, message, allow="POST")
        if found.private_fields:
            message = f"{_some(found.private_fields)} cannot be read over GET. Use POST."
            raise Refused(405, TopLevelCode.METHOD_NOT_ALLOWED, message, allow="POST")
        return found

    # What becomes of it.

    async def _execute(
        self, request: Request, handle: Handle | None, asked: Asked, operation: Operation, media_type: str
    ) -> tuple[Response, list[str]]:
        caller = Caller(
            request_id=request.state.request_id,
            address=shopper_address(request, self._gateway.settings),
            handle=handle,
        )
        market = market_of(self._schema, operation.node, asked.variables, self._gateway.settings)
        ctx = begin(self._gateway, caller, buys=operation.buys, market=market)
        running = execute(
            self._schema,
            operation.document,
            context_value=ctx,
            variable_values=asked.variables,
            operation_name=operation.name,
        )
        result: ExecutionResult = running if isinstance(running, ExecutionResult) else await running
        was_executed = result.data is not None or any(error.path for error in result.errors or ())
        errors = [self._error(error, request, was_executed=was_executed) for error in result.errors or ()]
        errors += [_with_reference(error.formatted, request) for error in ctx.operation.promoted]
        body: dict[str, Any] = {}
        if was_executed:
            body["data"] = result.data
        if errors:
            body["errors"] = errors
        if ctx.operation.unread_warnings:
            body["extensions"] = {"riverfront": {"warnings": _warnings(ctx.operation.unread_warnings)}}
        codes = [error["extensions"]["code"] for error in errors]
        response = _response(body, _status(result.data, codes, media_type, was_executed), media_type)
        self._set_cookie(response, ctx)
        return response, codes

    def _error(self, error: GraphQLError, request: Request, *, was_executed: bool) -> dict[str, Any]:
        """The error as the client sees it. What is not ours to tell is masked and logged."""
        cause = error.original_error
        while isinstance(cause, GraphQLError) and cause.original_error is not None:
            cause = cause.original_error
        formatted: dict[str, Any] = dict(error.formatted)
        if isinstance(cause, GatewayError):
            log.info("part not resolved", extra={"code": cause.code.value, "reason": cause.detail})
            return _with_reference(formatted | {"extensions": cause.extensions}, request)
        if cause is None or isinstance(cause, GraphQLError):
            code = TopLevelCode.INTERNAL_ERROR if was_executed else TopLevelCode.BAD_USER_INPUT
            if code is TopLevelCode.BAD_USER_INPUT:
                return formatted | {"extensions": _extensions(code, request)}
        log.error("crash", exc_info=cause or error)
        masked = formatted | {"message": MASKED}
        return masked | {"extensions": _extensions(TopLevelCode.INTERNAL_ERROR, request)}

    def _tell_cost(self, response: Response, cost: int | None) -> None:
        if cost is not None:
            response.headers[COST] = str(cost)
            response.headers[COST_LIMIT] = str(self._gateway.settings.cost_limit)

    def _set_cookie(self, response: Response, ctx: Context) -> None:
        settings = self._gateway.settings
        issued = ctx.operation.issued_cookie
        if issued is not None or ctx.operation.clears_cookie:
            response.set_cookie(
                COOKIE,
                issued.text if issued else "",
                max_age=None if issued else 0,
                path="/",
                secure=True,
                httponly=True,
                samesite=settings.cookie_same_site,
            )


def _check_accept(request: Request) -> None:
    accepted = [part.partition(";")[0].strip().lower() for part in request.headers.get("accept", "").split(",")]
    if not any(part in ("", "*/*", "application/*", MODERN, LEGACY) for part in accepted):
        raise Refused(406, TopLevelCode.BAD_USER_INPUT, f"Accept {MODERN} or {LEGACY}.")


def _bearer(request: Request) -> str | None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None


def _json(text: bytes | str, what: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        raise Refused(400, TopLevelCode.BAD_USER_INPUT, f"The {what} is not JSON in UTF-8.") from None


def _parse_query(request: Request) -> Asked:
    given = request.query_params
    variables = _json(given["variables"], "parameter variables") if given.get("variables") else None
    extensions = _json(given["extensions"], "parameter extensions") if given.get("extensions") else None
    name = given.get("operationName") or None
    return _checked(given.get("query"), name, variables, extensions)


def _parse_object(body: Any, settings: Settings) -> Asked:
    if not isinstance(body, dict):
        raise Refused(400, TopLevelCode.BAD_USER_INPUT, "The body is not a JSON object. Batches are not served.")
    variables = body.get("variables")
    if isinstance(variables, dict) and len(orjson.dumps(variables)) > settings.variables_limit_bytes:
        message = f"The variables are larger than {settings.variables_limit_bytes} bytes."
        raise Refused(413, TopLevelCode.BAD_USER_INPUT, message)
    return _checked(body.get("query"), body.get("operationName"), variables, body.get("extensions"))


def _checked(query: Any, name: Any, variables: Any, extensions: Any) -> Asked:
    wrong = [
        text
        for text, is_right in (
            ("Send a query, as a text.", isinstance(query, str) and bool(query.strip())),
            ("operationName must be a text.", name is None or isinstance(name, str)),
            ("variables must be an object.", variables is None or isinstance(variables, dict)),
            ("extensions must be an object.", extensions is None or isinstance(extensions, dict)),
        )
        if not is_right
    ]
    if wrong:
        raise Refused(400, TopLevelCode.BAD_USER_INPUT, *wrong)
    return Asked(query, name or None, variables or {})


def shopper_address(request: Request, settings: Settings) -> str | None:
    """The shopper's address: the peer's, or what trusted proxies say, read from the nearest one on."""
    peer = request.client.host if request.client else None
    if peer is None or not _is_trusted(peer, settings):
        return _address(peer)
    hops = [hop.strip() for hop in request.headers.get("x-forwarded-for", "").split(",") if hop.strip()]
    for hop in reversed(hops):
        if not _is_trusted(hop, settings):
            return _address(hop)
    return _address(peer)


def _is_trusted(address: str, settings: Settings) -> bool:
    parsed = _parsed(address)
    return parsed is not None and any(parsed in network for network in settings.trusted_proxies)


def _address(text: str | None) -> str | None:
    parsed = _parsed(text or "")
    return str(parsed) if parsed else None


def _parsed(text: str) -> Any:
    try:
        return ip_address(text)
    except ValueError:
        return None


def _status(data: Mapping[str, Any] | None, codes: Sequence[str], media_type: str, was_executed: bool) -> int:
    if media_type == LEGACY:
        return 200
    if not was_executed:
        return 400
    has_nothing = data is None or all(value is None for value in data.values())
    if codes and has_nothing and set(codes) <= NEEDS_SESSION:
        return 401
    if codes and has_nothing and set(codes) == {TopLevelCode.RATE_LIMITED.value}:
        return 429
    return 200


def _response(body: Mapping[str, Any], status: int, media_type: str) -> Response:
    response = Response(orjson.dumps(body), status, media_type=f"{media_type}; charset=utf-8")
    if status == 429:
        response.headers["Retry-After"] = "60"
    return response


def _extensions(code: TopLevelCode, request: Request) -> dict[str, str]:
    return {"code": code.value, "supportReference": request.state.request_id}


def _entry(message: str, code: TopLevelCode, request: Request) -> dict[str, Any]:
    return {"message": message, "extensions": _extensions(code, request)}


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:MOST_NAMED]) + (" and others" if len(names) > MOST_NAMED else "")


def _merged(formatted: Mapping[str, Any], extensions: Mapping[str, Any]) -> dict[str, Any]:
    return dict(formatted) | {"extensions": {**(formatted.get("extensions") or {}), **extensions}}


def _with_reference(formatted: Mapping[str, Any], request: Request) -> dict[str, Any]:
    return _merged(formatted, {"supportReference": request.state.request_id})


def _warnings(warnings: Sequence[Any]) -> list[dict[str, str | None]]:
    return [{"code": one.code.name, "message": one.message, "targetId": one.target_id} for one in warnings]
