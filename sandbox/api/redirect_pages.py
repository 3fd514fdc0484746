"""Pages to which shoppers are redirected: the payment provider's page, and the challenge page of the bank."""

import html
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from sandbox.api.requests import base_of, form_of, world_of
from sandbox.demo_shop.payment_methods import WALLET_OPTIONS, Purchase, fits
from sandbox.model.source import Challenge, Source
from sandbox.timeline import settlement
from sandbox.wire.refusal import bad_parameter, payment_not_found

PASSWORDS = frozenset({"password", "1234"})
"""Correct passwords for the bank's challenge: `password` in a browser, `1234` in an app."""

DECISIONS = {
    "approve": "Approve",
    "later": "Approve in an hour",
    "cancel": "Cancel",
    "reject": "Reject",
}


# The payment provider's page.


async def show_redirect_page(request: Request) -> Response:
    """`GET /payments/redirects/{page}`."""
    source = _redirected_source(request)
    name, amount = html.escape(source.method.name), html.escape(f"{source.amount} {source.currency}")
    buttons = [f'<button name="decision" value="{value}">{label}</button>' for value, label in DECISIONS.items()]
    options = [f"<option>{html.escape(option)}</option>" for option in ("", *wallet_options(source))]
    choice = f"<p><select name=option>{''.join(options)}</select></p>" if wallet_options(source) else ""
    return HTMLResponse(
        f"<!doctype html><html lang=en><meta charset=utf-8><title>{name}</title>"
        f"<h1>{name}</h1><p>Pay {amount} to riverdemo?</p><form method=post>{choice}{' '.join(buttons)}</form>"
        "<p>Approve pays now, or in an hour. Cancel returns to the storefront without a decision. "
        "Reject fails the source.</p>"
    )


async def decide_redirect(request: Request) -> Response:
    """`POST /payments/redirects/{page}`: a button of the page was clicked. Only the first decision has an effect."""
    world, source = world_of(request), _redirected_source(request)
    form = await form_of(request)
    option = form.get("option") or None
    if option is not None and option not in wallet_options(source):
        raise bad_parameter("invalid_parameter", "option", "PayPal does not offer this for the payment.")
    match form.get("decision"):
        case "approve":
            source.wallet_option = option
            settlement.approve(world, source)
        case "later":
            source.wallet_option = option
            settlement.approve_later(world, source)
        case "reject":
            settlement.reject(world, source)
        case "cancel":
            return RedirectResponse(source.redirect["cancelUrl"], 303)
        case _:
            description = f"The decision must be one of {', '.join(DECISIONS)}."
            raise bad_parameter("invalid_parameter", "decision", description)
    return RedirectResponse(source.redirect["returnUrl"], 303)


def wallet_options(source: Source) -> list[str]:
    """Names of the payment methods that PayPal's page offers for the country and amount of the source."""
    if source.type != "payPal":
        return []
    country = source.owner.address.get("country") if source.owner is not None else None
    purchase = Purchase(currency=source.currency, country=country, amount=source.amount)
    return [method.name for method in WALLET_OPTIONS if fits(method, purchase)]


def _redirected_source(request: Request) -> Source:
    world = world_of(request)
    source = world.redirects.get(request.path_params["page"].lower())
    if source is None or request.query_params.get("apiKey") != world.keys.public_key:
        raise payment_not_found("not_found", "id", "This payment is not known.")
    return source


# The bank's challenge page.


def new_challenge(request: Request, source: Source, session_id: str, return_url: str | None) -> str:
    """Create a challenge page of the bank, and return its URL."""
    page = str(uuid4())
    world_of(request).challenges[page] = Challenge(source, session_id, return_url)
    return f"{base_of(request)}/payments/challenges/{page}"


async def show_challenge(request: Request) -> Response:
    """`GET /payments/challenges/{page}`."""
    challenge = _challenge(request)
    amount = html.escape(f"{challenge.source.amount} {challenge.source.currency}")
    return HTMLResponse(
        "<!doctype html><html lang=en><meta charset=utf-8><title>Your bank</title>"
        f"<h1>Your bank</h1><p>Is it you who pays {amount} to riverdemo?</p>"
        "<form method=post><input type=password name=password aria-label=Password>"
        '<button name=decision value="">Confirm</button> <button name=decision value=cancel>Cancel</button></form>'
        "<p>The password is <code>password</code>.</p>"
    )


async def answer_challenge(request: Request) -> Response:
    """`POST /payments/challenges/{page}`: checks the password. A cancelled challenge can be answered again."""
    challenge = _challenge(request)
    form = await form_of(request)
    if form.get("decision") != "cancel":
        _settle(challenge, has_passed=form.get("password") in PASSWORDS)
    if challenge.return_url:
        return RedirectResponse(challenge.return_url, 303)
    return HTMLResponse("<!doctype html><html lang=en><meta charset=utf-8><title>Your bank</title><p>Go back.</p>")


def _settle(challenge: Challenge, *, has_passed: bool) -> None:
    source = challenge.source
    (source.authenticated_for if has_passed else source.failed_for).add(challenge.session_id)
    if source.state == "requires_action":
        source.state = "chargeable" if has_passed else "failed"


def _challenge(request: Request) -> Challenge:
    challenge = world_of(request).challenges.get(request.path_params["page"].lower())
    if challenge is None:
        raise payment_not_found("not_found", "id", "This challenge is not known.")
    return challenge
