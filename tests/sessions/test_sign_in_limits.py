"""How many passwords a stranger may try, and that the shopper can still sign in."""

from datetime import datetime, timedelta

import pytest

from gateway.store.rate_limits import RateLimits
from sandbox.model.world import World
from tests.support.shop import PACK, Clock, InMemoryTransport, Storefront, gateway, new_key

REGISTER = """mutation($key: UUID!, $email: EmailAddress!, $password: String!) { registerShopper(input: {
  idempotencyKey: $key, email: $email, password: $password, firstName: "Grace", lastName: "Hopper"}) {
    errors { code } } }"""


async def try_passwords(attacker: Storefront, username: str, clock: Clock, times: int = 50) -> None:
    """Try wrong passwords from changing addresses, as fast as the limit per minute allows."""
    for number in range(times):
        attacker.headers["X-Forwarded-For"] = f"203.0.113.{number % 250}"
        payload = await attacker.another_tab().sign_in(username, "Wrong+Word1")
        assert payload["errors"][0]["code"] == "SIGN_IN_FAILED"
        if number % 5 == 4:
            clock.move(61)


async def test_stranger_may_try_fifty_passwords_a_day(world: World, network: InMemoryTransport, clock: Clock) -> None:
    username, password = world.keys.shopper_username, world.keys.shopper_password
    async with gateway(world, network, clock, trusted_proxies="198.51.100.0/24") as storefront:
        await try_passwords(storefront, username, clock)
        storefront.headers["X-Forwarded-For"] = "192.0.2.1"
        for spelling in (username, f" {username.upper()}", username.replace("a", "\uff41")):
            payload = await storefront.another_tab().sign_in(spelling, password)
            [error] = payload["errors"]
            assert error["code"] == "RATE_LIMITED"
            assert datetime.fromisoformat(error["retryAfter"]) - clock() > timedelta(hours=23)
        clock.move(86_400)
        assert (await storefront.sign_in(username, password))["errors"] == []


@pytest.mark.parametrize("how", ["sign-in", "registration"])
async def test_stranger_does_not_lock_shopper_out_of_a_known_address(
    world: World, network: InMemoryTransport, clock: Clock, how: str
) -> None:
    async with gateway(world, network, clock, trusted_proxies="198.51.100.0/24") as storefront:
        home = Storefront(storefront.http, {"X-Forwarded-For": "192.0.2.1"})
        if how == "sign-in":
            username, password = world.keys.shopper_username, world.keys.shopper_password
            assert (await home.sign_in(username, password))["errors"] == []
        else:
            username, password = "grace@example.com", "Compilers+1952"
            await home.add(PACK)
            registered = await home.ask(REGISTER, key=new_key(), email=username, password=password)
            assert registered.data["registerShopper"]["errors"] == []
        clock.move(86_400)  # The first sign-in was a stranger's try.
        await try_passwords(storefront, username, clock)
        for _ in range(5):
            assert (await Storefront(home.http, home.headers).sign_in(username, "Wrong+Word1"))["errors"]
        [limited] = (await Storefront(home.http, home.headers).sign_in(username, password))["errors"]
        assert limited["code"] == "RATE_LIMITED", "a known address is limited too"
        clock.move(61)
        assert (await Storefront(home.http, home.headers).sign_in(username, password))["errors"] == []


async def test_address_is_known_for_thirty_days(clock: Clock) -> None:
    limits = RateLimits(clock, digest_key=b"any")
    await limits.remember("account:ada at address:192.0.2.1")
    assert not await limits.is_known("account:ada at address:192.0.2.2")
    clock.move(29 * 86_400)
    assert await limits.is_known("account:ada at address:192.0.2.1")
    clock.move(2 * 86_400)
    assert not await limits.is_known("account:ada at address:192.0.2.1")
