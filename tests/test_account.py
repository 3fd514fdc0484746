"""Signing in: who the shopper is from then on, and what becomes of the cart."""

from typing import Any

import pytest
from dirty_equals import IsPartialDict, IsStr

from sandbox.world import World
from tests.shop import CART, PACK, POLES, Clock, Shopper, Storefront

TOKEN = "/oauth20/token"
ME = "/v1/shoppers/me"
WHO = "{ session { id level } shopper { firstName lastName email externalReferenceId } cart { shopper { id } } }"


@pytest.fixture
def alex(world: World) -> tuple[str, str]:
    """User name and password."""
    return world.keys.shopper_username, world.keys.shopper_password


def lines(payload: dict[str, Any]) -> dict[str, int]:
    return {line["product"]["upstreamId"]: line["quantity"] for line in payload["cart"]["lines"]}


async def test_a_shopper_signs_in_and_is_known(member: Shopper) -> None:
    data = (await member.storefront.ask(WHO)).data
    assert data["session"]["level"] == "REGISTERED"
    assert data["shopper"] == {
        "firstName": "Alex",
        "lastName": "Rivera",
        "email": "alex.rivera@example.com",
        "externalReferenceId": "rf-cust-000042",
    }
    assert data["cart"]["shopper"]["id"]


async def test_a_guest_is_no_shopper_and_costs_no_call(storefront: Storefront, world: World) -> None:
    await storefront.add(PACK)
    world.calls.clear()
    assert (await storefront.ask("{ shopper { id } session { shopper { id } } }")).data == {
        "shopper": None,
        "session": {"shopper": None},
    }
    assert world.calls.count() == 0


async def test_the_guests_cart_goes_along(storefront: Storefront, alex: tuple[str, str], world: World) -> None:
    await storefront.add(PACK, 2)
    payload = await storefront.sign_in(*alex)
    assert payload["errors"] == payload["warnings"] == []
    assert payload["cartTransition"] == {"outcome": "KEPT", "quantityBefore": 2, "quantityAfter": 2}
    assert lines(payload) == {PACK: 2}


async def test_two_carts_become_one(member: Shopper, storefront: Storefront, alex: tuple[str, str]) -> None:
    await member.storefront.add(POLES)
    await storefront.add(PACK, 2)
    payload = await storefront.sign_in(*alex)
    assert payload["cartTransition"] == {"outcome": "MERGED", "quantityBefore": 2, "quantityAfter": 3}
    assert payload["warnings"] == []
    assert lines(payload) == {PACK: 2, POLES: 1}


@pytest.mark.parametrize("switch", [{"two_carts": "account"}, {"guest_cart": "stays"}])
async def test_every_line_that_is_lost_is_told(
    member: Shopper, storefront: Storefront, alex: tuple[str, str], switch: dict[str, str]
) -> None:
    await member.storefront.add(POLES)
    await member.control("switches", switch)
    await storefront.add(PACK, 2)
    await storefront.add(POLES, 3)
    payload = await storefront.sign_in(*alex)
    assert payload["cartTransition"] == {"outcome": "CHANGED", "quantityBefore": 5, "quantityAfter": 1}
    assert lines(payload) == {POLES: 1}
    assert payload["warnings"] == [
        IsPartialDict(code="CART_CHANGED_BY_SIGN_IN", message=IsStr(regex=rf".*had {had} .*has {has} .*"))
        for had, has in ((2, 0), (3, 1))
    ]


async def test_without_a_guests_cart_there_is_nothing_to_keep(
    member: Shopper, storefront: Storefront, alex: tuple[str, str]
) -> None:
    await member.storefront.add(POLES)
    payload = await storefront.sign_in(*alex)
    assert payload["cartTransition"] == {"outcome": "WAS_EMPTY", "quantityBefore": 0, "quantityAfter": 1}


async def test_the_handle_changes_and_the_old_one_is_dead(storefront: Storefront, alex: tuple[str, str]) -> None:
    await storefront.add(PACK)
    old = storefront.another_tab()
    before = (await storefront.ask(WHO)).data["session"]
    payload = await storefront.sign_in(*alex)
    assert storefront.cookie != old.cookie
    assert payload["bearerToken"] is None
    assert payload["session"]["id"] == before["id"], "the visit is the same"
    assert (await old.ask("{ paymentSession { id } }")).codes == ["SESSION_EXPIRED"]


async def test_an_app_gets_its_new_handle_in_the_answer(storefront: Storefront, alex: tuple[str, str]) -> None:
    start = "mutation { startSession(input: {delivery: BEARER}) { bearerToken } }"
    token = (await storefront.ask(start)).data["startSession"]["bearerToken"]
    app = Storefront(storefront.http, {"Authorization": f"Bearer {token}"})
    await app.add(PACK)
    payload = await app.sign_in(*alex, delivery="COOKIE")
    assert payload["bearerToken"] not in (None, token), "an existing session keeps its way"
    assert app.cookie is None
    assert (await app.ask(WHO)).data["session"]["level"] == "REGISTERED"
    old = Storefront(storefront.http, {"Authorization": f"Bearer {token}"})
    assert (await old.ask("{ session { level } }")).data["session"] is None


async def test_nobody_learns_whether_an_account_exists(storefront: Storefront, world: World) -> None:
    await storefront.add(PACK)
    answers = []
    for username in (world.keys.shopper_username, "nobody@example.com"):
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
    assert lines(answers[0][0]) == {PACK: 1}, "the guest goes on"


async def test_a_password_is_tried_five_times_a_minute(storefront: Storefront, world: World, clock: Clock) -> None:
    for tries in range(5):
        payload = await Storefront(storefront.http).sign_in(f"user{tries}@example.com", "Wrong+Word1")
        assert payload["errors"][0]["code"] == "SIGN_IN_FAILED"
    world.calls.clear()
    payload = await storefront.sign_in(world.keys.shopper_username, world.keys.shopper_password)
    assert payload["errors"] == [IsPartialDict(__typename="RateLimitError", code="RATE_LIMITED", retry="RETRY")]
    assert world.calls.count("POST", TOKEN) == 0
    clock.move(61)
    assert (await storefront.sign_in(world.keys.shopper_username, world.keys.shopper_password))["errors"] == []


async def test_signing_out_ends_a_members_session_too(member: Shopper) -> None:
    thief = member.storefront.another_tab()
    answer = await member.storefront.ask("mutation { signOut { signedOut } }")
    assert answer.data["signOut"]["signedOut"]
    assert (await thief.ask("{ paymentSession { id } }")).codes == ["SESSION_EXPIRED"]
    assert (await member.storefront.ask("{ shopper { id } }")).data["shopper"] is None


async def test_a_member_who_signs_in_as_somebody_else_takes_nothing_along(member: Shopper, world: World) -> None:
    await member.storefront.add(PACK)
    before = (await member.storefront.ask(WHO)).data["session"]["id"]
    payload = await member.storefront.sign_in(world.keys.other_shopper_username, world.keys.other_shopper_password)
    assert payload["cartTransition"] == {"outcome": "WAS_EMPTY", "quantityBefore": 0, "quantityAfter": 0}
    assert payload["session"]["id"] != before
    assert (await member.storefront.ask(WHO)).data["shopper"]["firstName"] == "Sam"


async def test_a_cart_that_cannot_be_read_is_not_signed_in_with(shopper: Shopper, alex: tuple[str, str]) -> None:
    await shopper.storefront.add(PACK)
    await shopper.fault("status", CART, method="GET", status=503)
    shopper.world.calls.clear()
    text = """mutation($username: String!, $password: String!) {
      signIn(input: {credentials: {password: {username: $username, password: $password}}}) {
        session { level } cartTransition { outcome } errors { code } } }"""
    answer = await shopper.storefront.ask(text, username=alex[0], password=alex[1])
    assert answer.data["signIn"] == {
        "session": {"level": "ANONYMOUS"},
        "cartTransition": None,
        "errors": [{"code": "UPSTREAM_UNAVAILABLE"}],
    }
    assert shopper.world.calls.count("POST", TOKEN) == 0
