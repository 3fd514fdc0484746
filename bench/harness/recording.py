"""Records the sandbox's answers to the calls that a gateway makes for some operations.

`bench.harness.upstream` serves the recorded answers. The recorded gateway executes with graphql-core, so its answers
are those that every measured gateway must give.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from bench.harness.answers import Answer, Recording
from bench.harness.operations import Operation
from sandbox.app import create_app as create_sandbox
from sandbox.model.world import World
from tests.support.json_answers import read_copy
from tests.support.shop import CART, Clock, InMemoryTransport, Shopper, Storefront, gateway

NO_OTHER_KEYS = dict.fromkeys(("merchant_key", "payment_key", "ledger_url", "ledger_key"), "")
"""Settings without the parts of Digital River that `bench.harness.servers.gateway` does not use either."""

NOTHING: Mapping[str, Answer] = {}

PRODUCTS = [5401230100 + 100 * number for number in (0, 1, 5, 6, 7, 8, 9, 10, 11, 12)]
"""Ten products of the demo shop that a guest can buy together with every payment method."""


class Recorder(InMemoryTransport):
    """Calls the sandbox and keeps its answers. Those to the methods and paths of `replaced` are other ones."""

    def __init__(self, world: World) -> None:
        super().__init__(create_sandbox(world))
        self.answers: dict[str, Answer] = {}
        self.replaced: Mapping[str, Answer] = NOTHING

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        target = request.url.raw_path.decode()
        call, path = f"{request.method} {target}", f"{request.method} {target.partition('?')[0]}"
        if (answer := self.replaced.get(path)) is None:
            response, body = await read_copy(await super().handle_async_request(request))
            answer = Answer(response.status_code, body)
        else:
            response = httpx.Response(answer.status, stream=httpx.ByteStream(answer.body), request=request)
        self.answers[call] = self.answers[path] = answer
        return response


@dataclass
class Recorded:
    """Operations with their expected answers, and the recording from which a gateway can give them."""

    operations: list[Operation]
    recording: Recording


async def record(
    operations: list[Operation], replaced: Mapping[str, Answer] = NOTHING, lines: int | None = None
) -> Recorded:
    """Let a guest with ten lines and a card execute the operations.

    `replaced` has answers that the sandbox would not give, by method and path. With `lines`, the cart has so many.
    """
    world = World()
    for product_id in PRODUCTS:
        world.stock[product_id] = None
    recorder = Recorder(world)
    async with (
        gateway(world, recorder, Clock(), compiled_plans=False, **NO_OTHER_KEYS) as storefront,
        httpx.AsyncClient(transport=recorder, base_url="http://sandbox") as sandbox,
    ):
        shopper = Shopper(Storefront(storefront.http), sandbox, world)
        for product_id in PRODUCTS:
            payload = await shopper.storefront.add(str(product_id))
            assert payload["errors"] == [], payload
        await shopper.storefront.give_details()
        await shopper.pay_with()
        # Calls that no operation below makes, but a peer.
        await sandbox.get(f"{CART}?expand=all", headers={"Authorization": f"Bearer {token_of(world)}"})
        recorder.replaced = replaced if lines is None else {**replaced, f"GET {CART}": with_lines(recorder, lines)}
        cart = await shopper.storefront.cart()
        done = [await executed(shopper, operation, cart) for operation in operations]
    return Recorded(done, Recording(recorder.answers))


async def executed(shopper: Shopper, operation: Operation, cart: dict[str, Any]) -> Operation:
    """The operation with its final variables and its expected answer."""
    variables = {name: cart_value(cart, value) for name, value in operation.variables.items()}
    answer = await shopper.storefront.ask(operation.document, **variables)
    return Operation(operation.name, operation.document, variables, answer.body)


def cart_value(cart: dict[str, Any], value: Any) -> Any:
    """The value of a variable. A string such as `$lines.0.id` names a value of the cart."""
    if not isinstance(value, str) or not value.startswith("$"):
        return value
    part: Any = cart
    for name in value[1:].split("."):
        part = part[int(name) if name.isdecimal() else name]
    return part


def with_lines(recorder: Recorder, count: int) -> Answer:
    """The cart with so many lines. Its lines are repeated under other ids."""
    wire = json.loads(recorder.answers[f"GET {CART}"].body)
    few = wire["cart"]["lineItems"]["lineItem"]
    many = [few[number % len(few)] | {"id": few[0]["id"] + number} for number in range(count)]
    wire["cart"]["lineItems"]["lineItem"] = many
    return Answer(200, json.dumps(wire).encode())


def token_of(world: World) -> str:
    return next(token for token, grant in world.tokens.items() if grant.shopper.cart)


def leaves(value: Any) -> int:
    """Number of values in an answer that are no object and no list."""
    if isinstance(value, dict):
        return sum(map(leaves, value.values()))
    return sum(map(leaves, value)) if isinstance(value, list) else 1
