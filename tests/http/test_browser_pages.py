"""Pages of other origins in Chromium: what they can read, and whether the browser keeps the session cookie."""

import json
from typing import Any

import pytest

from bench.replicas.environment import free_port
from sandbox.model.world import World
from tests.support.external_programs import needs_chromium, node
from tests.support.running_gateway import running_gateway

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


async def answers_to(world: World, host: str, gateway_host: str) -> dict[str, Any]:
    """The answers to a page under a host name, from a gateway under another one. `shop.test` is another machine."""
    chromium, origin = needs_chromium(), f"http://{host}:{free_port()}"
    async with running_gateway(world, origins=origin) as (gateway, _):
        address = gateway.replace("127.0.0.1", gateway_host)
        answers: dict[str, Any] = json.loads(await node("pages.mjs", chromium, origin, address))
    return answers


async def test_page_of_another_port_keeps_its_session(world: World) -> None:
    answers = await answers_to(world, "localhost", "localhost")
    assert answers["read"]["data"]["products"]["nodes"]
    assert answers["readAgain"] == answers["read"], "from the browser's cache, without credentials"
    assert "Use POST: `preferGetMethod: false` in urql" in answers["privateByGet"]["errors"][0]["message"]
    assert answers["unknownHeader"] == {"blocked": "Failed to fetch"}
    assert answers["started"]["data"]["startSession"]["warnings"] == []
    assert answers["session"]["data"]["session"]["id"] == answers["started"]["data"]["startSession"]["session"]["id"]
    assert answers["cookies"] == ["__Host-rf_session"]


@pytest.mark.parametrize(
    ("host", "gateway_host"),
    [("localhost", "127.0.0.1"), ("shop.test", "shop.test")],
    ids=["another site", "http from another machine"],
)
async def test_page_is_warned_of_a_cookie_that_is_dropped(world: World, host: str, gateway_host: str) -> None:
    answers = await answers_to(world, host, gateway_host)
    assert answers["started"]["data"]["startSession"]["warnings"] == [{"code": "SESSION_COOKIE_NOT_KEPT"}]
    assert answers["session"] == {"data": {"session": None}}
    assert answers["cookies"] == []
