"""Do two replicas stay within Digital River's quota while shoppers buy? `python -m bench.quota`

Two gateways share a Valkey, in front of a sandbox that refuses more than 10 calls a second, the quota of a test key. 20
shoppers buy one product each, and wait as `retryAfter` says; after an order, a new shopper comes. Exits with 1 if the
sandbox has refused a call, if an order that was sent was not placed, or if there were fewer purchases than
`LEAST_PURCHASES_PER_S`, because calls were sent for nothing.
"""

import argparse
import asyncio
import itertools
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx

from bench.harness.report import introduce
from bench.harness.servers import CORES, SANDBOX, gateway, serving, take_last_core
from sandbox.model.world import World
from tests.support.shop import ADDRESS, ATTACH, CLIENT, DETAILS, PACK, create_source, documents, new_key
from tests.support.valkey import Valkey

PER_S = 10

LEAST_PURCHASES_PER_S = 0.2
"""The calls suffice for 0.7, if none of them is sent again."""

MOST_TRIES = 60

ADD = """mutation($key: UUID!, $id: String!) { addCartLines(input: {idempotencyKey: $key, delivery: BEARER, lines: [
  {product: {upstreamId: $id}, quantity: 1}]}) { bearerToken
    cart { revision paymentSession { sessionId } totals { orderTotal { amount currencyCode } } }
    errors { code retry ... on RateLimitError { retryAfter } } } }"""

CART = "{ cart { revision paymentSession { sessionId } totals { orderTotal { amount currencyCode } } } }"


class Stopped(Exception):
    """The bench has ended."""


@dataclass
class Tally:
    ends_at: float
    outcomes: Counter[str] = field(default_factory=Counter)
    """Outcomes of the submit requests that were admitted."""
    shed: Counter[str] = field(default_factory=Counter)
    """Answers with RATE_LIMITED, by operation."""
    other: Counter[str] = field(default_factory=Counter)
    purchases_s: list[float] = field(default_factory=list)


@dataclass
class Buyer:
    """Guests who buy in one of the gateways, one after the other."""

    http: httpx.AsyncClient
    tally: Tally
    bearer: str | None = None

    async def ask(self, name: str, query: str, **variables: Any) -> dict[str, Any]:
        """The data of the answer. As long as the request is shed, it is repeated."""
        for _ in range(MOST_TRIES):
            headers = CLIENT | ({"Authorization": f"Bearer {self.bearer}"} if self.bearer else {})
            body = (
                await self.http.post("/graphql", json={"query": query, "variables": variables}, headers=headers)
            ).json()
            data = body.get("data") or {}
            errors = [{"code": error["extensions"]["code"]} | error["extensions"] for error in body.get("errors", ())]
            errors += [error for payload in data.values() for error in (payload or {}).get("errors") or ()]
            if not errors:
                return data
            codes = {error["code"] for error in errors}
            (self.tally.shed if "RATE_LIMITED" in codes else self.tally.other)[name] += 1
            if time.monotonic() > self.tally.ends_at and name != "submit":
                raise Stopped
            await asyncio.sleep(max(map(wait_s, errors)))
        raise Stopped

    async def buy(self, sandbox: httpx.AsyncClient, world: World) -> None:
        began_at, self.bearer = time.monotonic(), None
        added = (await self.ask("add", ADD, key=new_key(), id=PACK))["addCartLines"]
        self.bearer = added["bearerToken"] or self.bearer
        await self.ask("details", DETAILS, address=ADDRESS)
        cart = (await self.ask("cart", CART))["cart"]
        source = await create_source(sandbox, world, cart["paymentSession"]["sessionId"])
        await self.ask("attach", ATTACH, id=source)
        cart = (await self.ask("cart", CART))["cart"]
        order = documents()["GuestOrder"]
        submitted = await self.ask(
            "submit", order, key=new_key(), total=cart["totals"]["orderTotal"], revision=cart["revision"]
        )
        self.tally.outcomes[submitted["submitOrder"]["result"]["__typename"]] += 1
        self.tally.purchases_s.append(time.monotonic() - began_at)


def wait_s(error: dict[str, Any]) -> float:
    if "retryAfter" not in error:
        return 0.5
    return max((datetime.fromisoformat(error["retryAfter"]) - datetime.now(UTC)).total_seconds(), 0.05)


async def shop(buyer: Buyer, sandbox: httpx.AsyncClient, world: World) -> None:
    try:
        while time.monotonic() < buyer.tally.ends_at:
            await buyer.buy(sandbox, world)
    except Stopped:
        return


async def main(seconds: float, shoppers: int) -> bool:
    introduce(__doc__, f"{shoppers} shoppers buy for {seconds:g} s; quota: {PER_S} calls a second")
    with Valkey() as valkey, serving(SANDBOX, "", CORES[-1:]) as sandbox:
        settings = {"RIVERFRONT_STORE_URL": valkey.url, "RIVERFRONT_UPSTREAM_QUOTA_PER_S": str(PER_S)}
        replica = gateway("gateway", **settings)
        with serving(replica, sandbox.url) as first, serving(replica, sandbox.url) as second:
            async with (
                httpx.AsyncClient(base_url=first.url, timeout=90) as here,
                httpx.AsyncClient(base_url=second.url, timeout=90) as there,
                httpx.AsyncClient(base_url=sandbox.url) as control,
            ):
                (await control.delete("/_sandbox/calls")).raise_for_status()
                (await control.post("/_sandbox/quota", json={"perSecond": PER_S})).raise_for_status()
                (
                    await control.post("/_sandbox/stock", json={"productId": int(PACK), "quantity": None})
                ).raise_for_status()
                tally, began_at = Tally(time.monotonic() + seconds), time.monotonic()
                gateways = itertools.cycle([here, there])
                buyers = [Buyer(next(gateways), tally) for _ in range(shoppers)]
                await asyncio.gather(*(shop(buyer, control, World()) for buyer in buyers))
                took_s = time.monotonic() - began_at
                counts = (await control.get("/_sandbox/calls")).json()
    return report(tally, counts, took_s)


def report(tally: Tally, counts: dict[str, Any], took_s: float) -> bool:
    submits = sum(row["count"] for row in counts["calls"] if row["path"].endswith("/submit-cart"))
    orders = sum(tally.outcomes.values())
    longest = max(tally.purchases_s, default=0)
    print(f"  calls: {counts['total']} in {took_s:.0f} s, {counts['total'] / took_s:.1f} a second")
    print(f"  calls that the sandbox refused: {counts['refusedByQuota']} (at most 0)")
    print(f"  submissions sent: {submits}, outcomes: {dict(tally.outcomes)}")
    print(f"  purchases a second: {orders / took_s:.2f}; the slowest took {longest:.0f} s")
    print(f"  requests shed, then repeated: {dict(tally.shed)}; other errors: {dict(tally.other)}")
    are_placed = submits == orders and set(tally.outcomes) == {"OrderPlaced"}
    return counts["refusedByQuota"] == 0 and are_placed and orders / took_s >= LEAST_PURCHASES_PER_S


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--shoppers", type=int, default=20)
    arguments = parser.parse_args()
    take_last_core()
    sys.exit(0 if asyncio.run(main(arguments.seconds, arguments.shoppers)) else 1)
