"""Operations of checkout pages: their data, and how many upstream calls each operation makes."""

from dirty_equals import IsPartialDict

from sandbox.model.world import World
from tests.support.shop import CART, Shopper, documents, new_key

ORDER = "/v1/shoppers/me/orders/{id}"


async def test_approved_paypal_source_is_attached_in_two_calls(shopper: Shopper, world: World) -> None:
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


async def test_order_that_requires_authentication_sets_next_action_of_payment_session(
    shopper: Shopper, world: World
) -> None:
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


async def test_submission_outcome_can_be_read_by_idempotency_key(shopper: Shopper, world: World) -> None:
    storefront, key = shopper.storefront, new_key()
    await shopper.get_ready()
    assert (await storefront.outcome(key))["__typename"] == "OrderPlaced"
    world.calls.clear()
    submission = (await storefront.run("SubmissionOutcome", key=key))["orderSubmission"]
    assert submission == IsPartialDict(status="PLACED", result=IsPartialDict(__typename="OrderPlaced"))
    assert world.calls.count("GET", ORDER) == world.calls.count() == 1
    assert (await storefront.run("SubmissionOutcome", key=new_key()))["orderSubmission"] is None


async def test_payment_instructions_are_returned_until_the_order_is_paid(shopper: Shopper, world: World) -> None:
    storefront = shopper.storefront
    await shopper.get_ready("wireTransfer")
    placed_order = (await storefront.outcome())["order"]
    world.calls.clear()
    shown_order = (await storefront.run("PaymentInstructions", orderId=placed_order["id"]))["order"]
    assert shown_order == IsPartialDict(
        state="SOURCE_PENDING_FUNDS", upstreamState="Source Pending Funds", submittedAt=None
    )
    assert shown_order["paymentInstructions"]["amount"]["amount"] == "96.69"
    assert shown_order["sources"] == [IsPartialDict(__typename="TransferSource")]
    assert world.calls.count("GET", ORDER) == world.calls.count() == 1

    await shopper.control("order-state", {"orderId": int(placed_order["number"]), "state": "Submitted"})
    shown_order = (await storefront.run("PaymentInstructions", orderId=placed_order["id"]))["order"]
    assert shown_order == IsPartialDict(state="SUBMITTED", paymentInstructions=None)
    assert shown_order["submittedAt"] is not None

    await shopper.fault("status", ORDER, status=503)
    answer = await storefront.ask(documents()["PaymentInstructions"], orderId=placed_order["id"])
    assert (answer.body["data"], answer.codes) == ({"order": None}, ["UPSTREAM_UNAVAILABLE"])


async def test_payment_step_reuses_payment_methods_cached_by_checkout_page(shopper: Shopper, world: World) -> None:
    storefront = shopper.storefront
    await shopper.fill_cart(countryCode="GB", countrySubdivision=None, city="Leeds", postalCode="LS1 4AP")
    await storefront.add("5401230200")
    world.calls.clear()
    page = await storefront.run("CheckoutPage")
    (requirement,) = page["cart"]["taxIdentifierRequirements"]
    assert requirement["customerType"] == "BUSINESS"
    assert [identifier_field["key"] for identifier_field in requirement["fields"]] == ["UK_VAT"]
    assert world.calls.count() == 3, "calls: cart, tax schema, payment methods"
    world.calls.clear()
    await storefront.run("CheckoutPage")
    assert world.calls.count() == 2, "the payment methods are cached"

    world.calls.clear()
    step = await storefront.run("PaymentStep", filter={"usableOnly": True})
    assert world.calls.count() == 1
    assert step["paymentSession"]["dropIn"]["sessionId"] == step["paymentSession"]["sessionId"]
    assert step["availablePaymentMethods"]["countryCode"] == "GB"
    await storefront.add("5401230200")
    world.calls.clear()
    await storefront.run("PaymentStep")
    assert world.calls.count() == 2
