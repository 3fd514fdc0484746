"""Cart mutations, product queries and their errors."""

import asyncio
import base64
from typing import Any

import httpx
import pytest
from dirty_equals import IsPartialDict

from gateway.refusals.refusal_to_user_error import CAUSES
from gateway.store.memory import MemoryStore
from sandbox.demo_shop.products import LISTED_PRODUCTS
from sandbox.model.world import World
from tests.support.full_store import fill
from tests.support.shop import (
    CART,
    GRAPHITE,
    PACK,
    POLES,
    SOFTWARE,
    SOLD_OUT,
    STOVE,
    SUBMIT,
    WATCH,
    Clock,
    InMemoryTransport,
    Shopper,
    Storefront,
    gateway,
    new_key,
)

LINES = f"{CART}/line-items"


@pytest.mark.parametrize(
    ("product_id", "quantity", "expected"),
    [
        ("999", 1, {"code": "NOT_FOUND", "retry": "DO_NOT_RETRY"}),
        (WATCH, 1, {"code": "PRODUCT_NOT_PURCHASABLE", "retry": "DO_NOT_RETRY"}),
        (SOLD_OUT, 1, {"code": "INSUFFICIENT_STOCK", "retry": "FIX_THEN_RETRY"}),
        (GRAPHITE, 8, {"code": "INSUFFICIENT_STOCK", "retry": "FIX_THEN_RETRY"}),
        (STOVE, 4, {"code": "QUANTITY_OUT_OF_RANGE", "retry": "FIX_THEN_RETRY"}),
        (PACK, 0, {"code": "QUANTITY_OUT_OF_RANGE", "path": ["input", "lines", "0", "quantity"]}),
        (PACK, -1, {"code": "QUANTITY_OUT_OF_RANGE", "path": ["input", "lines", "0", "quantity"]}),
    ],
)
async def test_error_code_states_why_a_line_is_rejected(
    storefront: Storefront, product_id: str, quantity: int, expected: dict[str, Any]
) -> None:
    await storefront.add(POLES)
    payload = await storefront.add(product_id, quantity)
    assert payload["errors"] == [IsPartialDict(expected)]
    assert payload["cart"]["totalQuantity"] == 1, "the cart is unchanged"


async def test_sold_out_line_does_not_prevent_other_changes(shopper: Shopper, world: World) -> None:
    await shopper.storefront.add(STOVE)
    world.stock[int(STOVE)] = 0
    assert (await shopper.storefront.give_details())["errors"] == []
    await shopper.pay_with()
    cart = await shopper.storefront.cart()
    assert [blocker["code"] for blocker in cart["readiness"]["blockers"]] == ["INSUFFICIENT_STOCK"]
    assert cart["paymentSession"]["state"] == "REQUIRES_CONFIRMATION"


async def test_error_in_answer_with_success_status_becomes_user_error(
    storefront: Storefront, network: InMemoryTransport
) -> None:
    line_id = (await storefront.add(PACK))["cart"]["lines"][0]["id"]
    network.rewrites["DELETE", LINES] = lambda _: {"errors": {"error": [{"code": "cart-failure"}]}}
    mutation = "mutation($id: ID!) { removeCartLines(input: {lineIds: [$id]}) { errors { code } } }"
    payload = (await storefront.ask(mutation, id=line_id)).data["removeCartLines"]
    assert payload["errors"] == [{"code": "UPSTREAM_REJECTED"}]


async def test_mutation_with_idempotency_key_is_rejected_while_store_is_full(
    world: World, network: InMemoryTransport, clock: Clock
) -> None:
    store = MemoryStore(clock, max_entries=50)
    async with gateway(world, network, clock, store=store) as storefront:
        await storefront.ask("mutation { startSession(input: {}) { session { id } } }")
        await fill(store)
        mutation = """mutation($key: UUID!, $id: String!) { addCartLines(input: {idempotencyKey: $key,
          lines: [{product: {upstreamId: $id}}]}) { errors { code } } }"""
        key = new_key()
        for _ in range(2):
            assert (await storefront.ask(mutation, key=key, id=PACK)).codes == ["RATE_LIMITED"]
        assert (await storefront.cart())["totalQuantity"] == 0


async def test_next_cart_accepts_a_coupon_after_order_with_another_coupon(shopper: Shopper) -> None:
    mutation = """mutation($code: String!) { applyOffer(input: {offer: {couponCode: $code}}) {
      cart { appliedOffers { couponCode } } errors { code } } }"""
    await shopper.storefront.add(PACK)
    await shopper.storefront.ask(mutation, code="SPRING20")
    await shopper.storefront.give_details()
    await shopper.pay_with()
    assert (await shopper.storefront.outcome())["__typename"] == "OrderPlaced"
    await shopper.storefront.add(PACK)
    payload = (await shopper.storefront.ask(mutation, code="TRAIL10")).data["applyOffer"]
    assert {"couponCode": "TRAIL10"} in payload["cart"]["appliedOffers"]


async def test_stock_error_has_available_and_maximum_quantity(storefront: Storefront) -> None:
    mutation = """mutation($id: String!) { addCartLines(input: {lines: [{product: {upstreamId: $id}, quantity: 9}]}) {
      errors { ... on AvailabilityError { availableQuantity maximumQuantity } } } }"""
    errors = (await storefront.ask(mutation, id=GRAPHITE)).data["addCartLines"]["errors"]
    assert errors == [{"availableQuantity": 7, "maximumQuantity": None}]
    errors = (await storefront.ask(mutation, id=STOVE)).data["addCartLines"]["errors"]
    assert errors == [{"availableQuantity": 25, "maximumQuantity": 3}]


async def test_stock_error_has_the_minimum_quantity(storefront: Storefront, network: InMemoryTransport) -> None:
    def in_pairs(body: Any) -> Any:
        body["product"]["minimumQuantity"] = 2
        return body

    mutation = """mutation($id: String!) { addCartLines(input: {lines: [{product: {upstreamId: $id}, quantity: 9}]}) {
      errors { ... on AvailabilityError { availableQuantity minimumQuantity maximumQuantity } } } }"""
    network.rewrites["GET", f"/v1/shoppers/me/products/{STOVE}"] = in_pairs
    errors = (await storefront.ask(mutation, id=STOVE)).data["addCartLines"]["errors"]
    assert errors == [{"availableQuantity": 25, "minimumQuantity": 2, "maximumQuantity": 3}]


async def test_concurrent_adds_with_one_idempotency_key_add_one_line(storefront: Storefront, world: World) -> None:
    await storefront.add(POLES)
    key = new_key()
    tabs = [storefront.another_tab() for _ in range(20)]
    payloads = await asyncio.gather(*(tab.add(PACK, key=key) for tab in tabs))
    assert all(payload["errors"] == [] for payload in payloads)
    assert (await storefront.add(PACK, key=key))["cart"]["totalQuantity"] == 2
    assert world.calls.count("POST", LINES) == 2
    other = await storefront.add(PACK, 2, key=key)
    assert other["errors"] == [IsPartialDict(code="IDEMPOTENCY_KEY_REUSED")]


async def test_idempotency_key_can_be_reused_when_digital_river_was_unreachable(
    storefront: Storefront, network: InMemoryTransport
) -> None:
    await storefront.add(POLES)
    key = new_key()
    network.unreachable.add(LINES)
    assert (await storefront.add(PACK, key=key))["errors"] == [IsPartialDict(retry="RETRY")]
    network.unreachable.clear()
    assert (await storefront.add(PACK, key=key))["errors"] == []


async def test_cart_change_is_retried_after_concurrent_modification_error(shopper: Shopper) -> None:
    await shopper.storefront.add(POLES)
    busy = {"status": 409, "code": "concurrent-cart-modification-failure", "method": "POST"}
    await shopper.fault("status", LINES, times=3, **busy)
    assert (await shopper.storefront.add(PACK))["errors"] == []
    await shopper.fault("status", LINES, times=4, **busy)
    assert (await shopper.storefront.add(PACK))["errors"] == [IsPartialDict(code="CART_BUSY", retry="RETRY")]


async def test_line_changes_stop_at_the_first_failure(storefront: Storefront) -> None:
    for product_id in (PACK, STOVE, POLES):
        await storefront.add(product_id)
    lines = [line["id"] for line in (await storefront.cart())["lines"]]
    mutation = """mutation($lines: [CartLineChangeInput!]!) { updateCartLines(input: {lines: $lines}) {
      cart { lines { quantity } } errors { code path } } }"""
    changes = [{"lineId": line, "quantity": quantity} for line, quantity in zip(lines, (2, 9, 5), strict=True)]
    payload = (await storefront.ask(mutation, lines=changes)).data["updateCartLines"]
    assert payload["errors"] == [{"code": "QUANTITY_OUT_OF_RANGE", "path": ["input", "lines", "1"]}]
    assert [line["quantity"] for line in payload["cart"]["lines"]] == [2, 1, 1]

    payload = (await storefront.ask(mutation, lines=[{"lineId": lines[1], "quantity": 0}])).data["updateCartLines"]
    assert len(payload["cart"]["lines"]) == 2


async def test_removal_of_a_missing_line_still_removes_the_others(storefront: Storefront) -> None:
    await storefront.add(PACK)
    await storefront.add(POLES)
    lines = [line["id"] for line in (await storefront.cart())["lines"]]
    mutation = """mutation($ids: [ID!]!) { removeCartLines(input: {lineIds: $ids}) {
      cart { totalQuantity } errors { code } } }"""
    for _ in range(2):
        gone = (await storefront.ask(mutation, ids=[lines[0]])).data["removeCartLines"]
        assert gone == {"cart": {"totalQuantity": 1}, "errors": []}
    both = (await storefront.ask(mutation, ids=lines)).data["removeCartLines"]
    assert both == {"cart": {"totalQuantity": 0}, "errors": []}


async def test_invalid_coupon_is_an_error_and_ineligible_coupon_a_warning(storefront: Storefront) -> None:
    async def redeem(code: str) -> dict[str, Any]:
        payload: dict[str, Any] = (await storefront.run("RedeemCoupon", code=code))["applyOffer"]
        return payload

    await storefront.add(PACK)
    assert (await redeem("NOPE"))["errors"] == [
        IsPartialDict(code="COUPON_INVALID", path=["input", "offer", "couponCode"])
    ]
    assert (await redeem("WELCOME5"))["errors"] == [IsPartialDict(code="COUPON_USED_UP", retry="DO_NOT_RETRY")]
    early = await redeem("SUMMIT50")
    assert early["errors"] == []
    assert early["warnings"] == [IsPartialDict(code="COUPON_NOT_YET_ELIGIBLE")]
    await storefront.add(GRAPHITE)
    offers = (await storefront.run("CartPage"))["cart"]["appliedOffers"]
    assert [offer["couponCode"] for offer in offers] == [None, "SUMMIT50"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"postalCode": "123"}, "ADDRESS_INVALID"),
        ({"countrySubdivision": "ZZ"}, "ADDRESS_INVALID"),
        ({"countryCode": "KP", "countrySubdivision": None}, "COUNTRY_NOT_SERVED"),
        ({"countryCode": "XX"}, "INVALID_INPUT"),
    ],
)
async def test_error_code_states_why_an_address_is_rejected(
    storefront: Storefront, change: dict[str, Any], code: str
) -> None:
    await storefront.add(PACK)
    payload = await storefront.give_details(**change)
    assert [error["code"] for error in payload["errors"]] == [code]
    cart = (await storefront.run("CheckoutPage"))["cart"]
    assert cart["billingAddress"] is None


async def test_address_outside_the_shipping_countries_is_not_sent(
    world: World, network: InMemoryTransport, clock: Clock
) -> None:
    async with gateway(world, network, clock, shipping_countries="US,CA") as storefront:
        await storefront.add(PACK)
        world.calls.clear()
        payload = await storefront.give_details(countryCode="DE", countrySubdivision=None)
        assert payload["errors"] == [IsPartialDict(code="COUNTRY_NOT_SERVED")]
        assert world.calls.count("POST") == 0


async def test_shipping_option_is_selected_by_id_or_by_rule(storefront: Storefront) -> None:
    mutation = """mutation($option: ShippingOptionChoice!) { prepareCheckout(input: {shippingOption: $option}) {
      cart { shippingOptions { id name isSelected } totals { shippingAndHandling { amount } } } errors { code } } }"""
    await storefront.add(PACK)
    await storefront.give_details()
    options = (await storefront.run("CheckoutPage"))["cart"]["shippingOptions"]
    express = next(option["id"] for option in options if option["name"] == "Express")
    payload = (await storefront.ask(mutation, option={"id": express})).data["prepareCheckout"]
    assert payload["cart"]["totals"]["shippingAndHandling"]["amount"] == "24.95"
    for rule, amount in (("KEEP_OR_CHEAPEST", "24.95"), ("CHEAPEST", "9.95")):
        payload = (await storefront.ask(mutation, option={"rule": rule})).data["prepareCheckout"]
        assert payload["cart"]["totals"]["shippingAndHandling"]["amount"] == amount
    payload = (await storefront.ask(mutation, option={"id": "1"})).data["prepareCheckout"]
    assert payload["errors"] == [{"code": "SHIPPING_OPTION_UNAVAILABLE"}]


async def test_error_code_states_why_a_source_is_rejected(shopper: Shopper) -> None:
    await shopper.fill_cart()
    unknown = await shopper.storefront.attach("00000000-0000-4000-8000-000000000000")
    assert unknown["errors"] == [IsPartialDict(code="SOURCE_NOT_FOUND", sessionState="REQUIRES_SOURCE")]
    failed = await shopper.source(creditCard__number="4000000000003295")
    payload = await shopper.storefront.attach(failed)
    assert payload["errors"] == [IsPartialDict(code="SOURCE_NOT_CHARGEABLE")]


async def test_new_source_replaces_primary_source_unless_replace_primary_is_false(shopper: Shopper) -> None:
    await shopper.fill_cart()
    first = await shopper.pay_with()
    second = await shopper.source()
    mutation = """mutation($id: String!) { attachSource(input: {source: {sourceId: $id}, replacePrimary: false}) {
      errors { code path ... on PaymentError { sessionState } } } }"""
    payload = (await shopper.storefront.ask(mutation, id=second)).data["attachSource"]
    error = {"code": "PRIMARY_SOURCE_PRESENT", "path": ["input", "replacePrimary"]}
    assert payload["errors"] == [error | {"sessionState": "REQUIRES_CONFIRMATION"}]
    attached = await shopper.storefront.attach(second)
    assert attached["errors"] == []
    assert attached["paymentSession"]["primarySource"]["sourceId"] == second != first
    assert (await shopper.storefront.attach(second))["errors"] == [], "attaching the same source again is no error"


async def test_detaching_from_a_cart_without_sources_succeeds(shopper: Shopper) -> None:
    await shopper.fill_cart()
    mutation = "mutation { detachSource(input: {target: {all: true}}) { paymentSession { state } errors { code } } }"
    for _ in range(2):
        payload = (await shopper.storefront.ask(mutation)).data["detachSource"]
        assert payload == {"paymentSession": {"state": "REQUIRES_SOURCE"}, "errors": []}


async def test_session_cannot_change_the_cart_of_another_session(shopper: Shopper, sandbox: httpx.AsyncClient) -> None:
    await shopper.get_ready()
    mine = await shopper.storefront.cart()
    stranger = Storefront(shopper.storefront.http)
    await stranger.add(POLES)
    mutation = "mutation($ids: [ID!]!) { removeCartLines(input: {lineIds: $ids}) { errors { code } } }"
    await stranger.ask(mutation, ids=[mine["lines"][0]["id"]])
    change = (
        """mutation($id: ID!) { updateCartLines(input: {lines: [{lineId: $id, quantity: 5}]}) { errors { code } } }"""
    )
    refused = await stranger.ask(change, id=mine["lines"][0]["id"])
    assert refused.data["updateCartLines"]["errors"] == [{"code": "NOT_FOUND"}]
    payload = (await stranger.run("ReturnFromRedirect"))["resumeOrder"]
    assert payload["errors"] == [IsPartialDict(code="NOT_RESUMABLE")]
    assert await shopper.storefront.cart() == mine


# Products.

PRODUCT = """query($by: ProductBy!) { product(by: $by) { id upstreamId name kind
  pricing { listPrice { amount } salePrice { amount } } inventory { isInStock availableQuantity } } }"""


async def product(storefront: Storefront, **by: str) -> Any:
    return (await storefront.ask(PRODUCT, by=by)).data["product"]


async def test_product_is_read_by_each_of_its_identifiers(storefront: Storefront) -> None:
    pack = await product(storefront, upstreamId=PACK)
    assert pack["name"] == "Trailhead 28L Daypack"
    assert pack["pricing"] == {"listPrice": {"amount": "89.00"}, "salePrice": {"amount": "80.10"}}
    assert await product(storefront, id=pack["id"]) == pack
    assert await product(storefront, externalReferenceId="trailhead-28") == pack
    assert await product(storefront, upstreamId="999") is None
    wrong_type = base64.urlsafe_b64encode(f"Order:{PACK}".encode()).decode()
    assert await product(storefront, id=wrong_type) is None


async def test_product_is_read_once_a_minute_for_all_clients(
    storefront: Storefront, world: World, clock: Clock
) -> None:
    path = "/v1/shoppers/me/products/{id}"
    query = "query($id: String!) { product(by: {upstreamId: $id}) { name } }"
    answers = await asyncio.gather(*(Storefront(storefront.http).ask(query, id=SOFTWARE) for _ in range(50)))
    assert {answer.data["product"]["name"] for answer in answers} == {"RouteMapper Pro"}
    assert world.calls.count("GET", path) + world.calls.count("GET", "/v1/shoppers/me/products") == 1
    clock.move(61)
    await storefront.ask(query, id=SOFTWARE)
    assert world.calls.count("GET", path) + world.calls.count("GET", "/v1/shoppers/me/products") == 2


async def test_stale_product_has_no_price_while_digital_river_is_unavailable(shopper: Shopper, clock: Clock) -> None:
    query = "query($id: String!) { product(by: {upstreamId: $id}) { name pricing { salePrice { amount } } } }"
    await shopper.storefront.ask(query, id=PACK)
    clock.move(61)
    await shopper.fault("status", "*", status=503)
    answer = await shopper.storefront.ask(query, id=PACK)
    assert answer.body["data"]["product"] == {"name": "Trailhead 28L Daypack", "pricing": None}


async def test_products_are_paged_forward_and_backward(storefront: Storefront) -> None:
    query = """query($first: Int, $after: String, $last: Int, $before: String) {
      products(first: $first, after: $after, last: $last, before: $before) { totalCount
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor } nodes { upstreamId } } }"""

    async def page(**arguments: Any) -> dict[str, Any]:
        connection: dict[str, Any] = (await storefront.ask(query, **arguments)).data["products"]
        return connection

    everything = [node["upstreamId"] for node in (await page(first=100))["nodes"]]
    assert everything == [str(product.id) for product in LISTED_PRODUCTS]
    paged: list[str] = []
    after = None
    while True:
        current = await page(first=5, after=after)
        paged += [node["upstreamId"] for node in current["nodes"]]
        if not current["pageInfo"]["hasNextPage"]:
            break
        after = current["pageInfo"]["endCursor"]
    assert paged == everything
    back = await page(last=4, before=after)
    assert [node["upstreamId"] for node in back["nodes"]] == everything[5:9]
    assert back["pageInfo"]["hasPreviousPage"]


@pytest.mark.parametrize(
    "arguments",
    ["", "(first: 0)", "(first: 101)", "(first: -1)", "(first: 5, last: 5)", '(first: 5, after: "nonsense")'],
)
async def test_invalid_page_arguments_are_rejected(storefront: Storefront, world: World, arguments: str) -> None:
    answer = await storefront.ask(f"{{ products{arguments} {{ totalCount }} }}")
    assert answer.codes == ["BAD_USER_INPUT"]
    assert world.calls.count() == 0


# Documented error codes of Digital River.

CALLS = [
    ("POST", LINES, 'addCartLines(input: {lines: [{product: {upstreamId: "5401230200"}}]})'),
    ("POST", CART, "prepareCheckout(input: {termsOfSaleAccepted: true})"),
    ("POST", f"{CART}/apply-payment-method", 'attachSource(input: {source: {sourceId: "b5f4f5ac"}})'),
    ("DELETE", f"{CART}/payment", "detachSource(input: {target: {all: true}})"),
    ("GET", CART, 'attachSource(input: {source: {sourceId: "b5f4f5ac"}})'),
    (
        "GET",
        CART,
        'submitOrder(input: {idempotencyKey: "%s", expectedTotal: {amount: "1", currencyCode: "USD"}})',
    ),
]


@pytest.mark.slow
@pytest.mark.parametrize("code", sorted(CAUSES))
async def test_each_mutation_returns_user_error_for_every_documented_refusal_code(shopper: Shopper, code: str) -> None:
    await shopper.storefront.add(PACK)
    for method, path, call in CALLS:
        await shopper.fault("status", path, method=method, status=409, code=code)
        field = call % new_key() if "%s" in call else call
        answer = await shopper.storefront.ask(f"mutation {{ change: {field} {{ errors {{ code message }} }} }}")
        assert "INTERNAL_ERROR" not in answer.codes, (call, answer.body)
        errors = answer.data["change"]["errors"]
        if code not in ("delete-payment-failure", "apply-payment-failure"):
            assert len(errors) == 1, (call, answer.body)
        assert all(len(error["message"]) > 20 for error in errors)
        shopper.world.faults.clear()


async def test_submission_waits_for_a_running_change_of_the_cart(shopper: Shopper, network: InMemoryTransport) -> None:
    await shopper.get_ready()
    cart = await shopper.storefront.cart()
    agreement = {"total": cart["totals"]["orderTotal"], "revision": cart["revision"]}
    await shopper.fault("delay", LINES, method="POST", delay_s=0.05)
    network.arrived[LINES].clear()
    adding = asyncio.create_task(shopper.storefront.another_tab().add(POLES))
    await network.arrived[LINES].wait()
    result = await shopper.storefront.outcome(**agreement)
    assert (await adding)["errors"] == []
    assert {blocker["code"] for blocker in result["blockers"]} == {"TOTAL_CHANGED", "CART_CHANGED"}
    assert shopper.submits == 0, "the line was sent before the submit request"


async def test_cart_change_during_a_submission_is_rejected_at_once(
    shopper: Shopper, network: InMemoryTransport
) -> None:
    await shopper.get_ready()
    network.gates[SUBMIT] = asyncio.Event()
    buying = asyncio.create_task(shopper.storefront.another_tab().outcome())
    await network.arrived[SUBMIT].wait()
    assert (await shopper.storefront.add(POLES))["errors"] == [IsPartialDict(code="CART_LOCKED")]
    network.gates[SUBMIT].set()
    assert (await buying)["__typename"] == "OrderPlaced"
    assert (await shopper.storefront.add(POLES))["errors"] == []


async def test_payment_error_has_the_current_payment_session_state(shopper: Shopper) -> None:
    await shopper.get_ready()
    mutation = """mutation { attachSource(input: {source: {sourceId: "00000000-0000-0000-0000-000000000000"}}) {
      errors { code ... on PaymentError { sessionState } } paymentSession { state } } }"""
    payload = (await shopper.storefront.ask(mutation)).data["attachSource"]
    assert payload["errors"] == [{"code": "SOURCE_NOT_FOUND", "sessionState": "REQUIRES_SOURCE"}]
    assert payload["paymentSession"] == {"state": "REQUIRES_SOURCE"}


async def test_decline_reason_of_an_attached_source_is_hidden(shopper: Shopper) -> None:
    await shopper.fill_cart()
    await shopper.fault("status", f"{CART}/apply-payment-method", method="POST", status=409, code="lost_stolen_card")
    mutation = """mutation($id: String!) { attachSource(input: {source: {sourceId: $id}}) {
      errors { __typename code message ... on UpstreamError { upstreamCode } } } }"""
    answer = await shopper.storefront.ask(mutation, id=await shopper.source())
    assert answer.data["attachSource"]["errors"] == [IsPartialDict(code="PAYMENT_METHOD_UNAVAILABLE")]
    assert "stolen" not in str(answer.body)


async def test_rate_limited_product_is_not_cached_as_missing(shopper: Shopper) -> None:
    query = f'{{ product(by: {{upstreamId: "{PACK}"}}) {{ name }} }}'
    path = "/v1/shoppers/me/products/{id}"
    await shopper.fault("status", path, status=409, code="rate-limit-quota-exceeded", times=1)
    assert (await shopper.storefront.ask(query)).codes == ["RATE_LIMITED"]
    assert (await shopper.storefront.ask(query)).data["product"]["name"], "the rate-limit error was not cached"
    await shopper.fault("status", path, status=409, code="operation-failed", times=1)
    other = f'{{ product(by: {{upstreamId: "{POLES}"}}) {{ name }} }}'
    assert (await shopper.storefront.ask(other)).data["product"] is None


async def test_too_long_organization_id_is_rejected_by_each_mutation(storefront: Storefront) -> None:
    await storefront.add(PACK)
    for name in ("prepareCheckout", "updateCart"):
        mutation = f"mutation($id: String) {{ {name}(input: {{organizationId: $id}}) {{ errors {{ code path }} }} }}"
        payload = (await storefront.ask(mutation, id="x" * 51)).data[name]
        assert payload["errors"] == [{"code": "INVALID_INPUT", "path": ["input", "organizationId"]}]


async def test_line_without_prices_is_shown(shopper: Shopper, network: InMemoryTransport) -> None:
    def without_prices(body: Any) -> Any:
        del body["cart"]["lineItems"]["lineItem"][0]["pricing"]
        return body

    await shopper.storefront.add(PACK)
    network.rewrites["GET", CART] = without_prices
    answer = await shopper.storefront.ask("{ cart { lines { quantity pricing { salePrice { amount } } } } }")
    assert answer.data["cart"]["lines"] == [{"quantity": 1, "pricing": {"salePrice": None}}]
