"""GraphiQL in Chromium: a purchase with the session cookie, over plain HTTP, without requests to other hosts."""

import json
from pathlib import Path

import pytest
from dirty_equals import IsPartialDict

from sandbox.app import create_app as create_sandbox
from sandbox.model.world import World
from tests.support.external_programs import needs_chromium, node
from tests.support.shop import SUBMIT, app_for, listening, settings_for


@pytest.mark.browser
@pytest.mark.timeout(120)
async def test_guest_can_buy_in_graphiql(world: World, tmp_path: Path) -> None:
    chromium = needs_chromium()
    async with (
        listening(create_sandbox(world), "off") as sandbox,
        listening(app_for(settings_for(world, upstream_url=sandbox))) as gateway,
    ):
        printed = await node("browse.mjs", chromium, gateway, sandbox, str(tmp_path / "graphiql.png"))
    page = json.loads(printed)
    result = page["ordered"]["data"]["submitOrder"]["result"]
    assert result == IsPartialDict(__typename="OrderPlaced")
    assert world.calls.count("POST", SUBMIT) == 1
    assert page["tabs"] == [
        *("LookAround", "GuestFirstLine", "GuestDetails", "GuestSource", "GuestOrder", "SubmissionOutcome"),
    ]
    assert page["found"]["data"]["orderSubmission"] == IsPartialDict(status="PLACED"), (
        "read by the idempotency key of submitOrder"
    )
    assert page["hosts"] == [gateway.removeprefix("http://")]
    assert page["problems"] == []
    assert page["cookies"] == [IsPartialDict(name="__Host-rf_session", httpOnly=True, secure=True, sameSite="Strict")]
    assert page["visible"] == ""
