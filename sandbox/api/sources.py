"""`/payments/sources`: the calls with which DigitalRiver.js creates, shows, changes and authenticates sources."""

from uuid import uuid4

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.api.payment_service import cart_of_session, check_public_key, payment_body, required
from sandbox.api.redirect_pages import new_challenge
from sandbox.api.requests import base_of, world_of
from sandbox.api.source_origin import recipient_of, refuse_card_numbers, reported_fields
from sandbox.demo_shop.payment_methods import Method
from sandbox.demo_shop.test_scenarios import scenario_of
from sandbox.model.cart import Cart
from sandbox.model.owner import read_owner
from sandbox.model.provider_details import NewDetails
from sandbox.model.source import Mandate, Source, first_state
from sandbox.model.source_details import NEEDS_NO_OWNER, change_card, check_details, is_return_address
from sandbox.model.source_request import read_details, read_method, read_price
from sandbox.timeline import settlement
from sandbox.wire.body import Body
from sandbox.wire.refusal import Refusal, bad_parameter, missing_parameter, payment_not_found


async def create(request: Request) -> Response:
    """`POST /payments/sources`: creates a source. With a `sessionId`, the payment session determines amount and
    currency.
    """
    check_public_key(request)
    return JSONResponse(create_source(request, await payment_body(request)).wire(), 201)


def create_source(request: Request, sent: Body) -> Source:
    """Create and store a payment source. Raises a `Refusal` for an invalid body."""
    world = world_of(request)
    method = read_method(sent)
    session_id = sent.string("sessionId")
    cart = cart_of_session(world, session_id) if session_id else None
    source = _new_source(request, sent, method, cart)
    _add_redirect(request, source, read_details(sent, method))
    if method.flow == "receiver":
        settlement.schedule_lapse(world, source)
    world.sources[source.id] = source
    return source


def _new_source(request: Request, sent: Body, method: Method, cart: Cart | None) -> Source:
    refuse_card_numbers(sent)
    price = read_price(sent, method, cart)
    now = world_of(request).now()
    owner = read_owner(sent.object("owner"), cart.billing if cart else None)
    if owner is None and method.type not in NEEDS_NO_OWNER:
        raise missing_parameter("owner")
    sent_details = read_details(sent, method)
    check_details(method, sent_details, owner)
    number = (sent_details.string("number") or "").replace(" ", "") if method.type == "creditCard" else None
    scenario = scenario_of(method.type, owner.last_name if owner else None, number)
    terms = sent.object("mandate").string("terms")
    currency = price.currency if price is not None else None
    details = NewDetails(method, sent_details, owner, recipient_of(cart), currency, now, base_of(request))
    return Source(
        method=method,
        amount=price.amount if price is not None else None,
        currency=currency,
        state=first_state(method, scenario),
        owner=owner,
        session_id=cart.session_id if cart else None,
        created_at=now,
        details=details.reported(),
        scenario=scenario,
        upstream_id=sent.string("upstreamId") or (str(cart.id) if cart else None),
        mandate=Mandate(terms, now) if terms is not None else None,
        reported=reported_fields(request, sent, method, cart),
        clock=world_of(request).now,
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
            "offline": False,
        }


async def show(request: Request) -> Response:
    """`GET /payments/sources/{id}`."""
    check_public_key(request)
    return JSONResponse(_source_with_secret(request).wire())


async def change(request: Request) -> Response:
    """`POST /payments/sources/{id}`: changes the owner and the expiration date of a card."""
    check_public_key(request)
    source, sent = _source_with_secret(request), await payment_body(request)
    if source.type != "creditCard":
        raise bad_parameter("invalid_parameter", "type", "Only a source of the type creditCard can be changed.")
    if source.state in ("consumed", "cancelled", "failed"):
        description = f"A source in the state {source.state} cannot be changed."
        raise Refusal(409, "invalid_state", description, envelope="C", parameter="id")
    refuse_card_numbers(sent)
    owner, now = read_owner(sent.object("owner")), world_of(request).now()
    source.details = change_card(source.details, sent.object(source.type), now)
    source.owner, source.updated_at = owner or source.owner, now
    return JSONResponse(source.wire())


async def authenticate(request: Request) -> Response:
    """`POST /payments/sources/{id}/authentication`: the state of the bank's challenge.

    The function `authenticateSource` of DigitalRiver.js calls this path once before the challenge and once after it.
    """
    check_public_key(request)
    source, sent = source_of(request), await payment_body(request)
    if sent.string("clientSecret") != source.secret:
        raise _unknown_source()
    session_id = cart_of_session(world_of(request), required(sent, "sessionId")).session_id
    return _authentication(request, source, session_id, sent.string("returnUrl"))


async def authenticate_session(request: Request) -> Response:
    """`POST /payments/sessions/{id}/authentication`: the state of the challenge for the primary source of a cart.

    The function `handleNextAction` of DigitalRiver.js calls this path, because it has only the id of the session.
    """
    check_public_key(request)
    cart = cart_of_session(world_of(request), request.path_params["id"])
    if cart.source is None:
        raise _unknown_source()
    return _authentication(request, cart.source, cart.session_id, None)


def _authentication(request: Request, source: Source, session_id: str, return_url: str | None) -> Response:
    if source.scenario.challenged is None:
        return JSONResponse({"status": "authentication_not_required"})
    if session_id in source.authenticated_for:
        return JSONResponse({"status": "complete"})
    if session_id in source.failed_for or source.state == "failed":
        # The failure is reported only once, so that the shopper can try again with a new challenge.
        source.failed_for.discard(session_id)
        return JSONResponse({"status": "failed"})
    if return_url is not None and not is_return_address(return_url):
        raise bad_parameter("invalid_parameter", "returnUrl", "The returnUrl is invalid.")
    url = new_challenge(request, source, session_id, return_url)
    return JSONResponse({"status": "requires_action", "redirectUrl": url})


def source_of(request: Request) -> Source:
    source = world_of(request).sources.get(request.path_params["id"].lower())
    if source is None:
        raise _unknown_source()
    return source


def _source_with_secret(request: Request) -> Source:
    """Source whose id is in the path and whose secret is in the query.

    DigitalRiver.js sends the second half of the client secret, `<id>_<secret>`, and some storefronts the whole one.
    """
    secret = request.query_params.get("secret")
    if not secret:
        raise missing_parameter("secret")
    source = source_of(request)
    if source.secret not in (secret, f"{source.id}_{secret}"):
        raise _unknown_source()
    return source


def _unknown_source() -> Refusal:
    return payment_not_found("source_not_found", "id", "The source could not be found.")
