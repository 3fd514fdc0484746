"""The people of the tests: a storefront that speaks GraphQL over HTTP, and a shopper who uses it."""

import asyncio
import json
import re
import socket
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

from gateway.app import create_app
from gateway.sessions.sessions import utc_now
from gateway.settings import Settings
from gateway.store.interface import Store
from gateway.upstream.calls import Retries
from sandbox.model.world import World

AT_ONCE = Retries(first_wait_s=0)

NEVER_S = 3600

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


# What nearly every test begins with. Shorter than the example operations: each gateway reads a document once.
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
    """The gateway's time, moved by hand."""

    moved: timedelta = timedelta(0)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.moved

    def move(self, seconds: float) -> None:
        self.moved += timedelta(seconds=seconds)


class InMemory(httpx.ASGITransport):
    """Calls an application without a socket; a connection that it drops looks like one."""

    def __init__(self, app: ASGIApp) -> None:
        super().__init__(app=app)
        self.unreachable: set[str] = set()
        """Paths at which nobody listens."""
        self.broken: set[str] = set()
        """Paths at which something crashes that nobody has thought of."""
        self.arrived: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)
        """By path: set once a request is on its way."""
        self.gates: dict[str, asyncio.Event] = {}
        """By path: what a request waits for before it arrives."""
        self.rewrites: dict[tuple[str, str], Callable[[Any], Any]] = {}
        """By method and path: what becomes of the JSON of an answer on its way."""

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
        return httpx.Response(answer.status_code, json=rewrite(json.loads(body) if body else None), request=request)


def settings_for(world: World, **changes: Any) -> Settings:
    keys = world.keys
    given: dict[str, Any] = {
        "upstream_url": "https://sandbox",
        "api_key": keys.confidential_key,
        "api_secret": keys.confidential_secret,
        "publishable_key": keys.public_key,
        "merchant_key": f"{keys.merchant_key}:{keys.merchant_secret}",
        "payment_key": keys.payment_key,
        "ledger_key": keys.ledger_key,
        "development": True,
        # A machine that does much else is slow, and no test of ours is about that.
        "store_timeout_s": 10,
    }
    given |= changes
    given = {"ledger_url": f"{given['upstream_url']}/_ledger/balance"} | given
    if all(isinstance(value, Hashable) for value in given.values()):
        return _settings(tuple(given.items()))
    return Settings(**given)


@cache
def _settings(given: tuple[tuple[str, Any], ...]) -> Settings:
    """They are frozen, and slower to read than all else that a test begins with."""
    return Settings(**dict(given))


@asynccontextmanager
async def running(app: Starlette) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the application, between its start and its stop."""
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app, client=("198.51.100.7", 4711))
        async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as http:
            yield http


class Server(uvicorn.Server):
    """Tells when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.is_up = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.is_up.set()


@asynccontextmanager
async def listening(app: ASGIApp, lifespan: Literal["on", "off"] = "on") -> AsyncIterator[str]:
    """The application on a real socket; its URL."""
    server = Server(
        uvicorn.Config(app, port=0, log_config=None, access_log=False, lifespan=lifespan, proxy_headers=False)
    )
    # Signals are the test runner's.
    serving = asyncio.create_task(server._serve())
    await server.is_up.wait()
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        # Without a lifespan nothing is to be waited for, answers of a fault least of all.
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
) -> Starlette:
    """A gateway that repeats calls at once and reconciles no submission in the background."""
    return create_app(settings, network, now=now, store=store, retries=retries, reconcile_every_s=reconcile_every_s)


@asynccontextmanager
async def gateway(world: World, network: InMemory, clock: Clock, **changes: Any) -> AsyncIterator["Storefront"]:
    """A storefront in front of a gateway of its own. `changes`: settings, or options of `app_for`."""
    options = {name: changes.pop(name) for name in ("store", "retries", "reconcile_every_s") if name in changes}
    async with running(app_for(settings_for(world, **changes), network, now=clock, **options)) as http:
        yield Storefront(http)


@asynccontextmanager
async def gateway_on(
    store: Store, world: World, network: InMemory, clock: Clock, **changes: Any
) -> AsyncIterator["Storefront"]:
    """A gateway whose store the test has made."""
    async with gateway(world, network, clock, store=store, **changes) as storefront:
        yield storefront


@cache
def documents() -> dict[str, str]:
    """The example operations by name, each with the fragments it uses."""
    text = "\n".join(file.read_text() for file in sorted(OPERATIONS.glob("*.graphql")))
    return {name: print_ast(one) for name, one in separate_operations(parse(text)).items()}


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
    """A shopper's browser or app. Checks on every answer what must always hold."""

    http: httpx.AsyncClient
    headers: dict[str, str] = field(default_factory=dict)
    cookie: str | None = None

    async def ask(self, text: str, /, **variables: Any) -> Answer:
        answer = await self.send({"query": text, "variables": variables})
        assert answer.headers["content-type"].startswith("application/graphql-response+json"), answer.text
        return Answer(answer.status_code, answer.json(), answer.headers)

    async def send(self, body: Any, **headers: str) -> httpx.Response:
        given = CLIENT | self.headers | headers
        if self.cookie:
            given["Cookie"] = f"__Host-rf_session={self.cookie}"
        answer = await self.http.post("/graphql", json=body, headers=given)
        assert answer.headers["x-request-id"]
        assert "no-store" in answer.headers["cache-control"]
        self._keep_cookie(answer)
        return answer

    def _keep_cookie(self, answer: httpx.Response) -> None:
        # Python's cookie jars send a secure cookie over https only.
        if match := re.match(r"__Host-rf_session=([^;]*)", answer.headers.get("set-cookie", "")):
            self.cookie = match.group(1).strip('"') or None

    async def run(self, name: str, /, **variables: Any) -> dict[str, Any]:
        """The data of an example operation, which has no error."""
        return (await self.ask(documents()[name], **variables)).data

    async def sign_in(self, username: str, password: str, delivery: str = "COOKIE") -> dict[str, Any]:
        """The payload of `signIn`; a bearer is held from here on."""
        text = """mutation($username: String!, $password: String!, $delivery: SessionDelivery) {
          signIn(input: {credentials: {password: {username: $username, password: $password}}, delivery: $delivery}) {
            bearerToken session { id level locale currencyCode }
            cartTransition { outcome quantityBefore quantityAfter }
            cart { id lines { quantity product { upstreamId } } }
            warnings { code message targetId } errors { __typename code path retry
              ... on RateLimitError { retryAfter } } } }"""
        answer = await self.ask(text, username=username, password=password, delivery=delivery)
        payload: dict[str, Any] = answer.data["signIn"]
        if payload["bearerToken"]:
            self.headers["Authorization"] = f"Bearer {payload['bearerToken']}"
        return payload

    # What a guest does, in the words of the example operations.

    async def add(self, product_id: str, quantity: int = 1, key: str | None = None) -> dict[str, Any]:
        text = """mutation($key: UUID!, $id: String!, $quantity: Int!) { addCartLines(input: {idempotencyKey: $key,
          lines: [{product: {upstreamId: $id}, quantity: $quantity}]}) {
            cart { id revision totalQuantity lines { id quantity } totals { orderTotal { amount currencyCode } } }
            errors { __typename code message path retry } } }"""
        answer = await self.ask(text, key=key or new_key(), id=product_id, quantity=quantity)
        payload: dict[str, Any] = answer.data["addCartLines"]
        return payload

    async def give_details(self, **changes: Any) -> dict[str, Any]:
        payload: dict[str, Any] = (await self.ask(DETAILS, address=ADDRESS | changes)).data["prepareCheckout"]
        return payload

    async def attach(self, source_id: str) -> dict[str, Any]:
        payload: dict[str, Any] = (await self.ask(ATTACH, id=source_id)).data["attachSource"]
        return payload

    async def cart(self) -> dict[str, Any]:
        text = """{ cart { id upstreamId revision totalQuantity lines { id quantity product { upstreamId } }
          totals { orderTotal { amount currencyCode } }
          paymentSession { sessionId state amountRemaining { amount } }
          readiness { status blockers { __typename code resolvedBy } } } }"""
        cart: dict[str, Any] = (await self.ask(text)).data["cart"]
        return cart

    async def submit(self, key: str | None = None, **changes: Any) -> dict[str, Any]:
        """Press the buy button for the cart as it is."""
        if "total" not in changes or "revision" not in changes:
            cart = await self.cart()
            changes = {"total": cart["totals"]["orderTotal"], "revision": cart["revision"]} | changes
        answer = await self.ask(documents()["GuestOrder"], key=key or new_key(), **changes)
        payload: dict[str, Any] = answer.data["submitOrder"]
        return payload

    async def outcome(self, key: str | None = None, **changes: Any) -> dict[str, Any]:
        """The result of a press that is answered without an error."""
        payload = await self.submit(key, **changes)
        assert payload["errors"] == [], payload["errors"]
        result: dict[str, Any] = payload["result"]
        return result

    def another_tab(self) -> "Storefront":
        return Storefront(self.http, dict(self.headers), self.cookie)


@dataclass
class Shopper:
    """Somebody who fills a cart and pays with sources of the payment service."""

    storefront: Storefront
    sandbox: httpx.AsyncClient
    world: World

    async def fill_cart(self, product_id: str = PACK, **address: Any) -> None:
        payload = await self.storefront.add(product_id)
        assert payload["errors"] == []
        payload = await self.storefront.give_details(**address)
        assert payload["errors"] == []

    async def source(self, type: str = "creditCard", **changes: Any) -> str:
        """A source as DigitalRiver.js makes it, for the cart as it is. Its id."""
        cart = await self.storefront.cart()
        return await create_source(self.sandbox, self.world, cart["paymentSession"]["sessionId"], type, **changes)

    async def pay_with(self, type: str = "creditCard", **changes: Any) -> str:
        source_id = await self.source(type, **changes)
        payload = await self.storefront.attach(source_id)
        assert payload["errors"] == []
        return source_id

    async def get_ready(self, type: str = "creditCard", **changes: Any) -> None:
        """All that is needed before the button is pressed."""
        await self.fill_cart()
        await self.pay_with(type, **changes)

    async def decide(self, url: str, decision: str = "approve") -> None:
        """What the shopper does on the provider's page."""
        answer = await self.sandbox.post(httpx.URL(url).raw_path.decode(), data={"decision": decision})
        assert answer.status_code == 303, answer.text

    async def control(self, name: str, body: Mapping[str, Any]) -> None:
        answer = await self.sandbox.post(f"/_sandbox/{name}", json=body)
        assert answer.status_code < 300, answer.text

    async def fault(self, kind: str, path: str, **more: Any) -> None:
        await self.control("faults", {"kind": kind, "path": path} | more)

    async def force_state(self, state: str | None) -> None:
        session_id = (await self.storefront.cart())["paymentSession"]["sessionId"]
        await self.control("session-state", {"sessionId": session_id, "state": state})

    async def wire_cart(self) -> dict[str, Any]:
        """The open cart as upstream answers it."""
        token = next(token for token, known in self.world.tokens.items() if known.shopper.cart)
        answer = await self.sandbox.get(f"{CART}?expand=all", headers={"Authorization": f"Bearer {token}"})
        wire: dict[str, Any] = answer.json()
        return wire

    @property
    def submits(self) -> int:
        return self.world.calls.count("POST", SUBMIT)


async def signed_in(
    storefront: Storefront, sandbox: httpx.AsyncClient, world: World, username: str, password: str
) -> Shopper:
    """A shopper with an account, in a browser of their own."""
    own = Storefront(storefront.http)
    payload = await own.sign_in(username, password)
    assert payload["errors"] == []
    return Shopper(own, sandbox, world)


async def create_source(
    sandbox: httpx.AsyncClient, world: World, session_id: str, type: str = "creditCard", **changes: Any
) -> str:
    """`changes` name members by `owner__lastName`."""
    details: dict[str, Any] = {
        "creditCard": {"number": VISA, "expirationMonth": 10, "expirationYear": 2035, "cvv": "123"},
        "wireTransfer": {},
    }.get(type, {"returnUrl": "https://shop.example/return", "cancelUrl": "https://shop.example/cancel"})
    body: dict[str, Any] = {
        "type": type,
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
        type: details,
    }
    for name, value in changes.items():
        place = body
        *parents, last = name.split("__")
        for parent in parents:
            place = place[parent]
        place[last] = value
    headers = {"Authorization": f"Bearer {world.keys.public_key}"}
    answer = await sandbox.post("/payments/sources", headers=headers, json=body)
    assert answer.status_code == 201, answer.text
    source: str = answer.json()["id"]
    return source


async def eventually(is_so: Callable[[], bool | Awaitable[bool]]) -> None:
    """Wait for what the gateway does by itself. The limit of the test is the limit."""
    while True:
        answer = is_so()
        if answer if isinstance(answer, bool) else await answer:
            return
        await asyncio.sleep(0)


def new_key() -> str:
    return str(uuid.uuid4())
