"""Available payment methods: the gateway caches them for a cart, and reads them again when the cart changes."""

import asyncio
from decimal import Decimal
from typing import Any

import httpx
import msgspec
import pytest

from gateway.enums import PaymentFlow, PaymentSequence
from gateway.payments.known_methods import KNOWN_METHODS, REDIRECT_THEN_SUBMIT, completed, name_of, sequence_of
from gateway.payments.method_list import CartTraits
from gateway.payments.payment_session import SUPPORTS_STORE_CREDIT
from gateway.upstream.cart import Cart
from gateway.upstream.decoding import decode
from gateway.upstream.payment import CartListedMethod, ListedPaymentMethod
from sandbox.demo_shop.payment_methods import METHODS as METHODS_OF_THE_SANDBOX
from sandbox.model.contributions import COMBINABLE
from sandbox.model.world import Balance, World
from tests.support.shop import (
    ADDRESS,
    CART,
    METHODS,
    POLES,
    SHORT_DEADLINE_S,
    SOFTWARE,
    Clock,
    InMemoryTransport,
    Shopper,
    Storefront,
    gateway,
)

CART_LIST = f"{CART}/payment-methods"
"""Call that lists the payment methods of one cart. The gateway sends this call when the payment service fails."""

LIST = """{ availablePaymentMethods { isStale amount { amount } countryCode
  methods { type isUsable obstacles } } }"""


async def methods(storefront: Storefront) -> dict[str, Any]:
    available: dict[str, Any] = (await storefront.ask(LIST)).data["availablePaymentMethods"]
    return available


def service_calls(shopper: Shopper) -> int:
    return shopper.world.calls.count("GET", METHODS)


async def fill_without_payment_methods(shopper: Shopper) -> None:
    """Add a product to the cart without reading payment methods."""
    await shopper.storefront.add(POLES)
    text = """mutation { prepareCheckout(input: {termsOfSaleAccepted: true}) { errors { code } } }"""
    await shopper.storefront.ask(text)
    assert service_calls(shopper) == 0


async def fail_payment_method_lists(shopper: Shopper) -> None:
    """Make the payment method lists of the payment service and of the cart fail."""
    for path in (METHODS, CART_LIST):
        await shopper.fault("status", path, status=503)


@pytest.mark.slow
async def test_concurrent_requests_share_one_read_of_payment_methods(shopper: Shopper) -> None:
    await fill_without_payment_methods(shopper)
    tabs = [shopper.storefront.another_tab() for _ in range(500)]
    lists = await asyncio.gather(*(methods(tab) for tab in tabs))
    assert service_calls(shopper) == 1
    assert all(available == lists[0] for available in lists)
    assert len(lists[0]["methods"]) > 5


async def test_payment_methods_are_cached_for_one_minute(shopper: Shopper, clock: Clock) -> None:
    await fill_without_payment_methods(shopper)
    await methods(shopper.storefront)
    clock.move(59)
    await methods(shopper.storefront)
    assert service_calls(shopper) == 1
    clock.move(2)
    await methods(shopper.storefront)
    assert service_calls(shopper) == 2


async def test_payment_methods_are_read_again_for_new_total_or_country(shopper: Shopper) -> None:
    await fill_without_payment_methods(shopper)
    await methods(shopper.storefront)
    await shopper.storefront.add(POLES)
    assert (await methods(shopper.storefront))["amount"]["amount"] == "118.00"
    assert service_calls(shopper) == 2, "read again for the new total"

    await shopper.storefront.give_details()
    before = service_calls(shopper)
    abroad = {"countryCode": "DE", "countrySubdivision": None, "postalCode": "50667", "city": "Köln"}
    await shopper.storefront.give_details(**abroad)
    available = await methods(shopper.storefront)
    assert available["countryCode"] == "DE"
    assert service_calls(shopper) == before + 1, "read again for the new country"


ABROAD = ADDRESS | {"countryCode": "DE", "countrySubdivision": None, "postalCode": "50667", "city": "Köln"}
SET_ADDRESS = "mutation($a: AddressInput!) { setCartAddresses(input: {%s: {address: $a}}) { errors { code } } }"
UPDATE_SESSION = "mutation { updateSession(input: {%s}) { errors { code } } }"
UPDATE_CART = "mutation { updateCart(input: {%s}) { errors { code } } }"
SET_CUSTOMER_TYPE = (
    "mutation { setTaxIdentifiers(input: {customerType: BUSINESS, taxIdentifiers: [%s]}) { errors { code } } }"
)

CHANGES: list[tuple[str, str, dict[str, Any]]] = [
    ("the locale", UPDATE_SESSION % 'locale: "en-GB", currencyCode: "EUR"', {}),
    ("the currency", UPDATE_SESSION % 'currencyCode: "USD"', {}),
    ("the billing country", SET_ADDRESS % "billing", {"a": ADDRESS}),
    ("the shipping country", SET_ADDRESS % "shipping", {"a": ADDRESS}),
    ("the organization", UPDATE_CART % 'organizationId: "org-1"', {}),
    ("the customer type", SET_CUSTOMER_TYPE % "", {}),
    ("a tax identifier", SET_CUSTOMER_TYPE % '{key: "DE_VAT", value: "DE123456789"}', {}),
]
"""Name, mutation and variables of each change to a cart in euros. Prices in euros include tax, so only a new currency
changes the total.
"""


@pytest.mark.parametrize(("trait", "text", "variables"), CHANGES, ids=[trait for trait, _, _ in CHANGES])
async def test_payment_methods_are_read_again_when_the_cart_changes(
    shopper: Shopper, trait: str, text: str, variables: dict[str, Any]
) -> None:
    storefront = shopper.storefront
    await storefront.ask('mutation { startSession(input: {locale: "de-DE"}) { errors { code } } }')
    await storefront.add(SOFTWARE)
    for side in ("billing", "shipping"):
        await storefront.ask(SET_ADDRESS % side, a=ABROAD)
    before = await methods(storefront)
    assert service_calls(shopper) == 1
    (payload,) = (await storefront.ask(text, **variables)).data.values()
    assert payload["errors"] == []
    after = await methods(storefront)
    assert service_calls(shopper) == 2
    assert (before["amount"] == after["amount"]) is (trait != "the currency")
    await methods(storefront)
    assert service_calls(shopper) == 2, "the new list is cached"


async def test_list_read_during_a_change_of_country_is_not_cached(shopper: Shopper, network: InMemoryTransport) -> None:
    storefront = shopper.storefront
    await storefront.ask('mutation { startSession(input: {locale: "de-DE"}) { errors { code } } }')
    await storefront.add(SOFTWARE)
    await storefront.ask(SET_ADDRESS % "billing", a=ABROAD)
    network.gates[METHODS] = gate = asyncio.Event()
    reading = asyncio.ensure_future(methods(storefront.another_tab()))
    await network.arrived[METHODS].wait()
    await storefront.ask(SET_ADDRESS % "billing", a=ADDRESS)
    gate.set()
    assert (await reading)["countryCode"] == "US"
    await storefront.ask(SET_ADDRESS % "billing", a=ABROAD)
    assert (await methods(storefront))["countryCode"] == "DE"


async def test_list_for_the_amount_beside_store_credit_is_cached(
    registered_shopper: Shopper, network: InMemoryTransport
) -> None:
    shopper = registered_shopper
    shopper.world.ledger["rf-cust-000042"] = Balance(Decimal(500), "USD")
    await shopper.fill_cart()
    await shopper.storefront.ask(
        """mutation { applyStoreCredit(input: {amount: {amount: "40", currencyCode: "USD"}}) { errors { code } } }"""
    )

    def for_the_rest(listed: Any) -> Any:
        rest = Decimal(listed["sessionInformation"]["amount"]) - 40
        return listed | {"sessionInformation": listed["sessionInformation"] | {"amount": f"{rest}"}}

    network.rewrites["GET", METHODS] = for_the_rest
    before = service_calls(shopper)
    await methods(shopper.storefront)
    await methods(shopper.storefront)
    assert service_calls(shopper) == before + 1


async def test_different_carts_have_different_cache_keys(shopper: Shopper) -> None:
    await shopper.fill_cart()
    wire = (await shopper.cart_json())["cart"]
    (line,) = wire["lineItems"]["lineItem"]

    def recurring(**terms: str) -> dict[str, Any]:
        return {"lineItems": {"lineItem": [line | {"subscriptionInfo": {"autoRenewal": "true"} | terms}]}}

    changes: list[dict[str, Any]] = [
        {},
        {"paymentSession": wire["paymentSession"] | {"id": "another"}},
        {"pricing": wire["pricing"] | {"orderTotal": {"currency": "USD", "value": 1}}},
        {"pricing": wire["pricing"] | {"orderTotal": {"currency": "EUR", "value": 96.69}}},
        {"billingAddress": wire["billingAddress"] | {"country": "DE"}},
        {"shippingAddress": wire["shippingAddress"] | {"country": "DE"}},
        {"customerType": "B"},
        {"customerType": "B", "taxRegistrations": [{"key": "UK_VAT", "value": "GB123456789"}]},
        {"organizationId": "org-1"},
        recurring(),
        recurring(freeTrial="true"),
    ]

    def cache_key(change: dict[str, Any], locale: str) -> str:
        cart = decode(msgspec.json.encode(wire | change), Cart)
        assert cart.payment_session is not None
        return CartTraits.of(cart).cache_key(cart.payment_session.id, locale)

    keys = [cache_key(change, "en-US") for change in changes]
    keys.append(cache_key({}, "en-GB"))
    assert len(set(keys)) == len(changes) + 1


async def test_cached_payment_method_has_the_obstacles_of_each_cart(
    shopper: Shopper, network: InMemoryTransport
) -> None:
    await shopper.fill_cart()
    credit = {"type": "customerCredit", "sourceId": "credit-1"}

    async def types_with_obstacles(change: dict[str, Any]) -> set[str]:
        network.rewrites["GET", CART] = lambda wire: {"cart": wire["cart"] | change}
        return {method["type"] for method in (await methods(shopper.storefront))["methods"] if method["obstacles"]}

    assert await types_with_obstacles({}) == set()
    # Store credit without an amount changes neither the total nor the amount due, so the same list is used.
    with_credit = await types_with_obstacles({"paymentMethod": credit})
    assert with_credit
    assert with_credit.isdisjoint(SUPPORTS_STORE_CREDIT)
    assert await types_with_obstacles({}) == set()
    assert service_calls(shopper) == 1


async def test_payment_methods_are_not_shared_between_sessions(shopper: Shopper) -> None:
    await fill_without_payment_methods(shopper)
    await methods(shopper.storefront)
    stranger = Storefront(shopper.storefront.http)
    await stranger.add(POLES)
    await methods(stranger)
    assert service_calls(shopper) == 2


async def test_stale_payment_methods_are_returned_and_marked_when_reads_fail(shopper: Shopper, clock: Clock) -> None:
    await fill_without_payment_methods(shopper)
    fresh = await methods(shopper.storefront)
    await fail_payment_method_lists(shopper)
    clock.move(61)
    stale = await methods(shopper.storefront)
    assert stale == fresh | {"isStale": True}

    await shopper.storefront.add(POLES)
    answer = await shopper.storefront.ask(LIST)
    assert answer.body["data"] == {"availablePaymentMethods": None}
    assert answer.codes == ["UPSTREAM_UNAVAILABLE"], "the list of a cart with another total is not returned"


async def test_stale_payment_methods_expire_after_ten_minutes(shopper: Shopper, clock: Clock) -> None:
    await fill_without_payment_methods(shopper)
    await methods(shopper.storefront)
    await fail_payment_method_lists(shopper)
    clock.move(60 + 601)
    answer = await shopper.storefront.ask(LIST)
    assert answer.codes == ["UPSTREAM_UNAVAILABLE"]


async def test_failed_read_of_payment_methods_is_not_cached(shopper: Shopper) -> None:
    await fill_without_payment_methods(shopper)
    await shopper.fault("malformed", METHODS, times=1)
    await shopper.fault("malformed", CART_LIST, times=1)
    assert (await shopper.storefront.ask(LIST)).codes == ["UPSTREAM_INVALID_RESPONSE"]
    assert (await methods(shopper.storefront))["isStale"] is False


async def test_filtered_and_unfiltered_payment_methods_share_one_upstream_call(shopper: Shopper) -> None:
    await fill_without_payment_methods(shopper)
    text = "{ availablePaymentMethods(filter: {usableOnly: true}) { methods { isUsable } } }"
    usable = (await shopper.storefront.ask(text)).data["availablePaymentMethods"]["methods"]
    assert usable
    assert all(method["isUsable"] for method in usable)
    assert len((await methods(shopper.storefront))["methods"]) == len(usable), "all are usable for this cart"
    assert service_calls(shopper) == 1


# Payment methods read from the cart when the payment service fails.

DETAILED_LIST = """{ availablePaymentMethods { isStale countryCode amount { amount }
  methods { type displayName flow sequence supportsRecurring supportsFreeTrial supportsStoreCredit } } }"""


async def details_of_methods(storefront: Storefront) -> dict[str, Any]:
    available: dict[str, Any] = (await storefront.ask(DETAILED_LIST)).data["availablePaymentMethods"]
    return available


FAILURES: dict[str, dict[str, Any]] = {
    "status": {"status": 503},
    "drop-before": {},
    "drop-after": {},
    "malformed": {},
    "huge": {},
    "content-type": {},
}


@pytest.mark.parametrize("kind", [*FAILURES, "refusal"])
async def test_payment_methods_come_from_cart_when_payment_service_fails(shopper: Shopper, kind: str) -> None:
    await shopper.fill_cart()
    from_service = await details_of_methods(shopper.storefront)
    shopper.world.calls.clear()
    more = {"status": 404, "code": "not_found", "envelope": "C"} if kind == "refusal" else FAILURES[kind]
    await shopper.fault("status" if kind == "refusal" else kind, METHODS, **more)
    await shopper.storefront.add(POLES)
    from_cart = await details_of_methods(shopper.storefront)
    assert shopper.world.calls.count("GET", CART_LIST) == 1
    assert from_cart["isStale"] is False
    assert from_cart["amount"]["amount"] != from_service["amount"]["amount"], (
        "the amount is the current total of the cart"
    )
    by_type = {method["type"]: method for method in from_service["methods"]}
    assert {method["type"] for method in from_cart["methods"]} == by_type.keys(), (
        "the card brands are combined into one payment method"
    )
    for method in from_cart["methods"]:
        known = by_type[method["type"]]
        assert method == known | {"displayName": method["displayName"]}
    assert "visa" not in by_type


async def test_payment_methods_state_which_support_store_credit(shopper: Shopper) -> None:
    await shopper.fill_cart()
    methods = (await details_of_methods(shopper.storefront))["methods"]
    assert {method["type"] for method in methods if method["supportsStoreCredit"]} == COMBINABLE & {
        method["type"] for method in methods
    }


async def test_payment_method_has_the_logo_that_digital_river_lists(
    shopper: Shopper, network: InMemoryTransport
) -> None:
    await shopper.fill_cart()
    network.rewrites["GET", METHODS] = lambda listed: (
        listed
        | {
            "paymentMethods": [
                method | ({"images": {}} if method["type"] == "payPal" else {}) for method in listed["paymentMethods"]
            ]
        }
    )
    text = "{ availablePaymentMethods { methods { type iconUrl } } }"
    available = (await shopper.storefront.ask(text)).data["availablePaymentMethods"]
    logos = {method["type"]: method["iconUrl"] for method in available["methods"]}
    assert logos.pop("payPal", "not listed") is None, "a method without a logo is listed as well"
    assert logos == {kind: f"https://sandbox/_sandbox/images/payment-methods/{kind}.svg" for kind in logos}


async def test_complete_instalment_plans_of_a_method_are_shown(shopper: Shopper, network: InMemoryTransport) -> None:
    plan = {"id": 1, "name": "Three", "durationMonths": 3, "monthlyPaymentAmount": "40", "totalRepayable": "120"}
    plans = [
        plan,
        plan | {"id": "2", "monthlyPaymentWithFeesAmount": 41.5, "effectiveApr": "151.1"},
        *({name: value for name, value in plan.items() if name != missing} for missing in list(plan)[2:]),
    ]
    network.rewrites["GET", METHODS] = lambda answer: (
        answer | {"paymentMethods": [{"type": "klarnaCredit", "terms": plans}, {"type": "creditCard"}]}
    )
    await shopper.fill_cart()
    text = """{ availablePaymentMethods { fetchedAt methods { installmentTerms { id name durationMonths
      monthlyPayment { amount currencyCode } totalRepayable { amount } effectiveAnnualRate } } } }"""
    available = (await shopper.storefront.ask(text)).data["availablePaymentMethods"]
    shown = {"name": "Three", "durationMonths": 3, "totalRepayable": {"amount": "120.00"}}
    first = shown | {"id": "1", "monthlyPayment": {"amount": "40.00", "currencyCode": "USD"}}
    second = shown | {"id": "2", "monthlyPayment": {"amount": "41.50", "currencyCode": "USD"}}
    assert available["methods"] == [
        {"installmentTerms": [first | {"effectiveAnnualRate": None}, second | {"effectiveAnnualRate": "151.1"}]},
        {"installmentTerms": []},
    ]
    again = (await shopper.storefront.ask(text)).data["availablePaymentMethods"]
    assert again["fetchedAt"] == available["fetchedAt"], "the list is cached"


async def test_slow_payment_service_leaves_time_to_read_the_cart(
    world: World, network: InMemoryTransport, sandbox: httpx.AsyncClient, clock: Clock
) -> None:
    async with gateway(world, network, clock, operation_deadline_s=SHORT_DEADLINE_S) as storefront:
        shopper = Shopper(storefront, sandbox, world)
        await fill_without_payment_methods(shopper)
        network.gates[METHODS] = asyncio.Event()
        assert (await methods(storefront))["methods"]
        assert shopper.world.calls.count("GET", CART_LIST) == 1


async def test_payment_methods_from_the_cart_are_cached(shopper: Shopper, clock: Clock) -> None:
    await fill_without_payment_methods(shopper)
    await shopper.fault("status", METHODS, status=503)
    await methods(shopper.storefront)
    await methods(shopper.storefront)
    assert shopper.world.calls.count("GET", CART_LIST) == 1
    await shopper.storefront.add(POLES)
    await methods(shopper.storefront)
    assert shopper.world.calls.count("GET", CART_LIST) == 2, "read again for another total"
    stranger = Storefront(shopper.storefront.http)
    await stranger.add(POLES, 2)
    await methods(stranger)
    assert shopper.world.calls.count("GET", CART_LIST) == 3, "read again for another session"


async def test_payment_service_that_failed_is_called_again_after_one_minute(shopper: Shopper, clock: Clock) -> None:
    await fill_without_payment_methods(shopper)
    await shopper.fault("status", METHODS, status=503)
    await methods(shopper.storefront)
    await shopper.sandbox.delete("/_sandbox/faults")
    clock.move(61)
    shopper.world.calls.clear()
    await methods(shopper.storefront)
    assert service_calls(shopper) == 1
    assert shopper.world.calls.count("GET", CART_LIST) == 0


async def test_payment_methods_are_read_from_cart_if_configured(
    world: World, network: InMemoryTransport, sandbox: httpx.AsyncClient, clock: Clock
) -> None:
    async with gateway(world, network, clock, payment_methods="cart") as storefront:
        shopper = Shopper(storefront, sandbox, world)
        await fill_without_payment_methods(shopper)
        available = await details_of_methods(storefront)
        paypal = next(method for method in available["methods"] if method["type"] == "payPal")
        assert (paypal["flow"], paypal["sequence"]) == ("REDIRECT", "REDIRECT_THEN_SUBMIT")
        assert service_calls(shopper) == 0


def test_gateway_and_sandbox_agree_about_payment_methods() -> None:
    """Compare the payment method table of the gateway with the table of the sandbox.

    Each table was written separately from Digital River's documentation.
    """
    for method in METHODS_OF_THE_SANDBOX.values():
        known = KNOWN_METHODS[method.type]
        assert known.flow.value == method.flow, method.type
        assert (known.recurs, known.starts_free) == (method.supports_recurring, method.supports_free_trial), method.type
        before = method.workflow == "redirect-then-submit"
        assert (method.type in REDIRECT_THEN_SUBMIT) is before, method.type
        assert (method.type in SUPPORTS_STORE_CREDIT) is (method.type in COMBINABLE), method.type


@pytest.mark.parametrize(
    "method_type", ["payPal", "payPalBilling", "payPalCredit", "payPalPayIn3", "payPalPayIn4", "payPalRatenZahlung"]
)
def test_paypal_is_approved_before_the_source_is_attached(method_type: str) -> None:
    method = ListedPaymentMethod(type=method_type, flow=PaymentFlow.REDIRECT)
    assert sequence_of(method) is PaymentSequence.REDIRECT_THEN_SUBMIT


def test_unknown_payment_method_is_listed_without_capabilities() -> None:
    (method,) = completed([CartListedMethod(type="payByPebble", display_name="Pebbles")]).methods
    assert (method.type, name_of(method), method.flow) == ("payByPebble", "Pebbles", PaymentFlow.UNKNOWN)
    assert sequence_of(method) is PaymentSequence.UNKNOWN
    assert not method.supports_recurring
