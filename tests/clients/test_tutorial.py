"""The tutorial of the documentation: its page is the code that buys in Chromium."""

import json
import re
from pathlib import Path

import pytest
from dirty_equals import IsStr

from sandbox.model.world import World
from tests.clients.test_pages import on_localhost, page, page_server
from tests.support.external_programs import TYPESCRIPT_CLIENT, needs_chromium, node
from tests.support.running_gateway import running_gateway
from tests.support.shop import SUBMIT

TUTORIAL = Path(__file__).parents[2] / "docs" / "tutorial.md"


def test_tutorial_shows_the_code_that_buys_in_chromium() -> None:
    [code] = re.findall(r"^```ts\n(import .*?)^```$", TUTORIAL.read_text(), re.DOTALL | re.MULTILINE)
    assert code == (TYPESCRIPT_CLIENT / "pages" / "tutorial" / "main.ts").read_text()


@pytest.mark.browser
@pytest.mark.timeout(240)
async def test_page_of_the_tutorial_buys_and_shows_each_outcome(world: World) -> None:
    async with page_server() as pages, running_gateway(world) as (gateway, sandbox):
        url = page(f"{pages}/tutorial", on_localhost(gateway), sandbox)
        shown = json.loads(await node("tutorial.mjs", needs_chromium(), url))
    order_number = IsStr(regex=r"Thank you! Your order number is \d+\.")
    assert shown == {
        "declined": "The payment was declined. Please pay another way.",
        "placed": order_number,
        "notApproved": IsStr(regex="We could not use this payment.*"),
        "approvedBefore": order_number,
        "undecided": IsStr(regex=r"Please confirm your payment to complete your order\.\s*Continue\s*Pay another way"),
        "approvedAfter": order_number,
        "givenUp": IsStr(regex="Your order was not placed and you have not been charged.*"),
        "otherwise": order_number,
        "changed": IsStr(regex="Your cart has changed in the meantime.*"),
        "newTotal": IsStr(regex="2 in the cart, .*"),
        "signedIn": "Hello Alex!",
        "ofTheAccount": order_number,
        "problems": [],
    }
    assert world.calls.count("POST", SUBMIT) == 7, "one for each Pay that the cart allows"
