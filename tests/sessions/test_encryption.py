"""The shared store contains no secrets or personal data in clear text.

A record that is copied to another store key does not decrypt.
"""

import re
from itertools import pairwise
from typing import Any

import httpx
import pytest
from cryptography.fernet import Fernet
from redis.asyncio import Redis

from gateway.sessions.encryption import SessionEncryption
from sandbox.model.world import World
from tests.support.canaries import ADDRESS_FIELDS as PERSONAL
from tests.support.shop import ADDRESS, PACK, Clock, InMemoryTransport, Shopper, Storefront, gateway, new_key
from tests.support.valkey import Valkey, emptied

INSTRUCTIONS = """{ orderSubmission { result { ... on OrderAwaitingPayment { instructions {
  documentUrl details { value } } } } } }"""


async def contents(valkey: Valkey) -> str:
    """All keys and values of the Valkey server."""
    redis = Redis.from_url(valkey.url)
    parts: list[Any] = []
    async for key in redis.scan_iter("*"):
        kind = await redis.type(key)
        parts.append(key)
        if kind == b"string":
            parts.append(await redis.get(key) or b"")
        elif kind == b"zset":
            parts += await redis.zrange(key, 0, -1)
        elif kind == b"list":
            parts += await redis.lrange(key, 0, -1)
        else:
            assert kind == b"none", "a value has a type that this test cannot read"
    await redis.aclose()
    assert len(parts) > 5, "the store is not empty"
    return "\n".join(part.decode("utf-8", "replace") for part in parts)


async def test_store_contains_no_sensitive_value_in_clear_text(
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
        submission = (await by_wire.storefront.ask(INSTRUCTIONS)).data["orderSubmission"]
        details = submission["result"]["instructions"]["details"]
        secrets |= {detail["value"] for detail in details if len(detail["value"]) > 4}

        secrets |= {"Daypack", "OrderAwaitingPayment", "OrderActionRequired"}
        secrets |= {str(order["id"]) for order in (await sandbox.get("/_sandbox/orders")).json()}
        signed_in = Shopper(Storefront(storefront.http), sandbox, world)
        payload = await signed_in.storefront.sign_in(
            world.keys.shopper_username, world.keys.shopper_password, delivery="BEARER"
        )
        secrets.add(payload["bearerToken"])

        stored = await contents(valkey)
    secrets |= {source.secret for source in world.sources.values()} | set(world.tokens) | set(world.refresh_tokens)
    assert len(secrets) > 15
    assert [secret for secret in secrets if secret in stored] == []


async def test_digests_in_the_store_are_keyed(
    world: World, network: InMemoryTransport, clock: Clock, valkey: Valkey
) -> None:
    by_secret = []
    for secret in (world.keys.confidential_secret, "another-secret-of-the-site"):
        await emptied(valkey)
        async with gateway(world, network, clock, store_url=valkey.url, api_secret=secret) as storefront:
            await storefront.sign_in("victim@example.com", "Wrong+Word1")
            by_secret.append(set(re.findall("[0-9a-f]{64}", await contents(valkey))))
    assert all(len(digests) >= 2 for digests in by_secret), "the tries of the account and the address are counted"
    assert by_secret[0].isdisjoint(by_secret[1]), "without the key, a guessed address cannot be compared"


async def test_attempt_copied_to_another_store_key_is_not_used(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient, valkey: Valkey
) -> None:
    await emptied(valkey)
    async with gateway(world, network, clock, store_url=valkey.url) as storefront:
        shoppers = [Shopper(Storefront(storefront.http), sandbox, world) for _ in range(2)]
        for shopper in shoppers:
            await shopper.get_ready()
            await shopper.storefront.outcome()
        redis = Redis.from_url(valkey.url)
        first, second = [key async for key in redis.scan_iter("riverfront:attempt:*")]
        records: list[Any] = await redis.mget(first, second)
        await redis.mset({first: records[1], second: records[0]})
        await redis.aclose()
        for shopper in shoppers:
            answer = await shopper.storefront.ask("{ orderSubmission { status } }")
            assert answer.codes == ["STORE_UNAVAILABLE"]


@pytest.mark.slow
async def test_store_contains_no_clear_text_tokens_redirects_or_addresses(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient, valkey: Valkey
) -> None:
    await emptied(valkey)
    async with gateway(world, network, clock, store_url=valkey.url) as storefront:
        shopper = Shopper(storefront, sandbox, world)
        await shopper.get_ready("klarnaCredit")
        result = await storefront.outcome()
        stored = await contents(valkey)
    secrets = [
        *world.tokens,
        *world.refresh_tokens,
        result["action"]["redirectUrl"],
        ADDRESS["line1"],
        ADDRESS["email"],
    ]
    assert "attempt:" in stored
    assert [secret for secret in secrets if secret in stored] == []


async def test_store_contains_no_custom_attribute_of_a_blocked_line(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient, valkey: Valkey
) -> None:
    await emptied(valkey)
    query = """mutation($key: UUID!) { addCartLines(input: {idempotencyKey: $key, lines: [{product:
      {upstreamId: "%s"}, customAttributes: [{name: "engraving", value: "For Grandma Alma"}]}]}) {
      errors { code } } }"""
    async with gateway(world, network, clock, store_url=valkey.url) as storefront:
        shopper = Shopper(storefront, sandbox, world)
        assert (await storefront.ask(query % PACK, key=new_key())).data == {"addCartLines": {"errors": []}}
        await storefront.give_details()
        await shopper.pay_with()
        world.stock[int(PACK)] = 0
        result = await storefront.outcome()
        assert [blocker["__typename"] for blocker in result["blockers"]] == ["LineBlocker"]
        assert "Alma" not in await contents(valkey)


@pytest.mark.slow
async def test_record_copied_to_another_store_key_does_not_decrypt(
    world: World, network: InMemoryTransport, clock: Clock, valkey: Valkey, caplog: pytest.LogCaptureFixture
) -> None:
    await emptied(valkey)
    async with gateway(world, network, clock, store_url=valkey.url) as storefront:
        other = Storefront(storefront.http)
        await storefront.add(PACK)
        await other.add(PACK)
        redis = Redis.from_url(valkey.url)
        first_key, second_key = [key async for key in redis.scan_iter("riverfront:session:*")]
        records: list[Any] = await redis.mget(first_key, second_key)
        await redis.mset({first_key: records[1], second_key: records[0]})
        await redis.aclose()
        for swapped in (storefront, other):
            assert (await swapped.ask("{ paymentSession { id } }")).codes == ["SESSION_EXPIRED"]
    assert [record.message for record in caplog.records].count("record not decrypted") >= 2


@pytest.mark.slow
async def test_replica_without_the_session_key_leaves_the_session_alone(
    world: World, network: InMemoryTransport, clock: Clock, valkey: Valkey
) -> None:
    await emptied(valkey)
    old, new = (Fernet.generate_key().decode() for _ in range(2))
    shared: dict[str, Any] = {"store_url": valkey.url}
    async with (
        gateway(world, network, clock, **shared, sealing_keys=new) as storefront,
        gateway(world, network, clock, **shared, sealing_keys=old) as without_key,
    ):
        await storefront.add(PACK)
        tab = Storefront(without_key.http, cookie=storefront.cookie)
        answer = await tab.ask("{ paymentSession { id } }")
        assert answer.codes == ["STORE_UNAVAILABLE"]
        assert "set-cookie" not in answer.headers
        assert (await storefront.cart())["totalQuantity"] == 1


@pytest.mark.slow
@pytest.mark.parametrize("is_first_derived", [True, False])
async def test_sessions_survive_each_step_of_a_key_rotation(
    world: World, network: InMemoryTransport, clock: Clock, valkey: Valkey, is_first_derived: bool
) -> None:
    await emptied(valkey)
    old, new = "derived" if is_first_derived else Fernet.generate_key().decode(), Fernet.generate_key().decode()
    steps = ["" if is_first_derived else old, f"{old},{new}", f"{new},{old}", new]
    shared: dict[str, Any] = {"store_url": valkey.url}
    cookies: list[str | None] = []
    for before, after in pairwise(steps):
        # The replicas are restarted one by one, so two steps run at the same time.
        async with (
            gateway(world, network, clock, **shared, sealing_keys=before) as first,
            gateway(world, network, clock, **shared, sealing_keys=after) as second,
        ):
            for storefront in (first, second):
                guest = Storefront(storefront.http)
                await guest.add(PACK)
                cookies.append(guest.cookie)
            if after == new:
                # A day later, no session is older than the last step.
                cookies = cookies[2:]
            for cookie in cookies:
                clock.move(120)  # Using the session writes its record again, encrypted with the first key.
                for http in (second.http, first.http):
                    assert (await Storefront(http, cookie=cookie).cart())["totalQuantity"] == 1


@pytest.mark.slow
async def test_record_in_unknown_format_does_not_end_the_session(
    world: World, network: InMemoryTransport, clock: Clock, valkey: Valkey
) -> None:
    await emptied(valkey)
    async with gateway(world, network, clock, store_url=valkey.url) as storefront:
        await storefront.add(PACK)
        redis = Redis.from_url(valkey.url)
        (key,) = [key async for key in redis.scan_iter("riverfront:session:*")]
        record: Any = await redis.get(key)
        await redis.set(key, b"written by another version", ex=60)
        assert (await storefront.ask("{ paymentSession { id } }")).codes == ["STORE_UNAVAILABLE"]
        await redis.set(key, record, ex=60)
        await redis.aclose()
        assert (await storefront.cart())["totalQuantity"] == 1


async def test_change_by_another_replica_is_seen_at_once(
    world: World, network: InMemoryTransport, clock: Clock, valkey: Valkey
) -> None:
    await emptied(valkey)
    query = "{ session { locale } }"
    async with (
        gateway(world, network, clock, store_url=valkey.url) as first,
        gateway(world, network, clock, store_url=valkey.url) as second,
    ):
        await first.add(PACK)
        second.cookie = first.cookie
        assert (await second.ask(query)).data == (await first.ask(query)).data == {"session": {"locale": "en-US"}}
        changed = await first.ask('mutation { updateSession(input: {locale: "de-DE"}) { errors { code } } }')
        assert changed.data == {"updateSession": {"errors": []}}
        assert (await second.ask(query)).data == (await first.ask(query)).data == {"session": {"locale": "de-DE"}}
        await second.ask("mutation { signOut { signedOut } }")
        assert (await first.ask(query)).data == {"session": None}


def test_number_of_remembered_records_is_limited() -> None:
    encryption = SessionEncryption([Fernet.generate_key()], most_remembered=2)
    records = {f"session:{number}": encryption.encrypt(f"session:{number}", b"%d" % number) for number in range(3)}
    for _ in range(2):
        for number, (key, record) in enumerate(records.items()):
            assert encryption.decrypt(key, record) == b"%d" % number
            assert encryption.decrypt("session:other", record) is None
    assert len(encryption._remembered) == 2
