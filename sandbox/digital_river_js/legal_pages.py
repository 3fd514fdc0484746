"""`/v1/legal/`: pages that stand in for the legal pages of Digital River, to which the storefront links."""

import html

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from sandbox.pages.layout import facts, message_page

TITLES = {
    "termsOfSale": "Terms of sale",
    "privacyPolicy": "Privacy policy",
    "cookiePolicy": "Cookies",
    "legalNotice": "Legal notice",
    "cancellationRights": "Right to cancel",
    "californiaPrivacyRights": "Privacy rights in California",
    "warrantyInformation": "Warranty",
    "japaneseCommerceLaw": "Disclosure under Japanese commerce law",
}
"""Titles of the pages, by the names that `Compliance.getDetails` of DigitalRiver.js gives them."""


async def show_legal_page(request: Request) -> Response:
    """`GET /v1/legal/{name}`."""
    title = TITLES.get(request.path_params["name"])
    if title is None:
        raise HTTPException(404)
    return message_page(
        title,
        f"<p>With Digital River, this page has the text “{html.escape(title)}” of the seller.</p>"
        f"{facts({'Seller': request.query_params.get('entity', 'not named')})}",
        notice="This page stands in for a legal page of Digital River.",
    )


ROUTES: list[BaseRoute] = [Route("/v1/legal/{name}", show_legal_page, methods=["GET"])]
