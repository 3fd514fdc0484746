"""`/_sandbox/returned`: the page to which the provider's page and the bank return a shopper who has no storefront."""

import html

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.api.requests import world_of
from sandbox.control.make_source import RETURNED_PATH
from sandbox.model.source import Source, State
from sandbox.model.world import World
from sandbox.pages.layout import MARK, notice, page

OUTCOMES: dict[State, tuple[str, str, str]] = {
    # Class of the state, title, next step.
    "chargeable": ("good", "Approved", "Go back to the page that sent you here, and continue there."),
    "consumed": ("good", "Paid", "Go back to the page that sent you here, and continue there."),
    "failed": ("bad", "Rejected", "Go back to the page that sent you here, and pay with another source."),
    "cancelled": ("bad", "Cancelled", "Go back to the page that sent you here, and pay with another source."),
    "requires_action": ("wait", "Not confirmed", "Go back to the page that sent you here. You can try again there."),
    "pending_funds": ("wait", "Waiting for the money", "Go back to the page that sent you here."),
    "pending_redirect": ("wait", "Not decided", "Go back to the page that sent you here. You can try again there."),
}


async def show_returned(request: Request) -> Response:
    source = _newest_redirected(world_of(request), request.query_params.get("session"))
    if source is None:
        title, body = "You are back", "<p>Go back to the page that sent you here, and continue there.</p>"
    else:
        title, body = _outcome(source)
    return page(
        title,
        f"{notice()}<main><div class=panel><header>{MARK}<h1>{title}</h1></header>{body}"
        '<div class=actions><a class=button href="/_sandbox/">Open the sandbox</a></div></div>'
        "<p class=under>A storefront names its own page in <code>returnUrl</code>.</p></main>",
    )


def _outcome(source: Source) -> tuple[str, str]:
    kind, title, next_step = OUTCOMES[source.state]
    amount, name = html.escape(f"{source.amount} {source.currency}"), html.escape(source.method.name)
    return title, (
        f"<p>{next_step}</p><dl class=facts><dt>Method<dd>{name}<dt>Amount<dd>{amount}"
        f'<dt>State<dd><span class="state {kind}">{source.state}</span>'
        f"<dt>Source<dd><code>{source.id}</code></dl>"
    )


def _newest_redirected(world: World, session_id: str | None) -> Source | None:
    """The newest source of the payment session that led the shopper to another page."""
    sources = [source for source in world.sources.values() if source.redirect and source.session_id == session_id]
    return sources[-1] if sources else None


ROUTES = [Route(RETURNED_PATH, show_returned, methods=["GET"])]
