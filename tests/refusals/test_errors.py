"""Top-level errors have the message and code of the raised exception."""

import pytest

from gateway.errors import GatewayError, NotConfigured, RateLimited, SessionExpired
from tests.support.shop import Storefront


@pytest.mark.parametrize("error", [NotConfigured, RateLimited, SessionExpired])
def test_exception_without_message_has_default_message_of_its_class(error: type[GatewayError]) -> None:
    assert str(error("X is not set.")) == error("X is not set.").message == "X is not set."
    assert str(error()) == error().message == error.message


async def test_client_receives_the_message_of_the_raised_error(storefront: Storefront) -> None:
    answer = await storefront.ask('{ nodes(ids: ["a"]) { id } products(first: 0) { totalCount } }')
    assert answer.codes == ["BAD_USER_INPUT"]
    assert "`first`" in answer.body["errors"][0]["message"]
