"""The bank wants to hear from the shopper: not at all, when the source is made, or when it is charged."""

from typing import Any

import httpx
import pytest
from dirty_equals import IsPartialDict

from sandbox.model.world import World
from tests.support.shop import Shopper, new_key

CHALLENGED = "5454545454545454"
ASKS = {"owner__lastName": "Decline:authentication_required"}

SESSION = """{ paymentSession { state isSubmittable missing { kind }
  nextAction { __typename ... on AuthenticateSourceAction { sessionId sourceId sourceClientSecret } } } }"""
SAVE = """mutation($id: String!) { savePaymentOption(input: {target: {sourceId: $id}}) { errors { code message } } }"""


async def session(shopper: Shopper) -> dict[str, Any]:
    found: dict[str, Any] = (await shopper.storefront.ask(SESSION)).data["paymentSession"]
    return found


async def authenticate(shopper: Shopper, action: dict[str, Any]) -> dict[str, Any]:
    """What `authenticateSource` of DigitalRiver.js is told; with a challenge, the bank's page too."""
    headers = {"Authorization": f"Bearer {shopper.world.keys.public_key}"}
    body = {"sessionId": action["sessionId"], "clientSecret": action["sourceClientSecret"]}
    path = f"/payments/sources/{action['sourceId']}/authentication"
    answer = await shopper.sandbox.post(path, headers=headers, json=body)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def meet(shopper: Shopper, told: dict[str, Any], **form: str) -> None:
    """The bank's page, until it is left."""
    path = httpx.URL(told["redirectUrl"]).raw_path.decode()
    assert "Is it you" in (await shopper.sandbox.get(path)).text
    assert (await shopper.sandbox.post(path, data=form)).status_code in (200, 303)


async def action_of(shopper: Shopper) -> dict[str, Any]:
    action: dict[str, Any] = (await session(shopper))["nextAction"]
    assert action["__typename"] == "AuthenticateSourceAction"
    return action


async def test_most_sources_are_never_asked(shopper: Shopper) -> None:
    await shopper.fill_cart()
    source_id = await shopper.pay_with()
    source = next(one for id, one in shopper.world.sources.items() if str(id) == source_id)
    action = {"sessionId": source.session_id, "sourceId": source_id, "sourceClientSecret": source.secret}
    assert await authenticate(shopper, action) == {"status": "authentication_not_required"}
    assert (await shopper.storefront.outcome())["__typename"] == "OrderPlaced"


async def challenged(shopper: Shopper, number: str = CHALLENGED) -> dict[str, Any]:
    """A card that the bank asks about as soon as it is given: what is to be done."""
    await shopper.fill_cart()
    await shopper.pay_with(creditCard__number=number)
    now = await session(shopper)
    assert now == IsPartialDict(state="REQUIRES_ACTION", isSubmittable=False, missing=[{"kind": "AUTHENTICATION"}])
    return await action_of(shopper)


@pytest.mark.parametrize("number", [CHALLENGED, "4917610000000000"])
@pytest.mark.parametrize("password", ["password", "1234"])
async def test_a_challenge_that_is_met_makes_the_source_chargeable(
    shopper: Shopper, number: str, password: str
) -> None:
    action = await challenged(shopper, number)
    told = await authenticate(shopper, action)
    assert told["status"] == "requires_action"
    await meet(shopper, told, password=password)
    assert await authenticate(shopper, action) == {"status": "complete"}
    assert await session(shopper) == IsPartialDict(state="REQUIRES_CONFIRMATION", isSubmittable=True, missing=[])
    assert (await shopper.storefront.outcome())["__typename"] == "OrderPlaced"


async def test_a_challenge_that_is_failed_is_the_end_of_the_source(shopper: Shopper) -> None:
    action = await challenged(shopper)
    await meet(shopper, await authenticate(shopper, action), password="secret")
    assert await authenticate(shopper, action) == {"status": "failed"}
    now = await session(shopper)
    assert (now["state"], now["nextAction"]["__typename"]) == ("REQUIRES_SOURCE", "CollectSourceAction")
    await shopper.storefront.run("DropDeclinedSource", sourceId=action["sourceId"])
    again = await shopper.storefront.attach(action["sourceId"])
    assert [error["code"] for error in again["errors"]] == ["SOURCE_NOT_CHARGEABLE"]
    await shopper.pay_with()
    assert (await shopper.storefront.outcome())["__typename"] == "OrderPlaced"


async def test_a_challenge_that_is_left_can_be_met_later(shopper: Shopper) -> None:
    action = await challenged(shopper)
    await meet(shopper, await authenticate(shopper, action), decision="cancel")
    assert (await session(shopper))["state"] == "REQUIRES_ACTION"
    result = await shopper.storefront.outcome()
    assert [blocker["code"] for blocker in result["blockers"]] == ["PAYMENT_SESSION_NOT_READY"]
    assert shopper.submits == 0
    await meet(shopper, await authenticate(shopper, action), password="password")
    assert (await shopper.storefront.outcome())["__typename"] == "OrderPlaced"


async def asked_at_the_charge(shopper: Shopper, reason: str = "authentication_required") -> dict[str, Any]:
    await shopper.get_ready(owner__lastName=f"Decline:{reason}")
    result = await shopper.storefront.outcome()
    assert result["__typename"] == "OrderActionRequired"
    action: dict[str, Any] = result["action"]
    return action


@pytest.mark.parametrize("reason", ["authentication_required", "sca_not_completed"])
async def test_a_charge_that_asks_for_it_goes_through_after_it(shopper: Shopper, reason: str) -> None:
    action = await asked_at_the_charge(shopper, reason)
    state = await shopper.storefront.run("AuthenticationState")
    assert state["paymentSession"]["nextAction"] == IsPartialDict(sourceId=action["sourceId"])
    await meet(shopper, await authenticate(shopper, action), password="password")
    assert await authenticate(shopper, action) == {"status": "complete"}
    assert (await shopper.storefront.outcome())["__typename"] == "OrderPlaced"
    assert shopper.submits == 2


async def test_a_charge_that_asked_is_the_same_under_its_key(shopper: Shopper) -> None:
    await shopper.get_ready(**ASKS)
    cart, key = await shopper.storefront.cart(), new_key()
    agreed = {"total": cart["totals"]["orderTotal"], "revision": cart["revision"]}
    first = await shopper.storefront.outcome(key, **agreed)
    await meet(shopper, await authenticate(shopper, first["action"]), password="password")
    assert await shopper.storefront.outcome(key, **agreed) == first
    assert shopper.submits == 1


async def test_whoever_does_not_pass_is_asked_again(shopper: Shopper) -> None:
    action = await asked_at_the_charge(shopper)
    await meet(shopper, await authenticate(shopper, action), password="secret")
    assert await authenticate(shopper, action) == {"status": "failed"}
    assert (await shopper.storefront.outcome())["__typename"] == "OrderActionRequired"
    assert (await authenticate(shopper, action))["status"] == "requires_action", "it may be tried again"


async def test_whoever_does_not_come_back_pays_otherwise(shopper: Shopper) -> None:
    action = await asked_at_the_charge(shopper)
    await shopper.storefront.run("DropDeclinedSource", sourceId=action["sourceId"])
    await shopper.pay_with()
    assert (await session(shopper))["nextAction"]["__typename"] == "SubmitOrderAction"
    assert (await shopper.storefront.outcome())["__typename"] == "OrderPlaced"


async def test_a_saved_card_is_asked_for_each_purchase(registered_shopper: Shopper, world: World) -> None:
    await registered_shopper.fill_cart()
    source_id = await registered_shopper.pay_with(creditCard__number=CHALLENGED)
    await meet(
        registered_shopper,
        await authenticate(registered_shopper, await action_of(registered_shopper)),
        password="password",
    )
    payload = (await registered_shopper.storefront.ask(SAVE, id=source_id)).data["savePaymentOption"]
    assert payload["errors"] == []
    assert (await registered_shopper.storefront.outcome())["__typename"] == "OrderPlaced"

    await registered_shopper.fill_cart()
    assert (await registered_shopper.storefront.attach(source_id))["errors"] == []
    result = await registered_shopper.storefront.outcome()
    assert result["__typename"] == "OrderActionRequired"
    await meet(registered_shopper, await authenticate(registered_shopper, result["action"]), password="password")
    assert (await registered_shopper.storefront.outcome())["__typename"] == "OrderPlaced"


@pytest.mark.parametrize(("last_name", "outcome"), [("SCATest", "OrderPlaced"), ("SCATestFail", "OrderDeclined")])
async def test_a_wallet_can_be_asked_too(shopper: Shopper, last_name: str, outcome: str) -> None:
    await shopper.fill_cart()
    await shopper.pay_with("googlePay", owner__lastName=last_name)
    await meet(shopper, await authenticate(shopper, await action_of(shopper)), password="password")
    assert (await shopper.storefront.outcome())["__typename"] == outcome


async def test_nobody_authenticates_without_the_secret_of_the_source(shopper: Shopper) -> None:
    action = await challenged(shopper)
    headers = {"Authorization": f"Bearer {shopper.world.keys.public_key}"}
    path = f"/payments/sources/{action['sourceId']}/authentication"
    for secret in ("", f"{action['sourceId']}_guess"):
        body = {"sessionId": action["sessionId"], "clientSecret": secret}
        assert (await shopper.sandbox.post(path, headers=headers, json=body)).status_code == 404
    unknown = await shopper.sandbox.get("/payments/challenges/1")
    assert unknown.status_code == 404
