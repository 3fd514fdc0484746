"""The package of client helpers: its own tests, its caches in front of a gateway, and its example purchase."""

import json

import httpx
import pytest
from dirty_equals import IsPartialDict, IsStr

from sandbox.model.world import World
from tests.support.client_package import SITE, client_package
from tests.support.external_programs import output
from tests.support.running_gateway import running_gateway
from tests.support.shop import CLIENT, PACK, SUBMIT, Clock, new_key

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]


async def test_package_compiles_in_strict_mode_and_passes_its_tests() -> None:
    printed = await output("npm", "test", folder=await client_package())
    assert "\n# fail 0\n" in printed
    assert "\n# pass 0\n" not in printed


async def test_example_purchase_with_the_package_places_one_order(world: World) -> None:
    package = await client_package()
    async with running_gateway(world) as (gateway, sandbox):
        printed = await output("npm", "start", "--", gateway, sandbox, folder=package)
    assert "\nOrder number 11" in printed
    assert world.calls.count("POST", SUBMIT) == 1


async def test_caches_keep_markets_apart_and_notice_the_order(world: World) -> None:
    package = await client_package()
    async with running_gateway(world) as (gateway, sandbox):
        printed = await output("node", "dist/checks/caches.js", gateway, sandbox, folder=package)
    for client, shown in json.loads(printed).items():
        english, german, english_again, german_again = shown["markets"]
        assert "Daypack" in json.dumps(english), client
        assert "Tagesrucksack" in json.dumps(german), client
        assert (english_again, german_again) == (english, german), client
        assert shown["sent"] == 2, f"{client} reads each market once"
        assert shown["quantities"] == [None, 1, 0], f"{client} shows the first line, and that the order took the cart"


async def test_graphcache_shows_the_first_product_without_warnings(world: World) -> None:
    package = await client_package()
    async with running_gateway(world) as (gateway, _):
        shown = json.loads(await output("node", "checks/graphcache.mjs", gateway, folder=package))
    assert shown["quantities"] == [None, 1]
    assert shown["codes"].count("ADDRESS_MISSING") == 2, "a fragment on an interface"
    assert shown["warnings"] == []


async def test_package_finds_the_errors_in_what_each_client_throws(world: World) -> None:
    package = await client_package()
    async with running_gateway(world) as (gateway, _):
        printed = await output("node", str(SITE / "errors.js"), gateway, folder=package)
    thrown = json.loads(printed)
    assert thrown == {client: ["SESSION_REQUIRED"] for client in thrown}
    assert thrown.keys() >= {"apollo", "relay", "urql"}


async def test_app_learns_of_its_order_after_its_session_has_ended(world: World, clock: Clock) -> None:
    package = await client_package()
    async with running_gateway(world, clock) as addresses:
        stored = await output("node", "dist/checks/next-session.js", *addresses, folder=package)
        clock.move(3600)
        printed = await output("node", "dist/checks/next-session.js", *addresses, stored, folder=package)
    assert json.loads(stored)["riverfront.session"]
    assert json.loads(printed) == IsPartialDict(kind="known", result=IsPartialDict(__typename="OrderPlaced"))
    assert world.calls.count("POST", SUBMIT) == 1


async def test_cart_is_submitted_anew_after_an_authentication(world: World) -> None:
    package = await client_package()
    async with running_gateway(world) as addresses:
        printed = await output("node", "dist/checks/authentication.js", *addresses, folder=package)
    assert json.loads(printed) == ["OrderActionRequired", "OrderPlaced"]
    assert [order.state for order in world.orders()] == ["Submitted"]


async def test_server_reads_and_signs_out_for_the_shopper_it_serves(world: World) -> None:
    package = await client_package()
    shop, key = "https://shop.example", "key-" + "0" * 32
    async with running_gateway(world, origins=shop, server_keys=key) as (gateway, _):
        add = "mutation($key: UUID!, $id: String!) { addCartLines(input: {idempotencyKey: $key, lines: "
        add += "[{product: {upstreamId: $id}, quantity: 2}]}) { errors { code } } }"
        body = {"query": add, "variables": {"key": new_key(), "id": PACK}}
        async with httpx.AsyncClient() as browser:
            answer = await browser.post(f"{gateway}/graphql", json=body, headers=CLIENT | {"Origin": shop})
        cookie = answer.headers["set-cookie"].partition(";")[0]
        printed = await output("node", "dist/checks/server.js", gateway, key, cookie, shop, folder=package)
    assert json.loads(printed) == {
        "shopper": {"cart": {"totalQuantity": 2}},
        "stranger": {"cart": None},
        "signedOut": {"signOut": {"signedOut": True}},
        "setCookies": [IsStr(regex=r"__Host-rf_session=.*Max-Age=0.*")],
    }
