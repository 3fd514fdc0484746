"""Nothing becomes an order but a cart that may: every rule of the guard, one at a time."""

import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from dirty_equals import IsPartialDict

from gateway import guard
from gateway.enums import CheckoutBlockerCode
from gateway.payment import Facts
from gateway.session import Remembered, utc_now
from gateway.upstream.client import Found
from gateway.upstream.wire import decode
from sandbox.world import World
from schema.build import build
from tests.shop import CART, PACK, POLES, Clock, InMemory, Shopper, gateway, new_key, settings_for

ROOT = Path(__file__).parent.parent

UNREADY = [
    "requires_source",
    "pending_redirect",
    "pending_funds",
    "pending",
    "chargeable",
    "complete",
    "failed",
    "cancelled",
    "confirmed",
    "processing",
    "requires_action",
    "a_state_of_next_year",
    "",
]

PREPARE = "mutation($input: PrepareCheckoutInput!) { prepareCheckout(input: $input) { errors { code message } } }"


@pytest.mark.parametrize("state", UNREADY)
async def test_no_other_state_of_the_payment_session_lets_an_order_through(shopper: Shopper, state: str) -> None:
    await shopper.get_ready()
    await shopper.force_state(state)
    result = await shopper.storefront.outcome()
    assert result == IsPartialDict(
        __typename="OrderBlocked",
        blockers=[IsPartialDict(__typename="PaymentSessionBlocker", code="PAYMENT_SESSION_NOT_READY")],
    )
    assert shopper.submits == 0

    await shopper.force_state(None)
    assert (await shopper.storefront.outcome())["__typename"] == "OrderPlaced"


# Each way to be blocked: what stands in the way, the blocker, and how it is resolved as `resolvedBy` says.

Act = Callable[[Shopper], Awaitable[Any]]


async def empty_cart(shopper: Shopper) -> None:
    lines = (await shopper.storefront.cart())["lines"]
    await remove(shopper, [line["id"] for line in lines])


async def remove(shopper: Shopper, ids: list[str]) -> None:
    text = "mutation($ids: [ID!]!) { removeCartLines(input: {lineIds: $ids}) { errors { code } } }"
    payload = (await shopper.storefront.ask(text, ids=ids)).data["removeCartLines"]
    assert payload["errors"] == []


async def sell_out(shopper: Shopper) -> None:
    await shopper.storefront.add(POLES)
    await shopper.control("stock", {"productId": int(POLES), "quantity": 0})


async def remove_poles(shopper: Shopper) -> None:
    lines = (await shopper.storefront.cart())["lines"]
    await remove(shopper, [line["id"] for line in lines if line["product"]["upstreamId"] == POLES])


async def forget_addresses(shopper: Shopper) -> None:
    for one in shopper.world.shoppers:
        if one.cart is not None:
            one.cart.billing = one.cart.shipping = None


async def forget_email(shopper: Shopper) -> None:
    for one in shopper.world.shoppers:
        if one.cart is not None and one.cart.billing is not None:
            one.cart.billing = one.cart.billing | {"emailAddress": None}


async def give_details(shopper: Shopper) -> None:
    payload = await shopper.storefront.give_details()
    assert payload["errors"] == []


async def move_abroad(shopper: Shopper) -> None:
    details = {"countryCode": "CH", "countrySubdivision": None, "postalCode": "8001", "city": "Zürich"}
    for one in shopper.world.shoppers:
        if one.cart is not None and one.cart.billing is not None:
            one.cart.billing = one.cart.shipping = one.cart.billing | {
                "country": details["countryCode"],
                "countrySubdivision": None,
            }
            one.cart.shipping_option = 171200


async def unselect_option(shopper: Shopper) -> None:
    for one in shopper.world.shoppers:
        if one.cart is not None:
            one.cart.shipping_option = None


async def offer_other_options(shopper: Shopper) -> None:
    for one in shopper.world.shoppers:
        if one.cart is not None:
            one.cart.shipping_option = 171200


async def grow_under_klarna(shopper: Shopper) -> None:
    await shopper.storefront.ask("mutation { detachSource(input: {target: {all: true}}) { errors { code } } }")
    await shopper.pay_with("klarnaCredit")
    await shopper.storefront.add(POLES)


async def pay_again(shopper: Shopper) -> None:
    await shopper.pay_with("klarnaCredit")


async def detach(shopper: Shopper) -> None:
    await shopper.storefront.ask("mutation { detachSource(input: {target: {all: true}}) { errors { code } } }")


async def withdraw_terms(shopper: Shopper) -> None:
    for one in shopper.world.shoppers:
        if one.cart is not None:
            one.cart.terms_accepted = False


async def accept_terms(shopper: Shopper) -> None:
    answer = await shopper.storefront.ask(PREPARE, input={"termsOfSaleAccepted": True})
    assert answer.data["prepareCheckout"]["errors"] == []


async def refill(shopper: Shopper) -> None:
    await shopper.storefront.add(PACK)
    await shopper.storefront.give_details()
    await shopper.pay_with()


CASES: list[tuple[str, Act, str, Act]] = [
    ("CART_EMPTY", empty_cart, "Mutation.addCartLines", refill),
    ("INSUFFICIENT_STOCK", sell_out, "Mutation.removeCartLines", remove_poles),
    ("ADDRESS_MISSING", forget_addresses, "Mutation.prepareCheckout", give_details),
    ("ADDRESS_INCOMPLETE", forget_email, "Mutation.prepareCheckout", give_details),
    ("COUNTRY_NOT_SERVED", move_abroad, "Mutation.prepareCheckout", give_details),
    ("SHIPPING_OPTION_MISSING", unselect_option, "Mutation.prepareCheckout", give_details),
    ("SHIPPING_OPTION_UNAVAILABLE", offer_other_options, "Mutation.prepareCheckout", give_details),
    ("SOURCE_AMOUNT_OUTDATED", grow_under_klarna, "Mutation.attachSource", pay_again),
    ("PAYMENT_SESSION_NOT_READY", detach, "Mutation.attachSource", Shopper.pay_with),
    ("TERMS_NOT_ACCEPTED", withdraw_terms, "Mutation.prepareCheckout", accept_terms),
]


@pytest.mark.parametrize(("code", "spoil", "coordinate", "resolve"), CASES, ids=[case[0] for case in CASES])
async def test_each_rule_blocks_and_says_what_resolves_it(
    world: World,
    network: InMemory,
    sandbox: httpx.AsyncClient,
    clock: Clock,
    code: str,
    spoil: Act,
    coordinate: str,
    resolve: Act,
) -> None:
    async with gateway(world, network, clock, billing_countries="US", shipping_countries="US") as storefront:
        shopper = Shopper(storefront, sandbox, world)
        await shopper.get_ready()
        await spoil(shopper)

        result = await storefront.outcome()
        assert result["__typename"] == "OrderBlocked"
        assert code in [blocker["code"] for blocker in result["blockers"]]
        assert shopper.submits == 0

        readiness = (await storefront.cart())["readiness"]
        assert readiness["status"] == "BLOCKED"
        (blocker, *_) = [one for one in readiness["blockers"] if one["code"] == code]
        assert coordinate in blocker["resolvedBy"]

        await resolve(shopper)
        assert code not in [one["code"] for one in (await storefront.cart())["readiness"]["blockers"]]
        result = await storefront.outcome()
        assert result["__typename"] in ("OrderPlaced", "OrderActionRequired"), result
        assert shopper.submits == 1


async def test_the_shopper_buys_what_was_on_the_screen(shopper: Shopper) -> None:
    await shopper.get_ready()
    seen = await shopper.storefront.cart()
    total = seen["totals"]["orderTotal"]

    result = await shopper.storefront.outcome(total={"amount": "90.00", "currencyCode": "USD"})
    assert [blocker["code"] for blocker in result["blockers"]] == ["TOTAL_CHANGED"]
    result = await shopper.storefront.outcome(total={"amount": total["amount"], "currencyCode": "EUR"})
    assert [blocker["code"] for blocker in result["blockers"]] == ["TOTAL_CHANGED"]

    await shopper.storefront.give_details(line1="1 Other Street")
    result = await shopper.storefront.outcome(total=total, revision=seen["revision"])
    assert [blocker["code"] for blocker in result["blockers"]] == ["CART_CHANGED"]
    assert shopper.submits == 0

    assert (await shopper.storefront.outcome())["__typename"] == "OrderPlaced"


async def test_terms_may_be_accepted_with_the_button(shopper: Shopper) -> None:
    await shopper.get_ready()
    await withdraw_terms(shopper)
    text = """mutation($key: UUID!, $total: MoneyInput!) { submitOrder(input: {idempotencyKey: $key,
      expectedTotal: $total, termsOfSaleAccepted: true}) { result { __typename } errors { code } } }"""
    total = (await shopper.storefront.cart())["totals"]["orderTotal"]
    answer = await shopper.storefront.ask(text, key=new_key(), total=total)
    assert answer.data["submitOrder"]["result"]["__typename"] == "OrderPlaced"
    (order,) = (order for one in shopper.world.shoppers for order in one.orders.values())
    assert order.cart.terms_accepted is True


async def test_an_approved_redirect_is_resumed_and_not_submitted_again(shopper: Shopper) -> None:
    await shopper.get_ready("klarnaCredit")
    first = await shopper.storefront.outcome()
    second = await shopper.storefront.outcome()
    assert [blocker["code"] for blocker in second["blockers"]] == ["SUBMISSION_IN_PROGRESS"]
    assert "Mutation.resumeOrder" in second["blockers"][0]["resolvedBy"]
    assert shopper.submits == 1
    await shopper.decide(first["action"]["redirectUrl"])
    resumed = (await shopper.storefront.run("ReturnFromRedirect"))["resumeOrder"]
    assert resumed["result"]["__typename"] == "OrderPlaced"


async def test_readiness_costs_nothing_beside_the_cart(shopper: Shopper) -> None:
    await shopper.fill_cart()
    shopper.world.calls.clear()
    answer = await shopper.storefront.ask("{ cart { id } checkoutReadiness { status blockers { code } } }")
    assert answer.data["checkoutReadiness"] == {
        "status": "BLOCKED",
        "blockers": [{"code": "PAYMENT_SESSION_NOT_READY"}],
    }
    assert shopper.world.calls.count() == shopper.world.calls.count("GET", CART) == 1


# The rules alone, for carts that the sandbox does not make.


async def wire_cart(shopper: Shopper) -> dict[str, Any]:
    await shopper.get_ready()
    return await shopper.wire_cart()


def codes_of(world: World, wire: dict[str, Any]) -> list[CheckoutBlockerCode]:
    cart = decode(msgspec.json.encode(wire), Found).cart
    assert cart is not None
    case = guard.Case(
        cart=cart,
        facts=Facts(Remembered(), "en-US"),
        settings=settings_for(world, terms_of_sale_mode="NOT_REQUIRED"),
        now=utc_now(),
    )
    return [blocker.code for blocker in guard.blockers(case)]


async def test_a_line_that_cannot_be_bought_any_more_blocks(shopper: Shopper, world: World) -> None:
    wire = await wire_cart(shopper)
    assert codes_of(world, wire) == []
    (line,) = wire["cart"]["lineItems"]["lineItem"]
    line["product"]["purchasable"] = "false"
    assert codes_of(world, wire) == [CheckoutBlockerCode.LINE_UNAVAILABLE]
    line["product"] |= {"purchasable": "true", "minimumQuantity": 2}
    assert codes_of(world, wire) == [CheckoutBlockerCode.QUANTITY_OUT_OF_RANGE]


async def test_a_cart_without_a_payment_session_is_no_exception(shopper: Shopper, world: World) -> None:
    wire = await wire_cart(shopper)
    del wire["cart"]["paymentSession"]
    assert codes_of(world, wire) == [CheckoutBlockerCode.PAYMENT_SESSION_MISSING]


async def test_a_missing_amount_does_not_replace_the_state(shopper: Shopper, world: World) -> None:
    wire = await wire_cart(shopper)
    session = wire["cart"]["paymentSession"]
    del session["amountContributed"], session["amountRemainingToBeContributed"]
    assert codes_of(world, wire) == []
    session["status"] = "requires_source"
    assert codes_of(world, wire) == [CheckoutBlockerCode.PAYMENT_SESSION_NOT_READY]


def test_every_coordinate_of_resolved_by_exists() -> None:
    core = build().core
    written = re.findall(r'"((?:Query|Mutation)\.\w+)"', (ROOT / "gateway" / "guard.py").read_text())
    assert len(written) > 10
    for coordinate in written:
        owner, _, field = coordinate.partition(".")
        assert field in core.type_map[owner].fields, coordinate  # type: ignore[attr-defined]  # both are objects


async def test_the_total_of_a_source_is_known_although_its_answer_got_lost(shopper: Shopper) -> None:
    await shopper.fill_cart()
    source_id = await shopper.source("klarnaCredit")
    await shopper.fault("drop-after", f"{CART}/apply-payment-method", method="POST", times=1)
    assert (await shopper.storefront.attach(source_id))["errors"] != []
    assert (await shopper.storefront.attach(source_id))["errors"] == [], "it is attached already"
    await shopper.storefront.add(PACK)
    blockers = (await shopper.storefront.cart())["readiness"]["blockers"]
    assert [one["code"] for one in blockers] == ["SOURCE_AMOUNT_OUTDATED"]
