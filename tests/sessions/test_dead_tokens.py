"""A session whose token of Digital River is dead ends for good, and only then."""

import pytest

from sandbox.model.world import World
from tests.support.shop import PACK, Clock, InMemoryTransport, Shopper, Storefront, gateway

TOKEN = "/oauth20/token"
NEEDS_SESSION = "{ paymentSession { id } }"
SESSION = "{ session { id } }"
LONG = {"session_idle_s": 200_000, "session_absolute_s": 200_000}


async def session_is_gone(storefront: Storefront, world: World) -> bool:
    """Whether a request without a new cookie is refused without any call to Digital River."""
    world.calls.clear()
    answer = await storefront.ask(NEEDS_SESSION)
    assert answer.codes == ["SESSION_EXPIRED"]
    return world.calls.count() == 0


@pytest.mark.parametrize("status", [400, 401])
async def test_refused_renewal_ends_the_session(shopper: Shopper, world: World, status: int) -> None:
    await shopper.fill_cart()
    tabs = shopper.storefront.another_tab(), shopper.storefront.another_tab()
    world.tokens.clear()
    await shopper.fault("status", TOKEN, status=status, code="invalid_request", times=1)
    assert (await tabs[0].ask(NEEDS_SESSION)).codes == ["SESSION_EXPIRED"]
    assert await session_is_gone(tabs[1], world)


@pytest.mark.parametrize(("status", "code"), [(401, "invalid_client"), (403, "forbidden"), (429, "slow-down")])
async def test_refusal_for_another_reason_ends_no_session(
    shopper: Shopper, world: World, status: int, code: str
) -> None:
    await shopper.fill_cart()
    world.tokens.clear()
    await shopper.fault("status", TOKEN, status=status, code=code, times=1)
    expected = "RATE_LIMITED" if status == 429 else "UPSTREAM_UNAVAILABLE"
    assert (await shopper.storefront.ask(NEEDS_SESSION)).codes == [expected]
    assert (await shopper.storefront.cart())["totalQuantity"] == 1


@pytest.mark.parametrize("is_rejected", [True, False], ids=["rejected", "expired"])
async def test_dead_token_without_refresh_token_ends_the_session(
    world: World, network: InMemoryTransport, clock: Clock, is_rejected: bool
) -> None:
    async with gateway(world, network, clock, guest_grant="client_credentials", **LONG) as storefront:
        await storefront.add(PACK)
        tabs = storefront.another_tab(), storefront.another_tab()
        if is_rejected:
            world.tokens.clear()
        else:
            clock.move(86_400)
        assert (await tabs[0].ask(NEEDS_SESSION)).codes == ["SESSION_EXPIRED"]
        assert await session_is_gone(tabs[1], world)


@pytest.mark.parametrize("grant", ["client_credentials", "password"])
async def test_session_without_refresh_token_ends_with_its_access_token(
    world: World, network: InMemoryTransport, clock: Clock, grant: str
) -> None:
    async with gateway(world, network, clock, guest_grant=grant, **LONG) as storefront:
        await storefront.add(PACK)
        clock.move(86_000)
        assert (await storefront.ask(SESSION)).data["session"]
        clock.move(400)
        session = (await storefront.ask(SESSION)).data["session"]
        assert (session is None) == (grant == "client_credentials")


async def test_token_without_a_lifetime_is_renewed_before_each_use(
    shopper: Shopper, world: World, network: InMemoryTransport
) -> None:
    def without_lifetime(answer: dict[str, object]) -> dict[str, object]:
        return {name: value for name, value in answer.items() if name != "expires_in"}

    network.rewrites["POST", TOKEN] = without_lifetime
    await shopper.storefront.add(PACK)
    for _ in range(2):
        world.calls.clear()
        assert (await shopper.storefront.cart())["totalQuantity"] == 1
        assert world.calls.count("POST", TOKEN) == 1
