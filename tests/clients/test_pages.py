"""Clients that people use, in pages of another origin than the gateway's, in Chromium: each buys one product."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from dirty_equals import IsPartialDict

from sandbox.model.world import World
from tests.support.client_package import client_package, client_pages
from tests.support.external_programs import needs_chromium, node
from tests.support.running_gateway import running_gateway
from tests.support.shop import SUBMIT, listening

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

FIRST = {"apollo", "fetch", "urql-persisted"}

CLIENTS = ["apollo", "apollo-persisted", "fetch", "gateway", "graphql-request", "relay", "urql", "urql-persisted"]
"""Clients whose set-up is in `examples/clients/typescript/pages/setup`."""

COOKIE = "__Host-rf_session"


def on_localhost(url: str) -> str:
    """The URL under another host name, which is another site for a browser."""
    return url.replace("127.0.0.1", "localhost")


@asynccontextmanager
async def page_server() -> AsyncIterator[str]:
    await client_package()
    async with listening(client_pages(), "off") as url:
        yield on_localhost(url)


def page(pages: str, gateway: str, sandbox: str, **choices: str) -> str:
    return f"{pages}/?{urlencode({'gateway': gateway, 'sandbox': sandbox, **choices})}"


async def outcomes(guest: str, *pages: str) -> list[dict[str, Any]]:
    """What the pages show to guests who act as `tests/node/buy.mjs` says."""
    printed = await node("buy.mjs", needs_chromium(), guest, *pages)
    return [json.loads(line) for line in printed.splitlines()]


@pytest.mark.parametrize(
    "client", [pytest.param(name, marks=() if name in FIRST else pytest.mark.exhaustive) for name in CLIENTS]
)
async def test_guest_buys_from_another_origin_with_cookie_and_bearer(client: str, world: World) -> None:
    async with page_server() as pages, running_gateway(world) as (gateway, sandbox):
        address = (pages, on_localhost(gateway), sandbox)
        with_cookie, with_bearer = await outcomes(
            "buys", page(*address, client=client, session="cookie"), page(*address, client=client, session="bearer")
        )
    assert with_cookie == IsPartialDict(kind="OrderPlaced", cookies=[COOKIE], problems=[])
    assert with_bearer == IsPartialDict(kind="OrderPlaced", cookies=[], problems=[])
    assert world.calls.count("POST", SUBMIT) == 2, "one for each page"


async def test_guest_buys_from_another_site_with_bearer(world: World) -> None:
    """Many browsers block the cookies of other sites: the page and the gateway have no common domain."""
    async with page_server() as pages, running_gateway(world) as (gateway, sandbox):
        [shown] = await outcomes("buys", page(pages, gateway, sandbox, session="bearer"))
    assert shown == IsPartialDict(kind="OrderPlaced", cookies=[], problems=[])


@pytest.mark.parametrize("session", ["cookie", "bearer"])
async def test_guest_who_returns_from_the_provider_gets_one_order(session: str, world: World) -> None:
    async with page_server() as pages, running_gateway(world) as (gateway, sandbox):
        url = page(pages, on_localhost(gateway), sandbox, client="fetch", session=session, pay="redirect")
        [shown] = await outcomes("approves", url)
    assert shown == IsPartialDict(kind="OrderPlaced", problems=[])
    assert world.calls.count("POST", SUBMIT) == 1


async def test_guest_who_reloads_while_submitting_gets_one_order(world: World) -> None:
    async with page_server() as pages, running_gateway(world) as (gateway, sandbox):
        async with httpx.AsyncClient(base_url=sandbox) as controls:
            await controls.post("/_sandbox/faults", json={"path": SUBMIT, "kind": "delay", "delay_s": 1})
        [shown] = await outcomes("reloads", page(pages, on_localhost(gateway), sandbox, client="apollo"))
    assert shown == IsPartialDict(kind="OrderPlaced", problems=[])
    assert world.calls.count("POST", SUBMIT) == 1


@pytest.mark.parametrize("delivery", ["COOKIE", "BEARER"])
async def test_first_products_are_in_one_cart_also_after_signing_out(delivery: str, world: World) -> None:
    async with page_server() as pages, running_gateway(world) as (gateway, _):
        printed = await node("first_products.mjs", needs_chromium(), pages, on_localhost(gateway), delivery)
    assert json.loads(printed) == [4, 3]
