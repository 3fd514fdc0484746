"""Measures the gateway's CPU time for the most expensive documents, both rejected and accepted.

Each document is sent ten times over HTTP in this process, and the slowest time is reported. A document within the body
limit may take at most 100 ms. The estimated costs of the example operations are also printed.
"""

import asyncio
import gc
import platform
import time

import httpx

from sandbox.model.world import World
from tests.support.costly_documents import ACCEPTED_DOCUMENTS, REFUSED_DOCUMENTS
from tests.support.shop import app_for, documents, running, settings_for

LIMIT_MS = 100
TIMES = 10

ACCEPT = {"Accept": "application/graphql-response+json"}

COST = "X-Riverfront-Cost"

VARIABLES = {"first": 20}
"""Sent with every document, because cost estimates depend on `first`. All other variables are missing, so operations
with required variables are not executed."""


async def main() -> None:
    # No server listens on this port: every call fails at once.
    settings = settings_for(World(), upstream_url="http://127.0.0.1:1")
    print(f"CPU in ms per document, slowest of {TIMES}; {platform.machine()}")
    async with running(app_for(settings)) as http:
        await http.post("/graphql", json={"query": "{ __typename }"})
        # As in `python -m gateway serve`, the garbage collector does not traverse the schema during a request.
        gc.collect()
        gc.freeze()
        refused_ms = await slowest_of(http, [row[:2] for row in REFUSED_DOCUMENTS], is_refused=True)
        accepted_ms = await slowest_of(http, [*ACCEPTED_DOCUMENTS, *documents().items()], is_refused=False)
        await print_estimates(http)
    if max(refused_ms, accepted_ms) > LIMIT_MS:
        raise SystemExit("above the limit")


async def slowest_of(http: httpx.AsyncClient, documents: list[tuple[str, str]], *, is_refused: bool) -> float:
    slowest_ms = 0.0
    print("  refused:" if is_refused else "  accepted (parsed, measured, validated and estimated):")
    for name, document in documents:
        # The numbered comment makes each document different, so that none comes from the gateway's document cache.
        cpu_ms = max([await send(http, document + f" # {number}", is_refused=is_refused) for number in range(TIMES)])
        slowest_ms = max(slowest_ms, cpu_ms)
        print(f"  {cpu_ms:7.1f}  {len(document):6d} characters  {name}")
    print(f"  {slowest_ms:7.1f}  slowest; the limit is {LIMIT_MS}")
    return slowest_ms


async def send(http: httpx.AsyncClient, document: str, *, is_refused: bool) -> float:
    """CPU time of one request in ms. The work of the client is included, because it runs in this process."""
    began_at = time.process_time()
    answer = await http.post("/graphql", json={"query": document, "variables": VARIABLES}, headers=ACCEPT)
    cpu_s = time.process_time() - began_at
    is_accepted = COST in answer.headers and "OPERATION_TOO_EXPENSIVE" not in answer.text
    assert is_accepted is not is_refused, answer.text[:200]
    return cpu_s * 1000


async def print_estimates(http: httpx.AsyncClient) -> None:
    print("  cost of the example operations in points, with pages of 20:")
    for name, document in documents().items():
        answer = await http.post("/graphql", json={"query": document, "variables": VARIABLES}, headers=ACCEPT)
        print(f"  {answer.headers[COST]:>7}  {name}")


if __name__ == "__main__":
    asyncio.run(main())
