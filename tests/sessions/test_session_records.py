"""Background work uses the session that its attempt names, and no other."""

from gateway.enums import SessionDelivery, SessionLevel
from gateway.sessions.handle import Handle
from gateway.sessions.sessions import Sessions
from gateway.store.memory import MemoryStore
from gateway.upstream.oauth import Tokens
from sandbox.model.world import World
from tests.support.shop import Clock, settings_for


async def test_session_is_not_found_under_the_id_of_another(world: World, clock: Clock) -> None:
    store = MemoryStore(clock)
    sessions = Sessions(store, settings_for(world), clock)
    first, second = [
        await sessions.begin(
            SessionLevel.ANONYMOUS,
            Tokens("token", 3600),
            Handle.new(SessionDelivery.COOKIE),
            "en-US",
            "USD",
            ended=None,
        )
        for _ in range(2)
    ]
    assert await sessions.find_by_id(first.id) is None, "a session without a submission leaves only its record"
    await sessions.locate(first)
    await sessions.locate(second)
    by_id = await sessions.find_by_id(first.id)
    assert by_id is not None
    assert by_id.id == first.id
    location = await store.get(f"session-at:{second.id}")
    assert location is not None
    await store.put(f"session-at:{first.id}", location, ttl_s=60)
    assert await sessions.find_by_id(first.id) is None
