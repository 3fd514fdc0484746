"""How much CPU does it cost to refuse a document that was made to be expensive?

Each is refused by the gateway over HTTP in this process, ten times, and the dearest is told. The bound is
100 ms for any document within the limit of a body.
"""

import asyncio
import platform
import time

import httpx

from gateway.app import create_app
from sandbox.world import World
from tests.bombs import BOMBS
from tests.shop import running, settings_for

BOUND_MS = 100
TIMES = 10


async def main() -> None:
    settings = settings_for(World())
    print(f"Refusing a document bomb: CPU in ms, the dearest of {TIMES}; {platform.processor() or platform.machine()}")
    worst = 0.0
    async with running(create_app(settings)) as http:
        await http.post("/graphql", json={"query": "{ __typename }"})
        for name, text in BOMBS:
            cost = max([await refuse(http, text + f" # {turn}") for turn in range(TIMES)])
            worst = max(worst, cost)
            print(f"  {cost:7.1f}  {len(text):6d} characters  {name}")
    print(f"  {worst:7.1f}  the worst; the bound is {BOUND_MS}")
    if worst > BOUND_MS:
        raise SystemExit("beyond the bound")


async def refuse(http: httpx.AsyncClient, text: str) -> float:
    began = time.process_time()
    answer = await http.post("/graphql", json={"query": text}, headers={"Accept": "application/graphql-response+json"})
    cost = time.process_time() - began
    assert answer.status_code in (400, 413), answer.text[:200]
    return cost * 1000


if __name__ == "__main__":
    asyncio.run(main())
