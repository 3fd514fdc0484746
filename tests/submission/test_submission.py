"""One click, one order: whatever happens between the button and the order."""

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from dirty_equals import IsPartialDict

from sandbox.demo_shop.decline_reasons import DECLINES
from tests.support.shop import CART, POLES, SUBMIT, Clock, InMemoryTransport, Shopper, Storefront, documents, new_key

LOOK = """query($key: UUID) { orderSubmission(idempotencyKey: $key) { status wasSentUpstream isReplay
  result { __typename } } }"""


async def test_one_key_fifty_times_is_one_order(shopper: Shopper) -> None:
    await shopper.get_ready()
    cart, key = await shopper.storefront.cart(), new_key()
    agreed = {"total": cart["totals"]["orderTotal"], "revision": cart["revision"]}
    tabs = [shopper.storefront.another_tab() for _ in range(50)]
    payloads = await asyncio.gather(*(tab.submit(key, **agreed) for tab in tabs))
    assert {payload["result"]["__typename"] for payload in payloads} == {"OrderPlaced"}
    assert len({payload["result"]["order"]["number"] for payload in payloads}) == 1
    assert [payload["attempt"]["isReplay"] for payload in payloads].count(False) == 1
    assert shopper.submits == 1


async def test_fifty_keys_at_once_are_one_order(shopper: Shopper) -> None:
    await shopper.get_ready()
    cart = await shopper.storefront.cart()
    agreed = {"total": cart["totals"]["orderTotal"], "revision": cart["revision"]}
    tabs = [shopper.storefront.another_tab() for _ in range(50)]
    results = await asyncio.gather(*(tab.outcome(**agreed) for tab in tabs))
    assert Counter(result["__typename"] for result in results) == {"OrderPlaced": 1, "OrderBlocked": 49}
    assert shopper.submits == 1


async def test_the_order_survives_a_client_that_hangs_up(shopper: Shopper, network: InMemoryTransport) -> None:
    await shopper.get_ready()
    network.gates[SUBMIT] = asyncio.Event()
    cart, key = await shopper.storefront.cart(), new_key()
    agreed = {"total": cart["totals"]["orderTotal"], "revision": cart["revision"]}
    press = asyncio.create_task(shopper.storefront.another_tab().submit(key, **agreed))
    await network.arrived[SUBMIT].wait()
    press.cancel()
    with pytest.raises(asyncio.CancelledError):
        await press

    network.gates[SUBMIT].set()
    payload = await shopper.storefront.submit(key, **agreed)
    assert payload["result"]["__typename"] == "OrderPlaced"
    assert payload["attempt"]["isReplay"] is True
    assert shopper.submits == 1


async def test_a_key_stands_for_one_input(shopper: Shopper) -> None:
    await shopper.get_ready()
    cart, key = await shopper.storefront.cart(), new_key()
    agreed = {"total": cart["totals"]["orderTotal"], "revision": cart["revision"]}
    placed = await shopper.storefront.outcome(key, **agreed)
    assert placed["__typename"] == "OrderPlaced"
    assert (await shopper.storefront.outcome(key, **agreed))["order"]["number"] == placed["order"]["number"]
    other = await shopper.storefront.submit(key, **agreed | {"total": {"amount": "96.70", "currencyCode": "USD"}})
    assert other["errors"] == [IsPartialDict(code="IDEMPOTENCY_KEY_REUSED", retry="DO_NOT_RETRY")]
    assert shopper.submits == 1


async def test_a_key_of_another_session_is_another_key(shopper: Shopper, sandbox: httpx.AsyncClient) -> None:
    await shopper.get_ready()
    key = new_key()
    assert (await shopper.storefront.outcome(key))["__typename"] == "OrderPlaced"
    other = Shopper(Storefront(shopper.storefront.http), sandbox, shopper.world)
    await other.get_ready()
    payload = await other.storefront.submit(key)
    assert payload["attempt"]["isReplay"] is False
    assert payload["result"]["__typename"] == "OrderPlaced"
    assert shopper.submits == 2


# What each answer of submit-cart becomes.

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
DOUBTED = [
    (500, "system-error"),
    (500, "internal-payment-error"),
    (502, "bad-gateway"),
    (503, "unavailable"),
    (409, "a-code-of-next-year"),
    (418, "teapot"),
]
TABLE: list[tuple[str, dict[str, Any], str]] = [
    *((code, {"status": 409, "code": code, "subcode": sub}, "OrderDeclined") for code, sub in DECLINED),
    *((code, {"status": status, "code": code}, "OrderNotPlaced") for status, code in NOT_PLACED),
    *((code, {"status": status, "code": code}, "OrderInDoubt") for status, code in DOUBTED),
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
@pytest.mark.parametrize(("fault", "expected"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
async def test_each_answer_of_upstream_has_its_outcome(shopper: Shopper, fault: dict[str, Any], expected: str) -> None:
    await shopper.get_ready()
    await shopper.fault("status", SUBMIT, times=1, **fault)
    cart, key = await shopper.storefront.cart(), new_key()
    agreed = {"total": cart["totals"]["orderTotal"], "revision": cart["revision"]}
    payload = await shopper.storefront.submit(key, **agreed)
    assert payload["errors"] == []
    assert payload["result"]["__typename"] == expected
    assert payload["attempt"] == IsPartialDict(wasSentUpstream=True, isReplay=False)
    assert shopper.submits == 1

    again = await shopper.storefront.submit(key, **agreed)
    assert again["result"]["__typename"] == expected
    assert again["attempt"]["isReplay"] is True
    assert shopper.submits == 1, "the same key is never sent again"

    if expected != "OrderInDoubt":
        # The lock is free: the next press is another decision of the shopper.
        assert (await shopper.storefront.outcome())["__typename"] == "OrderPlaced"
        assert shopper.submits == 2


async def test_a_charge_that_fails_leaves_the_cart_open(shopper: Shopper) -> None:
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
"""Every other reason: another source. None: the shopper is asked to authenticate."""


@pytest.mark.slow
@pytest.mark.parametrize("subcode", sorted(DECLINES))
async def test_a_decline_tells_what_to_do_and_not_why(shopper: Shopper, subcode: str) -> None:
    await shopper.fill_cart()
    await shopper.pay_with(owner__lastName=f"Decline:{subcode}")
    cart = await shopper.storefront.cart()
    agreed = {"total": cart["totals"]["orderTotal"], "revision": cart["revision"]}
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
    told = str(answer.body)
    assert "'7011'" not in told
    assert subcode in ("declined", "fraud") or subcode not in told
    assert "fraud" not in told.lower()


# Doubt.


async def test_a_lost_answer_is_found_again(shopper: Shopper) -> None:
    await shopper.get_ready()
    await shopper.fault("drop-after", SUBMIT)
    key = new_key()
    doubt = await shopper.storefront.outcome(key)
    assert doubt["__typename"] == "OrderInDoubt"
    blocked = await shopper.storefront.add(POLES)
    assert blocked["errors"] == [IsPartialDict(code="CART_LOCKED", retry="READ_STATE_FIRST")]

    early = (await shopper.storefront.ask(LOOK, key=key)).data["orderSubmission"]
    assert early["status"] == "IN_DOUBT", "not before checkAfter"


async def test_the_order_of_a_lost_answer_settles_the_doubt(shopper: Shopper, clock: Clock) -> None:
    await shopper.get_ready()
    await shopper.fault("drop-after", SUBMIT)
    key = new_key()
    assert (await shopper.storefront.outcome(key))["__typename"] == "OrderInDoubt"
    clock.move(5)
    found = (await shopper.storefront.ask(LOOK, key=key)).data["orderSubmission"]
    assert found == IsPartialDict(status="PLACED", wasSentUpstream=True, result={"__typename": "OrderPlaced"})
    assert shopper.submits == 1
    assert (await shopper.storefront.add(POLES))["errors"] == [], "the lock is free"


async def test_absence_counts_only_after_a_while(shopper: Shopper, clock: Clock) -> None:
    await shopper.get_ready()
    await shopper.fault("drop-before", SUBMIT, times=1)
    key = new_key()
    assert (await shopper.storefront.outcome(key))["__typename"] == "OrderInDoubt"

    clock.move(60)
    still = (await shopper.storefront.ask(LOOK, key=key)).data["orderSubmission"]
    assert still["status"] == "IN_DOUBT"
    blocked = await shopper.storefront.outcome()
    assert [blocker["code"] for blocker in blocked["blockers"]] == ["SUBMISSION_IN_PROGRESS"]

    clock.move(120)
    settled = (await shopper.storefront.ask(LOOK, key=key)).data["orderSubmission"]
    assert settled["status"] == "NOT_PLACED"
    assert shopper.submits == 1
    assert (await shopper.storefront.outcome())["__typename"] == "OrderPlaced"


async def test_an_order_is_told_although_the_session_has_ended(
    shopper: Shopper, network: InMemoryTransport, clock: Clock
) -> None:
    await shopper.get_ready()

    def a_day_passes(body: Any) -> Any:
        clock.move(86_400)
        return body

    network.rewrites["POST", SUBMIT] = a_day_passes
    cart = await shopper.storefront.cart()
    agreed = {"total": cart["totals"]["orderTotal"], "revision": cart["revision"]}
    assert (await shopper.storefront.outcome(**agreed))["__typename"] == "OrderPlaced"


async def test_an_order_is_told_although_another_tab_signs_out(shopper: Shopper, network: InMemoryTransport) -> None:
    await shopper.get_ready()
    network.gates[SUBMIT] = asyncio.Event()
    cart = await shopper.storefront.cart()
    agreed = {"total": cart["totals"]["orderTotal"], "revision": cart["revision"]}
    press = asyncio.create_task(shopper.storefront.another_tab().outcome(**agreed))
    await network.arrived[SUBMIT].wait()
    await shopper.storefront.ask("mutation { signOut { signedOut } }")
    network.gates[SUBMIT].set()
    assert (await press)["__typename"] == "OrderPlaced"


async def test_a_cart_without_an_id_of_its_own_is_never_called_absent(
    shopper: Shopper, network: InMemoryTransport, clock: Clock
) -> None:
    def without_id(body: Any) -> Any:
        body["cart"]["id"] = "active"
        return body

    await shopper.get_ready()
    network.rewrites["GET", CART] = without_id
    await shopper.fault("drop-after", SUBMIT)
    key = new_key()
    assert (await shopper.storefront.outcome(key))["__typename"] == "OrderInDoubt"
    clock.move(200)
    found = (await shopper.storefront.ask(LOOK, key=key)).data["orderSubmission"]
    assert found["status"] == "IN_DOUBT", "an order stands, and this cart is another one"


async def test_an_order_in_a_state_nobody_knows_proves_nothing(
    shopper: Shopper, network: InMemoryTransport, clock: Clock
) -> None:
    await shopper.get_ready()
    await shopper.fault("drop-before", SUBMIT, times=1)
    cart, key = await shopper.storefront.cart(), new_key()
    assert (await shopper.storefront.outcome(key))["__typename"] == "OrderInDoubt"
    path = f"/v1/shoppers/me/orders/{cart['upstreamId']}"
    network.rewrites["GET", path] = lambda _: {"order": {"id": int(cart["upstreamId"]), "orderState": "Open Cart"}}
    clock.move(10)
    found = (await shopper.storefront.ask(LOOK, key=key)).data["orderSubmission"]
    assert found["status"] == "IN_DOUBT"


def with_a_bad_date(body: Any) -> Any:
    body["submitCart"]["order"]["submissionDate"] = "yesterday"
    return body


@pytest.mark.parametrize(
    "rewrite",
    [with_a_bad_date, lambda body: body | {"errors": ["boom"]}, lambda body: body | {"errors": "boom"}],
    ids=["an unreadable order", "a list of texts", "a text"],
)
async def test_a_success_that_cannot_be_trusted_is_a_doubt(
    shopper: Shopper, network: InMemoryTransport, rewrite: Callable[[Any], Any]
) -> None:
    await shopper.get_ready()
    network.rewrites["POST", SUBMIT] = rewrite
    payload = await shopper.storefront.submit()
    assert payload["errors"] == []
    assert payload["result"]["__typename"] == "OrderInDoubt"


async def test_one_odd_member_of_a_decline_costs_no_other(shopper: Shopper, network: InMemoryTransport) -> None:
    await shopper.fill_cart()
    await shopper.pay_with(owner__lastName="Decline:do_not_honor")

    def oddly(body: Any) -> Any:
        body["errors"]["error"][0]["declinedMessage"] = "Soft"
        return body

    network.rewrites["POST", SUBMIT] = oddly
    assert (await shopper.storefront.outcome())["__typename"] == "OrderDeclined"


async def test_a_resumption_that_asks_for_an_authentication_is_made_again_after_it(shopper: Shopper) -> None:
    await shopper.get_ready("klarnaCredit")
    result = await shopper.storefront.outcome()
    resume = SUBMIT.replace("submit", "resume")
    await shopper.fault("status", resume, status=409, code="declined", subcode="authentication_required", times=1)
    payload = (await shopper.storefront.run("ReturnFromRedirect"))["resumeOrder"]
    assert payload["errors"] == []
    assert payload["result"]["action"]["sourceId"]
    await shopper.decide(result["action"]["redirectUrl"])
    payload = (await shopper.storefront.run("ReturnFromRedirect"))["resumeOrder"]
    assert payload["result"]["__typename"] == "OrderPlaced", "the shopper has authenticated, and resumes"


async def test_a_blocker_tells_how_far_the_other_submission_is(shopper: Shopper) -> None:
    await shopper.get_ready()
    await shopper.fault("drop-before", SUBMIT, times=1)
    assert (await shopper.storefront.outcome())["__typename"] == "OrderInDoubt"
    text = """mutation($key: UUID!) { submitOrder(input: {idempotencyKey: $key, expectedTotal: {amount: "96.69",
      currencyCode: "USD"}}) { result { ... on OrderBlocked { blockers {
        ... on SubmissionInProgressBlocker { attempt { status wasSentUpstream } } } } } } }"""
    result = (await shopper.storefront.ask(text, key=new_key())).data["submitOrder"]["result"]
    assert result["blockers"] == [{"attempt": {"status": "IN_DOUBT", "wasSentUpstream": True}}]


async def test_what_never_left_is_no_attempt(shopper: Shopper, network: InMemoryTransport) -> None:
    await shopper.get_ready()
    key = new_key()
    network.unreachable.add(SUBMIT)
    payload = await shopper.storefront.submit(key)
    assert payload["errors"] == [IsPartialDict(code="UPSTREAM_UNAVAILABLE", retry="RETRY")]
    assert payload["attempt"] is None
    network.unreachable.clear()
    assert (await shopper.storefront.outcome(key))["__typename"] == "OrderPlaced"
    assert shopper.submits == 1


async def test_nothing_to_resume_says_so(shopper: Shopper) -> None:
    await shopper.fill_cart()
    payload = (await shopper.storefront.run("ReturnFromRedirect"))["resumeOrder"]
    assert payload["errors"] == [IsPartialDict(code="NOT_RESUMABLE")]


async def test_resuming_twice_at_once_resumes_once(shopper: Shopper) -> None:
    await shopper.get_ready("klarnaCredit")
    result = await shopper.storefront.outcome()
    await shopper.decide(result["action"]["redirectUrl"])
    tabs = [shopper.storefront.another_tab() for _ in range(10)]
    payloads = await asyncio.gather(*(tab.run("ReturnFromRedirect") for tab in tabs))
    assert {one["resumeOrder"]["result"]["__typename"] for one in payloads} == {"OrderPlaced"}
    assert shopper.world.calls.count("POST", SUBMIT.replace("submit", "resume")) == 1


async def test_a_terms_refusal_becomes_the_blocker(shopper: Shopper) -> None:
    await shopper.get_ready()
    await shopper.fault("status", SUBMIT, times=1, status=409, code="invalid-bill-to-country")
    result = await shopper.storefront.outcome()
    assert result["blockers"] == [IsPartialDict(code="COUNTRY_NOT_SERVED")]


async def test_a_refusal_inside_a_success_is_a_refusal(shopper: Shopper, network: InMemoryTransport) -> None:
    await shopper.storefront.add(POLES)
    await shopper.fault("status", f"{CART}/line-items", status=200, code="inventory-unavailable-error", times=1)
    payload = await shopper.storefront.add(POLES)
    assert payload["errors"] == [IsPartialDict(code="INSUFFICIENT_STOCK")]

    await shopper.storefront.give_details()
    await shopper.pay_with()
    await shopper.fault("status", SUBMIT, status=200, code="inventory-unavailable-error", times=1)
    assert (await shopper.storefront.outcome())["__typename"] == "OrderInDoubt", "documented for no submission"


async def test_who_tries_card_after_card_is_slowed_down(shopper: Shopper, clock: Clock) -> None:
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
    assert (await other.storefront.submit())["errors"] == [IsPartialDict(code="RATE_LIMITED")], "the same address"
    clock.move(601)
    assert (await shopper.storefront.outcome(key))["__typename"] == "OrderPlaced", "the key is free again"
