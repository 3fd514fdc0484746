"""`/payments`: what DigitalRiver.js calls with the public key, and `/sources` with the confidential one."""

from decimal import Decimal, InvalidOperation
from uuid import UUID, uuid4

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.api.redirect_pages import challenge_url
from sandbox.api.requests import Body, base_of, bearer_of, decoded, world_of
from sandbox.demo_shop.payment_methods import CURRENCIES, Facts, Method, available, method_of
from sandbox.demo_shop.test_scenarios import fate_of
from sandbox.model.cart import Cart
from sandbox.model.source import STORE_CREDIT, Owner, Source, first_state
from sandbox.model.source_details import NEEDS_NO_OWNER, bad, check, details, no
from sandbox.model.world import World
from sandbox.timeline import settlement
from sandbox.wire.money import PAIRS, ZERO, rounded

LOCALE_SEPARATORS = str.maketrans("-", "_")

LARGEST_AMOUNT = Decimal(10) ** 12


async def create(request: Request) -> Response:
    """`POST /payments/sources`. With a `sessionId` amount and currency are those of the session."""
    _check_key(request)
    return JSONResponse(make_source(request, await _body(request)).wire(), 201)


def make_source(request: Request, given: Body) -> Source:
    """A new source of what was given, kept under its id."""
    world = world_of(request)
    method = _method(given)
    session_id = given.text("sessionId")
    cart = _session(world, session_id) if session_id else None
    source = _made(world, given, method, cart)
    _send_away(request, source, _hash(given, method))
    if method.flow == "receiver":
        settlement.lapse_in_time(world, source)
    world.sources[source.id] = source
    return source


def _made(world: World, given: Body, method: Method, cart: Cart | None) -> Source:
    amount, currency = (cart.totals().total, cart.currency) if cart else (_amount(given), _needed(given, "currency"))
    if currency not in CURRENCIES or (method.currencies and currency not in method.currencies):
        raise bad("currency_unsupported", "currency", f"currency '{currency}' is not supported.")
    owner = _owner(given.object("owner"), is_needed=method.type not in NEEDS_NO_OWNER)
    hash = _hash(given, method)
    check(method, hash, owner)
    number = (hash.text("number") or "").replace(" ", "") if method.type == "creditCard" else None
    name = owner.last_name if owner else cart.purchase().billing_last_name if cart else None
    fate = fate_of(method.type, name, number)
    source_id = uuid4()
    return Source(
        id=source_id,
        secret=f"{source_id}_{uuid4()}",
        method=method,
        amount=rounded(amount, currency),
        currency=currency,
        state=first_state(method, fate),
        owner=owner,
        session_id=cart.session_id if cart else None,
        created_at=world.now(),
        details=details(method, hash, number=number, currency=currency, now=world.now()),
        fate=fate,
    )


def _send_away(request: Request, source: Source, hash: Body) -> None:
    """The page for the shopper of a source that needs one: the provider's, or the bank's."""
    world, return_url = world_of(request), hash.text("returnUrl")
    if source.state == "requires_action":
        url = challenge_url(request, source, source.session_id or "", return_url)
        source.redirect = {"redirectUrl": url, "returnUrl": return_url}
    elif source.method.flow == "redirect":
        page = uuid4()
        world.redirects[page] = source
        source.redirect = {
            "redirectUrl": f"{base_of(request)}/payments/redirects/{page}?apiKey={world.keys.public_key}",
            "returnUrl": return_url,
            "cancelUrl": hash.text("cancelUrl") or return_url,
        }


async def authenticate(request: Request) -> Response:
    """`POST /payments/sources/{id}/authentication`: what `authenticateSource` of DigitalRiver.js stands on.

    It resolves once a challenge is over; here it is asked again then.
    """
    _check_key(request)
    source, given = _source(request), await _body(request)
    if given.text("clientSecret") != source.secret:
        raise no(404, "source_not_found", "The source could not be found.", "id", "not_found")
    session_id = _session(world_of(request), _needed(given, "sessionId")).session_id
    if source.fate.challenged is None:
        return JSONResponse({"status": "authentication_not_required"})
    if session_id in source.authenticated_for:
        return JSONResponse({"status": "complete"})
    if session_id in source.failed_for or source.state == "failed":
        # It may be tried again.
        source.failed_for.discard(session_id)
        return JSONResponse({"status": "failed"})
    url = challenge_url(request, source, session_id, given.text("returnUrl"))
    return JSONResponse({"status": "requires_action", "redirectUrl": url})


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
        raise no(404, "source_not_found", "The source could not be found.", "id", "not_found")
    return source


async def create_credit(request: Request) -> Response:
    """`POST /sources`: store credit for a payment session, with the confidential key."""
    _check_confidential_key(request)
    world, given = world_of(request), await _body(request)
    type, session_id = _needed(given, "type"), _needed(given, "paymentSessionId")
    if type != STORE_CREDIT.type:
        raise bad("invalid_parameter", "type", f"'{type}' is not a valid type for this call.")
    if not isinstance(given.get(STORE_CREDIT.type), dict):
        raise bad("invalid_format", STORE_CREDIT.type, "customerCredit must be an object.")
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
        raise bad("missing_parameter", "sessionId", "A required parameter is missing.")
    locale = request.query_params.get("locale", "en_US").translate(LOCALE_SEPARATORS)
    if locale not in PAIRS:
        raise bad("invalid_parameter", "locale", f"'{locale}' is not a valid locale.")
    cart = _session(world_of(request), session_id)
    purchase = cart.purchase()
    listed = [method.wire() for method in available(Facts.of(purchase))]
    information = {"currency": cart.currency, "country": purchase.country, "amount": f"{purchase.total}"}
    return JSONResponse({"sessionInformation": information, "paymentMethods": listed})


# What a source is made of.


def _method(given: Body) -> Method:
    type = _needed(given, "type")
    method = method_of(type)
    if method is None:
        raise bad("invalid_parameter", "type", f"'{type}' is not a valid type. The sandbox makes no such source.")
    return method


def _hash(given: Body, method: Method) -> Body:
    """The object named after the type, in any of its spellings."""
    return next(
        (given.object(name) for name in (method.type, *method.aliases) if name in given), given.object(method.type)
    )


def _needed(given: Body, name: str) -> str:
    text = given.text(name)
    if text is None:
        raise bad("missing_parameter", name, "A required parameter is missing.")
    return text


def _amount(given: Body) -> Decimal:
    text = _needed(given, "amount")
    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = ZERO
    if not amount.is_finite() or not 0 < amount < LARGEST_AMOUNT:
        raise bad("invalid_parameter", "amount", f"'{text}' is not a valid amount.")
    return amount


def _owner(given: Body, *, is_needed: bool) -> Owner | None:
    if not given:
        if is_needed:
            raise bad("missing_parameter", "owner", "A required parameter is missing.")
        return None
    for name in ("firstName", "lastName", "email"):
        if name in given and not (given.text(name) or "").strip():
            raise bad("invalid_parameter", f"owner.{name}", f"'' is not a valid owner.{name}.")
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
        raise no(404, "not_found", "The payment session could not be found.", "sessionId", "not_found")
    return cart


async def _body(request: Request) -> Body:
    body = decoded(await request.body())
    if body is None:
        raise bad("invalid_format", "body", "The body must be a JSON object.")
    return Body(body, lambda name: bad("invalid_format", name, f"{name} is malformed."))


def _check_key(request: Request) -> None:
    if bearer_of(request) != world_of(request).keys.public_key:
        raise no(401, "unauthorized", "The public key is missing or wrong.", None, "unauthorized")


def _check_confidential_key(request: Request) -> None:
    if bearer_of(request) != world_of(request).keys.payment_key:
        raise no(401, "unauthorized", "The confidential key is missing or wrong.", None, "unauthorized")
