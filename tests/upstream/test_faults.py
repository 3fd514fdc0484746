"""Each upstream call of a purchase is tested with each kind of fault, over real sockets.

The client receives an error, and data for all fields that do not depend on the failed call. The gateway answers before
the deadline. It sends a failed read at most three times, and a failed change only once.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from gateway.errors import UpstreamError
from gateway.upstream import transport
from gateway.upstream.client import Upstream
from gateway.upstream.retrying_calls import Calls
from sandbox.app import create_app as create_sandbox
from sandbox.model.world import World
from tests.support.shop import (
    ADDRESS,
    CART,
    METHODS,
    PACK,
    SHORT_DEADLINE_S,
    SUBMIT,
    Answer,
    Shopper,
    Storefront,
    app_for,
    documents,
    listening,
    new_key,
    running,
    settings_for,
    shopper_over_socket,
)
from tests.support.upstream_ways import Way

pytestmark = pytest.mark.slow

ME = "/v1/shoppers/me"

LONG_DEADLINE_S = 30.0
"""Operation deadline in tests of faults that delay no answer. So long that a busy machine causes no timeout."""

HANGING = ("delay", "drip")

FAULTS: dict[str, tuple[dict[str, Any], str]] = {
    "status": ({"status": 503}, "UPSTREAM_UNAVAILABLE"),
    "delay": ({"delay_s": 60}, "UPSTREAM_TIMEOUT"),
    "drip": ({"delay_s": 1}, "UPSTREAM_TIMEOUT"),
    "drop-before": ({}, "UPSTREAM_UNAVAILABLE"),
    "drop-after": ({}, "UPSTREAM_UNAVAILABLE"),
    "malformed": ({}, "UPSTREAM_INVALID_RESPONSE"),
    "huge": ({}, "UPSTREAM_INVALID_RESPONSE"),
    "content-type": ({}, "UPSTREAM_INVALID_RESPONSE"),
}
"""Parameters of a fault in the sandbox, and the error code that the client must receive, by kind of fault."""

PAY = "mutation($id: String!) { attachSource(input: {source: {sourceId: $id}}) { errors { code } } }"
PAGE = {
    "id": "UHJvZHVjdDo1NDAxMjMwMzAw",
    "locale": "de-DE",
    "currency": "EUR",
    "pointOfPromotion": "CrossSell_ProductDetail",
}
FIRST = "UHJvZHVjdDo1NDAxMjMwMTAw"


@pytest.fixture
async def live(world: World) -> AsyncIterator[Shopper]:
    """A shopper whose gateway calls the sandbox over a socket, with the operation deadline `SHORT_DEADLINE_S`."""
    async with shopper_over_socket(world, SHORT_DEADLINE_S) as shopper:
        yield shopper


@dataclass(frozen=True)
class Step:
    """An operation, and one upstream call of the operation. The call is tested with each kind of fault."""

    operation: str
    method: str
    path: str
    keeps: tuple[str, ...] = ()
    """Dotted paths of fields that have a value despite the fault."""
    loses: str | None = None
    """Dotted path of the field that is null because of the fault."""
    harmless: tuple[str, ...] = ()
    """Kinds of fault that cause no error: the gateway reads in the cart that the change was made, or needs no body."""
    has_substitute: bool = False
    """Whether the gateway reads the same data from another call, so that the fault causes no error."""

    @property
    def is_read(self) -> bool:
        return self.method == "GET" or self.path == "/oauth20/token"

    def __str__(self) -> str:
        return f"{self.operation}-{self.method}-{self.path.rpartition('/')[2]}"


STEPS = [
    Step("ProductPage", "GET", f"{ME}/products/{{id}}", ("storefront.publishableKey",), "product"),
    Step(
        "ProductPage",
        "GET",
        f"{ME}/products/inventory-status",
        ("storefront", "product.name", "product.pricing", "product.variations", "product.crossSells"),
        "product.inventory",
    ),
    Step(
        "ProductPage",
        "GET",
        f"{ME}/products/{{id}}/variations",
        ("storefront", "product.name", "product.pricing", "product.crossSells"),
        "product.variations",
    ),
    Step(
        "ProductPage",
        "GET",
        f"{ME}/products/{{id}}/point-of-promotions/{{name}}/offers",
        ("storefront", "product.name", "product.pricing", "product.variations"),
        "product.crossSells",
    ),
    Step("CartPage", "GET", CART, ("session.id",), "cart"),
    Step(
        "CartPage", "GET", f"{CART}/applied-offers", ("session.id", "cart.id", "cart.readiness"), "cart.appliedOffers"
    ),
    Step("CheckoutPage", "GET", CART, ("storefront.publishableKey",), "cart"),
    Step(
        "CheckoutPage",
        "GET",
        f"{CART}/tax-registrations/schema",
        ("storefront", "cart.id", "cart.paymentSession.availablePaymentMethods.methods", "cart.readiness"),
        "cart.taxIdentifierRequirements",
    ),
    Step(
        "CheckoutPage",
        "GET",
        METHODS,
        ("storefront", "cart.id", "cart.readiness", "cart.paymentSession.availablePaymentMethods.methods"),
        has_substitute=True,
    ),
    Step("GuestFirstLine", "POST", "/oauth20/token"),
    Step("GuestFirstLine", "POST", f"{CART}/line-items", harmless=("malformed", "content-type")),
    Step("GuestFirstLine", "GET", CART, (), "addCartLines.cart"),
    Step("GuestDetails", "POST", CART),
    Step("GuestDetails", "POST", f"{CART}/apply-shipping-option"),
    Step(
        "GuestDetails",
        "GET",
        METHODS,
        ("prepareCheckout.cart.id", "prepareCheckout.cart.paymentSession.availablePaymentMethods.methods"),
        has_substitute=True,
    ),
    Step("GuestSource", "GET", CART),
    # The answer to this call has no body. Bytes after the answer are discarded together with the connection.
    Step("GuestSource", "DELETE", f"{CART}/apply-payment-method", harmless=("drip", "malformed", "content-type")),
    Step("GuestSource", "POST", f"{CART}/apply-payment-method"),
    Step("GuestOrder", "GET", CART),
    Step("GuestOrder", "POST", SUBMIT),
]


async def arrange(shopper: Shopper, step: Step) -> dict[str, Any]:
    """Prepare the cart for the operation without reading payment methods. Return the variables of the operation."""
    storefront, operation = shopper.storefront, step.operation
    # Without this switch, the sandbox would select a shipping option itself.
    shopper.world.switches.shipping_option = "open"
    if operation == "ProductPage":
        return PAGE
    if operation == "GuestFirstLine":
        return {"key": new_key(), "productId": FIRST}
    await storefront.add("5401230100")
    if operation == "GuestDetails":
        return {"address": ADDRESS}
    text = """mutation($a: AddressInput!) { prepareCheckout(input: {billing: {address: $a}, shipping: {sameAs: BILLING},
      shippingOption: {rule: CHEAPEST}, termsOfSaleAccepted: true}) { errors { code } } }"""
    await storefront.ask(text, a=ADDRESS)
    if operation in ("CartPage", "CheckoutPage"):
        return {}
    source_id = await shopper.source()
    if step.method == "DELETE":
        await storefront.ask(PAY, id=source_id)
        return {"sourceId": await shopper.source()}
    if operation == "GuestSource":
        return {"sourceId": source_id}
    await storefront.ask(PAY, id=source_id)
    cart = await storefront.cart()
    return {"key": new_key(), "total": cart["totals"]["orderTotal"], "revision": cart["revision"]}


def value_at(answer: Answer, path: str) -> Any:
    value: Any = answer.body["data"]
    for name in path.split("."):
        value = value[name]
    return value


def refusal_codes(answer: Answer) -> set[str]:
    """Codes of the user errors in the payloads of mutations."""
    found_codes: set[str] = set()
    for payload in (answer.body.get("data") or {}).values():
        if isinstance(payload, dict):
            found_codes |= {error["code"] for error in payload.get("errors") or []}
    return found_codes


def deadline_of(kind: str) -> float:
    return SHORT_DEADLINE_S if kind in HANGING else LONG_DEADLINE_S


@pytest.mark.parametrize("kind", FAULTS)
@pytest.mark.parametrize("step", STEPS, ids=str)
async def test_fault_in_upstream_call_nulls_only_dependent_fields(world: World, step: Step, kind: str) -> None:
    deadline_s = deadline_of(kind)
    if step.has_substitute:
        # Reading the same data from the other call begins at half the deadline.
        deadline_s *= 2
    async with shopper_over_socket(world, deadline_s) as live:
        await check_fault(live, step, kind, deadline_s)


OVER_TLS = (
    "CartPage-GET-active",
    "GuestFirstLine-POST-token",
    "GuestDetails-POST-active",
    "GuestOrder-POST-submit-cart",
)
"""The steps that are tested over TLS as well: a read, a token, a change and a submission."""


@pytest.mark.parametrize("kind", FAULTS)
@pytest.mark.parametrize("step", [step for step in STEPS if str(step) in OVER_TLS], ids=str)
async def test_fault_over_tls_nulls_only_dependent_fields(world: World, step: Step, kind: str) -> None:
    deadline_s = deadline_of(kind)
    async with shopper_over_socket(world, deadline_s, Way.OVER_TLS) as live:
        await check_fault(live, step, kind, deadline_s)


async def check_fault(live: Shopper, step: Step, kind: str, deadline_s: float) -> None:
    world, variables = live.world, await arrange(live, step)
    more, code = FAULTS[kind]
    await live.fault(kind, step.path, method=step.method, **more)
    world.calls.clear()

    async with asyncio.timeout(deadline_s * 4):
        answer = await live.storefront.ask(documents()[step.operation], **variables)

    calls = world.calls.count(step.method, step.path)
    assert 1 <= calls <= (3 if step.is_read else 1)
    if step.path == SUBMIT:
        payload = answer.data["submitOrder"]
        assert payload["result"]["__typename"] == "OrderInDoubt"
        assert payload["attempt"]["wasSentUpstream"] is True
        return
    if kind in step.harmless:
        assert (refusal_codes(answer), answer.codes) == (set(), [])
        assert (await live.storefront.cart())["totalQuantity"] == 1
        return
    # User errors of a mutation have the code UPSTREAM_UNAVAILABLE for every kind of fault.
    refusals = refusal_codes(answer)
    if step.has_substitute:
        assert (refusals, answer.codes) == (set(), []), answer.body
    elif step.operation.startswith("Guest") and not step.loses:
        assert refusals == {"UPSTREAM_UNAVAILABLE"}, answer.body
        # A payload whose cart cannot be read has a further error. After the deadline, the cart is not requested.
        assert set(answer.codes) <= {code} | ({"UPSTREAM_UNAVAILABLE"} if kind in HANGING else set())
    else:
        assert (refusals, set(answer.codes)) == (set(), {code}), answer.body
    for path in step.keeps:
        assert value_at(answer, path) is not None, path
    if step.loses:
        assert value_at(answer, step.loses) is None
    assert world.calls.count("POST", SUBMIT) == 0

    # After the fault is removed, the next operation succeeds.
    world.faults.clear()
    again = await live.storefront.ask("{ cart { totalQuantity } }")
    assert "errors" not in again.body


async def test_closed_upstream_port_is_reported_as_upstream_unavailable(world: World) -> None:
    async with listening(create_sandbox(world), "off") as url:
        pass
    async with running(app_for(settings_for(world, upstream_url=url))) as http:
        storefront = Storefront(http)
        answer = await storefront.ask("{ products(first: 1) { totalCount } storefront { locales } }")
        assert answer.codes == ["UPSTREAM_UNAVAILABLE"]
        assert answer.body["data"]["storefront"]["locales"]
        payload = await storefront.add("5401230100")
        assert payload["errors"][0]["code"] == "UPSTREAM_UNAVAILABLE"
        assert payload["errors"][0]["retry"] == "RETRY"


async def test_cancelled_requests_release_their_upstream_connections(world: World) -> None:
    async with shopper_over_socket(world, deadline_s=20) as live:
        await live.storefront.add(PACK)
        await live.fault("delay", CART, method="GET", delay_s=60, times=30)
        tabs = [live.storefront.another_tab() for _ in range(30)]
        requests = [asyncio.create_task(tab.ask("{ cart { id } }")) for tab in tabs]
        await asyncio.sleep(0)
        for task in requests:
            task.cancel()
        await asyncio.gather(*requests, return_exceptions=True)
        world.faults.clear()
        answers = await asyncio.gather(*(live.storefront.another_tab().ask("{ cart { id } }") for _ in range(100)))
        assert all("errors" not in answer.body for answer in answers)


START = 'mutation { startSession(input: {locale: "de-DE"}) { session { id } errors { code } } }'
STOCK = "/v1/shoppers/me/products/inventory-status"
SLOW = [
    ("cart and methods", "{ cart { id } availablePaymentMethods { methods { type } } }", CART, METHODS),
    ("cart and stock", "{ cart { lines { product { inventory { isInStock } } } } }", CART, STOCK),
    ("token and market", START, "/oauth20/token", "/v1/shoppers/me"),
]


@pytest.mark.parametrize(("text", "first_path", "second_path"), [row[1:] for row in SLOW], ids=[row[0] for row in SLOW])
async def test_consecutive_upstream_calls_share_the_operation_deadline(
    live: Shopper, text: str, first_path: str, second_path: str
) -> None:
    if text != START:
        await live.storefront.add(PACK)
    for path in (first_path, second_path):
        await live.fault("delay", path, delay_s=SHORT_DEADLINE_S * 0.8)
    answer = await live.storefront.ask(text)
    if text == START:
        assert answer.data == {"startSession": {"session": None, "errors": [{"code": "UPSTREAM_UNAVAILABLE"}]}}
    else:
        assert "UPSTREAM_TIMEOUT" in answer.codes


@pytest.mark.parametrize("location", ["mailto:x", "https://xn--/", "https://\u00fc\u00fc\u00fc..example/"])
async def test_http_redirect_to_unreadable_url_raises_upstream_error(world: World, location: str) -> None:
    def redirect(request: httpx.Request) -> httpx.Response:
        headers = [(b"Location", location.encode())]
        return httpx.Response(302, headers=headers, stream=httpx.ByteStream(b""), request=request)

    async with transport.client(httpx.MockTransport(redirect)) as http:
        with pytest.raises(UpstreamError) as caught:
            await Upstream(Calls(http, settings_for(world))).orders.submit_cart(
                "token", ip_address=None, terms_accepted=True
            )
    assert caught.value.was_sent, "the order may have been placed"
