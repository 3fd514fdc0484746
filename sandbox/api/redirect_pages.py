"""Pages to which shoppers are redirected: the payment provider's page, and the challenge page of the bank."""

import html
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from sandbox.api.requests import base_of, form_of, world_of
from sandbox.demo_shop.challenge_texts import challenge_texts
from sandbox.demo_shop.image_paths import method_image
from sandbox.demo_shop.payment_methods import WALLET_OPTIONS, Purchase, fits
from sandbox.demo_shop.products import SHOP
from sandbox.model.source import Challenge, Source
from sandbox.pages.layout import MARK, facts, form_target, message_page, page, strip
from sandbox.timeline import settlement
from sandbox.wire.refusal import bad_parameter, payment_not_found

PASSWORDS = frozenset({"password", "1234"})
"""Correct passwords for the bank's challenge: `password` in a browser, `1234` in an app."""

ANSWERED_IN_FRAME = "/v1/frames/answered.html"
"""Path of the page that follows a challenge in a frame of DigitalRiver.js. It reports the answer to the storefront."""

BANK_NOTICE = "This page stands in for the bank of the card."

DECISIONS = {
    "approve": ("Approve", "main", "The provider approves the payment now."),
    "later": ("Approve in an hour", "", "The provider approves the payment once the sandbox's clock is an hour on."),
    "cancel": ("Cancel", "", "Back to the storefront without a decision. The same page can be opened again."),
    "reject": ("Reject", "bad", "The provider rejects the payment, and its source fails."),
}
"""Decisions of a shopper on the provider's page, each with the label, class and explanation of its button."""


# The payment provider's page.


async def show_redirect_page(request: Request) -> Response:
    """`GET /payments/redirects/{page}`."""
    source = _redirected_source(request)
    name = html.escape(source.method.name)
    heading = f'<header><img src="{method_image(source.type)}" alt="" width="120" height="76"><h1>{name}</h1></header>'
    about = facts({"To": SHOP} | _amount(source))
    targets = [form_target(source.redirect["returnUrl"]), form_target(source.redirect["cancelUrl"])]
    if source.state == "pending_redirect":
        shown = f"<p>Pay <strong>{SHOP}</strong> with {name}?</p>{about}{_decision_form(source)}"
    else:
        shown = _decided(source, about)
    return page(
        f"{source.method.name}, played by the sandbox",
        f"{strip(f'This page stands in for {source.method.name}.')}<main><div class=panel>{heading}{shown}</div>"
        "<p class=under>Close this page to abandon the payment.</p></main>",
        form_targets=targets,
    )


def _decision_form(source: Source) -> str:
    buttons = "".join(
        f'<div><button class="{style}" name=decision value={value} aria-describedby="about-{value}">{label}</button>'
        f'<p class="soft small" id="about-{value}">{about}</p></div>'
        for value, (label, style, about) in DECISIONS.items()
    )
    return f"<form method=post>{_wallet_choice(source)}<div class=actions>{buttons}</div></form>"


def _wallet_choice(source: Source) -> str:
    names = wallet_options(source)
    if not names:
        return ""
    options = "".join(f"<option>{html.escape(name)}</option>" for name in names)
    return (
        "<div><label for=option>How to pay</label><select id=option name=option>"
        f'<option value="">{html.escape(source.method.name)}</option>{options}</select></div>'
    )


def _decided(source: Source, about: str) -> str:
    address = html.escape(source.redirect["returnUrl"])
    return (
        f"<p>This payment is decided: its source is <strong>{source.state}</strong>.</p>{about}"
        f'<div class=actions><a class="button main" href="{address}">Back to the storefront</a></div>'
    )


async def decide_redirect(request: Request) -> Response:
    """`POST /payments/redirects/{page}`: a button of the page was clicked. Only the first decision has an effect."""
    world, source = world_of(request), _redirected_source(request)
    world.returned[source.session_id or ""] = source
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
    if source is None or not world.keys.is_public(request.query_params.get("apiKey")):
        raise payment_not_found("not_found", "id", "This payment is not known.")
    return source


# The bank's challenge page.


def new_challenge(request: Request, source: Source, session_id: str, return_url: str | None) -> str:
    """Create a challenge page of the bank, and return its URL."""
    page_id = str(uuid4())
    world_of(request).challenges[page_id] = Challenge(source, session_id, return_url)
    return f"{base_of(request)}/payments/challenges/{page_id}"


async def show_challenge(request: Request) -> Response:
    """`GET /payments/challenges/{page}`."""
    challenge = _challenge(request)
    source = challenge.source
    texts = challenge_texts(request.query_params.get("locale"))
    rows = {texts.payee: SHOP}
    amount = source.formatted_amount(texts.language)
    if amount is not None:
        rows[texts.amount] = amount
    if "lastFourDigits" in source.details:
        rows[texts.card] = f"{source.details['brand']} •••• {source.details['lastFourDigits']}"
    form = (
        f"<form method=post><label for=password>{texts.password}</label>"
        "<input id=password type=password name=password autocomplete=off autocapitalize=none aria-describedby=hint>"
        f'<p class="soft small hint" id=hint>{texts.hint}</p>'
        f'<div class=actions><button class=main name=decision value="">{texts.confirm}</button>'
        f"<button name=decision value=cancel>{texts.cancel}</button></div></form>"
    )
    return page(
        texts.title,
        f"<header class=notice><strong>Sandbox.</strong> {texts.notice}</header><main><div class=panel>"
        f"<header>{MARK}<h1>{texts.heading}</h1></header><p>{texts.question}</p>{facts(rows)}{form}</div>"
        f"<p class=under>{texts.under}</p></main>",
        language=texts.language,
        form_targets=[form_target(challenge.return_url)],
    )


async def answer_challenge(request: Request) -> Response:
    """`POST /payments/challenges/{page}`: checks the password. A cancelled challenge can be answered again."""
    challenge = _challenge(request)
    world_of(request).returned[challenge.session_id] = challenge.source
    form = await form_of(request)
    has_passed = form.get("password") in PASSWORDS
    is_cancelled = form.get("decision") == "cancel"
    if not is_cancelled:
        _settle(challenge, has_passed=has_passed)
    if "frame" in request.query_params:
        return RedirectResponse(f"{base_of(request)}{ANSWERED_IN_FRAME}", 303)
    if challenge.return_url:
        return RedirectResponse(challenge.return_url, 303)
    title = "Cancelled" if is_cancelled else "Confirmed" if has_passed else "Not confirmed"
    return message_page(title, "<p>Go back to the page that sent you here.</p>", notice=BANK_NOTICE)


def _settle(challenge: Challenge, *, has_passed: bool) -> None:
    source = challenge.source
    (source.authenticated_for if has_passed else source.failed_for).add(challenge.session_id)
    if source.state == "requires_action":
        source.become("chargeable" if has_passed else "failed")


def _challenge(request: Request) -> Challenge:
    challenge = world_of(request).challenges.get(request.path_params["page"].lower())
    if challenge is None:
        raise payment_not_found("not_found", "id", "This challenge is not known.")
    return challenge


def _amount(source: Source) -> dict[str, str]:
    """Row with the amount of the source; empty for a source that was created only to be saved."""
    amount = source.formatted_amount()
    return {"Amount": amount} if amount is not None else {}
