"""A successful answer to submit-cart that contradicts itself is a doubt, which Digital River's evidence settles."""

import logging
from collections.abc import Callable
from typing import Any

import pytest

from tests.submission.lost_submissions import order_states, status_of
from tests.support.shop import SUBMIT, Clock, InMemoryTransport, Shopper, new_key

Wire = dict[str, Any]


def with_session_state(state: str) -> Callable[[Wire], Wire]:
    def rewrite(answer: Wire) -> Wire:
        submitted = answer["submitCart"]
        return {"submitCart": submitted | {"paymentSession": submitted["paymentSession"] | {"status": state}}}

    return rewrite


def with_cancelled_order(answer: Wire) -> Wire:
    submitted = answer["submitCart"]
    return {"submitCart": submitted | {"order": submitted["order"] | {"orderState": "Cancelled"}}}


def with_errors_inside(answer: Wire) -> Wire:
    return {"submitCart": answer["submitCart"] | {"errors": {"error": [{"code": "system-error"}]}}}


CONTRADICTIONS = [
    with_session_state("failed"),
    with_session_state("cancelled"),
    with_session_state("requires_action"),
    with_cancelled_order,
    with_errors_inside,
]


@pytest.mark.parametrize("rewrite", CONTRADICTIONS)
async def test_contradicting_answer_is_settled_by_evidence(
    shopper: Shopper, network: InMemoryTransport, clock: Clock, rewrite: Callable[[Wire], Wire]
) -> None:
    await shopper.get_ready()
    network.rewrites["POST", SUBMIT] = rewrite
    key = new_key()
    assert (await shopper.storefront.outcome(key))["__typename"] == "OrderInDoubt"
    clock.move(10)
    assert await status_of(shopper.storefront, key) == "PLACED"
    assert order_states(shopper.world) == ["Submitted"]
    assert shopper.submits == 1


async def test_order_at_another_total_is_logged_and_shown(
    shopper: Shopper, network: InMemoryTransport, caplog: pytest.LogCaptureFixture
) -> None:
    await shopper.get_ready()

    def with_another_total(answer: Wire) -> Wire:
        pricing = answer["submitCart"]["pricing"]
        total = pricing["orderTotal"] | {"value": 182.69}
        return {"submitCart": answer["submitCart"] | {"pricing": pricing | {"orderTotal": total}}}

    network.rewrites["POST", SUBMIT] = with_another_total
    with caplog.at_level(logging.ERROR):
        assert (await shopper.storefront.outcome(new_key()))["__typename"] == "OrderPlaced"
    assert [record.message for record in caplog.records] == ["order has another total than its cart"]
