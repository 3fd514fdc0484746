"""`node` and `nodes` read objects by global id. Unknown objects and objects of other sessions are null."""

import base64
from typing import Any

import httpx
import pytest
from graphql import GraphQLInterfaceType

from gateway.upstream.ids import global_id
from resolvers.nodes import READERS
from sandbox.model.world import World
from schema.build import build
from tests.support.shop import (
    GRAPHITE,
    NEVER_S,
    PACK,
    SHORT_DEADLINE_S,
    SOFTWARE,
    Clock,
    InMemoryTransport,
    Shopper,
    Storefront,
    gateway,
)

NODE = "query($id: ID!) { node(id: $id) { __typename id } }"
NODES = "query($ids: [ID!]!) { nodes(ids: $ids) { __typename id ... on Product { name } } }"

PRODUCT, CATEGORY, OFFER = (
    global_id("Product", PACK),
    global_id("Category", "70229700"),
    global_id("Offer", "68201210019"),
)

OWN_IDS = """{ cart { id lines { id } paymentSession { id } } }"""


async def node(storefront: Storefront, global_id: str) -> Any:
    return (await storefront.ask(NODE, id=global_id)).data["node"]


async def own_ids(storefront: Storefront) -> dict[str, str]:
    """Global ids of the session's cart, first cart line and payment session, by type name."""
    cart = (await storefront.ask(OWN_IDS)).data["cart"]
    return {"Cart": cart["id"], "CartLine": cart["lines"][0]["id"], "PaymentSession": cart["paymentSession"]["id"]}


def test_every_node_type_has_a_function_that_reads_it() -> None:
    core = build().core
    interface = core.type_map["Node"]
    assert isinstance(interface, GraphQLInterfaceType)
    node_types = {type_.name for type_ in core.get_possible_types(interface)}
    assert node_types == set(READERS), "add the missing node types to READERS in resolvers/nodes.py"


@pytest.mark.parametrize("public_id", [PRODUCT, CATEGORY, OFFER])
async def test_products_categories_and_offers_are_readable_without_a_session(
    storefront: Storefront, public_id: str
) -> None:
    assert (await node(storefront, public_id))["id"] == public_id


async def test_several_products_are_read_in_one_upstream_call(storefront: Storefront, world: World) -> None:
    ids = [global_id("Product", upstream_id) for upstream_id in (PACK, SOFTWARE, GRAPHITE, "999", PACK)]
    products = (await storefront.ask(NODES, ids=[*ids, "nonsense"])).data["nodes"]
    assert [product and product["name"] for product in products] == [
        "Trailhead 28L Daypack",
        "RouteMapper Pro",
        "Cascade GPS Watch - Graphite",
        None,
        "Trailhead 28L Daypack",
        None,
    ]
    assert world.calls.count("GET") == 1
    too_many = await storefront.ask(NODES, ids=[PRODUCT] * 51)
    assert too_many.codes == ["BAD_USER_INPUT"]


@pytest.mark.parametrize("kind", ["status", "delay"])
async def test_failed_read_of_one_object_leaves_the_others(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient, kind: str
) -> None:
    fault = {"status": 503} if kind == "status" else {"delay_s": NEVER_S / 10}
    async with gateway(world, network, clock, operation_deadline_s=SHORT_DEADLINE_S) as storefront:
        await storefront.ask(NODES, ids=[PRODUCT])
        shopper = Shopper(storefront, sandbox, world)
        await shopper.fault(kind, "/v1/shoppers/me/categories/{id}", **fault)
        answer = await storefront.ask(NODES, ids=[PRODUCT, CATEGORY, PRODUCT])
    product = {"__typename": "Product", "id": PRODUCT, "name": "Trailhead 28L Daypack"}
    assert answer.body["data"] == {"nodes": [product, None, product]}
    assert [error["path"] for error in answer.body["errors"]] == [["nodes", 1]]


async def test_shopper_reads_own_cart_objects_by_global_id(storefront: Storefront) -> None:
    await storefront.add(PACK)
    for type_name, own_id in (await own_ids(storefront)).items():
        assert await node(storefront, own_id) == {"__typename": type_name, "id": own_id}


async def test_order_is_readable_only_by_the_session_that_placed_it(shopper: Shopper) -> None:
    await shopper.get_ready()
    order = (await shopper.storefront.outcome())["order"]
    text = "query($id: ID!) { order(id: $id) { lines { id } } }"
    (line,) = (await shopper.storefront.ask(text, id=order["id"])).data["order"]["lines"]
    assert await node(shopper.storefront, order["id"]) == {"__typename": "Order", "id": order["id"]}
    assert await node(shopper.storefront, line["id"]) == {"__typename": "OrderLine", "id": line["id"]}

    stranger = Storefront(shopper.storefront.http)
    await stranger.add(PACK)
    for private_id in (order["id"], line["id"]):
        assert await node(stranger, private_id) is None


async def test_order_and_its_lines_are_read_in_one_upstream_call(registered_shopper: Shopper, world: World) -> None:
    await registered_shopper.get_ready()
    number = (await registered_shopper.storefront.outcome())["order"]["number"]
    text = "query($id: ID!) { order(id: $id) { id lines { id } } }"
    order = (await registered_shopper.storefront.ask(text, id=global_id("Order", number))).data["order"]
    world.calls.clear()
    ids = [order["id"], *(line["id"] for line in order["lines"] * 3)]
    assert all((await registered_shopper.storefront.ask(NODES, ids=ids)).data["nodes"])
    assert world.calls.count() == 1


async def test_account_objects_are_readable_only_by_the_signed_in_shopper(
    registered_shopper: Shopper, world: World
) -> None:
    text = "{ shopper { id addresses { id } paymentOptions { id } } }"
    account = (await registered_shopper.storefront.ask(text)).data["shopper"]
    account_ids = {
        "Shopper": account["id"],
        "SavedAddress": account["addresses"][0]["id"],
        "PaymentOption": account["paymentOptions"][0]["id"],
    }
    for type_name, own_id in account_ids.items():
        assert await node(registered_shopper.storefront, own_id) == {"__typename": type_name, "id": own_id}
        assert await node(registered_shopper.storefront, global_id(type_name, "1")) is None
    guest = Storefront(registered_shopper.storefront.http)
    await guest.add(PACK)
    world.calls.clear()
    assert (await guest.ask(NODES, ids=list(account_ids.values()))).data["nodes"] == [None] * 3
    assert world.calls.count() == 0


async def test_response_for_another_sessions_object_equals_response_for_unknown_id(
    storefront: Storefront, world: World
) -> None:
    await storefront.add(PACK)
    private_ids = await own_ids(storefront)
    stranger = Storefront(storefront.http)
    await stranger.add(SOFTWARE)
    for type_name, private_id in private_ids.items():
        world.calls.clear()
        other_session = await stranger.ask(NODE, id=private_id)
        calls_for_other_session = dict(world.calls.by_call)
        world.calls.clear()
        missing = await stranger.ask(NODE, id=global_id(type_name, "1"))
        assert other_session.body == missing.body == {"data": {"node": None}}
        assert calls_for_other_session == dict(world.calls.by_call)


async def test_reading_private_objects_without_a_session_makes_no_upstream_call(
    storefront: Storefront, world: World
) -> None:
    await storefront.add(PACK)
    private_ids = await own_ids(storefront)
    world.calls.clear()
    new_shopper = Storefront(storefront.http)
    ids = [*private_ids.values(), global_id("Order", "1"), global_id("OrderLine", "1-2")]
    assert (await new_shopper.ask(NODES, ids=ids)).data["nodes"] == [None] * len(ids)
    assert world.calls.count() == 0


@pytest.mark.parametrize(
    "malformed_id",
    [
        "",
        "nonsense",
        "ü",
        global_id("Product", "../carts"),
        global_id("Money", "1"),
        global_id("", "1"),
        base64.urlsafe_b64encode(b"Product").decode(),
        base64.urlsafe_b64encode(b"Product:").decode(),
        base64.urlsafe_b64encode(b"\xff\xfe:1").decode(),
    ],
)
async def test_malformed_global_id_returns_null(storefront: Storefront, world: World, malformed_id: str) -> None:
    assert await node(storefront, malformed_id) is None
    assert world.calls.count() == 0


async def test_failing_upstream_read_of_a_node_returns_an_error(shopper: Shopper) -> None:
    await shopper.fault("status", "/v1/shoppers/me/categories/{id}", status=503)
    answer = await shopper.storefront.ask(NODES, ids=[CATEGORY, OFFER])
    assert answer.codes == ["UPSTREAM_UNAVAILABLE"]
