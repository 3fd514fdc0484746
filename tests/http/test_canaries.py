"""No output of the gateway contains a token, a secret or personal data, whatever fails and however much is logged.

An output that comes later, such as one of a new command, is one more line of `OUTPUTS`.
"""

import contextlib
import io
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from textwrap import wrap
from typing import Any
from urllib.parse import unquote_plus
from uuid import UUID

import httpx
import pytest
from joserfc import jwt
from pydantic import SecretStr
from redis.asyncio import Redis
from starlette.types import ASGIApp

from gateway.doctor.examination import examine
from gateway.order_commands import print_attempt, print_order
from gateway.settings.settings import Settings
from gateway.telemetry import logs
from sandbox.app import create_app as create_sandbox
from sandbox.model.world import Balance, World
from tests.sessions.test_merchant_assertions import AUDIENCE, FOREIGN_KEY, ISSUER, KEY, SIGN_IN, TRUSTED
from tests.support.canaries import (
    ADDRESS_FIELDS,
    CARDS,
    COUPON_TEXT,
    PASSWORD,
    PERSONAL,
    SECRETS,
    TAX_ID,
    kinds_in,
    spellings,
)
from tests.support.otlp_receiver import Collector, collector
from tests.support.shop import (
    CART,
    PACK,
    SUBMIT,
    Clock,
    InMemoryTransport,
    MovedRedisStore,
    Shopper,
    Storefront,
    app_for,
    eventually,
    listening,
    new_key,
    settings_for,
)
from tests.support.valkey import Valkey, emptied

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

SET_TAX = """mutation($value: String!) { setTaxIdentifiers(input: {customerType: INDIVIDUAL,
  taxIdentifiers: [{key: "BRAZIL_CPF_ID", value: $value}]}) { errors { code path } } }"""
REGISTER = """mutation($key: UUID!, $email: EmailAddress!, $password: String!, $first: String!, $last: String!) {
  registerShopper(input: {idempotencyKey: $key, email: $email, password: $password, firstName: $first,
  lastName: $last}) { errors { code } } }"""
LOOK_UP = """mutation($email: EmailAddress!) { lookupOrder(input: {by: {cardDigits: {email: $email,
  lastFourDigits: "1111"}}}) { errors { code } } }"""
COUPON = "mutation($code: String!) { applyOffer(input: {offer: {couponCode: $code}}) { errors { code } } }"

PAGES = ("{ cart { id lines { id } } }", "{ shopper { id email } }", "{ products(first: 1) { totalCount } }")


class CarelessTransport(InMemoryTransport):
    """A network whose crashes and errors have all that was sent, as those of careless packages do."""

    crashes = False
    fails = False

    def __init__(self, app: ASGIApp) -> None:
        super().__init__(app)
        self.sent: list[str] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        body = (await request.aread()).decode(errors="replace")
        sent = f"{request.url} {dict(request.headers)} {body}"
        self.sent.append(unquote_plus(sent))
        for part in (str(request.url), *request.headers.values(), *wrap(body, logs.MAX_VALUE_LENGTH)):
            logging.getLogger("careless").debug("sent %s", part)
            logging.getLogger("careless").warning(f"{part}")
        if self.crashes:
            raise RuntimeError(sent)
        if self.fails:
            raise httpx.ReadError(sent, request=request)
        answer = await super().handle_async_request(request)
        answer.headers["x-dr-requestid"] = sent[:200]
        return answer


class CarelessStore(MovedRedisStore):
    """A store whose crashes have the key and the value of the command."""

    crashing: str | None = None

    async def get(self, key: str) -> bytes | None:
        self._crash("get", key)
        return await super().get(key)

    async def put(self, key: str, value: bytes, *, ttl_s: float) -> None:
        self._crash("put", key, value)
        await super().put(key, value, ttl_s=ttl_s)

    async def replace(self, key: str, value: bytes, *, expected: bytes | None, ttl_s: float) -> bool:
        self._crash("replace", key, value, expected)
        return await super().replace(key, value, expected=expected, ttl_s=ttl_s)

    async def delete(self, key: str, *, expected: bytes | None = None) -> bool:
        self._crash("delete", key, expected)
        return await super().delete(key, expected=expected)

    async def schedule(self, schedule_name: str, entry: str, at: datetime) -> None:
        self._crash("schedule", entry)
        await super().schedule(schedule_name, entry, at)

    def _crash(self, command: str, *values: object) -> None:
        if command == self.crashing:
            raise RuntimeError(f"{values} {[*PERSONAL.values(), *SECRETS.values()]}")


@dataclass
class Staged:
    """A shop in which everything has happened that a log or a command could report."""

    settings: Settings
    world: World
    log: io.StringIO
    network: CarelessTransport
    store: CarelessStore
    http: httpx.AsyncClient
    sandbox: httpx.AsyncClient
    clock: Clock
    collector: Collector
    canaries: dict[str, set[str]] = field(default_factory=dict)
    keys: list[str] = field(default_factory=list)
    """Idempotency keys of all submissions."""
    numbers: list[str] = field(default_factory=list)

    def plant(self, kind: str, *values: str | None) -> None:
        self.canaries.setdefault(kind, set()).update(value for value in values if value)

    def note_tokens(self) -> None:
        self.plant("access token", *self.world.tokens)
        self.plant("refresh token", *self.world.refresh_tokens)
        self.plant("client secret of a source", *[source.secret for source in self.world.sources.values()])

    def shopper(self) -> Shopper:
        return Shopper(Storefront(self.http), self.sandbox, self.world)


async def printed(command: Awaitable[int]) -> str:
    """All that a command prints."""
    written = io.StringIO()
    with contextlib.redirect_stdout(written), contextlib.redirect_stderr(written):
        await command
    assert written.getvalue()
    return written.getvalue()


async def output_of_attempt(staged: Staged) -> str:
    return "".join([await printed(print_attempt(staged.settings, UUID(key))) for key in (*staged.keys, new_key())])


async def output_of_order(staged: Staged) -> str:
    return "".join([await printed(print_order(staged.settings, number)) for number in (*staged.numbers, "1")])


async def output_of_doctor(staged: Staged) -> str:
    async with listening(create_sandbox(staged.world), "off") as url:
        accepted = {"upstream_url": url, "ledger_url": f"{url}/_ledger/balance"}
        refused = accepted | {"api_secret": SecretStr(staged.settings.api_secret.get_secret_value() + "-")}
        return "".join([await examined(staged.settings.model_copy(update=changes)) for changes in (accepted, refused)])


async def examined(settings: Settings) -> str:
    return "\n".join([str(finding) async for finding in examine(settings)])


async def output_of_log(staged: Staged) -> str:
    return staged.log.getvalue()


async def output_of_traces(staged: Staged) -> str:
    """All that the collector of traces has received, up to a last request."""
    storefront = Storefront(staged.http)
    last = (await storefront.ask("{ storefront { locales } }")).headers["x-request-id"]
    await eventually(lambda: last.encode() in staged.collector.requests[-1])
    return "\n".join(request.decode("latin-1") for request in staged.collector.requests)


OUTPUTS: dict[str, Callable[[Staged], Awaitable[str]]] = {
    "log": output_of_log,
    "attempt": output_of_attempt,
    "order": output_of_order,
    "doctor": output_of_doctor,
    "traces": output_of_traces,
}


async def buy_as_guest(staged: Staged) -> None:
    shopper = staged.shopper()
    storefront = shopper.storefront
    await shopper.fill_cart(**ADDRESS_FIELDS)
    staged.plant("session cookie", storefront.cookie)
    await storefront.ask(SET_TAX, value=TAX_ID)
    await storefront.ask(COUPON, code=COUPON_TEXT)
    for card in CARDS:
        await storefront.ask(COUPON, code=card)
        await storefront.give_details(line2=card)
    for source in ({"owner__lastName": "Decline:fraud_block"}, {}):
        await shopper.pay_with("creditCard", **source)
        staged.note_tokens()
        key = new_key()
        staged.keys.append(key)
        result = await storefront.outcome(key)
    assert result["__typename"] == "OrderPlaced"
    staged.numbers.append(result["order"]["number"])

    await shopper.fill_cart(**ADDRESS_FIELDS)
    await shopper.pay_with("klarnaCredit")
    staged.keys.append(new_key())
    redirect = await storefront.outcome(staged.keys[-1])
    staged.plant("redirect URL", redirect["action"]["redirectUrl"])
    await shopper.decide(redirect["action"]["redirectUrl"])
    await storefront.run("ReturnFromRedirect")


async def leave_in_doubt(staged: Staged) -> None:
    shopper = staged.shopper()
    await shopper.fill_cart(**ADDRESS_FIELDS)
    await shopper.pay_with()
    await shopper.fault("drop-after", SUBMIT, times=1)
    staged.keys.append(new_key())
    assert (await shopper.storefront.outcome(staged.keys[-1]))["__typename"] == "OrderInDoubt"
    staged.note_tokens()


async def sign_in_and_out(staged: Staged) -> None:
    storefront = Storefront(staged.http)
    email = PERSONAL["e-mail"]
    await storefront.add(PACK)
    registered = await storefront.ask(
        REGISTER,
        key=new_key(),
        email=email,
        password=PASSWORD,
        first=PERSONAL["first name"],
        last=PERSONAL["last name"],
    )
    payload = registered.data["registerShopper"]
    assert payload["errors"] == []
    app = Storefront(staged.http)
    staged.plant("bearer", (await app.sign_in(email, PASSWORD, "BEARER"))["bearerToken"])
    await app.ask("{ shopper { id email addresses { id } } }")
    staged.note_tokens()
    await Storefront(staged.http).sign_in(email, f"{PASSWORD}-wrong")
    await Storefront(staged.http).ask(LOOK_UP, email=email)
    now = int(staged.clock().timestamp())
    claims = {"iss": ISSUER, "aud": AUDIENCE, "sub": "rf-cust-000042", "iat": now, "exp": now + 60, "jti": new_key()}
    staged.world.ledger["rf-cust-000042"] = Balance(100, "USD")  # type: ignore[arg-type]  # an amount of whole dollars
    for key in (KEY, FOREIGN_KEY):
        assertion = jwt.encode({"alg": "ES256", "kid": key.kid}, claims, key, algorithms=["ES256"])
        staged.plant("merchant assertion", assertion)
        own = Storefront(staged.http)
        await own.ask(SIGN_IN, assertion=assertion)
        staged.plant("session cookie", own.cookie)
        await own.ask("{ shopper { id email storeCredit { balance { amount } } } }")
    staged.note_tokens()


async def fail_everywhere(staged: Staged) -> None:
    """Requests that fail and crash at each seam: the network, each command of the store, and Digital River."""
    shopper = staged.shopper()
    storefront = shopper.storefront
    await storefront.add(PACK)
    staged.plant("session cookie", storefront.cookie)

    async def use_the_shop() -> None:
        for page in PAGES:
            await storefront.ask(page)
        await storefront.ask(COUPON, code=COUPON_TEXT)
        with contextlib.suppress(AssertionError):  # Without data, there is no payload.
            await storefront.give_details(**ADDRESS_FIELDS)
        await Storefront(staged.http).ask("mutation { startSession(input: {}) { errors { code } } }")
        with contextlib.suppress(AssertionError):
            await Storefront(staged.http).sign_in(PERSONAL["e-mail"], PASSWORD)

    for kind in ("status", "malformed", "drop-after", "content-type"):
        more = {"description": PERSONAL["street"], "code": "canary"} if kind == "status" else {}
        for method in ("GET", "POST"):
            await shopper.fault(kind, CART, method=method, times=5, **more)
        await use_the_shop()
        staged.world.faults.clear()
    for flag in ("crashes", "fails"):
        setattr(staged.network, flag, True)
        await use_the_shop()
        setattr(staged.network, flag, False)
    for command in ("get", "put", "replace", "delete", "schedule"):
        staged.store.crashing = command
        await use_the_shop()
        staged.store.crashing = None
    staged.clock.move(60)
    try:
        raise RuntimeError(f"{SECRETS} {PERSONAL}")
    except RuntimeError as error:
        logs.log_uncaught(type(error), error, error.__traceback__)
    staged.note_tokens()


@asynccontextmanager
async def staged_shop(
    world: World, clock: Clock, valkey: Valkey, log: io.StringIO, traces: Collector
) -> AsyncIterator[Staged]:
    await emptied(valkey)
    redis = Redis.from_url(valkey.url)
    await redis.config_set("requirepass", SECRETS["store password"])
    url = valkey.url.replace("unix://", f"unix://:{SECRETS['store password']}@")
    world.keys = replace(
        world.keys,
        confidential_secret=SECRETS["API secret"],
        merchant_secret=SECRETS["merchant secret"],
        payment_key=SECRETS["payment key"],
        ledger_key=SECRETS["ledger key"],
    )
    settings = settings_for(
        world,
        store_url=url,
        sealing_keys=(SECRETS["sealing key"],),
        server_keys=(SECRETS["server key"],),
        traces_url=traces.url,
        traces_share=1,
        traces_to_upstream=True,
        **TRUSTED,
    )
    network = CarelessTransport(create_sandbox(world))
    store = CarelessStore(url, clock, timeout_s=10)
    async with (
        listening(app_for(settings, network, now=clock, store=store)) as gateway,
        httpx.AsyncClient(base_url=gateway) as http,
        httpx.AsyncClient(transport=InMemoryTransport(network.app), base_url="http://sandbox") as sandbox,
    ):
        await redis.aclose()
        yield Staged(settings, world, log, network, store, http, sandbox, clock, traces)


async def test_no_output_has_a_secret_or_personal_data(
    world: World, clock: Clock, own_valkey: Valkey, log: io.StringIO
) -> None:
    async with collector() as traces, staged_shop(world, clock, own_valkey, log, traces) as staged:
        for kind, value in (PERSONAL | SECRETS).items():
            staged.plant(kind, value)
        staged.plant("card", *CARDS)
        staged.plant("password", PASSWORD)
        staged.plant("tax identifier", TAX_ID)
        staged.plant("text of a shopper", COUPON_TEXT)
        await buy_as_guest(staged)
        await leave_in_doubt(staged)
        await sign_in_and_out(staged)
        await fail_everywhere(staged)
        outputs = {name: await output(staged) for name, output in OUTPUTS.items()}
    empty = [kind for kind, values in staged.canaries.items() if not values]
    assert (empty, len(staged.canaries) >= 20) == ([], True)
    for event in ("submission outcome", "resolver crashed", "process crashed", "merchant assertion refused"):
        assert event in outputs["log"], event
    for span in ("Mutation.submitOrder", f"POST {SUBMIT}", "store EVALSHA", "IN_DOUBT"):
        assert span in outputs["traces"], span
    assert "GRAPHQL_VALIDATION_FAILED" not in outputs["log"], "all operations are executed"
    assert '"logger": "careless"' in outputs["log"], "packages are logged too"
    sent = kinds_in("\n".join(staged.network.sent), staged.canaries)
    assert len(sent) >= 12, "packages had them"
    hits = {name: kinds_in(text, staged.canaries) for name, text in outputs.items()}
    assert hits == {name: [] for name in OUTPUTS}


@pytest.mark.parametrize("spelling", sorted(spellings(PASSWORD + PASSWORD)))
def test_canary_is_found_in_each_spelling(spelling: str) -> None:
    canaries: dict[str, Any] = {"password": [PASSWORD + PASSWORD], "other": ["nothing like it"]}
    assert kinds_in(f"… {spelling} …", canaries) == ["password"]
