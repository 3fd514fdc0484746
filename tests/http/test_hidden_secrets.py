"""The text of an object with secrets, as a log or an error would contain it, shows none of them."""

from datetime import UTC, datetime

import pytest

from gateway.enums import SessionDelivery, SessionLevel
from gateway.sessions.handle import Handle
from gateway.sessions.record import CheckoutMemory, SessionRecord
from gateway.upstream.oauth import Tokens

NOW = datetime(2030, 1, 1, tzinfo=UTC)
OBJECTS = {
    "handle": (Handle(SessionDelivery.BEARER, "a-secret"), "Handle(BEARER, ***)"),
    "tokens": (Tokens("a-secret", 60, "a-secret"), "Tokens(***)"),
}


@pytest.mark.parametrize(("secretive", "text"), OBJECTS.values(), ids=OBJECTS)
def test_text_of_an_object_shows_no_secret(secretive: object, text: str) -> None:
    assert repr(secretive) == str(secretive) == text


def test_text_of_a_session_record_shows_id_and_level() -> None:
    record = SessionRecord(
        id="7",
        level=SessionLevel.ANONYMOUS,
        access_token="a-secret",
        refresh_token="a-secret",
        locale="en-US",
        currency_code="USD",
        access_ends_at=NOW,
        started_at=NOW,
        used_at=NOW,
        checkout_memory=CheckoutMemory(),
    )
    assert repr(record) == "SessionRecord(7, ANONYMOUS)"
