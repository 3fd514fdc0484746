"""Nothing becomes an order but a cart that may: every rule of the guard, one at a time."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from dirty_equals import IsPartialDict

from gateway.app import utc_now
from gateway.checkout import guard
from gateway.checkout.guard_input import GuardInput
from gateway.enums import CheckoutBlockerCode
from gateway.payments.payment_session import Facts
from gateway.sessions.record import CheckoutMemory
from gateway.upstream.cart import cart_of
from sandbox.model.cart import Cart
from sandbox.model.world import World
from schema.build import build
from tests.support.shop import (
    CART,
    LIVE_MAPS,
    PACK,
    POLES,
    Clock,
    InMemoryTransport,
    Shopper,
    gateway,
    new_key,
    settings_for,
)

ROOT = Path(__file__).parents[2]

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


# Each way to be blocked: what stands in the way, the blocker, and every step that clears it by `resolvedBy`.


@dataclass
class Guest(Shopper):
    """A shopper whose cart can be changed on its way from upstream."""

    network: InMemoryTransport

    @property
    def cart(self) -> Cart:
        (cart,) = (one.cart for one in self.world.shoppers if one.cart is not None)
        return cart

    def sees(self, edit: Callable[[dict[str, Any]], object]) -> None:
        """Each cart that is read is edited first."""

        def rewrite(body: Any) -> Any:
            edit(body["cart"])
            return body

        self.network.rewrites["GET", CART] = rewrite


Act = Callable[[Guest], Awaitable[Any]]

DETACH = "mutation { detachSource(input: {target: {all: true}}) { errors { code } } }"
REMOVE = "mutation($ids: [ID!]!) { removeCartLines(input: {lineIds: $ids}) { errors { code } } }"
UPDATE = """mutation($id: ID!, $quantity: Int!) {
  updateCartLines(input: {lines: [{lineId: $id, quantity: $quantity}]}) { errors { code } } }"""
ACCEPT = """mutation($key: UUID!, $total: MoneyInput!) { submitOrder(input: {idempotencyKey: $key,
  expectedTotal: $total, termsOfSaleAccepted: true}) { result { __typename } errors { code } } }"""


async def done(shopper: Shopper, text: str, **variables: Any) -> None:
    (payload,) = (await shopper.storefront.ask(text, **variables)).data.values()
    assert payload["errors"] == []


async def lines(shopper: Shopper, product_id: str | None = None) -> list[str]:
    listed = (await shopper.storefront.cart())["lines"]
    return [line["id"] for line in listed if product_id in (None, line["product"]["upstreamId"])]


async def empty_cart(guest: Guest) -> None:
    await done(guest, REMOVE, ids=await lines(guest))


async def refill(guest: Guest) -> None:
    await guest.storefront.add(PACK)
    await guest.storefront.give_details()
    await guest.pay_with()


async def run_short(guest: Guest) -> None:
    await guest.storefront.add(POLES, 3)
    await guest.control("stock", {"productId": int(POLES), "quantity": 1})


async def remove_poles(guest: Guest) -> None:
    await done(guest, REMOVE, ids=await lines(guest, POLES))


async def keep_one_of_the_poles(guest: Guest) -> None:
    (id,) = await lines(guest, POLES)
    await done(guest, UPDATE, id=id, quantity=1)


def of_the_poles(change: dict[str, Any]) -> Act:
    """The product of that line as upstream shows it from now on."""

    async def spoil(guest: Guest) -> None:
        await guest.storefront.add(POLES, 3)

        def edit(cart: dict[str, Any]) -> None:
            for line in cart["lineItems"]["lineItem"]:
                if str(line["product"]["id"]) == POLES:
                    line["product"] |= change

        guest.sees(edit)

    return spoil


async def forget_addresses(guest: Guest) -> None:
    guest.cart.billing = guest.cart.shipping = None


async def forget_email(guest: Guest) -> None:
    assert guest.cart.billing is not None
    guest.cart.billing = guest.cart.billing | {"emailAddress": None}


async def move_abroad(guest: Guest) -> None:
    assert guest.cart.billing is not None
    guest.cart.billing = guest.cart.shipping = guest.cart.billing | {"country": "CH", "countrySubdivision": None}
    guest.cart.shipping_option = 171200


async def give_details(guest: Guest) -> None:
    payload = await guest.storefront.give_details()
    assert payload["errors"] == []


async def unselect_option(guest: Guest) -> None:
    guest.cart.shipping_option = None


async def offer_other_options(guest: Guest) -> None:
    guest.cart.shipping_option = 171200


async def grow_under_klarna(guest: Guest) -> None:
    await done(guest, DETACH)
    await guest.pay_with("klarnaCredit")
    await guest.storefront.add(POLES)


async def pay_again(guest: Guest) -> None:
    await guest.pay_with("klarnaCredit")


async def detach(guest: Guest) -> None:
    await done(guest, DETACH)


async def be_rejected(guest: Guest) -> None:
    await pay_again(guest)
    result = await guest.storefront.outcome()
    await guest.decide(result["action"]["redirectUrl"], "reject")
    await guest.storefront.run("ReturnFromRedirect")


async def be_asked_to_authenticate(guest: Guest) -> None:
    await guest.force_state("requires_action")


async def authenticate(guest: Guest) -> None:
    """The query tells what DigitalRiver.js is to do; upstream learns from it that it was done."""
    action = (await guest.storefront.ask(ACTION)).data["paymentSession"]["nextAction"]
    assert action["__typename"] == "AuthenticateSourceAction"
    assert action["sourceId"] == str(guest.cart.source.id if guest.cart.source else None)
    await guest.force_state(None)


ACTION = "{ paymentSession { nextAction { __typename ... on AuthenticateSourceAction { sourceId } } } }"


async def have_no_session_yet(guest: Guest) -> None:
    await empty_cart(guest)

    def edit(cart: dict[str, Any]) -> None:
        if cart["totalItemsInCart"] == 0:
            del cart["paymentSession"]

    guest.sees(edit)


async def withdraw_terms(guest: Guest) -> None:
    guest.cart.terms_accepted = False


async def accept_terms(guest: Guest) -> None:
    await done(guest, PREPARE, input={"termsOfSaleAccepted": True})


async def accept_terms_with_the_button(guest: Guest) -> None:
    total = (await guest.storefront.cart())["totals"]["orderTotal"]
    await done(guest, ACCEPT, key=new_key(), total=total)
    (order,) = (order for one in guest.world.shoppers for order in one.orders.values())
    assert order.cart.terms_accepted is True


@dataclass(frozen=True)
class Block:
    code: str
    typename: str
    spoil: Act
    ways: Mapping[str, Act]
    """By coordinate, all that `resolvedBy` has: the step that clears the blocker."""


DETAILS = {"Mutation.prepareCheckout": give_details}
LINES = {"Mutation.updateCartLines": keep_one_of_the_poles, "Mutation.removeCartLines": remove_poles}

BLOCKS = [
    Block("CART_EMPTY", "EmptyCartBlocker", empty_cart, {"Mutation.addCartLines": refill}),
    Block(
        "LINE_UNAVAILABLE",
        "LineBlocker",
        of_the_poles({"purchasable": "false"}),
        {"Mutation.removeCartLines": remove_poles},
    ),
    Block("INSUFFICIENT_STOCK", "LineBlocker", run_short, LINES),
    Block("QUANTITY_OUT_OF_RANGE", "LineBlocker", of_the_poles({"maximumQuantity": 2}), LINES),
    Block("ADDRESS_MISSING", "AddressBlocker", forget_addresses, DETAILS),
    Block("ADDRESS_INCOMPLETE", "AddressBlocker", forget_email, DETAILS),
    Block("COUNTRY_NOT_SERVED", "AddressBlocker", move_abroad, DETAILS),
    Block("SHIPPING_OPTION_MISSING", "ShippingOptionBlocker", unselect_option, DETAILS),
    Block("SHIPPING_OPTION_UNAVAILABLE", "ShippingOptionBlocker", offer_other_options, DETAILS),
    Block("SOURCE_AMOUNT_OUTDATED", "PaymentSessionBlocker", grow_under_klarna, {"Mutation.attachSource": pay_again}),
    Block("PAYMENT_SESSION_NOT_READY", "PaymentSessionBlocker", detach, {"Mutation.attachSource": pay_again}),
    Block("PAYMENT_SESSION_NOT_READY", "PaymentSessionBlocker", be_rejected, {"Mutation.attachSource": pay_again}),
    Block(
        "PAYMENT_SESSION_NOT_READY",
        "PaymentSessionBlocker",
        be_asked_to_authenticate,
        {"Query.paymentSession": authenticate},
    ),
    Block("PAYMENT_SESSION_MISSING", "PaymentSessionBlocker", have_no_session_yet, {"Mutation.addCartLines": refill}),
    Block(
        "TERMS_NOT_ACCEPTED",
        "TermsOfSaleBlocker",
        withdraw_terms,
        {"Mutation.prepareCheckout": accept_terms, "Mutation.submitOrder": accept_terms_with_the_button},
    ),
]


@pytest.mark.parametrize(
    ("block", "coordinate"),
    [
        pytest.param(block, coordinate, id=f"{block.code}-{block.spoil.__name__}-{coordinate.partition('.')[2]}")
        for block in BLOCKS
        for coordinate in block.ways
    ],
)
async def test_each_rule_blocks_and_says_what_resolves_it(
    world: World, network: InMemoryTransport, sandbox: httpx.AsyncClient, clock: Clock, block: Block, coordinate: str
) -> None:
    async with gateway(world, network, clock, billing_countries="US", shipping_countries="US") as storefront:
        guest = Guest(storefront, sandbox, world, network)
        await guest.get_ready()
        await block.spoil(guest)
        before = guest.submits

        result = await storefront.outcome()
        assert result["__typename"] == "OrderBlocked"
        (blocker, *_) = [one for one in result["blockers"] if one["code"] == block.code]
        assert blocker["__typename"] == block.typename
        assert guest.submits == before

        readiness = (await storefront.cart())["readiness"]
        assert readiness["status"] == "BLOCKED"
        (blocker, *_) = [one for one in readiness["blockers"] if one["code"] == block.code]
        assert set(blocker["resolvedBy"]) == block.ways.keys()

        await block.ways[coordinate](guest)
        if guest.submits == before:
            assert block.code not in [one["code"] for one in (await storefront.cart())["readiness"]["blockers"]]
            # What else has changed meanwhile is paid for, too.
            if (await storefront.cart())["readiness"]["status"] == "BLOCKED":
                await guest.pay_with()
            result = await storefront.outcome()
            assert result["__typename"] in ("OrderPlaced", "OrderActionRequired"), result
        assert guest.submits == before + 1


async def test_a_site_without_payment_sessions_places_no_order(shopper: Shopper, network: InMemoryTransport) -> None:
    await shopper.get_ready()
    guest = Guest(shopper.storefront, shopper.sandbox, shopper.world, network)
    guest.sees(lambda cart: cart.pop("paymentSession"))
    (blocker,) = (await guest.storefront.outcome())["blockers"]
    assert blocker == IsPartialDict(code="PAYMENT_SESSION_MISSING", resolvedBy=[])
    assert guest.submits == 0


async def test_the_shopper_buys_what_was_on_the_screen(shopper: Shopper) -> None:
    await shopper.get_ready()
    seen = await shopper.storefront.cart()
    total = seen["totals"]["orderTotal"]

    result = await shopper.storefront.outcome(total={"amount": "90.00", "currencyCode": "USD"})
    assert result["blockers"] == [
        IsPartialDict(
            __typename="PurchaseChangedBlocker",
            code="TOTAL_CHANGED",
            resolvedBy=["Query.cart", "Mutation.submitOrder"],
            actualTotal=IsPartialDict(total),
            currentRevision=seen["revision"],
        )
    ]
    result = await shopper.storefront.outcome(total={"amount": total["amount"], "currencyCode": "EUR"})
    assert [blocker["code"] for blocker in result["blockers"]] == ["TOTAL_CHANGED"]

    await shopper.storefront.give_details(line1="1 Other Street")
    result = await shopper.storefront.outcome(total=total, revision=seen["revision"])
    (blocker,) = result["blockers"]
    assert blocker == IsPartialDict(code="CART_CHANGED", resolvedBy=["Query.cart", "Mutation.submitOrder"])
    assert shopper.submits == 0

    # The cart as it is now, or what the blocker tells of it: the shopper agrees to either.
    now = await shopper.storefront.cart()
    assert (now["totals"]["orderTotal"], now["revision"]) == (total, blocker["currentRevision"])
    result = await shopper.storefront.outcome(total=total, revision=blocker["currentRevision"])
    assert result["__typename"] == "OrderPlaced"


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


SAVE = """mutation($id: String!) { savePaymentOption(input: {target: {sourceId: $id}}) { errors { code } } }"""


async def recurring(shopper: Shopper) -> tuple[str, dict[str, Any]]:
    """A cart that recurs, paid with a card that is not saved: the source, and what stands in the way."""
    await shopper.fill_cart(LIVE_MAPS)
    source_id = await shopper.pay_with()
    result = await shopper.storefront.outcome()
    assert result["__typename"] == "OrderBlocked"
    (blocker,) = result["blockers"]
    return source_id, blocker


async def test_what_recurs_is_paid_with_a_source_that_can_be_charged_again(registered_shopper: Shopper) -> None:
    """Both ways that are named clear it: the source is saved, or a saved one takes its place."""
    source_id, blocker = await recurring(registered_shopper)
    assert blocker == IsPartialDict(
        __typename="PaymentSessionBlocker",
        code="RECURRING_SOURCE_REQUIRED",
        step="PAYMENT",
        resolvedBy=["Mutation.savePaymentOption", "Mutation.attachSource"],
    )
    assert registered_shopper.submits == 0
    assert (await registered_shopper.storefront.ask(SAVE, id=source_id)).data["savePaymentOption"]["errors"] == []
    assert (await registered_shopper.storefront.outcome())["__typename"] == "OrderPlaced"

    await recurring(registered_shopper)
    saved = (
        next(one for one in registered_shopper.world.accounts if one.username.startswith("alex"))
        .payment_options[0]
        .source
    )
    assert (await registered_shopper.storefront.attach(str(saved.id)))["errors"] == []
    assert (await registered_shopper.storefront.outcome())["__typename"] == "OrderPlaced"


async def test_without_a_line_that_recurs_any_source_will_do(registered_shopper: Shopper) -> None:
    await recurring(registered_shopper)
    await done(registered_shopper, REMOVE, ids=await lines(registered_shopper))
    await registered_shopper.fill_cart()
    await registered_shopper.pay_with()
    assert (await registered_shopper.storefront.outcome())["__typename"] == "OrderPlaced"


# The rules alone, for carts that the sandbox does not make.


async def wire_cart(shopper: Shopper) -> dict[str, Any]:
    await shopper.get_ready()
    return await shopper.wire_cart()


def codes_of(world: World, wire: dict[str, Any]) -> list[CheckoutBlockerCode]:
    checkout = GuardInput(
        cart=cart_of(msgspec.json.encode(wire)),
        facts=Facts(CheckoutMemory(), "en-US"),
        settings=settings_for(world, terms_of_sale_mode="NOT_REQUIRED"),
        now=utc_now(),
    )
    return [blocker.code for blocker in guard.blockers(checkout)]


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
    written = re.findall(
        r'"((?:Query|Mutation)\.\w+)"',
        "".join(file.read_text() for file in (ROOT / "gateway" / "checkout").glob("*.py")),
    )
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
