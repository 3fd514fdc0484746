"""The controls with which people and pages make test payments: sources, test cards and test scenarios."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.api.requests import world_of
from sandbox.control.make_source import Form, make_source
from sandbox.control.request_bodies import read, refused
from sandbox.demo_shop.payment_methods import available
from sandbox.demo_shop.scenario_names import NAMED_SCENARIOS, TEST_CARDS


async def add_source(request: Request) -> Response:
    """Creates a payment source without DigitalRiver.js, by default for the newest cart with lines. Pass its `sourceId`
    to `attachSource`. `sessionId` names another payment session. `scenario` is one of `/_sandbox/test-scenarios`;
    without it, `type`, `number` and `lastName` decide. `returnUrl` and `cancelUrl` are the addresses to which the
    provider's page and the bank return the shopper.
    """
    source = make_source(request, await read(request, Form))
    wire = {
        "sourceId": source.id,
        "type": source.type,
        "sessionId": source.session_id,
        "state": source.state,
        "redirectUrl": source.redirect.get("redirectUrl"),
    }
    return JSONResponse(wire, 201)


async def show_test_cards(_request: Request) -> Response:
    """Lists the test cards, each with what happens to a payment with it."""
    return JSONResponse([card.wire() for card in TEST_CARDS])


async def show_test_scenarios(request: Request) -> Response:
    """Lists the test scenarios for `POST /_sandbox/sources`, each with its payment method and what happens. With
    `?sessionId=` the list has only the payment methods that are available for the cart of this payment session.
    """
    shown = list(NAMED_SCENARIOS.values())
    session_id = request.query_params.get("sessionId")
    if session_id is not None:
        cart = world_of(request).cart_of_session(session_id)
        if cart is None:
            return refused("No cart has this payment session.")
        methods = available(cart.purchase())
        shown = [named for named in shown if named.method in methods]
    return JSONResponse([named.wire() for named in shown])
