"""A server that renders pages reads for the shopper with a key, and changes only what a page of the shop asks for."""

import httpx
import pytest
from dirty_equals import IsPartialDict

from sandbox.model.world import World
from tests.support.shop import CLIENT, PACK, Clock, InMemoryTransport, Storefront, gateway

SHOP = "https://shop.example"
OLD, NEW = "old-key-" + "0" * 32, "new-key-" + "1" * 32
SETTINGS = {"development": False, "origins": SHOP, "server_keys": f"{OLD},{NEW}"}
SERVER = {"X-Riverfront-Client": "shop-server", "Accept": CLIENT["Accept"]}
CART = "{ cart { totalQuantity } }"
CHANGE = 'mutation { applyOffer(input: {offer: {couponCode: "NONE"}}) { errors { code } } }'
START = "mutation { startSession(input: {}) { session { id } } }"


async def post(storefront: Storefront, query: str, *, with_cookie: bool = True, **headers: str) -> httpx.Response:
    cookie = {"Cookie": f"__Host-rf_session={storefront.cookie}"} if with_cookie else {}
    all_headers = SERVER | cookie | {name.replace("_", "-"): value for name, value in headers.items()}
    return await storefront.http.post("/graphql", json={"query": query}, headers=all_headers)


def refusal(answer: httpx.Response) -> str:
    (error,) = answer.json()["errors"]
    assert error["extensions"] == IsPartialDict(code="CSRF_CHECK_FAILED")
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers
    return str(error["message"])


async def test_server_with_a_key_reads_the_cart_of_the_shopper(
    world: World, network: InMemoryTransport, clock: Clock
) -> None:
    async with gateway(world, network, clock, **SETTINGS) as storefront:
        storefront.headers["Origin"] = SHOP
        await storefront.add(PACK, 2)
        for key in (OLD, NEW):
            answer = await post(storefront, CART, X_Riverfront_Server_Key=key)
            assert answer.json() == {"data": {"cart": {"totalQuantity": 2}}}
            assert answer.headers["cache-control"] == "private, no-store"


@pytest.mark.parametrize("key", ["", OLD[:-1], f"{OLD},{NEW}", f" {OLD}x", "wrong"])
async def test_wrong_server_key_is_refused(world: World, network: InMemoryTransport, clock: Clock, key: str) -> None:
    async with gateway(world, network, clock, **SETTINGS) as storefront:
        storefront.headers["Origin"] = SHOP
        await storefront.add(PACK)
        world.calls.clear()
        answers = [
            await post(storefront, CART, X_Riverfront_Server_Key=key),
            await post(storefront, CART, X_Riverfront_Server_Key=key, Origin=SHOP),
        ]
        assert [refusal(answer) for answer in answers] == [
            "The key in X-Riverfront-Server-Key is none of RIVERFRONT_SERVER_KEYS."
        ] * 2
        assert key == "" or key not in "".join(answer.text for answer in answers)
        assert world.calls.count() == 0


async def test_no_key_is_accepted_without_the_setting(world: World, network: InMemoryTransport, clock: Clock) -> None:
    async with gateway(world, network, clock, **SETTINGS | {"server_keys": ""}) as storefront:
        storefront.headers["Origin"] = SHOP
        await storefront.add(PACK)
        assert "RIVERFRONT_SERVER_KEYS" in refusal(await post(storefront, CART))
        assert "RIVERFRONT_SERVER_KEYS" in refusal(await post(storefront, CART, X_Riverfront_Server_Key=""))


async def test_server_changes_a_cart_only_with_the_forwarded_origin(
    world: World, network: InMemoryTransport, clock: Clock
) -> None:
    async with gateway(world, network, clock, **SETTINGS) as storefront:
        storefront.headers["Origin"] = SHOP
        await storefront.add(PACK)
        world.calls.clear()
        assert "Forward it" in refusal(await post(storefront, CHANGE, X_Riverfront_Server_Key=OLD))
        evil = await post(storefront, CHANGE, X_Riverfront_Server_Key=OLD, Origin="https://evil.example")
        assert "RIVERFRONT_ORIGINS" in refusal(evil)
        assert world.calls.count() == 0
        forwarded = await post(storefront, CHANGE, X_Riverfront_Server_Key=OLD, Origin=SHOP)
        assert forwarded.json()["data"]["applyOffer"]["errors"]
        assert world.calls.count() > 0


async def test_session_begins_at_a_server_only_with_the_forwarded_origin(
    world: World, network: InMemoryTransport, clock: Clock
) -> None:
    async with gateway(world, network, clock, **SETTINGS) as storefront:
        unproven = await post(storefront, START, with_cookie=False, X_Riverfront_Server_Key=OLD)
        assert "Forward it" in refusal(unproven)
        assert world.calls.count() == 0
        forwarded = await post(storefront, START, with_cookie=False, X_Riverfront_Server_Key=OLD, Origin=SHOP)
        assert forwarded.headers["set-cookie"].startswith("__Host-rf_session=")


async def test_page_may_not_send_a_server_key(world: World, network: InMemoryTransport, clock: Clock) -> None:
    async with gateway(world, network, clock, **SETTINGS) as storefront:
        asks = {"Origin": SHOP, "Access-Control-Request-Method": "POST"}
        asks["Access-Control-Request-Headers"] = "x-riverfront-server-key"
        answer = await storefront.http.options("/graphql", headers=asks)
        assert "x-riverfront-server-key" not in answer.headers["access-control-allow-headers"].lower()
