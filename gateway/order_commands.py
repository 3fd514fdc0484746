"""The commands that print what is known about an order: `python -m gateway attempt KEY` and `order NUMBER`.

They read the store that the replicas share, and change nothing. Exit codes are those of `grep`: 0 if the attempt is
known, 1 if it is not, 2 if it cannot be looked up.
"""

import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from uuid import UUID

from gateway.errors import RecordUnreadable, SessionUnreadable, StoreUnavailable
from gateway.orders.attempt_keys import OrderKeys
from gateway.orders.attempt_search import StoredAttempt, attempt_of_key, attempt_of_order
from gateway.orders.attempt_story import story
from gateway.sessions.encrypted_store import encrypted
from gateway.sessions.session_hash import SessionHashes
from gateway.sessions.sessions import Sessions
from gateway.settings.settings import Settings
from gateway.store.interface import Store
from gateway.store.redis import RedisStore

KNOWN, UNKNOWN, NOT_LOOKED_UP = 0, 1, 2

Search = Callable[[Store, Sessions], Awaitable[StoredAttempt | None]]

NO_STORE = (
    "RIVERFRONT_STORE_URL is not set: the gateway keeps its attempts in the memory of its own process, which this "
    "command cannot read. Search the log: docs/operating/orders-in-question.md says how."
)
NOT_REACHED = (
    "The store cannot be reached ({}). Run the command where the gateway runs, with the same settings, or search the "
    "log: docs/operating/orders-in-question.md says how."
)
UNREADABLE = (
    "The record cannot be read ({}): this command has other values of RIVERFRONT_SEALING_KEYS or RIVERFRONT_API_SECRET "
    "than the gateway, or another version. Run it where the gateway runs, with the same settings."
)
NO_ATTEMPT = (
    "The store has no attempt with this {}. It is wrong, belongs to another site or database, or the attempt is older "
    "than two days. Search the log: docs/operating/orders-in-question.md says how."
)
DELETED = (
    "An attempt claimed this key and was deleted, which happens only if it sent nothing. There is no order and nothing "
    "was charged. The shopper can submit again."
)


async def print_attempt(settings: Settings, key: UUID) -> int:
    return await _print(settings, "key", lambda store, sessions: attempt_of_key(store, sessions, key))


async def print_order(settings: Settings, number: str) -> int:
    return await _print(
        settings, "number", lambda store, sessions: attempt_of_order(store, sessions, OrderKeys(settings), number)
    )


async def _print(settings: Settings, name: str, search: Search) -> int:
    """Print the attempt that `search` finds, and return the exit code."""
    url = settings.store_url.get_secret_value()
    if not url:
        return _refuse(NO_STORE)
    shared = RedisStore(url, ca=settings.store_ca, timeout_s=settings.store_timeout_s)
    sessions = Sessions(shared, settings, _utc_now)
    try:
        stored = await search(encrypted(shared, settings), sessions)
    except (SessionUnreadable, RecordUnreadable) as failure:
        return _refuse(UNREADABLE.format(failure.detail))
    except StoreUnavailable as failure:
        return _refuse(NOT_REACHED.format(failure.detail))
    finally:
        await shared.aclose()
    if stored is None:
        sys.stderr.write(NO_ATTEMPT.format(name) + "\n")
        return UNKNOWN
    if stored.record is None:
        sys.stdout.write(DELETED + "\n")
        return KNOWN
    for label, value in story(stored, stored.record, settings, SessionHashes(settings, _utc_now)):
        sys.stdout.write(f"{label + ':':24}{value}\n")
    return KNOWN


def _refuse(reason: str) -> int:
    sys.stderr.write(reason + "\n")
    return NOT_LOOKED_UP


def _utc_now() -> datetime:
    return datetime.now(UTC)
