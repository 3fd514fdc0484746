"""The oracle of the replica benchmark finds each kind of violation, and nothing in a run without one."""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

import pytest

from bench.replicas.ledger import Arrival, LedgerOrder
from bench.replicas.load import load
from bench.replicas.oracle import SubmitRequest, Verdict, Witness, judge
from bench.replicas.plants import Plant

TOTAL = Decimal("96.69")
OTHER_TOTAL = Decimal("286.74")
KEY, CART = "key of Ada", "1127950780082"


@dataclass
class Run:
    """A run in which a shopper bought a cart and was shown the order, and another shopper bought nothing."""

    ada: Witness = field(default_factory=lambda: Witness("shopper-1@bench.example"))
    bob: Witness = field(default_factory=lambda: Witness("shopper-2@bench.example"))
    arrivals: list[Arrival] = field(default_factory=lambda: [Arrival(CART, TOTAL)])
    orders: list[LedgerOrder] = field(default_factory=lambda: [LedgerOrder(CART, TOTAL, "shopper-1@bench.example")])

    def __post_init__(self) -> None:
        self.ada.requests.add(SubmitRequest(KEY, CART, TOTAL))
        self.ada.note_result(KEY, "OrderPlaced", CART, str(TOTAL))
        self.ada.read(f"shopper-1@bench.example {CART}")
        self.bob.read("shopper-2@bench.example 1127950790082")

    def verdict(self) -> Verdict:
        return judge([self.ada, self.bob], self.arrivals, self.orders)


def test_run_without_violation_is_good() -> None:
    assert Run().verdict() == Verdict()


def submit_twice(run: Run) -> None:
    run.arrivals.append(Arrival(CART, TOTAL))


def buy_two_carts_with_one_key(run: Run) -> None:
    other = "1127950800082"
    run.ada.requests.add(SubmitRequest(KEY, other, TOTAL))
    run.arrivals.append(Arrival(other, TOTAL))
    run.orders.append(LedgerOrder(other, TOTAL, run.ada.email))


def submit_another_total(run: Run) -> None:
    run.arrivals = [Arrival(CART, OTHER_TOTAL)]


def order_at_another_total(run: Run) -> None:
    run.orders = [LedgerOrder(CART, OTHER_TOTAL, run.ada.email)]


def order_that_was_not_submitted(run: Run) -> None:
    run.orders.append(LedgerOrder("1127950800082", TOTAL, run.bob.email))


def order_at_the_total_of_a_blocked_request(run: Run) -> None:
    run.ada.requests.add(SubmitRequest("blocked", CART, OTHER_TOTAL))
    run.ada.note_result("blocked", "OrderBlocked", None, None)
    run.orders = [LedgerOrder(CART, OTHER_TOTAL, run.ada.email)]


def order_that_is_not_shown(run: Run) -> None:
    run.ada.orders.clear()
    run.ada.results.clear()


def cart_of_another_shopper(run: Run) -> None:
    run.bob.read(f"cart {CART}")


def address_of_another_shopper(run: Run) -> None:
    run.bob.read("shopper-1@bench.example")


def order_that_does_not_exist(run: Run) -> None:
    run.orders.clear()


def two_outcomes_of_one_key(run: Run) -> None:
    run.ada.note_result(KEY, "OrderNotPlaced", None, None)


def order_of_another_cart(run: Run) -> None:
    run.ada.requests = {SubmitRequest(KEY, "1127950800082", TOTAL), SubmitRequest("blocked", CART, TOTAL)}


def doubt_without_end(run: Run) -> None:
    run.ada.unsettled[SubmitRequest(KEY, CART, TOTAL)] = "OrderInDoubt"


VIOLATIONS: list[tuple[Callable[[Run], None], str]] = [
    (submit_twice, "submitted_twice"),
    (buy_two_carts_with_one_key, "submitted_twice"),
    (submit_another_total, "other_total"),
    (order_at_another_total, "other_total"),
    (order_that_was_not_submitted, "other_total"),
    (order_at_the_total_of_a_blocked_request, "other_total"),
    (order_that_is_not_shown, "unknown"),
    (cart_of_another_shopper, "foreign"),
    (address_of_another_shopper, "foreign"),
    (order_that_does_not_exist, "untrue"),
    (two_outcomes_of_one_key, "untrue"),
    (order_of_another_cart, "untrue"),
    (doubt_without_end, "unsettled"),
]


@pytest.mark.parametrize(("violate", "kind"), VIOLATIONS, ids=[violate.__name__ for violate, _ in VIOLATIONS])
def test_oracle_finds_violation(violate: Callable[[Run], None], kind: str) -> None:
    run = Run()
    violate(run)
    assert getattr(run.verdict(), kind)
    assert not run.verdict().is_good


def test_order_out_of_reach_is_counted_but_no_violation() -> None:
    run = Run()
    order_that_is_not_shown(run)
    run.ada.lost_handle = "the session had ended"
    assert run.verdict().is_good
    assert run.verdict().out_of_reach == {"the session had ended": 1}


PLANTS = [
    pytest.param(Plant.TWICE, "submitted_twice", id="twice", marks=pytest.mark.exhaustive),
    pytest.param(Plant.TOTAL, "other_total", id="total"),
    pytest.param(Plant.UNKNOWN, "unknown", id="unknown", marks=pytest.mark.exhaustive),
    pytest.param(Plant.FOREIGN, "foreign", id="foreign", marks=pytest.mark.exhaustive),
]


@pytest.mark.slow
@pytest.mark.timeout(180)
@pytest.mark.parametrize(("plant", "kind"), PLANTS)
async def test_planted_violation_is_found_in_a_real_run(plant: Plant, kind: str) -> None:
    report = await load(submits=40, carts=8, seed=3, idle_s=8, plant=plant)
    assert getattr(report.verdict, kind)
