"""The gateway puts no access token, password or key into answers or the log, and no personal data into the log."""

import io
import json
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from decimal import Decimal

import httpx
import pytest
from starlette.types import ASGIApp

from gateway.http.common_headers import FIXED_HEADERS
from gateway.store.memory import MemoryStore
from sandbox.app import create_app as create_sandbox
from sandbox.model.world import Balance, World
from tests.support.canaries import ADDRESS_FIELDS as PERSONAL
from tests.support.canaries import spellings
from tests.support.shop import (
    ADDRESS,
    CART,
    SUBMIT,
    Clock,
    InMemoryTransport,
    Shopper,
    Storefront,
    app_for,
    gateway,
    listening,
    settings_for,
)

pytestmark = pytest.mark.slow


@asynccontextmanager
async def recorded_shopper(world: World, record: Callable[[str], None]) -> AsyncIterator[Shopper]:
    """Yield a shopper who calls the gateway over a TCP socket. Pass the headers and body of each answer to `record`."""

    async def keep(answer: httpx.Response) -> None:
        await answer.aread()
        record(f"{answer.headers}\n{answer.text}")

    async with listening(create_sandbox(world), "off") as url:
        app = app_for(settings_for(world, upstream_url=url))
        async with (
            listening(app) as gateway_url,
            httpx.AsyncClient(base_url=gateway_url, event_hooks={"response": [keep]}) as http,
            httpx.AsyncClient(base_url=url) as sandbox,
        ):
            yield Shopper(Storefront(http), sandbox, world)


async def test_log_has_no_personal_data_and_answers_have_no_tokens(log: io.StringIO, world: World) -> None:
    sent: list[str] = []
    keys = world.keys
    secrets = {keys.confidential_secret, f"{keys.confidential_key}:{keys.confidential_secret}"}

    def keep(text: str) -> None:
        sent.append(text)
        secrets.update(world.tokens, world.refresh_tokens)

    async with recorded_shopper(world, keep) as shopper:
        await shopper.storefront.ask("{ products(first: 1) { totalCount } }")
        await shopper.fill_cart(**PERSONAL)
        await shopper.storefront.run("CheckoutPage")
        await shopper.storefront.run("CartPage")
        for kind in ("status", "malformed", "drop-after", "content-type"):
            await shopper.fault(kind, CART, method="GET", times=3)
            await shopper.storefront.ask("{ cart { id } }")
        world.faults.clear()
        await shopper.pay_with(owner__lastName="Decline:fraud_block")
        await shopper.storefront.outcome()
        await shopper.pay_with("klarnaCredit")
        result = await shopper.storefront.outcome()
        await shopper.decide(result["action"]["redirectUrl"])
        await shopper.storefront.run("ReturnFromRedirect")
        tokens = len(secrets)
        world.tokens.clear()
        await shopper.storefront.ask("{ cart { id } }")
        await shopper.fault("drop-after", SUBMIT)
        handle = shopper.storefront.cookie
        await shopper.storefront.ask("mutation { signOut { signedOut } }")
        assert len(secrets) > tokens > 4, "the secrets include replaced and renewed tokens"

    everything = "\n".join(sent)
    lines = log.getvalue()
    assert lines.count("\n") > 50, "the log was recorded"
    assert "request answered" in lines
    for secret in secrets:
        for spelling in spellings(secret):
            assert spelling not in everything
            assert spelling not in lines
    for secret in (source.secret for source in world.sources.values()):
        assert secret not in lines
    assert handle, "the shopper had a session until the sign-out"
    for value in (*PERSONAL.values(), handle):
        assert value not in lines, value
    assert "fraud_block" not in everything


async def test_client_receives_no_access_token_during_a_purchase(
    shopper: Shopper, world: World, log: io.StringIO
) -> None:
    tokens: set[str] = set()
    sent: list[str] = []

    async def keep(answer: httpx.Response) -> None:
        await answer.aread()
        sent.append(f"{answer.headers}\n{answer.text}")
        tokens.update(world.tokens, world.refresh_tokens)

    shopper.storefront.http.event_hooks = {"response": [keep]}
    await shopper.get_ready()
    await shopper.storefront.run("CheckoutPage")
    assert (await shopper.storefront.outcome())["__typename"] == "OrderPlaced"
    everything = "\n".join(sent) + log.getvalue()
    assert len(tokens) >= 2
    assert len(sent) > 5
    for token in tokens:
        assert all(spelling not in everything for spelling in spellings(token))


async def test_api_keys_and_customer_reference_are_not_returned_or_logged(
    registered_shopper: Shopper, world: World, log: io.StringIO
) -> None:
    """The calls to the ledger and the payment service first fail and then succeed."""
    sent: list[str] = []

    async def keep(answer: httpx.Response) -> None:
        await answer.aread()
        sent.append(f"{answer.headers}\n{answer.text}")

    registered_shopper.storefront.http.event_hooks = {"response": [keep]}
    text = "mutation { applyStoreCredit(input: {}) { storeCredit { asOf } errors { code message } } }"
    reference = "rf-cust-000042"
    world.ledger[reference] = Balance(Decimal(20), "USD")
    await registered_shopper.fill_cart()
    for path in ("/_ledger/balance", "/sources"):
        for kind in ("status", "malformed", "drop-after"):
            await registered_shopper.fault(kind, path, times=3)
            await registered_shopper.storefront.ask(text)
            world.faults.clear()
    assert (await registered_shopper.storefront.ask(text)).data["applyStoreCredit"]["errors"] == []
    everything = "\n".join(sent) + log.getvalue()
    for secret in (world.keys.payment_key, world.keys.ledger_key, reference):
        assert all(spelling not in everything for spelling in spellings(secret)), secret


def test_log_omits_unlisted_fields_and_values_in_library_messages(log: io.StringIO) -> None:
    logging.getLogger("gateway.anything").info("something", extra={"code": "A", "token": "planted-1"})
    logging.getLogger("library").warning("for %s at %s", "planted-2", "planted-3")
    logging.getLogger("library").warning("GET /a%20b?token=planted-4 failed")
    logging.getLogger("library").warning("for " + "planted-4")
    try:
        raise ValueError("planted-5")
    except ValueError:
        logging.getLogger("gateway.anything").exception("crash")
    lines = log.getvalue()
    assert "planted" not in lines
    assert '"code": "A"' in lines
    assert "ValueError at http/test_secrets.py" in lines


async def test_resolver_crash_returns_internal_error_and_logs_the_source_file(
    shopper: Shopper, network: InMemoryTransport, log: io.StringIO, clock: Clock
) -> None:
    await shopper.get_ready()
    network.broken.add(CART)
    answer = await shopper.storefront.ask("{ storefront { locales } cart { id } }")
    assert answer.codes == ["INTERNAL_ERROR"]
    assert answer.body["data"]["storefront"]["locales"]
    assert "planted" not in str(answer.body) + log.getvalue()
    reference = answer.body["errors"][0]["extensions"]["supportReference"]
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    (crash,) = [line for line in lines if line["event"] == "resolver crashed"]
    assert crash["request_id"] == reference == answer.headers["x-request-id"]
    assert "RuntimeError at support/shop.py" in crash["exception"]

    changed = await shopper.storefront.ask(
        "mutation { prepareCheckout(input: {termsOfSaleAccepted: true}) { errors { code } } }"
    )
    assert changed.codes == ["INTERNAL_ERROR"]
    network.broken.clear()
    clock.move(60)  # The change may still arrive before that.
    assert (await shopper.storefront.outcome())["__typename"] == "OrderPlaced"


class CrashingStore(MemoryStore):
    crashes = False

    async def probe(self) -> None:
        if self.crashes:
            raise RuntimeError("planted-in-a-crash")


async def test_crash_outside_of_resolvers_is_answered_and_logged(
    world: World, network: InMemoryTransport, log: io.StringIO, clock: Clock
) -> None:
    store = CrashingStore(clock)
    async with gateway(world, network, clock, store=store) as storefront:
        store.crashes = True
        answer = await storefront.http.get("/health/ready")
        store.crashes = False
    assert answer.status_code == 500
    assert FIXED_HEADERS.items() <= {name: answer.headers[name] for name in FIXED_HEADERS}.items()
    (error,) = answer.json()["errors"]
    assert error["extensions"] == {"code": "INTERNAL_ERROR", "supportReference": answer.headers["x-request-id"]}
    assert "planted" not in answer.text + log.getvalue()
    (crash,) = [line for line in map(json.loads, log.getvalue().splitlines()) if line["event"] == "request crashed"]
    assert crash["request_id"] == answer.headers["x-request-id"]
    assert "RuntimeError at http/test_secrets.py" in crash["exception"]


async def test_every_log_line_of_a_request_has_its_request_id(shopper: Shopper, log: io.StringIO) -> None:
    await shopper.get_ready()
    await shopper.storefront.outcome()
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    ours = [line for line in lines if line["logger"].partition(".")[0] in ("gateway", "resolvers", "schema")]
    assert len(ours) >= 6
    assert all(line["request_id"] for line in ours)


PASSWORDS = ("Canary+Password7", "Canary+Password8", "Canary+Password9")


async def test_passwords_and_account_data_are_not_logged(log: io.StringIO, world: World) -> None:
    """The gateway is called over a TCP socket and logs at level DEBUG. Some calls to Digital River fail."""
    sent: list[str] = []
    async with recorded_shopper(world, sent.append) as shopper:
        storefront = shopper.storefront
        await storefront.ask("mutation { startSession(input: {}) { session { id } } }")
        registered = await storefront.ask(
            """mutation($password: String!) { registerShopper(input: {
              idempotencyKey: "00000000-0000-4000-8000-000000000001", email: "canary@personal.example",
              password: $password, firstName: "Canaryfirst", lastName: "Canarylast"}) { errors { code } } }""",
            password=PASSWORDS[0],
        )
        assert registered.data == {"registerShopper": {"errors": []}}
        refused = await storefront.sign_in("canary@personal.example", PASSWORDS[1])
        assert [error["code"] for error in refused["errors"]] == ["SIGN_IN_FAILED"]
        for kind in ("status", "malformed", "drop-after"):
            await shopper.fault(kind, "/oauth20/token", times=1)
            await storefront.sign_in("canary@personal.example", PASSWORDS[2])
        world.faults.clear()
        saved = await storefront.ask(
            """mutation($address: AddressInput!) { saveAddress(input: {nickname: "x", address: $address}) {
              errors { code } } }""",
            address=ADDRESS | PERSONAL,
        )
        assert saved.data == {"saveAddress": {"errors": []}}
        account = await storefront.ask("{ shopper { addresses { address { line1 } } } }")
        assert account.data["shopper"]["addresses"] == [{"address": {"line1": PERSONAL["line1"]}}]
    everything, lines = "\n".join(sent), log.getvalue()
    assert lines.count("\n") > 20, "the log was recorded"
    for password in PASSWORDS:
        for spelling in spellings(password):
            assert spelling not in everything
            assert spelling not in lines
    for value in ("canary@personal.example", *PERSONAL.values()):
        assert value not in lines, value


class RecordingTransport(InMemoryTransport):
    def __init__(self, app: ASGIApp) -> None:
        super().__init__(app)
        self.requests: list[str] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(f"{request.url} {request.headers}")
        return await super().handle_async_request(request)


async def test_password_is_sent_in_the_body_only(world: World, clock: Clock) -> None:
    network, keys = RecordingTransport(create_sandbox(world)), world.keys
    async with gateway(world, network, clock) as storefront:
        assert (await storefront.sign_in(keys.shopper_username, keys.shopper_password))["errors"] == []
    assert len(network.requests) >= 3
    for spelling in spellings(keys.shopper_password) | {keys.shopper_username}:
        assert spelling not in "\n".join(network.requests)
