"""Charges the cost of an operation to the session and the address of its client, before the operation is executed."""

import math

from graphql import GraphQLError

from gateway.documents.errors import DocumentRefused
from gateway.documents.known_documents import PreparedOperation
from gateway.errors import RateLimited, TopLevelCode, timestamp
from gateway.http.csrf import has_server_key
from gateway.http.http_request import HttpRequest
from gateway.operation.services import Services
from gateway.sessions.handle import Handle
from gateway.store.client import client_key


async def charge(
    services: Services, request: HttpRequest, prepared: PreparedOperation, handle: Handle | None, nearest_address: str
) -> None:
    """Raises `DocumentRefused` if the session or the address has used up its points.

    A server with a key reads for many shoppers, so only their sessions are charged.
    """
    address = None if has_server_key(request.headers, services.settings) else client_key(nearest_address)
    session, facts = handle.store_key if handle is not None else None, prepared.facts
    try:
        left = await services.points.charge(session, address, facts.cost or 0, buys=prepared.operation.buys)
    except RateLimited as limited:
        raise _refusal(services, limited, prepared) from None
    if prepared.cache_policy is None:
        facts.points_left = left


def _refusal(services: Services, limited: RateLimited, prepared: PreparedOperation) -> DocumentRefused:
    kind = limited.detail.partition("-")[0]
    message = (
        f"The {kind} has used up its points of a minute. Nothing was executed. Send the request again at `retryAfter`."
    )
    extensions = {} if limited.retry_after is None else {"retryAfter": timestamp(limited.retry_after)}
    refused = DocumentRefused(TopLevelCode.RATE_LIMITED, GraphQLError(message, extensions=extensions))
    refused.facts = prepared.facts
    if limited.retry_after is not None:
        refused.retry_after_s = max(math.ceil((limited.retry_after - services.now()).total_seconds()), 1)
    return refused
