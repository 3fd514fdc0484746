"""Top-level errors have the message and code of the raised exception."""

import pytest

from gateway.app import utc_now
from gateway.enums import ErrorCode, RetryAdvice
from gateway.errors import CartLockLost, GatewayError, NotConfigured, RateLimited, SessionExpired
from gateway.refusals.refusal_to_user_error import user_error
from gateway.refusals.user_errors import MESSAGES, InputError, untyped
from tests.support.listed_messages import contradictions
from tests.support.shop import CART, Shopper, Storefront, new_key

SUBMIT = """mutation($key: UUID!, $total: MoneyInput!, $revision: CartRevision!) {
  submitOrder(input: {idempotencyKey: $key, expectedTotal: $total, ifRevision: $revision, termsOfSaleAccepted: true}) {
    errors { __typename code message retry } } }"""


@pytest.mark.parametrize("error", [NotConfigured, RateLimited, SessionExpired])
def test_exception_without_message_has_default_message_of_its_class(error: type[GatewayError]) -> None:
    assert str(error("X is not set.")) == error("X is not set.").message == "X is not set."
    assert str(error()) == error().message == error.message


async def test_busy_cart_at_submit_order_may_be_sent_again(shopper: Shopper) -> None:
    await shopper.get_ready()
    cart = await shopper.storefront.cart()
    busy = {"status": 409, "code": "concurrent-cart-modification-failure", "method": "GET"}
    await shopper.fault("status", CART, **busy)
    sent = {"total": cart["totals"]["orderTotal"], "revision": cart["revision"], "key": new_key()}
    (error,) = (await shopper.storefront.ask(SUBMIT, **sent)).data["submitOrder"]["errors"]
    assert (error["__typename"], error["code"], error["retry"]) == ("UpstreamError", "CART_BUSY", "RETRY")
    assert error["message"] == MESSAGES[ErrorCode.CART_BUSY]
    assert shopper.submits == 0


def test_error_of_an_unexpected_type_keeps_its_advice() -> None:
    for code, message in MESSAGES.items():
        error = InputError(code=code, message=message)
        replaced = untyped(error, "reference")
        assert replaced.retry is error.retry
        assert contradictions({"message": replaced.message, "retry": replaced.retry.name}) == [], replaced


def test_change_that_lost_its_lock_asks_to_read_the_cart() -> None:
    error = user_error(CartLockLost(), (), support_reference="reference", now=utc_now())
    assert (error.code, error.retry) == (ErrorCode.CART_BUSY, RetryAdvice.READ_STATE_FIRST)


async def test_client_receives_the_message_of_the_raised_error(storefront: Storefront) -> None:
    answer = await storefront.ask('{ nodes(ids: ["a"]) { id } products(first: 0) { totalCount } }')
    assert answer.codes == ["BAD_USER_INPUT"]
    assert "`first`" in answer.body["errors"][0]["message"]
