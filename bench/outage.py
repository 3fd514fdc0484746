"""What does an outage of Digital River cost? `python -m bench.outage`

Shoppers send requests to a gateway in front of the sandbox, each a request a second. After a while the sandbox answers
all calls with 503, and two minutes later it works again. Exits with 1 if the outage costs more than 1.3 calls for each
request, if 99 of 100 answers of the outage take longer than 300 ms, or if a request fails later than 10 seconds after
the outage.
"""

import argparse
import asyncio
import itertools
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx

from bench.harness.report import introduce
from bench.harness.rounds import bearers
from bench.harness.servers import CORES, PLANS, SANDBOX, serving, take_last_core
from tests.support.shop import CLIENT, PACK, new_key

BEFORE_S = 5

AFTER_S = 15

MOST_CALLS, MOST_MS, MOST_S = 1.3, 300, 10

CART = "{ cart { totalQuantity totals { orderTotal { amount } } } }"

PRODUCT = "query($id: String!) { product(by: {upstreamId: $id}) { name inventory { isInStock } } }"

CATEGORIES = "{ categories { name } }"

METHODS = "{ availablePaymentMethods { methods { type } } cart { id } }"

ADD = """mutation($key: UUID!, $id: String!) { addCartLines(input: {idempotencyKey: $key, lines: [
  {product: {upstreamId: $id}, quantity: 1}]}) { cart { totalQuantity } errors { code } } }"""


@dataclass
class Answers:
    """The answers of all shoppers."""

    began_at: float = field(default_factory=time.monotonic)
    all: list[tuple[float, float, list[str]]] = field(default_factory=list)
    """When the request was sent, how long it took, and the codes of its errors; in seconds."""

    def between(self, begin: float, end: float) -> list[tuple[float, float, list[str]]]:
        return [answer for answer in self.all if begin <= answer[0] < end]


def requests() -> Iterator[dict[str, Any]]:
    """The requests of one shopper, without end."""
    product: dict[str, Any] = {"query": PRODUCT, "variables": {"id": PACK}}
    for body in itertools.cycle([{"query": CART}, product, {"query": METHODS}, {"query": CATEGORIES}]):
        yield body
        yield {"query": ADD, "variables": {"key": new_key(), "id": PACK}}


async def shop(http: httpx.AsyncClient, bearer: str, delay_s: float, until: float, answers: Answers) -> None:
    await asyncio.sleep(delay_s)
    for body in requests():
        sent_at = time.monotonic()
        if sent_at >= until:
            return
        answer = await http.post("/graphql", json=body, headers=CLIENT | {"Authorization": f"Bearer {bearer}"})
        answers.all.append((sent_at, time.monotonic() - sent_at, codes(answer.json())))
        await asyncio.sleep(max(sent_at + 1 - time.monotonic(), 0))


def codes(body: dict[str, Any]) -> list[str]:
    failures = [error["extensions"]["code"] for error in body.get("errors", ())]
    added = (body.get("data") or {}).get("addCartLines") or {}
    return failures + [error["code"] for error in added.get("errors", ())]


async def main(outage_s: float, shoppers: int) -> bool:
    introduce(__doc__, f"{shoppers} shoppers, each a request a second; all calls fail for {outage_s:g} s")
    with serving(SANDBOX, "", CORES[-1:]) as sandbox, serving(PLANS, sandbox.url) as gateway:
        tokens = bearers(gateway, shoppers)
        limits = httpx.Limits(max_connections=None)
        async with (
            httpx.AsyncClient(base_url=gateway.url, timeout=30, limits=limits) as http,
            httpx.AsyncClient(base_url=f"{sandbox.url}/_sandbox") as control,
        ):
            answers = Answers()
            ends_at = answers.began_at + BEFORE_S + outage_s + AFTER_S
            going = [
                asyncio.create_task(shop(http, token, number / shoppers, ends_at, answers))
                for number, token in enumerate(tokens)
            ]
            await asyncio.sleep(BEFORE_S)
            (await control.delete("/calls")).raise_for_status()
            (await control.post("/faults", json={"path": "*", "kind": "status", "status": 503})).raise_for_status()
            failed_at = time.monotonic()
            await asyncio.sleep(outage_s)
            calls = (await control.get("/calls")).json()["total"]
            healed_at = time.monotonic()
            (await control.delete("/faults")).raise_for_status()
            await asyncio.gather(*going)
    return report(answers, failed_at, healed_at, calls)


def report(answers: Answers, failed_at: float, healed_at: float, calls: int) -> bool:
    during = answers.between(failed_at, healed_at)
    after = answers.between(healed_at, float("inf"))
    per_request = calls / len(during)
    times_ms = sorted(duration * 1000 for _, duration, _ in during)
    slow_ms = times_ms[len(times_ms) * 99 // 100]
    back_s = max([sent_at - healed_at for sent_at, _, failed in after if failed], default=0.0)
    before = sum(bool(failed) for _, _, failed in answers.between(0, failed_at))
    print(f"  requests before, during, after: {len(answers.between(0, failed_at))}, {len(during)}, {len(after)}")
    print(f"  failed before the outage: {before}")
    print(f"  failed during the outage: {sum(bool(failed) for _, _, failed in during)} (others had cached answers)")
    print(f"  codes: {', '.join(sorted({code for _, _, failed in answers.all for code in failed}))}")
    print(f"  upstream calls for each request: {per_request:.2f} (at most {MOST_CALLS})")
    print(
        f"  answers in ms: median {times_ms[len(times_ms) // 2]:.0f}, p99 {slow_ms:.0f} (at most {MOST_MS}), ", end=""
    )
    print(f"longest {times_ms[-1]:.0f}")
    print(f"  last failure after the outage: {back_s:.1f} s (at most {MOST_S})")
    return per_request <= MOST_CALLS and slow_ms <= MOST_MS and back_s <= MOST_S


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=120, help="of the outage")
    parser.add_argument("--shoppers", type=int, default=20)
    arguments = parser.parse_args()
    take_last_core()
    sys.exit(0 if asyncio.run(main(arguments.seconds, arguments.shoppers)) else 1)
