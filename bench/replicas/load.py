"""Many submit requests for few carts, at two replicas, one of which has a wrong clock."""

import asyncio
import random
from collections.abc import Sequence
from contextlib import suppress

from bench.replicas.environment import USUAL_SHARES, Environment, GatewayProcess, running_environment
from bench.replicas.fault_proxy import Shares
from bench.replicas.journeys import KINDS, Journey, Kind
from bench.replicas.plants import Plant
from bench.replicas.report import Report
from bench.replicas.shopper import Device, NotPrepared, Shopper

AT_ONCE = 40
JOURNEYS_AT_ONCE = 16

IDLE_S = 40
"""Idle time of the sessions, in seconds. Sessions shorter than a minute end at this age, even if they are in use."""

WRONG_CLOCKS_S = (-3600, -10, 10, 3600)


async def load(
    submits: int,
    carts: int,
    *,
    seed: int = 1,
    idle_s: float = IDLE_S,
    faults: Shares = USUAL_SHARES,
    kinds: Sequence[Kind] = KINDS,
    plant: Plant = Plant.NONE,
) -> Report:
    rng = random.Random(seed)  # noqa: S311 - no secret
    async with running_environment(seed, idle_s=idle_s, shares=faults, plant=plant) as environment:
        gateways = [await environment.start(), await environment.start(ahead_s=rng.choice(WRONG_CLOCKS_S))]
        gate, places = asyncio.Semaphore(AT_ONCE), asyncio.Semaphore(JOURNEYS_AT_ONCE)
        shares = [submits // carts + (number < submits % carts) for number in range(carts)]
        await asyncio.gather(
            *(
                _travel(environment, gateways, kinds, number, share, seed, gate, places)
                for number, share in enumerate(shares)
            )
        )
        return Report.of(environment)


async def _travel(
    environment: Environment,
    gateways: list[GatewayProcess],
    kinds: Sequence[Kind],
    number: int,
    submits: int,
    seed: int,
    gate: asyncio.Semaphore,
    places: asyncio.Semaphore,
) -> None:
    rng = random.Random(f"{seed} {number}")  # noqa: S311 - no secret
    kind, has_account, _ = rng.choices(kinds, [share for *_, share in kinds])[0]
    shopper = Shopper.new(environment, number, rng, has_account=has_account)
    journey = Journey(shopper, gateways, submits, gate)
    shopper.witness.journey = f"{kind.__name__.replace('_', ' ')}, {'account' if has_account else 'guest'}"
    shopper.count(f"journeys: {shopper.witness.journey}")
    device: Device = journey.device()
    async with places:
        try:
            device = await kind(journey)
        except NotPrepared as error:
            shopper.count(f"shoppers: not prepared ({error})")
    with suppress(NotPrepared):
        await journey.finish(device)
    environment.mix["submit requests"] += submits - journey.submits
