"""Submit requests while the store does not answer."""

import random
import time

from bench.replicas import documents
from bench.replicas.environment import STORE_TIMEOUT_S, running_environment
from bench.replicas.report import Report
from bench.replicas.shopper import Device, Shopper
from tests.support.shop import new_key

REFUSED_WITHIN_S = 0.3


async def silence(times: int, *, seed: int = 1) -> Report:
    """A late or wrong refusal is an untrue answer."""
    async with running_environment(seed) as environment:
        gateway = await environment.start(store_timeout_s=STORE_TIMEOUT_S)
        rng = random.Random(seed)  # noqa: S311 - no secret
        shopper = Shopper.new(environment, 0, rng, has_account=False)
        device = Device(shopper, [gateway])
        await shopper.add(device)
        cart = await shopper.make_ready(device)
        late, slowest_s = [], 0.0
        with environment.valkey.paused():
            for _ in range(times):
                began_at = time.monotonic()
                sent = {"query": documents.SUBMIT, "variables": {"key": new_key(), "total": cart.total}}
                answer = await gateway.http.post("/graphql", json=sent, headers=device.headers)
                (error,) = answer.json()["errors"]
                took_s = time.monotonic() - began_at
                environment.mix[f"refused: {error['extensions']['code']}"] += 1
                slowest_s = max(slowest_s, took_s)
                if took_s > REFUSED_WITHIN_S or "nothing was charged" not in error["message"]:
                    late.append(f"{took_s * 1000:.0f} ms: {error['message']}")
        report = Report.of(environment)
        report.slowest_s = slowest_s
        report.verdict.untrue += late
        return report
