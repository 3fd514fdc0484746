"""Background work uses the session that its attempt names, and no other. Records stay readable for other versions."""

import msgspec
import pytest

from gateway.enums import SessionDelivery, SessionLevel
from gateway.orders.attempts import AttemptRecord
from gateway.sessions.handle import Handle
from gateway.sessions.record import CheckoutMemory, SessionRecord
from gateway.sessions.sessions import Session, Sessions
from gateway.store.memory import MemoryStore
from gateway.upstream.oauth import Tokens
from sandbox.model.world import World
from tests.support.shop import Clock, settings_for


async def begun(sessions: Sessions, level: SessionLevel = SessionLevel.ANONYMOUS) -> Session:
    handle = Handle.new(SessionDelivery.COOKIE)
    return await sessions.begin(level, Tokens("token", 3600), handle, "en-US", "USD", earlier=None)


async def test_session_is_not_found_under_the_id_of_another(world: World, clock: Clock) -> None:
    store = MemoryStore(clock)
    sessions = Sessions(store, settings_for(world), clock)
    first, second = await begun(sessions), await begun(sessions)
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


async def test_empty_note_of_an_earlier_version_is_readable(world: World, clock: Clock) -> None:
    store, handle = MemoryStore(clock), Handle.new(SessionDelivery.COOKIE)
    sessions = Sessions(store, settings_for(world), clock)
    await store.put(f"replaced-{handle.store_key}", b"", ttl_s=60)
    assert await sessions.was_replaced(handle)
    assert await sessions.earlier_submissions(handle) is None


async def test_unknown_owner_of_a_cart_is_no_other_owner(world: World, clock: Clock) -> None:
    """Under the id of the session, the attempts and locks of the shopper would seem not to exist."""
    sessions = Sessions(MemoryStore(clock), settings_for(world), clock)
    guest = await begun(sessions)
    assert (guest.has_known_owner, guest.cart_owner) == (True, guest.id)
    registered = await begun(sessions, SessionLevel.REGISTERED)
    assert not registered.has_known_owner
    with pytest.raises(RuntimeError):
        _ = registered.cart_owner
    await sessions.change(registered, lambda record: setattr(record, "shopper_id", "a-shopper"))
    assert (registered.has_known_owner, registered.cart_owner) == (True, "a-shopper")


STORED = {
    SessionRecord: "format id level shopper_id locale currency_code access_token refresh_token access_ends_at"
    " started_at used_at remembered kept_until has_lost_tokens earlier_sessions",
    CheckoutMemory: "attached_at credit_covers has_addresses asked_authentication coupons coupons_by_offer offers"
    " latest_submission order_ids unlocked",
    AttemptRecord: "format id key fingerprint owner session_id request_id locks stage started_at updated_at sent_at"
    " quiet_from cart_id payment_session_id was_abandoned lost_cart pricing revision result proof",
}


@pytest.mark.parametrize("kind", STORED)
def test_stored_records_keep_their_field_names(kind: type[msgspec.Struct]) -> None:
    """A gateway of another version reads the records, for example after a failed upgrade."""
    assert " ".join(field.encode_name for field in msgspec.structs.fields(kind)) == STORED[kind]
