"""A source with a fixed amount pays only the amount for which the shopper created it."""

from typing import Any

import httpx
import pytest

from sandbox.model.world import World
from tests.support.shop import CART, PACK, Clock, InMemoryTransport, Shopper, Storefront, create_source, signed_in

LATER = "submit-then-redirect"
"""Workflow of the sources that the shopper approves after the order was submitted."""

DETACH = "mutation { detachSource(input: {target: {all: true}}) { errors { code } } }"


async def blockers(shopper: Shopper) -> list[str]:
    cart = await shopper.storefront.cart()
    return [blocker["code"] for blocker in cart["readiness"]["blockers"]]


async def klarna_source(shopper: Shopper) -> str:
    cart = await shopper.storefront.cart()
    session_id = cart["paymentSession"]["sessionId"]
    return await create_source(shopper.sandbox, shopper.world, session_id, "klarnaCredit")


async def test_source_whose_address_changes_the_tax_is_outdated(shopper: Shopper) -> None:
    await shopper.storefront.add(PACK)
    before = await shopper.storefront.cart()
    source = await klarna_source(shopper)
    assert (await shopper.storefront.attach(source))["errors"] == []
    assert (await shopper.storefront.cart())["totals"] != before["totals"]
    assert "SOURCE_AMOUNT_OUTDATED" in await blockers(shopper)
    await shopper.storefront.give_details()
    assert (await shopper.storefront.outcome())["__typename"] == "OrderBlocked"
    assert shopper.submits == 0


async def test_attaching_an_outdated_source_again_leaves_it_outdated(shopper: Shopper) -> None:
    await shopper.control("switches", {"detached_source": "kept"})
    await shopper.fill_cart()
    source = await shopper.pay_with("klarnaCredit")
    await shopper.storefront.add(PACK)
    assert await blockers(shopper) == ["SOURCE_AMOUNT_OUTDATED"]
    assert (await shopper.storefront.ask(DETACH)).data["detachSource"]["errors"] == []
    assert (await shopper.storefront.attach(source))["errors"] == []
    assert await blockers(shopper) == ["SOURCE_AMOUNT_OUTDATED"]


async def test_source_fits_again_when_its_amount_is_due_again(shopper: Shopper) -> None:
    await shopper.fill_cart()
    await shopper.pay_with("klarnaCredit")
    cart = (await shopper.storefront.add(PACK))["cart"]
    assert await blockers(shopper) == ["SOURCE_AMOUNT_OUTDATED"]
    update = """mutation($line: ID!) { updateCartLines(input: {lines: [{lineId: $line, quantity: 1}]}) {
      errors { code } } }"""
    answer = await shopper.storefront.ask(update, line=cart["lines"][0]["id"])
    assert answer.data["updateCartLines"]["errors"] == []
    assert await blockers(shopper) == []


@pytest.mark.parametrize(
    ("method", "is_outdated"),
    [
        ("creditCard", False),
        ("payPal", False),
        ("payPalCredit", False),
        ("payPalBilling", False),
        ("klarnaCredit", True),
    ],
)
async def test_only_a_source_of_a_fixed_amount_is_outdated(shopper: Shopper, method: str, is_outdated: bool) -> None:
    await shopper.fill_cart()
    source_id = await shopper.source(method)
    for approved_before in [source for source in shopper.world.redirects.values() if source.method.workflow != LATER]:
        await shopper.decide(approved_before.redirect["redirectUrl"])
    assert (await shopper.storefront.attach(source_id))["errors"] == []
    await shopper.storefront.add(PACK)
    assert ("SOURCE_AMOUNT_OUTDATED" in await blockers(shopper)) is is_outdated


async def test_amounts_of_digital_river_are_shown_as_sent(shopper: Shopper, network: InMemoryTransport) -> None:
    await shopper.fill_cart()
    await shopper.pay_with()

    def change(wire: Any) -> Any:
        session = wire["cart"]["paymentSession"]
        session["amountContributed"]["value"] = 12.34
        session["amountRemainingToBeContributed"]["value"] = 5.67
        return wire

    network.rewrites["GET", CART] = change
    query = "{ paymentSession { amountContributed { amount } amountRemaining { amount } } }"
    assert (await shopper.storefront.ask(query)).data["paymentSession"] == {
        "amountContributed": {"amount": "12.34"},
        "amountRemaining": {"amount": "5.67"},
    }


async def test_source_without_an_amount_pays_the_whole_total(shopper: Shopper, network: InMemoryTransport) -> None:
    await shopper.fill_cart()
    await shopper.pay_with()

    def change(wire: Any) -> Any:
        for name in ("amountContributed", "amountRemainingToBeContributed"):
            del wire["cart"]["paymentSession"][name]
        wire["cart"]["paymentMethod"].pop("amount", None)
        return wire

    network.rewrites["GET", CART] = change
    query = """{ cart { totals { orderTotal { amount } } }
      paymentSession { isFunded amountContributed { amount } amountRemaining { amount } } }"""
    data = (await shopper.storefront.ask(query)).data
    assert data["paymentSession"] == {
        "isFunded": True,
        "amountContributed": data["cart"]["totals"]["orderTotal"],
        "amountRemaining": {"amount": "0.00"},
    }


@pytest.mark.parametrize("first_session", ["goes on", "has ended"])
async def test_other_session_of_the_shopper_knows_the_approved_amount(
    registered_shopper: Shopper, sandbox: httpx.AsyncClient, world: World, clock: Clock, first_session: str
) -> None:
    await registered_shopper.get_ready("klarnaCredit")
    if first_session == "has ended":
        clock.move(1801)
    keys = world.keys
    storefront = Storefront(registered_shopper.storefront.http)
    device = await signed_in(storefront, sandbox, world, keys.shopper_username, keys.shopper_password)
    assert await blockers(device) == []
    await device.storefront.add(PACK)
    result = await device.storefront.outcome()
    assert [blocker["code"] for blocker in result["blockers"]] == ["SOURCE_AMOUNT_OUTDATED"]
    assert device.submits == 0
