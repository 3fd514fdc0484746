"""Each documented payment method pays an order in Chromium, through Drop-in or an element of DigitalRiver.js."""

import json

import pytest

from sandbox.app import create_app
from sandbox.model.world import World
from tests.support.external_programs import needs_chromium, node
from tests.support.payment_method_cases import PAYMENT_METHOD_CASES
from tests.support.shop import SUBMIT, listening


@pytest.mark.browser
@pytest.mark.exhaustive
@pytest.mark.timeout(400)
async def test_every_payment_method_pays_in_chromium(world: World) -> None:
    chromium = needs_chromium()
    cases = [
        {
            "name": case.name,
            "type": case.type,
            "locale": case.locale,
            "country": case.country,
            "product": case.product,
            "option": case.wallet_option,
            "through": case.through,
        }
        for case in PAYMENT_METHOD_CASES
    ]
    async with listening(create_app(world), "off") as sandbox:
        await node("digital_river_js/payment_methods.mjs", chromium, sandbox, json.dumps(cases))
    assert world.calls.count("POST", SUBMIT) == len(PAYMENT_METHOD_CASES) == 28
