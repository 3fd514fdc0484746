"""How many calls may be repeated."""

from hypothesis import given
from hypothesis import strategies as st

from gateway.upstream.protection.recent_calls import WINDOW_S
from gateway.upstream.protection.resources import Resource
from gateway.upstream.protection.retry_budget import ALWAYS, SHARE, RetryBudget

RESOURCES = st.sampled_from([Resource.CARTS, Resource.CATALOG])


@given(st.lists(st.tuples(RESOURCES, st.floats(0, 0.5), st.booleans()), max_size=400))
def test_repetitions_stay_within_a_fifth_of_the_calls(steps: list[tuple[Resource, float, bool]]) -> None:
    now_s = 0.0
    budget = RetryBudget(lambda: now_s)
    calls: list[tuple[float, Resource, bool]] = []
    for resource, pause_s, wants_to_repeat in steps:
        now_s += pause_s
        if wants_to_repeat and not budget.allows(resource):
            continue
        budget.count(resource, is_repeated=wants_to_repeat)
        calls.append((now_s, resource, wants_to_repeat))
        if wants_to_repeat:
            recent = [(sent_to, again) for at, sent_to, again in calls if int(at) > int(now_s) - WINDOW_S]
            for chosen in (recent, [(sent_to, again) for sent_to, again in recent if sent_to is resource]):
                repeated = sum(again for _, again in chosen)
                assert repeated <= max((len(chosen) - repeated) * SHARE + 1, ALWAYS)


def test_few_calls_may_always_be_repeated() -> None:
    budget = RetryBudget(lambda: 0.0)
    for _ in range(ALWAYS):
        assert budget.allows(Resource.CARTS)
        budget.count(Resource.CARTS, is_repeated=True)
    assert not budget.allows(Resource.CARTS)
    assert not budget.allows(Resource.CATALOG), "the process has a budget as well"
