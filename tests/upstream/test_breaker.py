"""The circuit breaker, compared with a model of its rules over random histories."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from gateway.upstream.protection.breaker import MIN_CALLS, OPEN_S, PROBE_S, Breaker, Ended, Permit, State
from gateway.upstream.protection.recent_calls import WINDOW_S


class BreakerHistory(RuleBasedStateMachine):
    """Calls begin and end in any order while time passes. The model keeps every end of the current state."""

    def __init__(self) -> None:
        super().__init__()
        self.now_s = 1000.0
        self.share = 0.0
        self.breaker = Breaker(lambda: self.now_s, lambda least, most: least + (most - least) * self.share)
        self.under_way: list[tuple[Permit, State]] = []
        self.ends: list[tuple[int, bool]] = []
        self.opened_at = 0.0
        self.probes_again_at = 0.0

    @rule(seconds=st.floats(0, 4, allow_nan=False))
    def pass_time(self, seconds: float) -> None:
        self.now_s += seconds

    @rule(share=st.floats(0, 1, allow_nan=False))
    def draw_another_random_number(self, share: float) -> None:
        self.share = share

    @rule(calls=st.integers(1, 15))
    def begin(self, calls: int) -> None:
        for _ in range(calls):
            before = self.breaker.state
            permit = self.breaker.admit()
            match before:
                case State.CLOSED:
                    assert permit is not None
                case State.OPEN:
                    assert (permit is not None) == (self.now_s >= self.opened_at + self._open_s)
                case State.HALF_OPEN:
                    assert (permit is not None) == (self.now_s >= self.probes_again_at)
            if permit is None:
                assert self.breaker.wait_s() > 0
                return
            if before is not State.CLOSED:
                self.probes_again_at = self.now_s + PROBE_S
                assert self.breaker.state is State.HALF_OPEN
            self.under_way.append((permit, self.breaker.state))

    @precondition(lambda self: self.under_way)
    @rule(calls=st.integers(1, 15), ended=st.sampled_from(Ended), last=st.booleans())
    def end(self, calls: int, ended: Ended, last: bool) -> None:
        for _ in range(min(calls, len(self.under_way))):
            permit, begun = self.under_way.pop(-1 if last else 0)
            before, current = self.breaker.state, self.breaker._permit
            self.breaker.end(permit, ended)
            after = self.breaker.state
            if permit != current or ended is Ended.UNCLEAR:
                assert after is before
                if permit == current and before is State.HALF_OPEN:
                    self.probes_again_at = self.now_s
            elif begun is State.HALF_OPEN:
                assert after is (State.CLOSED if ended is Ended.SUCCEEDED else State.OPEN)
            else:
                self.ends.append((int(self.now_s), ended is Ended.FAILED))
                assert after is (State.OPEN if ended is Ended.FAILED and self._fails_too_often() else State.CLOSED)
            if after is not before:
                self.ends.clear()
                self.opened_at, self._open_s = self.now_s, OPEN_S[0] + (OPEN_S[1] - OPEN_S[0]) * self.share

    def _fails_too_often(self) -> bool:
        recent = [failed for second, failed in self.ends if second > int(self.now_s) - WINDOW_S]
        return len(recent) >= MIN_CALLS and sum(recent) * 2 >= len(recent)

    @invariant()
    def is_never_stuck(self) -> None:
        assert self.breaker.wait_s() <= max(OPEN_S[1], PROBE_S)


BreakerHistory.TestCase.settings = settings(max_examples=200, stateful_step_count=40, deadline=None)
TestBreakerHistory = BreakerHistory.TestCase


def test_half_of_twenty_failures_open_it_a_probe_closes_it() -> None:
    now_s = 0.0
    breaker = Breaker(lambda: now_s)

    def call(ended: Ended) -> bool:
        permit = breaker.admit()
        if permit is not None:
            breaker.end(permit, ended)
        return permit is not None

    for ended in [Ended.SUCCEEDED] * 10 + [Ended.UNCLEAR] * 30 + [Ended.FAILED] * 9:
        assert call(ended)
    assert breaker.state is State.CLOSED
    assert call(Ended.FAILED)
    assert not call(Ended.SUCCEEDED)
    now_s += OPEN_S[1]
    probe = breaker.admit()
    assert probe is not None
    assert breaker.admit() is None
    breaker.end(probe, Ended.SUCCEEDED)
    assert call(Ended.FAILED), "one failure after the outage changes nothing"
    assert call(Ended.SUCCEEDED)
