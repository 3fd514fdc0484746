"""Runs operations while one field of one of Digital River's answers is changed, and checks what the client still gets.

An operation is run once with a transport that records every answer. It is then run again for every change of every
field of these answers. Each run has a gateway without cached answers. A query is repeated in the same session; before
each run of a mutation, the cart and the session are prepared again.
"""

import json
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import httpx
from starlette.types import ASGIApp

from gateway.store.interface import Store
from gateway.store.memory import MemoryStore
from sandbox.app import create_app as create_sandbox
from sandbox.model.world import World
from tests.support.changed_fields import Change, Path, changes
from tests.support.decoded_answers import loses_name, may_be_invalid, may_lose_entry
from tests.support.json_answers import json_answer, read_copy
from tests.support.operation_calls import Arrange
from tests.support.shop import Clock, InMemoryTransport, Shopper, Storefront, gateway

MOST_LOST, MOST_LOST_BY_OBJECT = 3, 5
"""Maximum number of fields of one object that one changed field may make null, such as a state and the next action that
follows from the state. An object of which everything is lost counts as one field of the object that contains it. The
second maximum is for a changed object, such as a card whose values are fields of its source in the graph."""

DERIVED = frozenset({"readiness", "checkoutReadiness", "missing", "obstacles"})
"""Fields that the gateway derives from all parts of the cart. They are not compared."""

UNCERTAIN = "OrderInDoubt"

LATER = "later"
"""Key in the answer of an order in doubt, for the outcome that the client reads later."""

DECIDES_RESULT = frozenset({"submitCart", "resumeCart", "order", "status", "redirectUrl", "paymentSession", "errors"})
"""Fields without which it is unknown what became of a submission. The order is then in doubt, and not lost."""


SETTINGS = {
    "cost_limit": 100_000,
    "session_points": 0,
    "address_points": 0,
    "operation_deadline_s": 60,
    "submission_deadline_s": 60,
}
"""The usual limit of the cost does not allow to select everything. The usual deadline would fail on a busy machine."""

QUIET_S = 600
"""Seconds after which an order in doubt is certainly settled."""


class Call(NamedTuple):
    """One call of an operation. `number` is its index among the calls with the same method and path."""

    method: str
    path: str
    number: int


class ChangingTransport(InMemoryTransport):
    """Records the JSON of all answers, or changes the JSON of one answer."""

    def __init__(self, app: ASGIApp) -> None:
        super().__init__(app)
        self.start()

    def start(self, changed_call: Call | None = None, change: Change | None = None) -> None:
        """Forget the recorded answers. The change will be made in the answer of `changed_call`."""
        self.answers: dict[Call, Any] = {}
        self.was_changed = False
        self._counts: Counter[tuple[str, str]] = Counter()
        self._changed_call, self._change = changed_call, change

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer, content = await read_copy(await super().handle_async_request(request))
        target = (request.method, request.url.path)
        call = Call(*target, self._counts[target])
        self._counts[target] += 1
        if content:
            self.answers[call] = json.loads(content)
        if self._change is None or call != self._changed_call:
            return answer
        self.was_changed = True
        return json_answer(request, self._change.apply(self.answers[call]), answer.status_code)


@dataclass(frozen=True)
class Scenario:
    """An operation, and the function that prepares the cart and the session for it."""

    name: str
    document: str
    arrange: Arrange

    @property
    def is_query(self) -> bool:
        return not self.document.lstrip().startswith("mutation")


@dataclass
class Stage:
    """A sandbox and a shopper, prepared for one scenario."""

    scenario: Scenario
    world: World = field(default_factory=World)
    clock: Clock = field(default_factory=Clock)
    variables: dict[str, Any] = field(default_factory=dict)
    cookie: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    store: Store = field(init=False)
    network: ChangingTransport = field(init=False)

    def __post_init__(self) -> None:
        # Registered shoppers cannot submit an order shortly after the start of a store.
        self.store = MemoryStore(self.clock, intact_since=self.clock().replace(year=2020))
        self.network = ChangingTransport(create_sandbox(self.world))

    @asynccontextmanager
    async def storefront(self) -> AsyncIterator[Storefront]:
        """A storefront with the shopper's session, in front of a new gateway."""
        async with gateway(self.world, self.network, self.clock, store=self.store, **SETTINGS) as storefront:
            storefront.cookie, storefront.headers = self.cookie, self.headers
            yield storefront

    async def arrange(self) -> None:
        async with (
            self.storefront() as storefront,
            httpx.AsyncClient(transport=self.network, base_url="https://sandbox") as sandbox,
        ):
            shopper = Shopper(storefront, sandbox, self.world)
            self.variables = await self.scenario.arrange(shopper)
            self.cookie, self.headers = shopper.storefront.cookie, dict(shopper.storefront.headers)

    async def run(self, changed_call: Call | None = None, change: Change | None = None) -> Any:
        """Run the operation, and return the JSON that the client gets."""
        async with self.storefront() as storefront:
            self.network.start(changed_call, change)
            body = (await storefront.ask(self.scenario.document, **self.variables)).body
            assert change is None or self.network.was_changed, (changed_call, str(change))
            if UNCERTAIN in json.dumps(body):
                body["data"][LATER] = await self._outcome_later(storefront)
            return body

    async def _outcome_later(self, storefront: Storefront) -> Any:
        """The outcome of the submission once Digital River answers as documented again."""
        self.network.start()
        self.clock.move(QUIET_S)
        answer = await storefront.ask("{ orderSubmission { status result { __typename } } }")
        return answer.data["orderSubmission"]


async def prepared(scenario: Scenario) -> Stage:
    stage = Stage(scenario)
    await stage.arrange()
    return stage


async def recorded(scenario: Scenario) -> dict[Call, Any]:
    """JSON of all answers of the sandbox while the operation runs."""
    stage = await prepared(scenario)
    await stage.run()
    return stage.network.answers


class Fuzzed(NamedTuple):
    """The figures of a scenario, and a line for each change after which too much was lost."""

    answers: int
    runs: int
    losses: list[str]


async def fuzzed(scenario: Scenario, *, every: int = 1, skip: int = 0) -> Fuzzed:
    """Run the operation with every change, or only with the changes number `skip`, `skip + every` and so on."""
    stage = await prepared(scenario)
    first = await stage.run()
    assert not first.get("errors"), first["errors"]
    answers = stage.network.answers
    numbered = enumerate((call, body, change) for call, body in answers.items() for change in changes(body))
    losses, runs = [], 0
    for number, (call, body, change) in numbered:
        if number % every != skip % every:
            continue
        if not scenario.is_query:
            stage = await prepared(scenario)
        runs += 1
        after = await stage.run(call, change)
        where = f"{scenario.name}: {call.method} {call.path}: {change}"
        losses += [f"{where}: {loss}" for loss in lost(first, after, body, change)]
    return Fuzzed(len(answers), runs, losses)


def lost(first: Any, after: Any, body: Any, change: Change) -> Iterator[str]:
    """Yield what the client lost by the change of an answer, if it is more than the changed field."""
    errors = after.get("errors", [])
    # The prices of a product have an error when they are missing. They are read by a call of their own.
    elsewhere = [error for error in errors if (error.get("path") or [None])[-1] != change.path[-1]]
    codes = [error["extensions"]["code"] for error in elsewhere]
    if any(error["extensions"]["code"] == "INTERNAL_ERROR" for error in errors):
        yield "INTERNAL_ERROR"
    if {"errors", "error"} & {*body} or may_be_invalid(body, change):
        return
    if codes:
        yield f"errors {codes}"
    expected, outcome = _outcome(first), _outcome(after)
    if outcome != expected:
        yield from _unexpected_outcome(expected, outcome, after, change)
        return
    gone = _collapsed(first["data"], after["data"], ())
    # An operation may select nothing but the object that is missing now, such as the payment session. A field that
    # cannot be shown has an error.
    if gone is True and isinstance(change.old, str | int | float) and not loses_name(change):
        yield "everything is lost"
    units = gone if isinstance(gone, list) else []
    for owner, number in Counter(path[:-1] for path in units).items():
        if number > (MOST_LOST_BY_OBJECT if isinstance(change.old, dict | list) else MOST_LOST):
            yield f"{number} fields of {'.'.join(map(str, owner))} are lost"
    if isinstance(change.old, str | int | float) and not loses_name(change):
        shorter = [
            path for path in units if _is_list(first["data"], path) and not may_lose_entry(str(path[-1]), change)
        ]
        yield from (f"{'.'.join(map(str, path))} lost entries" for path in shorter)


def _collapsed(before: Any, after: Any, path: Path) -> list[Path] | bool:
    """Paths of what is lost. True if everything is lost, so that the object that contains the value reports it."""
    if before is None or isinstance(before, bool) or before in ([], {}, ""):
        return []
    if after is None or after == "":
        return True
    if isinstance(before, list):
        if len(after) < len(before):
            return True
        children = [(index, old, new) for index, (old, new) in enumerate(zip(before, after, strict=False))]
    elif isinstance(before, dict):
        children = [(key, old, after.get(key)) for key, old in before.items() if key not in DERIVED | {"__typename"}]
    else:
        return []
    gone: list[Path] = []
    sent = [child for child in children if child[1] not in (None, [], {}, "") and not isinstance(child[1], bool)]
    whole = 0
    for key, old, new in sent:
        below = _collapsed(old, new, (*path, key))
        if below is True:
            whole += 1
            gone.append((*path, key))
        elif below:
            gone += below
    return True if sent and whole == len(sent) else gone


def _is_list(value: Any, path: Path) -> bool:
    for key in path:
        value = value[key]
    return isinstance(value, list)


def _outcome(answer: Any) -> Any:
    """Type of the result of a submission, and the codes of the user errors of a mutation."""
    data = answer["data"] or {}
    payloads = [payload for name, payload in data.items() if name != LATER and "errors" in (payload or {})]
    results = [(payload.get("result") or {}).get("__typename") for payload in payloads]
    return results, [error.get("code") for payload in payloads for error in payload.get("errors") or []]


def _unexpected_outcome(first: Any, second: Any, after: Any, change: Change) -> Iterator[str]:
    """Yield the outcome of a mutation unless the changed field allows it.

    A change of the cart is refused, and an order is blocked, if a part of the cart on which it depends is missing. An
    order is in doubt if its answer does not say what became of it, until the order is read.
    """
    results, codes = second
    if results == [UNCERTAIN] and not codes:
        later = (after["data"].get(LATER) or {}).get("result") or {}
        if not DECIDES_RESULT & {*change.path} or later.get("__typename") not in first[0]:
            yield f"the order is in doubt, and later {later}"
    elif results == ["OrderBlocked"] or (results == [None] and codes):
        if change.keeps_value and isinstance(change.old, str | int | float):
            yield f"{results} {codes}"
    else:
        yield f"{results} {codes} instead of {first}"
