"""Replicas that share a store make a change at most once for each idempotency key."""

import asyncio
from datetime import timedelta

import pytest

from gateway.enums import ErrorCode, SessionDelivery, SessionLevel
from gateway.errors import KeyedChangeInterrupted
from gateway.refusals.user_errors import CartConflictError, InputError
from gateway.sessions.idempotency import ChangeOutcome, IdempotencyRecords, KeyReused
from gateway.sessions.record import CheckoutMemory, SessionRecord
from gateway.sessions.sessions import Session
from gateway.store.memory import MemoryStore
from tests.support.shop import Clock

BUSY = ChangeOutcome([CartConflictError(code=ErrorCode.CART_BUSY, message="The cart is busy.")])
MADE = ChangeOutcome()
HALF_FINAL = ChangeOutcome([*BUSY.errors, InputError(code=ErrorCode.INVALID_INPUT, message="No.")])
"""Outcome of a change with an error that a repeat may resolve, and an error that it cannot resolve."""


class Change:
    """A change that counts its calls. Each call waits until the test sets the outcome."""

    def __init__(self) -> None:
        self.count = 0
        self.has_begun = asyncio.Event()
        self.outcome: asyncio.Future[ChangeOutcome] = asyncio.get_running_loop().create_future()

    async def __call__(self) -> ChangeOutcome:
        self.count += 1
        self.has_begun.set()
        return await asyncio.shield(self.outcome)


@pytest.fixture
def session(clock: Clock) -> Session:
    now = clock()
    record = SessionRecord(
        id="s",
        level=SessionLevel.ANONYMOUS,
        locale="en-US",
        currency_code="USD",
        access_token="t",
        refresh_token=None,
        access_ends_at=now,
        started_at=now,
        used_at=now,
        checkout_memory=CheckoutMemory(),
    )
    return Session("k", SessionDelivery.COOKIE, record, now + timedelta(hours=1))


@pytest.fixture
def replicas(clock: Clock) -> tuple[IdempotencyRecords, IdempotencyRecords]:
    store = MemoryStore(clock)
    return IdempotencyRecords(store), IdempotencyRecords(store)


async def test_second_replica_waits_for_outcome_of_the_first_replica(
    replicas: tuple[IdempotencyRecords, IdempotencyRecords], session: Session
) -> None:
    first, second, change, repeat = *replicas, Change(), Change()
    running = asyncio.create_task(first.run_once(session, "key", "input", change))
    await change.has_begun.wait()
    waiting = asyncio.create_task(second.run_once(session, "key", "input", repeat))
    change.outcome.set_result(MADE)

    assert await running == await waiting == MADE
    assert (change.count, repeat.count) == (1, 0)


async def test_second_replica_makes_the_change_if_first_reports_cart_busy(
    replicas: tuple[IdempotencyRecords, IdempotencyRecords], session: Session
) -> None:
    first, second, change, repeat = *replicas, Change(), Change()
    running = asyncio.create_task(first.run_once(session, "key", "input", change))
    await change.has_begun.wait()
    waiting = asyncio.create_task(second.run_once(session, "key", "input", repeat))
    change.outcome.set_result(BUSY)
    repeat.outcome.set_result(MADE)

    assert await running == BUSY
    assert await waiting == MADE


@pytest.mark.parametrize(("outcome", "count"), [(BUSY, 2), (HALF_FINAL, 1), (MADE, 1)], ids=["busy", "half", "made"])
async def test_change_is_repeated_only_if_every_error_allows_it(
    replicas: tuple[IdempotencyRecords, IdempotencyRecords], session: Session, outcome: ChangeOutcome, count: int
) -> None:
    change = Change()
    change.outcome.set_result(outcome)
    for replica in replicas:
        assert await replica.run_once(session, "key", "input", change) == outcome
    assert change.count == count


async def test_interrupted_change_is_not_repeated_with_the_same_key(
    replicas: tuple[IdempotencyRecords, IdempotencyRecords], session: Session
) -> None:
    first, second, change, repeat = *replicas, Change(), Change()
    change.outcome.set_exception(RuntimeError("a bug"))
    with pytest.raises(RuntimeError):
        await first.run_once(session, "key", "input", change)

    for replica in (first, second):
        with pytest.raises(KeyedChangeInterrupted):
            await replica.run_once(session, "key", "input", repeat)
    assert repeat.count == 0


async def test_change_unfinished_after_a_minute_is_reported_as_interrupted(
    replicas: tuple[IdempotencyRecords, IdempotencyRecords], session: Session, clock: Clock
) -> None:
    first, second, change, repeat = *replicas, Change(), Change()
    running = asyncio.create_task(first.run_once(session, "key", "input", change))
    await change.has_begun.wait()
    clock.move(61)
    with pytest.raises(KeyedChangeInterrupted):
        await second.run_once(session, "key", "input", repeat)
    change.outcome.set_result(MADE)
    await running


async def test_idempotency_key_with_another_input_is_rejected(
    replicas: tuple[IdempotencyRecords, IdempotencyRecords], session: Session
) -> None:
    first, second, change = *replicas, Change()
    change.outcome.set_result(MADE)
    await first.run_once(session, "key", "input", change)
    for replica in (first, second):
        with pytest.raises(KeyReused):
            await replica.run_once(session, "key", "other input", change)
