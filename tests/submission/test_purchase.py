"""A guest buys with each kind of payment method, with a limited number of upstream calls for each operation."""

from dirty_equals import IsPartialDict

from sandbox.model.world import World
from tests.support.shop import ADDRESS, CART, GRAPHITE, PACK, SOFTWARE, SUBMIT, Clock, Shopper, Storefront, new_key

PACK_ID = "UHJvZHVjdDo1NDAxMjMwMTAw"


class CallCounter:
    """Counts upstream calls, except calls for tokens and payment sources."""

    def __init__(self, world: World) -> None:
        self._world = world

    def count_and_reset(self) -> int:
        calls = self._world.calls
        count = calls.count() - calls.count(path="/oauth20/token") - calls.count(path="/payments/sources")
        calls.clear()
        return count


async def test_card_purchase_needs_at_most_twelve_upstream_calls(shopper: Shopper, world: World) -> None:
    storefront, counter = shopper.storefront, CallCounter(world)

    added = (await storefront.run("GuestFirstLine", key=new_key(), productId=PACK_ID))["addCartLines"]
    assert added["bearerToken"] is None
    assert storefront.cookie
    assert added["cart"]["totals"]["subtotal"] == {"amount": "80.10", "currencyCode": "USD", "formatted": "$80.10"}
    assert counter.count_and_reset() == 2

    details = (await storefront.run("GuestDetails", address=ADDRESS))["prepareCheckout"]
    assert details["errors"] == []
    assert details["cart"]["totals"]["orderTotal"]["amount"] == "96.69"
    assert details["cart"]["paymentSession"]["state"] == "REQUIRES_SOURCE"
    assert counter.count_and_reset() <= 4

    page = (await storefront.run("CheckoutPage"))["cart"]
    assert [option["name"] for option in page["shippingOptions"]] == ["Standard", "Express"]
    assert counter.count_and_reset() == 2, "the list of payment methods is cached"

    source_id = await shopper.source()
    world.calls.clear()
    attached = (await storefront.run("GuestSource", sourceId=source_id))["attachSource"]
    assert attached["cart"]["readiness"]["status"] == "READY"
    assert counter.count_and_reset() == 2

    action = attached["paymentSession"]["nextAction"]
    assert action["__typename"] == "SubmitOrderAction"
    total = {name: action["amount"][name] for name in ("amount", "currencyCode")}
    order = await storefront.run("GuestOrder", key=new_key(), total=total, revision=action["cartRevision"])
    assert order["submitOrder"]["result"] == IsPartialDict(__typename="OrderPlaced")
    assert order["submitOrder"]["attempt"] == IsPartialDict(wasSentUpstream=True, isReplay=False, status="PLACED")
    assert world.calls.count("POST", SUBMIT) == 1
    assert counter.count_and_reset() == 2


async def test_replacing_a_card_needs_three_upstream_calls(shopper: Shopper, world: World) -> None:
    await shopper.get_ready()
    other_source_id = await shopper.source()
    world.calls.clear()
    attached = (await shopper.storefront.run("GuestSource", sourceId=other_source_id))["attachSource"]
    assert attached["paymentSession"]["state"] == "REQUIRES_CONFIRMATION"
    assert CallCounter(world).count_and_reset() == 3


async def test_first_checkout_page_needs_three_upstream_calls(shopper: Shopper, world: World, clock: Clock) -> None:
    await shopper.fill_cart()
    clock.move(61)
    world.calls.clear()
    await shopper.storefront.run("CheckoutPage")
    assert CallCounter(world).count_and_reset() == 3


async def test_cart_page_needs_two_upstream_calls(shopper: Shopper, world: World) -> None:
    await shopper.fill_cart()
    world.calls.clear()
    page = await shopper.storefront.run("CartPage")
    assert page["cart"]["appliedOffers"] == [IsPartialDict(offer=IsPartialDict(name="10% off packs"))]
    assert page["session"]["level"] == "ANONYMOUS"
    assert CallCounter(world).count_and_reset() == 2


async def test_cart_change_with_a_stale_revision_is_rejected(shopper: Shopper, world: World) -> None:
    storefront, counter = shopper.storefront, CallCounter(world)
    await storefront.add(GRAPHITE)
    world.calls.clear()

    added = (await storefront.run("AddToCart", key=new_key(), productId=PACK_ID, quantity=2))["addCartLines"]
    assert added["cart"]["totalQuantity"] == 3
    assert counter.count_and_reset() == 2

    line = added["cart"]["lines"][1]["id"]
    revision = added["cart"]["revision"]
    changed = await storefront.run("ChangeQuantity", revision=revision, lineId=line, quantity=1)
    assert changed["updateCartLines"]["cart"]["totalQuantity"] == 2
    assert counter.count_and_reset() == 3

    stale = (await storefront.run("ChangeQuantity", revision=revision, lineId=line, quantity=5))["updateCartLines"]
    assert stale["errors"] == [IsPartialDict(code="CART_REVISION_MISMATCH", retry="READ_STATE_FIRST")]
    assert stale["cart"]["totalQuantity"] == 2
    assert counter.count_and_reset() == 1

    redeemed = (await storefront.run("RedeemCoupon", code="SPRING20"))["applyOffer"]
    assert redeemed["errors"] == []
    assert counter.count_and_reset() <= 2


async def test_wire_transfer_order_awaits_payment(shopper: Shopper) -> None:
    await shopper.get_ready("wireTransfer")
    result = await shopper.storefront.outcome()
    assert result["__typename"] == "OrderAwaitingPayment"
    assert result["instructions"]["amount"]["amount"] == "96.69"
    assert {"key": "accountNumber", "value": "0487369908"} in result["instructions"]["details"]
    assert result["instructions"]["payBefore"]


async def test_paypal_is_approved_before_submission(shopper: Shopper, world: World) -> None:
    storefront = shopper.storefront
    await shopper.fill_cart()
    source_id = await shopper.source("payPal")
    refused = await storefront.attach(source_id)
    assert refused["errors"] == [IsPartialDict(code="SOURCE_NOT_CHARGEABLE", __typename="PaymentError")]

    (page,) = (source.redirect["redirectUrl"] for source in world.redirects.values())
    await shopper.decide(page)
    attached = await storefront.attach(source_id)
    assert attached["errors"] == []
    result = await storefront.outcome()
    assert result["__typename"] == "OrderPlaced"


async def test_klarna_is_approved_after_submission(shopper: Shopper, world: World) -> None:
    storefront, counter = shopper.storefront, CallCounter(world)
    await shopper.get_ready("klarnaCredit")
    cart = await storefront.cart()
    world.calls.clear()
    submitted = await storefront.run("SubmitWithRedirect", key=new_key(), total=cart["totals"]["orderTotal"])
    result = submitted["submitOrder"]["result"]
    assert result["__typename"] == "OrderActionRequired"
    assert counter.count_and_reset() == 2

    # The order cannot be resumed before the shopper has approved the payment.
    early = (await storefront.run("ReturnFromRedirect"))["resumeOrder"]
    assert early["result"]["action"]["redirectUrl"] == result["action"]["redirectUrl"]

    await shopper.decide(result["action"]["redirectUrl"])
    world.calls.clear()
    resumed = (await storefront.run("ReturnFromRedirect"))["resumeOrder"]
    assert resumed["errors"] == []
    assert resumed["result"] == IsPartialDict(__typename="OrderPlaced")
    assert resumed["cart"]["totalQuantity"] == 0
    assert counter.count_and_reset() == 2
    assert world.calls.count("POST", SUBMIT) == 0

    again = (await storefront.run("ReturnFromRedirect"))["resumeOrder"]
    assert again["result"] == IsPartialDict(__typename="OrderPlaced"), "the return page can be reloaded"


async def test_klarna_approved_before_submission_must_be_approved_again(shopper: Shopper, world: World) -> None:
    await shopper.get_ready("klarnaCredit")
    (page,) = (source.redirect["redirectUrl"] for source in world.redirects.values())
    await shopper.decide(page)
    result = await shopper.storefront.outcome()
    await shopper.decide(result["action"]["redirectUrl"])
    resumed = (await shopper.storefront.run("ReturnFromRedirect"))["resumeOrder"]
    assert resumed["result"] == IsPartialDict(__typename="OrderPlaced")


async def test_klarna_approved_before_attaching_is_placed_at_once(shopper: Shopper, world: World) -> None:
    await shopper.fill_cart()
    source_id = await shopper.source("klarnaCredit")
    await shopper.decide(world.sources[source_id].redirect["redirectUrl"])
    await shopper.storefront.attach(source_id)
    assert await shopper.storefront.outcome() == IsPartialDict(__typename="OrderPlaced")


async def test_shopper_can_use_another_source_after_rejecting_the_redirect(shopper: Shopper) -> None:
    storefront = shopper.storefront
    await shopper.get_ready("klarnaCredit")
    result = await storefront.outcome()
    await shopper.decide(result["action"]["redirectUrl"], "reject")
    resumed = (await storefront.run("ReturnFromRedirect"))["resumeOrder"]
    assert resumed["result"] == IsPartialDict(__typename="OrderDeclined")

    blocked = await storefront.outcome()
    assert blocked["blockers"] == [IsPartialDict(code="PAYMENT_SESSION_NOT_READY")]
    await storefront.ask("mutation { detachSource(input: {target: {all: true}}) { errors { code } } }")
    await shopper.pay_with()
    assert (await storefront.outcome())["__typename"] == "OrderPlaced"


async def test_declined_source_can_be_replaced(shopper: Shopper, world: World) -> None:
    storefront, counter = shopper.storefront, CallCounter(world)
    await shopper.fill_cart()
    source_id = await shopper.pay_with(owner__lastName="Decline:do_not_honor")
    result = await storefront.outcome()
    assert result["decline"] == IsPartialDict(severity="SOFT", advice="TRY_LATER")
    assert result["paymentSession"]["state"] == "REQUIRES_CONFIRMATION"

    world.calls.clear()
    dropped = (await storefront.run("DropDeclinedSource", sourceId=source_id))["detachSource"]
    assert dropped["errors"] == []
    assert dropped["paymentSession"]["state"] == "REQUIRES_SOURCE"
    assert counter.count_and_reset() <= 3
    await shopper.pay_with()
    assert (await storefront.outcome())["__typename"] == "OrderPlaced"
    assert shopper.submits == 1


async def test_repeated_payment_step_reads_payment_methods_from_cache(
    shopper: Shopper, world: World, clock: Clock
) -> None:
    await shopper.fill_cart()
    clock.move(61)
    world.calls.clear()
    for expected in (2, 1):
        step = await shopper.storefront.run("PaymentStep", filter={"usableOnly": True})
        assert [method["type"] for method in step["availablePaymentMethods"]["methods"]].count("creditCard") == 1
        assert step["paymentSession"]["dropIn"]["sessionId"] == step["availablePaymentMethods"]["sessionId"]
        assert CallCounter(world).count_and_reset() == expected


async def test_cart_of_downloads_needs_no_shipping(shopper: Shopper) -> None:
    await shopper.fill_cart(SOFTWARE)
    cart = (await shopper.storefront.run("CheckoutPage"))["cart"]
    assert cart["requiresShipping"] is False
    await shopper.pay_with()
    assert (await shopper.storefront.outcome())["__typename"] == "OrderPlaced"


async def test_cart_of_downloads_needs_only_a_billing_address(shopper: Shopper, storefront: Storefront) -> None:
    await storefront.add(SOFTWARE)
    mutation = """mutation($a: AddressInput!) { prepareCheckout(input: {billing: {address: $a},
      termsOfSaleAccepted: true}) { errors { code } } }"""
    assert (await storefront.ask(mutation, a=ADDRESS)).data["prepareCheckout"]["errors"] == []
    await shopper.pay_with(owner__address={})
    assert (await storefront.run("CheckoutPage"))["cart"]["shippingAddress"] is None
    assert (await storefront.cart())["readiness"] == {"status": "READY", "blockers": []}
    assert (await storefront.outcome())["__typename"] == "OrderPlaced"


async def test_order_cannot_be_read_by_another_session(shopper: Shopper, storefront: Storefront) -> None:
    await shopper.get_ready()
    order = (await storefront.outcome())["order"]
    query = "query($id: ID!) { order(id: $id) { id number state totals { orderTotal { amount } } } }"
    read_order = (await storefront.ask(query, id=order["id"])).data["order"]
    assert read_order == IsPartialDict(number=order["number"], totals={"orderTotal": {"amount": "96.69"}})
    assert (await storefront.cart())["totalQuantity"] == 0

    other_session = Storefront(storefront.http)
    await other_session.add(PACK)
    assert (await other_session.ask(query, id=order["id"])).data["order"] is None


async def test_cart_total_is_in_the_session_currency(shopper: Shopper, storefront: Storefront) -> None:
    mutation = """mutation($locale: Locale!) { startSession(input: {locale: $locale}) {
      session { locale currencyCode } errors { code } } }"""
    for locale, amount in (("ja-JP", "11610"), ("de-DE", "76.41"), ("en-GB", "67.41")):
        other_storefront = Storefront(storefront.http)
        started = (await other_storefront.ask(mutation, locale=locale)).data["startSession"]
        assert started["errors"] == []
        cart = (await other_storefront.add(PACK))["cart"]
        assert cart["totals"]["orderTotal"]["amount"] == amount


async def test_every_upstream_call_requests_json(shopper: Shopper, world: World) -> None:
    await shopper.get_ready()
    await shopper.storefront.outcome()
    assert world.calls.without_json == 0
    assert world.calls.count(path="other") == 0
    assert world.calls.count("GET", CART) > 0
