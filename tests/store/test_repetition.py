"""Background work is repeated until it is stopped, and always ends when it is stopped."""

import asyncio

import pytest

from gateway.store.repetition import Repetition
from tests.support.shop import eventually


async def test_action_is_repeated_until_it_is_stopped() -> None:
    started: list[int] = []

    async def act() -> None:
        started.append(len(started))

    repetition = Repetition(act, interval_s=0.001)
    await eventually(lambda: len(started) > 3)
    await repetition.stop()
    count = len(started)
    await asyncio.sleep(0)
    assert len(started) == count


async def test_stopping_waits_for_the_action_in_progress() -> None:
    began, may_end = asyncio.Event(), asyncio.Event()
    is_complete = False

    async def act() -> None:
        nonlocal is_complete
        began.set()
        await may_end.wait()
        is_complete = True

    repetition = Repetition(act, interval_s=60)
    await began.wait()
    stopping = asyncio.ensure_future(repetition.stop())
    await asyncio.sleep(0)
    assert not stopping.done()
    may_end.set()
    await stopping
    assert is_complete


async def test_action_that_fails_is_logged_and_repeated(caplog: pytest.LogCaptureFixture) -> None:
    calls = 0

    async def act() -> None:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise RuntimeError("planted")

    repetition = Repetition(act, interval_s=0.001)
    await eventually(lambda: calls > 1)
    await repetition.stop()
    assert [record.message for record in caplog.records] == ["background work failed"]
