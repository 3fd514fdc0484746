"""Assembles the ASGI application from the settings.

A request passes through the middleware in the order of the list in `create_app`.
"""

import contextlib
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import lru_cache

import httpx
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware

from gateway.catalog.catalog import Catalog
from gateway.documents.registry import Documents
from gateway.elapsed_time import elapsed_s
from gateway.errors import StoreUnavailable
from gateway.execution.executor import Executor
from gateway.execution.plan_cache import PlanCache
from gateway.http import cors, health, unknown_path
from gateway.http.draining import Draining
from gateway.http.endpoint import GraphQLEndpoint
from gateway.http.graphiql import page as graphiql
from gateway.http.graphql_path import GraphQLPath, GraphQLRequests
from gateway.http.other_paths import OtherPaths
from gateway.operation.services import Services
from gateway.orders.attempt_keys import OrderKeys
from gateway.orders.attempts import Attempts
from gateway.orders.submission_lock import SubmissionLock
from gateway.payments.method_list import MethodLists
from gateway.sessions.cart_change_lock import CartChangeLock
from gateway.sessions.encrypted_store import encrypted
from gateway.sessions.encryption import digest_key
from gateway.sessions.idempotency import IdempotencyRecords
from gateway.sessions.merchant_assertions import MerchantAssertions
from gateway.sessions.session_hash import SessionHashes
from gateway.sessions.sessions import Sessions
from gateway.sessions.token_renewal import TokenRenewal
from gateway.settings.settings import Settings
from gateway.shopper_messages.catalogue import ShopperMessages
from gateway.store.answer_cache import AnswerCache
from gateway.store.client_calls import ClientCalls
from gateway.store.clock import SharedClock
from gateway.store.heartbeat import Replica
from gateway.store.interface import Store
from gateway.store.memory import MemoryStore
from gateway.store.points import Points
from gateway.store.rate_limits import RateLimits
from gateway.store.redis import RedisStore
from gateway.store.repetition import Repetition
from gateway.submission.open_attempts import measurements
from gateway.submission.reconciler import INTERVAL_S, Reconciler
from gateway.telemetry.logs import FOLD_S, silence_retries, write_folded
from gateway.tracing.start import Traces
from gateway.upstream import transport
from gateway.upstream.client import Upstream
from gateway.upstream.exchange import Reserve, Sender
from gateway.upstream.logged_requests import LoggedRequests
from gateway.upstream.protection.limited_calls import protected
from gateway.upstream.protection.quota import RefusedOrders
from gateway.upstream.protection.retry_budget import RetryBudget
from gateway.upstream.retrying_calls import Calls, Retries
from schema.build import Graph, build

log = logging.getLogger(__name__)


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
    elapsed: Callable[[], float] = elapsed_s,
    plans_new_documents: bool = False,
) -> Starlette:
    """The application for these settings. The other parameters are for tests. Raises `ManifestInvalid` or
    `ShopperMessagesInvalid`."""
    silence_retries()
    store = store or _store(settings, now)
    network = network or transport.Network(options=transport.connection_options(settings))
    logged = LoggedRequests(transport.sender_over(network), slow_s=settings.slow_call_s, elapsed=elapsed)
    refused_orders = RefusedOrders(elapsed)
    http = protected(logged, settings, store, refused_orders, now, elapsed)
    calls = Calls(http, settings, retries, retry_budget=RetryBudget(elapsed), now=now)
    services = _services(settings, Upstream(calls), store, now, elapsed)
    graph = build(suggests=settings.development)
    documents = _documents(graph, settings)
    endpoint = GraphQLEndpoint(_executor(graph, settings, plans_new_documents), documents, services)
    traces = Traces(settings)
    graphql_path = GraphQLPath(endpoint, settings, elapsed, traces.tracer)
    reconciler = Reconciler(services, interval_s=reconcile_every_s, tracer=traces.tracer)
    draining = Draining()
    way_out = transport.WayOut(network, settings)
    checks = health.Health(services.store, services.catalog.reader, draining, refused_orders, way_out, elapsed)
    app = Starlette(
        routes=[
            *health.routes(checks),
            *(graphiql.routes(settings) if settings.development else []),
        ],
        middleware=[
            Middleware(GraphQLRequests, graphql_path=graphql_path),
            Middleware(OtherPaths, settings=settings),
            Middleware(CORSMiddleware, **cors.options(settings)),
        ],
        exception_handlers={404: unknown_path.answer_with(settings)},
        lifespan=lambda _app: _lifespan(services, checks, http, reconciler, traces),
    )
    app.state.graphql_path, app.state.draining, app.state.health = graphql_path, draining, checks
    # A redirect from `/graphql/` would name the host of the request, which anybody may choose, and lose the body.
    app.router.redirect_slashes = False
    return app


def preload(settings: Settings) -> None:
    """Build what all applications with these settings share: the schema, the documents of the manifest, and the
    messages for shoppers. Raises `ManifestInvalid` or `ShopperMessagesInvalid`."""
    _documents(build(suggests=settings.development), settings)
    _shopper_messages(settings)


def _services(
    settings: Settings,
    upstream: Upstream,
    shared: Store,
    local_now: Callable[[], datetime],
    elapsed: Callable[[], float],
) -> Services:
    store = encrypted(shared, settings)
    now = SharedClock(store, local_now, elapsed)
    cache = AnswerCache(now)
    replica = Replica(store, now)
    sessions = Sessions(shared, settings, now)  # A session record that was copied ends the session; others fail.
    attempts = Attempts(store, replica, longest_work_s=settings.doubt_quiet_s)
    redis = shared.redis if isinstance(shared, RedisStore) else None
    return Services(
        settings=settings,
        upstream=upstream,
        store=store,
        sessions=sessions,
        session_hashes=SessionHashes(settings, now),
        token_renewal=TokenRenewal(sessions, store, upstream.reserving(Reserve.TOKENS), now),
        method_lists=MethodLists(cache, upstream, settings),
        catalog=Catalog.of_home_market(upstream, cache, settings, now),
        idempotency=IdempotencyRecords(store),
        attempts=attempts,
        order_keys=OrderKeys(settings),
        submission_lock=SubmissionLock(store, attempts),
        replica=replica,
        cart_change_lock=CartChangeLock(store, now),
        rate_limits=RateLimits(
            now,
            digest_key(settings),
            redis,
            starts_per_s=settings.client_limits.session_starts_per_s,
            submits_per_minute=settings.client_limits.submits_per_minute,
        ),
        client_calls=ClientCalls(now),
        points=Points(
            now,
            digest_key(settings),
            redis,
            session_limit=settings.client_limits.session_points,
            address_limit=settings.client_limits.address_points,
            timeout_s=settings.store_timeout_s,
        ),
        cursor_secret=digest_key(settings),
        merchant_assertions=MerchantAssertions(settings, store, now),
        shopper_messages=_shopper_messages(settings),
        now=now,
    )


def _store(settings: Settings, now: Callable[[], datetime]) -> Store:
    if url := settings.store_url.get_secret_value():
        return RedisStore(url, ca=settings.store_ca, timeout_s=settings.store_timeout_s)
    return MemoryStore(now)


@lru_cache(maxsize=8)
def _documents(graph: Graph, settings: Settings) -> Documents:
    """The document cache of all applications with these settings. Tests create many applications, and the shared cache
    lets them parse each document only once."""
    return Documents(graph.core, graph.directive_tables, settings)


@lru_cache(maxsize=8)
def _shopper_messages(settings: Settings) -> ShopperMessages:
    messages = ShopperMessages(settings.shopper_messages)
    untranslated = [locale for locale in settings.locale_names if not messages.has_language_of(locale)]
    if untranslated:
        log.warning(
            "locales without messages for shoppers show English ones", extra={"reason": ", ".join(untranslated)}
        )
    return messages


@lru_cache(maxsize=8)
def _executor(graph: Graph, settings: Settings, plans_new_documents: bool) -> Executor:
    plans = PlanCache(graph.core) if settings.compiled_plans else None
    documents = _documents(graph, settings)
    executor = Executor(graph.core, plans, documents.turns, plans_new_documents=plans_new_documents)
    executor.compile(documents.operations_of_manifest())
    return executor


@asynccontextmanager
async def _lifespan(
    services: Services, checks: health.Health, http: Sender, reconciler: Reconciler, traces: Traces
) -> AsyncIterator[None]:
    # If the store cannot be reached now, the next heartbeat synchronizes the clock.
    with contextlib.suppress(StoreUnavailable):
        await services.replica.beat()
    beating = services.replica.keep_beating(reconciler.interval_s)
    reconciling = reconciler.run()
    watching = checks.watch(max(reconciler.interval_s, health.WATCH_S))
    folding = Repetition(write_folded, FOLD_S)
    measuring = measurements(services, reconciler.interval_s)
    yield
    if measuring is not None:
        await measuring.stop()
    await watching.stop()
    await reconciling.stop()
    await reconciler.cancel_tasks()
    await services.attempts.drain()
    await beating.stop()
    await checks.stop()
    await services.points.aclose()
    with contextlib.suppress(StoreUnavailable):
        await services.replica.leave()
    await http.aclose()
    await services.store.aclose()
    await traces.stop()
    await folding.stop()
