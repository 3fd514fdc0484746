"""Sign-in and registration, and their effects on the session and on the guest's cart."""

import asyncio
from itertools import count
from typing import Any

import pytest
from dirty_equals import IsPartialDict, IsStr

from gateway.upstream.ids import global_id
from sandbox.model.world import World
from tests.support.shop import (
    CART,
    PACK,
    POLES,
    SUBMIT,
    Clock,
    InMemoryTransport,
    Shopper,
    Storefront,
    eventually,
    new_key,
)

TOKEN = "/oauth20/token"
SIGN_IN = """mutation($username: String!, $password: String!) {
  signIn(input: {credentials: {password: {username: $username, password: $password}}}) {
    session { level } cartTransition { outcome } warnings { code } errors { code } } }"""
REGISTER = """mutation($input: RegisterShopperInput!) { registerShopper(input: $input) {
  session { id level shopper { firstName email } } bearerToken
  cartTransition { outcome quantityBefore quantityAfter } errors { __typename code path } } }"""
SHOPPER = "{ session { id level } shopper { firstName lastName email externalReferenceId } cart { shopper { id } } }"


@pytest.fixture
def alex(world: World) -> tuple[str, str]:
    """User name and password of Alex, a registered shopper of the demo shop."""
    return world.keys.shopper_username, world.keys.shopper_password


def lines(payload: dict[str, Any]) -> dict[str, int]:
    return {line["product"]["upstreamId"]: line["quantity"] for line in payload["cart"]["lines"]}


async def test_signed_in_shopper_can_read_own_profile(registered_shopper: Shopper) -> None:
    data = (await registered_shopper.storefront.ask(SHOPPER)).data
    assert data["session"]["level"] == "REGISTERED"
    assert data["shopper"] == {
        "firstName": "Alex",
        "lastName": "Rivera",
        "email": "alex.rivera@example.com",
        "externalReferenceId": "rf-cust-000042",
    }
    assert data["cart"]["shopper"]["id"]


async def test_shopper_field_is_null_for_guest_without_upstream_call(storefront: Storefront, world: World) -> None:
    await storefront.add(PACK)
    world.calls.clear()
    assert (await storefront.ask("{ shopper { id } session { shopper { id } } }")).data == {
        "shopper": None,
        "session": {"shopper": None},
    }
    assert world.calls.count() == 0


async def test_cart_of_the_guest_is_kept_when_signing_in(
    storefront: Storefront, alex: tuple[str, str], world: World
) -> None:
    await storefront.add(PACK, 2)
    payload = await storefront.sign_in(*alex)
    assert payload["errors"] == payload["warnings"] == []
    assert payload["cartTransition"] == {"outcome": "KEPT", "quantityBefore": 2, "quantityAfter": 2}
    assert lines(payload) == {PACK: 2}


async def test_carts_of_guest_and_account_are_merged(
    registered_shopper: Shopper, storefront: Storefront, alex: tuple[str, str]
) -> None:
    await registered_shopper.storefront.add(POLES)
    await storefront.add(PACK, 2)
    payload = await storefront.sign_in(*alex)
    assert payload["cartTransition"] == {"outcome": "MERGED", "quantityBefore": 2, "quantityAfter": 3}
    assert payload["warnings"] == []
    assert lines(payload) == {PACK: 2, POLES: 1}


@pytest.mark.parametrize("switch", [{"two_carts": "account"}, {"guest_cart": "stays"}])
async def test_each_cart_line_lost_at_sign_in_returns_a_warning(
    registered_shopper: Shopper, storefront: Storefront, alex: tuple[str, str], switch: dict[str, str]
) -> None:
    await registered_shopper.storefront.add(POLES)
    await registered_shopper.control("switches", switch)
    await storefront.add(PACK, 2)
    await storefront.add(POLES, 3)
    payload = await storefront.sign_in(*alex)
    assert payload["cartTransition"] == {"outcome": "CHANGED", "quantityBefore": 5, "quantityAfter": 1}
    assert lines(payload) == {POLES: 1}
    assert payload["warnings"] == [
        IsPartialDict(
            code="CART_CHANGED_BY_SIGN_IN",
            message=IsStr(regex=rf".*had {before} .*has {after} .*"),
            shopperMessage=f"Your cart had {before} of this item before you signed in. Now it has {after}.",
            targetId=global_id("Product", product),
        )
        for product, before, after in ((PACK, 2, 0), (POLES, 3, 1))
    ]


async def test_sign_in_without_a_session_shows_the_account_cart(
    registered_shopper: Shopper, storefront: Storefront, alex: tuple[str, str]
) -> None:
    await registered_shopper.storefront.add(POLES)
    payload = await storefront.sign_in(*alex)
    assert payload["cartTransition"] == {"outcome": "WAS_EMPTY", "quantityBefore": 0, "quantityAfter": 1}


async def test_line_added_just_before_the_sign_in_is_kept(
    storefront: Storefront, alex: tuple[str, str], network: InMemoryTransport
) -> None:
    await storefront.ask("mutation { startSession(input: {}) { session { id } } }")
    other_tab = storefront.another_tab()
    # The first mutation returns the empty cart. Another tab adds a line before the sign-in has the lock of the cart.
    offers = f"{CART}/applied-offers"
    network.gates[offers] = gate = asyncio.Event()
    first = "{ updateCart(input: {termsOfSaleAccepted: true}) { cart { totalQuantity appliedOffers { __typename } } }"
    signing_in = asyncio.ensure_future(
        storefront.ask(SIGN_IN.replace("{\n", f"{first}\n", 1), username=alex[0], password=alex[1])
    )
    await network.arrived[offers].wait()
    assert (await other_tab.add(PACK))["errors"] == []
    gate.set()
    data = (await signing_in).data
    assert data["updateCart"]["cart"]["totalQuantity"] == 0
    assert data["signIn"]["cartTransition"] == {"outcome": "KEPT"}
    assert (await storefront.cart())["totalQuantity"] == 1


async def test_sign_in_replaces_the_session_cookie(storefront: Storefront, alex: tuple[str, str]) -> None:
    await storefront.add(PACK)
    old = storefront.another_tab()
    before = (await storefront.ask(SHOPPER)).data["session"]
    payload = await storefront.sign_in(*alex)
    assert storefront.cookie != old.cookie
    assert payload["bearerToken"] is None
    assert payload["session"]["id"] == before["id"], "the session has the same id"
    assert (await old.ask("{ paymentSession { id } }")).codes == ["SESSION_EXPIRED"]


async def test_line_added_with_replaced_cookie_starts_no_session(
    storefront: Storefront, alex: tuple[str, str], clock: Clock
) -> None:
    await storefront.add(PACK)
    late = storefront.another_tab()
    await storefront.sign_in(*alex)
    add = f'mutation {{ addCartLines(input: {{lines: [{{product: {{upstreamId: "{PACK}"}}}}]}}) {{ cart {{ id }} }} }}'
    replaced = late.cookie
    answer = await late.ask(add)
    assert answer.codes == ["SESSION_EXPIRED"]
    assert "A sign-in has replaced" in answer.body["errors"][0]["message"]
    assert late.cookie == replaced
    clock.move(121)
    await late.ask(add)
    assert late.cookie != replaced, "a client that never got the new handle starts again"


async def test_app_gets_a_new_bearer_token_when_signing_in(storefront: Storefront, alex: tuple[str, str]) -> None:
    start = "mutation { startSession(input: {delivery: BEARER}) { bearerToken } }"
    token = (await storefront.ask(start)).data["startSession"]["bearerToken"]
    app = Storefront(storefront.http, {"Authorization": f"Bearer {token}"})
    await app.add(PACK)
    payload = await app.sign_in(*alex, delivery="COOKIE")
    assert payload["bearerToken"] not in (None, token), "the session still uses a bearer token, and the token is new"
    assert app.cookie is None
    assert (await app.ask(SHOPPER)).data["session"]["level"] == "REGISTERED"
    old = Storefront(storefront.http, {"Authorization": f"Bearer {token}"})
    assert (await old.ask("{ session { level } }")).data["session"] is None


async def test_failed_sign_in_does_not_reveal_whether_the_account_exists(storefront: Storefront, world: World) -> None:
    await storefront.add(PACK)
    answers = []
    for username in (world.keys.shopper_username, "no-account@example.com"):
        world.calls.clear()
        answers.append((await storefront.sign_in(username, "Wrong+Word1"), world.calls.by_call.copy()))
    assert answers[0] == answers[1]
    assert answers[0][0]["errors"] == [
        {
            "__typename": "CredentialError",
            "code": "SIGN_IN_FAILED",
            "path": ["input", "credentials", "password"],
            "retry": "FIX_THEN_RETRY",
        }
    ]
    assert answers[0][0]["session"]["level"] == "ANONYMOUS"
    assert lines(answers[0][0]) == {PACK: 1}, "the guest still has the cart"


async def test_client_address_may_try_five_passwords_a_minute(
    storefront: Storefront, world: World, clock: Clock
) -> None:
    for tries in range(5):
        payload = await Storefront(storefront.http).sign_in(f"user{tries}@example.com", "Wrong+Word1")
        assert payload["errors"][0]["code"] == "SIGN_IN_FAILED"
    world.calls.clear()
    payload = await storefront.sign_in(world.keys.shopper_username, world.keys.shopper_password)
    assert payload["errors"] == [IsPartialDict(__typename="RateLimitError", code="RATE_LIMITED", retry="RETRY")]
    assert world.calls.count("POST", TOKEN) == 0
    clock.move(61)
    assert (await storefront.sign_in(world.keys.shopper_username, world.keys.shopper_password))["errors"] == []


async def test_sign_out_ends_the_session_of_a_registered_shopper(registered_shopper: Shopper) -> None:
    thief = registered_shopper.storefront.another_tab()
    answer = await registered_shopper.storefront.ask("mutation { signOut { signedOut } }")
    assert answer.data["signOut"]["signedOut"]
    assert (await thief.ask("{ paymentSession { id } }")).codes == ["SESSION_EXPIRED"]
    assert (await registered_shopper.storefront.ask("{ shopper { id } }")).data["shopper"] is None


async def test_sign_in_to_another_account_does_not_move_the_cart(registered_shopper: Shopper, world: World) -> None:
    await registered_shopper.storefront.add(PACK)
    before = (await registered_shopper.storefront.ask(SHOPPER)).data["session"]["id"]
    payload = await registered_shopper.storefront.sign_in(
        world.keys.other_shopper_username, world.keys.other_shopper_password
    )
    assert payload["cartTransition"] == {"outcome": "WAS_EMPTY", "quantityBefore": 0, "quantityAfter": 0}
    assert payload["session"]["id"] != before
    assert (await registered_shopper.storefront.ask(SHOPPER)).data["shopper"]["firstName"] == "Sam"


async def test_sign_in_fails_while_the_guest_cart_cannot_be_read(shopper: Shopper, alex: tuple[str, str]) -> None:
    await shopper.storefront.add(PACK)
    await shopper.fault("status", CART, method="GET", status=503)
    shopper.world.calls.clear()
    answer = await shopper.storefront.ask(SIGN_IN, username=alex[0], password=alex[1])
    assert answer.data["signIn"] == {
        "session": {"level": "ANONYMOUS"},
        "cartTransition": None,
        "warnings": [],
        "errors": [{"code": "UPSTREAM_UNAVAILABLE"}],
    }
    assert shopper.world.calls.count("POST", TOKEN) == 0


async def test_unreadable_cart_after_sign_in_returns_a_warning(
    shopper: Shopper, network: InMemoryTransport, alex: tuple[str, str]
) -> None:
    await shopper.storefront.add(PACK)
    reads = count()
    network.rewrites["GET", CART] = lambda cart: cart if next(reads) == 0 else {}
    answer = await shopper.storefront.ask(SIGN_IN, username=alex[0], password=alex[1])
    assert answer.data["signIn"] == {
        "session": {"level": "REGISTERED"},
        "cartTransition": None,
        "warnings": [{"code": "OTHER"}],
        "errors": [],
    }


async def test_lines_of_an_expired_guest_session_are_reported_as_lost(shopper: Shopper, alex: tuple[str, str]) -> None:
    await shopper.storefront.add(PACK, 2)
    refusal = {"status": 400, "code": "dr_limited_token_invalid", "envelope": "D"}
    # The first call has no guest token.
    await shopper.fault("status", TOKEN, skips=1, times=1, **refusal)
    payload = await shopper.storefront.sign_in(*alex)
    assert payload["errors"] == []
    assert payload["cartTransition"] == {"outcome": "CHANGED", "quantityBefore": 2, "quantityAfter": 0}
    assert [warning["code"] for warning in payload["warnings"]] == ["CART_CHANGED_BY_SIGN_IN"]


async def test_simultaneous_sign_ins_of_an_app_both_return_bearer_tokens(
    storefront: Storefront, alex: tuple[str, str]
) -> None:
    start = "mutation { startSession(input: {delivery: BEARER}) { bearerToken } }"
    bearer = (await storefront.ask(start)).data["startSession"]["bearerToken"]
    storefront.headers["Authorization"] = f"Bearer {bearer}"
    username, password = alex
    query = SIGN_IN.replace("session {", "bearerToken session {")
    tabs = [storefront.another_tab() for _ in range(2)]
    answers = await asyncio.gather(*(tab.ask(query, username=username, password=password) for tab in tabs))
    assert all("set-cookie" not in answer.headers for answer in answers)
    assert all(answer.data["signIn"]["bearerToken"] for answer in answers)


async def test_rejected_api_key_is_not_reported_as_wrong_credentials(shopper: Shopper, alex: tuple[str, str]) -> None:
    await shopper.fault("status", TOKEN, status=401, code="invalid_client", envelope="D")
    payload = (await shopper.storefront.ask(SIGN_IN, username=alex[0], password=alex[1])).data["signIn"]
    assert payload["session"] is None
    assert [error["code"] for error in payload["errors"]] == ["UPSTREAM_UNAVAILABLE"]
    begun = await shopper.storefront.ask("mutation { startSession(input: {}) { errors { code } } }")
    assert begun.data["startSession"]["errors"] == [{"code": "UPSTREAM_UNAVAILABLE"}]


@pytest.mark.parametrize("status", [403, 404, 409])
async def test_refusal_for_another_reason_is_not_reported_as_wrong_credentials(
    shopper: Shopper, alex: tuple[str, str], status: int
) -> None:
    await shopper.fault("status", TOKEN, status=status, code="any_other_reason", envelope="D")
    payload = (await shopper.storefront.ask(SIGN_IN, username=alex[0], password=alex[1])).data["signIn"]
    assert payload["session"] is None
    assert [error["code"] for error in payload["errors"]] == ["UPSTREAM_REJECTED"]


async def test_rejected_api_key_ends_no_session(shopper: Shopper) -> None:
    await shopper.storefront.add(PACK)
    await shopper.fault("status", TOKEN, times=1, status=401, code="invalid_client", envelope="D")
    shopper.world.tokens.clear()
    assert (await shopper.storefront.ask("{ cart { totalQuantity } }")).codes == ["UPSTREAM_UNAVAILABLE"]
    assert (await shopper.storefront.cart())["totalQuantity"] == 1


async def test_guest_with_a_submission_in_doubt_cannot_sign_in(shopper: Shopper, alex: tuple[str, str]) -> None:
    await shopper.get_ready()
    await shopper.fault("drop-after", SUBMIT)
    assert (await shopper.storefront.outcome())["__typename"] == "OrderInDoubt"
    payload = await shopper.storefront.sign_in(*alex)
    assert payload["errors"] == [IsPartialDict(__typename="CartConflictError", code="CART_LOCKED")]


async def test_sign_in_with_an_empty_cart_requests_one_token(
    storefront: Storefront, alex: tuple[str, str], world: World
) -> None:
    await storefront.ask("mutation { startSession(input: {}) { errors { code } } }")
    world.calls.clear()
    payload = await storefront.sign_in(*alex)
    assert payload["cartTransition"] == IsPartialDict(outcome="WAS_EMPTY")
    assert world.calls.count("POST", TOKEN) == 1, "the carts are not combined"


async def test_guest_cart_cannot_be_signed_in_while_account_is_buying(
    registered_shopper: Shopper, storefront: Storefront, alex: tuple[str, str], network: InMemoryTransport
) -> None:
    await registered_shopper.get_ready()
    guest = Storefront(storefront.http)
    await guest.add(POLES)
    network.gates[SUBMIT] = gate = asyncio.Event()
    buying = asyncio.ensure_future(registered_shopper.storefront.outcome())
    await network.arrived[SUBMIT].wait()

    payload = await guest.sign_in(*alex)
    assert payload["errors"] == [IsPartialDict(__typename="CartConflictError", code="CART_LOCKED")]
    gate.set()
    assert (await buying)["__typename"] == "OrderPlaced"
    payload = await guest.sign_in(*alex)
    assert (payload["errors"], lines(payload)) == ([], {POLES: 1})


async def test_guest_cart_does_not_replace_cart_that_waits_for_approval(
    registered_shopper: Shopper, storefront: Storefront, alex: tuple[str, str]
) -> None:
    await registered_shopper.get_ready("klarnaCredit")
    await registered_shopper.storefront.outcome()
    guest = Storefront(storefront.http)
    await guest.add(POLES)
    payload = await guest.sign_in(*alex)
    assert payload["errors"] == [IsPartialDict(__typename="CartConflictError", code="CART_LOCKED")]
    assert (await guest.cart())["totalQuantity"] == 1, "the guest can buy the cart"

    await guest.ask("mutation { signOut { signedOut } }")
    assert (await guest.sign_in(*alex))["errors"] == []
    assert (await guest.cart())["paymentSession"]["state"] == "PENDING_REDIRECT"


async def test_waiting_order_of_guest_keeps_the_cart_after_sign_in(
    shopper: Shopper, storefront: Storefront, alex: tuple[str, str]
) -> None:
    await shopper.get_ready("klarnaCredit")
    result = await shopper.storefront.outcome()
    assert (await shopper.storefront.sign_in(*alex))["errors"] == []
    guest = Storefront(storefront.http)
    await guest.add(POLES)
    assert (await guest.sign_in(*alex))["errors"] == [IsPartialDict(code="CART_LOCKED")]
    await shopper.decide(result["action"]["redirectUrl"])
    resumed = (await shopper.storefront.run("ReturnFromRedirect"))["resumeOrder"]
    assert resumed["result"]["__typename"] == "OrderPlaced"
    assert (await guest.sign_in(*alex))["errors"] == []


async def test_order_is_blocked_after_a_sign_in_changed_the_cart(
    registered_shopper: Shopper, storefront: Storefront, alex: tuple[str, str]
) -> None:
    await registered_shopper.get_ready()
    cart = await registered_shopper.storefront.cart()
    guest = Storefront(storefront.http)
    await guest.add(POLES)
    await registered_shopper.fault("delay", TOKEN, skips=1, times=1, delay_s=0.5)
    registered_shopper.world.calls.clear()
    signing_in = asyncio.ensure_future(guest.sign_in(*alex))
    await eventually(lambda: registered_shopper.world.calls.count("POST", TOKEN) == 2)
    buying = asyncio.ensure_future(
        registered_shopper.storefront.outcome(total=cart["totals"]["orderTotal"], revision=cart["revision"])
    )
    assert (await signing_in)["errors"] == []
    result = await buying
    assert result["__typename"] == "OrderBlocked"
    assert registered_shopper.submits == 0


async def test_guest_order_awaiting_redirect_is_resumed_after_sign_in(shopper: Shopper, alex: tuple[str, str]) -> None:
    storefront = shopper.storefront
    await shopper.get_ready("klarnaCredit")
    result = await storefront.outcome(key := new_key())
    payload = await storefront.sign_in(*alex)
    assert payload["errors"] == []
    await shopper.decide(result["action"]["redirectUrl"])
    resumed = (await storefront.run("ReturnFromRedirect"))["resumeOrder"]
    assert resumed["result"]["__typename"] == "OrderPlaced"
    attempt = (await storefront.run("SubmissionOutcome", key=key))["orderSubmission"]
    assert attempt["status"] == "PLACED", "the submission is found by its key after the sign-in"


async def test_registered_shopper_can_place_an_order(registered_shopper: Shopper) -> None:
    await registered_shopper.get_ready()
    assert (await registered_shopper.storefront.outcome())["__typename"] == "OrderPlaced"


async def test_registered_session_renews_access_token_but_expires_when_idle(
    registered_shopper: Shopper, clock: Clock
) -> None:
    registered_shopper.world.tokens.clear()
    assert (await registered_shopper.storefront.ask(SHOPPER)).data["shopper"]["firstName"] == "Alex"
    clock.move(1801)
    assert (await registered_shopper.storefront.ask("{ paymentSession { id } }")).codes == ["SESSION_EXPIRED"]


async def test_sign_in_without_session_takes_locale_and_currency_of_account(
    shopper: Shopper, alex: tuple[str, str]
) -> None:
    account = next(account for account in shopper.world.accounts if account.username == alex[0])
    account.shopper.locale, account.shopper.currency = "de_DE", "EUR"
    payload = await shopper.storefront.sign_in(*alex)
    assert payload["session"] == IsPartialDict(locale="de-DE", currencyCode="EUR")


async def test_sign_in_falls_back_to_default_locale_and_currency(shopper: Shopper, alex: tuple[str, str]) -> None:
    account = next(account for account in shopper.world.accounts if account.username == alex[0])
    account.shopper.locale, account.shopper.currency = "sv_SE", "SEK"
    payload = await shopper.storefront.sign_in(*alex)
    assert payload["session"] == IsPartialDict(locale="en-US", currencyCode="USD")


@pytest.mark.parametrize("cart", ["empty", "filled"])
async def test_sign_in_succeeds_although_guest_session_ends_meanwhile(
    shopper: Shopper, network: InMemoryTransport, alex: tuple[str, str], cart: str
) -> None:
    storefront = shopper.storefront
    await storefront.ask("mutation { startSession(input: {}) { session { id } } }")
    if cart == "filled":
        await storefront.add(PACK)
    other_tab = storefront.another_tab()
    network.arrived.pop(TOKEN)
    network.gates[TOKEN] = asyncio.Event()
    signing_in = asyncio.create_task(storefront.sign_in(*alex))
    await network.arrived[TOKEN].wait()
    assert (await other_tab.ask("mutation { signOut { signedOut } }")).data == {"signOut": {"signedOut": True}}
    network.gates[TOKEN].set()
    payload = await signing_in
    assert payload["errors"] == []
    assert payload["session"]["level"] == "REGISTERED"
    assert payload["cartTransition"]["outcome"] == "WAS_EMPTY", "the guest cart ended with its session"
    assert (await storefront.ask(SHOPPER)).data["shopper"]["firstName"] == "Alex"


# Registration.


def new_shopper(**changes: Any) -> dict[str, Any]:
    return {
        "idempotencyKey": new_key(),
        "email": "kim@example.com",
        "password": "Lakes+Rivers7",
        "firstName": "Kim",
        "lastName": "Ford",
    } | changes


async def register(storefront: Storefront, **changes: Any) -> dict[str, Any]:
    answer = await storefront.ask(REGISTER, input=new_shopper(**changes))
    payload: dict[str, Any] = answer.data["registerShopper"]
    return payload


async def test_registration_keeps_the_guests_cart(storefront: Storefront, world: World) -> None:
    await storefront.add(PACK, 2)
    old = storefront.another_tab()
    payload = await register(storefront, acceptsMarketing=True)
    assert payload == {
        "session": IsPartialDict(level="REGISTERED", shopper=IsPartialDict(firstName="Kim", email="kim@example.com")),
        "bearerToken": None,
        "cartTransition": {"outcome": "KEPT", "quantityBefore": 2, "quantityAfter": 2},
        "errors": [],
    }
    assert (await old.ask("{ paymentSession { id } }")).codes == ["SESSION_EXPIRED"]
    assert world.accounts[-1].accepts_marketing
    assert world.accounts[-1].password == "Lakes+Rivers7"


async def test_registration_needs_a_session(storefront: Storefront, world: World) -> None:
    assert (await storefront.ask(REGISTER, input=new_shopper())).codes == ["SESSION_REQUIRED"]
    assert world.calls.count() == 0


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"email": "alex.rivera@example.com"}, {"code": "REGISTRATION_FAILED", "path": ["input"]}),
        ({"password": "short"}, {"code": "PASSWORD_POLICY", "path": ["input", "password"]}),
    ],
)
async def test_rejected_registration_leaves_the_guest_session_unchanged(
    storefront: Storefront, changes: dict[str, str], expected: dict[str, Any]
) -> None:
    await storefront.add(PACK)
    payload = await register(storefront, **changes)
    assert payload["session"] is payload["cartTransition"] is None
    assert payload["errors"] == [{"__typename": "CredentialError"} | expected]
    assert (await storefront.ask(SHOPPER)).data["session"]["level"] == "ANONYMOUS"


async def test_repeated_registration_creates_no_second_account(shopper: Shopper) -> None:
    storefront, key = shopper.storefront, new_key()
    await storefront.add(PACK)
    await shopper.fault("status", TOKEN, status=503, method="POST", times=1)
    failed = await register(storefront, idempotencyKey=key)
    assert failed["session"] is None
    assert [error["code"] for error in failed["errors"]] == ["UPSTREAM_UNAVAILABLE"]
    reused = await register(storefront, idempotencyKey=key, password="Another+One7")
    assert [error["code"] for error in reused["errors"]] == ["IDEMPOTENCY_KEY_REUSED"]
    again = await register(storefront, idempotencyKey=key)
    assert again["errors"] == []
    assert again["session"]["level"] == "REGISTERED"
    assert shopper.world.calls.count("POST", "/v1/shoppers") == 1
    cookie = storefront.cookie
    assert (await register(storefront, idempotencyKey=key))["session"]["id"] == again["session"]["id"]
    assert storefront.cookie == cookie, "a signed-in shopper keeps the session cookie"


async def test_registration_signs_in_even_if_digital_rivers_response_is_lost(shopper: Shopper) -> None:
    await shopper.storefront.add(PACK)
    await shopper.fault("drop-after", "/v1/shoppers", times=1)
    assert (await register(shopper.storefront))["session"]["level"] == "REGISTERED"


async def test_registration_fails_if_its_request_never_reaches_digital_river(shopper: Shopper) -> None:
    await shopper.storefront.add(PACK)
    await shopper.fault("drop-before", "/v1/shoppers", times=1)
    payload = await register(shopper.storefront)
    assert payload["session"] is None
    assert [error["code"] for error in payload["errors"]] == ["UPSTREAM_UNAVAILABLE"]


async def test_client_address_may_try_five_registrations_a_minute(storefront: Storefront) -> None:
    await storefront.add(PACK)
    for number in range(5):
        await register(storefront, password="short", email=f"user{number}@example.com")
    assert [error["code"] for error in (await register(storefront))["errors"]] == ["RATE_LIMITED"]
