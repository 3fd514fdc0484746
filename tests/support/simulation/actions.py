"""The actions of which random histories consist, and how often each is chosen."""

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from tests.support.shop import CART, SUBMIT
from tests.support.simulation.upstream import RESUME, Point, Stop

QUIET_S = 125
"""A little more than the quiet time of the gateway."""

ORDER = "/v1/shoppers/me/orders/{id}"

INDEX = st.sampled_from([0, 0, 0, 1, 1, 2, 3])
"""Index of a device, a replica or a submit request. Most actions concern the same few, so that they meet."""


@dataclass(frozen=True)
class Action:
    """A call of the method of a history that has this name."""

    name: str
    arguments: dict[str, Any]

    def __repr__(self) -> str:
        return f"{self.name}({', '.join(f'{name}={value!r}' for name, value in self.arguments.items())})"


def action(name: str, **arguments: st.SearchStrategy[Any]) -> st.SearchStrategy[Action]:
    return st.builds(Action, st.just(name), st.fixed_dictionaries(arguments))


ORDERING = (Point.SUBMIT, Point.RESUME)
"""The requests that a proxy may send twice. It would also add a product twice, which every cart shows."""


def stops(*points: Point) -> st.SearchStrategy[dict[Point, Stop]]:
    """A third of the requests are not stopped."""
    kinds = (Stop.BEFORE, *Stop)
    stopped = [{point: stop} for point in points for stop in kinds if stop is not Stop.TWICE or point in ORDERING]
    return st.sampled_from([*[{}] * (len(stopped) // 2), *stopped])


SOURCES: list[dict[str, Any]] = [
    *({}, {}, {}),
    {"source_type": "klarnaCredit"},
    {"owner__lastName": "Decline:do_not_honor"},
]
"""What the sandbox needs to make a source: a card, a source that redirects, a card that is declined."""

DEVICE, REPLICA, REQUEST = ({name: INDEX} for name in ("device", "replica", "request"))

WEIGHTS: list[tuple[int, st.SearchStrategy[Action]]] = [
    (
        6,
        action(
            "press",
            **DEVICE,
            **REPLICA,
            stops=stops(Point.SUBMIT),
            source=st.sampled_from(SOURCES),
            is_prepared=st.sampled_from([True, True, False]),
            has_revision=st.booleans(),
        ),
    ),
    (3, action("repeat", **REQUEST, **REPLICA, stops=stops(Point.READ, Point.SUBMIT))),
    (2, action("other_key", **REQUEST, **REPLICA, stops=stops(Point.READ, Point.SUBMIT))),
    (1, action("other_device", **REPLICA, is_registered=st.sampled_from([True, True, False]))),
    (2, action("sign_in", **DEVICE, **REPLICA, stops=stops(Point.TOKEN, Point.MERGE))),
    (2, action("sign_in_while_buying", **DEVICE, **REPLICA, other_replica=INDEX)),
    (1, action("sign_out", **DEVICE, **REPLICA)),
    (
        4,
        action(
            "edit",
            **DEVICE,
            **REPLICA,
            stops=stops(Point.READ, Point.CHANGE),
            is_long=st.booleans(),
        ),
    ),
    (3, action("ask", **REQUEST, **REPLICA)),
    (
        2,
        action(
            "resume",
            **DEVICE,
            **REPLICA,
            stops=stops(Point.RESUME),
            decision=st.sampled_from(["approve", "approve", "reject", "cancel", None]),
        ),
    ),
    (1, action("give_up", **DEVICE, **REPLICA, stops=stops(Point.READ, Point.TOKEN, Point.CHANGE))),
    (1, action("hang_up", request=INDEX)),
    (
        2,
        action(
            "lose",
            path=st.sampled_from([SUBMIT, SUBMIT, RESUME, CART, ORDER]),
            kind=st.sampled_from(
                ["drop-before", "drop-after", "drop-after", "status", "malformed", "content-type", "delay"]
            ),
            skips=st.integers(0, 1),
            delay_s=st.sampled_from([5, 30, 70]),
        ),
    ),
    (1, action("kill", **REPLICA, skew_s=st.sampled_from([0, 0, -3600, 10, 130, 3600]))),
    (1, action("restart", **REPLICA)),
    (4, action("expire", seconds=st.sampled_from([3, 3, 45, 45, QUIET_S, QUIET_S, 1801, 90_000]))),
    (1, action("come_back", **DEVICE, **REPLICA)),
    (4, action("heal", is_newest_first=st.sampled_from([False, False, True]))),
]

SHARED_WEIGHTS: list[tuple[int, st.SearchStrategy[Action]]] = [
    (1, action("flush")),
    (1, action("evict", kinds=st.lists(st.integers(0, 9), min_size=1, max_size=5))),
    (2, action("skew", **REPLICA, skew_s=st.sampled_from([-3600, -10, 10, 130, 3600]))),
    (1, action("cut_off", **REPLICA)),
    (2, action("edit_without_lock", **DEVICE, **REPLICA)),
]
"""Actions of histories with a shared store."""


def chosen_by(*tables: list[tuple[int, st.SearchStrategy[Action]]]) -> st.SearchStrategy[Action]:
    # `one_of` would drop the repetitions.
    strategies = [strategy for table in tables for weight, strategy in table for _ in range(weight)]
    return st.sampled_from(strategies).flatmap(lambda strategy: strategy)
