"""The bank can require that the shopper authenticates a payment.

Authentication can be required before the order is submitted, or when Digital River charges the source. Most sources
never need it.
"""

from typing import Any

import httpx
import pytest
from dirty_equals import IsPartialDict

from sandbox.model.world import World
from tests.support.shop import Shopper, new_key

CHALLENGED = "5454545454545454"
AUTHENTICATION_REQUIRED = {"owner__lastName": "Decline:authentication_required"}

SESSION = """{ paymentSession { state isSubmittable missing { kind }
  nextAction { __typename ... on AuthenticateSourceAction { sessionId sourceId sourceClientSecret } } } }"""
SAVE = """mutation($id: String!) { savePaymentOption(input: {target: {sourceId: $id}}) { errors { code message } } }"""


async def read_session(shopper: Shopper) -> dict[str, Any]:
    session: dict[str, Any] = (await shopper.storefront.ask(SESSION)).data["paymentSession"]
    return session


async def authenticate(shopper: Shopper, action: dict[str, Any]) -> dict[str, Any]:
    """Authenticate a source as DigitalRiver.js does. Returns the status, and the URL of the bank's page if needed."""
    headers = {"Authorization": f"Bearer {shopper.world.keys.public_key}"}
    body = {"sessionId": action["sessionId"], "clientSecret": action["sourceClientSecret"]}
    path = f"/payments/sources/{action['sourceId']}/authentication"
    answer = await shopper.sandbox.post(path, headers=headers, json=body)
    assert answer.status_code == 200, answer.text
    challenge: dict[str, Any] = answer.json()
    return challenge


async def answer_challenge(shopper: Shopper, challenge: dict[str, Any], **form: str) -> None:
    """Open the bank's page and submit the form."""
    path = httpx.URL(challenge["redirectUrl"]).raw_path.decode()
    assert "Is it you" in (await shopper.sandbox.get(path)).text
    assert (await shopper.sandbox.post(path, data=form)).status_code == 200


async def authentication_action(shopper: Shopper) -> dict[str, Any]:
    action: dict[str, Any] = (await read_session(shopper))["nextAction"]
    assert action["__typename"] == "AuthenticateSourceAction"
    return action


async def test_most_sources_need_no_authentication(shopper: Shopper) -> None:
    await shopper.fill_cart()
    source_id = await shopper.pay_with()
    source = next(source for source_key, source in shopper.world.sources.items() if str(source_key) == source_id)
    action = {"sessionId": source.session_id, "sourceId": source_id, "sourceClientSecret": source.secret}
    assert await authenticate(shopper, action) == {"status": "authentication_not_required"}
    assert (await shopper.storefront.outcome())["__typename"] == "OrderPlaced"


async def attach_challenged_card(shopper: Shopper, number: str = CHALLENGED) -> dict[str, Any]:
    """Attach a card that needs authentication before submission. Returns the next action of the payment session."""
    await shopper.fill_cart()
    await shopper.pay_with(creditCard__number=number)
    session = await read_session(shopper)
    assert session == IsPartialDict(state="REQUIRES_ACTION", isSubmittable=False, missing=[{"kind": "AUTHENTICATION"}])
    return await authentication_action(shopper)


@pytest.mark.parametrize("number", [CHALLENGED, "4917610000000000"])
@pytest.mark.parametrize("password", ["password", "1234"])
async def test_source_is_chargeable_after_successful_authentication(
    shopper: Shopper, number: str, password: str
) -> None:
    action = await attach_challenged_card(shopper, number)
    challenge = await authenticate(shopper, action)
    assert challenge["status"] == "requires_action"
    await answer_challenge(shopper, challenge, password=password)
    assert await authenticate(shopper, action) == {"status": "complete"}
    assert await read_session(shopper) == IsPartialDict(state="REQUIRES_CONFIRMATION", isSubmittable=True, missing=[])
    assert (await shopper.storefront.outcome())["__typename"] == "OrderPlaced"


async def test_source_that_failed_authentication_cannot_be_used(shopper: Shopper) -> None:
    action = await attach_challenged_card(shopper)
    await answer_challenge(shopper, await authenticate(shopper, action), password="secret")
    assert await authenticate(shopper, action) == {"status": "failed"}
    session = await read_session(shopper)
    assert (session["state"], session["nextAction"]["__typename"]) == ("REQUIRES_SOURCE", "CollectSourceAction")
    await shopper.storefront.run("DropDeclinedSource", sourceId=action["sourceId"])
    payload = await shopper.storefront.attach(action["sourceId"])
    assert [error["code"] for error in payload["errors"]] == ["SOURCE_NOT_CHARGEABLE"]
    await shopper.pay_with()
    assert (await shopper.storefront.outcome())["__typename"] == "OrderPlaced"


async def test_cancelled_authentication_can_be_completed_later(shopper: Shopper) -> None:
    action = await attach_challenged_card(shopper)
    await answer_challenge(shopper, await authenticate(shopper, action), decision="cancel")
    assert (await read_session(shopper))["state"] == "REQUIRES_ACTION"
    result = await shopper.storefront.outcome()
    assert [blocker["code"] for blocker in result["blockers"]] == ["PAYMENT_SESSION_NOT_READY"]
    assert shopper.submits == 0
    await answer_challenge(shopper, await authenticate(shopper, action), password="password")
    assert (await shopper.storefront.outcome())["__typename"] == "OrderPlaced"


async def submit_challenged_charge(shopper: Shopper, reason: str = "authentication_required") -> dict[str, Any]:
    await shopper.get_ready(owner__lastName=f"Decline:{reason}")
    result = await shopper.storefront.outcome()
    assert result["__typename"] == "OrderActionRequired"
    action: dict[str, Any] = result["action"]
    return action


@pytest.mark.parametrize("reason", ["authentication_required", "sca_not_completed"])
async def test_charge_succeeds_after_required_authentication(shopper: Shopper, reason: str) -> None:
    action = await submit_challenged_charge(shopper, reason)
    state = await shopper.storefront.run("AuthenticationState")
    assert state["paymentSession"]["nextAction"] == IsPartialDict(sourceId=action["sourceId"])
    await answer_challenge(shopper, await authenticate(shopper, action), password="password")
    assert await authenticate(shopper, action) == {"status": "complete"}
    assert (await shopper.storefront.outcome())["__typename"] == "OrderPlaced"
    assert shopper.submits == 2


async def test_repeated_submission_with_same_key_returns_same_authentication_action(shopper: Shopper) -> None:
    await shopper.get_ready(**AUTHENTICATION_REQUIRED)
    agreed, key = await shopper.storefront.agreement(), new_key()
    first = await shopper.storefront.outcome(key, **agreed)
    await answer_challenge(shopper, await authenticate(shopper, first["action"]), password="password")
    assert await shopper.storefront.outcome(key, **agreed) == first
    assert shopper.submits == 1


async def test_failed_authentication_of_a_charge_can_be_repeated(shopper: Shopper) -> None:
    action = await submit_challenged_charge(shopper)
    await answer_challenge(shopper, await authenticate(shopper, action), password="secret")
    assert await authenticate(shopper, action) == {"status": "failed"}
    assert (await shopper.storefront.outcome())["__typename"] == "OrderActionRequired"
    assert (await authenticate(shopper, action))["status"] == "requires_action", (
        "the shopper can repeat the authentication"
    )


async def test_shopper_who_abandons_authentication_can_use_another_source(shopper: Shopper) -> None:
    action = await submit_challenged_charge(shopper)
    await shopper.storefront.run("DropDeclinedSource", sourceId=action["sourceId"])
    await shopper.pay_with()
    assert (await read_session(shopper))["nextAction"]["__typename"] == "SubmitOrderAction"
    assert (await shopper.storefront.outcome())["__typename"] == "OrderPlaced"


async def test_saved_card_is_authenticated_for_each_purchase(registered_shopper: Shopper, world: World) -> None:
    await registered_shopper.fill_cart()
    source_id = await registered_shopper.pay_with(creditCard__number=CHALLENGED)
    await answer_challenge(
        registered_shopper,
        await authenticate(registered_shopper, await authentication_action(registered_shopper)),
        password="password",
    )
    payload = (await registered_shopper.storefront.ask(SAVE, id=source_id)).data["savePaymentOption"]
    assert payload["errors"] == []
    assert (await registered_shopper.storefront.outcome())["__typename"] == "OrderPlaced"

    await registered_shopper.fill_cart()
    assert (await registered_shopper.storefront.attach(source_id))["errors"] == []
    result = await registered_shopper.storefront.outcome()
    assert result["__typename"] == "OrderActionRequired"
    await answer_challenge(
        registered_shopper, await authenticate(registered_shopper, result["action"]), password="password"
    )
    assert (await registered_shopper.storefront.outcome())["__typename"] == "OrderPlaced"


@pytest.mark.parametrize(("last_name", "outcome"), [("SCATest", "OrderPlaced"), ("SCATestFail", "OrderDeclined")])
async def test_wallet_payment_can_require_authentication(shopper: Shopper, last_name: str, outcome: str) -> None:
    await shopper.fill_cart()
    await shopper.pay_with("googlePay", owner__lastName=last_name)
    await answer_challenge(
        shopper, await authenticate(shopper, await authentication_action(shopper)), password="password"
    )
    assert (await shopper.storefront.outcome())["__typename"] == outcome


async def test_authentication_without_the_client_secret_is_rejected(shopper: Shopper) -> None:
    action = await attach_challenged_card(shopper)
    headers = {"Authorization": f"Bearer {shopper.world.keys.public_key}"}
    path = f"/payments/sources/{action['sourceId']}/authentication"
    for secret in ("", f"{action['sourceId']}_guess"):
        body = {"sessionId": action["sessionId"], "clientSecret": secret}
        assert (await shopper.sandbox.post(path, headers=headers, json=body)).status_code == 404
    unknown_challenge = await shopper.sandbox.get("/payments/challenges/1")
    assert unknown_challenge.status_code == 404
