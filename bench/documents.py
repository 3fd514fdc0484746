"""How much CPU does it cost to refuse a document that was made to be expensive, or to let it pass?

Each is sent to the gateway over HTTP in this process, ten times, and the dearest is told. The bound is
100 ms for any document within the limit of a body. Then the estimates of the example operations.
"""

import asyncio
import gc
import platform
import time

import httpx

from sandbox.model.world import World
from tests.support.costly_documents import ACCEPTED_DOCUMENTS, REFUSED_DOCUMENTS
from tests.support.shop import app_for, documents, running, settings_for

BOUND_MS = 100
TIMES = 10

ACCEPT = {"Accept": "application/graphql-response+json"}

COST = "X-Riverfront-Cost"

VARIABLES = {"first": 20}
"""All that an estimate depends on. The others are missing, so nothing is executed."""


async def main() -> None:
    # Nobody listens there: what is executed fails at once.
    settings = settings_for(World(), upstream_url="http://127.0.0.1:1")
    print(f"A document as a client sends it: CPU in ms, the dearest of {TIMES}; {platform.machine()}")
    async with running(app_for(settings)) as http:
        await http.post("/graphql", json={"query": "{ __typename }"})
        # As `serve` does: the graph is not looked through for garbage in the middle of a request.
        gc.collect()
        gc.freeze()
        refused = await dearest(http, REFUSED_DOCUMENTS, is_refused=True)
        passed = await dearest(http, [*ACCEPTED_DOCUMENTS, *documents().items()], is_refused=False)
        await tell_estimates(http)
    if max(refused, passed) > BOUND_MS:
        raise SystemExit("beyond the bound")


async def dearest(http: httpx.AsyncClient, texts: list[tuple[str, str]], *, is_refused: bool) -> float:
    worst = 0.0
    print("  refused:" if is_refused else "  read, measured, validated and estimated:")
    for name, text in texts:
        cost = max([await send(http, text + f" # {turn}", is_refused=is_refused) for turn in range(TIMES)])
        worst = max(worst, cost)
        print(f"  {cost:7.1f}  {len(text):6d} characters  {name}")
    print(f"  {worst:7.1f}  the worst; the bound is {BOUND_MS}")
    return worst


async def send(http: httpx.AsyncClient, text: str, *, is_refused: bool) -> float:
    began = time.process_time()
    answer = await http.post("/graphql", json={"query": text, "variables": VARIABLES}, headers=ACCEPT)
    cost = time.process_time() - began
    is_passed = COST in answer.headers and "OPERATION_TOO_EXPENSIVE" not in answer.text
    assert is_passed is not is_refused, answer.text[:200]
    return cost * 1000


async def tell_estimates(http: httpx.AsyncClient) -> None:
    print("  points of the example operations, for pages of 20:")
    for name, text in documents().items():
        answer = await http.post("/graphql", json={"query": text, "variables": VARIABLES}, headers=ACCEPT)
        print(f"  {answer.headers[COST]:>7}  {name}")


if __name__ == "__main__":
    asyncio.run(main())
