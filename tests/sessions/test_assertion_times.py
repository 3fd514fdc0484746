"""An assertion lives ten minutes at most. Clocks of merchant and gateway may differ by half a minute."""

from collections.abc import Callable

import pytest

from tests.sessions.test_merchant_assertions import REFUSED, sign_in
from tests.sessions.test_merchant_assertions import assertion as assertion
from tests.sessions.test_merchant_assertions import trusting as trusting
from tests.support.shop import Clock, Storefront


@pytest.mark.parametrize(
    ("issued_s", "expires_s", "is_accepted"),
    [
        (0, 600, True),
        (0, 601, False),
        (-300, 300, True),
        (-300, 302, False),
        (25, 60, True),
        (40, 60, False),
        (-60, -25, True),
        (-60, -35, False),
    ],
)
async def test_times_of_an_assertion_decide_whether_it_is_accepted(
    trusting: Storefront, assertion: Callable[..., str], clock: Clock, issued_s: int, expires_s: int, is_accepted: bool
) -> None:
    now = int(clock().timestamp())
    payload = await sign_in(trusting, assertion(iat=now + issued_s, exp=now + expires_s))
    assert payload["errors"] == ([] if is_accepted else [REFUSED])


@pytest.mark.parametrize("claim", ["iss", "aud"])
async def test_assertion_for_another_issuer_or_audience_is_rejected(
    trusting: Storefront, assertion: Callable[..., str], claim: str
) -> None:
    assert (await sign_in(trusting, assertion(**{claim: "https://other.example"})))["errors"] == [REFUSED]
