"""`/_sandbox/returned`: the page to which the provider's page and the bank return a shopper who has no storefront."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.api.requests import world_of
from sandbox.control.make_source import RETURNED_PATH
from sandbox.model.source import Source, State
from sandbox.pages.layout import facts, message_page

CONTINUE = "Go back to the page that sent you here, and continue there."
PAY_AGAIN = "Go back to the page that sent you here, and pay with another source."
TRY_AGAIN = "Go back to the page that sent you here. You can try again there."

OUTCOMES: dict[State, tuple[str, str]] = {
    "chargeable": ("Approved", CONTINUE),
    "consumed": ("Paid", CONTINUE),
    "failed": ("Rejected", PAY_AGAIN),
    "cancelled": ("Cancelled", PAY_AGAIN),
    "requires_action": ("Not confirmed", TRY_AGAIN),
    "pending_funds": ("Waiting for the money", CONTINUE),
    "pending_redirect": ("Not decided", TRY_AGAIN),
}
"""Title and next step by the state of the source."""


async def show_returned(request: Request) -> Response:
    source = world_of(request).returned.get(request.query_params.get("session", ""))
    title, next_step = OUTCOMES[source.state] if source is not None else ("You are back", CONTINUE)
    return message_page(
        title,
        f"<p>{next_step}</p>{_about(source) if source is not None else ''}",
        notice="This page stands in for a storefront.",
        under="A storefront names its own page in <code>returnUrl</code>.",
    )


def _about(source: Source) -> str:
    return facts(
        {
            "Method": source.method.name,
            "Amount": source.formatted_amount() or "none",
            "State": source.state,
            "Source": source.id,
        }
    )


ROUTES = [Route(RETURNED_PATH, show_returned, methods=["GET"])]
