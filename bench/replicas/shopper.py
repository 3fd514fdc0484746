"""A shopper with one or more devices, who buys one cart and asks for the outcome."""

import asyncio
import random
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import httpx

from bench.replicas import documents
from bench.replicas.environment import QUIET_S, Entrance, Environment
from bench.replicas.ledger import UNFINISHED
from bench.replicas.oracle import DEFINITE, SubmitRequest, Witness
from tests.support.shop import ADDRESS, PACK, create_source, new_key

TRIES = 12
HANG_UP_S = 0.3
"""Longest time after which a client hangs up, in seconds."""

SETTLED_WITHIN_S = 60 + QUIET_S
PASSWORD = "Password-1!"  # noqa: S105 - invented

WAITS_S = {"RATE_LIMITED": 6.0, "STORE_UNAVAILABLE": 1.0}
"""Seconds before a mutation is sent again: the limit of sign-ins is for a minute, and a gateway that was just started
changes no cart during its quiet time."""

ENDED = frozenset({"SESSION_EXPIRED", "SESSION_REQUIRED", "SIGN_IN_REQUIRED"})
FINISHED = frozenset({"PLACED", "NOT_PLACED", "DECLINED", "BLOCKED"})
"""Statuses of a submission that has an outcome."""


@dataclass(frozen=True)
class Answer:
    data: dict[str, Any]
    codes: frozenset[str]
    """Codes of the errors in the answer and in its payloads."""
    messages: str = ""
    """Messages of the errors in the payloads."""

    def payload(self, name: str) -> dict[str, Any]:
        return self.data.get(name) or {}


@dataclass(frozen=True)
class CartState:
    id: str
    total: dict[str, str]
    session_id: str | None
    session_state: str | None
    quantity: int

    @classmethod
    def of(cls, cart: dict[str, Any]) -> "CartState":
        payment = cart["paymentSession"] or {}
        total = cart["totals"]["orderTotal"]
        return cls(cart["upstreamId"], total, payment.get("sessionId"), payment.get("state"), cart["totalQuantity"])


@dataclass
class Device:
    """A browser or an app with one session. `gateways` are those that the device may call."""

    shopper: "Shopper"
    gateways: Sequence[Entrance]
    headers: dict[str, str] = field(default_factory=dict)

    async def ask(self, document: str, *, within_s: float = 30, **variables: Any) -> Answer:
        """The answer of one of the gateways; an empty answer if the gateway cannot be reached or is too slow."""
        http = self.shopper.rng.choice(self.gateways).http
        headers = {"X-Forwarded-For": self.shopper.address} | self.headers
        sent = {"query": document, "variables": variables}
        with suppress(httpx.TransportError, TimeoutError, ValueError):
            async with asyncio.timeout(within_s):
                answer = await http.post("/graphql", json=sent, headers=headers)
            self.shopper.witness.read(answer.text)
            return self._read(answer.json())
        return Answer({}, frozenset({"NO_ANSWER"}))

    def _read(self, body: dict[str, Any]) -> Answer:
        data = body.get("data") or {}
        payloads = [payload for payload in data.values() if isinstance(payload, dict)]
        codes = {error["extensions"]["code"] for error in body.get("errors") or []}
        errors = [error for payload in payloads for error in payload.get("errors") or []]
        codes |= {error["code"] for error in errors}
        for payload in payloads:
            if token := payload.get("bearerToken"):
                self.headers["Authorization"] = f"Bearer {token}"
        return Answer(data, frozenset(codes), " ".join(error.get("message", "") for error in errors))

    async def accepted(self, document: str, name: str, **variables: Any) -> dict[str, Any]:
        """The payload of a mutation. If the mutation fails, it is sent again, because upstream is slow."""
        answer = Answer({}, frozenset())
        for attempt in range(TRIES):
            answer = await self.ask(document, **variables)
            if answer.payload(name) and not answer.codes:
                return answer.payload(name)
            if answer.codes & ENDED:
                break
            await asyncio.sleep(max((WAITS_S[code] for code in answer.codes & WAITS_S.keys()), default=0.1 * attempt))
        raise NotPrepared(f"{name}: {sorted(answer.codes)}")

    async def cart(self) -> CartState | None:
        cart = (await self.ask(documents.CART)).data.get("cart")
        return CartState.of(cart) if cart else None


class NotPrepared(Exception):
    """The cart could not be prepared, so this shopper submits nothing more."""


@dataclass
class Shopper:
    """A shopper whose decisions are drawn from `rng`."""

    number: int
    environment: Environment
    rng: random.Random
    witness: Witness
    has_account: bool = False
    loses_handle: bool = False
    """Whether a shopper whose session has ended no longer has its handle."""

    @classmethod
    def new(cls, environment: Environment, number: int, rng: random.Random, *, has_account: bool) -> "Shopper":
        shopper = cls(number, environment, rng, Witness(f"shopper-{number}@bench.example"), has_account)
        environment.witnesses.append(shopper.witness)
        if has_account:
            shopper.environment.world.open_account(
                shopper.witness.email, PASSWORD, f"bench-{number}", "Ada", "Lovelace"
            )
        return shopper

    @property
    def address(self) -> str:
        return f"198.18.{self.number // 250 % 250}.{self.number % 250 + 1}"

    def count(self, event: str) -> None:
        self.environment.mix[event] += 1

    # Preparing a cart.

    async def sign_in(self, device: Device) -> CartState | None:
        payload = await device.accepted(documents.SIGN_IN, "signIn", username=self.witness.email, password=PASSWORD)
        self.count("shoppers: sign-ins")
        return CartState.of(payload["cart"]) if payload["cart"] else None

    async def add(self, device: Device, product_id: str = PACK, quantity: int = 1) -> None:
        await device.accepted(documents.ADD, "addCartLines", id=product_id, quantity=quantity)

    async def make_ready(self, device: Device, source_type: str = "creditCard") -> CartState:
        """Give the cart an address and, if it needs one, a source. Return the cart."""
        address = ADDRESS | {"email": self.witness.email}
        payload = await device.accepted(documents.PREPARE, "prepareCheckout", a=address)
        cart = CartState.of(payload["cart"])
        if cart.session_state == "REQUIRES_SOURCE" and cart.session_id is not None:
            world = self.environment.world
            source_id = await create_source(self.environment.sandbox, world, cart.session_id, source_type)
            cart = CartState.of((await device.accepted(documents.ATTACH, "attachSource", id=source_id))["cart"])
        return cart

    # Submitting, and asking for the outcome.

    def request(self, cart: CartState, key: str | None = None) -> SubmitRequest:
        request = SubmitRequest(key or new_key(), cart.id, Decimal(cart.total["amount"]))
        self.witness.requests.add(request)
        return request

    async def submit(self, device: Device, request: SubmitRequest, *, hangs_up: bool = False) -> str:
        """The type of the result, or the code of the error."""
        total = {"amount": str(request.total), "currencyCode": "USD"}
        within_s = self.rng.uniform(0.005, HANG_UP_S) if hangs_up else 30
        answer = await device.ask(documents.SUBMIT, within_s=within_s, key=request.key, total=total)
        return self._note(request.key, answer, "submitOrder")

    async def resume(self, device: Device, request: SubmitRequest, *, names_key: bool) -> str:
        answer = await device.ask(documents.RESUME, key=request.key if names_key else None)
        return self._note(request.key, answer, "resumeOrder")

    async def look_up(self, device: Device, request: SubmitRequest) -> str:
        answer = await device.ask(documents.LOOK_UP, key=request.key)
        if not answer.codes and answer.data.get("orderSubmission", 0) is None:
            return "absent"
        return self._note(request.key, answer, "orderSubmission")

    def _note(self, key: str, answer: Answer, field_name: str) -> str:
        result = answer.payload(field_name).get("result")
        if result is None:
            return ", ".join(sorted(answer.codes)) or str(answer.payload(field_name).get("status", "no result"))
        order = result.get("order") or {}
        total = order["totals"]["orderTotal"]["amount"] if order else None
        self.witness.note_result(key, result["__typename"], order.get("number"), total)
        if url := (result.get("action") or {}).get("redirectUrl"):
            self.redirect_url = url
        return str(result["__typename"])

    redirect_url: str | None = None
    """The provider's page, once a result has named it."""

    async def approve(self) -> bool:
        """Approve the payment on the provider's page. Return whether there is such a page."""
        if self.redirect_url is None:
            return False
        path = httpx.URL(self.redirect_url).raw_path.decode()
        answer = await self.environment.sandbox.post(path, data={"decision": "approve"})
        return answer.status_code == 303

    async def settle(self, device: Device, request: SubmitRequest, *, always_repeats: bool = False) -> None:
        """Ask for the outcome of a request until it is definite: repeat the request, or read the outcome.

        If the session of the device has ended, the shopper begins a new one.
        """
        began_at = time.monotonic()
        while True:
            outcome = await self._ask(device, request, always_repeats=always_repeats)
            codes = set(outcome.split(", "))
            if outcome in DEFINITE or outcome == "absent":
                return
            if codes & ENDED and not self.has_account and self.loses_handle:
                await self.submit_without_the_handle(device, request)
                return
            if time.monotonic() - began_at > SETTLED_WITHIN_S:
                self.witness.unsettled[request] = outcome
                return
            if codes & ENDED:
                await self.begin_again(device)
            elif outcome == "OrderActionRequired":
                await self.approve()
                await self.resume(device, request, names_key=self.rng.random() < 0.5)
            await asyncio.sleep(0.2)

    async def _ask(self, device: Device, request: SubmitRequest, *, always_repeats: bool) -> str:
        if always_repeats or self.rng.random() < 0.5:
            return await self.submit(device, request)
        return await self.look_up(device, request)

    async def begin_again(self, device: Device) -> None:
        """Continue with a new session. The shopper sends the handle of the ended session once more.

        What fails is repeated by the caller.
        """
        if self.loses_handle:
            device.headers = {}
        with suppress(NotPrepared):
            if self.has_account:
                await self.sign_in(device)
            else:
                await device.accepted(documents.START, "startSession")
                self.count("shoppers: guests who began again with the handle of an ended session")

    async def submit_without_the_handle(self, device: Device, request: SubmitRequest) -> None:
        """Send the key of an ended session with another cart, in a session that does not know the ended one."""
        fresh = Device(self, device.gateways)
        with suppress(NotPrepared):
            await self.add(fresh)
            again = self.request(await self.make_ready(fresh), request.key)
            self.count("shoppers: guests who sent a key again without the handle of the ended session")
            began_at, status = time.monotonic(), None
            while status not in FINISHED and time.monotonic() - began_at < SETTLED_WITHIN_S:
                total = {"amount": str(again.total), "currencyCode": "USD"}
                answer = await fresh.ask(documents.SUBMIT, key=again.key, total=total)
                if self._note(again.key, answer, "submitOrder") in DEFINITE:
                    return
                status = next((status for status in FINISHED if status in answer.messages.split(". ")[0].split()), None)
                await asyncio.sleep(0.2)
            if status == "PLACED":
                self.witness.lost_handle = "only the status is known: the guest lost the handle"

    async def read_orders(self, device: Device) -> None:
        """Read the order history of the account."""
        for _ in range(TRIES):
            answer = await device.ask(documents.ORDERS)
            if answer.codes & ENDED:
                await self.begin_again(device)
            elif answer.payload("shopper").get("orders"):
                break
        for edge in (answer.payload("shopper").get("orders") or {}).get("edges", []):
            order = edge["node"]
            if order["upstreamState"] not in UNFINISHED:
                self.witness.orders[order["number"]] = Decimal(order["totals"]["orderTotal"]["amount"])
