"""The gateway put together: settings in, ASGI application out. The order of the layers is the order here.

Request ids and fixed headers, what caches are told, then CORS, then the size of the body, then routes.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import lru_cache

import httpx
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from gateway.catalog.catalog import Catalog
from gateway.documents.registry import Documents
from gateway.errors import StoreUnavailable
from gateway.http import csrf
from gateway.http.cache_headers import CacheHeaders
from gateway.http.endpoint import GraphQLEndpoint
from gateway.http.graphiql import page as graphiql
from gateway.http.request_id import RequestIds
from gateway.http.response import COST_HEADERS
from gateway.operation.services import Services
from gateway.orders.attempts import Attempts
from gateway.payments.method_list import MethodLists
from gateway.sessions.cart_lock import CartLock
from gateway.sessions.idempotency import IdempotencyRecords
from gateway.sessions.merchant_assertions import MerchantAssertions
from gateway.sessions.sessions import Sessions
from gateway.sessions.token_renewal import TokenRenewal
from gateway.settings import Settings
from gateway.store.answer_cache import AnswerCache
from gateway.store.heartbeat import Replica
from gateway.store.interface import Store
from gateway.store.memory import MemoryStore
from gateway.store.rate_limits import RateLimits
from gateway.store.redis import RedisStore
from gateway.submission.reconciler import INTERVAL_S, Reconciler
from gateway.telemetry import log_retries
from gateway.upstream import transport
from gateway.upstream.calls import Calls, Retries
from gateway.upstream.client import Upstream
from schema.build import Graph, build

PREFLIGHT_S = 600


def utc_now() -> datetime:
    return datetime.now(UTC)


def create_app(
    settings: Settings,
    network: httpx.AsyncBaseTransport | None = None,
    *,
    now: Callable[[], datetime] = utc_now,
    store: Store | None = None,
    retries: Retries = Retries(),  # noqa: B008 - frozen
    reconcile_every_s: float = INTERVAL_S,
) -> Starlette:
    """Build the gateway. The parameters beside `settings` are for tests."""
    log_retries()
    http = transport.client(network or transport.network())
    upstream = Upstream(Calls(http, settings, retries))
    store = store or _store(settings, now)
    cache = AnswerCache(now)
    replica = Replica(store)
    sessions = Sessions(store, settings, now)
    services = Services(
        settings=settings,
        upstream=upstream,
        store=store,
        sessions=sessions,
        token_renewal=TokenRenewal(sessions, store, upstream, now),
        cache=cache,
        method_lists=MethodLists(cache, upstream, settings),
        catalog=Catalog.of_home_market(upstream, cache, settings, now),
        idempotency=IdempotencyRecords(store),
        attempts=Attempts(store, replica),
        replica=replica,
        cart_lock=CartLock(store),
        rate_limits=RateLimits(now, store.pool if isinstance(store, RedisStore) else None),
        merchant_assertions=MerchantAssertions(settings, store, now),
        now=now,
    )
    graph = build(suggests=settings.development)
    routes: list[BaseRoute] = [
        Route("/graphql", GraphQLEndpoint(graph.core, _documents(graph, settings), services).answer, methods=METHODS),
        Route("/health/live", _live),
        Route("/health/ready", _ready(store)),
        *(graphiql.routes() if settings.development else []),
    ]

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        reconciler = Reconciler(services, interval_s=reconcile_every_s)
        beating = asyncio.create_task(reconciler.beat())
        reconciling = asyncio.create_task(reconciler.run())
        yield
        reconciling.cancel()
        await services.attempts.drain()
        beating.cancel()
        # Their last command is over before the store is closed.
        await asyncio.gather(beating, reconciling, return_exceptions=True)
        with contextlib.suppress(StoreUnavailable):
            await replica.leave()
        await http.aclose()
        await store.aclose()

    return Starlette(
        routes=routes,
        lifespan=lifespan,
        middleware=[
            Middleware(RequestIds, settings=settings),
            Middleware(CacheHeaders),
            Middleware(
                CORSMiddleware,
                allow_origins=settings.origins,
                allow_origin_regex=csrf.LOOPBACK_ORIGIN if settings.development else None,
                allow_credentials=True,
                allow_methods=["GET", "POST"],
                allow_headers=["Content-Type", "Authorization", "X-Riverfront-Client", "X-Request-Id"],
                expose_headers=["X-Request-Id", *COST_HEADERS],
                max_age=PREFLIGHT_S,
            ),
            Middleware(RequestBodyLimitMiddleware, max_body_size=settings.body_limit_bytes),
        ],
    )


METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]
"""All that the GraphQL path answers itself, so that a wrong one is told as GraphQL tells it."""


@lru_cache(maxsize=8)
def _documents(graph: Graph, settings: Settings) -> Documents:
    """Applications with the same settings in one process, as tests make them, read a document once."""
    return Documents(graph.core, graph.directive_tables, settings)


def _store(settings: Settings, now: Callable[[], datetime]) -> Store:
    if url := settings.store_url.get_secret_value():
        return RedisStore(url, timeout_s=settings.store_timeout_s)
    return MemoryStore(now)


async def _live(_request: Request) -> Response:
    return PlainTextResponse("ok")


def _ready(store: Store) -> Callable[[Request], Awaitable[Response]]:
    async def ready(_request: Request) -> Response:
        try:
            await store.check()
        except StoreUnavailable:
            return PlainTextResponse("not ready", 503)
        return PlainTextResponse("ok")

    return ready
