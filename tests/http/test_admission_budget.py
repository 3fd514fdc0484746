"""The budget of an overload, in simulated time: it finds what a process can answer, and ends with its cause."""

import random
from collections import deque

import pytest
from starlette.types import Message

from gateway.http.admission import LEAST_REQUESTS, WINDOW_S, Admission
from gateway.http.http_request import HttpRequest, RequestHeaders
from gateway.upstream.priority import Priority


def test_budget_grows_again_after_nothing_could_be_executed() -> None:
    now = 0.0
    admission = Admission(0.05, now=lambda: now, cpu_s=lambda: now)

    def window(wait_s: float) -> None:
        nonlocal now
        now += WINDOW_S
        for _ in range(2 * LEAST_REQUESTS):
            is_refused = admission.refuses_unread(Priority.PUBLIC, now)
            admission.observe(now - wait_s)
            if not is_refused and wait_s == 0:
                admission.admits(Priority.PUBLIC, Priority.PUBLIC)

    for wait_s in (0.03,) * 5 + (0.01,) * 1000:
        window(wait_s)
    assert admission.is_shedding
    for _ in range(150):
        window(0)
    assert not admission.is_shedding


@pytest.mark.parametrize(("own_share", "ends"), [(0.05, True), (0.5, False)])
def test_waits_for_other_programs_end_an_overload(own_share: float, ends: bool) -> None:
    """Requests wait for 7 ms whatever the load, and the process itself works for a share of the time."""
    now = cpu_s = 0.0
    admission = Admission(0.05, now=lambda: now, cpu_s=lambda: cpu_s)
    for number in range(200):
        share, wait_s = (1, 0.03) if number < 5 else (own_share, 0.007)
        now, cpu_s = now + WINDOW_S, cpu_s + share * WINDOW_S
        for _ in range(2 * LEAST_REQUESTS):
            if not admission.refuses_unread(Priority.PUBLIC, now):
                admission.observe(now - wait_s)
                admission.admits(Priority.PUBLIC, Priority.PUBLIC)
        assert admission.is_shedding or number < 5 or ends
    assert admission.is_shedding is not ends


def test_bursts_with_pauses_between_them_are_no_overload() -> None:
    process = SimulatedProcess()
    for burst in range(20):
        process.is_idle_until(burst * 0.5)
        for _ in range(60):
            process.arrives()
        while process.works():
            pass
    assert len(process.waits) == 20 * 60


@pytest.mark.parametrize("work_s", [0.01, 0.02])
def test_overload_by_few_long_operations_is_noticed(work_s: float) -> None:
    process = SimulatedProcess(work_s)
    process.answers(300, 20)
    waits = [wait_s for arrived_at, wait_s in process.waits if arrived_at >= 2]
    assert max(waits) <= 0.05
    assert len(waits) > 0.8 * 18 / work_s


@pytest.mark.parametrize("before_per_s", [1, 200, 900])
def test_sudden_load_is_noticed_and_then_answered_at_full_speed(before_per_s: int) -> None:
    process = SimulatedProcess()
    process.answers(before_per_s, 3)
    began_at = process.now
    process.answers(5000, 2)
    assert 0 <= process.refused_at[0] - began_at < 0.12
    answered = [arrived_at for arrived_at, _ in process.waits if arrived_at > began_at + 0.5]
    assert len(answered) > 0.85 * 1.5 * (1 - 5000 * 0.00005) / 0.00095


@pytest.mark.parametrize(("work_s", "share"), [(0.001, 0.5), (0.001, 0.8), (0.005, 0.6), (0.01, 0.4)])
def test_random_arrivals_at_normal_load_are_no_overload(work_s: float, share: float) -> None:
    process = SimulatedProcess(work_s)
    process.answers(share / work_s, 120, is_random=True)
    assert process.refused_at == []


@pytest.mark.parametrize(("share", "pause_s"), [(0.5, 0.08), (0.7, 0.05)])
@pytest.mark.parametrize("at_ms", range(0, 50, 7))
def test_pause_of_the_process_is_no_overload(share: float, pause_s: float, at_ms: int) -> None:
    process = SimulatedProcess()
    process.answers(share * 1000, 2 + at_ms / 1000, is_random=True)
    arrived = round(pause_s * share * 1000)  # While the process pauses, they wait in the operating system.
    process.now += pause_s
    for _ in range(arrived):
        process.arrives()
    process.answers(share * 1000, 2, is_random=True)
    assert process.refused_at == []


@pytest.mark.parametrize("at_ms", range(0, 50, 7))
@pytest.mark.parametrize("number", [60, 90])
def test_burst_beside_other_load_is_no_overload(number: int, at_ms: int) -> None:
    process = SimulatedProcess()
    process.answers(300, 2 + at_ms / 1000, is_random=True)
    for _ in range(number):
        process.arrives()
    process.answers(300, 2, is_random=True)
    assert process.refused_at == []


@pytest.mark.parametrize(("waiting", "is_flood"), [((0, 100, 200, 300), True), ((0, 300, 250, 200), False)])
def test_flood_is_a_queue_that_grows(waiting: tuple[int, ...], is_flood: bool) -> None:
    now = 0.0
    admission = Admission(0.05, now=lambda: now, cpu_s=lambda: now)
    for number in waiting:
        admission.waiting = number
        for _ in range(20):
            admission.observe(now)  # Those that begin have not waited.
        now += WINDOW_S
    admission.observe(now)
    assert admission.is_shedding is is_flood


def test_budget_grows_soon_when_operations_cost_less() -> None:
    process = SimulatedProcess(0.01)
    process.answers(5000, 3)
    process.work_s = 0.001
    before = len(process.waits)
    process.answers(5000, 1)
    assert len(process.waits) - before > 0.5 * (1 - 5000 * 0.00005) / 0.00095


class SimulatedProcess:
    """Needs `work_s` for a request on average. A refusal takes 0.1 ms if the request has waited, and else 0.05 ms."""

    def __init__(self, work_s: float = 0.001) -> None:
        self.now = self.idle_s = 0.0
        self.refused_at: list[float] = []
        self.work_s = work_s
        self.waits: list[tuple[float, float]] = []
        """When each answered request had arrived, and how long it waited."""
        self._admission = Admission(0.05, now=lambda: self.now, cpu_s=lambda: self.now - self.idle_s)
        self._queue = deque[tuple[float, Priority | None]]()
        self._random = random.Random(1)  # noqa: S311 - no secret

    def arrives(self) -> None:
        is_decided = self._admission.is_shedding
        if is_decided and self._admission.refuses_unread(Priority.PUBLIC, self.now):
            self.refused_at.append(self.now)
            self.now += 0.00005
        else:
            self._queue.append((self.now, Priority.PUBLIC if is_decided else None))
            self.now += 0.00003
        self._admission.waiting = len(self._queue)

    def answers(self, per_s: float, seconds: float, *, is_random: bool = False) -> None:
        """Let requests arrive at this rate, evenly or at random."""
        ends_at = self.now + seconds
        arrives_at = self.now
        while arrives_at < ends_at:
            if self.now >= arrives_at:
                self.arrives()
                arrives_at += self._random.expovariate(per_s) if is_random else 1 / per_s
            elif not self.works():
                self.is_idle_until(arrives_at)

    def is_idle_until(self, then: float) -> None:
        self.idle_s += then - self.now
        self.now = then

    def works(self) -> bool:
        """Whether there was something to do."""
        if not self._queue:
            return False
        read_at, admitted_as = self._queue.popleft()
        self._admission.waiting = len(self._queue)
        request = HttpRequest("POST", b"", RequestHeaders([]), None, "http", no_body)
        request.admitted_as = admitted_as
        if self._admission.observe(read_at) and not self._admission.admits_unread(request, b'{"query": ""}'):
            self.refused_at.append(self.now)
            self.now += 0.0001
        elif self._admission.admits(Priority.PUBLIC, request.admitted_as):
            self.waits.append((read_at, self.now - read_at))
            self.now += self._random.uniform(0.5, 1.5) * self.work_s
        return True


async def no_body() -> Message:
    raise AssertionError


@pytest.mark.parametrize("arrive_per_s", [1100, 1500, 5000, 7000])
def test_budget_finds_the_number_of_requests_that_can_be_answered(arrive_per_s: int) -> None:
    process, seconds = SimulatedProcess(), 12
    process.answers(arrive_per_s, seconds)
    waits = sorted(wait_s for arrived_at, wait_s in process.waits if arrived_at >= 2)
    possible = (seconds - 2) * (1 - arrive_per_s * 0.00005) / 0.00095
    assert possible * 0.93 < len(waits) <= possible * 1.01
    assert waits[len(waits) // 2] < 0.005
    assert waits[int(len(waits) * 0.99)] < 0.02
