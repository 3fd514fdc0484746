"""The sandbox application, with all its routes. It rejects requests with an unknown path or method."""

import html
from collections.abc import Awaitable, Callable
from http import HTTPStatus

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from sandbox.api import (
    address_book,
    available_methods,
    cart,
    cart_addresses,
    cart_lines,
    cart_payment,
    cart_submission,
    cart_tax_registrations,
    categories,
    credit_ledger,
    credit_sources,
    documents,
    images,
    offers,
    orders,
    payment_choices,
    payment_options,
    products,
    redirect_pages,
    refunds,
    shoppers,
    sources,
    subscriptions,
    tokens,
)
from sandbox.api.requests import world_of
from sandbox.control import controls, guide, request_bodies, returned
from sandbox.control.outer_layer import OuterLayer
from sandbox.digital_river_js import files as digital_river_js
from sandbox.digital_river_js import legal_pages
from sandbox.model.world import World
from sandbox.pages import layout
from sandbox.pages.layout import message_page, wants_html
from sandbox.wire.refusal import PAYMENT_SERVICE, Envelope, Refusal, answer_refusal

Handler = Callable[[Request], Awaitable[Response]]

ME = "/v1/shoppers/me"
CART = f"{ME}/carts/active"

ROUTES: list[tuple[str, dict[str, Handler]]] = [
    ("/oauth20/token", {"POST": tokens.issue}),
    ("/oauth20/access-tokens", {"GET": tokens.show, "DELETE": tokens.revoke}),
    ("/v1/shoppers", {"POST": shoppers.register}),
    (ME, {"GET": shoppers.show, "POST": shoppers.update}),
    (f"{ME}/addresses", {"GET": address_book.show_all, "POST": address_book.save}),
    (f"{ME}/addresses/{{id}}", {"GET": address_book.show, "POST": address_book.change, "DELETE": address_book.remove}),
    (f"{ME}/payment-options", {"GET": payment_options.show_all, "POST": payment_options.save}),
    (
        f"{ME}/payment-options/{{id}}",
        {"GET": payment_options.show, "POST": payment_options.change, "DELETE": payment_options.remove},
    ),
    ("/v1/shoppers/site", {"GET": shoppers.site}),
    (f"{ME}/categories", {"GET": categories.show_all}),
    (f"{ME}/categories/{{id}}", {"GET": categories.show}),
    (f"{ME}/categories/{{id}}/products", {"GET": categories.products_of_category}),
    (f"{ME}/product-search", {"GET": products.search}),
    (f"{ME}/products", {"GET": products.show_all}),
    (f"{ME}/products/inventory-status", {"GET": products.inventory}),
    (f"{ME}/products/{{id}}", {"GET": products.show}),
    (f"{ME}/products/{{id}}/categories", {"GET": categories.categories_of_product}),
    (f"{ME}/products/{{id}}/offers", {"GET": offers.offers_of_product}),
    (
        f"{ME}/products/{{id}}/point-of-promotions/{{name}}/offers",
        {"GET": offers.offers_on_product_page},
    ),
    (f"{ME}/products/{{id}}/pricing", {"GET": products.pricing}),
    (f"{ME}/products/{{id}}/pricing/volume-pricing", {"GET": products.volume_pricing}),
    (f"{ME}/products/{{id}}/variations", {"GET": products.variations}),
    (f"{ME}/products/{{id}}/inventory-status", {"GET": products.inventory_of_product}),
    (f"{ME}/offers", {"GET": offers.show_all}),
    (f"{ME}/offers/{{id}}", {"GET": offers.show}),
    (f"{ME}/offers/{{id}}/product-offers", {"GET": offers.show_product_offers}),
    (f"{ME}/offers/{{id}}/product-offers/{{product}}", {"GET": offers.show_product_offer}),
    (f"{ME}/point-of-promotions/{{name}}/offers", {"GET": offers.offers_at_point_of_promotion}),
    (f"{CART}/point-of-promotions/{{name}}/offers", {"GET": offers.offers_beside_cart}),
    (CART, {"GET": cart.show, "POST": cart.change}),
    (
        f"{CART}/line-items",
        {"GET": cart_lines.show_all, "POST": cart_lines.add_lines, "DELETE": cart_lines.remove_lines},
    ),
    (
        f"{CART}/line-items/{{id}}",
        {"GET": cart_lines.show, "POST": cart_lines.change_line, "DELETE": cart_lines.remove_line},
    ),
    (
        f"{CART}/billing-address",
        {"GET": cart_addresses.show_billing_address, "PUT": cart_addresses.set_billing_address},
    ),
    (
        f"{CART}/shipping-address",
        {"GET": cart_addresses.show_shipping_address, "PUT": cart_addresses.set_shipping_address},
    ),
    (f"{CART}/billing-address/suggestions", {"GET": cart_addresses.suggest_billing_address}),
    (f"{CART}/billing-address/suggestions/{{id}}", {"GET": cart_addresses.suggest_billing_address}),
    (f"{CART}/shipping-address/suggestions", {"GET": cart_addresses.suggest_shipping_address}),
    (f"{CART}/shipping-address/suggestions/{{id}}", {"GET": cart_addresses.suggest_shipping_address}),
    (f"{CART}/apply-billing-address", {"POST": cart_addresses.apply_billing_address}),
    (f"{CART}/apply-shipping-address", {"POST": cart_addresses.apply_shipping_address}),
    (f"{CART}/shipping-options", {"GET": cart_addresses.shipping_options}),
    (f"{CART}/apply-shipping-option", {"POST": cart_addresses.apply_shipping_option}),
    (f"{CART}/apply-shopper", {"POST": cart_payment.apply_shopper}),
    (f"{CART}/apply-payment-method", {"POST": cart_payment.attach, "DELETE": cart_payment.detach}),
    (f"{CART}/payment", {"DELETE": cart_payment.detach_all}),
    (f"{CART}/payment-methods", {"GET": cart_payment.payment_methods}),
    (f"{CART}/applied-offers", {"GET": cart.applied_offers}),
    (f"{CART}/applied-offers/{{id}}", {"DELETE": cart.remove_offer}),
    (f"{CART}/eligible-offers", {"DELETE": cart.remove_offers}),
    (
        f"{CART}/tax-registrations",
        {
            "GET": cart_tax_registrations.show,
            "POST": cart_tax_registrations.replace,
            "DELETE": cart_tax_registrations.remove,
        },
    ),
    (f"{CART}/tax-registrations/schema", {"GET": cart_tax_registrations.schema}),
    (f"{CART}/submit-cart", {"POST": cart_submission.submit}),
    (f"{CART}/resume-cart", {"POST": cart_submission.resume}),
    (f"{ME}/orders", {"GET": orders.show_all}),
    (f"{ME}/orders/{{id}}", {"GET": orders.show}),
    (f"{ME}/orders/{{id}}/line-items", {"GET": orders.show_lines}),
    (f"{ME}/orders/{{id}}/line-items/{{line}}", {"GET": orders.show_line}),
    (f"{ME}/orders/{{id}}/billing-address", {"GET": orders.show_billing_address}),
    (f"{ME}/orders/{{id}}/shipping-address", {"GET": orders.show_shipping_address}),
    ("/v1/shoppers/order-lookup", {"POST": orders.look_up}),
    (f"{ME}/subscriptions", {"GET": subscriptions.show_own}),
    (f"{ME}/subscriptions/{{id}}", {"GET": subscriptions.show_one_of_own}),
    ("/v1/subscriptions", {"GET": subscriptions.show_all}),
    ("/v1/subscriptions/{id}", {"GET": subscriptions.show}),
    ("/v1/subscriptions/{id}/orders", {"GET": subscriptions.orders}),
    ("/v1/subscriptions/{id}/pending-actions", {"GET": subscriptions.pending_actions}),
    ("/v1/subscriptions/{id}/cancel", {"POST": subscriptions.cancel}),
    ("/v1/subscriptions/{id}/payment-option", {"POST": subscriptions.set_payment_option}),
    ("/v1/subscriptions/{id}/payment-source", {"POST": subscriptions.set_payment_source}),
    ("/v1/subscriptions/{id}/reduce", {"POST": subscriptions.reduce}),
    ("/v1/subscriptions/{id}/renewal-quantity", {"POST": subscriptions.set_renewal_quantity}),
    ("/v1/subscriptions/{id}/renewal-type", {"POST": subscriptions.set_renewal_type}),
    ("/v1/subscriptions/{id}/ship-to-address", {"POST": subscriptions.set_address}),
    ("/payments/sources", {"POST": sources.create}),
    ("/payments/sources/{id}", {"GET": sources.show, "POST": sources.change}),
    ("/sources", {"POST": credit_sources.create}),
    ("/sources/{id}", {"GET": credit_sources.show}),
    ("/_ledger/balance", {"GET": credit_ledger.balance}),
    ("/payments/payment-methods", {"GET": available_methods.show}),
    ("/payments/online-banking/banks", {"GET": payment_choices.banks}),
    ("/payments/konbini/stores", {"GET": payment_choices.stores}),
    ("/payments/apple-pay/session", {"POST": payment_choices.apple_pay_session}),
    ("/payments/google-pay/session", {"POST": payment_choices.google_pay_session}),
    ("/payments/amazon-pay/session", {"POST": payment_choices.amazon_pay_session}),
    ("/country-specs", {"GET": payment_choices.country_specs}),
    ("/payments/sources/{id}/authentication", {"POST": sources.authenticate}),
    ("/payments/refunds/{token}", {"GET": refunds.show, "POST": refunds.name_account}),
    ("/payments/sessions/{id}/authentication", {"POST": sources.authenticate_session}),
    ("/payments/redirects/{page}", {"GET": redirect_pages.show_redirect_page, "POST": redirect_pages.decide_redirect}),
    ("/payments/challenges/{page}", {"GET": redirect_pages.show_challenge, "POST": redirect_pages.answer_challenge}),
]
"""Path templates of the API, each with its handlers by HTTP method."""

PAYMENT_PAGES = ("/payments/redirects/", "/payments/challenges/")
"""Path prefixes of the pages that browsers open."""

API_PATHS = ("/v1/", "/oauth20/", "/payments/", "/sources", "/country-specs", "/_ledger/")

HTTP_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"]
"""Methods that every route accepts. Without this list, Starlette would send its own 405 instead of Digital River's."""


def create_app(world: World | None = None, public_url: str | None = None) -> ASGIApp:
    """ASGI application of one sandbox. Tests pass `world` to inspect the state of the sandbox.

    `public_url` is the base URL with which browsers reach the sandbox; None if every caller uses the same one.
    """
    world = world or World()
    app = Starlette(
        routes=[
            *(Route(path, _endpoint(handlers), methods=HTTP_METHODS) for path, handlers in ROUTES),
            *controls.ROUTES,
            *guide.ROUTES,
            *returned.ROUTES,
            *images.ROUTES,
            *documents.ROUTES,
            *digital_river_js.ROUTES,
            *legal_pages.ROUTES,
            *layout.ROUTES,
        ],
        exception_handlers={
            Refusal: _answer_refusal,
            HTTPException: _answer_http_exception,
            request_bodies.BadControl: request_bodies.answer_bad_control,
        },
    )
    app.state.world = world
    app.state.public_url = public_url and public_url.rstrip("/")
    app.state.methods = {path: frozenset(handlers) for path, handlers in ROUTES}
    app.state.methods["*"] = frozenset().union(*app.state.methods.values())
    return OuterLayer(app, app.router, world)


def _endpoint(handlers: dict[str, Handler]) -> Handler:
    """Endpoint for all methods of a path. A method without a handler gets the 405 that Digital River sends."""

    async def serve(request: Request) -> Response:
        handler = handlers.get(request.method)
        if request.method == "OPTIONS":
            return Response(headers={"Allow": ", ".join(sorted(handlers))})
        if handler is None:
            return _method_not_allowed(request)
        world_of(request).advance()
        return await handler(request)

    return serve


def _method_not_allowed(request: Request) -> Response:
    description = f"The {request.method} method is not allowed on this resource."
    if request.url.path.startswith(PAYMENT_SERVICE):
        return Refusal(405, "method_not_allowed", description, envelope="C").response()
    envelope: Envelope = "D" if request.url.path.startswith("/oauth20/") else "A"
    return Refusal(405, "method-not-allowed", description, envelope=envelope, relation="CartsResource").response()


async def _answer_refusal(request: Request, refusal: Exception) -> Response:
    """Error answer of a handler; a page, if a browser opened the page of a payment that is not known."""
    if isinstance(refusal, Refusal) and wants_html(request) and request.url.path.startswith(PAYMENT_PAGES):
        return message_page(
            "Not found" if refusal.status == HTTPStatus.NOT_FOUND else "Not possible",
            f"<p>{html.escape(refusal.description)}</p><p>The sandbox forgets payments when it stops or is reset."
            " Make a new source, and open its page.</p>",
            notice="This page would stand in for a provider or a bank.",
            status=refusal.status,
        )
    return await answer_refusal(request, refusal)


async def _answer_http_exception(request: Request, problem: Exception) -> Response:
    """Error answer for an unknown path, and for a sandbox control that does not support the method."""
    path = request.url.path
    if wants_html(request) and request.method == "GET":
        return _unknown_page(path)
    if path.startswith("/_sandbox/"):
        message = f"There is no control {request.method} {path}. GET /_sandbox/ lists them."
        return JSONResponse({"error": message}, 404)
    if isinstance(problem, HTTPException) and problem.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        return _method_not_allowed(request)
    description = "The requested URI does not exist."
    if not path.startswith(API_PATHS):
        description += f" Paths of the API begin with {', '.join(API_PATHS)}. GET /_sandbox/ lists the controls."
    if path.startswith(PAYMENT_SERVICE):
        return Refusal(404, "not_found", description, envelope="C").response()
    return Refusal(404, "resource-not-found", description, relation="errors").response()


def _unknown_page(path: str) -> Response:
    """Page for a browser that opened an unknown path."""
    prefixes = ", ".join(f"<code>{prefix}</code>" for prefix in API_PATHS)
    return message_page(
        "Nothing here",
        f"<p>The sandbox has nothing at <code>{html.escape(path)}</code>. It has:</p><ul>"
        '<li><a href="/_sandbox/"><code>/_sandbox/</code></a>, the page with test payments, clock and faults,</li>'
        f"<li>the API, whose paths begin with {prefixes}.</li></ul>"
        "<p>The graph is at <code>/graphql</code> of the gateway, which has another port.</p>",
        notice="This is the stand-in for Digital River.",
        status=404,
    )
