"""The sandbox against what is documented of the real service. The gateway has no part in it."""

from decimal import Decimal
from typing import Any

import pytest
from dirty_equals import IsPartialDict, IsPositiveInt

from sandbox.demo_shop.payment_methods import TABLE
from sandbox.demo_shop.products import LISTED
from tests.support.commerce_client import ADDRESS, ME, Client, code
from tests.support.shop import CART, GRAPHITE, METHODS, PACK, POLES, SOFTWARE, SOLD_OUT, STOVE, SUBMIT, VISA, WATCH

TENT = 5401231200

OWNER = {
    "firstName": "Ada",
    "lastName": "Lovelace",
    "email": "ada@example.com",
    "address": {"line1": "1 Road", "city": "Minnetonka", "state": "MN", "country": "US", "postalCode": "55343"},
}


# The two documented call orders.


async def test_the_quick_start_works_as_written(client: Client) -> None:
    query = f"apiKey={client.world.keys.public_key}&expand=product&fields=product.id"
    listed = await client.http.get(f"{ME}/products.json?{query}")
    products = listed.json()["products"]["product"]
    assert products[0].keys() == {"uri", "id"}
    await client.start("client_credentials")
    await client.ask("POST", f"{CART}?productId={products[0]['id']}&testOrder=true")
    year = client.world.now().year + 1
    body = {
        "type": "creditCard",
        "currency": "USD",
        "amount": 96.69,
        "reusable": False,
        "owner": OWNER,
        "creditCard": {"number": "4718491477220129", "expirationMonth": 7, "expirationYear": year, "cvv": "415"},
    }
    headers = {"Authorization": f"Bearer {client.world.keys.public_key}"}
    source = (await client.http.post("/payments/sources", json=body, headers=headers)).json()
    assert source["state"] == "chargeable"
    applied = {"paymentMethod": {"sourceId": source["id"]}}
    cart = (await client.ask("POST", f"{CART}/apply-payment-method", json=applied))["cart"]
    assert cart["paymentSession"]["status"] == "requires_confirmation"
    assert (await client.cart())["billingAddress"]["line1"] == "1 Road", "the owner's, as the cart had none"
    order = (await client.ask("POST", SUBMIT))["submitCart"]["order"]
    assert order == IsPartialDict(id=cart["id"], orderState="Submitted", testOrder="true")


async def test_the_order_of_the_shop_works_as_written(client: Client) -> None:
    await client.ask("POST", f"{CART}/line-items?productId={PACK}")
    await client.ask("PUT", f"{CART}/shipping-address", 204, json={"address": ADDRESS})
    cart = await client.cart()
    option = cart["shippingOptions"]["shippingOption"][1]["id"]
    await client.ask("POST", f"{CART}/apply-shipping-option?shippingOptionId={option}&expand=all")
    await client.ask("PUT", f"{CART}/billing-address", 204, json={"address": ADDRESS})
    attribute = {"name": "autoRenewOptedInOnCheckout", "value": "false"}
    await client.ask("POST", CART, json={"cart": {"customAttributes": {"attribute": [attribute]}}})
    await client.attach(await client.source())
    submitted = (await client.ask("POST", f"{SUBMIT}?ipAddress=203.0.113.24&expand=all"))["submitCart"]
    order = (await client.ask("GET", f"{ME}/orders/{submitted['order']['id']}?expand=all&orderState=Open"))["order"]
    assert order["shippingMethod"]["code"] == option
    assert order["pricing"]["total"] == submitted["pricing"]["orderTotal"]
    assert submitted["paymentSession"]["status"] == "complete"


async def test_the_lines_of_a_cart_are_shown_alone_too(client: Client) -> None:
    for product in (PACK, POLES):
        await client.ask("POST", f"{CART}/line-items?productId={product}")
    lines = (await client.ask("GET", f"{CART}/line-items"))["lineItems"]["lineItem"]
    assert [line["product"]["uri"].rpartition("/")[2] for line in lines] == [PACK, POLES]
    assert "id" not in lines[0]["product"]
    assert (await client.ask("GET", lines[1]["uri"]))["lineItem"] == lines[1]
    whole = (await client.ask("GET", f"{CART}/line-items/{lines[1]['id']}?expand=all"))["lineItem"]
    assert whole["product"]["id"] == int(POLES)
    assert code(await client.ask("GET", f"{CART}/line-items/1", 404)) == "resource-not-found"


# Money.


async def test_the_example_shop_adds_up_to_the_cent(client: Client) -> None:
    lines = [
        {"product": {"id": PACK}},
        {"product": {"id": GRAPHITE}},
        {"product": {"id": int(SOFTWARE)}, "quantity": 2},
    ]
    await client.ask("POST", f"{CART}/line-items", json={"lineItems": {"lineItem": lines}})
    await client.ask("PUT", f"{CART}/shipping-address", 204, json={"address": ADDRESS})
    cart = (await client.ask("POST", f"{CART}?promoCode=SPRING20&expand=all"))["cart"]
    amounts = {name: one["value"] for name, one in cart["pricing"].items() if isinstance(one, dict)}
    assert amounts == {
        "subtotal": 409.08,
        "subtotalWithDiscount": 389.08,
        "discount": 20,
        "shippingAndHandling": 9.95,
        "importTaxAndDuty": 0,
        "tax": 29.43,
        "orderTotal": 428.46,
    }
    assert cart["totalItemsInCart"] == 4


@pytest.mark.parametrize("locale", ["en_US", "de_DE", "en_GB", "ja_JP"])
@pytest.mark.parametrize("coupon", ["SPRING20", "TRAIL10", "SUMMIT50"])
@pytest.mark.parametrize("country", ["US", "DE", "GB", "JP", "CH"])
async def test_every_cart_adds_up(client: Client, locale: str, coupon: str, country: str) -> None:
    await client.ask("POST", f"{ME}?locale={locale}", 204)
    await client.ask("POST", f"{CART}?productId={PACK},{GRAPHITE},{SOFTWARE},{POLES}&promoCode={coupon}&quantity=3")
    state = "NY" if country == "US" else None
    address = ADDRESS | {"country": country, "countrySubdivision": state, "postalCode": "10001"}
    await client.ask("PUT", f"{CART}/shipping-address", 204, json={"address": address})
    cart = await client.cart()
    pricing = {name: Decimal(str(one["value"])) for name, one in cart["pricing"].items() if isinstance(one, dict)}
    lines = [line["pricing"] for line in cart["lineItems"]["lineItem"]]

    def summed(*names: str) -> Decimal:
        return sum((Decimal(str(line[name]["value"])) for line in lines for name in names), Decimal(0))

    assert pricing["subtotal"] == summed("salePriceWithQuantity")
    assert pricing["subtotalWithDiscount"] == pricing["subtotal"] - pricing["discount"]
    assert pricing["tax"] == summed("productTax", "shippingTax", "feeTax")
    added = Decimal(0) if cart["taxInclusive"] == "true" else pricing["tax"]
    assert pricing["orderTotal"] == pricing["subtotalWithDiscount"] + pricing["shippingAndHandling"] + added
    assert pricing["discount"] > 0
    assert pricing["tax"] > 0


async def test_the_coupons_say_what_is_wrong_with_them(client: Client) -> None:
    await client.ask("POST", f"{CART}?productId={PACK}")
    assert code(await client.ask("POST", f"{CART}?promoCode=NOPE", 409)) == "invalid-coupon"
    assert code(await client.ask("POST", f"{CART}?promoCode=WELCOME5", 409)) == "offer-usage-limit-exceeded"
    cart = (await client.ask("POST", f"{CART}?promoCode=SUMMIT50"))["cart"]
    assert cart["Warnings"] == [IsPartialDict(Code="couponcode_not_eligible")]
    assert cart["pricing"]["discount"]["value"] == 0
    cart = (await client.ask("POST", f"{CART}?productId={GRAPHITE}"))["cart"]
    assert "Warnings" not in cart
    assert cart["pricing"]["discount"]["value"] == 50
    offers = (await client.ask("GET", f"{CART}/applied-offers"))["offers"]["offer"]
    assert [offer["trigger"] for offer in offers] == ["Always Triggered", "User Triggered"]


# Wire forms.


async def test_the_wire_forms_are_the_documented_ones(client: Client) -> None:
    plain = (await client.ask("GET", CART))["cart"]
    assert plain["billingAddress"].keys() == {"uri"}
    assert "lineItem" not in plain["lineItems"]
    assert plain["payment"] == {}
    assert plain["shippingMethod"] == {}
    assert "subtotalWithDiscount" not in plain["pricing"]
    cart = await client.fill()
    assert cart["id"] == IsPositiveInt
    assert cart["id"] > 2**32
    assert cart["taxInclusive"] == "false"
    assert cart["billingAddress"]["companyName"] is None
    (line,) = cart["lineItems"]["lineItem"]
    assert line["id"] > 2**32
    assert line["pricing"]["salePrice"] == {"currency": "USD", "value": 80.1}
    assert line["product"]["purchasable"] == "true"
    assert cart["uri"].startswith("http://sandbox/")
    brief = (await client.ask("GET", CART))["cart"]["lineItems"]["lineItem"][0]
    assert brief["product"].keys() == {"uri", "displayName", "thumbnailImage"}
    assert "salePrice" not in brief["pricing"]


async def test_products_are_paged_expanded_and_kept_to_fields(client: Client) -> None:
    first = (await client.ask("GET", f"{ME}/products?pageSize=5"))["products"]
    assert len(first["product"]) == 5
    assert first == IsPartialDict(totalResults=len(LISTED), totalResultPages=3)
    assert "previousPage" not in first
    assert "id" not in first["product"][0]
    seen, page = 5, first
    while "nextPage" in page:
        page = (await client.ask("GET", page["nextPage"]["uri"]))["products"]
        seen += len(page["product"])
    assert seen == len(LISTED)
    assert code(await client.ask("GET", f"{ME}/products?pageSize=0", 400)) == "invalid-request"
    some = (await client.ask("GET", f"{ME}/products?productId={PACK},999&expand=all"))["products"]["product"]
    assert [one["id"] for one in some] == [int(PACK)]
    base = (await client.ask("GET", f"{ME}/products/{WATCH}?expand=all"))["product"]
    assert [one["inventoryStatus"]["productIsInStock"] for one in base["variations"]["product"]] == ["true", "false"]
    assert "variations" not in (await client.ask("GET", f"{ME}/products/{WATCH}"))["product"]
    few = (await client.ask("GET", f"{ME}/products/{PACK}?fields=displayName,pricing&expand=all"))["product"]
    assert few.keys() == {"uri", "displayName", "pricing"}
    assert (await client.ask("GET", f"{ME}/products.json"))["products"]
    stock = await client.ask("GET", f"{ME}/products/inventory-status?productId={PACK},{SOLD_OUT},1")
    assert [one["productIsInStock"] for one in stock["products"]["inventoryStatus"]] == ["true", "false"]
    key = client.world.keys.public_key
    assert (await client.http.get(f"{ME}/products?apiKey={key}")).status_code == 200


async def test_what_asks_for_no_json_is_answered_and_counted(client: Client) -> None:
    headers = {"Authorization": f"Bearer {client.token}"}
    for path in (f"{ME}/products?format=json", f"{ME}/products.json"):
        assert (await client.http.get(path, headers=headers | {"Accept": "*/*"})).json()["products"]
    assert client.world.calls.without_json == 0
    assert (await client.http.get(f"{ME}/products", headers=headers | {"Accept": "*/*"})).json()["products"]
    assert client.world.calls.without_json == 1


# Refusals.


async def test_tokens_are_of_two_grants(client: Client) -> None:
    assert (await client.start())["token_type"] == "bearer"
    assert "refresh_token" not in await client.start("client_credentials")
    wrong = await client.http.post("/oauth20/token", auth=("riverdemo", "guess"), data={"grant_type": "password"})
    assert (wrong.status_code, wrong.json()["error"]) == (401, "invalid_client")


async def test_a_renewal_keeps_the_session_and_brings_a_new_pair(client: Client) -> None:
    guest = await client.start()
    await client.ask("POST", f"{CART}?productId={PACK}")
    renewed = await client.renew(guest["refresh_token"])
    client.token = renewed.json()["access_token"]
    assert (await client.cart())["totalItemsInCart"] == 1
    info = await client.ask("GET", "/oauth20/access-tokens")
    assert info == IsPartialDict(authenticated="false", cartId=str((await client.cart())["id"]))
    assert (await client.renew(guest["refresh_token"])).status_code == 401, "each is good for one renewal"
    assert (await client.renew(renewed.json()["refresh_token"])).status_code == 200


async def test_a_session_ends_with_all_its_tokens(client: Client) -> None:
    guest = await client.start()
    old = client.token
    renewed = (await client.renew(guest["refresh_token"])).json()
    client.token = renewed["access_token"]
    await client.ask("DELETE", "/oauth20/access-tokens")
    for client.token in (old, renewed["access_token"]):
        gone = await client.ask("GET", CART, 401)
        assert gone["errors"]["error"][0] == IsPartialDict(description="Invalid token for specified shopper")
    assert (await client.ask("GET", "/oauth20/access-tokens", 401))["error"] == "invalid_token"
    assert (await client.renew(renewed["refresh_token"])).status_code == 401


async def test_a_token_ends_after_a_day(client: Client) -> None:
    await client.http.post("/_sandbox/clock", json={"forward_s": 24 * 3600 + 1})
    late = await client.ask("GET", CART, 401)
    assert late["errors"]["error"][0]["description"] == "Session expired"


@pytest.mark.parametrize(
    ("method", "path", "status", "expected"),
    [
        ("POST", f"{CART}/line-items?productId=999", 409, "invalid-product-id"),
        ("POST", f"{CART}/line-items?productId={WATCH}", 409, "add-base-product-cart-error"),
        ("POST", f"{CART}/line-items?productId={SOLD_OUT}", 409, "inventory-unavailable-error"),
        ("POST", f"{CART}/line-items?productId={STOVE}&quantity=4", 409, "operation-failed"),
        ("POST", f"{CART}/line-items?productId={PACK}&quantity=many", 400, "invalid-request"),
        ("POST", f"{CART}/line-items", 400, "invalid-request"),
        ("POST", f"{CART}/line-items/1?quantity=2", 404, "resource-not-found"),
        ("DELETE", f"{CART}/line-items/1", 404, "resource-not-found"),
        ("GET", f"{ME}/products/999", 404, "resource-not-found"),
        ("GET", f"{ME}/orders/999", 404, "resource-not-found"),
        ("POST", f"{CART}/apply-shipping-option?shippingOptionId=1", 404, "resource-not-found"),
        ("DELETE", f"{CART}/payment", 409, "delete-payment-failure"),
        ("DELETE", f"{CART}/apply-payment-method", 409, "apply-payment-failure"),
        ("POST", SUBMIT, 409, "submit-cart-failed"),
        ("POST", f"{SUBMIT}?ipAddress=nowhere", 409, "invalid-ip-address"),
        ("POST", f"{CART}/resume-cart", 409, "resume-cart-failure"),
        ("POST", f"{ME}?locale=xx_XX", 409, "invalid-locale"),
        ("POST", f"{ME}?currency=XXX", 409, "valid-currency-code"),
        ("DELETE", CART, 405, "method-not-allowed"),
        ("PUT", CART, 405, "method-not-allowed"),
        ("GET", f"{ME}/purchase-plan", 404, "resource-not-found"),
        ("GET", "/v1/nothing", 404, "resource-not-found"),
    ],
)
async def test_it_is_strict_in_envelope_a(client: Client, method: str, path: str, status: int, expected: str) -> None:
    assert code(await client.ask(method, path, status)) == expected


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"country": "KP"}, "restricted-ship-to-country"),
        ({"country": "XX"}, "invalid-ship-to-country"),
        ({"postalCode": "553431234"}, "invalid-postal-code"),
        ({"countrySubdivision": "ZZ"}, "operation-failed"),
        ({"city": "a" * 300}, "field-too-long"),
    ],
)
async def test_addresses_are_checked(client: Client, change: dict[str, str], expected: str) -> None:
    body = {"address": ADDRESS | change}
    assert code(await client.ask("PUT", f"{CART}/shipping-address", 409, json=body)) == expected


async def test_card_data_is_refused_by_the_shopper_api(client: Client) -> None:
    refused = await client.ask("PUT", f"{CART}/billing-address", 400, json={"address": ADDRESS | {"line2": VISA}})
    assert refused["errors"]["error"][0] == IsPartialDict(subcode="sensitive-data-detected")


@pytest.mark.parametrize(
    ("change", "parameter", "expected"),
    [
        ({"type": None}, "type", "missing_parameter"),
        ({"type": "giftCard"}, "type", "invalid_parameter"),
        ({"currency": None}, "currency", "missing_parameter"),
        ({"currency": "xyz"}, "currency", "currency_unsupported"),
        ({"amount": "much"}, "amount", "invalid_parameter"),
        ({"owner": OWNER | {"firstName": ""}}, "owner.firstName", "invalid_parameter"),
        ({"creditCard": {"number": "4444222233331112"}}, "creditCard.number", "invalid_card_number"),
        (
            {"creditCard": {"number": VISA, "expirationMonth": 1, "expirationYear": 2020, "cvv": "123"}},
            "creditCard.expirationYear",
            "invalid_expiration_date",
        ),
        ({"type": "klarnaCredit"}, "klarnaCredit.returnUrl", "missing_parameter"),
    ],
)
async def test_sources_are_strict_in_envelope_c(
    client: Client, change: dict[str, Any], parameter: str, expected: str
) -> None:
    card = {"number": VISA, "expirationMonth": 10, "expirationYear": 2035, "cvv": "123"}
    body = {"type": "creditCard", "amount": 10, "currency": "USD", "owner": OWNER, "creditCard": card} | change
    headers = {"Authorization": f"Bearer {client.world.keys.public_key}"}
    answer = await client.http.post("/payments/sources", json=body, headers=headers)
    assert answer.status_code == 400
    assert answer.json() == {"type": "bad_request", "errors": [IsPartialDict(code=expected, parameter=parameter)]}
    unknown = await client.http.get("/payments/sources/00000000-0000-4000-8000-000000000000", headers=headers)
    assert (unknown.status_code, unknown.json()["errors"][0]["code"]) == (404, "source_not_found")
    nobody = await client.http.post("/payments/sources", json=body)
    assert (nobody.status_code, nobody.json()["type"]) == (401, "unauthorized")


# The payment session.


async def status(client: Client) -> str:
    state: str = (await client.cart())["paymentSession"]["status"]
    return state


async def test_t1_a_new_cart_requires_a_source_and_shows_no_amounts(client: Client) -> None:
    session = (await client.cart())["paymentSession"]
    assert session.keys() == {"id", "clientSecret", "status"}
    assert session["status"] == "requires_source"


async def test_t2_t7_t8_t14_attaching_and_detaching(client: Client) -> None:
    await client.fill()
    source_id = await client.source()
    session = (await client.attach(source_id))["cart"]["paymentSession"]
    assert session["amountContributed"] == {"currency": "USD", "value": 96.69}
    assert session["amountRemainingToBeContributed"]["value"] == 0
    await client.attach(source_id)
    assert code(await client.attach(await client.source(), 409)) == "apply-payment-failure"
    assert code(await client.attach("00000000-0000-4000-8000-000000000000", 409)) == "apply-payment-failure"
    await client.ask("DELETE", f"{CART}/payment", 204)
    assert await status(client) == "requires_source"
    refused = await client.attach(source_id, 409)
    assert code(refused) == "source_status_invalid_for_session", "detached is cancelled (T-12, T-13)"


async def test_t9_t10_t11_when_a_source_may_be_attached(client: Client) -> None:
    await client.fill()
    paypal = await client.source("payPal")
    assert code(await client.attach(paypal, 409)) == "source_status_invalid_for_session"
    await client.decide(paypal, "approve")
    await client.attach(paypal)
    for type in ("klarnaCredit", "wireTransfer"):
        await client.ask("DELETE", f"{CART}/payment", 204)
        await client.attach(await client.source(type))
        assert await status(client) == "requires_confirmation"


async def test_t15_t16_a_change_of_the_total(client: Client) -> None:
    await client.fill()
    await client.attach(await client.source("klarnaCredit"))
    await client.ask("POST", f"{CART}?productId={POLES}")
    assert await status(client) == "requires_confirmation"
    await client.http.post("/_sandbox/switches", json={"payment_amounts": "strict"})
    cart = await client.cart()
    assert cart["paymentSession"]["status"] == "requires_source"
    assert cart["paymentSession"]["amountRemainingToBeContributed"]["value"] > 0
    await client.ask("DELETE", f"{CART}/line-items", 204)
    cart = await client.cart()
    assert cart["paymentSession"].keys() == {"id", "clientSecret", "status"}
    assert "paymentMethod" not in cart


async def test_t20_the_currency_changes_without_a_source_only(client: Client) -> None:
    await client.fill()
    await client.ask("POST", f"{ME}?locale=de_DE", 204)
    assert (await client.cart())["pricing"]["orderTotal"]["currency"] == "EUR"
    await client.attach(await client.source())
    assert code(await client.ask("POST", f"{ME}?locale=en_US", 409)) == "invalid-request"


async def test_t22_t35_a_submitted_cart_is_replaced(client: Client) -> None:
    cart = await client.fill()
    source_id = await client.source()
    await client.attach(source_id)
    submitted = (await client.ask("POST", SUBMIT))["submitCart"]
    assert submitted["paymentSession"]["status"] == "complete"
    assert submitted["order"]["submissionDate"]
    fresh = await client.cart()
    assert fresh["id"] != cart["id"]
    assert fresh["paymentSession"]["id"] != cart["paymentSession"]["id"]
    assert code(await client.ask("POST", SUBMIT, 409)) == "submit-cart-failed", "empty"
    stock = await client.ask("GET", f"{ME}/products/{PACK}/inventory-status")
    assert stock["inventoryStatus"]["availableQuantity"] == 41


@pytest.mark.parametrize(
    ("reason", "after"), [("fraud_block", "requires_source"), ("no_response", "requires_confirmation")]
)
async def test_t23_a_decline_leaves_the_cart_open(client: Client, reason: str, after: str) -> None:
    await client.fill()
    await client.attach(await client.source(owner__lastName=f"Decline:{reason}"))
    (entry,) = (await client.ask("POST", SUBMIT, 409))["errors"]["error"]
    assert entry == IsPartialDict(code="declined", subcode=reason)
    assert await status(client) == after


async def test_t24_t25_t28_submit_then_redirect(client: Client) -> None:
    await client.fill()
    source_id = await client.source("klarnaCredit")
    await client.attach(source_id)
    submitted = (await client.ask("POST", SUBMIT))["submitCart"]
    assert submitted["order"] == IsPartialDict(orderState="Source Pending Redirect", submissionDate=None)
    assert submitted["paymentSession"]["redirectUrl"].startswith("http://sandbox/payments/redirects/")
    assert code(await client.ask("POST", f"{CART}?productId={POLES}", 409)) == "cart-failure"
    assert code(await client.ask("POST", f"{CART}/resume-cart", 409)) == "resume-cart-failure"
    await client.decide(source_id, "cancel")
    assert await status(client) == "pending_redirect", "T-26"
    await client.decide(source_id, "approve")
    assert await status(client) == "chargeable"
    resumed = (await client.ask("POST", f"{CART}/resume-cart"))["resumeCart"]
    assert resumed["order"]["orderState"] == "Submitted"
    assert code(await client.ask("POST", f"{CART}/resume-cart", 409)) == "resume-cart-failure"


async def test_t27_t29_a_rejected_redirect(client: Client) -> None:
    await client.fill()
    source_id = await client.source("klarnaCredit")
    await client.attach(source_id)
    await client.ask("POST", SUBMIT)
    await client.decide(source_id, "reject")
    assert await status(client) == "failed"
    assert code(await client.ask("POST", f"{CART}/resume-cart", 409)) == "resume-cart-failure"


async def test_t30_a_receiver_source_awaits_its_money(client: Client) -> None:
    await client.fill()
    await client.attach(await client.source("wireTransfer"))
    submitted = (await client.ask("POST", SUBMIT))["submitCart"]
    assert submitted["order"]["orderState"] == "Source Pending Funds"
    assert submitted["paymentSession"]["status"] == "pending_funds"
    assert submitted["paymentMethod"]["wireTransfer"]["accountNumber"]


async def test_what_must_hold_before_a_submission_is_asked_in_order(client: Client) -> None:
    await client.ask("POST", f"{CART}?productId={PACK}")
    assert code(await client.ask("POST", SUBMIT, 409)) == "submit-cart-failed"
    await client.fill()
    assert code(await client.ask("POST", SUBMIT, 409)) == "invalid-payment-failure"
    await client.attach(await client.source())
    session_id = (await client.cart())["paymentSession"]["id"]
    forced = {"sessionId": session_id, "state": "requires_action"}
    await client.http.post("/_sandbox/session-state", json=forced)
    blocked = await client.ask("POST", SUBMIT, 400)
    assert blocked == {
        "type": "bad_request",
        "errors": [{"code": "order_submit_failed", "message": "Payment session status is invalid."}],
    }
    await client.http.post("/_sandbox/session-state", json=forced | {"state": None})
    await client.http.post("/_sandbox/switches", json={"terms": "required"})
    assert code(await client.ask("POST", SUBMIT, 409)) == "submit-cart-failed"
    await client.http.post("/_sandbox/stock", json={"productId": int(PACK), "quantity": 0})
    terms = {"cart": {"termsOfSalesAcceptance": "true"}}
    assert code(await client.ask("POST", SUBMIT, 409, json=terms)) == "inventory-unavailable-error"
    await client.http.post("/_sandbox/stock", json={"productId": int(PACK), "quantity": 5})
    await client.ask("POST", SUBMIT, json=terms)


@pytest.mark.parametrize(
    ("number", "state"),
    [
        ("343456789012341", "chargeable"),
        ("30345678901235", "chargeable"),
        ("6011987698769876", "chargeable"),
        ("3528987698769879", "chargeable"),
        ("5466160000000008", "chargeable"),
        ("6226220000000009", "chargeable"),
        (VISA, "chargeable"),
        ("4000000000003600", "chargeable"),
        ("4000000000003295", "failed"),
    ],
)
async def test_the_documented_cards_do_what_is_documented(client: Client, number: str, state: str) -> None:
    await client.fill()
    cvv = "1234" if number.startswith("34") else "123"
    source_id = await client.source(creditCard__number=number, creditCard__cvv=cvv)
    headers = {"Authorization": f"Bearer {client.world.keys.public_key}"}
    source = (await client.http.get(f"/payments/sources/{source_id}", headers=headers)).json()
    assert source["state"] == state
    assert source["creditCard"]["lastFourDigits"] == number[-4:]
    assert number not in str(source)


async def test_a_charge_that_fails_detaches_its_source(client: Client) -> None:
    await client.fill()
    await client.attach(await client.source(creditCard__number="4000000000003600"))
    assert code(await client.ask("POST", SUBMIT, 409)) == "cart-charge-failure"
    assert await status(client) == "requires_source"


async def test_methods_follow_currency_country_and_amount(client: Client) -> None:
    assert len(TABLE) >= 28
    await client.fill()

    async def types() -> set[str]:
        session_id = (await client.cart())["paymentSession"]["id"]
        headers = {"Authorization": f"Bearer {client.world.keys.public_key}"}
        answer = await client.http.get(f"{METHODS}?sessionId={session_id}&locale=en_US", headers=headers)
        body = answer.json()
        assert body["sessionInformation"].keys() == {"currency", "country", "amount"}
        return {method["type"] for method in body["paymentMethods"]}

    in_america = await types()
    assert {"creditCard", "payPal", "klarnaCredit", "wireTransfer"} <= in_america
    await client.ask("POST", f"{ME}?locale=ja_JP", 204)
    japanese = ADDRESS | {"country": "JP", "countrySubdivision": None, "postalCode": "106-0032"}
    await client.ask("PUT", f"{CART}/billing-address", 204, json={"address": japanese})
    in_japan = await types()
    assert "konbini" in in_japan
    assert "konbini" not in in_america
    await client.http.post("/_sandbox/stock", json={"productId": TENT, "quantity": 500})
    await client.ask("POST", f"{CART}?productId={TENT}&quantity=200")
    assert "konbini" not in await types(), "beyond its limit"


# The controls.


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("faults", {"path": "*", "kind": "stutter"}),
        ("faults", {"path": "/no/such/path", "kind": "status"}),
        ("faults", {"path": "*", "kind": "status", "colour": "red"}),
        ("faults", {"path": "*", "kind": "delay", "delay_s": -1}),
        ("clock", {"backward_s": 1}),
        ("stock", {"productId": 1, "quantity": 1}),
        ("stock", {"productId": int(PACK), "quantity": -1}),
        ("session-state", {"sessionId": "nobody", "state": "complete"}),
        ("switches", {"colour": "red"}),
        ("switches", {"numbers_as": "roman"}),
        ("switches", []),
        ("nothing", {}),
    ],
)
async def test_an_unknown_control_is_refused(client: Client, name: str, body: Any) -> None:
    answer = await client.http.post(f"/_sandbox/{name}", json=body)
    assert answer.status_code in (400, 404)
    assert answer.json()["error"]


async def test_calls_are_counted_and_all_of_it_is_reset(client: Client) -> None:
    await client.fill()
    calls = (await client.http.get("/_sandbox/calls")).json()
    assert {"method": "POST", "path": "/oauth20/token", "shopper": None, "count": 1} in calls["calls"]
    keys = (await client.http.get("/_sandbox/keys")).json()
    assert keys.keys() == {
        *("publicApiKey", "confidentialApiKey", "confidentialSecret", "merchantKey", "paymentKey"),
        *("ledgerKey", "shoppers"),
    }
    await client.http.post("/_sandbox/reset")
    assert (await client.http.get("/_sandbox/calls")).json()["total"] == 0
    assert code(await client.ask("GET", CART, 401)) == "invalid_token"


@pytest.mark.parametrize("switches", [{"single_as": "object"}, {"numbers_as": "text"}])
async def test_the_other_readings_can_be_chosen(client: Client, switches: dict[str, str]) -> None:
    await client.http.post("/_sandbox/switches", json=switches)
    cart = await client.fill()
    line = cart["lineItems"]["lineItem"]
    if "single_as" in switches:
        assert line["quantity"] == 1
    else:
        assert line[0]["quantity"] == "1"
        assert cart["pricing"]["orderTotal"]["value"] == "96.69"
