"""The pictures that the sandbox draws: every address of a picture in its answers leads to one."""

from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

import httpx
import pytest

from sandbox.api.images import images
from sandbox.app import create_app
from sandbox.demo_shop.payment_methods import METHODS
from sandbox.demo_shop.products import PRODUCTS
from sandbox.model.world import World
from tests.support.commerce_client import ME, Client

SMALL_BYTES = 6000

FIELDS = {"thumbnailImage", "productImage", "iconImage", "image"}


def addresses(content: Any) -> Iterator[str]:
    """Addresses of pictures in the JSON of an answer."""
    if isinstance(content, dict):
        for name, value in content.items():
            if name in FIELDS and isinstance(value, str):
                yield value
            else:
                yield from addresses(value)
    elif isinstance(content, list):
        for child in content:
            yield from addresses(child)


async def listed_addresses(client: Client) -> set[str]:
    """Addresses of pictures in the answers about products, categories, offers and payment methods."""
    session_id = (await client.fill())["paymentSession"]["id"]
    ids = ",".join(map(str, PRODUCTS))
    answers = [
        await client.ask("GET", f"{ME}/products?productId={ids}&expand=all&pageSize=100"),
        await client.ask("GET", f"{ME}/categories?expand=all"),
        await client.ask("GET", f"{ME}/offers?expand=all&pageSize=100"),
        await client.cart(),
    ]
    headers = {"Authorization": f"Bearer {client.world.keys.public_key}"}
    methods = await client.http.get(f"/payments/payment-methods?sessionId={session_id}", headers=headers)
    return set(addresses([*answers, methods.json()]))


async def test_every_address_of_a_picture_leads_to_one(client: Client) -> None:
    listed = await listed_addresses(client)
    assert {"products", "categories", "offers", "payment-methods"} == {url.split("/")[-2] for url in listed}
    for url in listed:
        answer = await client.http.get(url)
        assert answer.status_code == 200, url
        assert answer.headers["content-type"].startswith("image/svg+xml")
        assert "max-age" in answer.headers["cache-control"]


async def test_every_product_has_its_own_picture(client: Client) -> None:
    ids = ",".join(map(str, PRODUCTS))
    listed = await client.ask("GET", f"{ME}/products?productId={ids}&expand=all&pageSize=100")
    products = listed["products"]["product"]
    assert {product["id"] for product in products} == PRODUCTS.keys()
    pictures = [(await client.http.get(product["productImage"])).content for product in products]
    assert len(set(pictures)) == len(PRODUCTS)


async def test_every_payment_method_has_a_badge(client: Client) -> None:
    badges = [await client.http.get(f"/_sandbox/images/payment-methods/{kind}.svg") for kind in METHODS]
    assert {badge.status_code for badge in badges} == {200}
    assert len({badge.content for badge in badges}) == len(METHODS)


@pytest.mark.parametrize("path", images())
def test_picture_is_small_and_valid_without_scripts_or_links(path: str) -> None:
    picture = images()[path]
    assert len(picture) < SMALL_BYTES
    tags = {element.tag.rpartition("}")[2] for element in ElementTree.fromstring(picture).iter()}  # noqa: S314 - ours
    assert tags <= {"svg", "title", "g", "path", "circle", "ellipse", "rect", "text"}
    assert b"href" not in picture


async def test_unchanged_picture_is_not_sent_again(client: Client) -> None:
    path = "/_sandbox/images/products/trailhead-28.svg"
    tag = (await client.http.get(path)).headers["etag"]
    again = await client.http.get(path, headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")


async def test_pictures_are_not_counted_as_api_calls(client: Client) -> None:
    client.world.calls.clear()
    assert (await client.http.get("/_sandbox/images/products/pine-stove.svg")).status_code == 200
    assert (await client.http.get("/_sandbox/images/products/no-such.svg")).status_code == 404
    assert client.world.calls.count() == 0


async def test_addresses_begin_with_the_public_url(world: World) -> None:
    transport = httpx.ASGITransport(app=create_app(world, "http://shop.localhost:9001/"))
    async with httpx.AsyncClient(transport=transport, base_url="http://sandbox:8001") as http:
        client = Client(http, world)
        await client.start()
        listed = await listed_addresses(client)
    assert all(url.startswith("http://shop.localhost:9001/_sandbox/images/") for url in listed)
