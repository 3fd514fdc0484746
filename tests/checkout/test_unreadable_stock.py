"""When the checkout guard reads the stock, and what it reports if the stock cannot be read."""

from decimal import Decimal

import pytest

from sandbox.model.world import Balance
from tests.payments.test_store_credit import REFERENCE, credit
from tests.support.shop import POLES, SUBMIT, Shopper

STOCK = "/v1/shoppers/me/products/inventory-status"


async def test_every_line_is_blocked_if_stock_is_unreadable(shopper: Shopper) -> None:
    await shopper.get_ready()
    await shopper.storefront.add(POLES)
    await shopper.fault("status", SUBMIT, status=409, code="inventory-unavailable-error")
    await shopper.fault("status", STOCK, status=503)
    result = await shopper.storefront.outcome()
    assert [blocker["code"] for blocker in result["blockers"]] == ["INSUFFICIENT_STOCK"] * 2


async def test_readiness_with_store_credit_reads_no_stock(registered_shopper: Shopper) -> None:
    registered_shopper.world.ledger[REFERENCE] = Balance(Decimal(500), "USD")
    await registered_shopper.fill_cart()
    assert (await credit("50")(registered_shopper))["errors"] == []
    registered_shopper.world.calls.clear()
    await registered_shopper.storefront.cart()
    assert registered_shopper.world.calls.count("GET", STOCK) == 0


@pytest.mark.parametrize("code", ["restricted-ship-to-country", "invalid-payment-failure"])
async def test_refusal_for_another_reason_reads_no_stock(shopper: Shopper, code: str) -> None:
    await shopper.get_ready()
    await shopper.fault("status", SUBMIT, status=409, code=code)
    assert (await shopper.storefront.outcome())["__typename"] == "OrderBlocked"
    assert shopper.world.calls.count("GET", STOCK) == 0
