"""`/sources`: the calls of the payment service for servers, which send the confidential key."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.api.payment_service import cart_of_session, check_confidential_key, payment_body, required
from sandbox.api.requests import world_of
from sandbox.api.sources import source_of
from sandbox.model.owner import read_owner
from sandbox.model.source import STORE_CREDIT, Source
from sandbox.model.source_request import read_amount
from sandbox.wire.money import rounded
from sandbox.wire.refusal import bad_parameter


async def create(request: Request) -> Response:
    """`POST /sources`: creates store credit for a payment session."""
    check_confidential_key(request)
    world, sent = world_of(request), await payment_body(request)
    source_type, session_id = required(sent, "type"), required(sent, "paymentSessionId")
    if source_type != STORE_CREDIT.type:
        raise bad_parameter("invalid_parameter", "type", f"'{source_type}' is not a valid type for this call.")
    if not isinstance(sent.get(STORE_CREDIT.type), dict):
        raise bad_parameter("invalid_format", STORE_CREDIT.type, "customerCredit must be an object.")
    cart = cart_of_session(world, session_id)
    source = Source(
        method=STORE_CREDIT,
        amount=rounded(read_amount(sent), cart.currency),
        currency=cart.currency,
        state="chargeable",
        owner=read_owner(sent.object("owner")),
        session_id=cart.session_id,
        created_at=world.now(),
        details={},
        upstream_id=sent.string("upstreamId"),
        clock=world.now,
    )
    world.sources[source.id] = source
    return JSONResponse(source.server_wire(), 201)


async def show(request: Request) -> Response:
    """`GET /sources/{id}`: shows any source."""
    check_confidential_key(request)
    return JSONResponse(source_of(request).server_wire())
