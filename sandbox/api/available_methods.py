"""`/payments/payment-methods`: the payment methods that DigitalRiver.js shows."""

from decimal import Decimal

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.api.payment_service import cart_of_session, check_public_key, language_of, read_code
from sandbox.api.requests import base_of, world_of
from sandbox.demo_shop.payment_methods import Method, Purchase, available, fits
from sandbox.model.cart import Cart
from sandbox.wire.money import rounded
from sandbox.wire.refusal import bad_parameter
from sandbox.wire.values import Json


async def show(request: Request) -> Response:
    """`GET /payments/payment-methods`: the payment methods that are available for the cart of a payment session.

    Without a session, all payment methods of the shop. `currency`, `country`, `supportsStorage`, `supportsRecurring`
    and `supportsFreeTrial` filter the list in both cases.
    """
    check_public_key(request)
    world, query = world_of(request), request.query_params
    language, market, filters = language_of(request), _market(query), _support_filters(query)
    session_id = query.get("sessionId")
    wire: Json = {}
    methods = available(Purchase())
    if session_id:
        cart = cart_of_session(world, session_id)
        wire["sessionInformation"] = _session_information(cart, strict=world.strict)
        methods = available(cart.purchase())
    shown = [method for method in methods if fits(method, market) and _supports(method, filters)]
    wire["paymentMethods"] = [method.wire(base_of(request), language) for method in shown]
    return JSONResponse(wire)


def _session_information(cart: Cart, *, strict: bool) -> Json:
    purchase, contributions = cart.purchase(), cart.contributions(strict=strict)

    def written(amount: Decimal) -> str:
        return f"{rounded(amount, cart.currency)}"

    return {
        "currency": purchase.currency,
        "country": purchase.country,
        "amount": written(contributions.total),
        "amountContributed": written(contributions.paid),
        "amountRemainingToBeContributed": written(contributions.remaining),
        "recurring": purchase.is_recurring,
        "freeTrial": purchase.has_free_trial,
        "sellingEntityId": cart.seller,
    }


def _market(query: QueryParams) -> Purchase:
    """A purchase in the currency and country of the filters. All other properties are unknown."""
    return Purchase(currency=read_code(query, "currency", 3), country=read_code(query, "country", 2))


SUPPORT_FILTERS = ("supportsStorage", "supportsRecurring", "supportsFreeTrial")


def _support_filters(query: QueryParams) -> dict[str, bool]:
    """The value that a payment method must have, by the name of the filter. Filters that were not sent are absent."""
    filters = {name: query[name].lower() for name in SUPPORT_FILTERS if query.get(name)}
    for name, value in filters.items():
        if value not in ("true", "false"):
            raise bad_parameter("invalid_parameter", name, f"{name} must be true or false.")
    return {name: value == "true" for name, value in filters.items()}


def _supports(method: Method, filters: dict[str, bool]) -> bool:
    return all(method.support[name] == value for name, value in filters.items())
