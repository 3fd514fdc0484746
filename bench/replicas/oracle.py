"""Judges a run: compares what the shoppers requested and received with what the sandbox recorded.

The oracle uses no code of the gateway.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from bench.replicas.ledger import Arrival, LedgerOrder

EMAIL = re.compile(r"shopper-\d+@bench\.example")
CART_ID = re.compile(r"\b11279\d{8}\b")
"""Ids of carts, which are also numbers of orders. Ids of shoppers look alike, but the documents do not select them."""

DEFINITE = frozenset({"OrderPlaced", "OrderNotPlaced", "OrderDeclined", "OrderBlocked"})
WITHOUT_ORDER = frozenset({"OrderNotPlaced", "OrderDeclined"})


@dataclass(frozen=True)
class SubmitRequest:
    """A submit request of a shopper. `total` is the total to which the shopper agreed."""

    key: str
    cart_id: str
    total: Decimal


@dataclass
class Witness:
    """What one shopper requested and received. All devices and sessions of the shopper share it."""

    email: str
    journey: str = ""
    """What the shopper does, for the report."""
    requests: set[SubmitRequest] = field(default_factory=set)
    results: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    """Types of the results that the shopper received for each key."""
    orders: dict[str, Decimal] = field(default_factory=dict)
    """Numbers and totals of the orders that the shopper was shown, by a result or in the order history."""
    orders_by_key: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    emails: set[str] = field(default_factory=set)
    """E-mail addresses in the answers that the shopper received."""
    cart_ids: set[str] = field(default_factory=set)
    """Ids of carts and numbers of orders in the answers that the shopper received."""
    unsettled: dict[SubmitRequest, str] = field(default_factory=dict)
    """Requests that still had no definite outcome when the shopper stopped asking, with the last answer."""
    lost_handle: str | None = None
    """Why the shopper can no longer read the outcome, by the operating manual; None if the shopper can."""

    def read(self, answer: str) -> None:
        """Note whose data an answer contains."""
        self.emails.update(EMAIL.findall(answer))
        self.cart_ids.update(CART_ID.findall(answer))

    def note_result(self, key: str, result: str, number: str | None, total: str | None) -> None:
        self.results[key][result] += 1
        if number is not None:
            self.orders[number] = Decimal(total or 0)
            self.orders_by_key[key].add(number)


@dataclass
class Verdict:
    """The violations of a run, as lines of text. After a good run, all lists are empty."""

    submitted_twice: list[str] = field(default_factory=list)
    other_total: list[str] = field(default_factory=list)
    """Orders at a total to which the shopper did not agree, and orders that the shopper did not submit."""
    unknown: list[str] = field(default_factory=list)
    """Orders that their shopper cannot read."""
    foreign: list[str] = field(default_factory=list)
    """Answers with data of another shopper."""
    untrue: list[str] = field(default_factory=list)
    """Results that contradict the orders of the sandbox."""
    unsettled: list[str] = field(default_factory=list)
    out_of_reach: Counter[str] = field(default_factory=Counter)
    """Orders that their shopper cannot read, and need not be able to, by reason. They are not violations."""

    @property
    def is_good(self) -> bool:
        return not any(violations for _, violations in self.violations())

    def violations(self) -> list[tuple[str, list[str]]]:
        return [
            ("submitted twice", self.submitted_twice),
            ("at another total", self.other_total),
            ("unknown to the shopper", self.unknown),
            ("foreign answers", self.foreign),
            ("untrue answers", self.untrue),
            ("unsettled", self.unsettled),
        ]


def judge(witnesses: Iterable[Witness], arrivals: list[Arrival], orders: list[LedgerOrder]) -> Verdict:
    witnesses, verdict = list(witnesses), Verdict()
    _judge_arrivals(verdict, witnesses, arrivals)
    by_email = {witness.email: witness for witness in witnesses}
    for order in orders:
        _judge_order(verdict, order, by_email.get(order.email or ""))
    numbers = {order.number: order for order in orders}
    arrived = {arrival.cart_id for arrival in arrivals}
    readers: defaultdict[str, set[str]] = defaultdict(set)
    for witness in witnesses:
        _judge_results(verdict, witness, numbers)
        for cart_id in witness.cart_ids:
            readers[cart_id].add(witness.email)
        verdict.foreign += [f"{witness.email} got {other}" for other in sorted(witness.emails - {witness.email})]
        verdict.unsettled += [
            f"{witness.email}, {witness.journey}: {outcome}, key {request.key}, cart {request.cart_id}, "
            f"arrived: {request.cart_id in arrived}, ordered: {request.cart_id in numbers}, {dict(witness.results)}"
            for request, outcome in witness.unsettled.items()
        ]
    verdict.foreign += [f"cart {cart_id}: {sorted(emails)}" for cart_id, emails in readers.items() if len(emails) > 1]
    return verdict


def _judge_arrivals(verdict: Verdict, witnesses: list[Witness], arrivals: list[Arrival]) -> None:
    counts = Counter(arrival.cart_id for arrival in arrivals)
    verdict.submitted_twice += [f"cart {cart_id}: {count} times" for cart_id, count in counts.items() if count > 1]
    agreed = {(request.cart_id, request.total) for witness in witnesses for request in witness.requests}
    verdict.other_total += [
        f"cart {arrival.cart_id} was submitted at {arrival.total}, which no shopper requested"
        for arrival in arrivals
        if (arrival.cart_id, arrival.total) not in agreed
    ]


def _judge_order(verdict: Verdict, order: LedgerOrder, owner: Witness | None) -> None:
    if owner is None:
        verdict.other_total.append(f"order {order.number} of {order.email}: no shopper requested it")
        return
    if (order.number, order.total) not in {(request.cart_id, request.total) for request in owner.requests}:
        verdict.other_total.append(f"order {order.number} of {order.email} at {order.total}")
    if order.number in owner.orders:
        return
    if owner.lost_handle is None:
        verdict.unknown.append(f"order {order.number} of {order.email}, {owner.journey}: {dict(owner.results)}")
    else:
        verdict.out_of_reach[owner.lost_handle] += 1


def _judge_results(verdict: Verdict, witness: Witness, orders: dict[str, LedgerOrder]) -> None:
    for number, total in witness.orders.items():
        if number not in orders or orders[number].total != total:
            verdict.untrue.append(f"{witness.email} was shown order {number} at {total}")
    for key in {request.key for request in witness.requests}:
        carts = {request.cart_id: request.total for request in witness.requests if request.key == key}
        results, shown = witness.results[key], witness.orders_by_key[key]
        if "OrderPlaced" in results and (
            results.keys() & WITHOUT_ORDER or len(shown) != 1 or not shown <= carts.keys()
        ):
            verdict.untrue.append(f"{witness.email} got for one key of {set(carts)}: {dict(results)}, {shown}")
        verdict.other_total += [
            f"order {number} at {orders[number].total}, agreed was {carts[number]}"
            for number in shown & carts.keys() & orders.keys()
            if orders[number].total != carts[number]
        ]
        # A request with another key may have bought one of the carts. Only orders of this key alone are certain.
        others = {request.cart_id for request in witness.requests if request.key != key}
        if len(bought := carts.keys() & orders.keys() - others) > 1:
            verdict.submitted_twice.append(f"{witness.email} bought {bought} with one key")
