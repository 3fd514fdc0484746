"""What the graph marks as sensitive is not in the store, wherever the store is."""

import httpx
from redis.asyncio import Redis

from sandbox.model.world import World
from tests.http.test_secrets import PERSONAL
from tests.support.shop import PACK, Clock, InMemoryTransport, Shopper, Storefront, gateway, new_key
from tests.support.valkey import Valkey, emptied

INSTRUCTIONS = """{ orderSubmission { result { ... on OrderAwaitingPayment { instructions {
  documentUrl details { value } } } } } }"""


async def everything_in(valkey: Valkey) -> str:
    redis = Redis.from_url(valkey.url)
    found = []
    async for key in redis.scan_iter("*"):
        kind = await redis.type(key)
        found.append(key)
        if kind == b"string":
            found.append(await redis.get(key) or b"")
        elif kind == b"zset":
            found += await redis.zrange(key, 0, -1)
        elif kind == b"list":
            found += await redis.lrange(key, 0, -1)
        else:
            assert kind == b"none", "a kind of value that this test does not read"
    await redis.aclose()
    assert len(found) > 5, "the store was looked at"
    return "\n".join(one.decode("utf-8", "replace") for one in found)


async def test_nothing_sensitive_is_written_down(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient, valkey: Valkey
) -> None:
    await emptied(valkey)
    secrets = set(PERSONAL.values()) | {world.keys.shopper_password, world.keys.shopper_username}
    async with gateway(world, network, clock, store_url=valkey.url) as storefront:
        by_redirect = Shopper(storefront, sandbox, world)
        await storefront.add(PACK, key=new_key())
        await storefront.give_details(**PERSONAL)
        await by_redirect.pay_with("klarnaCredit")
        result = await storefront.outcome()
        secrets.add(result["action"]["redirectUrl"])

        by_wire = Shopper(Storefront(storefront.http), sandbox, world)
        await by_wire.fill_cart(**PERSONAL)
        await by_wire.pay_with("wireTransfer")
        assert (await by_wire.storefront.outcome())["__typename"] == "OrderAwaitingPayment"
        told = (await by_wire.storefront.ask(INSTRUCTIONS)).data["orderSubmission"]["result"]["instructions"]
        secrets |= {one["value"] for one in told["details"] if len(one["value"]) > 4}

        signed_in = Shopper(Storefront(storefront.http), sandbox, world)
        payload = await signed_in.storefront.sign_in(
            world.keys.shopper_username, world.keys.shopper_password, delivery="BEARER"
        )
        secrets.add(payload["bearerToken"])

        kept = await everything_in(valkey)
    secrets |= {one.secret for one in world.sources.values()} | set(world.tokens) | set(world.refresh_tokens)
    assert len(secrets) > 15
    assert "OrderActionRequired" in kept, "outcomes can be read in it"
    assert [one for one in secrets if one in kept] == []
