"""The payment service: `/payments` for DigitalRiver.js with the public key, `/sources` with the confidential key."""

from decimal import Decimal, InvalidOperation
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.api.redirect_pages import new_challenge
from sandbox.api.requests import base_of, bearer_of, world_of
from sandbox.demo_shop.payment_methods import CURRENCIES, Method, available, method_of
from sandbox.demo_shop.test_scenarios import scenario_of
from sandbox.model.cart import Cart
from sandbox.model.source import STORE_CREDIT, Owner, Source, first_state
from sandbox.model.source_details import NEEDS_NO_OWNER, check_details, details, is_return_address
from sandbox.model.world import World
from sandbox.timeline import settlement
from sandbox.wire.body import Body, decode_object
from sandbox.wire.money import CURRENCY_BY_LOCALE, ZERO, rounded
from sandbox.wire.refusal import Refusal, bad_parameter, missing_parameter, payment_not_found

LARGEST_AMOUNT = Decimal(10) ** 12


async def create(request: Request) -> Response:
    """`POST /payments/sources`: creates a source. With a `sessionId`, the payment session determines amount and
    currency.
    """
    _check_public_key(request)
    return JSONResponse(create_source(request, await _body(request)).wire(), 201)


def create_source(request: Request, sent: Body) -> Source:
    """Create and store a payment source. Raises a `Refusal` for an invalid body."""
    world = world_of(request)
    method = _method(sent)
    session_id = sent.string("sessionId")
    cart = _cart_of_session(world, session_id) if session_id else None
    source = _new_source(world, sent, method, cart, base_of(request))
    _add_redirect(request, source, _details(sent, method))
    if method.flow == "receiver":
        settlement.schedule_lapse(world, source)
    world.sources[source.id] = source
    return source


def _new_source(world: World, sent: Body, method: Method, cart: Cart | None, base: str) -> Source:
    amount, currency = (cart.totals().total, cart.currency) if cart else (_amount(sent), _required(sent, "currency"))
    if currency not in CURRENCIES or (method.currencies and currency not in method.currencies):
        raise bad_parameter("currency_unsupported", "currency", f"currency '{currency}' is not supported.")
    owner = _owner(sent.object("owner"), is_required=method.type not in NEEDS_NO_OWNER)
    sent_details = _details(sent, method)
    check_details(method, sent_details, owner)
    number = (sent_details.string("number") or "").replace(" ", "") if method.type == "creditCard" else None
    billing = (cart.billing if cart else None) or {}
    scenario = scenario_of(method.type, owner.last_name if owner else billing.get("lastName"), number)
    return Source(
        method=method,
        amount=rounded(amount, currency),
        currency=currency,
        state=first_state(method, scenario),
        owner=owner,
        session_id=cart.session_id if cart else None,
        created_at=world.now(),
        details=details(method, sent_details, number=number, currency=currency, now=world.now(), base=base),
        scenario=scenario,
    )


def _add_redirect(request: Request, source: Source, sent_details: Body) -> None:
    """Add the URL of the provider's page or the bank's challenge page, if the shopper has to open this page."""
    world, return_url = world_of(request), sent_details.string("returnUrl")
    if source.state == "requires_action":
        url = new_challenge(request, source, source.session_id or "", return_url)
        source.redirect = {"redirectUrl": url, "returnUrl": return_url}
    elif source.method.flow == "redirect":
        page = str(uuid4())
        world.redirects[page] = source
        source.redirect = {
            "redirectUrl": f"{base_of(request)}/payments/redirects/{page}?apiKey={world.keys.public_key}",
            "returnUrl": return_url,
            "cancelUrl": sent_details.string("cancelUrl") or return_url,
        }


async def authenticate(request: Request) -> Response:
    """`POST /payments/sources/{id}/authentication`: the state of the bank's challenge.

    The function `authenticateSource` of DigitalRiver.js calls this path once before the challenge and once after it.
    """
    _check_public_key(request)
    source, sent = _source(request), await _body(request)
    if sent.string("clientSecret") != source.secret:
        raise _unknown_source()
    session_id = _cart_of_session(world_of(request), _required(sent, "sessionId")).session_id
    if source.scenario.challenged is None:
        return JSONResponse({"status": "authentication_not_required"})
    if session_id in source.authenticated_for:
        return JSONResponse({"status": "complete"})
    if session_id in source.failed_for or source.state == "failed":
        # The failure is reported only once, so that the shopper can try again with a new challenge.
        source.failed_for.discard(session_id)
        return JSONResponse({"status": "failed"})
    return_url = sent.string("returnUrl")
    if return_url is not None and not is_return_address(return_url):
        raise bad_parameter("invalid_parameter", "returnUrl", "The returnUrl is invalid.")
    url = new_challenge(request, source, session_id, return_url)
    return JSONResponse({"status": "requires_action", "redirectUrl": url})


async def show(request: Request) -> Response:
    """`GET /payments/sources/{id}`."""
    _check_public_key(request)
    return JSONResponse(_source(request).wire())


async def create_credit(request: Request) -> Response:
    """`POST /sources`: creates store credit for a payment session."""
    _check_confidential_key(request)
    world, sent = world_of(request), await _body(request)
    source_type, session_id = _required(sent, "type"), _required(sent, "paymentSessionId")
    if source_type != STORE_CREDIT.type:
        raise bad_parameter("invalid_parameter", "type", f"'{source_type}' is not a valid type for this call.")
    if not isinstance(sent.get(STORE_CREDIT.type), dict):
        raise bad_parameter("invalid_format", STORE_CREDIT.type, "customerCredit must be an object.")
    cart = _cart_of_session(world, session_id)
    source = Source(
        method=STORE_CREDIT,
        amount=rounded(_amount(sent), cart.currency),
        currency=cart.currency,
        state="chargeable",
        owner=_owner(sent.object("owner"), is_required=False),
        session_id=cart.session_id,
        created_at=world.now(),
        details={},
        upstream_id=sent.string("upstreamId"),
    )
    world.sources[source.id] = source
    return JSONResponse(source.server_wire(), 201)


async def show_for_server(request: Request) -> Response:
    """`GET /sources/{id}`: shows any source to a server that has the confidential key of the payment service."""
    _check_confidential_key(request)
    return JSONResponse(_source(request).server_wire())


async def payment_methods(request: Request) -> Response:
    """`GET /payments/payment-methods`: payment methods that are available for the cart of a payment session."""
    _check_public_key(request)
    session_id = request.query_params.get("sessionId")
    if not session_id:
        raise missing_parameter("sessionId")
    locale = request.query_params.get("locale", "en_US").replace("-", "_")
    if locale not in CURRENCY_BY_LOCALE:
        raise bad_parameter("invalid_parameter", "locale", f"'{locale}' is not a valid locale.")
    purchase = _cart_of_session(world_of(request), session_id).purchase()
    information = {"currency": purchase.currency, "country": purchase.country, "amount": f"{purchase.amount}"}
    methods = [method.wire(base_of(request)) for method in available(purchase)]
    return JSONResponse({"sessionInformation": information, "paymentMethods": methods})


# The body of a new source.


def _method(sent: Body) -> Method:
    source_type = _required(sent, "type")
    method = method_of(source_type)
    if method is None:
        description = f"'{source_type}' is not a valid type. The sandbox makes no such source."
        raise bad_parameter("invalid_parameter", "type", description)
    return method


def _details(sent: Body, method: Method) -> Body:
    """Details of the source: the object in the field that is named after the type. All spellings of the type are
    accepted.
    """
    spelling = next((name for name in (method.type, *method.aliases) if name in sent), method.type)
    return sent.object(spelling)


def _required(sent: Body, name: str) -> str:
    value = sent.string(name)
    if value is None:
        raise missing_parameter(name)
    return value


def _amount(sent: Body) -> Decimal:
    value = _required(sent, "amount")
    try:
        amount = Decimal(value)
    except InvalidOperation:
        amount = ZERO
    if not amount.is_finite() or not 0 < amount < LARGEST_AMOUNT:
        raise bad_parameter("invalid_parameter", "amount", f"'{value}' is not a valid amount.")
    return amount


def _owner(sent: Body, *, is_required: bool) -> Owner | None:
    if not sent:
        if is_required:
            raise missing_parameter("owner")
        return None
    for name in ("firstName", "lastName", "email"):
        if name in sent and not (sent.string(name) or "").strip():
            raise bad_parameter("invalid_parameter", f"owner.{name}", f"'' is not a valid owner.{name}.")
    address = sent.object("address")
    return Owner(
        first_name=sent.string("firstName"),
        last_name=sent.string("lastName"),
        email=sent.string("email"),
        phone=sent.string("phoneNumber"),
        address={name: address.string(name) for name in address},
    )


# The source and the cart of a request, and checks of the key in the request.


def _source(request: Request) -> Source:
    source = world_of(request).sources.get(request.path_params["id"].lower())
    if source is None:
        raise _unknown_source()
    return source


def _unknown_source() -> Refusal:
    return payment_not_found("source_not_found", "id", "The source could not be found.")


def _cart_of_session(world: World, session_id: str) -> Cart:
    cart = world.cart_of_session(session_id)
    if cart is None:
        raise payment_not_found("not_found", "sessionId", "The payment session could not be found.")
    return cart


async def _body(request: Request) -> Body:
    fields = decode_object(await request.body())
    if fields is None:
        raise bad_parameter("invalid_format", "body", "The body must be a JSON object.")
    return Body(fields, malformed_field)


def malformed_field(name: str) -> Refusal:
    return bad_parameter("invalid_format", name, f"{name} is malformed.")


def _check_public_key(request: Request) -> None:
    if bearer_of(request) != world_of(request).keys.public_key:
        raise _unauthorized("The public key is missing or wrong.")


def _check_confidential_key(request: Request) -> None:
    if bearer_of(request) != world_of(request).keys.payment_key:
        raise _unauthorized("The confidential key is missing or wrong.")


def _unauthorized(description: str) -> Refusal:
    return Refusal(401, "unauthorized", description, envelope="C", error_type="unauthorized")
