"""`/v1/shoppers`: registration, the shopper's profile and settings, and the site's locales."""

import re
from functools import partial

from starlette.requests import Request
from starlette.responses import Response

from sandbox.api.requests import (
    answer,
    base_of,
    body_of,
    check_ip_address,
    decode_base64,
    expand_of,
    no_content,
    reader_of,
    shopper_of,
    world_of,
)
from sandbox.model.shopper import Account, Shopper
from sandbox.wire.body import Body
from sandbox.wire.money import CURRENCY_BY_LOCALE
from sandbox.wire.refusal import Refusal
from sandbox.wire.values import Json

ME = "/v1/shoppers/me"

RELATION = "ShoppersResource"

LONGEST_FIELD = 255

PASSWORD_CLASSES = (r"[A-Z]", r"[a-z]", r"[0-9]", r"[!@#$%^*~:;&><\[\]{}|\-_+=?]")

_refused = partial(Refusal, relation=RELATION)


async def register(request: Request) -> Response:
    """`POST /v1/shoppers`: opens an account. The new shopper is not signed in."""
    reader_of(request)
    world = world_of(request)
    sent = await _sent_shopper(request)
    username, first_name, last_name, email = (
        _required(sent, name) for name in ("username", "firstName", "lastName", "emailAddress")
    )
    reference, password = sent.string("externalReferenceId"), _password(sent)
    if not password and not reference:
        raise _refused(400, "invalid-request", "A password or an external reference id is needed.")
    if password:
        _check_password(password)
    locale, currency = _locale_and_currency(sent.string("locale"), sent.string("currency"), Shopper("new"))
    is_taken = any(
        account.username.lower() == username.lower() or (reference and account.external_reference == reference)
        for account in world.accounts
    )
    if is_taken:
        raise _refused(409, "shopper-already-exists", "There is a shopper with this user name or reference.")
    account = world.open_account(username, password, reference, first_name, last_name, email)
    account.shopper.locale, account.shopper.currency = locale, currency
    account.accepts_marketing = sent.get("sendEMail") in (True, "true")
    response = answer(request, {"shopper": _wire(request, account.shopper)}, 201)
    response.headers["Location"] = f"{base_of(request)}{ME}"
    return response


async def site(request: Request) -> Response:
    """`GET /v1/shoppers/site`: locales and currencies of the site."""
    reader_of(request)
    expand = expand_of(request, "site")
    base = f"{base_of(request)}/v1/shoppers/site"
    full: Json = {
        "id": "riverdemo",
        "name": "Riverfront Demo Outfitters",
        "companyId": "riverdemo",
        "defaultLocale": next(iter(CURRENCY_BY_LOCALE)),
        "searchService": "solr",
        "settings": {"uri": f"{base}/settings"},
        "localeOptions": {
            "localeOption": [
                {
                    "locale": locale,
                    "primaryCurrency": currency,
                    "supportedCurrencies": {"currency": sorted(set(CURRENCY_BY_LOCALE.values()))},
                }
                for locale, currency in CURRENCY_BY_LOCALE.items()
            ]
        },
    }
    return answer(request, {"site": expand.select(full, full.keys() - {"localeOptions"})})


async def show(request: Request) -> Response:
    """`GET /v1/shoppers/me`. Without `expand`, the address book and the payment options are only links."""
    return answer(request, {"shopper": _wire(request, shopper_of(request))})


def _wire(request: Request, shopper: Shopper) -> Json:
    uri, account = f"{base_of(request)}{ME}", shopper.account
    wire: Json = {"uri": uri}
    wire |= account.wire() if account else GUEST
    wire |= {"locale": shopper.locale, "currency": shopper.currency}
    paths = {"addresses": "addresses", "paymentOptions": "payment-options", "orders": "orders", "account": "account"}
    wire |= {name: {"uri": f"{uri}/{path}"} for name, path in paths.items()}
    expand = expand_of(request, "shopper")
    if account is not None and expand.has("addresses"):
        wire["addresses"] = account.addresses_wire(base_of(request), expand.below("addresses"))
    if account is not None and expand.has("paymentOptions"):
        wire["paymentOptions"] = account.payment_options_wire(base_of(request), expand.below("paymentOptions"))
    return wire


GUEST: Json = {
    "id": "Anonymous",
    "username": None,
    "externalReferenceId": None,
    "firstName": None,
    "lastName": None,
    "emailAddress": None,
}
"""Profile of a guest."""


async def update(request: Request) -> Response:
    """`POST /v1/shoppers/me`: sets locale, currency and IP address, and the profile of a registered shopper."""
    world, shopper = world_of(request), shopper_of(request)
    sent = await _sent_shopper(request)
    query = request.query_params
    locale, currency = _locale_and_currency(
        query.get("locale") or sent.string("locale"), query.get("currency") or sent.string("currency"), shopper
    )
    check_ip_address(ip_address := query.get("ipAddress") or sent.string("ipAddress"), RELATION)
    cart = shopper.cart
    if cart is not None and cart.sources and currency != cart.currency:
        description = f"One or more sources in the cart does not support locale {locale} and currency {currency}."
        raise _refused(409, "invalid-request", description)
    if PROFILE_FIELDS & sent.keys():
        _update_profile(shopper.account, sent)
    if shopper.account is not None and query.get("applyEmailToSubscriptions") == "true":
        for subscription in world.subscriptions:
            if subscription.account is shopper.account:
                subscription.address = subscription.address | {"emailAddress": shopper.account.email}
    shopper.locale, shopper.currency = locale, currency
    shopper.ip_address = ip_address or shopper.ip_address
    if cart is not None:
        cart.locale, cart.currency = locale, currency
        world.refresh(cart)
    return no_content()


PROFILE_FIELDS = {"firstName", "lastName", "emailAddress", "password"}


def _update_profile(account: Account | None, sent: Body) -> None:
    if account is None:
        raise _refused(400, "invalid-request", "An anonymous shopper has no profile.")
    for name in PROFILE_FIELDS & sent.keys():
        if len(_required(sent, name)) > LONGEST_FIELD:
            raise _refused(409, "field-too-long", f"The field {name} is too long.")
    if password := _password(sent):
        _check_password(password)
        account.password = password
    account.first_name = sent.string("firstName") or account.first_name
    account.last_name = sent.string("lastName") or account.last_name
    account.email = sent.string("emailAddress") or account.email


def _required(sent: Body, name: str) -> str:
    value = sent.string(name)
    if value is None:
        raise _refused(400, "invalid-request", f"The field {name} is missing.")
    return value


def _password(sent: Body) -> str | None:
    """Password in the body, which may be in base64; None without a password."""
    password = sent.string("password")
    return (decode_base64(password) or password) if password else None


def _check_password(password: str) -> None:
    classes = sum(re.search(pattern, password) is not None for pattern in PASSWORD_CLASSES)
    if not 8 <= len(password) <= 32 or classes < 3:
        raise _refused(400, "password-failure", "A password has 8 to 32 characters of at least three kinds.")


def _locale_and_currency(locale: str | None, currency: str | None, shopper: Shopper) -> tuple[str, str]:
    """New locale and currency of the shopper. If only a locale is given, the currency is the primary currency of that
    locale.
    """
    chosen = locale or shopper.locale
    if chosen not in CURRENCY_BY_LOCALE:
        raise _refused(409, "invalid-locale", f"The locale {chosen} is not supported.")
    currency = currency or (CURRENCY_BY_LOCALE[chosen] if locale else shopper.currency)
    if currency not in CURRENCY_BY_LOCALE.values():
        raise _refused(409, "valid-currency-code", f"The currency {currency} is not supported.")
    return chosen, currency


async def _sent_shopper(request: Request) -> Body:
    return (await body_of(request, RELATION)).object("shopper")
