"""Gateways that are killed (SIGKILL) in the middle of submissions.

The victim is a replica of a survivor, or the only gateway, which keeps its records in memory and is started again.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field

from bench.replicas.environment import QUIET_S, Environment, GatewayProcess, running_environment
from bench.replicas.fault_proxy import HELD_S, Shares
from bench.replicas.oracle import SubmitRequest
from bench.replicas.plants import Plant
from bench.replicas.report import Report
from bench.replicas.shopper import Device, NotPrepared, Shopper
from tests.support.shop import POLES

IDLE_S = 50
"""Idle time of the sessions, in seconds. Sessions shorter than a minute end at this age, even if they are in use."""

SHOPPERS_PER_KILL = 3
SHARE_IN_MEMORY = 0.3
LATEST_KILL_S = 0.4

CLOCKS_S = (0, 0, 0, -10, 10, -3600, 3600)
"""Seconds by which the clock of a victim is ahead, and of the gateway that replaces it."""

SHARES = Shares(slow=0.05, held=0.5, lost=0.1, surplus=0.1)


@dataclass
class Purchase:
    """A shopper with a cart that is being bought when the victim is killed."""

    shopper: Shopper
    kind: "Kind"
    device: Device
    is_in_memory: bool
    requests: list[SubmitRequest] = field(default_factory=list)

    async def prepare(self) -> None:
        try:
            if self.shopper.has_account:
                await self.shopper.sign_in(self.device)
            await self.shopper.add(self.device)
            cart = await self.shopper.make_ready(self.device, self.kind.source_type)
        except NotPrepared as error:
            self.shopper.count(f"shoppers: not prepared ({error})")
            return
        self.requests.append(self.shopper.request(cart))
        if self.kind.act is resume:
            await self.shopper.submit(self.device, self.requests[0])
            await self.shopper.approve()

    async def act(self) -> None:
        if self.requests:
            await self.kind.act(self, self.requests[0])

    async def finish(self, gateway: GatewayProcess) -> None:
        """Ask `gateway` for the outcome until it is definite."""
        self.device = Device(self.shopper, [gateway], self.device.headers)
        if self.is_in_memory and not self.shopper.has_account:
            self.shopper.witness.lost_handle = "the gateway had lost its memory"
        if not self.requests:
            return
        try:
            await self.kind.aftermath(self)
            for request in self.requests:
                await self.shopper.settle(self.device, request, always_repeats=self.is_in_memory)
            if self.shopper.has_account:
                await self.shopper.read_orders(self.device)
        except NotPrepared as error:
            self.shopper.witness.unsettled |= dict.fromkeys(self.requests, str(error))

    async def use_another_device(self) -> None:
        self.device = Device(self.shopper, self.device.gateways)
        await self.shopper.sign_in(self.device)


# What is under way when the gateway is killed.


async def submit(purchase: Purchase, request: SubmitRequest) -> None:
    await purchase.shopper.submit(purchase.device, request)


async def submit_and_sign_in(purchase: Purchase, request: SubmitRequest) -> None:
    """A device of a guest signs in to the account that is buying."""
    shopper, guest = purchase.shopper, Device(purchase.shopper, purchase.device.gateways)

    async def sign_in() -> None:
        with suppress(NotPrepared):
            await shopper.add(guest, POLES)
            await shopper.sign_in(guest)

    await asyncio.gather(shopper.submit(purchase.device, request), sign_in())


async def resume(purchase: Purchase, request: SubmitRequest) -> None:
    await purchase.shopper.resume(purchase.device, request, names_key=purchase.shopper.rng.random() < 0.5)


# What the shopper does afterwards, before the question.


async def ask_at_once(purchase: Purchase) -> None:
    pass


async def ask_on_another_device(purchase: Purchase) -> None:
    await purchase.use_another_device()
    event = "redirects resumed" if purchase.kind.act is resume else "outcomes asked for"
    purchase.shopper.count(f"shoppers: {event} on another device")


async def fill_the_next_cart(purchase: Purchase) -> None:
    """Change the cart as soon as possible, and submit nothing while the first request may still arrive."""
    await purchase.use_another_device()
    with suppress(NotPrepared):
        await purchase.shopper.add(purchase.device, POLES)
        purchase.shopper.count("shoppers: carts changed after a kill")
    await asyncio.sleep(QUIET_S + HELD_S)


async def sign_in_with_a_cart(purchase: Purchase) -> None:
    """Sign in with a guest's cart, while the first request may still arrive."""
    guest = Device(purchase.shopper, purchase.device.gateways)
    with suppress(NotPrepared):
        await purchase.shopper.add(guest, POLES)
        await purchase.shopper.sign_in(guest)
        purchase.shopper.count("shoppers: sign-ins with a cart after a kill")
    await asyncio.sleep(QUIET_S + HELD_S)


async def ask_after_the_session(purchase: Purchase) -> None:
    await asyncio.sleep(purchase.shopper.environment.idle_s + 1)
    purchase.shopper.count("shoppers: sessions that ended before the question")


@dataclass(frozen=True)
class Kind:
    """`share`: how often purchases of this kind happen, in percent."""

    share: int
    act: Callable[[Purchase, SubmitRequest], Awaitable[None]]
    aftermath: Callable[[Purchase], Awaitable[None]]
    has_account: bool
    source_type: str = "creditCard"


KINDS = [
    Kind(15, submit, ask_at_once, has_account=False),
    Kind(15, submit, ask_at_once, has_account=True),
    Kind(10, submit, ask_on_another_device, has_account=True),
    Kind(15, submit, fill_the_next_cart, has_account=True),
    Kind(10, submit, sign_in_with_a_cart, has_account=True),
    Kind(10, submit_and_sign_in, ask_on_another_device, has_account=True),
    Kind(10, resume, ask_on_another_device, has_account=True, source_type="klarnaCredit"),
    Kind(5, resume, ask_at_once, has_account=False, source_type="klarnaCredit"),
    Kind(5, submit, ask_after_the_session, has_account=False),
    Kind(5, submit, ask_after_the_session, has_account=True),
]


@dataclass(frozen=True)
class Victim:
    """A gateway that will be killed. `rng` draws what happens to it."""

    number: int
    rng: random.Random
    gateway: GatewayProcess
    is_in_memory: bool

    @classmethod
    async def start(cls, environment: Environment, number: int, seed: int) -> "Victim":
        rng = random.Random(f"{seed} {number}")  # noqa: S311 - no secret
        is_in_memory = rng.random() < SHARE_IN_MEMORY
        gateway = await environment.start(in_memory=is_in_memory, ahead_s=rng.choice(CLOCKS_S))
        return cls(number, rng, gateway, is_in_memory)


async def kills(times: int, *, seed: int = 1, idle_s: float = IDLE_S, plant: Plant = Plant.NONE) -> Report:
    async with running_environment(seed, idle_s=idle_s, shares=SHARES, plant=plant) as environment:
        survivor = await environment.start()
        finishing = []
        starting = asyncio.create_task(Victim.start(environment, 0, seed))
        for number in range(times):
            victim = await starting
            if number + 1 < times:
                starting = asyncio.create_task(Victim.start(environment, number + 1, seed))
            finishing.append(await _kill(environment, survivor, victim))
        await asyncio.gather(*finishing)
        return Report.of(environment)


async def _kill(environment: Environment, survivor: GatewayProcess, victim: Victim) -> "asyncio.Task[None]":
    """Kill a gateway while shoppers use it. Return the task of what the shoppers do afterwards."""
    rng, is_in_memory = victim.rng, victim.is_in_memory
    purchases = []
    for index, kind in enumerate(rng.choices(KINDS, [kind.share for kind in KINDS], k=SHOPPERS_PER_KILL)):
        own_rng = random.Random(rng.random())  # noqa: S311 - no secret
        number = victim.number * SHOPPERS_PER_KILL + index
        shopper = Shopper.new(environment, number, own_rng, has_account=kind.has_account)
        shopper.witness.journey = f"{kind.act.__name__}, {kind.aftermath.__name__}".replace("_", " ")
        shopper.count(f"purchases: {shopper.witness.journey}")
        purchases.append(Purchase(shopper, kind, Device(shopper, [victim.gateway]), is_in_memory))
    await asyncio.gather(*(purchase.prepare() for purchase in purchases))
    acting = [asyncio.create_task(purchase.act()) for purchase in purchases]
    await asyncio.sleep(rng.uniform(0, LATEST_KILL_S))
    victim.gateway.kill()
    environment.mix[f"gateways: killed {'in memory mode' if is_in_memory else 'as a replica'}"] += 1
    # The requests of the shoppers end with the gateway.
    gateway = await environment.restart(victim.gateway) if is_in_memory else survivor
    await asyncio.gather(*acting)
    return asyncio.create_task(_finish(purchases, gateway, stops=is_in_memory))


async def _finish(purchases: list[Purchase], gateway: GatewayProcess, *, stops: bool) -> None:
    await asyncio.gather(*(purchase.finish(gateway) for purchase in purchases))
    if stops:
        await gateway.stop()
