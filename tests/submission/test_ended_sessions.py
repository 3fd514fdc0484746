"""The outcome of an order after its session has ended: with the ended session's handle and the key, and for a day."""

import asyncio
from typing import Any

import httpx
import pytest
from dirty_equals import IsPartialDict, IsStr

from sandbox.model.world import World
from tests.support.shop import (
    ADDRESS,
    CART,
    PACK,
    SUBMIT,
    Answer,
    Clock,
    InMemoryTransport,
    Shopper,
    Storefront,
    gateway,
    new_key,
)

OUTCOME = """query($key: UUID) { orderSubmission(idempotencyKey: $key) { status isReplay
  result { __typename ... on OrderPlaced { order { number billingAddress { email line1 }
    totals { orderTotal { amount } } lines { quantity } } } } } }"""
RESUME = """mutation($input: ResumeOrderInput!) { resumeOrder(input: $input) {
  result { __typename } errors { code } } }"""
START = """mutation($delivery: SessionDelivery) { startSession(input: {delivery: $delivery}) {
  session { id } bearerToken errors { code } } }"""
SESSION = "{ session { id } }"
IDLE_S = 1_801
DAY_S = 86_401


async def place(shopper: Shopper) -> tuple[str, dict[str, Any]]:
    """Place an order. Return its key and its result."""
    await shopper.get_ready()
    result = await shopper.storefront.outcome(key := new_key())
    assert result["__typename"] == "OrderPlaced"
    return key, result


async def begin(storefront: Storefront, delivery: str = "COOKIE") -> None:
    payload = (await storefront.ask(START, delivery=delivery)).data["startSession"]
    assert payload["errors"] == []
    if payload["bearerToken"]:
        storefront.headers["Authorization"] = f"Bearer {payload['bearerToken']}"


async def read(storefront: Storefront, key: str) -> Any:
    return (await storefront.ask(OUTCOME, key=key)).data["orderSubmission"]


async def text_of(storefront: Storefront, key: str) -> str:
    return str((await storefront.ask(OUTCOME, key=key)).body)


@pytest.mark.parametrize("delivery", ["COOKIE", "BEARER"])
async def test_next_session_of_client_reads_outcome_by_key(shopper: Shopper, clock: Clock, delivery: str) -> None:
    await begin(shopper.storefront, delivery)
    key, result = await place(shopper)
    clock.move(IDLE_S)
    assert (await shopper.storefront.ask(OUTCOME, key=key)).codes == ["SESSION_EXPIRED"]
    await begin(shopper.storefront, delivery)
    submission = await read(shopper.storefront, key)
    assert submission == IsPartialDict(status="PLACED", isReplay=True)
    assert submission["result"]["order"]["number"] == result["order"]["number"]
    assert submission["result"]["order"]["lines"] == [{"quantity": 1}]


async def test_next_session_reads_outcome_of_ended_registered_session(
    shopper: Shopper, clock: Clock, world: World
) -> None:
    storefront = shopper.storefront
    guest_key, _ = await place(shopper)
    await storefront.sign_in(world.keys.shopper_username, world.keys.shopper_password)
    key, result = await place(shopper)
    clock.move(IDLE_S)
    await begin(storefront)
    submission = await read(storefront, key)
    assert submission == IsPartialDict(status="PLACED", isReplay=True)
    assert submission["result"]["order"]["number"] == result["order"]["number"]
    assert submission["result"]["order"]["billingAddress"] is None
    assert (await read(storefront, guest_key))["status"] == "PLACED"


async def test_ended_session_shows_no_personal_data(shopper: Shopper, clock: Clock) -> None:
    key, _ = await place(shopper)
    assert ADDRESS["email"] in await text_of(shopper.storefront, key)
    clock.move(IDLE_S)
    await begin(shopper.storefront)
    submission = await read(shopper.storefront, key)
    assert submission["result"]["order"]["billingAddress"] is None
    text = await text_of(shopper.storefront, key)
    assert "PLACED" in text
    assert ADDRESS["email"] not in text
    assert ADDRESS["line1"] not in text


async def test_next_session_reads_nothing_without_the_key(shopper: Shopper, clock: Clock) -> None:
    await place(shopper)
    clock.move(IDLE_S)
    await begin(shopper.storefront)
    assert (await shopper.storefront.ask("{ orderSubmission { status } }")).data == {"orderSubmission": None}
    assert await read(shopper.storefront, new_key()) is None


async def test_adding_lines_after_session_end_keeps_access_to_outcome(shopper: Shopper, clock: Clock) -> None:
    key, _ = await place(shopper)
    clock.move(IDLE_S)
    assert (await shopper.storefront.add(PACK))["errors"] == []
    assert (await read(shopper.storefront, key))["status"] == "PLACED"


async def test_sign_in_after_session_end_keeps_access_to_outcome(shopper: Shopper, clock: Clock, world: World) -> None:
    key, _ = await place(shopper)
    clock.move(IDLE_S)
    payload = await shopper.storefront.sign_in(world.keys.shopper_username, world.keys.shopper_password)
    assert payload["errors"] == []
    assert (await read(shopper.storefront, key))["status"] == "PLACED"


async def test_third_session_of_client_reads_outcome_of_the_first(shopper: Shopper, clock: Clock, world: World) -> None:
    key, _ = await place(shopper)
    for _ in range(2):
        clock.move(IDLE_S)
        await begin(shopper.storefront)
    clock.move(IDLE_S)
    payload = await shopper.storefront.sign_in(world.keys.shopper_username, world.keys.shopper_password)
    assert payload["errors"] == []
    assert (await read(shopper.storefront, key))["status"] == "PLACED"


async def test_outcome_of_first_session_ends_after_a_day(shopper: Shopper, clock: Clock) -> None:
    key, _ = await place(shopper)
    for _ in range(DAY_S // IDLE_S + 1):
        clock.move(IDLE_S)
        await begin(shopper.storefront)
    assert await read(shopper.storefront, key) is None


async def test_second_sign_in_with_replaced_handle_keeps_access_to_outcome(shopper: Shopper, world: World) -> None:
    key, result = await place(shopper)
    other_tab = Storefront(shopper.storefront.http, cookie=shopper.storefront.cookie)
    for tab in (shopper.storefront, other_tab):
        payload = await tab.sign_in(world.keys.shopper_username, world.keys.shopper_password)
        assert payload["errors"] == []
    assert (await read(shopper.storefront, key))["result"]["order"]["number"] == result["order"]["number"]
    submission = await read(other_tab, key)
    assert submission["result"]["order"]["number"] == result["order"]["number"]
    assert submission["result"]["order"]["billingAddress"] is None


async def test_next_session_settles_doubt_of_ended_session(shopper: Shopper, clock: Clock) -> None:
    await shopper.get_ready()
    await shopper.fault("drop-after", SUBMIT)
    key = new_key()
    assert (await shopper.storefront.outcome(key))["__typename"] == "OrderInDoubt"
    clock.move(IDLE_S)
    await begin(shopper.storefront)
    submission = await read(shopper.storefront, key)
    assert submission["status"] == "PLACED"
    assert submission["result"]["order"]["billingAddress"] is None
    assert shopper.submits == 1


async def test_next_session_resumes_approved_redirect_by_key(shopper: Shopper, clock: Clock) -> None:
    await shopper.get_ready("klarnaCredit")
    result = await shopper.storefront.outcome(key := new_key())
    clock.move(IDLE_S)
    await begin(shopper.storefront)
    waiting = await read(shopper.storefront, key)
    assert waiting == IsPartialDict(status="IN_DOUBT", result=IsPartialDict(__typename="OrderInDoubt"))
    await shopper.decide(result["action"]["redirectUrl"])
    payload = (await shopper.storefront.ask(RESUME, input={"idempotencyKey": key})).data["resumeOrder"]
    assert payload == {"result": {"__typename": "OrderPlaced"}, "errors": []}
    assert (await read(shopper.storefront, key))["status"] == "PLACED"


async def test_same_key_in_next_session_reports_the_first_order(shopper: Shopper, clock: Clock) -> None:
    await shopper.get_ready()
    agreed = await shopper.storefront.agreement()
    first = await shopper.storefront.outcome(key := new_key(), **agreed)
    clock.move(IDLE_S)
    await shopper.get_ready()
    again = await shopper.storefront.submit(key, **agreed)
    assert again["attempt"]["isReplay"] is True
    assert again["result"]["order"]["number"] == first["order"]["number"]
    changed = await shopper.storefront.submit(key)
    assert changed["errors"] == [IsPartialDict(code="IDEMPOTENCY_KEY_REUSED", message=IsStr(regex=".*PLACED.*"))]
    assert shopper.submits == 1


async def test_same_key_without_the_ended_handle_buys_nothing(shopper: Shopper, clock: Clock) -> None:
    key, _ = await place(shopper)
    clock.move(IDLE_S)
    shopper.storefront.cookie = None
    await shopper.get_ready()
    payload = await shopper.storefront.submit(key)
    message = IsStr(regex=".*belongs to a submission of another session, which has the status PLACED.*")
    assert payload["errors"] == [IsPartialDict(code="IDEMPOTENCY_KEY_REUSED", retry="DO_NOT_RETRY", message=message)]
    assert payload["attempt"] is None
    assert await read(shopper.storefront, key) is None
    assert shopper.submits == 1
    assert (await shopper.storefront.outcome())["__typename"] == "OrderPlaced", "the cart is not locked"


async def test_same_key_pressed_at_once_in_two_sessions_buys_once(shopper: Shopper, sandbox: httpx.AsyncClient) -> None:
    other = Shopper(Storefront(shopper.storefront.http), sandbox, shopper.world)
    await shopper.get_ready()
    await other.get_ready()
    key = new_key()
    payloads = await asyncio.gather(shopper.storefront.submit(key), other.storefront.submit(key))
    assert shopper.submits == 1
    assert sorted(bool(payload["errors"]) for payload in payloads) == [False, True]


async def test_key_of_an_unsent_submission_is_free_in_another_session(
    shopper: Shopper, sandbox: httpx.AsyncClient, network: InMemoryTransport
) -> None:
    await shopper.get_ready()
    network.unreachable.add(SUBMIT)
    key = new_key()
    assert (await shopper.storefront.submit(key))["attempt"] is None
    network.unreachable.clear()
    other = Shopper(Storefront(shopper.storefront.http), sandbox, shopper.world)
    await other.get_ready()
    assert (await other.storefront.outcome(key))["__typename"] == "OrderPlaced"


async def test_session_that_lost_its_tokens_keeps_its_outcomes(shopper: Shopper, world: World) -> None:
    key, result = await place(shopper)
    world.tokens.clear()
    world.refresh_tokens.clear()
    assert (await shopper.storefront.ask("{ cart { id } }")).codes == ["SESSION_EXPIRED"]
    assert (await shopper.storefront.ask(SESSION)).data == {"session": None}
    await begin(shopper.storefront)
    submission = await read(shopper.storefront, key)
    assert submission["status"] == "PLACED"
    assert submission["result"]["order"]["number"] == result["order"]["number"]


async def test_doubt_of_lost_tokens_stays_in_doubt(shopper: Shopper, world: World, clock: Clock) -> None:
    await shopper.get_ready()
    await shopper.fault("drop-after", SUBMIT)
    key = new_key()
    assert (await shopper.storefront.outcome(key))["__typename"] == "OrderInDoubt"
    world.tokens.clear()
    world.refresh_tokens.clear()
    clock.move(60)
    assert (await shopper.storefront.ask("{ cart { id } }")).codes == ["SESSION_EXPIRED"]
    await begin(shopper.storefront)
    assert (await read(shopper.storefront, key))["status"] == "IN_DOUBT"


async def test_order_without_usable_tokens_is_reported_as_it_was(shopper: Shopper, world: World, clock: Clock) -> None:
    await shopper.get_ready("klarnaCredit")
    clock.move(900)
    redirect = await shopper.storefront.outcome(key := new_key())
    await shopper.decide(redirect["action"]["redirectUrl"])
    clock.move(DAY_S - 300)  # The access token has ended as well, and the outcome is still known.
    world.tokens.clear()
    world.refresh_tokens.clear()
    await begin(shopper.storefront)
    text = RESUME.replace("result {", "attempt { status isReplay } result {")
    answer = await shopper.storefront.ask(text, input={"idempotencyKey": key})
    assert answer.data["resumeOrder"]["attempt"] == {"status": "IN_DOUBT", "isReplay": True}
    assert (await shopper.storefront.ask(SESSION)).data["session"], "the new session has not ended"


async def test_ended_token_does_not_resume_an_order(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient
) -> None:
    async with gateway(world, network, clock, guest_grant="client_credentials") as storefront:
        shopper = Shopper(storefront, sandbox, world)
        await shopper.get_ready("klarnaCredit")
        clock.move(900)
        redirect = await storefront.outcome(key := new_key())
        await shopper.decide(redirect["action"]["redirectUrl"])
        clock.move(DAY_S - 300)
        await begin(storefront)
        answer = await storefront.ask(RESUME, input={"idempotencyKey": key})
        assert answer.data["resumeOrder"]["result"] == {"__typename": "OrderInDoubt"}
        assert world.calls.count("POST", f"{CART}/resume-cart") == 0


async def test_handle_of_ended_session_is_accepted_for_a_day(shopper: Shopper, clock: Clock) -> None:
    key, _ = await place(shopper)
    clock.move(DAY_S)
    assert (await shopper.storefront.ask(SESSION)).data["session"] is None
    await begin(shopper.storefront)
    assert await read(shopper.storefront, key) is None


async def test_order_of_a_late_press_is_known_for_a_day(shopper: Shopper, clock: Clock) -> None:
    await shopper.storefront.add(PACK)
    for _ in range(48):
        clock.move(IDLE_S - 100)
        assert (await shopper.storefront.ask(SESSION)).data["session"] is not None
    key, _ = await place(shopper)
    clock.move(DAY_S - 600)
    assert not clears_cookie(await shopper.storefront.ask(SESSION))
    await begin(shopper.storefront)
    assert (await read(shopper.storefront, key))["status"] == "PLACED"


async def test_cookie_of_ended_session_is_kept(shopper: Shopper, clock: Clock) -> None:
    await shopper.storefront.add(PACK)
    clock.move(IDLE_S)
    assert not clears_cookie(await shopper.storefront.ask(SESSION))
    await place(shopper)
    clock.move(IDLE_S)
    assert not clears_cookie(await shopper.storefront.ask(SESSION))


async def test_signed_out_handle_gives_no_access_to_outcomes(shopper: Shopper) -> None:
    key, _ = await place(shopper)
    cookie = shopper.storefront.cookie
    assert (await shopper.storefront.ask("mutation { signOut { errors { code } } }")).data["signOut"]["errors"] == []
    shopper.storefront.cookie = cookie
    await begin(shopper.storefront)
    assert await read(shopper.storefront, key) is None


def clears_cookie(answer: Answer) -> bool:
    return "Max-Age=0" in answer.headers.get("set-cookie", "")
