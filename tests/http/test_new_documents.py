"""New documents are read one at a time, clients in turns. Requests with known documents do not wait for them."""

import asyncio
import gc
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable

import httpx
import pytest

from gateway.app import create_app
from gateway.documents.turns import MAX_OF_CLIENT
from gateway.execution.plan import Plan
from sandbox.model.world import World
from tests.support.shop import CLIENT, InMemoryTransport, eventually, running, settings_for

NUMBERS = itertools.count()
"""Numbers of documents, so that each is new."""

NO_TIME_S = 1e-9
"""Deadline of operations that has passed as soon as one of them waits."""

FLOOD = [f"192.0.2.{number}" for number in range(9)]
"""Addresses of clients that send many new documents."""

SHOPPER = "203.0.113.5"

Send = Callable[..., Awaitable[httpx.Response]]


@pytest.fixture
async def send(world: World, network: InMemoryTransport) -> AsyncIterator[Send]:
    """Sends a document from an address, to a gateway with plans as shipped."""
    app = create_app(settings_for(world, compiled_plans=True), network)
    async with running(app):

        async def send(address: str, document: str, accept: str = CLIENT["Accept"]) -> httpx.Response:
            transport = httpx.ASGITransport(app=app, client=(address, 4711))
            async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as http:
                return await http.post("/graphql", json={"query": document}, headers={**CLIENT, "Accept": accept})

        yield send


def new_document(alias: str = "storefront") -> str:
    return f"{{ {alias}: storefront {{ locales }} }} # {next(NUMBERS)}"


def sent(send: Send, order: list[str], name: str, address: str, document: str) -> asyncio.Task[int]:
    """Send a document, and note its name when it is answered."""

    async def answered() -> int:
        status = (await send(address, document)).status_code
        order.append(name)
        return status

    return asyncio.create_task(answered())


async def test_known_document_is_answered_before_queued_new_ones(send: Send) -> None:
    order: list[str] = []
    known = new_document()
    await send(SHOPPER, known)
    flood = [sent(send, order, "new", FLOOD[0], new_document()) for _ in range(40)]
    flood.append(sent(send, order, "known", SHOPPER, known))
    assert set(await asyncio.gather(*flood)) == {200}
    assert order.index("known") <= 2


async def test_new_document_of_another_client_waits_for_few(send: Send) -> None:
    order: list[str] = []
    flood = [sent(send, order, "flood", address, new_document()) for address in FLOOD[:2] for _ in range(20)]
    flood.append(sent(send, order, "shopper", SHOPPER, new_document()))
    assert set(await asyncio.gather(*flood)) == {200}
    assert order.index("shopper") <= 3


async def test_new_documents_of_one_client_are_read_in_order(send: Send) -> None:
    order: list[str] = []
    numbers = list(map(str, range(10)))
    await asyncio.gather(*[sent(send, order, number, FLOOD[0], new_document()) for number in numbers])
    assert order == numbers


async def test_client_with_too_many_new_documents_is_refused(send: Send) -> None:
    order: list[str] = []
    flood = [sent(send, order, "flood", FLOOD[0], new_document()) for _ in range(MAX_OF_CLIENT + 10)]
    shopper = sent(send, order, "shopper", SHOPPER, new_document())
    statuses = await asyncio.gather(*flood)
    # One is being read while the others wait.
    assert (statuses.count(200), statuses.count(429)) == (MAX_OF_CLIENT + 1, 9)
    assert await shopper == 200
    assert (await send(FLOOD[0], new_document())).status_code == 200


@pytest.mark.parametrize(
    ("accept", "status"),
    [("application/graphql-response+json", 429), ("application/json", 200)],
    ids=["modern", "legacy"],
)
async def test_refusal_of_too_many_new_documents_is_typed(send: Send, accept: str, status: int) -> None:
    flood = [send(FLOOD[0], new_document(), accept=accept) for _ in range(MAX_OF_CLIENT + 2)]
    [refused] = [answer for answer in await asyncio.gather(*flood) if "errors" in answer.json()]
    [error] = refused.json()["errors"]
    assert refused.status_code == status
    assert error["extensions"]["code"] == "RATE_LIMITED"
    assert error["message"].startswith("Too many new documents wait to be read. Nothing was executed.")
    assert 2 <= int(refused.headers["retry-after"]) <= 10


async def test_new_document_waits_until_the_deadline_of_operations(world: World, network: InMemoryTransport) -> None:
    app = create_app(settings_for(world, operation_deadline_s=NO_TIME_S), network)
    known = new_document()
    names = [f"F{number}" for number in range(100)]
    fragments = "".join(f" fragment {name} on Storefront {{ locales }}" for name in names)
    document = f"{{ storefront {{ ...{' ...'.join(names)} }} }} {fragments}"
    async with running(app), httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://g") as http:

        async def status(source: str) -> int:
            return (await http.post("/graphql", json={"query": source}, headers=CLIENT)).status_code

        assert await status(known) == 200
        flood = await asyncio.gather(*[status(f"{document} # {next(NUMBERS)}") for _ in range(MAX_OF_CLIENT)])
        assert flood[0] == 200
        assert flood[-1] == 429
        assert await status(known) == 200


async def test_request_waits_for_the_same_document_until_the_deadline(world: World, network: InMemoryTransport) -> None:
    app = create_app(settings_for(world, operation_deadline_s=NO_TIME_S), network)
    async with running(app), httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://g") as http:
        body = {"query": new_document()}
        answers = await asyncio.gather(*[http.post("/graphql", json=body, headers=CLIENT) for _ in range(2)])
    assert sorted(answer.status_code for answer in answers) == [200, 429]


async def test_many_clients_with_the_same_new_document_are_all_answered(send: Send) -> None:
    document = new_document()
    answers = await asyncio.gather(*[send(SHOPPER, document) for _ in range(2 * MAX_OF_CLIENT)])
    assert {answer.status_code for answer in answers} == {200}


async def test_same_refused_document_is_refused_for_all(send: Send) -> None:
    document = f"{{ nothing }} # {next(NUMBERS)}"
    answers = await asyncio.gather(*[send(SHOPPER, document) for _ in range(5)])
    assert {answer.json()["errors"][0]["extensions"]["code"] for answer in answers} == {"GRAPHQL_VALIDATION_FAILED"}


async def test_requests_that_end_while_they_wait_leave_the_queue(send: Send) -> None:
    order: list[str] = []
    flood = [sent(send, order, str(number), FLOOD[0], new_document()) for number in range(20)]
    await asyncio.wait(flood, return_when=asyncio.FIRST_COMPLETED)
    for number, request in enumerate(flood):
        if number % 2 and not request.done():
            request.cancel()
    await asyncio.gather(*flood, return_exceptions=True)
    assert [number for number in order if int(number) % 2 == 0] == list(map(str, range(0, 20, 2)))
    assert (await send(FLOOD[0], new_document())).status_code == 200


def plans_of(alias: str) -> list[Plan]:
    return [plan for plan in gc.get_objects() if isinstance(plan, Plan) and alias in plan.data]


async def test_plan_is_compiled_once_after_the_third_request(send: Send) -> None:
    alias = f"alias{next(NUMBERS)}"
    document = new_document(alias)
    for _ in range(3):
        assert plans_of(alias) == []
        assert alias in (await send(SHOPPER, document)).json()["data"]
    await eventually(lambda: len(plans_of(alias)) == 1)
    await asyncio.gather(*[send(SHOPPER, document) for _ in range(5)])
    assert len(plans_of(alias)) == 1


async def test_documents_that_are_sent_twice_have_no_plans(send: Send) -> None:
    alias = f"alias{next(NUMBERS)}"
    for _ in range(10):
        document = new_document(alias)
        await asyncio.gather(send(FLOOD[0], document), send(FLOOD[0], document))
    await asyncio.gather(*[send(SHOPPER, new_document()) for _ in range(3)])
    assert plans_of(alias) == []
