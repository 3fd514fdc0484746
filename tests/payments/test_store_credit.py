"""Store credit: whatever is done in whatever order, it pays first, and what remains is always right."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

import httpx
import pytest
from dirty_equals import IsPartialDict

from sandbox.demo_shop.payment_methods import METHODS
from sandbox.model.source import Source
from sandbox.model.world import Balance, World
from tests.support.shop import CART, PACK, POLES, Clock, InMemoryTransport, Shopper, gateway, signed_in

pytestmark = pytest.mark.slow

ATTACH = f"{CART}/apply-payment-method"
SOURCES = "/sources"
LEDGER = "/_ledger/balance"

T = "96.69"
"""What the daypack costs in Minnetonka."""

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
SEEN = """{ cart { totals { orderTotal { amount } } paymentSession { state isFunded
  amountContributed { amount } amountRemaining { amount }
  primarySource { sourceId amountContributed { amount } } storeCredit { isReusable amountContributed { amount } }
  missing { kind amount { amount } }
  nextAction { __typename ... on CollectSourceAction { amountDue { amount } } } } } }"""

Step = Callable[[Shopper], Awaitable[dict[str, Any]]]


@dataclass
class Ends:
    """What it all comes to. Amounts as text; None: there is no such source."""

    state: str
    credit: str | None = None
    card: str | None = None
    remaining: str = "0.00"
    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


async def change(shopper: Shopper, text: str, **variables: Any) -> dict[str, Any]:
    (payload,) = (await shopper.storefront.ask(text, **variables)).data.values()
    assert isinstance(payload, dict)
    return payload


# The steps.


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
    primary = (await seen(shopper))["paymentSession"]["primarySource"]
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


NEW = "REQUIRES_SOURCE"
READY = "REQUIRES_CONFIRMATION"

CASES: dict[str, tuple[list[Step], Ends]] = {
    # Order of attaching.
    "credit, then a card": ([credit("50"), card], Ends(READY, "50.00", "46.69")),
    "a saved card, then credit": (
        [saved_card, credit("50")],
        Ends(READY, "50.00", "46.69", warnings=["SOURCES_REORDERED"]),
    ),
    "a new card, then credit: it was good for one attachment": (
        [card, credit("50")],
        Ends(NEW, "50.00", None, "46.69", errors=["SOURCE_NOT_CHARGEABLE"]),
    ),
    "a new card, then credit, where a detached source stays good": (
        [keep_sources, card, credit("50")],
        Ends(READY, "50.00", "46.69", warnings=["SOURCES_REORDERED"]),
    ),
    "and another card after the one that was lost": (
        [card, credit("50"), card],
        Ends(READY, "50.00", "46.69"),
    ),
    # Amounts.
    "all of it by credit": ([credit(T)], Ends(READY, T)),
    "as much as possible of a small balance": ([credit()], Ends(NEW, "80.00", None, "16.69")),
    "as much as possible of a large balance": ([credit()], Ends(READY, T)),
    "more than the balance": ([credit("80.01")], Ends(NEW, None, None, T, errors=["STORE_CREDIT_INSUFFICIENT"])),
    "more than there is to pay": ([credit("96.70")], Ends(NEW, None, None, T, errors=["STORE_CREDIT_INSUFFICIENT"])),
    "a balance of nothing": ([credit("1")], Ends(NEW, None, None, T, errors=["STORE_CREDIT_INSUFFICIENT"])),
    "no account at the ledger": ([credit()], Ends(NEW, None, None, T, errors=["STORE_CREDIT_INSUFFICIENT"])),
    "a balance in another currency": ([credit()], Ends(NEW, None, None, T, errors=["STORE_CREDIT_NOT_ALLOWED"])),
    "an amount of nothing": ([credit("0")], Ends(NEW, None, None, T, errors=["INVALID_INPUT"])),
    "an amount below nothing": ([credit("-5")], Ends(NEW, None, None, T, errors=["INVALID_INPUT"])),
    "an amount in another currency": ([credit("5", "EUR")], Ends(NEW, None, None, T, errors=["INVALID_INPUT"])),
    "a tenth of a cent": ([credit("5.001")], Ends(NEW, None, None, T, errors=["INVALID_INPUT"])),
    "the same again": ([credit("50"), credit("50")], Ends(NEW, "50.00", None, "46.69")),
    "another amount": ([credit("50"), credit("20")], Ends(NEW, "20.00", None, "76.69")),
    "another amount beside a saved card": (
        [credit("50"), saved_card, credit("20")],
        Ends(READY, "20.00", "76.69", warnings=["SOURCES_REORDERED"]),
    ),
    # The cart grows and shrinks.
    "it grows beyond the credit": (
        [credit(T), grow],
        Ends(NEW, T, None, "63.35", warnings=["PAYMENT_NO_LONGER_COVERED"]),
    ),
    "it grows twice, and that is told once": ([credit(T), grow, grow], Ends(NEW, T, None, "126.70")),
    "it grows and shrinks": ([credit(T), grow, shrink], Ends(READY, T)),
    "it grows, shrinks and grows": (
        [credit(T), grow, shrink, grow],
        Ends(NEW, T, None, "63.35", warnings=["PAYMENT_NO_LONGER_COVERED"]),
    ),
    "it grows, and credit grows with it": ([credit(T), grow, credit()], Ends(READY, "160.04")),
    "it shrinks below the credit": ([credit(T), coupon], Ends(READY, "75.21")),
    "it grows beside a card": ([credit("50"), card, grow], Ends(READY, "50.00", "110.04")),
    # Taking off.
    "the card goes": ([credit("50"), card, card_off], Ends(NEW, "50.00", None, "46.69")),
    "the credit goes": ([credit("50"), card, remove], Ends(READY, None, T)),
    "the credit goes, which was alone": ([credit(T), remove], Ends(NEW, None, None, T)),
    "there is no credit to go": ([card, remove], Ends(READY, None, T)),
    "both go": ([credit("50"), card, all_off], Ends(NEW, None, None, T)),
    # The currency.
    "the currency is locked": ([credit("50"), euros], Ends(NEW, "50.00", None, "46.69", errors=["INVALID_INPUT"])),
    # Something fails on the way.
    "the ledger is down": (
        [saved_card, fails(LEDGER, "GET"), credit("50")],
        Ends(READY, None, T, errors=["UPSTREAM_UNAVAILABLE"]),
    ),
    "the ledger is slow": (
        [saved_card, fails(LEDGER, "GET", "delay", delay_s=60), credit("50")],
        Ends(READY, None, T, errors=["UPSTREAM_UNAVAILABLE"]),
    ),
    "the ledger answers nonsense": (
        [fails(LEDGER, "GET", "malformed"), credit("50")],
        Ends(NEW, None, None, T, errors=["UPSTREAM_UNAVAILABLE"]),
    ),
    "credit is not made": (
        [saved_card, fails(SOURCES, "POST"), credit("50")],
        Ends(READY, None, T, errors=["UPSTREAM_UNAVAILABLE"]),
    ),
    "the card does not come off": (
        [saved_card, fails(ATTACH, "DELETE", times=1), credit("50")],
        Ends(READY, None, T, errors=["UPSTREAM_UNAVAILABLE"]),
    ),
    "the card comes off and nobody says so": (
        [saved_card, fails(ATTACH, "DELETE", "drop-after", times=1), credit("50")],
        Ends(READY, None, T, errors=["UPSTREAM_UNAVAILABLE"]),
    ),
    "the credit does not go on": (
        [saved_card, fails(ATTACH, "POST", times=1), credit("50")],
        Ends(READY, None, T, errors=["UPSTREAM_UNAVAILABLE"]),
    ),
    "the card does not go back on": (
        [saved_card, fails(ATTACH, "POST", skips=1, times=1), credit("50")],
        Ends(NEW, "50.00", None, "46.69", errors=["UPSTREAM_UNAVAILABLE"]),
    ),
    "neither goes on": (
        [saved_card, fails(ATTACH, "POST", times=2), credit("50")],
        Ends(NEW, None, None, T, errors=["UPSTREAM_UNAVAILABLE", "UPSTREAM_UNAVAILABLE"]),
    ),
    "and all is well when it is tried again": (
        [saved_card, fails(ATTACH, "POST", skips=1, times=1), credit("50"), saved_card],
        Ends(READY, "50.00", "46.69"),
    ),
}

BALANCES: dict[str, Balance | None] = {
    "as much as possible of a small balance": Balance(Decimal(80), "USD"),
    "more than the balance": Balance(Decimal(80), "USD"),
    "a balance of nothing": Balance(Decimal(0), "USD"),
    "a balance in another currency": Balance(Decimal(80), "EUR"),
    "no account at the ledger": None,
}
"""Where it is not plenty."""

REFERENCE = "rf-cust-000042"


async def seen(shopper: Shopper) -> dict[str, Any]:
    cart: dict[str, Any] = (await shopper.storefront.ask(SEEN)).data["cart"]
    return cart


def amount(source: dict[str, Any] | None) -> str | None:
    return source["amountContributed"]["amount"] if source else None


def check_sums(cart: dict[str, Any]) -> None:
    """What is contributed and what remains are the total, and the sources pay what is contributed."""
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
    assert (session["state"] == READY) is (remaining == 0)
    if session["state"] == NEW:
        assert session["nextAction"] == {
            "__typename": "CollectSourceAction",
            "amountDue": session["amountRemaining"],
        }
        kind = "FUNDS" if session["storeCredit"] else "SOURCE"
        assert {"kind": kind, "amount": session["amountRemaining"]} in session["missing"]


@pytest.mark.parametrize("case", CASES)
async def test_credit_pays_first_and_the_rest_is_right(
    world: World, network: InMemoryTransport, sandbox: httpx.AsyncClient, clock: Clock, case: str
) -> None:
    steps, ends = CASES[case]
    async with gateway(world, network, clock) as storefront:
        keys = world.keys
        shopper = await signed_in(storefront, sandbox, world, keys.shopper_username, keys.shopper_password)
        balance = BALANCES.get(case, Balance(Decimal(500), "USD"))
        if balance is not None:
            world.ledger[REFERENCE] = balance
        await shopper.fill_cart()
        for step in steps:
            payload = await step(shopper)
            check_sums(await seen(shopper))
        assert [error["code"] for error in payload["errors"]] == ends.errors
        assert [warning["code"] for warning in payload["warnings"]] == ends.warnings
        session = (await seen(shopper))["paymentSession"]
        assert session["state"] == ends.state
        assert amount(session["storeCredit"]) == ends.credit
        assert amount(session["primarySource"]) == ends.card
        assert session["amountRemaining"]["amount"] == ends.remaining
        assert shopper.submits == 0


# What is told beside the amounts.


@pytest.fixture
def rich(registered_shopper: Shopper) -> Shopper:
    """Alex, with 500 dollars of store credit."""
    registered_shopper.world.ledger[REFERENCE] = Balance(Decimal(500), "USD")
    return registered_shopper


async def test_an_error_says_how_much_could_be_used(registered_shopper: Shopper) -> None:
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


async def test_a_card_that_is_lost_is_told_as_missing(rich: Shopper) -> None:
    await rich.fill_cart()
    await card(rich)
    (error,) = (await credit("50")(rich))["errors"]
    assert error == IsPartialDict(__typename="PaymentError", code="SOURCE_NOT_CHARGEABLE", sourceState="CANCELLED")
    assert "missing" in error["message"]


async def test_a_ledger_that_failed_may_be_asked_again(rich: Shopper) -> None:
    await rich.fill_cart()
    await rich.fault("status", LEDGER, status=503)
    (error,) = (await credit("50")(rich))["errors"]
    assert error == IsPartialDict(code="UPSTREAM_UNAVAILABLE", retry="RETRY")
    assert rich.world.calls.count("POST", SOURCES) == 0


async def test_the_amount_is_made_with_all_its_digits_and_the_merchants_reference(rich: Shopper) -> None:
    await rich.fill_cart()
    await credit("50.10")(rich)
    made = next(source for source in rich.world.sources.values() if source.is_credit)
    assert (made.amount, made.upstream_id, made.owner) == (Decimal("50.10"), REFERENCE, None)


async def test_applying_credit_costs_what_it_needs(rich: Shopper) -> None:
    await rich.fill_cart()
    rich.world.calls.clear()
    await credit("50")(rich)
    calls = rich.world.calls
    assert calls.count("GET", CART) == 1, "the answer of the last change is the cart"
    assert calls.count("GET", LEDGER) == calls.count("POST", SOURCES) == calls.count("POST", ATTACH) == 1
    assert calls.count("DELETE", ATTACH) == 0


ACCOUNT = """{ shopper { storeCredit { balance { amount currencyCode } usableOnCart { amount currencyCode }
  asOf obstacles } } }"""


async def test_a_shopper_sees_the_credit_and_what_of_it_the_cart_can_use(rich: Shopper) -> None:
    await rich.fill_cart()
    found = (await rich.storefront.ask(ACCOUNT)).data["shopper"]["storeCredit"]
    assert found["balance"] == {"amount": "500.00", "currencyCode": "USD"}
    assert found["usableOnCart"] == {"amount": T, "currencyCode": "USD"}
    assert found["obstacles"] == []
    rich.world.ledger.clear()
    found = (await rich.storefront.ask(ACCOUNT)).data["shopper"]["storeCredit"]
    assert found["usableOnCart"]["amount"] == found["balance"]["amount"] == "0.00"
    assert found["obstacles"] == ["NO_BALANCE"]


async def test_an_empty_cart_has_no_stock_to_ask_for(rich: Shopper) -> None:
    rich.world.calls.clear()
    found = (await rich.storefront.ask(ACCOUNT)).data["shopper"]["storeCredit"]
    assert found["balance"]["amount"] == "500.00"
    assert rich.world.calls.count("GET", "/v1/shoppers/me/products/inventory-status") == 0


async def test_a_ledger_that_is_down_takes_nothing_else_along(rich: Shopper) -> None:
    await rich.fault("status", LEDGER, status=500)
    answer = await rich.storefront.ask("{ shopper { firstName storeCredit { asOf } } cart { id } }")
    assert answer.body["data"]["shopper"] == {"firstName": "Alex", "storeCredit": None}
    assert answer.body["data"]["cart"]["id"]
    assert answer.codes == ["UPSTREAM_UNAVAILABLE"]


@pytest.mark.parametrize("missing", ["ledger_url", "payment_key"])
async def test_a_deployment_without_store_credit_says_so(
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
async def test_a_key_of_ours_that_is_refused_ends_no_session(
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


async def test_a_guest_has_no_credit_and_costs_no_call(shopper: Shopper) -> None:
    await shopper.storefront.add(PACK)
    shopper.world.calls.clear()
    for text in (APPLY, REMOVE):
        answer = await shopper.storefront.ask(text)
        assert answer.codes == ["SIGN_IN_REQUIRED"]
    assert shopper.world.calls.count() == 0


async def test_the_credit_of_another_shopper_is_not_asked_for(rich: Shopper, other_registered_shopper: Shopper) -> None:
    await other_registered_shopper.fill_cart()
    (error,) = (await credit("1")(other_registered_shopper))["errors"]
    assert error["obstacles"] == ["NO_BALANCE"]


async def test_the_currency_changes_once_the_credit_is_gone(rich: Shopper) -> None:
    await rich.fill_cart()
    await credit("50")(rich)
    before = rich.world.calls.count("POST", "/v1/shoppers/me")
    refused = await euros(rich)
    assert refused["errors"] == [{"code": "INVALID_INPUT", "path": ["input", "currencyCode"]}]
    assert rich.world.calls.count("POST", "/v1/shoppers/me") == before, "upstream is not even asked"
    await remove(rich)
    assert (await euros(rich))["errors"] == []


# Buying.


async def test_an_order_is_paid_by_credit_alone(rich: Shopper) -> None:
    await rich.fill_cart()
    await credit()(rich)
    result = await rich.storefront.outcome()
    assert result["__typename"] == "OrderPlaced"
    made = next(source for source in rich.world.sources.values() if source.is_credit)
    assert made.state == "consumed"


async def test_an_order_is_paid_by_credit_and_card(rich: Shopper) -> None:
    await rich.fill_cart()
    await saved_card(rich)
    await credit("50")(rich)
    assert (await rich.storefront.outcome())["__typename"] == "OrderPlaced"
    (order,) = (order for one in rich.world.shoppers for order in one.orders.values())
    share = order.cart.contributions(strict=False)
    assert (str(share.credit), str(share.primary)) == ("50.00", "46.69")


async def test_an_order_is_not_sent_while_credit_is_short(rich: Shopper) -> None:
    await rich.fill_cart()
    await credit(T)(rich)
    await grow(rich)
    result = await rich.storefront.outcome()
    (blocker,) = result["blockers"]
    assert blocker == IsPartialDict(__typename="PaymentSessionBlocker", code="PAYMENT_SESSION_NOT_READY")
    assert rich.submits == 0


async def test_a_decline_leaves_the_credit_and_what_remains(rich: Shopper) -> None:
    await rich.fill_cart()
    await credit("50")(rich)
    await attach(rich, await rich.source(owner__lastName="Decline:fraud_block"))
    assert (await rich.storefront.outcome())["__typename"] == "OrderDeclined"
    cart = await seen(rich)
    check_sums(cart)
    session = cart["paymentSession"]
    assert (amount(session["storeCredit"]), session["primarySource"]) == ("50.00", None)
    await card(rich)
    assert (await rich.storefront.outcome())["__typename"] == "OrderPlaced"


async def test_a_source_of_a_fixed_amount_is_outdated_when_credit_comes_or_goes(rich: Shopper) -> None:
    await rich.fill_cart()
    await credit("50")(rich)
    await klarna(rich)
    assert (await rich.storefront.cart())["readiness"]["blockers"] == []
    await remove(rich)
    assert [one["code"] for one in (await rich.storefront.cart())["readiness"]["blockers"]] == [
        "SOURCE_AMOUNT_OUTDATED"
    ]
    assert rich.submits == 0
    await klarna(rich)
    assert (await rich.storefront.cart())["readiness"]["blockers"] == []


# What credit does not go with.

PLAN = "5401231600"
"""A product that renews by itself."""


async def add_plan(shopper: Shopper) -> None:
    assert (await shopper.storefront.add(PLAN))["errors"] == []


async def sell_ahead(shopper: Shopper, expected_on: str | None = None) -> None:
    """The daypack is sold out, and sold all the same."""
    about = {"productId": int(PACK), "quantity": 0, "isSoldAhead": True, "expectedOn": expected_on}
    await shopper.control("stock", about)


async def expect_it(shopper: Shopper) -> None:
    await sell_ahead(shopper, "2031-05-01")


async def pay_with_apple(shopper: Shopper) -> None:
    """A source of a method that the sandbox makes no source of."""
    await saved_card(shopper)
    for one in shopper.world.shoppers:
        if one.cart is not None and one.cart.source is not None:
            one.cart.source = replace(one.cart.source, method=METHODS["applePay"])


OBSTACLES: dict[str, Callable[[Shopper], Awaitable[None]]] = {
    "SUBSCRIPTION_LINE": add_plan,
    "BACKORDER_LINE": sell_ahead,
    "PREORDER_LINE": expect_it,
    "PRIMARY_SOURCE_NOT_COMBINABLE": pay_with_apple,
}


@pytest.mark.parametrize("obstacle", OBSTACLES)
async def test_a_cart_that_credit_does_not_fit_is_told_why(rich: Shopper, obstacle: str) -> None:
    await rich.fill_cart()
    await OBSTACLES[obstacle](rich)
    account = (await rich.storefront.ask(ACCOUNT)).data["shopper"]["storeCredit"]
    assert account["obstacles"] == [obstacle]
    assert account["usableOnCart"]["amount"] == "0.00"
    (error,) = (await credit("10")(rich))["errors"]
    assert error == IsPartialDict(
        __typename="StoreCreditError", code="STORE_CREDIT_NOT_ALLOWED", obstacles=[obstacle], path=[]
    )
    assert rich.world.calls.count("POST", SOURCES) == 0


async def off_by_source(shopper: Shopper) -> dict[str, Any]:
    source = next(one for one in shopper.world.sources.values() if one.is_credit)
    return await change(shopper, DETACH, target={"sourceId": str(source.id)})


READINESS = """{ checkoutReadiness { status blockers { __typename code step resolvedBy
  ... on StoreCreditBlocker { obstacles } } } }"""


@pytest.mark.parametrize("spoil", [add_plan, pay_with_apple], ids=["a subscription", "another primary source"])
@pytest.mark.parametrize("resolve", [remove, off_by_source], ids=["removeStoreCredit", "detachSource"])
async def test_credit_that_no_longer_fits_blocks_until_it_is_gone(
    rich: Shopper, spoil: Callable[[Shopper], Awaitable[None]], resolve: Step
) -> None:
    await rich.fill_cart()
    await credit("50")(rich)
    await saved_card(rich)
    await spoil(rich)
    found = (await rich.storefront.ask(READINESS)).data["checkoutReadiness"]
    assert found["status"] == "BLOCKED"
    (blocker,) = found["blockers"]
    assert blocker == IsPartialDict(__typename="StoreCreditBlocker", code="STORE_CREDIT_CONFLICT", step="PAYMENT")
    assert blocker["resolvedBy"] == ["Mutation.removeStoreCredit", "Mutation.detachSource"]
    assert len(blocker["obstacles"]) == 1
    result = await rich.storefront.outcome()
    assert [one["code"] for one in result["blockers"]] == ["STORE_CREDIT_CONFLICT"]
    assert rich.submits == 0

    assert (await resolve(rich))["errors"] == []
    found = (await rich.storefront.ask(READINESS)).data["checkoutReadiness"]
    assert "STORE_CREDIT_CONFLICT" not in [one["code"] for one in found["blockers"]]


async def test_what_upstream_alone_knows_is_the_same_blocker_after_its_refusal(rich: Shopper, clock: Clock) -> None:
    await rich.fill_cart()
    await credit("50")(rich)
    await saved_card(rich)
    await sell_ahead(rich)
    clock.move(60)
    result = await rich.storefront.outcome()
    assert result["__typename"] == "OrderBlocked"
    (blocker,) = result["blockers"]
    assert blocker == IsPartialDict(__typename="StoreCreditBlocker", code="STORE_CREDIT_CONFLICT")
    assert rich.submits == 1
    await remove(rich)
    assert (await rich.storefront.outcome())["__typename"] == "OrderPlaced"


# The pages that use it.

ME = "/v1/shoppers/me"
OPTION = f"{ME}/payment-options/{{id}}"


async def option_id(shopper: Shopper) -> str:
    text = "{ shopper { paymentOptions { id isDefault } } }"
    options = (await shopper.storefront.ask(text)).data["shopper"]["paymentOptions"]
    found: str = next(option["id"] for option in options if option["isDefault"])
    return found


@pytest.mark.parametrize("credit_comes_first", [True, False])
async def test_credit_and_a_saved_card_pay_in_either_order(rich: Shopper, *, credit_comes_first: bool) -> None:
    storefront = rich.storefront
    await rich.fill_cart()
    card_id = await option_id(rich)
    rich.world.calls.clear()
    offer = (await storefront.run("CreditOffer"))["shopper"]["storeCredit"]
    assert offer["usableOnCart"]["amount"] == T
    counted = rich.world.calls.count()
    assert counted - rich.world.calls.count("POST", "/oauth20/token") <= 4, "shopper, cart, ledger, stock"

    half = {"amount": "40.00", "currencyCode": "USD"}
    for is_credit in (credit_comes_first, not credit_comes_first):
        rich.world.calls.clear()
        if is_credit:
            payload = (await storefront.run("UseCredit", amount=half))["applyStoreCredit"]
            assert rich.world.calls.count() <= (5 if credit_comes_first else 7)
        else:
            payload = (await storefront.run("PayRestWithSavedCard", paymentOptionId=card_id))["attachSource"]
            assert rich.world.calls.count() == 3, "option, cart, attach"
        assert payload["errors"] == []
    session = payload["paymentSession"]
    assert (session["state"], session["amountRemaining"]["amount"]) == (READY, "0.00")
    assert [warning["code"] for warning in payload["warnings"]] == ([] if credit_comes_first else ["SOURCES_REORDERED"])
    assert amount((await seen(rich))["paymentSession"]["primarySource"]) == "56.69"
    assert (await storefront.outcome())["__typename"] == "OrderPlaced"
