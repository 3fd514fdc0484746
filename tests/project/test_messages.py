"""docs/messages.md lists every message that a client can receive, and an unlisted message in an answer is detected."""

import re

import pytest

from gateway.enums import CheckoutBlockerCode, ErrorCode
from gateway.errors import TopLevelCode
from tests.support.client_messages import client_messages
from tests.support.listed_messages import PAGE, templates, unlisted_messages
from tests.support.messages_page import page
from tests.support.top_level_codes import TOP_LEVEL


def test_messages_page_is_up_to_date() -> None:
    assert PAGE.read_text() == page(), "run `make schema`, which also writes docs/messages.md"


def test_every_error_and_blocker_has_a_message() -> None:
    codes = {code for message in client_messages() for code in message.codes}
    enums = (ErrorCode, CheckoutBlockerCode)
    assert {f"{enum.__name__}.{value.name}" for enum in enums for value in enum} - codes == set()


def test_messages_page_explains_every_top_level_code() -> None:
    assert TOP_LEVEL.keys() == {code.value for code in TopLevelCode}


UNLISTED = "This is on no page."


@pytest.mark.parametrize(
    "answer",
    [
        {"errors": [{"message": UNLISTED, "extensions": {"code": "BAD_USER_INPUT"}}]},
        {"data": {"signOut": {"errors": [{"message": UNLISTED}]}}},
        {"data": {"result": {"decline": {"shopperMessage": UNLISTED}}}},
        {"data": {}, "extensions": {"riverfront": {"warnings": [{"message": UNLISTED}]}}},
        {"errors": [{"message": "The order is placed.", "extensions": {"code": "X", "shopperMessage": UNLISTED}}]},
    ],
)
def test_unlisted_message_in_an_answer_is_detected(answer: object) -> None:
    assert unlisted_messages(answer) == [UNLISTED]


def test_message_check_accepts_messages_from_every_listed_template() -> None:
    listed = [re.sub(r"\{\w+\}", "9", template) for template in templates(PAGE.read_text())]
    assert len(listed) > 200
    assert unlisted_messages({"errors": [{"message": message} for message in listed]}) == []


def test_messages_from_graphql_core_and_merchant_need_not_be_listed() -> None:
    library = {"message": "Syntax Error.", "extensions": {"code": "GRAPHQL_PARSE_FAILED"}}
    stock = {"product": {"inventory": {"message": "Ships soon."}}}
    assert unlisted_messages({"errors": [library], "data": stock}) == []
