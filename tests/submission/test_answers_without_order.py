"""An answer to submit-cart without an order, or with a contradiction, is never reported as an order."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.submission.lost_submissions import order_states, status_of
from tests.support.shop import SUBMIT, Clock, InMemoryTransport, Shopper, new_key

Rewrite = Callable[[dict[str, Any]], object]


def rewrite_submission(network: InMemoryTransport, edit: Rewrite) -> None:
    """Apply `edit` to the submitted cart in the answer to submit-cart."""

    def rewrite(body: Any) -> Any:
        edit(body["submitCart"])
        return body

    network.rewrites["POST", SUBMIT] = rewrite


WITHOUT_ORDER: dict[str, Rewrite] = {
    "no order": lambda submitted: submitted.pop("order"),
    "order is null": lambda submitted: submitted.update(order=None),
    "order without id": lambda submitted: submitted["order"].pop("id"),
    "nothing": lambda submitted: submitted.clear(),
}


@pytest.mark.parametrize("edit", WITHOUT_ORDER.values(), ids=WITHOUT_ORDER)
async def test_success_without_order_is_in_doubt_until_order_is_found(
    shopper: Shopper, network: InMemoryTransport, clock: Clock, edit: Rewrite
) -> None:
    await shopper.get_ready()
    rewrite_submission(network, edit)
    key = new_key()
    assert (await shopper.storefront.outcome(key))["__typename"] == "OrderInDoubt"
    clock.move(5)
    assert await status_of(shopper.storefront, key) == "PLACED"
    assert shopper.submits == 1


REDIRECTS: dict[str, Rewrite] = {
    "only the payment session shows the redirect": lambda submitted: submitted["order"].update(orderState="Submitted"),
    "the order is missing": lambda submitted: submitted.pop("order"),
    "only the order shows the redirect": lambda submitted: submitted["paymentSession"].update(status="pending"),
}


@pytest.mark.parametrize("edit", REDIRECTS.values(), ids=REDIRECTS)
async def test_redirect_is_required_if_order_or_payment_session_shows_it(
    shopper: Shopper, network: InMemoryTransport, edit: Rewrite
) -> None:
    await shopper.get_ready("klarnaCredit")
    rewrite_submission(network, edit)
    result = await shopper.storefront.outcome()
    assert result["__typename"] == "OrderActionRequired"
    await shopper.decide(result["action"]["redirectUrl"])
    payload = (await shopper.storefront.run("ReturnFromRedirect"))["resumeOrder"]
    assert payload["result"]["__typename"] == "OrderPlaced"
    assert order_states(shopper.world) == ["Submitted"]


async def test_redirect_without_a_url_is_in_doubt(shopper: Shopper, network: InMemoryTransport, clock: Clock) -> None:
    await shopper.get_ready("klarnaCredit")
    rewrite_submission(network, lambda submitted: submitted["paymentSession"].pop("redirectUrl"))
    key = new_key()
    assert (await shopper.storefront.outcome(key))["__typename"] == "OrderInDoubt"
    clock.move(5)
    assert await status_of(shopper.storefront, key) == "ACTION_REQUIRED"
