"""Any object by its id: what is there, what is not, and what is somebody else's."""

import base64
from typing import Any

import pytest
from graphql import GraphQLInterfaceType

from gateway.upstream.ids import global_id
from resolvers.nodes import READERS
from sandbox.model.world import World
from schema.build import build
from tests.support.shop import GRAPHITE, PACK, SOFTWARE, Shopper, Storefront

NODE = "query($id: ID!) { node(id: $id) { __typename id } }"
NODES = "query($ids: [ID!]!) { nodes(ids: $ids) { __typename id ... on Product { name } } }"

PRODUCT, CATEGORY, OFFER = (
    global_id("Product", PACK),
    global_id("Category", "70229700"),
    global_id("Offer", "68201210019"),
)

MINE = """{ cart { id lines { id } paymentSession { id } } }"""


async def node(storefront: Storefront, id: str) -> Any:
    return (await storefront.ask(NODE, id=id)).data["node"]


async def mine(storefront: Storefront) -> dict[str, str]:
    """Ids of what belongs to this session, by type."""
    cart = (await storefront.ask(MINE)).data["cart"]
    return {"Cart": cart["id"], "CartLine": cart["lines"][0]["id"], "PaymentSession": cart["paymentSession"]["id"]}


def test_every_type_that_has_an_id_can_be_read_by_it() -> None:
    core = build().core
    interface = core.type_map["Node"]
    assert isinstance(interface, GraphQLInterfaceType)
    named = {type_.name for type_ in core.get_possible_types(interface)}
    assert named == set(READERS), "give the type a reader in resolvers/nodes.py"


@pytest.mark.parametrize("id", [PRODUCT, CATEGORY, OFFER])
async def test_what_is_public_is_read_by_anybody(storefront: Storefront, id: str) -> None:
    found = await node(storefront, id)
    assert found["id"] == id


async def test_several_products_are_one_call(storefront: Storefront, world: World) -> None:
    ids = [global_id("Product", one) for one in (PACK, SOFTWARE, GRAPHITE, "999", PACK)]
    found = (await storefront.ask(NODES, ids=[*ids, "nonsense"])).data["nodes"]
    assert [one and one["name"] for one in found] == [
        "Trailhead 28L Daypack",
        "RouteMapper Pro",
        "Cascade GPS Watch - Graphite",
        None,
        "Trailhead 28L Daypack",
        None,
    ]
    assert world.calls.count("GET") == 1
    many = await storefront.ask(NODES, ids=[PRODUCT] * 51)
    assert many.codes == ["BAD_USER_INPUT"]


async def test_the_cart_and_its_parts_are_read_by_their_session(storefront: Storefront) -> None:
    await storefront.add(PACK)
    for type_name, id in (await mine(storefront)).items():
        assert await node(storefront, id) == {"__typename": type_name, "id": id}


async def test_an_order_and_its_lines_are_read_by_their_session(shopper: Shopper) -> None:
    await shopper.get_ready()
    order = (await shopper.storefront.outcome())["order"]
    text = "query($id: ID!) { order(id: $id) { lines { id } } }"
    (line,) = (await shopper.storefront.ask(text, id=order["id"])).data["order"]["lines"]
    assert await node(shopper.storefront, order["id"]) == {"__typename": "Order", "id": order["id"]}
    assert await node(shopper.storefront, line["id"]) == {"__typename": "OrderLine", "id": line["id"]}

    stranger = Storefront(shopper.storefront.http)
    await stranger.add(PACK)
    for id in (order["id"], line["id"]):
        assert await node(stranger, id) is None


async def test_an_order_and_its_lines_are_one_call(registered_shopper: Shopper, world: World) -> None:
    await registered_shopper.get_ready()
    number = (await registered_shopper.storefront.outcome())["order"]["number"]
    text = "query($id: ID!) { order(id: $id) { id lines { id } } }"
    order = (await registered_shopper.storefront.ask(text, id=global_id("Order", number))).data["order"]
    world.calls.clear()
    ids = [order["id"], *(line["id"] for line in order["lines"] * 3)]
    assert all((await registered_shopper.storefront.ask(NODES, ids=ids)).data["nodes"])
    assert world.calls.count() == 1


async def test_what_an_account_has_is_read_by_its_shopper_alone(registered_shopper: Shopper, world: World) -> None:
    text = "{ shopper { id addresses { id } paymentOptions { id } } }"
    own = (await registered_shopper.storefront.ask(text)).data["shopper"]
    theirs = {
        "Shopper": own["id"],
        "SavedAddress": own["addresses"][0]["id"],
        "PaymentOption": own["paymentOptions"][0]["id"],
    }
    for type_name, id in theirs.items():
        assert await node(registered_shopper.storefront, id) == {"__typename": type_name, "id": id}
        assert await node(registered_shopper.storefront, global_id(type_name, "1")) is None
    guest = Storefront(registered_shopper.storefront.http)
    await guest.add(PACK)
    world.calls.clear()
    assert (await guest.ask(NODES, ids=list(theirs.values()))).data["nodes"] == [None] * 3
    assert world.calls.count() == 0


async def test_a_strangers_objects_are_as_if_they_had_never_been(storefront: Storefront, world: World) -> None:
    await storefront.add(PACK)
    theirs = await mine(storefront)
    stranger = Storefront(storefront.http)
    await stranger.add(SOFTWARE)
    for type_name, id in theirs.items():
        world.calls.clear()
        foreign = await stranger.ask(NODE, id=id)
        after_foreign = dict(world.calls.by_call)
        world.calls.clear()
        missing = await stranger.ask(NODE, id=global_id(type_name, "1"))
        assert foreign.body == missing.body == {"data": {"node": None}}
        assert after_foreign == dict(world.calls.by_call)


async def test_without_a_session_nobody_asks_for_what_needs_one(storefront: Storefront, world: World) -> None:
    await storefront.add(PACK)
    theirs = await mine(storefront)
    world.calls.clear()
    nobody = Storefront(storefront.http)
    ids = [*theirs.values(), global_id("Order", "1"), global_id("OrderLine", "1-2")]
    assert (await nobody.ask(NODES, ids=ids)).data["nodes"] == [None] * len(ids)
    assert world.calls.count() == 0


@pytest.mark.parametrize(
    "id",
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
async def test_what_is_no_id_of_ours_is_not_there(storefront: Storefront, world: World, id: str) -> None:
    assert await node(storefront, id) is None
    assert world.calls.count() == 0


async def test_an_object_that_cannot_be_read_is_an_error_and_no_absence(shopper: Shopper) -> None:
    await shopper.fault("status", "/v1/shoppers/me/categories/{id}", status=503)
    answer = await shopper.storefront.ask(NODES, ids=[CATEGORY, OFFER])
    assert answer.codes == ["UPSTREAM_UNAVAILABLE"]
