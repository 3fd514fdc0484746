"""The pages a shopper is sent to: that of a payment provider, and the challenge of a bank."""

import html
from uuid import UUID, uuid4

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from sandbox.api.requests import base_of, form_of, world_of
from sandbox.demo_shop.payment_methods import WALLET_OPTIONS, Facts, fits
from sandbox.model.source import Challenge, Source
from sandbox.model.source_details import bad, no
from sandbox.timeline import settlement

PASSWORDS = frozenset({"password", "1234"})
"""Of the challenge: in a browser, and in an app."""

DECISIONS = {
    "approve": "Approve",
    "later": "Approve in an hour",
    "cancel": "Cancel",
    "reject": "Reject",
}


async def page(request: Request) -> Response:
    """`GET /payments/redirects/{page}`: where the shopper approves, goes back, or is rejected."""
    source = _redirected(request)
    name, amount = html.escape(source.method.name), html.escape(f"{source.amount} {source.currency}")
    buttons = [f'<button name="decision" value="{value}">{label}</button>' for value, label in DECISIONS.items()]
    choices = [f"<option>{html.escape(one)}</option>" for one in ("", *options_of(source))]
    choice = f"<p><select name=option>{''.join(choices)}</select></p>" if options_of(source) else ""
    return HTMLResponse(
        f"<!doctype html><html lang=en><meta charset=utf-8><title>{name}</title>"
        f"<h1>{name}</h1><p>Pay {amount} to riverdemo?</p><form method=post>{choice}{' '.join(buttons)}</form>"
        "<p>Approve pays; in an hour, it does so then. Cancel goes back to the shop and leaves everything open. "
        "Reject fails the source.</p>"
    )


async def decide(request: Request) -> Response:
    """The buttons of the page. A decision once made stays."""
    world, source = world_of(request), _redirected(request)
    form = await form_of(request)
    option = form.get("option") or None
    if option is not None and option not in options_of(source):
        raise bad("invalid_parameter", "option", "PayPal does not offer this for the payment.")
    match form.get("decision"):
        case "approve":
            source.option = option
            settlement.approve(world, source)
        case "later":
            source.option = option
            settlement.approve_later(world, source)
        case "reject":
            settlement.reject(world, source)
        case "cancel":
            return RedirectResponse(source.redirect["cancelUrl"], 303)
        case _:
            raise bad("invalid_parameter", "decision", f"The decision must be one of {', '.join(DECISIONS)}.")
    return RedirectResponse(source.redirect["returnUrl"], 303)


def options_of(source: Source) -> list[str]:
    """What PayPal offers inside its own page, by the market and the amount."""
    if source.type != "payPal":
        return []
    country = source.owner.address.get("country") if source.owner is not None else None
    facts = Facts(currency=source.currency, country=country, amount=source.amount)
    return [method.name for method in WALLET_OPTIONS if fits(method, facts)]


def _redirected(request: Request) -> Source:
    world = world_of(request)
    source = world.redirects.get(_id(request))
    if source is None or request.query_params.get("apiKey") != world.keys.public_key:
        raise no(404, "not_found", "This payment is not known.", "id", "not_found")
    return source


def _id(request: Request) -> UUID:
    try:
        return UUID(request.path_params["page"])
    except ValueError:
        return UUID(int=0)


# The bank.


def challenge_url(request: Request, source: Source, session_id: str, return_url: str | None) -> str:
    """A new page of the bank."""
    page = uuid4()
    world_of(request).challenges[page] = Challenge(source, session_id, return_url)
    return f"{base_of(request)}/payments/challenges/{page}"


async def challenge(request: Request) -> Response:
    """`GET /payments/challenges/{page}`."""
    asked = _challenged(request)
    amount = html.escape(f"{asked.source.amount} {asked.source.currency}")
    return HTMLResponse(
        "<!doctype html><html lang=en><meta charset=utf-8><title>Your bank</title>"
        f"<h1>Your bank</h1><p>Is it you who pays {amount} to riverdemo?</p>"
        "<form method=post><input type=password name=password aria-label=Password>"
        '<button name=decision value="">Confirm</button> <button name=decision value=cancel>Cancel</button></form>'
        "<p>The password is <code>password</code>.</p>"
    )


async def meet_challenge(request: Request) -> Response:
    """The password is right or wrong; whoever cancels is asked again."""
    asked = _challenged(request)
    form = await form_of(request)
    if form.get("decision") != "cancel":
        _answer(asked, has_passed=form.get("password") in PASSWORDS)
    if asked.return_url:
        return RedirectResponse(asked.return_url, 303)
    return HTMLResponse("<!doctype html><html lang=en><meta charset=utf-8><title>Your bank</title><p>Go back.</p>")


def _answer(asked: Challenge, *, has_passed: bool) -> None:
    source = asked.source
    (source.authenticated_for if has_passed else source.failed_for).add(asked.session_id)
    if source.state == "requires_action":
        source.state = "chargeable" if has_passed else "failed"


def _challenged(request: Request) -> Challenge:
    found = world_of(request).challenges.get(_id(request))
    if found is None:
        raise no(404, "not_found", "This challenge is not known.", "id", "not_found")
    return found
