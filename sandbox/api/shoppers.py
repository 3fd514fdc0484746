"""`/v1/shoppers`: the shopper's own settings, and accounts."""

import re

from starlette.requests import Request
from starlette.responses import Response

from sandbox.api.requests import (
    Body,
    answer,
    base_of,
    body_of,
    check_ip,
    expand_of,
    nothing,
    reader_of,
    shopper_of,
    world_of,
)
from sandbox.api.tokens import plain
from sandbox.model.shopper import Account
from sandbox.model.world import Shopper
from sandbox.wire.money import PAIRS, Json
from sandbox.wire.refusal import Refusal

ME = "/v1/shoppers/me"

RELATION = "ShoppersResource"

LONGEST_FIELD = 255

PASSWORD_CLASSES = (r"[A-Z]", r"[a-z]", r"[0-9]", r"[!@#$%^*~:;&><\[\]{}|\-_+=?]")


async def register(request: Request) -> Response:
    """`POST /v1/shoppers`: opens an account, and signs nobody in."""
    reader_of(request)
    world = world_of(request)
    given = await _given(request)
    username, first_name, last_name, email = (
        _needed(given, name) for name in ("username", "firstName", "lastName", "emailAddress")
    )
    reference, password = given.text("externalReferenceId"), given.text("password")
    if not password and not reference:
        raise _no(400, "invalid-request", "A password or an external reference id is needed.")
    if password:
        _check_password(plain(password) or password)
    locale, currency = _market(given.text("locale"), given.text("currency"), Shopper("nobody"))
    taken = any(
        one.username.lower() == username.lower() or (reference and one.external_reference == reference)
        for one in world.accounts
    )
    if taken:
        raise _no(409, "shopper-already-exists", "There is a shopper with this user name or reference.")
    account = world.open_account(
        username,
        (plain(password) or password) if password else None,
        reference,
        first_name,
        last_name,
        email,
    )
    account.shopper.locale, account.shopper.currency = locale, currency
    account.accepts_marketing = given.get("sendEMail") in (True, "true")
    response = answer(request, {"shopper": _wire(request, account.shopper)}, 201)
    response.headers["Location"] = f"{base_of(request)}{ME}"
    return response


async def site(request: Request) -> Response:
    """`GET /v1/shoppers/site`: locales and currencies."""
    reader_of(request)
    expand = expand_of(request, "site")
    base = f"{base_of(request)}/v1/shoppers/site"
    full: Json = {
        "id": "riverdemo",
        "name": "Riverfront Demo Outfitters",
        "companyId": "riverdemo",
        "defaultLocale": next(iter(PAIRS)),
        "searchService": "solr",
        "settings": {"uri": f"{base}/settings"},
        "localeOptions": {
            "localeOption": [
                {
                    "locale": locale,
                    "primaryCurrency": currency,
                    "supportedCurrencies": {"currency": sorted(set(PAIRS.values()))},
                }
                for locale, currency in PAIRS.items()
            ]
        },
    }
    return answer(request, {"site": expand.chosen(full, full.keys() - {"localeOptions"})})


async def me(request: Request) -> Response:
    """`GET /v1/shoppers/me`. Address book and payment options are links until they are expanded."""
    return answer(request, {"shopper": _wire(request, shopper_of(request))})


def _wire(request: Request, shopper: Shopper) -> Json:
    uri, account = f"{base_of(request)}{ME}", shopper.account
    wire: Json = {"uri": uri}
    wire |= account.wire() if account else NOBODY
    wire |= {"locale": shopper.locale, "currency": shopper.currency}
    names = {"addresses": "addresses", "paymentOptions": "payment-options", "orders": "orders", "account": "account"}
    wire |= {name: {"uri": f"{uri}/{path}"} for name, path in names.items()}
    expand = expand_of(request, "shopper")
    if account is not None and expand.has("addresses"):
        wire["addresses"] = account.book_wire(base_of(request), expand.below("addresses"))
    if account is not None and expand.has("paymentOptions"):
        wire["paymentOptions"] = account.options_wire(base_of(request), expand.below("paymentOptions"))
    return wire


NOBODY: Json = {
    "id": "Anonymous",
    "username": None,
    "externalReferenceId": None,
    "firstName": None,
    "lastName": None,
    "emailAddress": None,
}


async def update_me(request: Request) -> Response:
    """`POST /v1/shoppers/me`: a guest may change locale, currency and IP address, a shopper the profile too."""
    world, shopper = world_of(request), shopper_of(request)
    given = await _given(request)
    query = request.query_params
    locale, currency = _market(
        query.get("locale") or given.text("locale"), query.get("currency") or given.text("currency"), shopper
    )
    check_ip(address := query.get("ipAddress") or given.text("ipAddress"), RELATION)
    cart = shopper.cart
    if cart is not None and cart.sources and currency != cart.currency:
        text = f"One or more sources in the cart does not support locale {locale} and currency {currency}."
        raise _no(409, "invalid-request", text)
    if PROFILE & given.keys():
        _update_profile(shopper.account, given)
    if shopper.account is not None and query.get("applyEmailToSubscriptions") == "true":
        world.tell_subscriptions(shopper.account)
    shopper.locale, shopper.currency = locale, currency
    shopper.ip_address = address or shopper.ip_address
    if cart is not None:
        cart.locale, cart.currency = locale, currency
        world.settle(cart)
    return nothing()


PROFILE = {"firstName", "lastName", "emailAddress", "password"}


def _update_profile(account: Account | None, given: Body) -> None:
    if account is None:
        raise _no(400, "invalid-request", "An anonymous shopper has no profile.")
    for name in PROFILE & given.keys():
        if len(_needed(given, name)) > LONGEST_FIELD:
            raise _no(409, "field-too-long", f"The field {name} is too long.")
    if password := given.text("password"):
        password = plain(password) or password
        _check_password(password)
        account.password = password
    account.first_name = given.text("firstName") or account.first_name
    account.last_name = given.text("lastName") or account.last_name
    account.email = given.text("emailAddress") or account.email


def _needed(given: Body, name: str) -> str:
    text = given.text(name)
    if text is None:
        raise _no(400, "invalid-request", f"The field {name} is missing.")
    return text


def _market(locale: str | None, currency: str | None, shopper: Shopper) -> tuple[str, str]:
    """A locale brings its currency, unless another one is asked for."""
    chosen = locale or shopper.locale
    if chosen not in PAIRS:
        raise _no(409, "invalid-locale", f"The locale {chosen} is not supported.")
    if (currency := currency or (PAIRS[chosen] if locale else shopper.currency)) not in PAIRS.values():
        raise _no(409, "valid-currency-code", f"The currency {currency} is not supported.")
    return chosen, currency


def _check_password(password: str) -> None:
    kinds = sum(re.search(kind, password) is not None for kind in PASSWORD_CLASSES)
    if not 8 <= len(password) <= 32 or kinds < 3:
        text = "A password has 8 to 32 characters of at least three kinds."
        raise _no(400, "password-failure", text)


async def _given(request: Request) -> Body:
    return (await body_of(request, RELATION)).object("shopper")


def _no(status: int, code: str, text: str, relation: str = RELATION) -> Refusal:
    return Refusal(status, code, text, relation=relation)
