"""When requests begin in the turns of the event loop, and when refusals are sent."""

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from contextvars import Context, ContextVar
from functools import partial
from itertools import pairwise

import pytest

from gateway.http.admission import Admission
from gateway.http.start_queue import BEGUN_AT_ONCE, BEGUN_IN_A_CROWD, BEGUN_IN_A_TURN, CROWD, TURNS_OF_ONE, StartQueue
from gateway.http.unsent_refusals import UnsentRefusals


class Turns:
    """An event loop whose turns the test counts, and whose clock it sets."""

    def __init__(self) -> None:
        self._next = deque[Callable[[], None]]()
        self.now_s = 0.0

    def time(self) -> float:
        return self.now_s

    def call_soon(self, callback: Callable[..., None], *arguments: object, context: Context) -> None:
        self._next.append(lambda: context.run(callback, *arguments))

    def turn(self) -> None:
        for _ in range(len(self._next)):
            self._next.popleft()()

    def pass_all(self) -> None:
        while self._next:
            self.turn()

    @property
    def is_idle(self) -> bool:
        return not self._next


def begun_in_turns(queue: StartQueue, number: int, *, waited_s: float = 0) -> list[int]:
    """Put in so many requests, and let them wait. Returns how many begin at once, and in each turn."""
    turns, begun = Turns(), list[int]()
    for request_number in range(number):
        queue.put(partial(begun.append, request_number), turns)  # type: ignore[arg-type]  # of the loop, only this is used
    turns.now_s = waited_s
    counts = [0, len(begun)]
    while not turns.is_idle:
        turns.turn()
        counts.append(len(begun))
    assert begun == list(range(number))
    return [later - earlier for earlier, later in pairwise(counts)]


def test_requests_begin_in_their_order_a_few_in_each_turn() -> None:
    at_once, *in_turns = begun_in_turns(StartQueue(Admission(0.05)), BEGUN_AT_ONCE + CROWD + 10)
    assert at_once == BEGUN_AT_ONCE
    assert in_turns[:10] == [BEGUN_IN_A_CROWD] * 10
    assert max(in_turns) == BEGUN_IN_A_TURN


async def test_many_requests_begin_at_once_again_soon_after_a_burst() -> None:
    queue, begun = StartQueue(Admission(0.05)), list[int]()
    for _ in range(3):
        before = len(begun)
        for _ in range(BEGUN_AT_ONCE):
            queue.put(partial(begun.append, 1), asyncio.get_running_loop())
        assert len(begun) == before + BEGUN_AT_ONCE
        for _ in range(BEGUN_AT_ONCE // BEGUN_IN_A_TURN + 1):
            await asyncio.sleep(0)


def shedding_queue() -> StartQueue:
    admission = Admission(0.05)
    admission.is_shedding = True
    return StartQueue(admission)


def test_overloaded_process_begins_one_in_some_turns() -> None:
    _, *in_turns = begun_in_turns(shedding_queue(), BEGUN_AT_ONCE + 10)
    assert in_turns[: 9 * TURNS_OF_ONE] == [1, *[0] * (TURNS_OF_ONE - 1)] * 9


def test_overloaded_process_refuses_the_late_ones_in_every_turn() -> None:
    _, *in_turns = begun_in_turns(shedding_queue(), BEGUN_AT_ONCE + 10, waited_s=0.06)
    assert in_turns[:10] == [1] * 10


@pytest.mark.parametrize("number", [0, 10])
@pytest.mark.parametrize("is_shedding", [False, True])
def test_requests_begin_after_an_overload_begins_or_ends(is_shedding: bool, number: int) -> None:
    admission, turns, begun = Admission(0.05), Turns(), list[int]()
    admission.is_shedding = is_shedding
    queue = StartQueue(admission)
    for _ in range(BEGUN_AT_ONCE + number):
        queue.put(partial(begun.append, 1), turns)  # type: ignore[arg-type]  # of the loop, only this is used
    turns.turn()
    admission.is_shedding = not is_shedding
    turns.pass_all()
    queue.put(partial(begun.append, 2), turns)  # type: ignore[arg-type]  # of the loop, only this is used
    turns.pass_all()
    assert begun == [1] * (BEGUN_AT_ONCE + number) + [2]


def test_admission_knows_how_many_requests_wait() -> None:
    admission, turns = Admission(0.05), Turns()
    queue = StartQueue(admission)
    requests = [partial(list[int]().append, number) for number in range(BEGUN_AT_ONCE + CROWD + 2)]
    for request in requests:
        queue.put(request, turns)  # type: ignore[arg-type]  # of the loop, only this is used
    assert admission.waiting == CROWD + 2
    queue.discard(requests[-1])
    assert admission.waiting == CROWD + 1
    turns.turn()
    assert admission.waiting == CROWD


async def test_lone_requests_begin_at_once() -> None:
    queue, begun = StartQueue(Admission(0.05)), list[int]()
    for number in range(3 * BEGUN_AT_ONCE):
        queue.put(lambda number=number: begun.append(number), asyncio.get_running_loop())  # type: ignore[misc]  # mypy infers no default
        assert begun[-1] == number
        await asyncio.sleep(0)


def test_requests_begin_in_the_context_of_none_before() -> None:
    request_id, turns, ids_at_begin = ContextVar[str | None]("request_id", default=None), Turns(), list[str | None]()
    queue = StartQueue(Admission(0.05))

    def request_answered() -> None:
        request_id.set("of the first")
        for _ in range(BEGUN_AT_ONCE + CROWD + 10):
            queue.put(lambda: ids_at_begin.append(request_id.get()), turns)  # type: ignore[arg-type]  # of the loop, only this is used

    Context().run(request_answered)
    while not turns.is_idle:
        turns.turn()
    # Those that begin at once get their context from the server.
    assert ids_at_begin[BEGUN_AT_ONCE:] == [None] * (CROWD + 10)


def test_discarded_request_neither_begins_nor_costs_a_beginning() -> None:
    turns, begun = Turns(), list[int]()
    queue = StartQueue(Admission(0.05))
    requests = [partial(begun.append, number) for number in range(2 * BEGUN_AT_ONCE + CROWD)]
    for request in requests:
        queue.put(request, turns)  # type: ignore[arg-type]  # of the loop, only this is used
    for request in requests[:-1]:
        queue.discard(request)
    turns.turn()
    assert begun == [*range(BEGUN_AT_ONCE), len(requests) - 1]
    while not turns.is_idle:
        turns.turn()
    queue.discard(requests[0])


def test_request_that_cannot_begin_holds_up_no_other() -> None:
    turns, begun = Turns(), list[int]()
    queue = StartQueue(Admission(0.05))

    def begin(number: int) -> None:
        if number == BEGUN_AT_ONCE + 1:
            raise MemoryError
        begun.append(number)

    for request_number in range(BEGUN_AT_ONCE + 5):
        queue.put(partial(begin, request_number), turns)  # type: ignore[arg-type]  # of the loop, only this is used
    while not turns.is_idle:
        with suppress(MemoryError):  # An event loop logs it.
            turns.turn()
    assert len(begun) == BEGUN_AT_ONCE + 4


class Written:
    """A transport that keeps what is written. `fails` says that the next write does."""

    def __init__(self) -> None:
        self.answers: list[bytes] = []
        self.is_closed = self.fails = False

    def is_closing(self) -> bool:
        return self.is_closed

    def write(self, answer: bytes) -> None:
        if self.fails:
            raise MemoryError
        self.answers.append(answer)


def unsent(turns: Turns, number: int) -> tuple[UnsentRefusals, list[Written]]:
    """A refusal for each of so many transports."""
    refusals, transports = UnsentRefusals(), [Written() for _ in range(number)]
    for transport in transports:
        refusals.put(transport, b"refused", turns)  # type: ignore[arg-type]  # no more of them is used
    return refusals, transports


def test_refusals_are_sent_together_when_the_turn_ends() -> None:
    turns = Turns()
    _, transports = unsent(turns, 3)
    assert [transport.answers for transport in transports] == [[]] * 3
    turns.turn()
    assert [transport.answers for transport in transports] == [[b"refused"]] * 3
    assert turns.is_idle


def test_refusal_is_sent_once_and_only_to_open_connections() -> None:
    turns = Turns()
    refusals, (sent_before, closed) = unsent(turns, 2)
    refusals.send_to(sent_before)  # type: ignore[arg-type]  # no more of it is used
    assert sent_before.answers == [b"refused"]
    closed.is_closed = True
    turns.turn()
    assert (sent_before.answers, closed.answers) == ([b"refused"], [])


def test_refusal_that_cannot_be_sent_holds_up_no_other() -> None:
    turns = Turns()
    _, transports = unsent(turns, 3)
    transports[1].fails = True
    while not turns.is_idle:
        with suppress(MemoryError):  # An event loop logs it.
            turns.turn()
    assert [transport.answers for transport in transports] == [[b"refused"], [], [b"refused"]]
