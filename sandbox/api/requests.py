"""Functions that read requests and write answers, for the handlers of the API."""

import base64
import binascii
import ipaddress
import re
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from math import ceil
from typing import Any, Protocol, TypeVar
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.demo_shop import card_numbers
from sandbox.model.shopper import Account, Shopper
from sandbox.model.world import World
from sandbox.wire.body import Body, decode_object
from sandbox.wire.expand import Expand, select_fields
from sandbox.wire.money import CURRENCY_BY_LOCALE
from sandbox.wire.refusal import Refusal
from sandbox.wire.values import Json

LONGEST_PAGE = 100_000

WHOLE_NUMBER = re.compile(r"[0-9]{1,9}")
UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
"""Pattern of source ids. A matching string is not checked for card numbers, because a source id may look like one."""
MAYBE_A_CARD = re.compile(r"(?<!\d)(?:\d[ -]?){12,18}\d(?!\d)")


def world_of(request: Request) -> World:
    world = request.app.state.world
    assert isinstance(world, World)  # noqa: S101 - set when the application is created
    return world


def base_of(request: Request) -> str:
    """Base URL of the sandbox. Every address of the sandbox in an answer begins with this URL.

    By default, it is the URL with which the caller reached the sandbox.
    """
    return request.app.state.public_url or str(request.base_url).rstrip("/")


# Access tokens and keys.


def shopper_of(request: Request) -> Shopper:
    """Shopper of the access token. Raises a 401 if the token is missing, unknown or expired."""
    value = bearer_of(request) or request.query_params.get("token")
    if not value:
        raise Refusal(401, "invalid_request", "An access token is missing.")
    world = world_of(request)
    token = world.tokens.get(value)
    if token is None:
        raise Refusal(401, "invalid_token", "Invalid token for specified shopper")
    if token.expires_at <= world.now():
        raise Refusal(401, "invalid_token", "Session expired")
    return token.shopper


def reader_of(request: Request) -> Shopper:
    """Shopper who reads a public resource: the shopper of the token, or an anonymous shopper with the public key."""
    if world_of(request).keys.is_public(request.query_params.get("apiKey")):
        return Shopper("anybody")
    return shopper_of(request)


def account_of(request: Request) -> Account:
    """Account of the access token. Raises a 401 for a guest's token."""
    account = shopper_of(request).account
    if account is None:
        raise Refusal(401, "invalid_token", "Invalid token for specified shopper")
    return account


def bearer_of(request: Request) -> str | None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def basic_credentials_of(request: Request) -> str | None:
    """Credentials of Basic authentication as `key:secret`; "" if malformed; None without Basic authentication."""
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    return decode_base64(encoded) or ""


def decode_base64(encoded: str) -> str | None:
    """Decoded string; None if `encoded` is not base64."""
    try:
        return base64.b64decode(encoded, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None


# Bodies and parameters of requests.


async def body_of(request: Request, relation: str) -> Body:
    """JSON object in the body; empty without a body. Raises a 400 for malformed JSON and for a card number."""
    malformed = partial(Refusal, 400, "invalid-request", relation=relation)
    raw = await request.body()
    fields = decode_object(raw) if raw.strip() else {}
    if fields is None:
        raise malformed("The request was invalid and could not be parsed by the system.")
    if has_card_number(fields):
        description = "The request contains sensitive data that is not accepted."
        raise malformed(description, subcode="sensitive-data-detected")
    return Body(fields, lambda name: malformed(f"The field {name} is malformed."))


async def form_of(request: Request) -> dict[str, str]:
    """Fields of a URL-encoded form. If a field is repeated, its last value is used."""
    return dict(parse_qsl((await request.body()).decode(errors="replace"), keep_blank_values=True))


def _leaves(value: Any) -> list[str]:
    """All strings and numbers in a JSON value, as strings."""
    if isinstance(value, dict):
        return [leaf for child in value.values() for leaf in _leaves(child)]
    if isinstance(value, list):
        return [leaf for child in value for leaf in _leaves(child)]
    return [str(value)] if _is_number(value) or isinstance(value, str) else []


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def has_card_number(value: Any) -> bool:
    """Whether a string or number in the JSON value looks like a card number."""
    return any(_has_card_number(leaf) for leaf in _leaves(value))


def _has_card_number(value: str) -> bool:
    if UUID.fullmatch(value):
        return False
    numbers = (re.sub(r"[ -]", "", match.group()) for match in MAYBE_A_CARD.finditer(value))
    return any(card_numbers.brand(number) is not None and card_numbers.is_valid(number) for number in numbers)


def expand_of(request: Request, wrapper: str) -> Expand:
    """Paths in the query parameter `expand`. If a path begins with `wrapper`, which names the resource, this part is
    removed.
    """
    expand = Expand.parse(request.query_params.get("expand"))
    return Expand(
        tuple(path[1:] if path[0] == wrapper and len(path) > 1 else path for path in expand.paths), expand.all
    )


def locale_and_currency_of(request: Request, shopper: Shopper) -> tuple[str, str]:
    """Locale and currency in the query; by default, the locale and currency of the shopper."""
    locale = request.query_params.get("locale", shopper.locale)
    if locale not in CURRENCY_BY_LOCALE:
        raise Refusal(409, "invalid-locale", f"The locale {locale} is not supported.", relation="SiteResource")
    default = shopper.currency if locale == shopper.locale else CURRENCY_BY_LOCALE[locale]
    currency = request.query_params.get("currency", default)
    if currency not in CURRENCY_BY_LOCALE.values():
        description = f"The currency {currency} is not supported."
        raise Refusal(409, "valid-currency-code", description, relation="SiteResource")
    return locale, currency


def whole_number(value: str, name: str, relation: str) -> int:
    if not WHOLE_NUMBER.fullmatch(value):
        raise Refusal(400, "invalid-request", f"{name} must be a whole number.", relation=relation)
    return int(value)


def check_ip_address(address: str | None, relation: str) -> None:
    if address:
        try:
            ipaddress.ip_address(address)
        except ValueError:
            description = "Requested ip address is not valid"
            raise Refusal(409, "invalid-ip-address", description, relation=relation) from None


class Identified(Protocol):
    @property
    def id(self) -> int | str: ...


Entry = TypeVar("Entry", bound=Identified)


def find(entries: Iterable[Entry], entry_id: str, noun: str, relation: str) -> Entry:
    """Entry with this id. Raises a 404 for an unknown id; `noun` names the entry in the error message."""
    entry = next((entry for entry in entries if str(entry.id) == entry_id), None)
    if entry is None:
        description = f"The {noun} {entry_id} could not be found."
        raise Refusal(404, "resource-not-found", description, relation=relation)
    return entry


# Answers to requests.

Row = TypeVar("Row")


def paged(request: Request, wrapper: str, name: str, rows: Sequence[Row], wire_of: Callable[[Row], Json]) -> Response:
    """Answer with one page of a list, and with links to the next and previous pages."""
    query = request.query_params
    relation = f"{wrapper[0].upper()}{wrapper[1:]}Resource"
    page = whole_number(query.get("pageNumber", "1"), "pageNumber", relation)
    size = whole_number(query.get("pageSize", "10"), "pageSize", relation)
    if page < 1 or not 0 < size < LONGEST_PAGE:
        description = "The page size must be greater than 0 and less than 100000, and page numbers begin at 1."
        raise Refusal(400, "invalid-request", description, relation=relation)
    uri = f"{base_of(request)}{request.url.path}"
    pages = ceil(len(rows) / size)
    wire: Json = {"uri": uri}
    for link, target in (("nextPage", page + 1), ("previousPage", page - 1)):
        if 1 <= target <= pages:
            others = {key: value for key, value in query.items() if key not in ("token", "apiKey", "pageNumber")}
            wire[link] = {"uri": f"{uri}?{urlencode(others | {'pageNumber': target})}"}
    wire[name] = [wire_of(row) for row in rows[(page - 1) * size : page * size]]
    return answer(request, {wrapper: wire | {"totalResults": len(rows), "totalResultPages": pages}})


def answer(request: Request, wire: Json, status: int = 200) -> Response:
    """Answer with a resource as JSON. `fields` in the query selects fields, and sandbox switches may change the JSON
    format.
    """
    switches = world_of(request).switches
    shaped = select_fields(wire, request.query_params.get("fields"))
    if switches.single_as == "object":
        shaped = _with_bare_singles(shaped)
    if switches.numbers_as == "text":
        shaped = _with_strings_for_numbers(shaped)
    return JSONResponse(shaped, status)


def no_content() -> Response:
    return Response(status_code=204)


def _with_bare_singles(value: Any) -> Any:
    """The JSON value with each list of one element replaced by the element."""
    if isinstance(value, dict):
        return {name: _with_bare_singles(child) for name, child in value.items()}
    if isinstance(value, list):
        return _with_bare_singles(value[0]) if len(value) == 1 else [_with_bare_singles(child) for child in value]
    return value


def _with_strings_for_numbers(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _with_strings_for_numbers(child) for name, child in value.items()}
    if isinstance(value, list):
        return [_with_strings_for_numbers(child) for child in value]
    return str(value) if _is_number(value) else value
