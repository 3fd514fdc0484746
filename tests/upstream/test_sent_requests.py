"""Each call of a checkout has exactly the parameters and the body that Digital River documents."""

import base64
import json
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest

from sandbox.model.world import Balance, World
from tests.payments.test_store_credit import saved
from tests.support.shop import (
    ADDRESS,
    CART,
    LIVE_MAPS,
    METHODS,
    PACK,
    SUBMIT,
    Clock,
    InMemoryTransport,
    Shopper,
    documents,
    gateway,
    signed_in,
)

EXPANDED = {"expand": "all"}


class Recorder(InMemoryTransport):
    """Records every request, and the parameters and the body of the latest one by method and path."""

    def __init__(self, network: InMemoryTransport) -> None:
        super().__init__(network.app)
        self.sent: dict[str, tuple[dict[str, str], Any]] = {}
        self.requests: list[httpx.Request] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        body = request.content.decode()
        if request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
            parsed: Any = {name: value for name, (value,) in parse_qs(body).items()}
        else:
            parsed = json.loads(body) if body else None
        self.requests.append(request)
        self.sent[f"{request.method} {request.url.path}"] = dict(request.url.params), parsed
        return await super().handle_async_request(request)


@pytest.fixture
def recorder(network: InMemoryTransport) -> Recorder:
    return Recorder(network)


@pytest.fixture
async def alex(world: World, recorder: Recorder, sandbox: httpx.AsyncClient, clock: Clock) -> AsyncIterator[Shopper]:
    async with gateway(world, recorder, clock) as storefront:
        keys = world.keys
        yield await signed_in(storefront, sandbox, world, keys.shopper_username, keys.shopper_password)


async def change(shopper: Shopper, mutation: str, fields: str) -> dict[str, Any]:
    answer = await shopper.storefront.ask(
        f"mutation {{ {mutation}(input: {{{fields}}}) {{ errors {{ code path }} }} }}"
    )
    payload: dict[str, Any] = answer.data[mutation]
    return payload


async def test_sign_in_sends_password_in_base64_and_guest_token(
    world: World, recorder: Recorder, sandbox: httpx.AsyncClient, clock: Clock
) -> None:
    async with gateway(world, recorder, clock) as storefront:
        shopper = Shopper(storefront, sandbox, world)
        await shopper.storefront.add(PACK)
        (guest_token,) = world.tokens
        keys = world.keys
        await storefront.sign_in(keys.shopper_username, keys.shopper_password)
    assert recorder.sent["POST /oauth20/token"][1] == {
        "grant_type": "password",
        "username": keys.shopper_username,
        "password": base64.b64encode(keys.shopper_password.encode()).decode(),
        "dr_limited_token": guest_token,
    }


async def test_adding_a_line_sends_product_quantity_and_terms(alex: Shopper, recorder: Recorder) -> None:
    fields = f'lines: [{{product: {{upstreamId: "{PACK}"}}, quantity: 2}}]'
    assert (await change(alex, "addCartLines", fields))["errors"] == []
    body = {"lineItems": {"lineItem": [{"quantity": 2, "product": {"id": PACK}}]}}
    assert recorder.sent[f"POST {CART}/line-items"] == ({}, body)


async def test_removing_lines_sends_all_line_ids(alex: Shopper, recorder: Recorder) -> None:
    await alex.storefront.add(PACK)
    await alex.storefront.add(LIVE_MAPS)
    lines = (await alex.storefront.ask("{ cart { lines { id } } }")).data["cart"]["lines"]
    upstream_ids = [str(line["id"]) for line in (await alex.cart_json())["cart"]["lineItems"]["lineItem"]]
    ids = ", ".join(json.dumps(line["id"]) for line in lines)
    assert (await change(alex, "removeCartLines", f"lineIds: [{ids}]"))["errors"] == []
    assert recorder.sent[f"DELETE {CART}/line-items"] == ({"lineItemsId": ",".join(upstream_ids)}, None)


async def test_checkout_details_are_sent_in_one_body(alex: Shopper, recorder: Recorder) -> None:
    await alex.storefront.add(PACK)
    assert (await alex.storefront.give_details())["errors"] == []
    params, body = recorder.sent[f"POST {CART}"]
    address = {
        "firstName": ADDRESS["firstName"],
        "lastName": ADDRESS["lastName"],
        "line1": ADDRESS["line1"],
        "city": ADDRESS["city"],
        "countrySubdivision": ADDRESS["countrySubdivision"],
        "postalCode": ADDRESS["postalCode"],
        "country": ADDRESS["countryCode"],
        "phoneNumber": ADDRESS["phoneNumber"],
        "emailAddress": ADDRESS["email"],
    }
    assert params == EXPANDED
    assert body == {
        "cart": {
            "billingAddress": address,
            "shippingAddress": address,
            "termsOfSalesAcceptance": "true",
            "ipAddress": "198.51.100.7",
        }
    }


@pytest.mark.parametrize("name", ["billingAddressId", "shippingAddressId", "paymentOptionId"])
async def test_apply_shopper_sends_only_the_given_ids(alex: Shopper, recorder: Recorder, name: str) -> None:
    await alex.storefront.add(PACK)
    text = "{ shopper { addresses { id } paymentOptions { id } } }"
    account = (await alex.storefront.ask(text)).data["shopper"]
    kind = "paymentOptions" if name == "paymentOptionId" else "addresses"
    await change(alex, "applyShopper", f'{name}: "{account[kind][0]["id"]}"')
    params, body = recorder.sent[f"POST {CART}/apply-shopper"]
    assert params.keys() == {"expand", name}
    assert params[name]
    assert body is None


@pytest.mark.parametrize("name", ["billingAddressId", "shippingAddressId", "paymentOptionId"])
async def test_malformed_id_is_reported_at_its_input(alex: Shopper, recorder: Recorder, name: str) -> None:
    await alex.storefront.add(PACK)
    payload = await change(alex, "applyShopper", f'{name}: "nonsense"')
    assert payload["errors"] == [{"code": "NOT_FOUND", "path": ["input", name]}]
    assert f"POST {CART}/apply-shopper" not in recorder.sent


async def test_source_is_attached_and_detached_by_its_id(alex: Shopper, recorder: Recorder) -> None:
    await alex.storefront.add(PACK)
    source_id = str(saved(alex.world).id)
    assert (await alex.storefront.attach(source_id))["errors"] == []
    source = {"paymentMethod": {"sourceId": source_id}}
    assert recorder.sent[f"POST {CART}/apply-payment-method"] == (EXPANDED, source)
    await change(alex, "detachSource", f'target: {{sourceId: "{source_id}"}}')
    assert recorder.sent[f"DELETE {CART}/apply-payment-method"] == ({}, source)
    await alex.storefront.attach(source_id)
    await change(alex, "detachSource", "target: {all: true}")
    assert recorder.sent[f"DELETE {CART}/payment"] == ({}, None)


async def test_each_request_names_its_formats_and_expands_everything(alex: Shopper, recorder: Recorder) -> None:
    """Digital River answers in XML, refuses a body, or leaves out fields, if a request lacks these."""
    alex.world.ledger["rf-cust-000042"] = Balance(Decimal(20), "USD")
    await alex.fill_cart()
    credit = await alex.storefront.ask("mutation { applyStoreCredit(input: {}) { errors { code } } }")
    assert credit.data["applyStoreCredit"]["errors"] == []
    await alex.pay_with()
    for page in ("CartPage", "CheckoutPage", "PaymentStep"):
        await alex.storefront.ask(documents()[page])
    assert (await alex.storefront.outcome())["__typename"] == "OrderPlaced"
    paths = {request.url.path for request in recorder.requests}
    assert paths >= {CART, SUBMIT, f"{CART}/line-items", f"{CART}/applied-offers", METHODS, "/sources"}
    for request in recorder.requests:
        assert request.headers["accept"] == "application/json", request.url
        assert request.url.params.get("expand", "all") == "all", request.url
        if request.content:
            formats = ("application/json", "application/x-www-form-urlencoded")
            assert request.headers["content-type"] in formats, request.url
