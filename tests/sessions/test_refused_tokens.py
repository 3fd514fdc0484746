"""What the shopper learns when Digital River refuses a token request, at a sign-in or for a new cart."""

from typing import Any

import pytest

from tests.sessions.test_sign_in import TOKEN, register
from tests.support.shop import PACK, Shopper

PASSWORD = ["input", "credentials", "password"]


async def sign_in_errors(shopper: Shopper) -> list[tuple[str, Any]]:
    keys = shopper.world.keys
    payload = await shopper.storefront.sign_in(keys.shopper_username, keys.shopper_password)
    return [(error["code"], error["path"]) for error in payload["errors"]]


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [
        (400, "invalid_grant", "SIGN_IN_FAILED"),
        (401, "invalid_grant", "SIGN_IN_FAILED"),
        (400, "rate-limit-quota-exceeded", "RATE_LIMITED"),
        (403, "forbidden", "UPSTREAM_REJECTED"),
        (503, "unavailable", "UPSTREAM_UNAVAILABLE"),
    ],
)
async def test_answer_to_token_request_decides_the_error(
    shopper: Shopper, status: int, code: str, expected: str
) -> None:
    await shopper.fault("status", TOKEN, method="POST", status=status, code=code)
    assert [error for error, _ in await sign_in_errors(shopper)] == [expected]


async def test_failed_token_request_is_a_user_error_of_addition(shopper: Shopper) -> None:
    await shopper.fault("status", TOKEN, method="POST", status=503)
    payload = await shopper.storefront.add(PACK)
    assert [error["code"] for error in payload["errors"]] == ["UPSTREAM_UNAVAILABLE"]
    assert shopper.storefront.cookie is None


async def test_refused_registration_requests_no_token_for_the_account(shopper: Shopper) -> None:
    await shopper.storefront.add(PACK)
    await shopper.fault("status", "/v1/shoppers", method="POST", status=409, code="forbidden")
    payload = await register(shopper.storefront)
    assert payload["session"] is None
    assert [error["code"] for error in payload["errors"]] == ["UPSTREAM_REJECTED"]
    assert shopper.world.calls.count("POST", TOKEN) == 1, "only the guest's token was requested"


async def test_new_session_of_another_account_ends_the_first(registered_shopper: Shopper) -> None:
    first, keys = registered_shopper.storefront.another_tab(), registered_shopper.world.keys
    await registered_shopper.storefront.sign_in(keys.other_shopper_username, keys.other_shopper_password)
    assert (await first.ask("{ paymentSession { id } }")).codes == ["SESSION_EXPIRED"]
    assert registered_shopper.world.calls.count("DELETE", "/oauth20/access-tokens") == 1
