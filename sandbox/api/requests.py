"""What the handlers read from a request, and what they answer with."""

import ipaddress
import re
from collections.abc import Callable, Sequence
from math import ceil
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlencode

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.demo_shop import card_numbers
from sandbox.model.shopper import Account
from sandbox.model.world import Shopper, World
from sandbox.wire.expand import Expand, only
from sandbox.wire.money import PAIRS, Json
from sandbox.wire.refusal import Refusal

T = TypeVar("T")

LONGEST_PAGE = 100_000

DIGITS = re.compile(r"[0-9]{1,9}")
"""What upstream counts; more digits than these are a mistake."""
UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
"""Ids of sources, of which some would pass for the number of a card."""
MAYBE_A_CARD = re.compile(r"(?<!\d)(?:\d[ -]?){12,18}\d(?!\d)")


def world_of(request: Request) -> World:
    world = request.app.state.world
    assert isinstance(world, World)  # noqa: S101 - put there when the application was made
    return world


def base_of(request: Request) -> str:
    """Where the caller reached us; every `uri` begins with it."""
    return str(request.base_url).rstrip("/")


def shopper_of(request: Request) -> Shopper:
    """Whose token this is. Raises a 401 of envelope A."""
    token = bearer_of(request) or request.query_params.get("token")
    if not token:
        raise Refusal(401, "invalid_request", "An access token is missing.")
    world = world_of(request)
    known = world.tokens.get(token)
    if known is None:
        raise Refusal(401, "invalid_token", "Invalid token for specified shopper")
    if known.expires_at <= world.now():
        raise Refusal(401, "invalid_token", "Session expired")
    return known.shopper


def reader_of(request: Request) -> Shopper:
    """For what is public: the shopper of the token, or anybody with the public key."""
    if request.query_params.get("apiKey") == world_of(request).keys.public_key:
        return Shopper("anybody")
    return shopper_of(request)


def member_of(request: Request) -> Account:
    """Whose account this is. A guest's token is none for it."""
    account = shopper_of(request).account
    if account is None:
        raise Refusal(401, "invalid_token", "Invalid token for specified shopper")
    return account


def bearer_of(request: Request) -> str | None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


class Body(dict[str, Any]):
    """An object that a caller sent. Its members are what they are asked for as, or the request is refused."""

    def __init__(self, members: Json, refusal: Callable[[str], Refusal]) -> None:
        super().__init__(members)
        self._refusal = refusal

    def object(self, name: str) -> "Body":
        """Empty where it is absent, null or "": `{"cart": ""}` is documented."""
        value = self.get(name)
        if value in (None, ""):
            value = {}
        if not isinstance(value, dict):
            raise self._refusal(name)
        return Body(value, self._refusal)

    def objects(self, name: str) -> list["Body"]:
        """A list of objects; upstream takes one element without a list."""
        value = self.get(name)
        listed = value if isinstance(value, list) else [] if value in (None, "") else [value]
        if not all(isinstance(one, dict) for one in listed):
            raise self._refusal(name)
        return [Body(one, self._refusal) for one in listed]

    def text(self, name: str) -> str | None:
        """A string, or what is written as one: numbers and booleans. None where it is absent, null or ""."""
        value = self.get(name)
        if isinstance(value, dict | list):
            raise self._refusal(name)
        return None if value in (None, "") else str(value)


async def body_of(request: Request, relation: str) -> Body:
    """A JSON object; empty for no body. Refuses what looks like the number of a card."""

    def refusal(name: str) -> Refusal:
        return Refusal(400, "invalid-request", f"The member {name} is malformed.", relation=relation)

    raw = await request.body()
    body = decoded(raw) if raw.strip() else {}
    if body is None:
        text = "The request was invalid and could not be parsed by the system."
        raise Refusal(400, "invalid-request", text, relation=relation)
    if any(_holds_card(text) for text in _texts(body)):
        text = "The request contains sensitive data that is not accepted."
        raise Refusal(400, "invalid-request", text, relation=relation, subcode="sensitive-data-detected")
    return Body(body, refusal)


def decoded(raw: bytes) -> Json | None:
    """The JSON object in these bytes, if they are one."""
    try:
        body = msgspec.json.decode(raw)
    except (msgspec.DecodeError, RecursionError):
        return None
    return body if isinstance(body, dict) else None


async def form_of(request: Request) -> dict[str, str]:
    """A URL-encoded form; a field that comes twice counts as it came last."""
    return dict(parse_qsl((await request.body()).decode(errors="replace"), keep_blank_values=True))


def _texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for one in value.values() for text in _texts(one)]
    if isinstance(value, list):
        return [text for one in value for text in _texts(one)]
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return [str(value)] if is_number or isinstance(value, str) else []


def _holds_card(text: str) -> bool:
    if UUID.fullmatch(text):
        return False
    found = (re.sub(r"[ -]", "", match.group()) for match in MAYBE_A_CARD.finditer(text))
    return any(card_numbers.brand(number) is not None and card_numbers.is_card_number(number) for number in found)


def expand_of(request: Request, wrapper: str) -> Expand:
    """Relative to what is in the wrapper; the wrapper's name may be written before a path."""
    expand = Expand.parse(request.query_params.get("expand"))
    return Expand(
        tuple(path[1:] if path[0] == wrapper and len(path) > 1 else path for path in expand.paths), expand.all
    )


def locale_of(request: Request, shopper: Shopper) -> tuple[str, str]:
    """Locale and currency of a catalogue answer."""
    locale = request.query_params.get("locale", shopper.locale)
    if locale not in PAIRS:
        raise Refusal(409, "invalid-locale", f"The locale {locale} is not supported.", relation="SiteResource")
    is_other = locale != shopper.locale
    currency = request.query_params.get("currency", PAIRS[locale] if is_other else shopper.currency)
    if currency not in PAIRS.values():
        text = f"The currency {currency} is not supported."
        raise Refusal(409, "valid-currency-code", text, relation="SiteResource")
    return locale, currency


def whole_number(text: str | int | None, name: str, relation: str) -> int:
    if not DIGITS.fullmatch(str(text)):
        raise Refusal(400, "invalid-request", f"{name} must be a whole number.", relation=relation)
    return int(str(text))


def paged(request: Request, wrapper: str, name: str, rows: Sequence[T], wire_of: Callable[[T], Json]) -> Response:
    """One page of a list, with links to those beside it."""
    query = request.query_params
    relation = f"{wrapper[0].upper()}{wrapper[1:]}Resource"
    number = whole_number(query.get("pageNumber", "1"), "pageNumber", relation)
    size = whole_number(query.get("pageSize", "10"), "pageSize", relation)
    if number < 1 or not 0 < size < LONGEST_PAGE:
        text = "The page size must be greater than 0 and less than 100000, and page numbers begin at 1."
        raise Refusal(400, "invalid-request", text, relation=relation)
    uri = f"{base_of(request)}{request.url.path}"
    pages = ceil(len(rows) / size)
    wire: Json = {"uri": uri}
    for link, there in (("nextPage", number + 1), ("previousPage", number - 1)):
        if 1 <= there <= pages:
            others = {key: value for key, value in query.items() if key not in ("token", "apiKey", "pageNumber")}
            wire[link] = {"uri": f"{uri}?{urlencode(others | {'pageNumber': there})}"}
    wire[name] = [wire_of(row) for row in rows[(number - 1) * size : number * size]]
    return answer(request, {wrapper: wire | {"totalResults": len(rows), "totalResultPages": pages}})


def check_ip(address: str | None, relation: str) -> None:
    if address:
        try:
            ipaddress.ip_address(address)
        except ValueError:
            text = "Requested ip address is not valid"
            raise Refusal(409, "invalid-ip-address", text, relation=relation) from None


def answer(request: Request, body: Json, status: int = 200) -> Response:
    """A resource of the Commerce API, kept to `fields` and in the wire forms of the switches."""
    switches = world_of(request).switches
    shaped = only(body, request.query_params.get("fields"))
    if switches.single_as == "object":
        shaped = _single(shaped)
    if switches.numbers_as == "text":
        shaped = _text(shaped)
    return JSONResponse(shaped, status)


def nothing() -> Response:
    return Response(status_code=204)


def _single(value: Any) -> Any:
    """Lists of one element as that element, below the wrappers of collections."""
    if isinstance(value, dict):
        return {name: _single(one) for name, one in value.items()}
    if isinstance(value, list):
        return _single(value[0]) if len(value) == 1 else [_single(one) for one in value]
    return value


def _text(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _text(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_text(one) for one in value]
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return str(value) if is_number else value
