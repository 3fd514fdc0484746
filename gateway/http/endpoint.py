"""GraphQL over HTTP: from the bytes of a request to those of its answer, top to bottom.

What may not be executed as GraphQL is refused here, before anything is asked upstream: method, media
type, credentials, origin, body, document. Everything after that is the graph's.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from graphql import ExecutionResult, GraphQLError, GraphQLSchema, execute
from starlette.requests import Request
from starlette.responses import Response

from gateway.documents.cacheability import Freshness
from gateway.documents.card_numbers import Refusals, card_in_headers, has_card_number
from gateway.documents.in_context import market_of
from gateway.documents.limits import DocumentRefused, check_values
from gateway.documents.registry import Documents, Operation, Source, card_found
from gateway.enums import SessionDelivery
from gateway.errors import GatewayError, TopLevelCode, UpstreamInvalidResponse
from gateway.http import client_address, csrf
from gateway.http.cache_headers import shared
from gateway.http.request import PARAMETERS, Asked, Refused, read
from gateway.http.request_id import tell
from gateway.operation.caller import Caller
from gateway.operation.context import Context, begin
from gateway.operation.services import Services
from gateway.sessions.sessions import Handle

log = logging.getLogger(__name__)

MODERN = "application/graphql-response+json"
LEGACY = "application/json"

COOKIE = "__Host-rf_session"

COST, COST_LIMIT = COST_HEADERS = ("X-Riverfront-Cost", "X-Riverfront-Cost-Limit")
"""The estimate of an operation, and what it may be. In points."""

MASKED = "Something went wrong on our side. Give the support reference when you report it."

MOST_NAMED = 5
"""Members that one refusal names."""

FORBIDDEN_NULL = "Cannot return null for non-nullable field"
"""How graphql-core begins to say that upstream left out what it always has."""

NEEDS_SESSION = frozenset({TopLevelCode.SESSION_REQUIRED.value, TopLevelCode.SESSION_EXPIRED.value})


@dataclass
class Seen:
    """What the log may have of a request, as far as it got."""

    source: Source | None = None
    operation: Operation | None = None
    cost: int | None = None


@dataclass(frozen=True)
class Ready:
    """An operation that may be executed. `cards`: the root fields that must not be, and why. `freshness`: over
    GET only."""

    handle: Handle | None
    operation: Operation
    variables: dict[str, Any]
    cards: Refusals
    freshness: Freshness | None


class GraphQLEndpoint:
    def __init__(self, schema: GraphQLSchema, documents: Documents, services: Services) -> None:
        self._schema = schema
        self._services = services
        self._documents = documents

    async def answer(self, request: Request) -> Response:
        media_type = MODERN if MODERN in request.headers.get("accept", "") else LEGACY
        seen = Seen()
        codes: list[str] = []
        try:
            ready = await self._ready(request, seen)
            response, codes = await self._execute(request, ready, media_type)
            if ready.freshness is not None and not codes:
                response = shared(request, response, ready.freshness)
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
            response = _response({"errors": errors}, _status_of(refused.code, media_type), media_type)
        self._tell_cost(response, seen.cost)
        tell(
            request,
            kind=seen.operation.node.operation.value if seen.operation else None,
            operation=seen.source.name if seen.source else None,
            codes=codes,
        )
        return response

    async def _ready(self, request: Request, seen: Seen) -> Ready:
        """All that is looked at before anything is done. Raises `Refused` and `DocumentRefused`."""
        _check_accept(request)
        handle = self._credentials(request)
        asked = await read(request)
        _check_for_cards(request, asked)
        seen.source = self._documents.source(asked.query, asked.sha256)
        operation = seen.operation = self._documents.operation(seen.source, asked.operation_name)
        check_values(asked.variables)
        variables, cards = self._documents.screened(operation, asked.variables)
        found = self._check_get(operation) if request.method == "GET" else None
        seen.cost = self._documents.cost(operation, variables)
        self._documents.admit(seen.cost)
        return Ready(handle, operation, variables, cards, found)

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
            problem = csrf.refusal(request.headers, self._services.settings)
            if problem is not None:
                log.warning("cookie refused", extra={"reason": "origin or client header"})
                raise Refused(403, TopLevelCode.CSRF_CHECK_FAILED, problem)
            return Handle(SessionDelivery.COOKIE, cookie)
        return Handle(SessionDelivery.BEARER, bearer) if bearer is not None else None

    # What is asked.

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

    async def _execute(self, request: Request, ready: Ready, media_type: str) -> tuple[Response, list[str]]:
        operation = ready.operation
        caller = Caller(
            request_id=request.state.request_id,
            address=client_address.shopper_address(request.scope, self._services.settings),
            handle=ready.handle,
        )
        market = market_of(self._schema, operation.node, ready.variables, self._services.settings)
        ctx = begin(self._services, caller, buys=operation.buys, market=market)
        ctx.operation.cards = ready.cards
        running = execute(
            self._schema,
            operation.document,
            context_value=ctx,
            variable_values=ready.variables,
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
        if isinstance(cause, TypeError) and str(cause).startswith(FORBIDDEN_NULL):
            log.warning("member missing", extra={"reason": str(cause).removeprefix(FORBIDDEN_NULL).strip()})
            missing = UpstreamInvalidResponse()
            told = {"message": str(missing), "extensions": missing.extensions}
            return _with_reference(formatted | told, request)
        log.error("crash", exc_info=cause or error)
        masked = formatted | {"message": MASKED}
        return masked | {"extensions": _extensions(TopLevelCode.INTERNAL_ERROR, request)}

    def _tell_cost(self, response: Response, cost: int | None) -> None:
        if cost is not None:
            response.headers[COST] = str(cost)
            response.headers[COST_LIMIT] = str(self._services.settings.cost_limit)

    def _set_cookie(self, response: Response, ctx: Context) -> None:
        settings = self._services.settings
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


def _check_for_cards(request: Request, asked: Asked) -> None:
    """Of what stands beside the document and its variables. Raises `DocumentRefused`."""
    if card_in_headers(request.headers):
        raise card_found("headers")
    beside = [*request.query_params, *(value for name, value in request.query_params.items() if name not in PARAMETERS)]
    if any(has_card_number(one) for one in (asked.operation_name or "", *beside)):
        raise card_found("names")


def _check_accept(request: Request) -> None:
    accepted = [part.partition(";")[0].strip().lower() for part in request.headers.get("accept", "").split(",")]
    if not any(part in ("", "*/*", "application/*", MODERN, LEGACY) for part in accepted):
        raise Refused(406, TopLevelCode.BAD_USER_INPUT, f"Accept {MODERN} or {LEGACY}.")


def _bearer(request: Request) -> str | None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None


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


def _status_of(code: TopLevelCode, media_type: str) -> int:
    """Of a document that is not executed."""
    if code is TopLevelCode.DOCUMENT_NOT_TRUSTED:
        return 403
    return 400 if media_type == MODERN else 200


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
