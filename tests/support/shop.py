"""The gateway under test, a storefront that sends GraphQL over HTTP, and a shopper who uses the storefront."""

import asyncio
import json
import os
import re
import socket
import ssl
import uuid
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Literal

import httpx
import uvicorn
from graphql import parse, print_ast, separate_operations
from starlette.applications import Starlette
from starlette.types import ASGIApp

from gateway.app import create_app, utc_now
from gateway.elapsed_time import elapsed_s
from gateway.settings.settings import Settings
from gateway.store.interface import Store
from gateway.store.memory import MemoryStore
from gateway.store.redis import RedisStore
from gateway.upstream.retrying_calls import Retries
from gateway.upstream.transport import Network
from sandbox.app import create_app as create_sandbox
from sandbox.model.world import World
from tests.support.graph_names import unknown_names
from tests.support.json_answers import json_answer
from tests.support.listed_messages import UNLISTED, contradictions, unlisted_messages
from tests.support.upstream_ways import Way

AT_ONCE = Retries(first_wait_s=0)

NEVER_S = 3600

SHORT_DEADLINE_S = 3.0
"""Deadline of operations in tests in which a call is not answered. A busy machine answers all other calls before it."""

USES_PLANS = os.environ.get("TEST_PLANS", "on") != "off"
"""Whether gateways compile operations. `make test` runs the tests of some folders a second time without plans."""

OPERATIONS = Path(__file__).parents[2] / "examples" / "operations"

ORIGIN = "http://localhost:3000"

CLIENT = {"X-Riverfront-Client": "tests", "Origin": ORIGIN, "Accept": "application/graphql-response+json"}

PACK, POLES, WATCH, GRAPHITE, SOFTWARE = "5401230100", "5401230200", "5401230300", "5401230400", "5401230700"
STOVE, SOLD_OUT = "5401231100", "5401231300"
LIVE_MAPS, COFFEE = "5401231600", "5401231700"

CART = "/v1/shoppers/me/carts/active"
SUBMIT = f"{CART}/submit-cart"
METHODS = "/payments/payment-methods"

VISA = "4444222233331111"

ADDRESS = {
    "firstName": "Ada",
    "lastName": "Lovelace",
    "line1": "10380 Bren Road W",
    "city": "Minnetonka",
    "countrySubdivision": "MN",
    "postalCode": "55343",
    "countryCode": "US",
    "phoneNumber": "952-555-0100",
    "email": "ada@example.com",
}


# Most tests use these operations. They are short, because parsing the example operations would slow the tests down.
DETAILS = """mutation($address: AddressInput!) { prepareCheckout(input: {billing: {address: $address},
  shipping: {sameAs: BILLING}, shippingOption: {rule: CHEAPEST}, termsOfSaleAccepted: true}) {
    cart { id revision totals { orderTotal { amount currencyCode } } }
    errors { __typename code message path retry } } }"""
ATTACH = """mutation($id: String!) { attachSource(input: {source: {sourceId: $id}}) {
    cart { id revision readiness { status } }
    paymentSession { state primarySource { sourceId } }
    errors { __typename code message path retry ... on PaymentError { sessionState sourceState } } } }"""


@dataclass
class Clock:
    """The clock of the gateway, which tests can move forward."""

    offset: timedelta = timedelta(0)
    passed_s: float = 0

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.offset

    def move(self, seconds: float) -> None:
        """Let time pass."""
        self.jump(seconds)
        self.passed_s += seconds

    def jump(self, seconds: float) -> None:
        """Change the time of day, although no time has passed."""
        self.offset += timedelta(seconds=seconds)

    def elapsed(self) -> float:
        return elapsed_s() + self.passed_s


class InMemoryTransport(httpx.ASGITransport):
    """Calls an application without a socket. A test can drop or delay requests and rewrite answers."""

    def __init__(self, app: ASGIApp) -> None:
        super().__init__(app=app)
        self.unreachable: set[str] = set()
        """Paths whose connections are refused."""
        self.broken: set[str] = set()
        """Paths whose requests raise an error that the gateway does not expect."""
        self.arrived: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)
        """Events by path. The network sets the event when a request to the path arrives."""
        self.gates: dict[str, asyncio.Event] = {}
        """Events by path. A request to the path waits until a test sets the event."""
        self.rewrites: dict[tuple[str, str], Callable[[Any], Any]] = {}
        """Functions that change the JSON of an answer, by method and path."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path in self.unreachable:
            raise httpx.ConnectError("refused", request=request)
        if request.url.path in self.broken:
            raise RuntimeError("planted-in-a-crash")
        self.arrived[request.url.path].set()
        if request.url.path in self.gates:
            await self.gates[request.url.path].wait()
        try:
            answer = await super().handle_async_request(request)
        except ConnectionResetError as error:
            raise httpx.ReadError("dropped", request=request) from error
        rewrite = self.rewrites.get((request.method, request.url.path))
        if rewrite is None:
            return answer
        body = await answer.aread()
        return json_answer(request, rewrite(json.loads(body) if body else None), answer.status_code)


class MovedRedisStore(RedisStore):
    """A Redis store whose time a test moves together with the gateway's clock."""

    def __init__(self, url: str, clock: Callable[[], datetime], *, timeout_s: float) -> None:
        super().__init__(url, timeout_s=timeout_s)
        self._clock = clock

    async def now(self) -> datetime:
        return await super().now() + (self._clock() - utc_now())


def settings_for(world: World, **changes: Any) -> Settings:
    keys = world.keys
    values: dict[str, Any] = {
        "upstream_url": "https://sandbox",
        "api_key": keys.confidential_key,
        "api_secret": keys.confidential_secret,
        "publishable_key": keys.public_key,
        "merchant_key": f"{keys.merchant_key}:{keys.merchant_secret}",
        "payment_key": keys.payment_key,
        "ledger_key": keys.ledger_key,
        "development": True,
        "compiled_plans": USES_PLANS,
        # The default times would fail tests on a slow machine.
        "operation_deadline_s": 30,
        "store_timeout_s": 10,
    }
    values |= changes
    sandbox = values["upstream_url"]
    values = {
        "ledger_url": f"{sandbox}/_ledger/balance",
        "script_url": f"{sandbox}/v1/DigitalRiver.js",
        "payments_public_url": sandbox,
    } | values
    if all(isinstance(value, Hashable) for value in values.values()):
        return _cached_settings(tuple(values.items()))
    return Settings(**values)


@cache
def _cached_settings(values: tuple[tuple[str, Any], ...]) -> Settings:
    """Settings with these values, cached because their validation is the slowest part of starting a gateway."""
    return Settings(**dict(values))


@asynccontextmanager
async def running(app: Starlette) -> AsyncIterator[httpx.AsyncClient]:
    """Start the application, yield an HTTP client, and stop the application."""
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app, client=("198.51.100.7", 4711))
        async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as http:
            yield http


class Server(uvicorn.Server):
    """A server with an event that is set once the server listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.is_up = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.is_up.set()


@asynccontextmanager
async def listening(
    app: ASGIApp, lifespan: Literal["on", "off"] = "on", tls: ssl.SSLContext | None = None
) -> AsyncIterator[str]:
    """Serve the application on a real socket and yield its URL."""
    config = uvicorn.Config(app, port=0, log_config=None, access_log=False, lifespan=lifespan, proxy_headers=False)
    config.load()
    config.ssl = tls
    server = Server(config)
    # Unlike `serve`, `_serve` installs no signal handlers: signals must reach the test runner.
    serving = asyncio.create_task(server._serve())
    await server.is_up.wait()
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"{'https' if tls else 'http'}://127.0.0.1:{port}"
    finally:
        # Sandboxes have lifespan "off". They stop without waiting for open requests, because a fault can delay answers.
        server.should_exit, server.force_exit = True, lifespan == "off"
        await serving


def app_for(
    settings: Settings,
    network: httpx.AsyncBaseTransport | None = None,
    *,
    now: Callable[[], datetime] = utc_now,
    store: Store | None = None,
    retries: Retries = AT_ONCE,
    reconcile_every_s: float = NEVER_S,
    elapsed: Callable[[], float] | None = None,
) -> Starlette:
    """ASGI application of a gateway. By default, it retries calls without a pause and never starts to reconcile.

    The time of its store moves with `now`. A store in memory has existed for a day, because registered shoppers cannot
    submit an order shortly after a start.
    """
    if store is None and (url := settings.store_url.get_secret_value()):
        store = MovedRedisStore(url, now, timeout_s=settings.store_timeout_s)
    elif store is None:
        store = MemoryStore(now, intact_since=now() - timedelta(days=1))
    return create_app(
        settings,
        network,
        now=now,
        store=store,
        retries=retries,
        reconcile_every_s=reconcile_every_s,
        plans_new_documents=True,
        elapsed=elapsed or (now.elapsed if isinstance(now, Clock) else elapsed_s),
    )


@asynccontextmanager
async def gateway(
    world: World, network: InMemoryTransport, clock: Clock, **changes: Any
) -> AsyncIterator["Storefront"]:
    """Start a gateway and yield a storefront that uses it. `changes` are settings or options of `app_for`."""
    options = {name: changes.pop(name) for name in ("store", "retries", "reconcile_every_s") if name in changes}
    async with running(app_for(settings_for(world, **changes), network, now=clock, **options)) as http:
        yield Storefront(http)


@asynccontextmanager
async def gateway_on(
    store: Store, world: World, network: InMemoryTransport, clock: Clock, **changes: Any
) -> AsyncIterator["Storefront"]:
    """Start a gateway with this store and yield a storefront that uses the gateway."""
    async with gateway(world, network, clock, store=store, **changes) as storefront:
        yield storefront


@cache
def documents() -> dict[str, str]:
    """Documents of the example operations by name, including the fragments of each operation."""
    source = "\n".join(file.read_text() for file in sorted(OPERATIONS.glob("*.graphql")))
    return {name: print_ast(document) for name, document in separate_operations(parse(source)).items()}


@dataclass
class Answer:
    status: int
    body: dict[str, Any]
    headers: httpx.Headers

    @property
    def data(self) -> dict[str, Any]:
        assert "errors" not in self.body, self.body["errors"]
        data: dict[str, Any] = self.body["data"]
        return data

    @property
    def codes(self) -> list[str]:
        return [error["extensions"]["code"] for error in self.body.get("errors", [])]


@dataclass
class Storefront:
    """A shopper's browser or app. Checks the headers, messages and names of every answer."""

    http: httpx.AsyncClient
    headers: dict[str, str] = field(default_factory=dict)
    cookie: str | None = None

    async def ask(self, query: str, /, **variables: Any) -> Answer:
        answer = await self.send({"query": query, "variables": variables})
        assert answer.headers["content-type"].startswith("application/graphql-response+json"), answer.text
        return Answer(answer.status_code, answer.json(), answer.headers)

    async def send(self, body: Any, **headers: str) -> httpx.Response:
        all_headers = CLIENT | self.headers | headers
        if self.cookie:
            all_headers["Cookie"] = f"__Host-rf_session={self.cookie}"
        answer = await self.http.post("/graphql", json=body, headers=all_headers)
        assert answer.headers["x-request-id"]
        assert "no-store" in answer.headers["cache-control"]
        if "json" in answer.headers.get("content-type", ""):
            assert unlisted_messages(answer.json()) == [], UNLISTED
            assert contradictions(answer.json()) == []
            assert unknown_names(answer.json()) == []
        self._keep_cookie(answer)
        return answer

    def _keep_cookie(self, answer: httpx.Response) -> None:
        # The storefront keeps the cookie itself, because Python's cookie jars send secure cookies over https only.
        if match := re.match(r"__Host-rf_session=([^;]*)", answer.headers.get("set-cookie", "")):
            self.cookie = match.group(1).strip('"') or None

    async def run(self, name: str, /, **variables: Any) -> dict[str, Any]:
        """Execute an example operation and return its data. Fails if there are errors."""
        return (await self.ask(documents()[name], **variables)).data

    async def sign_in(self, username: str, password: str, delivery: str = "COOKIE") -> dict[str, Any]:
        """Sign in and return the payload of `signIn`. Later requests send the bearer token, if the payload has one."""
        query = """mutation($username: String!, $password: String!, $delivery: SessionDelivery) {
          signIn(input: {credentials: {password: {username: $username, password: $password}}, delivery: $delivery}) {
            bearerToken session { id level locale currencyCode }
            cartTransition { outcome quantityBefore quantityAfter }
            cart { id lines { quantity product { upstreamId } } }
            warnings { code message shopperMessage targetId } errors { __typename code path retry
              ... on RateLimitError { retryAfter } } } }"""
        answer = await self.ask(query, username=username, password=password, delivery=delivery)
        payload: dict[str, Any] = answer.data["signIn"]
        if payload["bearerToken"]:
            self.headers["Authorization"] = f"Bearer {payload['bearerToken']}"
        return payload

    async def add(self, product_id: str, quantity: int = 1, key: str | None = None) -> dict[str, Any]:
        query = """mutation($key: UUID!, $id: String!, $quantity: Int!) { addCartLines(input: {idempotencyKey: $key,
          lines: [{product: {upstreamId: $id}, quantity: $quantity}]}) {
            cart { id revision totalQuantity lines { id quantity } totals { orderTotal { amount currencyCode } } }
            errors { __typename code message path retry } } }"""
        answer = await self.ask(query, key=key or new_key(), id=product_id, quantity=quantity)
        payload: dict[str, Any] = answer.data["addCartLines"]
        return payload

    async def give_details(self, **changes: Any) -> dict[str, Any]:
        payload: dict[str, Any] = (await self.ask(DETAILS, address=ADDRESS | changes)).data["prepareCheckout"]
        return payload

    async def attach(self, source_id: str) -> dict[str, Any]:
        payload: dict[str, Any] = (await self.ask(ATTACH, id=source_id)).data["attachSource"]
        return payload

    async def cart(self) -> dict[str, Any]:
        query = """{ cart { id upstreamId revision totalQuantity lines { id quantity product { upstreamId } }
          totals { orderTotal { amount currencyCode } }
          paymentSession { sessionId state amountRemaining { amount } }
          readiness { status blockers { __typename code resolvedBy } } } }"""
        cart: dict[str, Any] = (await self.ask(query)).data["cart"]
        return cart

    async def agreement(self) -> dict[str, Any]:
        """What a shopper agrees to who submits the cart as it is now: its total and its revision."""
        cart = await self.cart()
        return {"total": cart["totals"]["orderTotal"], "revision": cart["revision"]}

    async def submit(self, key: str | None = None, **changes: Any) -> dict[str, Any]:
        """Submit the cart with its current total and revision."""
        if "total" not in changes or "revision" not in changes:
            changes = await self.agreement() | changes
        answer = await self.ask(documents()["GuestOrder"], key=key or new_key(), **changes)
        payload: dict[str, Any] = answer.data["submitOrder"]
        return payload

    async def outcome(self, key: str | None = None, **changes: Any) -> dict[str, Any]:
        """Submit the cart and return the result. Fails if there are user errors."""
        payload = await self.submit(key, **changes)
        assert payload["errors"] == [], payload["errors"]
        result: dict[str, Any] = payload["result"]
        return result

    def another_tab(self) -> "Storefront":
        return Storefront(self.http, dict(self.headers), self.cookie)


@dataclass
class Shopper:
    """A shopper who fills a cart in a storefront and pays with payment sources."""

    storefront: Storefront
    sandbox: httpx.AsyncClient
    world: World

    async def fill_cart(self, product_id: str = PACK, **address: Any) -> None:
        payload = await self.storefront.add(product_id)
        assert payload["errors"] == []
        payload = await self.storefront.give_details(**address)
        assert payload["errors"] == []

    async def source(self, source_type: str = "creditCard", **changes: Any) -> str:
        """Create a source for the current cart, as DigitalRiver.js does, and return the source's id."""
        cart = await self.storefront.cart()
        return await create_source(
            self.sandbox, self.world, cart["paymentSession"]["sessionId"], source_type, **changes
        )

    async def pay_with(self, source_type: str = "creditCard", **changes: Any) -> str:
        source_id = await self.source(source_type, **changes)
        payload = await self.storefront.attach(source_id)
        assert payload["errors"] == []
        return source_id

    async def get_ready(self, source_type: str = "creditCard", **changes: Any) -> None:
        """Fill the cart and attach a source, so that the cart can be submitted."""
        await self.fill_cart()
        await self.pay_with(source_type, **changes)

    async def decide(self, url: str, decision: str = "approve") -> None:
        """Send a decision of the shopper on the provider's page: `approve`, `reject` or `cancel`."""
        answer = await self.sandbox.post(httpx.URL(url).raw_path.decode(), data={"decision": decision})
        assert answer.status_code == 303, answer.text

    async def control(self, name: str, body: Mapping[str, Any]) -> None:
        answer = await self.sandbox.post(f"/_sandbox/{name}", json=body)
        assert answer.status_code < 300, answer.text

    async def fault(self, kind: str, path: str, **more: Any) -> None:
        await self.control("faults", {"kind": kind, "path": path} | more)

    async def force_state(self, state: str | None) -> None:
        session_id = (await self.storefront.cart())["paymentSession"]["sessionId"]
        cart = self.world.cart_of_session(session_id)
        assert cart is not None
        cart.forced_state = state

    async def cart_json(self) -> dict[str, Any]:
        """JSON of the current cart, as Digital River returns the cart."""
        token = next(token for token, grant in self.world.tokens.items() if grant.shopper.cart)
        answer = await self.sandbox.get(f"{CART}?expand=all", headers={"Authorization": f"Bearer {token}"})
        wire: dict[str, Any] = answer.json()
        return wire

    @property
    def submits(self) -> int:
        return self.world.calls.count("POST", SUBMIT)


@asynccontextmanager
async def shopper_over_socket(world: World, deadline_s: float = 20, way: Way = Way.DIRECT) -> AsyncIterator[Shopper]:
    """A shopper whose gateway calls the sandbox over a socket."""
    async with listening(create_sandbox(world), "off", way.server_tls) as url:
        settings = settings_for(
            world, upstream_url=url, operation_deadline_s=deadline_s, submission_deadline_s=deadline_s
        )
        async with (
            running(app_for(settings, Network(options=way.options))) as http,
            httpx.AsyncClient(base_url=url, verify=way.options.tls or True) as sandbox,
        ):
            yield Shopper(Storefront(http), sandbox, world)


async def signed_in(
    storefront: Storefront, sandbox: httpx.AsyncClient, world: World, username: str, password: str
) -> Shopper:
    """Return a registered shopper, signed in with a new browser session."""
    browser = Storefront(storefront.http)
    payload = await browser.sign_in(username, password)
    assert payload["errors"] == []
    return Shopper(browser, sandbox, world)


async def create_source(
    sandbox: httpx.AsyncClient, world: World, session_id: str, source_type: str = "creditCard", **changes: Any
) -> str:
    """Create a source and return its id. `changes` name fields of the request by path, such as `owner__lastName`."""
    details: dict[str, Any] = {
        "creditCard": {"number": VISA, "expirationMonth": 10, "expirationYear": 2035, "cvv": "123"},
        "wireTransfer": {},
    }.get(source_type, {"returnUrl": "https://shop.example/return", "cancelUrl": "https://shop.example/cancel"})
    body: dict[str, Any] = {
        "type": source_type,
        "sessionId": session_id,
        "owner": {
            "firstName": "Ada",
            "lastName": "Lovelace",
            "email": "ada@example.com",
            "phoneNumber": "952-555-0100",
            "address": {
                "line1": "10380 Bren Road W",
                "city": "Minnetonka",
                "state": "MN",
                "postalCode": "55343",
                "country": "US",
            },
        },
        source_type: details,
    }
    for path, value in changes.items():
        target = body
        *parents, last = path.split("__")
        for parent in parents:
            target = target[parent]
        target[last] = value
    headers = {"Authorization": f"Bearer {world.keys.public_key}"}
    answer = await sandbox.post("/payments/sources", headers=headers, json=body)
    assert answer.status_code == 201, answer.text
    source: str = answer.json()["id"]
    return source


async def eventually(condition: Callable[[], bool | Awaitable[bool]]) -> None:
    """Wait until the condition is true. Otherwise, the test fails at its timeout."""
    while True:
        result = condition()
        if result if isinstance(result, bool) else await result:
            return
        await asyncio.sleep(0)


def new_key() -> str:
    return str(uuid.uuid4())
