"""Steps beside a purchase: what the pages of a checkout show that no step of buying needs."""

from dirty_equals import IsPartialDict

from sandbox.model.world import World
from tests.support.shop import CART, Shopper, documents, new_key

SOURCE = f"{CART}/apply-payment-method"
ORDER = "/v1/shoppers/me/orders/{id}"


async def test_an_approved_paypal_is_attached_in_two_calls(shopper: Shopper, world: World) -> None:
    storefront = shopper.storefront
    await shopper.fill_cart()
    source_id = await shopper.source("payPal")
    (source,) = world.redirects.values()
    await shopper.decide(source.redirect["redirectUrl"])
    revision = (await storefront.cart())["revision"]
    world.calls.clear()
    payload = (await storefront.run("AttachApprovedSource", sourceId=source_id, revision=revision))["attachSource"]
    assert payload["errors"] == []
    assert payload["paymentSession"]["state"] == "REQUIRES_CONFIRMATION"
    assert payload["cart"]["readiness"]["status"] == "READY"
    assert world.calls.count() == 2


async def test_an_authentication_is_the_next_action_until_a_source_is_attached(shopper: Shopper, world: World) -> None:
    storefront = shopper.storefront
    await shopper.get_ready(owner__lastName="Decline:authentication_required")
    assert (await storefront.outcome())["__typename"] == "OrderActionRequired"
    world.calls.clear()
    state = await storefront.run("AuthenticationState")
    assert state["paymentSession"]["nextAction"] == IsPartialDict(__typename="AuthenticateSourceAction")
    assert state["checkoutReadiness"]["status"] == "READY"
    assert world.calls.count() == 1

    await shopper.fault("status", CART, method="GET", status=503)
    answer = await storefront.ask(documents()["AuthenticationState"])
    assert answer.body["data"] == {"paymentSession": None, "checkoutReadiness": None}
    assert set(answer.codes) == {"UPSTREAM_UNAVAILABLE"}


async def test_what_became_of_a_press_is_known_without_a_call(shopper: Shopper, world: World) -> None:
    storefront, key = shopper.storefront, new_key()
    await shopper.get_ready()
    assert (await storefront.outcome(key))["__typename"] == "OrderPlaced"
    world.calls.clear()
    attempt = (await storefront.run("SubmissionOutcome", key=key))["orderSubmission"]
    assert attempt == IsPartialDict(status="PLACED", result=IsPartialDict(__typename="OrderPlaced"))
    assert world.calls.count() <= 1
    assert (await storefront.run("SubmissionOutcome", key=new_key()))["orderSubmission"] is None


async def test_the_thank_you_page_says_how_to_pay_and_follows_the_money(shopper: Shopper, world: World) -> None:
    storefront = shopper.storefront
    await shopper.get_ready("wireTransfer")
    order = (await storefront.outcome())["order"]
    world.calls.clear()
    shown = (await storefront.run("PaymentInstructions", orderId=order["id"]))["order"]
    assert shown == IsPartialDict(state="SOURCE_PENDING_FUNDS", upstreamState="Source Pending Funds", submittedAt=None)
    assert shown["paymentInstructions"]["amount"]["amount"] == "96.69"
    assert shown["sources"] == [IsPartialDict(__typename="TransferSource")]
    assert world.calls.count("GET", ORDER) == world.calls.count() == 1

    await shopper.control("order-state", {"orderId": int(order["number"]), "state": "Submitted"})
    shown = (await storefront.run("PaymentInstructions", orderId=order["id"]))["order"]
    assert shown == IsPartialDict(state="SUBMITTED", paymentInstructions=None)
    assert shown["submittedAt"] is not None

    await shopper.fault("status", ORDER, status=503)
    answer = await storefront.ask(documents()["PaymentInstructions"], orderId=order["id"])
    assert (answer.body["data"], answer.codes) == ({"order": None}, ["UPSTREAM_UNAVAILABLE"])


async def test_the_checkout_page_and_the_payment_step_cost_what_they_show(shopper: Shopper, world: World) -> None:
    storefront = shopper.storefront
    await shopper.fill_cart(countryCode="GB", countrySubdivision=None, city="Leeds", postalCode="LS1 4AP")
    await storefront.add("5401230200")
    world.calls.clear()
    page = await storefront.run("CheckoutPage")
    (wanted,) = page["cart"]["taxIdentifierRequirements"]
    assert wanted["customerType"] == "BUSINESS"
    assert [one["key"] for one in wanted["fields"]] == ["UK_VAT"]
    assert world.calls.count() == 3, "cart, tax schema, methods"
    world.calls.clear()
    await storefront.run("CheckoutPage")
    assert world.calls.count() == 2, "the list of methods is fresh"

    world.calls.clear()
    step = await storefront.run("PaymentStep", filter={"usableOnly": True})
    assert world.calls.count() == 1
    assert step["paymentSession"]["dropIn"]["sessionId"] == step["paymentSession"]["sessionId"]
    assert step["availablePaymentMethods"]["countryCode"] == "GB"
    await storefront.add("5401230200")
    world.calls.clear()
    await storefront.run("PaymentStep")
    assert world.calls.count() == 2
