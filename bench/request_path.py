"""Counts the source files whose functions one request calls, and how often a request returns to an earlier file.

A guest with a ready cart sends three requests over HTTP, in this process, to a gateway in front of the sandbox. The
gateway has already cached the documents of the requests. `sys.setprofile` reports every function that is called. Only
functions in gateway/, resolvers/ and schema/ are counted.

The functions of a request are listed in the order of their first calls. Each function is listed once, so loops and
repeated calls add nothing. A comprehension is part of the function that contains it. Consecutive functions of
one file are one step. `files` is the number of distinct files. `returns` is the number of steps in a file
that already had an earlier step.

    python -m bench.request_path
    python -m bench.request_path --trace    # also print the file and the first function of every step
"""

import asyncio
import sys
from collections.abc import Iterator
from contextvars import ContextVar
from itertools import groupby
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import httpx

from sandbox.app import create_app as create_sandbox
from sandbox.model.world import World
from tests.support.shop import Clock, InMemoryTransport, Shopper, Storefront, gateway, new_key

ROOT = Path(__file__).parent.parent
OURS = tuple(f"{ROOT / room}/" for room in ("gateway", "resolvers", "schema"))

LINE_PRICE = "{ cart { lines { pricing { salePriceTotal { amount } } } } }"
METHODS = "{ availablePaymentMethods { methods { type } } }"
SUBMIT = """mutation($key: UUID!, $total: MoneyInput!, $revision: CartRevision!) {
  submitOrder(input: {idempotencyKey: $key, expectedTotal: $total, ifRevision: $revision}) {
    result { __typename } errors { code } } }"""

called: ContextVar[dict[CodeType, None] | None] = ContextVar("called", default=None)
"""Functions that the current request has called, in the order of their first calls. None in background tasks."""


async def main(*, traces: bool) -> None:
    print((__doc__ or "").partition("\n")[0])
    world = World()
    network = InMemoryTransport(create_sandbox(world))
    async with (
        gateway(world, network, Clock()) as storefront,
        httpx.AsyncClient(transport=network, base_url="http://sandbox") as sandbox,
    ):
        earlier, guest = (Shopper(Storefront(storefront.http), sandbox, world) for _ in range(2))
        await earlier.get_ready()
        await guest.get_ready()
        for name, document in (("line price", LINE_PRICE), ("available payment methods", METHODS)):
            await guest.storefront.ask(document)
            print_path(name, await functions(guest, document), traces=traces)
        await functions(earlier, SUBMIT, **await submit_variables(earlier))
        print_path("submitOrder", await functions(guest, SUBMIT, **await submit_variables(guest)), traces=traces)


async def submit_variables(shopper: Shopper) -> dict[str, Any]:
    cart = await shopper.storefront.cart()
    return {"key": new_key(), "total": cart["totals"]["orderTotal"], "revision": cart["revision"]}


async def functions(shopper: Shopper, document: str, **variables: Any) -> list[CodeType]:
    """The project's functions that the request calls, in the order of their first calls."""
    codes: dict[CodeType, None] = {}
    token = called.set(codes)
    sys.setprofile(record)
    try:
        answer = await shopper.storefront.ask(document, **variables)
    finally:
        sys.setprofile(None)
        called.reset(token)
    submitted = answer.data.get("submitOrder")
    assert submitted is None or submitted["result"] == {"__typename": "OrderPlaced"}, submitted
    return list(codes)


def record(frame: FrameType, event: str, _arg: object) -> None:
    code, codes = frame.f_code, called.get()
    is_comprehension = code.co_name.startswith("<") and code.co_name != "<lambda>"
    if event == "call" and codes is not None and code.co_filename.startswith(OURS) and not is_comprehension:
        codes.setdefault(code)


def print_path(name: str, codes: list[CodeType], *, traces: bool) -> None:
    steps = list(steps_of(codes))
    files = {file for file, _ in steps}
    print(f"  {name:26} {len(files):3} files {len(steps) - len(files):4} returns")
    entered: set[str] = set()
    for number, (file, function) in enumerate(steps if traces else [], start=1):
        print(f"    {number:4} {'return' if file in entered else '':7} {file:32} {function}")
        entered.add(file)


def steps_of(codes: list[CodeType]) -> Iterator[tuple[str, str]]:
    """Yield the file and the first function of each step. A step consists of consecutive functions of one file."""
    for file, neighbours in groupby(codes, lambda code: code.co_filename):
        yield str(Path(file).relative_to(ROOT)), next(neighbours).co_qualname


if __name__ == "__main__":
    asyncio.run(main(traces="--trace" in sys.argv[1:]))
