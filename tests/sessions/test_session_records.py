"""Background work uses the session that its attempt names, and no other. Records stay readable for other versions."""

import msgspec
import pytest

from gateway.enums import SessionDelivery, SessionLevel
from gateway.orders.attempts import AttemptRecord
from gateway.sessions.handle import Handle
from gateway.sessions.record import CheckoutMemory, SessionRecord
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


STORED = {
    SessionRecord: "id level shopper_id locale currency_code access_token refresh_token access_ends_at started_at"
    " used_at remembered kept_until has_lost_tokens earlier_sessions",
    CheckoutMemory: "attached_at credit_covers asked_authentication coupons offers latest_submission order_ids"
    " unlocked",
    AttemptRecord: "id key fingerprint owner session_id locks stage started_at updated_at sent_at quiet_from cart_id"
    " payment_session_id was_abandoned lost_cart pricing result",
}


@pytest.mark.parametrize("kind", STORED)
def test_stored_records_keep_their_field_names(kind: type[msgspec.Struct]) -> None:
    """A gateway of another version reads the records, for example after a failed upgrade."""
    assert " ".join(field.encode_name for field in msgspec.structs.fields(kind)) == STORED[kind]
