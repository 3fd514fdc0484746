"""Each rule of the checkout guard blocks an order, and each operation in `resolvedBy` clears the blocker."""

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
from gateway.enums import CheckoutBlockerCode, SessionDelivery, SessionLevel
from gateway.payments.payment_session import payment_session
from gateway.sessions.cart_change_lock import SETTLED_AFTER_S
from gateway.sessions.record import CheckoutMemory, SessionRecord
from gateway.sessions.sessions import Session
from gateway.upstream.cart import CartAnswer
from gateway.upstream.decoding import decode
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

BLOCKING_STATES = [
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


@pytest.mark.parametrize("state", BLOCKING_STATES)
async def test_order_is_placed_only_in_payment_session_state_requires_confirmation(
    shopper: Shopper, state: str
) -> None:
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


# For each blocker, a step that causes the blocker and steps that clear the blocker.


@dataclass
class GuestShopper(Shopper):
    """A guest. A test can change the guest's cart in the sandbox, or change only the sandbox's answers."""

    network: InMemoryTransport

    @property
    def cart(self) -> Cart:
        (cart,) = (shopper.cart for shopper in self.world.shoppers if shopper.cart is not None)
        return cart

    def rewrite_cart(self, edit: Callable[[dict[str, Any]], object]) -> None:
        """Apply `edit` to the cart in each later answer of the sandbox."""

        def rewrite(body: Any) -> Any:
            edit(body["cart"])
            return body

        self.network.rewrites["GET", CART] = rewrite


Step = Callable[[GuestShopper], Awaitable[Any]]

DETACH = "mutation { detachSource(input: {target: {all: true}}) { errors { code } } }"
REMOVE = "mutation($ids: [ID!]!) { removeCartLines(input: {lineIds: $ids}) { errors { code } } }"
UPDATE = """mutation($id: ID!, $quantity: Int!) {
  updateCartLines(input: {lines: [{lineId: $id, quantity: $quantity}]}) { errors { code } } }"""
SUBMIT_WITH_TERMS = """mutation($key: UUID!, $total: MoneyInput!) { submitOrder(input: {idempotencyKey: $key,
  expectedTotal: $total, termsOfSaleAccepted: true}) { result { __typename } errors { code } } }"""


async def change_cart(shopper: Shopper, mutation: str, **variables: Any) -> None:
    (payload,) = (await shopper.storefront.ask(mutation, **variables)).data.values()
    assert payload["errors"] == []


async def line_ids(shopper: Shopper, product_id: str | None = None) -> list[str]:
    lines = (await shopper.storefront.cart())["lines"]
    return [line["id"] for line in lines if product_id in (None, line["product"]["upstreamId"])]


async def empty_cart(guest: GuestShopper) -> None:
    await change_cart(guest, REMOVE, ids=await line_ids(guest))


async def refill(guest: GuestShopper) -> None:
    await guest.storefront.add(PACK)
    await guest.storefront.give_details()
    await guest.pay_with()


async def exceed_the_stock(guest: GuestShopper) -> None:
    await guest.storefront.add(POLES, 3)
    await guest.control("stock", {"productId": int(POLES), "quantity": 1})


async def remove_poles(guest: GuestShopper) -> None:
    await change_cart(guest, REMOVE, ids=await line_ids(guest, POLES))


async def reduce_poles_to_one(guest: GuestShopper) -> None:
    (line_id,) = await line_ids(guest, POLES)
    await change_cart(guest, UPDATE, id=line_id, quantity=1)


def add_poles_and_change_product(change: dict[str, Any]) -> Step:
    """Return a step that adds trekking poles to the cart. `change` replaces fields of the poles in later answers."""

    async def cause(guest: GuestShopper) -> None:
        await guest.storefront.add(POLES, 3)

        def edit(cart: dict[str, Any]) -> None:
            for line in cart["lineItems"]["lineItem"]:
                if str(line["product"]["id"]) == POLES:
                    line["product"] |= change

        guest.rewrite_cart(edit)

    return cause


async def remove_addresses(guest: GuestShopper) -> None:
    guest.cart.billing = guest.cart.shipping = None


async def remove_email(guest: GuestShopper) -> None:
    assert guest.cart.billing is not None
    guest.cart.billing = guest.cart.billing | {"emailAddress": None}


async def move_abroad(guest: GuestShopper) -> None:
    assert guest.cart.billing is not None
    guest.cart.billing = guest.cart.shipping = guest.cart.billing | {"country": "CH", "countrySubdivision": None}
    guest.cart.shipping_option = 171200


async def give_details(guest: GuestShopper) -> None:
    payload = await guest.storefront.give_details()
    assert payload["errors"] == []


async def remove_shipping_option(guest: GuestShopper) -> None:
    guest.cart.shipping_option = None


async def select_unoffered_option(guest: GuestShopper) -> None:
    guest.cart.shipping_option = 171200


async def raise_total_with_klarna(guest: GuestShopper) -> None:
    await change_cart(guest, DETACH)
    await guest.pay_with("klarnaCredit")
    await guest.storefront.add(POLES)


async def attach_klarna(guest: GuestShopper) -> None:
    await guest.pay_with("klarnaCredit")


async def detach(guest: GuestShopper) -> None:
    await change_cart(guest, DETACH)


async def reject_redirect(guest: GuestShopper) -> None:
    await attach_klarna(guest)
    result = await guest.storefront.outcome()
    await guest.decide(result["action"]["redirectUrl"], "reject")
    await guest.storefront.run("ReturnFromRedirect")


async def require_authentication(guest: GuestShopper) -> None:
    await guest.force_state("requires_action")


async def authenticate(guest: GuestShopper) -> None:
    """Check that the next action is an authentication, then simulate that the shopper has authenticated."""
    action = (await guest.storefront.ask(NEXT_ACTION)).data["paymentSession"]["nextAction"]
    assert action["__typename"] == "AuthenticateSourceAction"
    assert action["sourceId"] == str(guest.cart.source.id if guest.cart.source else None)
    await guest.force_state(None)


NEXT_ACTION = "{ paymentSession { nextAction { __typename ... on AuthenticateSourceAction { sourceId } } } }"


async def omit_payment_session(guest: GuestShopper) -> None:
    await empty_cart(guest)

    def edit(cart: dict[str, Any]) -> None:
        if cart["totalItemsInCart"] == 0:
            del cart["paymentSession"]

    guest.rewrite_cart(edit)


async def withdraw_terms(guest: GuestShopper) -> None:
    guest.cart.terms_accepted = False


async def accept_terms(guest: GuestShopper) -> None:
    await change_cart(guest, PREPARE, input={"termsOfSaleAccepted": True})


async def accept_terms_with_submit_order(guest: GuestShopper) -> None:
    total = (await guest.storefront.cart())["totals"]["orderTotal"]
    await change_cart(guest, SUBMIT_WITH_TERMS, key=new_key(), total=total)
    (order,) = (order for shopper in guest.world.shoppers for order in shopper.orders.values())
    assert order.cart.terms_accepted is True


@dataclass(frozen=True)
class BlockerCase:
    code: str
    typename: str
    cause: Step
    resolutions: Mapping[str, Step]
    """Steps that clear the blocker, by query or mutation. `resolvedBy` must name exactly these operations."""


RESOLVED_BY_DETAILS = {"Mutation.prepareCheckout": give_details}
RESOLVED_BY_LINES = {"Mutation.updateCartLines": reduce_poles_to_one, "Mutation.removeCartLines": remove_poles}

BLOCKER_CASES = [
    BlockerCase("CART_EMPTY", "EmptyCartBlocker", empty_cart, {"Mutation.addCartLines": refill}),
    BlockerCase(
        "LINE_UNAVAILABLE",
        "LineBlocker",
        add_poles_and_change_product({"purchasable": "false"}),
        {"Mutation.removeCartLines": remove_poles},
    ),
    BlockerCase("INSUFFICIENT_STOCK", "LineBlocker", exceed_the_stock, RESOLVED_BY_LINES),
    BlockerCase(
        "QUANTITY_OUT_OF_RANGE", "LineBlocker", add_poles_and_change_product({"maximumQuantity": 2}), RESOLVED_BY_LINES
    ),
    BlockerCase("ADDRESS_MISSING", "AddressBlocker", remove_addresses, RESOLVED_BY_DETAILS),
    BlockerCase("ADDRESS_INCOMPLETE", "AddressBlocker", remove_email, RESOLVED_BY_DETAILS),
    BlockerCase("COUNTRY_NOT_SERVED", "AddressBlocker", move_abroad, RESOLVED_BY_DETAILS),
    BlockerCase("SHIPPING_OPTION_MISSING", "ShippingOptionBlocker", remove_shipping_option, RESOLVED_BY_DETAILS),
    BlockerCase("SHIPPING_OPTION_UNAVAILABLE", "ShippingOptionBlocker", select_unoffered_option, RESOLVED_BY_DETAILS),
    BlockerCase(
        "SOURCE_AMOUNT_OUTDATED",
        "PaymentSessionBlocker",
        raise_total_with_klarna,
        {"Mutation.attachSource": attach_klarna},
    ),
    BlockerCase("PAYMENT_SESSION_NOT_READY", "PaymentSessionBlocker", detach, {"Mutation.attachSource": attach_klarna}),
    BlockerCase(
        "PAYMENT_SESSION_NOT_READY", "PaymentSessionBlocker", reject_redirect, {"Mutation.attachSource": attach_klarna}
    ),
    BlockerCase(
        "PAYMENT_SESSION_NOT_READY",
        "PaymentSessionBlocker",
        require_authentication,
        {"Query.paymentSession": authenticate},
    ),
    BlockerCase(
        "PAYMENT_SESSION_MISSING", "PaymentSessionBlocker", omit_payment_session, {"Mutation.addCartLines": refill}
    ),
    BlockerCase(
        "TERMS_NOT_ACCEPTED",
        "TermsOfSaleBlocker",
        withdraw_terms,
        {"Mutation.prepareCheckout": accept_terms, "Mutation.submitOrder": accept_terms_with_submit_order},
    ),
]


@pytest.mark.parametrize(
    ("case", "coordinate"),
    [
        pytest.param(case, coordinate, id=f"{case.code}-{case.cause.__name__}-{coordinate.partition('.')[2]}")
        for case in BLOCKER_CASES
        for coordinate in case.resolutions
    ],
)
async def test_each_blocker_prevents_the_order_until_cleared(
    world: World,
    network: InMemoryTransport,
    sandbox: httpx.AsyncClient,
    clock: Clock,
    case: BlockerCase,
    coordinate: str,
) -> None:
    async with gateway(world, network, clock, billing_countries="US", shipping_countries="US") as storefront:
        guest = GuestShopper(storefront, sandbox, world, network)
        await guest.get_ready()
        await case.cause(guest)
        submits_before = guest.submits

        result = await storefront.outcome()
        assert result["__typename"] == "OrderBlocked"
        (blocker, *_) = [blocker for blocker in result["blockers"] if blocker["code"] == case.code]
        assert blocker["__typename"] == case.typename
        assert guest.submits == submits_before

        readiness = (await storefront.cart())["readiness"]
        assert readiness["status"] == "BLOCKED"
        (blocker, *_) = [blocker for blocker in readiness["blockers"] if blocker["code"] == case.code]
        assert set(blocker["resolvedBy"]) == case.resolutions.keys()

        await case.resolutions[coordinate](guest)
        if guest.submits == submits_before:
            assert case.code not in [blocker["code"] for blocker in (await storefront.cart())["readiness"]["blockers"]]
            # When the total has changed, the attached source may have the wrong amount.
            if (await storefront.cart())["readiness"]["status"] == "BLOCKED":
                await guest.pay_with()
            source = guest.cart.source
            is_redirect = source is not None and source.redirects_after_submission
            result = await storefront.outcome()
            assert result["__typename"] == ("OrderActionRequired" if is_redirect else "OrderPlaced"), result
        assert guest.submits == submits_before + 1


async def test_order_is_blocked_on_a_site_without_payment_sessions(
    shopper: Shopper, network: InMemoryTransport
) -> None:
    await shopper.get_ready()
    guest = GuestShopper(shopper.storefront, shopper.sandbox, shopper.world, network)
    guest.rewrite_cart(lambda cart: cart.pop("paymentSession"))
    (blocker,) = (await guest.storefront.outcome())["blockers"]
    assert blocker == IsPartialDict(code="PAYMENT_SESSION_MISSING", resolvedBy=[])
    assert guest.submits == 0


async def test_order_is_blocked_when_its_total_or_revision_is_outdated(shopper: Shopper) -> None:
    await shopper.get_ready()
    shown_cart = await shopper.storefront.cart()
    total = shown_cart["totals"]["orderTotal"]

    result = await shopper.storefront.outcome(total={"amount": "90.00", "currencyCode": "USD"})
    assert result["blockers"] == [
        IsPartialDict(
            __typename="PurchaseChangedBlocker",
            code="TOTAL_CHANGED",
            resolvedBy=["Query.cart", "Mutation.submitOrder"],
            actualTotal=IsPartialDict(total),
            currentRevision=shown_cart["revision"],
        )
    ]
    result = await shopper.storefront.outcome(total={"amount": total["amount"], "currencyCode": "EUR"})
    assert [blocker["code"] for blocker in result["blockers"]] == ["TOTAL_CHANGED"]

    await shopper.storefront.give_details(line1="1 Other Street")
    result = await shopper.storefront.outcome(total=total, revision=shown_cart["revision"])
    (blocker,) = result["blockers"]
    assert blocker == IsPartialDict(code="CART_CHANGED", resolvedBy=["Query.cart", "Mutation.submitOrder"])
    assert shopper.submits == 0

    # The blocker contains the current cart revision. The shopper can order with this revision.
    current_cart = await shopper.storefront.cart()
    assert (current_cart["totals"]["orderTotal"], current_cart["revision"]) == (total, blocker["currentRevision"])
    result = await shopper.storefront.outcome(total=total, revision=blocker["currentRevision"])
    assert result["__typename"] == "OrderPlaced"


async def test_order_with_pending_redirect_is_resumed_not_submitted_again(shopper: Shopper) -> None:
    await shopper.get_ready("klarnaCredit")
    first = await shopper.storefront.outcome()
    second = await shopper.storefront.outcome()
    assert [blocker["code"] for blocker in second["blockers"]] == ["SUBMISSION_IN_PROGRESS"]
    assert "Mutation.resumeOrder" in second["blockers"][0]["resolvedBy"]
    assert shopper.submits == 1
    await shopper.decide(first["action"]["redirectUrl"])
    resumed = (await shopper.storefront.run("ReturnFromRedirect"))["resumeOrder"]
    assert resumed["result"]["__typename"] == "OrderPlaced"


async def test_checkout_readiness_needs_no_call_besides_reading_the_cart(shopper: Shopper) -> None:
    await shopper.fill_cart()
    shopper.world.calls.clear()
    answer = await shopper.storefront.ask("{ cart { id } checkoutReadiness { status blockers { code } } }")
    assert answer.data["checkoutReadiness"] == {
        "status": "BLOCKED",
        "blockers": [{"code": "PAYMENT_SESSION_NOT_READY"}],
    }
    assert shopper.world.calls.count() == shopper.world.calls.count("GET", CART) == 1


SAVE = """mutation($id: String!) { savePaymentOption(input: {target: {sourceId: $id}}) { errors { code } } }"""


async def block_recurring_cart(shopper: Shopper) -> tuple[str, dict[str, Any]]:
    """Submit a cart with a recurring product and an unsaved card. Return the card's source id and the blocker."""
    await shopper.fill_cart(LIVE_MAPS)
    source_id = await shopper.pay_with()
    result = await shopper.storefront.outcome()
    assert result["__typename"] == "OrderBlocked"
    (blocker,) = result["blockers"]
    return source_id, blocker


async def test_recurring_product_requires_a_saved_source(registered_shopper: Shopper) -> None:
    source_id, blocker = await block_recurring_cart(registered_shopper)
    assert blocker == IsPartialDict(
        __typename="PaymentSessionBlocker",
        code="RECURRING_SOURCE_REQUIRED",
        step="PAYMENT",
        resolvedBy=["Mutation.savePaymentOption", "Mutation.attachSource"],
    )
    assert registered_shopper.submits == 0
    assert (await registered_shopper.storefront.ask(SAVE, id=source_id)).data["savePaymentOption"]["errors"] == []
    assert (await registered_shopper.storefront.outcome())["__typename"] == "OrderPlaced"

    await block_recurring_cart(registered_shopper)
    saved_source = (
        next(account for account in registered_shopper.world.accounts if account.username.startswith("alex"))
        .payment_options[0]
        .source
    )
    assert (await registered_shopper.storefront.attach(str(saved_source.id)))["errors"] == []
    assert (await registered_shopper.storefront.outcome())["__typename"] == "OrderPlaced"


async def test_unsaved_source_is_accepted_after_recurring_lines_are_removed(registered_shopper: Shopper) -> None:
    await block_recurring_cart(registered_shopper)
    await change_cart(registered_shopper, REMOVE, ids=await line_ids(registered_shopper))
    await registered_shopper.fill_cart()
    await registered_shopper.pay_with()
    assert (await registered_shopper.storefront.outcome())["__typename"] == "OrderPlaced"


# Guard rules called directly, with carts that the sandbox cannot produce.


async def ready_wire_cart(shopper: Shopper) -> dict[str, Any]:
    await shopper.get_ready()
    return await shopper.cart_json()


def blocker_codes(world: World, wire_cart: dict[str, Any]) -> list[CheckoutBlockerCode]:
    cart, now = decode(msgspec.json.encode(wire_cart), CartAnswer).cart, utc_now()
    record = SessionRecord(
        id="7",
        level=SessionLevel.ANONYMOUS,
        locale="en-US",
        currency_code="USD",
        access_token="",
        refresh_token=None,
        access_ends_at=now,
        started_at=now,
        used_at=now,
        checkout_memory=CheckoutMemory(),
    )
    checkout = GuardInput(
        cart=cart,
        payment_session=payment_session(cart, Session("", SessionDelivery.BEARER, record, now)),
        settings=settings_for(world, terms_of_sale_mode="NOT_REQUIRED"),
        now=now,
    )
    return [blocker.code for blocker in guard.blockers(checkout)]


async def test_unpurchasable_product_or_quantity_below_minimum_blocks_the_order(shopper: Shopper, world: World) -> None:
    wire_cart = await ready_wire_cart(shopper)
    assert blocker_codes(world, wire_cart) == []
    (line,) = wire_cart["cart"]["lineItems"]["lineItem"]
    line["product"]["purchasable"] = "false"
    assert blocker_codes(world, wire_cart) == [CheckoutBlockerCode.LINE_UNAVAILABLE]
    line["product"] |= {"purchasable": "true", "minimumQuantity": 2}
    assert blocker_codes(world, wire_cart) == [CheckoutBlockerCode.QUANTITY_OUT_OF_RANGE]


async def test_guard_blocks_a_cart_without_payment_session(shopper: Shopper, world: World) -> None:
    wire_cart = await ready_wire_cart(shopper)
    del wire_cart["cart"]["paymentSession"]
    assert blocker_codes(world, wire_cart) == [CheckoutBlockerCode.PAYMENT_SESSION_MISSING]


async def test_guard_checks_only_state_of_payment_session_without_amounts(shopper: Shopper, world: World) -> None:
    wire_cart = await ready_wire_cart(shopper)
    session = wire_cart["cart"]["paymentSession"]
    del session["amountContributed"], session["amountRemainingToBeContributed"]
    assert blocker_codes(world, wire_cart) == []
    session["status"] = "requires_source"
    assert blocker_codes(world, wire_cart) == [CheckoutBlockerCode.PAYMENT_SESSION_NOT_READY]


def test_every_field_named_in_resolved_by_exists() -> None:
    core = build().core
    coordinates = re.findall(
        r'"((?:Query|Mutation)\.\w+)"',
        "".join(file.read_text() for file in (ROOT / "gateway" / "checkout").glob("*.py")),
    )
    assert len(coordinates) > 10
    for coordinate in coordinates:
        type_name, _, field = coordinate.partition(".")
        assert field in core.type_map[type_name].fields, coordinate  # type: ignore[attr-defined]  # Query and Mutation are object types


async def test_outdated_amount_of_source_attached_without_answer_blocks_the_order(
    shopper: Shopper, clock: Clock
) -> None:
    await shopper.fill_cart()
    source_id = await shopper.source("klarnaCredit")
    await shopper.fault("drop-after", f"{CART}/apply-payment-method", method="POST", times=1)
    assert (await shopper.storefront.attach(source_id))["errors"] == [IsPartialDict(code="UPSTREAM_UNAVAILABLE")]
    assert (await shopper.storefront.attach(source_id))["errors"] == [], "the source is already attached"
    await shopper.storefront.add(PACK)
    clock.move(SETTLED_AFTER_S + 1)
    blockers = (await shopper.storefront.cart())["readiness"]["blockers"]
    assert [blocker["code"] for blocker in blockers] == ["SOURCE_AMOUNT_OUTDATED"]
