"""Store credit pays before a card that was attached first. Source amounts and remaining amount add up to the total."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

import httpx
import pytest
from dirty_equals import IsPartialDict
from starlette.types import ASGIApp

from sandbox.demo_shop.payment_methods import METHODS
from sandbox.model.source import Source
from sandbox.model.world import Balance, World
from tests.support.shop import CART, PACK, POLES, Clock, InMemoryTransport, Shopper, gateway, signed_in

pytestmark = pytest.mark.slow

ATTACH = f"{CART}/apply-payment-method"
SOURCES = "/sources"
LEDGER = "/_ledger/balance"

TOTAL = "96.69"
"""Total in dollars of a cart with one daypack, shipped to Minnetonka."""

APPLY = """mutation($amount: MoneyInput) { applyStoreCredit(input: {amount: $amount}) {
  paymentSession { state } warnings { code }
  errors { __typename code path retry message ... on StoreCreditError { obstacles usableAmount { amount } }
    ... on PaymentError { sourceState } } } }"""
REMOVE = "mutation { removeStoreCredit(input: {}) { warnings { code } errors { code } } }"
DETACH = """mutation($target: DetachTarget!) { detachSource(input: {target: $target}) {
  warnings { code } errors { code } } }"""
LINE = """mutation($id: ID!) { removeCartLines(input: {lineIds: [$id]}) { warnings { code } errors { code } } }"""
MARKET = """mutation { updateSession(input: {currencyCode: "EUR"}) { warnings { code } errors { code path } } }"""
COUPON = """mutation { applyOffer(input: {offer: {couponCode: "SPRING20"}}) { warnings { code } errors { code } } }"""
CART_PAYMENT = """{ cart { totals { orderTotal { amount } } paymentSession { state isFunded
  amountContributed { amount } amountRemaining { amount }
  primarySource { sourceId amountContributed { amount } } storeCredit { isReusable amountContributed { amount } }
  missing { kind amount { amount } }
  nextAction { __typename ... on CollectSourceAction { amountDue { amount } } } } } }"""

Step = Callable[[Shopper], Awaitable[dict[str, Any]]]


@dataclass
class Result:
    """Expected payment session after all steps, and expected errors and warnings of the last step."""

    state: str
    credit: str | None = None
    """Amount that store credit pays, or None without store credit."""
    card: str | None = None
    """Amount that the card pays, or None without a card."""
    remaining: str = "0.00"
    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


async def change(shopper: Shopper, text: str, **variables: Any) -> dict[str, Any]:
    (payload,) = (await shopper.storefront.ask(text, **variables)).data.values()
    assert isinstance(payload, dict)
    return payload


# Steps that change the cart or its sources.


def credit(amount: str | None = None, currency: str = "USD") -> Step:
    money = {"amount": amount, "currencyCode": currency} if amount is not None else None
    return lambda shopper: change(shopper, APPLY, amount=money)


def saved(world: World) -> Source:
    source: Source = world.accounts[0].payment_options[0].source
    return source


async def attach(shopper: Shopper, source_id: str) -> dict[str, Any]:
    text = """mutation($id: String!) { attachSource(input: {source: {sourceId: $id}}) {
      warnings { code } errors { code } } }"""
    return await change(shopper, text, id=source_id)


async def saved_card(shopper: Shopper) -> dict[str, Any]:
    return await attach(shopper, str(saved(shopper.world).id))


async def card(shopper: Shopper) -> dict[str, Any]:
    return await attach(shopper, await shopper.source())


async def klarna(shopper: Shopper) -> dict[str, Any]:
    return await attach(shopper, await shopper.source("klarnaCredit"))


async def card_off(shopper: Shopper) -> dict[str, Any]:
    primary = (await cart_payment(shopper))["paymentSession"]["primarySource"]
    return await change(shopper, DETACH, target={"sourceId": primary["sourceId"]})


async def all_off(shopper: Shopper) -> dict[str, Any]:
    return await change(shopper, DETACH, target={"all": True})


async def remove(shopper: Shopper) -> dict[str, Any]:
    return await change(shopper, REMOVE)


async def grow(shopper: Shopper) -> dict[str, Any]:
    text = """mutation { addCartLines(input: {lines: [{product: {upstreamId: "5401230200"}}]}) {
      warnings { code } errors { code } } }"""
    return await change(shopper, text)


async def shrink(shopper: Shopper) -> dict[str, Any]:
    lines = (await shopper.storefront.cart())["lines"]
    poles = next(line["id"] for line in lines if line["product"]["upstreamId"] == POLES)
    return await change(shopper, LINE, id=poles)


async def coupon(shopper: Shopper) -> dict[str, Any]:
    return await change(shopper, COUPON)


async def euros(shopper: Shopper) -> dict[str, Any]:
    return await change(shopper, MARKET)


async def keep_sources(shopper: Shopper) -> dict[str, Any]:
    await shopper.control("switches", {"detached_source": "kept"})
    return {"errors": [], "warnings": []}


def fails(path: str, method: str, kind: str = "status", **more: Any) -> Step:
    async def step(shopper: Shopper) -> dict[str, Any]:
        about = {"times": 3} | ({"status": 503} if kind == "status" else {}) | more
        await shopper.fault(kind, path, method=method, **about)
        return {"errors": [], "warnings": []}

    return step


REQUIRES_SOURCE = "REQUIRES_SOURCE"
REQUIRES_CONFIRMATION = "REQUIRES_CONFIRMATION"

CASES: dict[str, tuple[list[Step], Result]] = {
    # Sources attached in different sequences.
    "credit, then a card": ([credit("50"), card], Result(REQUIRES_CONFIRMATION, "50.00", "46.69")),
    "a saved card, then credit": (
        [saved_card, credit("50")],
        Result(REQUIRES_CONFIRMATION, "50.00", "46.69", warnings=["SOURCES_REORDERED"]),
    ),
    "a new card, then credit: the card cannot be attached twice": (
        [card, credit("50")],
        Result(REQUIRES_SOURCE, "50.00", None, "46.69", errors=["SOURCE_NOT_CHARGEABLE"]),
    ),
    "a new card, then credit, where a detached source stays chargeable": (
        [keep_sources, card, credit("50")],
        Result(REQUIRES_CONFIRMATION, "50.00", "46.69", warnings=["SOURCES_REORDERED"]),
    ),
    "another card after the one that was lost": (
        [card, credit("50"), card],
        Result(REQUIRES_CONFIRMATION, "50.00", "46.69"),
    ),
    # Amounts of store credit.
    "the whole total by credit": ([credit(TOTAL)], Result(REQUIRES_CONFIRMATION, TOTAL)),
    "as much as possible of a small balance": ([credit()], Result(REQUIRES_SOURCE, "80.00", None, "16.69")),
    "as much as possible of a large balance": ([credit()], Result(REQUIRES_CONFIRMATION, TOTAL)),
    "more than the balance": (
        [credit("80.01")],
        Result(REQUIRES_SOURCE, None, None, TOTAL, errors=["STORE_CREDIT_INSUFFICIENT"]),
    ),
    "more than the total": (
        [credit("96.70")],
        Result(REQUIRES_SOURCE, None, None, TOTAL, errors=["STORE_CREDIT_INSUFFICIENT"]),
    ),
    "a balance of zero": (
        [credit("1")],
        Result(REQUIRES_SOURCE, None, None, TOTAL, errors=["STORE_CREDIT_INSUFFICIENT"]),
    ),
    "no account in the ledger": (
        [credit()],
        Result(REQUIRES_SOURCE, None, None, TOTAL, errors=["STORE_CREDIT_INSUFFICIENT"]),
    ),
    "a balance in another currency": (
        [credit()],
        Result(REQUIRES_SOURCE, None, None, TOTAL, errors=["STORE_CREDIT_NOT_ALLOWED"]),
    ),
    "an amount of zero": ([credit("0")], Result(REQUIRES_SOURCE, None, None, TOTAL, errors=["INVALID_INPUT"])),
    "a negative amount": ([credit("-5")], Result(REQUIRES_SOURCE, None, None, TOTAL, errors=["INVALID_INPUT"])),
    "an amount in another currency": (
        [credit("5", "EUR")],
        Result(REQUIRES_SOURCE, None, None, TOTAL, errors=["INVALID_INPUT"]),
    ),
    "a tenth of a cent": ([credit("5.001")], Result(REQUIRES_SOURCE, None, None, TOTAL, errors=["INVALID_INPUT"])),
    "the same amount again": ([credit("50"), credit("50")], Result(REQUIRES_SOURCE, "50.00", None, "46.69")),
    "another amount": ([credit("50"), credit("20")], Result(REQUIRES_SOURCE, "20.00", None, "76.69")),
    "another amount beside a saved card": (
        [credit("50"), saved_card, credit("20")],
        Result(REQUIRES_CONFIRMATION, "20.00", "76.69", warnings=["SOURCES_REORDERED"]),
    ),
    # Changes of the cart total.
    "the total grows beyond the credit": (
        [credit(TOTAL), grow],
        Result(REQUIRES_SOURCE, TOTAL, None, "63.35", warnings=["PAYMENT_NO_LONGER_COVERED"]),
    ),
    "the total grows twice, with one warning": (
        [credit(TOTAL), grow, grow],
        Result(REQUIRES_SOURCE, TOTAL, None, "126.70"),
    ),
    "the total grows and shrinks": ([credit(TOTAL), grow, shrink], Result(REQUIRES_CONFIRMATION, TOTAL)),
    "the total grows, shrinks and grows": (
        [credit(TOTAL), grow, shrink, grow],
        Result(REQUIRES_SOURCE, TOTAL, None, "63.35", warnings=["PAYMENT_NO_LONGER_COVERED"]),
    ),
    "the total grows and the credit with it": (
        [credit(TOTAL), grow, credit()],
        Result(REQUIRES_CONFIRMATION, "160.04"),
    ),
    "the total shrinks below the credit": ([credit(TOTAL), coupon], Result(REQUIRES_CONFIRMATION, "75.21")),
    "the total grows beside a card": ([credit("50"), card, grow], Result(REQUIRES_CONFIRMATION, "50.00", "110.04")),
    # Detaching sources.
    "the card is detached": ([credit("50"), card, card_off], Result(REQUIRES_SOURCE, "50.00", None, "46.69")),
    "the credit is removed": ([credit("50"), card, remove], Result(REQUIRES_CONFIRMATION, None, TOTAL)),
    "the only source, credit, is removed": ([credit(TOTAL), remove], Result(REQUIRES_SOURCE, None, None, TOTAL)),
    "credit is removed where there is none": ([card, remove], Result(REQUIRES_CONFIRMATION, None, TOTAL)),
    "both are detached": ([credit("50"), card, all_off], Result(REQUIRES_SOURCE, None, None, TOTAL)),
    # Changing the currency.
    "the currency is locked": (
        [credit("50"), euros],
        Result(REQUIRES_SOURCE, "50.00", None, "46.69", errors=["INVALID_INPUT"]),
    ),
    # Failed calls to the ledger and to Digital River.
    "the ledger is down": (
        [saved_card, fails(LEDGER, "GET"), credit("50")],
        Result(REQUIRES_CONFIRMATION, None, TOTAL, errors=["UPSTREAM_UNAVAILABLE"]),
    ),
    "the ledger is slow": (
        [saved_card, fails(LEDGER, "GET", "delay", delay_s=60), credit("50")],
        Result(REQUIRES_CONFIRMATION, None, TOTAL, errors=["UPSTREAM_UNAVAILABLE"]),
    ),
    "the ledger answers nonsense": (
        [fails(LEDGER, "GET", "malformed"), credit("50")],
        Result(REQUIRES_SOURCE, None, None, TOTAL, errors=["UPSTREAM_UNAVAILABLE"]),
    ),
    "the credit source is not created": (
        [saved_card, fails(SOURCES, "POST"), credit("50")],
        Result(REQUIRES_CONFIRMATION, None, TOTAL, errors=["UPSTREAM_UNAVAILABLE"]),
    ),
    "the card is not detached": (
        [saved_card, fails(ATTACH, "DELETE", times=1), credit("50")],
        Result(REQUIRES_CONFIRMATION, None, TOTAL, errors=["UPSTREAM_UNAVAILABLE"]),
    ),
    "the card is detached and the answer is lost": (
        [saved_card, fails(ATTACH, "DELETE", "drop-after", times=1), credit("50")],
        Result(REQUIRES_CONFIRMATION, None, TOTAL, errors=["UPSTREAM_UNAVAILABLE"]),
    ),
    "the credit is not attached": (
        [saved_card, fails(ATTACH, "POST", times=1), credit("50")],
        Result(REQUIRES_CONFIRMATION, None, TOTAL, errors=["UPSTREAM_UNAVAILABLE"]),
    ),
    "the card is not attached again": (
        [saved_card, fails(ATTACH, "POST", skips=1, times=1), credit("50")],
        Result(REQUIRES_SOURCE, "50.00", None, "46.69", errors=["UPSTREAM_UNAVAILABLE"]),
    ),
    "neither is attached": (
        [saved_card, fails(ATTACH, "POST", times=2), credit("50")],
        Result(REQUIRES_SOURCE, None, None, TOTAL, errors=["UPSTREAM_UNAVAILABLE", "UPSTREAM_UNAVAILABLE"]),
    ),
    "the card is not attached again, then the shopper retries": (
        [saved_card, fails(ATTACH, "POST", skips=1, times=1), credit("50"), saved_card],
        Result(REQUIRES_CONFIRMATION, "50.00", "46.69"),
    ),
}

BALANCES: dict[str, Balance | None] = {
    "as much as possible of a small balance": Balance(Decimal(80), "USD"),
    "more than the balance": Balance(Decimal(80), "USD"),
    "a balance of zero": Balance(Decimal(0), "USD"),
    "a balance in another currency": Balance(Decimal(80), "EUR"),
    "no account in the ledger": None,
}
"""Balance in the ledger, by test case. None means no account. Cases that are not listed have 500 dollars."""

REFERENCE = "rf-cust-000042"


async def cart_payment(shopper: Shopper) -> dict[str, Any]:
    cart: dict[str, Any] = (await shopper.storefront.ask(CART_PAYMENT)).data["cart"]
    return cart


def amount(source: dict[str, Any] | None) -> str | None:
    return source["amountContributed"]["amount"] if source else None


def check_sums(cart: dict[str, Any]) -> None:
    """Check that the sources add up to the contributed amount, and with the remaining amount to the total."""
    session = cart["paymentSession"]
    total, contributed = (
        Decimal(cart["totals"]["orderTotal"]["amount"]),
        Decimal(session["amountContributed"]["amount"]),
    )
    remaining = Decimal(session["amountRemaining"]["amount"])
    sources = [amount(session["primarySource"]), amount(session["storeCredit"])]
    assert contributed + remaining == total
    assert contributed == sum((Decimal(part) for part in sources if part is not None), Decimal(0))
    assert session["isFunded"] is (remaining == 0)
    assert (session["state"] == REQUIRES_CONFIRMATION) is (remaining == 0)
    if session["state"] == REQUIRES_SOURCE:
        assert session["nextAction"] == {
            "__typename": "CollectSourceAction",
            "amountDue": session["amountRemaining"],
        }
        kind = "FUNDS" if session["storeCredit"] else "SOURCE"
        assert {"kind": kind, "amount": session["amountRemaining"]} in session["missing"]


@pytest.mark.parametrize("case", CASES)
async def test_store_credit_is_used_first_and_amounts_add_up(
    world: World, network: InMemoryTransport, sandbox: httpx.AsyncClient, clock: Clock, case: str
) -> None:
    steps, expected = CASES[case]
    async with gateway(world, network, clock) as storefront:
        keys = world.keys
        shopper = await signed_in(storefront, sandbox, world, keys.shopper_username, keys.shopper_password)
        balance = BALANCES.get(case, Balance(Decimal(500), "USD"))
        if balance is not None:
            world.ledger[REFERENCE] = balance
        await shopper.fill_cart()
        for step in steps:
            payload = await step(shopper)
            check_sums(await cart_payment(shopper))
        assert [error["code"] for error in payload["errors"]] == expected.errors
        assert [warning["code"] for warning in payload["warnings"]] == expected.warnings
        session = (await cart_payment(shopper))["paymentSession"]
        assert session["state"] == expected.state
        assert amount(session["storeCredit"]) == expected.credit
        assert amount(session["primarySource"]) == expected.card
        assert session["amountRemaining"]["amount"] == expected.remaining
        assert shopper.submits == 0


# Errors of store credit, calls to the ledger, and settings.


@pytest.fixture
def shopper_with_credit(registered_shopper: Shopper) -> Shopper:
    """A registered shopper with 500 dollars of store credit."""
    registered_shopper.world.ledger[REFERENCE] = Balance(Decimal(500), "USD")
    return registered_shopper


async def test_store_credit_error_contains_the_usable_amount(registered_shopper: Shopper) -> None:
    registered_shopper.world.ledger[REFERENCE] = Balance(Decimal(20), "USD")
    await registered_shopper.fill_cart()
    (error,) = (await credit("50")(registered_shopper))["errors"]
    assert error == IsPartialDict(
        __typename="StoreCreditError",
        path=["input", "amount", "amount"],
        retry="FIX_THEN_RETRY",
        obstacles=[],
        usableAmount={"amount": "20.00"},
    )
    registered_shopper.world.ledger[REFERENCE] = Balance(Decimal(20), "EUR")
    (error,) = (await credit("20")(registered_shopper))["errors"]
    assert error == IsPartialDict(obstacles=["CURRENCY_MISMATCH"], usableAmount={"amount": "0.00"})


async def test_applying_store_credit_reports_card_that_cannot_be_attached_again(shopper_with_credit: Shopper) -> None:
    await shopper_with_credit.fill_cart()
    await card(shopper_with_credit)
    (error,) = (await credit("50")(shopper_with_credit))["errors"]
    assert error == IsPartialDict(__typename="PaymentError", code="SOURCE_NOT_CHARGEABLE", sourceState="CANCELLED")
    assert "no longer attached" in error["message"]


async def test_failed_ledger_read_returns_a_retryable_error(shopper_with_credit: Shopper) -> None:
    await shopper_with_credit.fill_cart()
    await shopper_with_credit.fault("status", LEDGER, status=503)
    (error,) = (await credit("50")(shopper_with_credit))["errors"]
    assert error == IsPartialDict(code="UPSTREAM_UNAVAILABLE", retry="RETRY")
    assert shopper_with_credit.world.calls.count("POST", SOURCES) == 0


async def test_store_credit_source_has_exact_amount_and_customer_reference(shopper_with_credit: Shopper) -> None:
    await shopper_with_credit.fill_cart()
    await credit("50.10")(shopper_with_credit)
    created = next(source for source in shopper_with_credit.world.sources.values() if source.is_credit)
    assert (created.amount, created.upstream_id, created.owner) == (Decimal("50.10"), REFERENCE, None)


class HostRecorder(InMemoryTransport):
    """Records the host of the latest request to each path."""

    def __init__(self, app: ASGIApp) -> None:
        super().__init__(app)
        self.hosts: dict[str, str] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.hosts[request.url.path] = request.url.host
        return await super().handle_async_request(request)


async def test_store_credit_source_is_created_at_the_payment_service(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient
) -> None:
    recorder = HostRecorder(network.app)
    async with gateway(world, recorder, clock, payments_url="https://pay.example.com") as storefront:
        await storefront.sign_in(world.keys.shopper_username, world.keys.shopper_password)
        world.ledger[REFERENCE] = Balance(Decimal(500), "USD")
        shopper = Shopper(storefront, sandbox, world)
        await shopper.fill_cart()
        assert (await credit("50")(shopper))["errors"] == []
        assert recorder.hosts[SOURCES] == "pay.example.com"
        assert recorder.hosts[CART] != "pay.example.com"


async def test_applying_store_credit_needs_four_upstream_calls(shopper_with_credit: Shopper) -> None:
    await shopper_with_credit.fill_cart()
    shopper_with_credit.world.calls.clear()
    await credit("50")(shopper_with_credit)
    calls = shopper_with_credit.world.calls
    assert calls.count("GET", CART) == 1, "the answer to the last change contains the cart"
    assert calls.count("GET", LEDGER) == calls.count("POST", SOURCES) == calls.count("POST", ATTACH) == 1
    assert calls.count("DELETE", ATTACH) == 0


ACCOUNT = """{ shopper { storeCredit { balance { amount currencyCode } usableOnCart { amount currencyCode }
  asOf obstacles } } }"""


async def test_store_credit_of_shopper_has_balance_and_usable_amount(shopper_with_credit: Shopper) -> None:
    await shopper_with_credit.fill_cart()
    account = (await shopper_with_credit.storefront.ask(ACCOUNT)).data["shopper"]["storeCredit"]
    assert account["balance"] == {"amount": "500.00", "currencyCode": "USD"}
    assert account["usableOnCart"] == {"amount": TOTAL, "currencyCode": "USD"}
    assert account["obstacles"] == []
    shopper_with_credit.world.ledger.clear()
    account = (await shopper_with_credit.storefront.ask(ACCOUNT)).data["shopper"]["storeCredit"]
    assert account["usableOnCart"]["amount"] == account["balance"]["amount"] == "0.00"
    assert account["obstacles"] == ["NO_BALANCE"]


async def test_store_credit_with_empty_cart_needs_no_stock_read(shopper_with_credit: Shopper) -> None:
    shopper_with_credit.world.calls.clear()
    account = (await shopper_with_credit.storefront.ask(ACCOUNT)).data["shopper"]["storeCredit"]
    assert account["balance"]["amount"] == "500.00"
    assert shopper_with_credit.world.calls.count("GET", "/v1/shoppers/me/products/inventory-status") == 0


async def test_failed_ledger_read_makes_only_store_credit_null(shopper_with_credit: Shopper) -> None:
    await shopper_with_credit.fault("status", LEDGER, status=500)
    answer = await shopper_with_credit.storefront.ask("{ shopper { firstName storeCredit { asOf } } cart { id } }")
    assert answer.body["data"]["shopper"] == {"firstName": "Alex", "storeCredit": None}
    assert answer.body["data"]["cart"]["id"]
    assert answer.codes == ["UPSTREAM_UNAVAILABLE"]


@pytest.mark.parametrize("missing", ["ledger_url", "payment_key"])
async def test_missing_store_credit_setting_returns_not_configured_error(
    world: World, network: InMemoryTransport, sandbox: httpx.AsyncClient, clock: Clock, missing: str
) -> None:
    async with gateway(world, network, clock, **{missing: ""}) as storefront:
        keys = world.keys
        shopper = await signed_in(storefront, sandbox, world, keys.shopper_username, keys.shopper_password)
        answer = await shopper.storefront.ask("{ shopper { firstName storeCredit { asOf } } }")
        assert answer.body["data"]["shopper"] == {"firstName": "Alex", "storeCredit": None}
        assert answer.codes == ["NOT_CONFIGURED"]
        answer = await shopper.storefront.ask(APPLY, amount=None)
        assert answer.body["data"] == {"applyStoreCredit": None}
        assert answer.codes == ["NOT_CONFIGURED"]


@pytest.mark.parametrize("key", ["ledger_key", "payment_key"])
async def test_rejected_ledger_or_payment_key_does_not_end_the_session(
    world: World, network: InMemoryTransport, sandbox: httpx.AsyncClient, clock: Clock, key: str
) -> None:
    world.ledger[REFERENCE] = Balance(Decimal(500), "USD")
    async with gateway(world, network, clock, **{key: "wrong"}) as storefront:
        keys = world.keys
        shopper = await signed_in(storefront, sandbox, world, keys.shopper_username, keys.shopper_password)
        await shopper.fill_cart()
        (error,) = (await credit("50")(shopper))["errors"]
        assert error["code"] == "UPSTREAM_UNAVAILABLE"
        assert (await shopper.storefront.ask("{ session { level } }")).data["session"]["level"] == "REGISTERED"


async def test_guest_must_sign_in_to_use_store_credit(shopper: Shopper) -> None:
    await shopper.storefront.add(PACK)
    shopper.world.calls.clear()
    for text in (APPLY, REMOVE):
        answer = await shopper.storefront.ask(text)
        assert answer.codes == ["SIGN_IN_REQUIRED"]
    assert shopper.world.calls.count() == 0


async def test_store_credit_of_another_shopper_is_not_usable(
    shopper_with_credit: Shopper, other_registered_shopper: Shopper
) -> None:
    await other_registered_shopper.fill_cart()
    (error,) = (await credit("1")(other_registered_shopper))["errors"]
    assert error["obstacles"] == ["NO_BALANCE"]


async def test_currency_cannot_change_while_store_credit_is_applied(shopper_with_credit: Shopper) -> None:
    await shopper_with_credit.fill_cart()
    await credit("50")(shopper_with_credit)
    before = shopper_with_credit.world.calls.count("POST", "/v1/shoppers/me")
    refused = await euros(shopper_with_credit)
    assert refused["errors"] == [{"code": "INVALID_INPUT", "path": ["input", "currencyCode"]}]
    assert shopper_with_credit.world.calls.count("POST", "/v1/shoppers/me") == before, (
        "the gateway rejects the change without a call"
    )
    await remove(shopper_with_credit)
    assert (await euros(shopper_with_credit))["errors"] == []


# Ordering with store credit.


async def test_store_credit_alone_can_pay_an_order(shopper_with_credit: Shopper) -> None:
    await shopper_with_credit.fill_cart()
    await credit()(shopper_with_credit)
    result = await shopper_with_credit.storefront.outcome()
    assert result["__typename"] == "OrderPlaced"
    created = next(source for source in shopper_with_credit.world.sources.values() if source.is_credit)
    assert created.state == "consumed"


async def test_store_credit_and_card_can_pay_an_order(shopper_with_credit: Shopper) -> None:
    await shopper_with_credit.fill_cart()
    await saved_card(shopper_with_credit)
    await credit("50")(shopper_with_credit)
    assert (await shopper_with_credit.storefront.outcome())["__typename"] == "OrderPlaced"
    (order,) = (order for shopper in shopper_with_credit.world.shoppers for order in shopper.orders.values())
    share = order.cart.contributions(strict=False)
    assert (str(share.credit), str(share.primary)) == ("50.00", "46.69")


async def test_order_is_blocked_while_store_credit_is_insufficient(shopper_with_credit: Shopper) -> None:
    await shopper_with_credit.fill_cart()
    await credit(TOTAL)(shopper_with_credit)
    await grow(shopper_with_credit)
    result = await shopper_with_credit.storefront.outcome()
    (blocker,) = result["blockers"]
    assert blocker == IsPartialDict(__typename="PaymentSessionBlocker", code="PAYMENT_SESSION_NOT_READY")
    assert shopper_with_credit.submits == 0


async def test_declined_card_leaves_store_credit_on_the_cart(shopper_with_credit: Shopper) -> None:
    await shopper_with_credit.fill_cart()
    await credit("50")(shopper_with_credit)
    await attach(shopper_with_credit, await shopper_with_credit.source(owner__lastName="Decline:fraud_block"))
    assert (await shopper_with_credit.storefront.outcome())["__typename"] == "OrderDeclined"
    cart = await cart_payment(shopper_with_credit)
    check_sums(cart)
    session = cart["paymentSession"]
    assert (amount(session["storeCredit"]), session["primarySource"]) == ("50.00", None)
    await card(shopper_with_credit)
    assert (await shopper_with_credit.storefront.outcome())["__typename"] == "OrderPlaced"


async def test_removing_store_credit_blocks_order_until_klarna_is_attached_again(shopper_with_credit: Shopper) -> None:
    await shopper_with_credit.fill_cart()
    await credit("50")(shopper_with_credit)
    await klarna(shopper_with_credit)
    assert (await shopper_with_credit.storefront.cart())["readiness"]["blockers"] == []
    await remove(shopper_with_credit)
    assert [blocker["code"] for blocker in (await shopper_with_credit.storefront.cart())["readiness"]["blockers"]] == [
        "SOURCE_AMOUNT_OUTDATED"
    ]
    assert shopper_with_credit.submits == 0
    await klarna(shopper_with_credit)
    assert (await shopper_with_credit.storefront.cart())["readiness"]["blockers"] == []


# Carts that store credit cannot pay for.

PLAN = "5401231600"
"""Id of a product with automatic renewal."""


async def add_plan(shopper: Shopper) -> None:
    assert (await shopper.storefront.add(PLAN))["errors"] == []


async def allow_backorder(shopper: Shopper, expected_on: str | None = None) -> None:
    """Make the daypack sold out and available for back-order."""
    about = {"productId": int(PACK), "quantity": 0, "isSoldAhead": True, "expectedOn": expected_on}
    await shopper.control("stock", about)


async def announce_restock(shopper: Shopper) -> None:
    await allow_backorder(shopper, "2031-05-01")


async def pay_with_apple(shopper: Shopper) -> None:
    """Make Apple Pay the primary source in the sandbox's data, because the API rejects it beside store credit."""
    await saved_card(shopper)
    for owner in shopper.world.shoppers:
        if owner.cart is not None and owner.cart.source is not None:
            owner.cart.source = replace(owner.cart.source, method=METHODS["applePay"])


OBSTACLES: dict[str, Callable[[Shopper], Awaitable[None]]] = {
    "SUBSCRIPTION_LINE": add_plan,
    "BACKORDER_LINE": allow_backorder,
    "PREORDER_LINE": announce_restock,
    "PRIMARY_SOURCE_NOT_COMBINABLE": pay_with_apple,
}


@pytest.mark.parametrize("obstacle", OBSTACLES)
async def test_cart_that_forbids_store_credit_returns_error_with_the_obstacle(
    shopper_with_credit: Shopper, obstacle: str
) -> None:
    await shopper_with_credit.fill_cart()
    await OBSTACLES[obstacle](shopper_with_credit)
    account = (await shopper_with_credit.storefront.ask(ACCOUNT)).data["shopper"]["storeCredit"]
    assert account["obstacles"] == [obstacle]
    assert account["usableOnCart"]["amount"] == "0.00"
    (error,) = (await credit("10")(shopper_with_credit))["errors"]
    assert error == IsPartialDict(
        __typename="StoreCreditError", code="STORE_CREDIT_NOT_ALLOWED", obstacles=[obstacle], path=[]
    )
    assert shopper_with_credit.world.calls.count("POST", SOURCES) == 0


async def detach_credit(shopper: Shopper) -> dict[str, Any]:
    source = next(source for source in shopper.world.sources.values() if source.is_credit)
    return await change(shopper, DETACH, target={"sourceId": str(source.id)})


@pytest.mark.parametrize(("in_stock", "obstacles"), [(1, ["BACKORDER_LINE"]), (2, []), (3, []), (None, [])])
async def test_line_beyond_the_stock_is_an_obstacle_to_store_credit(
    shopper_with_credit: Shopper, in_stock: int | None, obstacles: list[str]
) -> None:
    await shopper_with_credit.fill_cart()
    await shopper_with_credit.storefront.add(PACK)
    await shopper_with_credit.control("stock", {"productId": int(PACK), "quantity": in_stock, "isSoldAhead": True})
    account = (await shopper_with_credit.storefront.ask(ACCOUNT)).data["shopper"]["storeCredit"]
    assert account["obstacles"] == obstacles


READINESS = """{ checkoutReadiness { status blockers { __typename code step resolvedBy
  ... on StoreCreditBlocker { obstacles } } } }"""


@pytest.mark.parametrize("cause_conflict", [add_plan, pay_with_apple], ids=["a subscription", "another primary source"])
@pytest.mark.parametrize("resolve", [remove, detach_credit], ids=["removeStoreCredit", "detachSource"])
async def test_store_credit_conflict_blocks_order_until_credit_is_removed(
    shopper_with_credit: Shopper, cause_conflict: Callable[[Shopper], Awaitable[None]], resolve: Step
) -> None:
    await shopper_with_credit.fill_cart()
    await credit("50")(shopper_with_credit)
    await saved_card(shopper_with_credit)
    await cause_conflict(shopper_with_credit)
    readiness = (await shopper_with_credit.storefront.ask(READINESS)).data["checkoutReadiness"]
    assert readiness["status"] == "BLOCKED"
    (blocker,) = readiness["blockers"]
    assert blocker == IsPartialDict(__typename="StoreCreditBlocker", code="STORE_CREDIT_CONFLICT", step="PAYMENT")
    assert blocker["resolvedBy"] == ["Mutation.removeStoreCredit", "Mutation.detachSource"]
    assert len(blocker["obstacles"]) == 1
    result = await shopper_with_credit.storefront.outcome()
    assert [blocker["code"] for blocker in result["blockers"]] == ["STORE_CREDIT_CONFLICT"]
    assert shopper_with_credit.submits == 0

    assert (await resolve(shopper_with_credit))["errors"] == []
    readiness = (await shopper_with_credit.storefront.ask(READINESS)).data["checkoutReadiness"]
    assert "STORE_CREDIT_CONFLICT" not in [blocker["code"] for blocker in readiness["blockers"]]


async def test_refused_backorder_with_store_credit_becomes_store_credit_blocker(
    shopper_with_credit: Shopper, clock: Clock
) -> None:
    await shopper_with_credit.fill_cart()
    await credit("50")(shopper_with_credit)
    await saved_card(shopper_with_credit)
    await allow_backorder(shopper_with_credit)
    clock.move(60)
    result = await shopper_with_credit.storefront.outcome()
    assert result["__typename"] == "OrderBlocked"
    (blocker,) = result["blockers"]
    assert blocker == IsPartialDict(__typename="StoreCreditBlocker", code="STORE_CREDIT_CONFLICT")
    assert shopper_with_credit.submits == 1
    await remove(shopper_with_credit)
    assert (await shopper_with_credit.storefront.outcome())["__typename"] == "OrderPlaced"


# Example documents for store credit.

ME = "/v1/shoppers/me"
OPTION = f"{ME}/payment-options/{{id}}"


async def option_id(shopper: Shopper) -> str:
    text = "{ shopper { paymentOptions { id isDefault } } }"
    options = (await shopper.storefront.ask(text)).data["shopper"]["paymentOptions"]
    default_id: str = next(option["id"] for option in options if option["isDefault"])
    return default_id


@pytest.mark.parametrize("credit_comes_first", [True, False])
async def test_store_credit_and_saved_card_attach_in_either_sequence(
    shopper_with_credit: Shopper, *, credit_comes_first: bool
) -> None:
    storefront = shopper_with_credit.storefront
    await shopper_with_credit.fill_cart()
    card_id = await option_id(shopper_with_credit)
    shopper_with_credit.world.calls.clear()
    offer = (await storefront.run("CreditOffer"))["shopper"]["storeCredit"]
    assert offer["usableOnCart"]["amount"] == TOTAL
    counted = shopper_with_credit.world.calls.count()
    assert counted - shopper_with_credit.world.calls.count("POST", "/oauth20/token") <= 4, (
        "calls: shopper, cart, ledger, stock"
    )

    half = {"amount": "40.00", "currencyCode": "USD"}
    for is_credit in (credit_comes_first, not credit_comes_first):
        shopper_with_credit.world.calls.clear()
        if is_credit:
            payload = (await storefront.run("UseCredit", amount=half))["applyStoreCredit"]
            assert shopper_with_credit.world.calls.count() <= (5 if credit_comes_first else 7)
        else:
            payload = (await storefront.run("PayRestWithSavedCard", paymentOptionId=card_id))["attachSource"]
            assert shopper_with_credit.world.calls.count() == 3, "calls: payment option, cart, attach"
        assert payload["errors"] == []
    session = payload["paymentSession"]
    assert (session["state"], session["amountRemaining"]["amount"]) == (REQUIRES_CONFIRMATION, "0.00")
    assert [warning["code"] for warning in payload["warnings"]] == ([] if credit_comes_first else ["SOURCES_REORDERED"])
    assert amount((await cart_payment(shopper_with_credit))["paymentSession"]["primarySource"]) == "56.69"
    assert (await storefront.outcome())["__typename"] == "OrderPlaced"
