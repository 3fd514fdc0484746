"""`/payments`: what DigitalRiver.js calls with the public key, and the page of a payment provider."""

import html
from datetime import datetime
from decimal import Decimal, InvalidOperation
from uuid import UUID, uuid4

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from sandbox import cards
from sandbox.cart import Cart
from sandbox.errors import Refusal
from sandbox.methods import CURRENCIES, Facts, Method, available
from sandbox.money import PAIRS, ZERO, Json, rounded
from sandbox.order import Order
from sandbox.requests import Body, base_of, bearer_of, decoded, form_of, world_of
from sandbox.source import STORE_CREDIT, Owner, Source, bank_account, charge_fails, declined_for, first_state, method_of
from sandbox.world import World

LOCALE_SEPARATORS = str.maketrans("-", "_")

LARGEST_AMOUNT = Decimal(10) ** 12


async def create(request: Request) -> Response:
    """`POST /payments/sources`. With a `sessionId` amount and currency are those of the session."""
    _check_key(request)
    world = world_of(request)
    given = await _body(request)
    method = _method(given)
    session_id = given.text("sessionId")
    cart = _session(world, session_id) if session_id else None
    if cart is not None:
        amount, currency = cart.totals().total, cart.currency
    else:
        amount, currency = _amount(given), _needed(given, "currency")
    if currency not in CURRENCIES or (method.currencies and currency not in method.currencies):
        raise _bad("currency_unsupported", "currency", f"currency '{currency}' is not supported.")
    owner = _owner(given.object("owner"), is_needed=method.type != "payPal")
    hash = given.object(method.type)
    number = (hash.text("number") or "").replace(" ", "") if method.type == "creditCard" else None
    details = _details(method, hash, number, world.now())
    source_id = uuid4()
    source = Source(
        id=source_id,
        secret=f"{source_id}_{uuid4()}",
        method=method,
        amount=rounded(amount, currency),
        currency=currency,
        state=first_state(method, owner, number),
        owner=owner,
        session_id=cart.session_id if cart else None,
        created_at=world.now(),
        details=details,
        fails_at_charge=charge_fails(owner, number),
        decline=declined_for(owner),
    )
    if method.flow == "redirect":
        page = uuid4()
        world.redirects[page] = source
        source.redirect = {
            "redirectUrl": f"{base_of(request)}/payments/redirects/{page}?apiKey={world.keys.public_key}",
            "returnUrl": hash.text("returnUrl"),
            "cancelUrl": hash.text("cancelUrl") or hash.text("returnUrl"),
        }
    world.sources[source.id] = source
    return JSONResponse(source.wire(), 201)


async def show(request: Request) -> Response:
    """`GET /payments/sources/{id}`."""
    _check_key(request)
    return JSONResponse(_source(request).wire())


def _source(request: Request) -> Source:
    try:
        source = world_of(request).sources.get(UUID(request.path_params["id"]))
    except ValueError:
        source = None
    if source is None:
        raise _no(404, "source_not_found", "The source could not be found.", "id", "not_found")
    return source


async def create_credit(request: Request) -> Response:
    """`POST /sources`: store credit for a payment session, with the confidential key."""
    _check_confidential_key(request)
    world, given = world_of(request), await _body(request)
    type, session_id = _needed(given, "type"), _needed(given, "paymentSessionId")
    if type != STORE_CREDIT.type:
        raise _bad("invalid_parameter", "type", f"'{type}' is not a valid type for this call.")
    if not isinstance(given.get(STORE_CREDIT.type), dict):
        raise _bad("invalid_format", STORE_CREDIT.type, "customerCredit must be an object.")
    cart = _session(world, session_id)
    amount = _amount(given)
    source_id = uuid4()
    source = Source(
        id=source_id,
        secret=f"{source_id}_{uuid4()}",
        method=STORE_CREDIT,
        amount=rounded(amount, cart.currency),
        currency=cart.currency,
        state="chargeable",
        owner=_owner(given.object("owner"), is_needed=False),
        session_id=cart.session_id,
        created_at=world.now(),
        details={},
        upstream_id=given.text("upstreamId"),
    )
    world.sources[source.id] = source
    return JSONResponse(source.server_wire(), 201)


async def show_credit(request: Request) -> Response:
    """`GET /sources/{id}`: any source, with the confidential key."""
    _check_confidential_key(request)
    return JSONResponse(_source(request).server_wire())


async def methods(request: Request) -> Response:
    """`GET /payments/payment-methods`: those that fit the cart of a payment session."""
    _check_key(request)
    session_id = request.query_params.get("sessionId")
    if not session_id:
        raise _bad("missing_parameter", "sessionId", "A required parameter is missing.")
    locale = request.query_params.get("locale", "en_US").translate(LOCALE_SEPARATORS)
    if locale not in PAIRS:
        raise _bad("invalid_parameter", "locale", f"'{locale}' is not a valid locale.")
    cart = _session(world_of(request), session_id)
    purchase = cart.purchase()
    listed = [method.wire() for method in available(Facts.of(purchase))]
    information = {"currency": cart.currency, "country": purchase.country, "amount": f"{purchase.total}"}
    return JSONResponse({"sessionInformation": information, "paymentMethods": listed})


# The provider's page.


async def page(request: Request) -> Response:
    """`GET /payments/redirects/{page}`: where the shopper approves, goes back, or is rejected."""
    source = _redirected(request)
    amount = html.escape(f"{source.amount} {source.currency}")
    buttons = "".join(
        f'<button name="decision" value="{value}">{label}</button> '
        for value, label in (("approve", "Approve"), ("cancel", "Cancel"), ("reject", "Reject"))
    )
    return HTMLResponse(
        f"<!doctype html><html lang=en><meta charset=utf-8><title>{source.method.name}</title>"
        f"<h1>{source.method.name}</h1><p>Pay {amount} to riverdemo?</p>"
        f"<form method=post>{buttons}</form>"
        "<p>Approve pays. Cancel goes back to the shop and leaves everything open. Reject fails the source.</p>"
    )


async def decide(request: Request) -> Response:
    """The buttons of the page. A decision once made stays."""
    world, source = world_of(request), _redirected(request)
    decision = (await form_of(request)).get("decision")
    if decision not in ("approve", "cancel", "reject"):
        raise _bad("invalid_parameter", "decision", "The decision must be approve, cancel or reject.")
    if decision == "cancel":
        return RedirectResponse(source.redirect["cancelUrl"], 303)
    if source.state == "pending_redirect":
        source.state = "chargeable" if decision == "approve" else "failed"
    # A shopper who approved before the submission comes a second time: the order is still to be told.
    order = world.order_of_source(source)
    if order is not None and order.session_state == "pending_redirect":
        order.session_state = source.state
        if source.state == "failed":
            _reopen(world, order)
    return RedirectResponse(source.redirect["returnUrl"], 303)


def _reopen(world: World, order: Order) -> None:
    """Nothing was ordered: the same cart is open again, and its source is of no more use."""
    cart = order.cart
    world.return_stock(cart)
    cart.order, cart.has_failed = None, True
    order.state, order.cart = "Cancelled", cart.copy()


def _redirected(request: Request) -> Source:
    try:
        source = world_of(request).redirects.get(UUID(request.path_params["page"]))
    except ValueError:
        source = None
    if source is None or request.query_params.get("apiKey") != world_of(request).keys.public_key:
        raise _no(404, "not_found", "This payment is not known.", "id", "not_found")
    return source


# What a source is made of.


def _method(given: Body) -> Method:
    type = _needed(given, "type")
    method = method_of(type)
    if method is None:
        raise _bad("invalid_parameter", "type", f"'{type}' is not a valid type. The sandbox makes no such source.")
    hash = given.object(method.type)
    for name in method.required if method.flow == "redirect" else ():
        if not hash.text(name):
            raise _bad("missing_parameter", f"{method.type}.{name}", "A required parameter is missing.")
    return method


def _details(method: Method, hash: Body, number: str | None, now: datetime) -> Json:
    if number is not None:
        return _card(hash, number, now)
    if method.type == "wireTransfer":
        return bank_account(str(uuid4().int)[:12])
    return {"token": f"tok_{uuid4().hex}"}


def _card(hash: Body, number: str, now: datetime) -> Json:
    """Brand, expiry and the last four digits; the number itself is kept nowhere."""
    if not number:
        raise _bad("missing_parameter", "creditCard.number", "A required parameter is missing.")
    brand = cards.brand(number)
    if brand is None or not cards.is_card_number(number):
        raise _bad("invalid_card_number", "creditCard.number", "The card number is invalid.")
    try:
        month, year = (int(hash.text(name) or "") for name in ("expirationMonth", "expirationYear"))
    except ValueError:
        raise _bad("invalid_expiration_date", "creditCard.expirationMonth", "The expiry is invalid.") from None
    if not 1 <= month <= 12 or (year, month) < (now.year, now.month):
        raise _bad("invalid_expiration_date", "creditCard.expirationYear", "The card has expired.")
    cvv = hash.text("cvv") or ""
    if not cvv.isdecimal() or len(cvv) != (4 if brand == "American Express" else 3):
        raise _bad("invalid_parameter", "creditCard.cvv", "The security code is invalid.")
    return {
        "brand": brand,
        "expirationMonth": month,
        "expirationYear": year,
        "lastFourDigits": number[-4:],
        "fundingSource": "credit",
    }


def _needed(given: Body, name: str) -> str:
    text = given.text(name)
    if text is None:
        raise _bad("missing_parameter", name, "A required parameter is missing.")
    return text


def _amount(given: Body) -> Decimal:
    text = _needed(given, "amount")
    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = ZERO
    if not amount.is_finite() or not 0 < amount < LARGEST_AMOUNT:
        raise _bad("invalid_parameter", "amount", f"'{text}' is not a valid amount.")
    return amount


def _owner(given: Body, *, is_needed: bool) -> Owner | None:
    if not given:
        if is_needed:
            raise _bad("missing_parameter", "owner", "A required parameter is missing.")
        return None
    for name in ("firstName", "lastName", "email"):
        if name in given and not (given.text(name) or "").strip():
            raise _bad("invalid_parameter", f"owner.{name}", f"'' is not a valid owner.{name}.")
    address = given.object("address")
    return Owner(
        first_name=given.text("firstName"),
        last_name=given.text("lastName"),
        email=given.text("email"),
        phone=given.text("phoneNumber"),
        address={name: address.text(name) for name in address},
    )


def _session(world: World, session_id: str) -> Cart:
    cart = world.cart_of_session(session_id)
    if cart is None:
        raise _no(404, "not_found", "The payment session could not be found.", "sessionId", "not_found")
    return cart


async def _body(request: Request) -> Body:
    body = decoded(await request.body())
    if body is None:
        raise _bad("invalid_format", "body", "The body must be a JSON object.")
    return Body(body, lambda name: _bad("invalid_format", name, f"{name} is malformed."))


def _check_key(request: Request) -> None:
    if bearer_of(request) != world_of(request).keys.public_key:
        raise _no(401, "unauthorized", "The public key is missing or wrong.", None, "unauthorized")


def _check_confidential_key(request: Request) -> None:
    if bearer_of(request) != world_of(request).keys.payment_key:
        raise _no(401, "unauthorized", "The confidential key is missing or wrong.", None, "unauthorized")


def _bad(code: str, parameter: str, message: str) -> Refusal:
    return _no(400, code, message, parameter, "bad_request")


def _no(status: int, code: str, message: str, parameter: str | None, type: str) -> Refusal:
    return Refusal(status, code, message, envelope="C", parameter=parameter, type=type)
