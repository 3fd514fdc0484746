"""`/_sandbox/documents/`: what buyers open later: payment slips, and downloads of software."""

import html

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.demo_shop.document_paths import DOCUMENTS_PATH
from sandbox.demo_shop.products import PRODUCTS
from sandbox.pages.layout import facts, message_page

NAMES = {product.slug: product.name for product in PRODUCTS.values()}


async def show_slip(request: Request) -> Response:
    """The slip with which a shopper pays in a store or at a bank."""
    return message_page(
        "Payment slip",
        f"<p>With this slip, the shopper pays.</p>{facts({'Number': request.path_params['number']})}"
        "<p>A button beside <a href='/_sandbox/#orders'>the order</a> lets the money arrive.</p>",
        notice="This page stands in for a payment slip.",
    )


async def show_download(request: Request) -> Response:
    """The download of software that was bought."""
    name = NAMES.get(request.path_params["slug"], "Download")
    return message_page(
        name,
        f"<p>With Digital River, the download of {html.escape(name)} begins here.</p>"
        f"{facts({'Order': request.path_params['order']})}",
        notice="This page stands in for a download.",
    )


ROUTES = [
    Route(f"{DOCUMENTS_PATH}/slips/{{number}}", show_slip, methods=["GET"]),
    Route(f"{DOCUMENTS_PATH}/downloads/{{order}}/{{slug}}", show_download, methods=["GET"]),
]
