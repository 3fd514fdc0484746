"""Each answer to submit-cart leads to an outcome of the submission, which is reported to the client."""

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import pytest
from dirty_equals import IsPartialDict

from sandbox.demo_shop.decline_reasons import DECLINES
from tests.support.shop import CART, POLES, SUBMIT, Clock, InMemoryTransport, Shopper, Storefront, documents, new_key

DECLINED = [
    ("credit-card-declined", None),
    ("credit-card-expired", None),
    ("invalid-credit-card-number", None),
    ("credit-floor-exceeded", None),
    ("cart-payment-failure", None),
    ("cart-charge-failure", None),
    ("cart-fraud-failure", None),
    ("order-fraud-failure", None),
    ("payment-post-auth-failure", None),
    ("payment-unexpected-error", None),
    ("paypal-failure", None),
    ("insufficient_funds", None),
    ("decline_do_not_retry", None),
]

NOT_PLACED = [
    (409, "concurrent-cart-modification-failure"),
    (409, "rate-limit-quota-exceeded"),
    (409, "ip-address-restriction-error"),
    (409, "operation-failed"),
    (409, "cart-failure"),
    (409, "apply-payment-failure"),
    (401, "invalid_token"),
    (403, "forbidden"),
    (404, "resource-not-found"),
]

IN_DOUBT = [
    (500, "system-error"),
    (500, "internal-payment-error"),
    (502, "bad-gateway"),
    (503, "unavailable"),
    (409, "a-code-of-next-year"),
    (418, "teapot"),
]

ANSWERS: list[tuple[str, dict[str, Any], str]] = [
    *((code, {"status": 409, "code": code, "subcode": sub}, "OrderDeclined") for code, sub in DECLINED),
    *((code, {"status": status, "code": code}, "OrderNotPlaced") for status, code in NOT_PLACED),
    *((code, {"status": status, "code": code}, "OrderInDoubt") for status, code in IN_DOUBT),
    ("quota as 429", {"status": 429, "code": "rate-limit-quota-exceeded"}, "OrderNotPlaced"),
    ("429 of another service", {"status": 429, "code": "slow-down"}, "OrderNotPlaced"),
    ("not funded", {"status": 400, "code": "order_submit_failed", "envelope": "C"}, "OrderBlocked"),
    ("no payment", {"status": 409, "code": "invalid-payment-failure"}, "OrderBlocked"),
    ("country", {"status": 409, "code": "restricted-ship-to-country"}, "OrderBlocked"),
    ("stock", {"status": 409, "code": "inventory-unavailable-error"}, "OrderNotPlaced"),
    ("sca", {"status": 409, "code": "declined", "subcode": "sca_not_completed"}, "OrderActionRequired"),
    ("action", {"status": 409, "code": "additional-payment-action-required"}, "OrderActionRequired"),
    ("auth-error", {"status": 409, "code": "auth-error"}, "OrderActionRequired"),
]


@pytest.mark.slow
@pytest.mark.parametrize(("fault", "expected"), [row[1:] for row in ANSWERS], ids=[row[0] for row in ANSWERS])
async def test_answer_to_submit_cart_decides_the_outcome(
    shopper: Shopper, fault: dict[str, Any], expected: str
) -> None:
    await shopper.get_ready()
    await shopper.fault("status", SUBMIT, times=1, **fault)
    agreed, key = await shopper.storefront.agreement(), new_key()
    payload = await shopper.storefront.submit(key, **agreed)
    assert payload["errors"] == []
    assert payload["result"]["__typename"] == expected
    assert payload["attempt"] == IsPartialDict(wasSentUpstream=True, isReplay=False)
    assert shopper.submits == 1

    again = await shopper.storefront.submit(key, **agreed)
    assert again["result"]["__typename"] == expected
    assert again["attempt"]["isReplay"] is True
    assert shopper.submits == 1, "a repeated submission sends no second request"

    if expected != "OrderInDoubt":
        # The cart is unlocked, so the shopper can submit the cart again with a new key.
        assert (await shopper.storefront.outcome())["__typename"] == "OrderPlaced"
        assert shopper.submits == 2


async def test_failed_charge_leaves_the_cart_unlocked(shopper: Shopper) -> None:
    await shopper.fill_cart()
    await shopper.pay_with(creditCard__number="4000000000003600")
    result = await shopper.storefront.outcome()
    assert result["__typename"] == "OrderDeclined"
    assert result["paymentSession"]["nextAction"]["__typename"] == "CollectSourceAction"
    await shopper.pay_with()
    assert (await shopper.storefront.outcome())["__typename"] == "OrderPlaced"


ADVICE = {
    "authentication_required": None,
    "sca_not_completed": None,
    "no_response": "TRY_AGAIN",
    "issuer_unavailable": "TRY_AGAIN",
    "declined_can_retry": "TRY_LATER",
    "do_not_honor": "TRY_LATER",
    "unidentified_error": "TRY_LATER",
    "voice_authorization_required": "CONTACT_BANK",
    "card_expired": "CHECK_DETAILS",
    "invalid_address": "CHECK_DETAILS",
    "invalid_card_number": "CHECK_DETAILS",
    "invalid_card_bin": "CHECK_DETAILS",
    "invalid_expiration_date": "CHECK_DETAILS",
    "invalid_pin": "CHECK_DETAILS",
    "invalid_security_code": "CHECK_DETAILS",
    "issuer_not_found": "CHECK_DETAILS",
}
"""Expected advice by decline reason. None means that the shopper must authenticate.

Decline reasons that are not listed here have the advice USE_ANOTHER_SOURCE.
"""


@pytest.mark.slow
@pytest.mark.parametrize("subcode", sorted(DECLINES))
async def test_decline_answer_has_advice_but_not_the_decline_reason(shopper: Shopper, subcode: str) -> None:
    await shopper.fill_cart()
    await shopper.pay_with(owner__lastName=f"Decline:{subcode}")
    agreed = await shopper.storefront.agreement()
    answer = await shopper.storefront.ask(documents()["GuestOrder"], key=new_key(), **agreed)
    result = answer.data["submitOrder"]["result"]
    advice = ADVICE.get(subcode, "USE_ANOTHER_SOURCE")
    if advice is None:
        assert result["__typename"] == "OrderActionRequired"
        assert result["action"]["sourceId"]
        return
    assert result["decline"]["advice"] == advice
    assert result["decline"]["severity"] == DECLINES[subcode].customer.upper()
    assert result["decline"]["shopperMessage"]
    answer_body = str(answer.body)
    assert "'7011'" not in answer_body
    assert subcode in ("declined", "fraud") or subcode not in answer_body
    assert "fraud" not in answer_body.lower()


async def test_placed_order_is_reported_although_session_expired(
    shopper: Shopper, network: InMemoryTransport, clock: Clock
) -> None:
    await shopper.get_ready()

    def pass_a_day(body: Any) -> Any:
        clock.move(86_400)
        return body

    network.rewrites["POST", SUBMIT] = pass_a_day
    agreed = await shopper.storefront.agreement()
    assert (await shopper.storefront.outcome(**agreed))["__typename"] == "OrderPlaced"


async def test_placed_order_is_reported_although_another_tab_signs_out(
    shopper: Shopper, network: InMemoryTransport
) -> None:
    await shopper.get_ready()
    network.gates[SUBMIT] = asyncio.Event()
    agreed = await shopper.storefront.agreement()
    submitting = asyncio.create_task(shopper.storefront.another_tab().outcome(**agreed))
    await network.arrived[SUBMIT].wait()
    await shopper.storefront.ask("mutation { signOut { signedOut } }")
    network.gates[SUBMIT].set()
    assert (await submitting)["__typename"] == "OrderPlaced"


def with_unreadable_id(body: Any) -> Any:
    body["submitCart"]["order"]["id"] = {"number": 1}
    return body


def with_unreadable_parts(body: Any) -> Any:
    submitted = body["submitCart"]
    submitted["order"]["submissionDate"] = "yesterday"
    submitted["shippingMethod"] = submitted["lineItems"] = ["?", "?"]
    return body


async def test_placed_order_is_reported_although_parts_of_it_are_unreadable(
    shopper: Shopper, network: InMemoryTransport
) -> None:
    await shopper.get_ready()
    network.rewrites["POST", SUBMIT] = with_unreadable_parts
    result = await shopper.storefront.outcome()
    assert result["__typename"] == "OrderPlaced"
    assert result["order"]["number"]


@pytest.mark.parametrize(
    "rewrite",
    [with_unreadable_id, lambda body: body | {"errors": ["boom"]}, lambda body: body | {"errors": "boom"}],
    ids=["unreadable id", "errors: list of strings", "errors: string"],
)
async def test_unreadable_success_answer_leaves_the_submission_in_doubt(
    shopper: Shopper, network: InMemoryTransport, rewrite: Callable[[Any], Any]
) -> None:
    await shopper.get_ready()
    network.rewrites["POST", SUBMIT] = rewrite
    payload = await shopper.storefront.submit()
    assert payload["errors"] == []
    assert payload["result"]["__typename"] == "OrderInDoubt"


async def test_decline_with_an_unexpected_field_type_is_still_reported(
    shopper: Shopper, network: InMemoryTransport
) -> None:
    await shopper.fill_cart()
    await shopper.pay_with(owner__lastName="Decline:do_not_honor")

    def with_string_message(body: Any) -> Any:
        body["errors"]["error"][0]["declinedMessage"] = "Soft"
        return body

    network.rewrites["POST", SUBMIT] = with_string_message
    assert (await shopper.storefront.outcome())["__typename"] == "OrderDeclined"


BLOCKED = """mutation($key: UUID!) { submitOrder(input: {idempotencyKey: $key,
  expectedTotal: {amount: "1.00", currencyCode: "USD"}}) { attempt { isReplay } result { ... on OrderBlocked {
    blockers { code ... on PaymentSessionBlocker { state nextAction { __typename } } } } } } }"""


async def test_replayed_blockers_have_next_action_of_unchanged_session(shopper: Shopper) -> None:
    async def submit() -> dict[str, Any]:
        payload: dict[str, Any] = (await shopper.storefront.ask(BLOCKED, key=key)).data["submitOrder"]
        return payload

    await shopper.fill_cart()
    key = new_key()
    blocked = await submit()
    payment = {"code": "PAYMENT_SESSION_NOT_READY", "state": "REQUIRES_SOURCE"}
    others = [{"code": "TOTAL_CHANGED"}]
    action = {"nextAction": {"__typename": "CollectSourceAction"}}
    assert blocked["result"]["blockers"] == [payment | action, *others]
    assert await submit() == {"attempt": {"isReplay": True}, "result": blocked["result"]}
    await shopper.pay_with()
    assert (await submit())["result"]["blockers"] == [payment | {"nextAction": None}, *others]


@pytest.mark.parametrize(
    ("reason", "named", "severity"),
    [
        ("do_not_honor", "Hard", "HARD"),
        ("do_not_honor", " HARD ", "HARD"),
        ("fraud", "Soft", "SOFT"),
        ("fraud", "soft", "SOFT"),
        ("do_not_honor", "Medium", "SOFT"),
        ("fraud", "Medium", "HARD"),
        ("fraud", None, "HARD"),
    ],
)
async def test_severity_that_digital_river_names_comes_first(
    shopper: Shopper, network: InMemoryTransport, reason: str, named: str | None, severity: str
) -> None:
    def with_severity(body: Any) -> Any:
        body["errors"]["error"][0]["declinedMessage"]["customerDeclinedType"] = named
        return body

    await shopper.fill_cart()
    await shopper.pay_with(owner__lastName=f"Decline:{reason}")
    network.rewrites["POST", SUBMIT] = with_severity
    assert (await shopper.storefront.outcome())["decline"]["severity"] == severity


async def test_rejected_billing_country_is_reported_as_a_blocker(shopper: Shopper) -> None:
    await shopper.get_ready()
    await shopper.fault("status", SUBMIT, times=1, status=409, code="invalid-bill-to-country")
    result = await shopper.storefront.outcome()
    assert result["blockers"] == [IsPartialDict(code="COUNTRY_NOT_SERVED")]


SUBMIT_CART_FAILED: list[tuple[str, str, list[str]]] = [
    ("Payment processing failed.", "OrderDeclined", []),
    ("The Terms of Sale were not accepted.", "OrderBlocked", ["TERMS_NOT_ACCEPTED"]),
    ("The source is non-recurring.", "OrderBlocked", ["RECURRING_SOURCE_REQUIRED"]),
    ("Another reason.", "OrderNotPlaced", []),
]


@pytest.mark.parametrize(("description", "outcome", "codes"), SUBMIT_CART_FAILED)
async def test_description_of_a_failed_submission_decides_the_outcome(
    shopper: Shopper, description: str, outcome: str, codes: list[str]
) -> None:
    await shopper.get_ready()
    await shopper.fault("status", SUBMIT, times=1, status=409, code="submit-cart-failed", description=description)
    result = await shopper.storefront.outcome()
    assert result["__typename"] == outcome
    assert [blocker["code"] for blocker in result.get("blockers", [])] == codes


async def test_error_in_an_answer_with_status_200_is_reported(shopper: Shopper, network: InMemoryTransport) -> None:
    await shopper.storefront.add(POLES)
    await shopper.fault("status", f"{CART}/line-items", status=200, code="inventory-unavailable-error", times=1)
    payload = await shopper.storefront.add(POLES)
    assert payload["errors"] == [IsPartialDict(code="INSUFFICIENT_STOCK")]

    await shopper.storefront.give_details()
    await shopper.pay_with()
    await shopper.fault("status", SUBMIT, status=200, code="inventory-unavailable-error", times=1)
    assert (await shopper.storefront.outcome())["__typename"] == "OrderInDoubt", (
        "submit-cart has no documented success with an error"
    )


async def test_repeated_declines_are_rate_limited(shopper: Shopper, clock: Clock) -> None:
    await shopper.fill_cart()
    for _ in range(5):
        await shopper.pay_with(owner__lastName="Decline:lost_stolen_card")
        assert (await shopper.storefront.outcome())["__typename"] == "OrderDeclined"
    await shopper.pay_with()
    key = new_key()
    payload = await shopper.storefront.submit(key)
    assert payload["errors"] == [IsPartialDict(code="RATE_LIMITED", retry="RETRY")]
    assert payload["result"] is None
    assert shopper.submits == 5
    other = Shopper(Storefront(shopper.storefront.http), shopper.sandbox, shopper.world)
    await other.get_ready()
    assert (await other.storefront.submit())["errors"] == [IsPartialDict(code="RATE_LIMITED")], (
        "both shoppers have the same client address"
    )
    clock.move(601)
    assert (await shopper.storefront.outcome(key))["__typename"] == "OrderPlaced", (
        "the key of the rate-limited request can be used again"
    )


async def test_unexpected_failure_of_a_submission_is_logged(
    shopper: Shopper, network: InMemoryTransport, caplog: pytest.LogCaptureFixture
) -> None:
    """The client that would receive the error may have left."""
    await shopper.get_ready()
    cart = await shopper.storefront.cart()
    network.broken.add(SUBMIT)
    with caplog.at_level(logging.ERROR):
        answer = await shopper.storefront.ask(
            documents()["GuestOrder"], key=new_key(), total=cart["totals"]["orderTotal"], revision=cart["revision"]
        )
    assert answer.codes == ["INTERNAL_ERROR"]
    assert "submission interrupted" in [record.message for record in caplog.records]
