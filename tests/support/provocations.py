"""For each code of the graph, a provocation: what a storefront does, or Digital River answers, so that it is sent.

A provocation returns the answer, or the payload, that contains the code.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from gateway.store.memory import MemoryStore
from sandbox.model.world import Balance
from tests.support.shop import (
    ADDRESS,
    CART,
    GRAPHITE,
    LIVE_MAPS,
    PACK,
    POLES,
    SOFTWARE,
    SOLD_OUT,
    SUBMIT,
    VISA,
    WATCH,
    Clock,
    InMemoryTransport,
    Shopper,
    Storefront,
    gateway,
    new_key,
)

LINES = f"{CART}/line-items"
UNKNOWN_SOURCE = "00000000-0000-4000-8000-000000000000"
SAVED_CARDS = "{ shopper { paymentOptions { id } subscriptionContracts(first: 1) { nodes { id } } } }"
CHANGE_CONTRACT = """mutation($id: ID!) { changeSubscriptionContract(input: {id: $id, change: {autoRenewal: true}}) {
  errors { code } } }"""
BUY = """mutation($key: UUID!, $total: MoneyInput!, $revision: CartRevision) {
  submitOrder(input: {idempotencyKey: $key, expectedTotal: $total, ifRevision: $revision}) {
    attempt { status } errors { code }
    result { __typename ... on OrderBlocked { blockers { code } } ... on OrderDeclined { decline { severity advice } } }
  } }"""
READ = "query($key: UUID!) { orderSubmission(idempotencyKey: $key) { status result { __typename } } }"
REGISTER = """mutation($key: UUID!, $email: EmailAddress!, $password: String!) { registerShopper(input: {
  idempotencyKey: $key, email: $email, password: $password, firstName: "Kim", lastName: "Ford"}) {
    errors { code } } }"""

Json = dict[str, Any]


@dataclass
class Provoked:
    """The shop in which a code is provoked: a guest in a gateway in front of the sandbox."""

    shopper: Shopper
    network: InMemoryTransport
    clock: Clock

    @property
    def storefront(self) -> Storefront:
        return self.shopper.storefront

    async def ask(self, text: str, **variables: Any) -> Json:
        """The answer. Its errors have their advice too."""
        return (await self.storefront.ask(text.replace("errors { code }", "errors { code retry }"), **variables)).body

    async def change(self, name: str, fields: str) -> Json:
        """A mutation with these input fields. Returns its errors and warnings."""
        return await self.ask(f"mutation {{ {name}(input: {{{fields}}}) {{ warnings {{ code }} errors {{ code }} }} }}")

    async def redeem(self, *codes: str) -> Json:
        answers = [await self.change("applyOffer", f'offer: {{couponCode: "{code}"}}') for code in codes]
        return answers[-1]

    async def buy(self, key: str | None = None, **changes: Any) -> Json:
        cart = await self.storefront.cart()
        agreed = {"total": cart["totals"]["orderTotal"], "revision": cart["revision"]} | changes
        return await self.ask(BUY, key=key or new_key(), **agreed)

    async def sign_in(self) -> None:
        keys = self.shopper.world.keys
        assert (await self.storefront.sign_in(keys.shopper_username, keys.shopper_password))["errors"] == []
        self.shopper.world.ledger["rf-cust-000042"] = Balance(Decimal(500), "USD")

    async def attach_saved_card(self) -> None:
        account = self.shopper.world.accounts[0]
        assert (await self.storefront.attach(str(account.payment_options[0].source.id)))["errors"] == []

    def rewrite_cart(self, edit: Callable[[Json], object], method: str = "GET") -> None:
        def rewrite(body: Any) -> Any:
            edit(body["cart"])
            return body

        self.network.rewrites[method, CART] = rewrite


Provocation = Callable[[Provoked], Awaitable[Json]]


def change(name: str, fields: str, *, product: str | None = PACK) -> Provocation:
    """A mutation of a cart that has one product."""

    async def provoke(shop: Provoked) -> Json:
        if product is not None:
            await shop.storefront.add(product)
        return await shop.change(name, fields)

    return provoke


def add(product: str, quantity: int = 1) -> Provocation:
    return change("addCartLines", f'lines: [{{product: {{upstreamId: "{product}"}}, quantity: {quantity}}}]')


def refused(code: str) -> Provocation:
    """A line that Digital River refuses to add."""

    async def provoke(shop: Provoked) -> Json:
        await shop.storefront.add(POLES)
        await shop.shopper.fault("status", LINES, status=409, code=code, method="POST", times=9)
        return await add(PACK)(shop)

    return provoke


def details(**changes: Any) -> Provocation:
    async def provoke(shop: Provoked) -> Json:
        await shop.storefront.add(PACK)
        return await shop.storefront.give_details(**changes)

    return provoke


def coupons(*codes: str, product: str = SOFTWARE) -> Provocation:
    async def provoke(shop: Provoked) -> Json:
        await shop.storefront.add(product)
        return await shop.redeem(*codes)

    return provoke


# Errors.


async def card_number(shop: Provoked) -> Json:
    await shop.storefront.add(PACK)
    text = "mutation($id: String) { updateCart(input: {organizationId: $id}) { errors { code } } }"
    return await shop.ask(text, id=VISA)


async def locked(shop: Provoked) -> Json:
    await doubt(shop)
    return await add(POLES)(shop)


async def wrong_tax_identifier(shop: Provoked) -> Json:
    british: Json = {"countryCode": "GB", "countrySubdivision": None, "city": "Leeds", "postalCode": "LS1 4AP"}
    await shop.shopper.fill_cart(**british)
    fields = 'customerType: BUSINESS, taxIdentifiers: [{key: "UK_VAT", value: "nonsense"}]'
    return await shop.change("setTaxIdentifiers", fields)


async def unchargeable_source(shop: Provoked) -> Json:
    await shop.shopper.fill_cart()
    return await shop.storefront.attach(await shop.shopper.source(creditCard__number="4000000000003295"))


async def unreusable_source(shop: Provoked) -> Json:
    await shop.sign_in()
    fault = {"method": "POST", "status": 409, "code": "nonreusable_source"}
    await shop.shopper.fault("status", "/v1/shoppers/me/payment-options", **fault)
    return await shop.change("savePaymentOption", f'target: {{sourceId: "{UNKNOWN_SOURCE}"}}')


async def second_primary_source(shop: Provoked) -> Json:
    await shop.shopper.get_ready()
    fields = f'source: {{sourceId: "{await shop.shopper.source()}"}}, replacePrimary: false'
    return await shop.change("attachSource", fields)


async def unavailable_method(shop: Provoked) -> Json:
    await shop.shopper.fill_cart()
    path = f"{CART}/apply-payment-method"
    await shop.shopper.fault("status", path, status=409, code="invalid-payment-method", method="POST")
    return await shop.storefront.attach(await shop.shopper.source())


def store_credit(amount: str, product: str = PACK) -> Provocation:
    async def provoke(shop: Provoked) -> Json:
        await shop.sign_in()
        await shop.shopper.fill_cart(product)
        return await shop.change("applyStoreCredit", f'amount: {{amount: "{amount}", currencyCode: "USD"}}')

    return provoke


async def no_payment_session(shop: Provoked) -> Json:
    await shop.storefront.add(PACK)
    shop.rewrite_cart(lambda cart: cart.pop("paymentSession"))
    return await shop.change("attachSource", f'source: {{sourceId: "{UNKNOWN_SOURCE}"}}')


async def reused_key(shop: Provoked) -> Json:
    await shop.storefront.add(PACK, 1, key := new_key())
    return await shop.storefront.add(PACK, 2, key)


async def wrong_password(shop: Provoked) -> Json:
    return await shop.storefront.sign_in("alex.rivera@example.com", "wrong")


async def too_many_sign_ins(shop: Provoked) -> Json:
    for _ in range(6):
        payload = await wrong_password(shop)
    return payload


def register(email: str, password: str) -> Provocation:
    async def provoke(shop: Provoked) -> Json:
        await shop.storefront.add(PACK)
        return await shop.ask(REGISTER, key=new_key(), email=email, password=password)

    return provoke


async def ended_contract(shop: Provoked) -> Json:
    await shop.sign_in()
    await shop.shopper.fill_cart(LIVE_MAPS)
    await shop.attach_saved_card()
    await shop.buy()
    contract = (await shop.ask(SAVED_CARDS))["data"]["shopper"]["subscriptionContracts"]["nodes"][0]["id"]
    await shop.storefront.run("StopRenewing", id=contract)
    await shop.shopper.control("clock", {"forward_s": 61})
    return await shop.ask(CHANGE_CONTRACT, id=contract)


async def unreachable(shop: Provoked) -> Json:
    await shop.storefront.add(POLES)
    shop.network.unreachable.add(LINES)
    return await add(PACK)(shop)


async def lost_store(shop: Provoked) -> Json:
    """The store in memory has just lost its records, and the account may have bought the cart before."""
    async with gateway(shop.shopper.world, shop.network, shop.clock, store=MemoryStore(shop.clock)) as storefront:
        registered = Provoked(Shopper(storefront, shop.shopper.sandbox, shop.shopper.world), shop.network, shop.clock)
        await registered.sign_in()
        return await registered.buy()


ERRORS: dict[str, Provocation] = {
    "INVALID_INPUT": change("updateCart", f'organizationId: "{"a" * 51}"'),
    "MISSING_INPUT": change("setCartAddresses", ""),
    "SENSITIVE_DATA_DETECTED": card_number,
    "NOT_FOUND": change("applyOffer", 'offer: {offerId: "nonsense"}'),
    "CART_REVISION_MISMATCH": change("updateCart", f'ifRevision: "{"0" * 32}"'),
    "CART_BUSY": refused("concurrent-cart-modification-failure"),
    "CART_LOCKED": locked,
    "PRODUCT_NOT_PURCHASABLE": add(WATCH),
    "INSUFFICIENT_STOCK": add(SOLD_OUT),
    "QUANTITY_OUT_OF_RANGE": add(PACK, 0),
    "COUPON_INVALID": coupons("NOPE"),
    "COUPON_USED_UP": coupons("WELCOME5"),
    "OFFER_NOT_APPLICABLE": coupons("TENT12"),
    "ADDRESS_INVALID": details(postalCode="123"),
    "COUNTRY_NOT_SERVED": details(countryCode="KP", countrySubdivision=None),
    "SHIPPING_OPTION_UNAVAILABLE": change("selectShippingOption", 'shippingOptionId: "1"'),
    "TAX_IDENTIFIER_INVALID": wrong_tax_identifier,
    "SOURCE_NOT_FOUND": change("attachSource", f'source: {{sourceId: "{UNKNOWN_SOURCE}"}}'),
    "SOURCE_NOT_CHARGEABLE": unchargeable_source,
    "SOURCE_NOT_REUSABLE": unreusable_source,
    "PRIMARY_SOURCE_PRESENT": second_primary_source,
    "PAYMENT_METHOD_UNAVAILABLE": unavailable_method,
    "STORE_CREDIT_NOT_ALLOWED": store_credit("10.00", LIVE_MAPS),
    "STORE_CREDIT_INSUFFICIENT": store_credit("9999.00"),
    "PAYMENT_SESSION_MISSING": no_payment_session,
    "NOT_RESUMABLE": change("resumeOrder", ""),
    "IDEMPOTENCY_KEY_REUSED": reused_key,
    "SIGN_IN_FAILED": wrong_password,
    "PASSWORD_POLICY": register("kim@example.com", "short"),
    "REGISTRATION_FAILED": register("alex.rivera@example.com", "Lakes+Rivers7"),
    "SESSION_REQUIRED": refused("invalid-token"),
    "SIGN_IN_REQUIRED": change("prepareCheckout", 'billing: {savedAddressId: "an-address"}'),
    "CONTRACT_CHANGE_NOT_ALLOWED": ended_contract,
    "RATE_LIMITED": too_many_sign_ins,
    "UPSTREAM_REJECTED": refused("a-code-of-next-year"),
    "UPSTREAM_UNAVAILABLE": unreachable,
    "STORE_UNAVAILABLE": lost_store,
}
"""By value of `ErrorCode`, in the `errors` of a payload."""


# Warnings.


async def reduced_quantity(shop: Provoked) -> Json:
    await shop.shopper.control("switches", {"scarce_stock": "reduced"})
    return await add(GRAPHITE, 9)(shop)


async def move_abroad(shop: Provoked) -> Json:
    await shop.shopper.fill_cart()
    swiss = ADDRESS | {"countryCode": "CH", "countrySubdivision": None, "postalCode": "8001", "city": "Zürich"}
    text = """mutation($address: AddressInput!) { setCartAddresses(input: {shipping: {address: $address}}) {
      warnings { code } errors { code } } }"""
    return await shop.ask(text, address=swiss)


async def lose_line_at_sign_in(shop: Provoked) -> Json:
    keys = shop.shopper.world.keys
    await shop.shopper.control("switches", {"guest_cart": "stays"})
    await shop.storefront.add(PACK)
    return await shop.storefront.sign_in(keys.shopper_username, keys.shopper_password)


async def credit_after_card(shop: Provoked) -> Json:
    await shop.sign_in()
    await shop.shopper.fill_cart()
    await shop.attach_saved_card()
    return await shop.change("applyStoreCredit", 'amount: {amount: "20.00", currencyCode: "USD"}')


async def outgrow_credit(shop: Provoked) -> Json:
    await shop.sign_in()
    await shop.shopper.fill_cart()
    await shop.change("applyStoreCredit", "")
    return await shop.change("addCartLines", f'lines: [{{product: {{upstreamId: "{POLES}"}}}}]')


def warned_upstream(code: str) -> Provocation:
    async def provoke(shop: Provoked) -> Json:
        shop.rewrite_cart(lambda cart: cart.update(Warnings=[{"Code": code}]), "POST")
        return await change("updateCart", "termsOfSaleAccepted: true")(shop)

    return provoke


async def start_on_another_site(shop: Provoked) -> Json:
    query = "mutation { startSession(input: {}) { warnings { code } } }"
    body: Json = (await shop.storefront.send({"query": query}, **{"Sec-Fetch-Site": "cross-site"})).json()
    return body


def in_ended_session(query: str) -> Provocation:
    async def provoke(shop: Provoked) -> Json:
        await shop.shopper.storefront.add(PACK)
        shop.clock.move(1801)
        return (await shop.shopper.storefront.ask(query)).body

    return provoke


async def start_twice(shop: Provoked) -> Json:
    storefront = shop.shopper.storefront
    await storefront.add(PACK)
    return (await storefront.ask('mutation { startSession(input: {locale: "de-DE"}) { warnings { code } } }')).body


async def misspelled_variable(shop: Provoked) -> Json:
    return await shop.ask("query($first: Int = 1) { products(first: $first) { totalCount } }", frist=3)


WARNINGS: dict[str, Provocation] = {
    "COUPON_NOT_YET_ELIGIBLE": coupons("SUMMIT50"),
    "COUPON_WITHOUT_EFFECT": coupons("SPRING20", "spring20"),
    "OFFER_REPLACED": coupons("SPRING20", "ONTHEHOUSE"),
    "QUANTITY_REDUCED": reduced_quantity,
    "SHIPPING_OPTION_RESET": move_abroad,
    "CART_CHANGED_BY_SIGN_IN": lose_line_at_sign_in,
    "TOTAL_CHANGED": move_abroad,
    "SOURCES_REORDERED": credit_after_card,
    "PAYMENT_NO_LONGER_COVERED": outgrow_credit,
    "LANDED_COST_INCOMPLETE": warned_upstream("tax_service_invalid_hsCode_warning"),
    "SESSION_COOKIE_NOT_KEPT": start_on_another_site,
    "VARIABLE_UNDEFINED": misspelled_variable,
    "SESSION_ENDED": in_ended_session("{ session { id } cart { id } }"),
    "SESSION_RESTARTED": in_ended_session("mutation { startSession(input: {}) { warnings { code } } }"),
    "SESSION_KEPT": start_twice,
    "OTHER": warned_upstream("a_warning_of_next_year"),
}
"""By value of `WarningCode`, in the `warnings` of a payload."""


# Outcomes of a submission.


async def doubt(shop: Provoked) -> Json:
    await shop.shopper.get_ready()
    await shop.shopper.fault("drop-before", SUBMIT, times=1)
    return await shop.buy()


def paid_with(method: str) -> Provocation:
    async def provoke(shop: Provoked) -> Json:
        await shop.shopper.get_ready(method)
        return await shop.buy()

    return provoke


def refused_order(code: str, subcode: str | None = None) -> Provocation:
    async def provoke(shop: Provoked) -> Json:
        await shop.shopper.get_ready()
        more = {"subcode": subcode} if subcode is not None else {}
        await shop.shopper.fault("status", SUBMIT, status=409, code=code, times=1, **more)
        return await shop.buy()

    return provoke


async def approved_redirect(shop: Provoked) -> Json:
    await shop.shopper.get_ready("klarnaCredit")
    result = await shop.storefront.outcome(key := new_key())
    await shop.shopper.decide(result["action"]["redirectUrl"])
    return await shop.ask(READ, key=key)


async def unauthenticated_without_source(shop: Provoked) -> Json:
    """An order without a source that the bank wants authenticated: there is nothing to authenticate."""
    await shop.shopper.fill_cart(SOFTWARE)
    await shop.redeem("ONTHEHOUSE")
    await shop.shopper.fault("status", SUBMIT, status=409, code="declined", subcode="authentication_required", times=1)
    return await shop.buy()


async def empty_purchase(shop: Provoked) -> Json:
    await shop.storefront.ask("mutation { startSession(input: {}) { errors { code } } }")
    return await shop.buy()


STATUSES: dict[str, Provocation] = {
    "IN_PROGRESS": approved_redirect,
    "PLACED": paid_with("creditCard"),
    "AWAITING_PAYMENT": paid_with("wireTransfer"),
    "ACTION_REQUIRED": paid_with("klarnaCredit"),
    "DECLINED": refused_order("declined", "lost_stolen_card"),
    "BLOCKED": empty_purchase,
    "NOT_PLACED": refused_order("operation-failed"),
    "IN_DOUBT": doubt,
}
"""By value of `SubmissionStatus`, in the `status` of a submission."""

OUTCOMES: dict[str, Provocation] = {
    "OrderPlaced": STATUSES["PLACED"],
    "OrderAwaitingPayment": STATUSES["AWAITING_PAYMENT"],
    "OrderActionRequired": STATUSES["ACTION_REQUIRED"],
    "OrderDeclined": STATUSES["DECLINED"],
    "OrderBlocked": STATUSES["BLOCKED"],
    "OrderNotPlaced": STATUSES["NOT_PLACED"],
    "OrderInDoubt": STATUSES["IN_DOUBT"],
}
"""By type that implements `SubmitOrderResult`."""

SEVERITIES: dict[str, Provocation] = {
    "SOFT": refused_order("declined", "do_not_honor"),
    "HARD": refused_order("declined", "lost_stolen_card"),
    "UNKNOWN": refused_order("cart-charge-failure"),
}
"""By value of `DeclineSeverity`."""

ADVICE: dict[str, Provocation] = {
    "TRY_AGAIN": refused_order("declined", "issuer_unavailable"),
    "TRY_LATER": refused_order("declined", "do_not_honor"),
    "AUTHENTICATE": unauthenticated_without_source,
    "CHECK_DETAILS": refused_order("invalid card", "card_expired"),
    "USE_ANOTHER_SOURCE": refused_order("declined", "lost_stolen_card"),
    "CONTACT_BANK": refused_order("declined - contact bank", "voice_authorization_required"),
}
"""By value of `DeclineAdvice`."""


# Blockers.


def with_cart(edit: Callable[[Json], object]) -> Provocation:
    """A submit request of a cart that Digital River shows with this difference."""

    async def provoke(shop: Provoked) -> Json:
        await shop.shopper.get_ready()
        shop.rewrite_cart(edit)
        return await shop.buy()

    return provoke


def with_product(**fields: Any) -> Provocation:
    return with_cart(lambda cart: cart["lineItems"]["lineItem"][0]["product"].update(fields))


async def sold_out(shop: Provoked) -> Json:
    await shop.shopper.get_ready()
    await shop.shopper.control("stock", {"productId": int(PACK), "quantity": 0})
    return await shop.buy()


async def country_not_served(shop: Provoked) -> Json:
    await shop.shopper.get_ready()
    async with gateway(shop.shopper.world, shop.network, shop.clock, billing_countries="DE") as storefront:
        other = Provoked(Shopper(storefront, shop.shopper.sandbox, shop.shopper.world), shop.network, shop.clock)
        await other.storefront.add(SOFTWARE)
        other.rewrite_cart(lambda cart: cart.update(billingAddress={"country": "US"}))
        return await other.buy()


async def no_tax_identifier(shop: Provoked) -> Json:
    brazil = {"countryCode": "BR", "countrySubdivision": "SP", "city": "São Paulo", "postalCode": "01310-100"}
    await shop.shopper.fill_cart(**brazil)
    return await shop.buy()


async def outdated_source(shop: Provoked) -> Json:
    await shop.shopper.get_ready("klarnaCredit")
    await shop.storefront.add(POLES)
    return await shop.buy()


async def single_use_source(shop: Provoked) -> Json:
    await shop.shopper.fill_cart(LIVE_MAPS)
    await shop.shopper.pay_with()
    return await shop.buy()


async def credit_for_subscription(shop: Provoked) -> Json:
    await store_credit("20.00")(shop)
    await shop.attach_saved_card()
    await shop.storefront.add(LIVE_MAPS)
    return await shop.buy()


async def terms_not_accepted(shop: Provoked) -> Json:
    await shop.storefront.add(PACK)
    return await shop.ask("{ checkoutReadiness { blockers { code } } }")


async def bought_in_another_tab(shop: Provoked) -> Json:
    await shop.shopper.get_ready()
    cart = await shop.storefront.cart()
    agreed = {"total": cart["totals"]["orderTotal"], "revision": cart["revision"]}
    await shop.buy(**agreed)
    return await shop.buy(**agreed)


async def total_changed(shop: Provoked) -> Json:
    await shop.shopper.get_ready()
    return await shop.buy(total={"amount": "1.00", "currencyCode": "USD"})


async def cart_changed(shop: Provoked) -> Json:
    await shop.shopper.get_ready()
    return await shop.buy(revision="0" * 32)


async def submitted_twice(shop: Provoked) -> Json:
    await doubt(shop)
    return await shop.buy()


BLOCKERS: dict[str, Provocation] = {
    "CART_EMPTY": empty_purchase,
    "LINE_UNAVAILABLE": with_product(purchasable="false"),
    "INSUFFICIENT_STOCK": sold_out,
    "QUANTITY_OUT_OF_RANGE": with_product(minimumQuantity=2),
    "ADDRESS_MISSING": with_cart(lambda cart: cart.pop("billingAddress")),
    "ADDRESS_INCOMPLETE": with_cart(lambda cart: cart["billingAddress"].update(emailAddress=None)),
    "COUNTRY_NOT_SERVED": country_not_served,
    "SHIPPING_OPTION_MISSING": with_cart(lambda cart: cart.update(shippingMethod={})),
    "SHIPPING_OPTION_UNAVAILABLE": with_cart(lambda cart: cart.update(shippingMethod={"code": 1})),
    "TAX_IDENTIFIER_MISSING": no_tax_identifier,
    "PAYMENT_SESSION_MISSING": with_cart(lambda cart: cart.pop("paymentSession")),
    "PAYMENT_SESSION_NOT_READY": with_cart(lambda cart: cart["paymentSession"].update(status="requires_source")),
    "SOURCE_AMOUNT_OUTDATED": outdated_source,
    "RECURRING_SOURCE_REQUIRED": single_use_source,
    "STORE_CREDIT_CONFLICT": credit_for_subscription,
    "TERMS_NOT_ACCEPTED": terms_not_accepted,
    "TOTAL_CHANGED": total_changed,
    "CART_CHANGED": cart_changed,
    "SUBMISSION_IN_PROGRESS": submitted_twice,
    "ALREADY_BOUGHT": bought_in_another_tab,
    "CHECK_UNAVAILABLE": with_cart(lambda cart: cart["lineItems"].update(lineItem=[17])),
}
"""By value of `CheckoutBlockerCode`, in the `blockers` of a readiness or an outcome."""
