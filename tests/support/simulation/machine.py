"""Random histories of shoppers who buy while replicas, store, network and clocks fail."""

from abc import abstractmethod
from collections import Counter
from typing import Any, ClassVar

from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from sandbox.model.fault import Fault
from tests.support.shop import SUBMIT
from tests.support.simulation.actions import QUIET_S, SHARED_WEIGHTS, WEIGHTS, Action, chosen_by
from tests.support.simulation.environment import Environment, MemoryStorage, Storage, ValkeyStorage
from tests.support.simulation.promises import PromiseBroken
from tests.support.simulation.replica import Replica
from tests.support.simulation.shoppers import Device, Shoppers
from tests.support.simulation.submit_request import SubmitRequest
from tests.support.simulation.upstream import RESUME, Point, Stop
from tests.support.valkey import Valkey

MOST_DEVICES = 4

LOCK_S = 45
"""A little more than the time after which the lock of a cart ends that its holder does not extend."""

Stops = dict[Point, Stop]


class Histories(RuleBasedStateMachine):
    """The actions that are possible with every store. After the last action, each submission must have a true outcome.

    An action that is impossible now does nothing.
    """

    counts: ClassVar[Counter[str]] = Counter()
    """Number of runs, of actions by name, and of outcomes by name, in all histories of this process."""

    def __init__(self) -> None:
        super().__init__()
        self.environment = Environment(self.storage())
        self.shoppers = Shoppers(self.environment)
        self._submitted_before: dict[str, int] = {}
        self.counts["runs"] += 1

    @abstractmethod
    def storage(self) -> Storage: ...

    @initialize()
    def begin(self) -> None:
        registered, guest = self._new_device(), self._new_device()
        self.shoppers.sign_in(registered, self._replica(0), {})
        self.shoppers.get_ready(registered, self._replica(0))
        self.shoppers.get_ready(guest, self._replica(1))

    def act(self, action: Action) -> None:
        self.counts["steps"] += 1
        self.counts[f"action {action.name}"] += 1
        getattr(self, action.name)(**action.arguments)

    # What an action concerns.

    def _device(self, index: int) -> Device:
        return self.shoppers.devices[index % len(self.shoppers.devices)]

    def _replica(self, index: int) -> Replica:
        return self.environment.replicas[index % len(self.environment.replicas)]

    def _request(self, index: int) -> SubmitRequest | None:
        """One of the latest submit requests."""
        requests = self.shoppers.requests
        return requests[-1 - index % len(requests)] if requests else None

    def _owner_of(self, request: SubmitRequest) -> Device | None:
        """The newest device that may ask for the request."""
        devices = reversed(self.shoppers.devices)
        return next((device for device in devices if self.shoppers.may_ask(device, request)), None)

    def _new_device(self) -> Device:
        device = Device()
        self.shoppers.devices = [*self.shoppers.devices, device][-MOST_DEVICES:]
        return device

    def _matters(self, failure: str) -> bool:
        """Whether there was a submit request since the last such failure."""
        submitted = len(self.shoppers.requests)
        before, self._submitted_before[failure] = self._submitted_before.get(failure, 0), submitted
        return before < submitted

    # Shoppers.

    def press(
        self,
        device: int,
        replica: int,
        stops: Stops,
        source: dict[str, Any],
        is_prepared: bool,
        has_revision: bool,
    ) -> None:
        """Submit the cart with a new key. `is_prepared`: fill and read the cart first."""
        buyer, gateway = self._device(device), self._replica(replica)
        if is_prepared:
            self.shoppers.get_ready(buyer, gateway, **source)
        self.shoppers.submit(buyer, gateway, stops, has_revision=has_revision)

    def repeat(self, request: int, replica: int, stops: Stops) -> None:
        """Send a submit request again with its key, from any session that may know the key."""
        earlier = self._request(request)
        if earlier is not None and (device := self._owner_of(earlier)) is not None:
            self.shoppers.repeat(earlier, device, self._replica(replica), stops)

    def other_key(self, request: int, replica: int, stops: Stops) -> None:
        """Submit the same cart with another key, whatever became of the first request."""
        earlier = self._request(request)
        if earlier is not None and (device := self._owner_of(earlier)) is not None:
            self.shoppers.submit(device, self._replica(replica), stops, has_revision=earlier.has_revision)

    def other_device(self, replica: int, is_registered: bool) -> None:
        """A new device: of the registered shopper, or of another guest."""
        device = self._new_device()
        if is_registered:
            self.shoppers.sign_in(device, self._replica(replica), {})
        self.shoppers.get_ready(device, self._replica(replica))

    def sign_in(self, device: int, replica: int, stops: Stops) -> None:
        """Sign in a guest, whose cart follows."""
        guests = [device for device in self.shoppers.devices if not device.is_registered] or [self._new_device()]
        guest = guests[device % len(guests)]
        if not guest.is_live or guest.is_empty:
            self.shoppers.get_ready(guest, self._replica(replica))
        self.shoppers.sign_in(guest, self._replica(replica), stops)

    def sign_in_while_buying(self, device: int, replica: int, other_replica: int) -> None:
        """Sign in a guest, and submit the cart of the account before the guest's cart follows."""
        self.sign_in(device, replica, {Point.MERGE: Stop.BEFORE})
        registered = [index for index, shopper in enumerate(self.shoppers.devices) if shopper.is_registered]
        if registered:
            self.press(registered[0], other_replica, {Point.SUBMIT: Stop.BEFORE}, {}, True, False)

    def sign_out(self, device: int, replica: int) -> None:
        """Sign out, also while a submission of the session is under way."""
        self.shoppers.sign_out(self._device(device), self._replica(replica))

    def edit(self, device: int, replica: int, stops: Stops, is_long: bool) -> None:
        """Add a product. `is_long`: in a document with the deadline of a submission."""
        self.shoppers.edit(self._device(device), self._replica(replica), stops, is_long=is_long)

    def ask(self, request: int, replica: int) -> None:
        """Ask for the outcome of a submit request."""
        earlier = self._request(request)
        if earlier is not None and (device := self._owner_of(earlier)) is not None:
            self.shoppers.ask_outcome(earlier, device, self._replica(replica))

    def resume(self, device: int, replica: int, stops: Stops, decision: str | None) -> None:
        """Decide on the page of a payment provider, and return to the storefront on any device."""
        for shopper in self.shoppers.devices:
            if decision is not None and shopper.redirect_url is not None:
                self.shoppers.decide(shopper, decision)
        self.shoppers.resume(self._device(device), self._replica(replica), stops)

    def give_up(self, device: int, replica: int, stops: Stops) -> None:
        """Leave the page of the payment provider, to pay with another source."""
        self.shoppers.give_up(self._device(device), self._replica(replica), stops)

    def hang_up(self, request: int) -> None:
        if self.environment.open:
            self.environment.open[request % len(self.environment.open)].cancel()
            self.environment.settle()

    def come_back(self, device: int, replica: int) -> None:
        """Use a device again after its session has ended, so that it begins a new one."""
        self.expire(1801)
        self.shoppers.edit(self._device(device), self._replica(replica), {}, is_long=False)
        self.shoppers.look(self._device(device), self._replica(replica))

    # What fails.

    def lose(self, path: str, kind: Any, skips: int, delay_s: int) -> None:
        """Lose, delay or spoil an answer of Digital River."""
        method = "POST" if path in (SUBMIT, RESUME) else "GET"
        fault = Fault(path, kind, method=method, times=1, delay_s=delay_s, status=503)
        fault.skips = skips if method == "GET" else 0
        self.environment.world.faults.append(fault)

    def kill(self, replica: int, skew_s: int) -> None:
        """Kill a replica in the middle of its work, and start another one, whose clock is ahead by `skew_s`."""
        if self._matters("kill"):
            self.environment.kill(self._replica(replica))
            self.shoppers.collect()
            self._start_again(skew_s)

    def restart(self, replica: int) -> None:
        """Stop a replica as a deployment does, and start another one."""
        if not self.environment.open and self._matters("restart"):
            self.environment.stop(self._replica(replica))
            self._start_again(0)

    @abstractmethod
    def _start_again(self, skew_s: int) -> None:
        """Start a replica after another one has stopped."""

    def expire(self, seconds: int) -> None:
        """Let time pass: until a check is due, a lock or the quiet time ends, or sessions end."""
        self.environment.advance(seconds)
        self.shoppers.collect()

    def heal(self, is_newest_first: bool) -> None:
        """Let everything arrive that is held or late, and end all failures."""
        environment = self.environment
        environment.world.faults.clear()
        for replica in environment.replicas:
            replica.switch.is_cut_off = False
        while waiting := environment.upstream.waiting:
            environment.run(environment.upstream.release(waiting[-1 if is_newest_first else 0]))
            environment.settle()
        self.shoppers.collect()

    # What must hold.

    @invariant()
    def promises_hold(self) -> None:
        self.environment.promises.check()

    def teardown(self) -> None:
        try:
            if self.shoppers.devices:
                self._check_outcomes()
        finally:
            self.environment.close()
            self.counts.update(self.environment.promises.counts)

    def _check_outcomes(self) -> None:
        """When all failures have ended and the quiet time is over, every owner finds the true outcome."""
        self.heal(is_newest_first=False)
        self.environment.advance(10)
        self.heal(is_newest_first=False)
        for _ in range(3):
            self.environment.advance(QUIET_S)
        for request in self.shoppers.requests:
            if request.is_forgotten or not self.environment.promises.was_sent(request):
                continue
            device = self._owner_of(request) or (self._new_session() if request.is_registered else None)
            if device is None:
                continue
            status = self.shoppers.ask_outcome(request, device, self._replica(0))
            if status in ("IN_DOUBT", "IN_PROGRESS"):
                # An order that the shopper has approved, or that waits for a redirect whose URL is unknown, is finished
                # by `resumeOrder`.
                self.shoppers.resume(device, self._replica(0), {}, key=request.key)
                status = self.shoppers.ask_outcome(request, device, self._replica(0))
            if status in ("IN_DOUBT", "IN_PROGRESS") and not self.shoppers.waits_for_approval(request):
                raise PromiseBroken(f"a submission stays {status}")
            if self.shoppers.has_order(request) and status not in ("PLACED", "AWAITING_PAYMENT", None):
                raise PromiseBroken(f"the order is placed, and its status is {status}")
        self.environment.promises.check()

    def _new_session(self) -> Device:
        device = Device()
        self.shoppers.sign_in(device, self._replica(0), {})
        return device


class MemoryHistories(Histories):
    """One replica with a store in memory, which a new process does not have."""

    @rule(action=chosen_by(WEIGHTS))
    def step(self, action: Action) -> None:
        self.act(action)

    def storage(self) -> Storage:
        return MemoryStorage()

    def _start_again(self, skew_s: int) -> None:  # noqa: ARG002 - all times are those of this process
        self.shoppers.forget_requests()
        self.environment.start_replica()


class ValkeyHistories(Histories):
    """Two replicas with a shared server."""

    valkey: ClassVar[Valkey]

    @rule(action=chosen_by(WEIGHTS, SHARED_WEIGHTS))
    def step(self, action: Action) -> None:
        self.act(action)

    def storage(self) -> Storage:
        return self._shared()

    def _shared(self) -> ValkeyStorage:
        self.shared = ValkeyStorage(self.valkey)
        return self.shared

    def _start_again(self, skew_s: int) -> None:
        self.environment.start_replica(skew_s)

    def flush(self) -> None:
        """Delete all records."""
        if self._matters("flush"):
            self.shared.flush()
            self.shoppers.forget_requests()

    def evict(self, kinds: list[int]) -> None:
        """Let the server run out of memory, so that it deletes the records of some kinds."""
        if self._matters("evict"):
            self.shared.evict(kinds)
            self.shoppers.forget_requests()

    def skew(self, replica: int, skew_s: int) -> None:
        """Set the clock of a replica. The store's clock stays right."""
        self.environment.skew(self._replica(replica), skew_s)

    def edit_without_lock(self, device: int, replica: int) -> None:
        """Add a product, while the replica loses its store until the lock of the cart has ended."""
        gateway = self._replica(replica)
        self.shoppers.edit(self._device(device), gateway, {Point.READ: Stop.BEFORE}, is_long=True)
        gateway.switch.is_cut_off = True
        self.expire(LOCK_S)

    def cut_off(self, replica: int) -> None:
        """Cut a replica off from the store, until `heal`."""
        self._replica(replica).switch.is_cut_off = True
