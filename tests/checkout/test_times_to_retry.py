"""The times after which a client should repeat a check or a payment."""

from datetime import datetime, timedelta

import pytest

from tests.checkout.test_tax_identifiers import BRAZIL
from tests.support.shop import SUBMIT, Clock, Shopper

READINESS = """{ checkoutReadiness { evaluatedAt status
  blockers { code ... on CheckUnavailableBlocker { retryAfter resolvedBy } } } }"""


async def test_unavailable_check_should_be_repeated_after_five_seconds(shopper: Shopper) -> None:
    await shopper.fill_cart(**BRAZIL)
    await shopper.pay_with()
    await shopper.fault("status", "/v1/shoppers/me/carts/active/tax-registrations/schema", status=503)
    readiness = (await shopper.storefront.ask(READINESS)).data["checkoutReadiness"]
    (blocker,) = readiness["blockers"]
    evaluated_at = datetime.fromisoformat(readiness["evaluatedAt"])
    assert datetime.fromisoformat(blocker["retryAfter"]) - evaluated_at == timedelta(seconds=5)


@pytest.mark.parametrize(("subcode", "wait"), [("do_not_honor", timedelta(minutes=15)), ("fraud_block", None)])
async def test_source_may_be_tried_again_after_quarter_of_an_hour(
    shopper: Shopper, clock: Clock, subcode: str, wait: timedelta | None
) -> None:
    await shopper.get_ready()
    await shopper.fault("status", SUBMIT, status=409, code="declined", subcode=subcode)
    result = await shopper.storefront.outcome()
    retry_after = result["decline"]["retryAfter"]
    if wait is None:
        assert retry_after is None
    else:
        assert abs(datetime.fromisoformat(retry_after) - clock() - wait) < timedelta(minutes=1)
