"""Errors in the `errors` of an answer have a message for the shopper, where the shopper can do something."""

import pytest

from gateway.errors import TopLevelCode
from gateway.refusals.answer_errors import message_of
from tests.support.shop import CART, PACK, Shopper, Storefront

CHANGE = 'mutation { applyOffer(input: {offer: {couponCode: "A"}}) { errors { code } } }'

OF_DEVELOPERS = {
    "GRAPHQL_PARSE_FAILED",
    "GRAPHQL_VALIDATION_FAILED",
    "BAD_USER_INPUT",
    "OPERATION_TOO_EXPENSIVE",
    "PERSISTED_QUERY_NOT_FOUND",
    "PERSISTED_QUERY_NOT_SUPPORTED",
    "DOCUMENT_NOT_TRUSTED",
    "METHOD_NOT_ALLOWED",
    "CSRF_CHECK_FAILED",
    "NOT_CONFIGURED",
}
"""Codes about which only the developer or the operator of the storefront can do something."""


@pytest.mark.parametrize("is_query", [True, False])
def test_every_code_is_of_developers_or_has_a_message(is_query: bool) -> None:
    without = {code.value for code in TopLevelCode if message_of(code, is_query=is_query) is None}
    assert without == OF_DEVELOPERS


async def test_failed_read_has_a_message_in_the_shoppers_language(shopper: Shopper) -> None:
    storefront = shopper.storefront
    await storefront.ask('mutation { startSession(input: {locale: "de-DE"}) { session { id } errors { code } } }')
    await storefront.add(PACK)
    await shopper.fault("drop-before", CART, method="GET", times=9)
    (error,) = (await storefront.ask("{ cart { totalQuantity } }")).body["errors"]
    assert error["extensions"]["code"] == "UPSTREAM_UNAVAILABLE"
    assert (
        error["extensions"]["shopperMessage"] == "Bei uns ist etwas schiefgegangen. Bitte versuchen Sie es noch einmal."
    )


async def test_ended_session_has_a_message_and_a_mistake_has_none(storefront: Storefront) -> None:
    gone = Storefront(storefront.http, {"Authorization": "Bearer gone"})
    (error,) = (await gone.ask(CHANGE)).body["errors"]
    assert error["extensions"]["shopperMessage"] == "Your session has ended. Please reload the page and try again."
    (mistake,) = (await storefront.ask("{ products(first: 1000) { totalCount } }")).body["errors"]
    assert "shopperMessage" not in mistake["extensions"]
