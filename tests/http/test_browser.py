"""GraphiQL in Chromium, over plain HTTP: every set of examples plays to its end, and no other host is asked."""

import json
from typing import Any

import pytest
from dirty_equals import IsPartialDict

from gateway.http.graphiql.page import example_sets
from sandbox.model.world import World
from tests.http.test_example_sets import GOOD_RESULTS
from tests.support.external_programs import needs_chromium, node
from tests.support.running_gateway import running_gateway
from tests.support.shop import SUBMIT

SETS = example_sets()


def problems_of(step: dict[str, Any]) -> list[Any]:
    """What is wrong with the answer of a step; empty if it is useful."""
    answer = step["answer"]
    payloads = (answer.get("data") or {}).values()
    refusals = [refusal for payload in payloads for refusal in (payload or {"errors": ["null"]}).get("errors", ())]
    results = {(payload.get("result") or {}).get("__typename") for payload in payloads if payload}
    return [*answer.get("errors", ()), *refusals, *(results - GOOD_RESULTS)]


@pytest.mark.browser
@pytest.mark.timeout(300)
async def test_every_set_plays_to_its_end_in_graphiql(world: World) -> None:
    chromium = needs_chromium()
    async with running_gateway(world) as (gateway, sandbox):
        printed = await node("browse.mjs", chromium, gateway)
    report = json.loads(printed)
    played = [[step["title"] for step in shown["steps"]] for shown in report["played"]]
    assert played == [[step["title"] for step in shown["steps"]] for shown in [*SETS, SETS[0], SETS[0]]]
    for shown in report["played"]:
        for step in shown["steps"]:
            assert problems_of(step) == [], (shown["set"], step["title"])
    submissions = [
        (step["variables"]["key"], step["answer"]["data"]["submitOrder"]["attempt"])
        for shown in report["played"]
        for step in shown["steps"]
        if "submitOrder" in step["answer"]["data"]
    ]
    assert all(key == attempt["idempotencyKey"] for key, attempt in submissions), "the editor shows what was sent"
    new = [key for key, attempt in submissions if not attempt["isReplay"]]
    assert len(set(new)) == len(new) == world.calls.count("POST", SUBMIT), "each decision has a new key"
    assert {key for key, attempt in submissions if attempt["isReplay"]} < set(new)

    steps = SETS[0]["steps"]
    assert report["tabs"] == [f'"{number} {step["title"]}"' for number, step in enumerate(steps, 1)]
    assert set(report["hosts"]) == {gateway, sandbox}
    assert report["problems"] == []
    assert report["cookies"] == [IsPartialDict(name="__Host-rf_session", httpOnly=True, secure=True, sameSite="Strict")]
    assert report["visible"] == ""


@pytest.mark.browser
@pytest.mark.exhaustive
@pytest.mark.timeout(120)
async def test_developer_can_edit_reload_and_start_over_in_graphiql(world: World) -> None:
    chromium = needs_chromium()
    async with running_gateway(world) as (gateway, _):
        printed = await node("edit_in_graphiql.mjs", chromium, gateway)
    report = json.loads(printed)
    steps = [f"{number} {step['title']}" for number, step in enumerate(SETS[0]["steps"], 1)]
    assert report["edited"] == IsPartialDict(productId=report["typed"]), "what was typed is sent"
    assert report["line"] == report["typed"]
    assert any("POST /v1/shoppers/me/carts/active/line-items" in row for row in report["calls"])
    assert report["extensions"] is None, "the list of calls is in the table"
    assert report["reloaded"] == {"tabs": steps, "active": steps[1], "done": steps[:2]}
    assert report["reloadedVariables"] == report["edited"]
    assert report["reloadedQuery"].startswith("# typed at the last moment\n")
    assert report["tooEarly"] == "Not sent. Play step 3, “Address and shipping”, first. This step needs its answer."
    assert report["afterAdvice"] == IsPartialDict(active=steps[2])
    assert report["startedOver"] == {"tabs": steps, "active": steps[0], "done": []}
    assert report["untouched"] == IsPartialDict(productId="← products.nodes.0.id")
    assert report["cookies"] == []
    assert report["declined"] == "OrderDeclined"
    assert report["reopened"] == IsPartialDict(tabs=steps, active=steps[4])
    assert report["updated"] == {"tabs": [*steps, "<untitled>"], "active": steps[0], "done": []}
    assert report["dark"] != report["light"]
    assert report["problems"] == []
