"""`/oauth20`: tokens for guests and for registered shoppers, their renewal, and what a token stands for."""

import base64
import binascii
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.api.requests import bearer_of, form_of, world_of
from sandbox.model.shopper import Account
from sandbox.model.world import Shopper, Token, World
from sandbox.wire.money import Json
from sandbox.wire.refusal import Refusal

ANONYMOUS = (None, "", "anonymous")


async def give(request: Request) -> Response:
    """`POST /oauth20/token`. Parameters are read from the form, and from the query."""
    world = world_of(request)
    given = dict(request.query_params) | await form_of(request)
    client = _client(request, world, given)
    refresh, visit = "", world.new_visit()
    match given.get("grant_type"):
        case "password" if given.get("username") in ANONYMOUS:
            shopper = world.new_shopper()
            refresh = world.give_refresh_token(shopper, visit)
        case "password":
            account = _by_password(world, given)
            shopper = _signed_in(world, account, client.guest or _limited(world, given))
            refresh = world.give_refresh_token(shopper, visit)
        case "client_credentials" if client.is_confidential and "dr_external_reference_id" in given:
            account = _by_reference(world, given["dr_external_reference_id"])
            shopper = _signed_in(world, account, _limited(world, given))
        case "client_credentials" if client.is_confidential:
            shopper = world.new_shopper()
        case "refresh_token":
            refresh = given.get("refresh_token", "")
            known = world.refresh_tokens.get(refresh)
            if known is None or known.expires_at <= world.now():
                raise _refusal(401, "invalid_token", "The refresh token is unknown or expired.")
            shopper, visit = known.shopper, known.visit
            del world.refresh_tokens[refresh]
            refresh = world.give_refresh_token(shopper, visit)
        case _:
            raise _refusal(400, "invalid_request", "This grant is not possible for this client.")
    access = world.give_token(shopper, visit)
    body: Json = {"access_token": access, "token_type": "bearer", "expires_in": _left_s(world, world.tokens[access])}
    return JSONResponse(body | ({"refresh_token": refresh} if refresh else {}), headers={"Cache-Control": "no-store"})


def _by_password(world: World, given: dict[str, str]) -> Account:
    """The password is taken as it is and in base64: clients send either. A wrong one is told like an unknown user."""
    username, password = given.get("username", ""), given.get("password", "")
    account = next((one for one in world.accounts if one.username.lower() == username.lower()), None)
    if account is None or account.password is None or account.password not in (password, plain(password)):
        raise _refusal(401, "invalid_request", "The user name or the password is wrong.")
    return account


def plain(password: str) -> str | None:
    """What a base64 text stands for; None where it is none."""
    try:
        return base64.b64decode(password, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None


def _by_reference(world: World, reference: str) -> Account:
    account = next((one for one in world.accounts if one.external_reference == reference), None)
    if account is None:
        raise _refusal(401, "invalid_request", "There is no shopper with this external reference id.")
    return account


def _limited(world: World, given: dict[str, str]) -> Shopper | None:
    """The guest whose token is shown beside the credentials."""
    text = given.get("dr_limited_token")
    if not text:
        return None
    token = world.tokens.get(text)
    if token is None or token.expires_at <= world.now() or token.shopper.account is not None:
        raise _refusal(400, "dr_limited_token_invalid", "The limited token is invalid or has expired.")
    return token.shopper


def _signed_in(world: World, account: Account, guest: Shopper | None) -> Shopper:
    if guest is not None:
        world.take_along(guest, account)
    return account.shopper


async def show(request: Request) -> Response:
    """`GET /oauth20/access-tokens`."""
    world, access = world_of(request), _known(request)
    return JSONResponse(_wire(request, world, world.tokens[access]))


async def revoke(request: Request) -> Response:
    """`DELETE /oauth20/access-tokens`: the session is over, with every token of it."""
    world, access = world_of(request), _known(request)
    token = world.tokens[access]
    world.end_visit(token.visit)
    return JSONResponse(_wire(request, world, token))


@dataclass(frozen=True)
class Client:
    """Who asks for a token. `guest`: a guest's own token stands in the place of the key."""

    is_confidential: bool = False
    guest: Shopper | None = None


def _client(request: Request, world: World, given: dict[str, str]) -> Client:
    """Raises for a key and secret that do not belong together."""
    keys = world.keys
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            key, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            key = secret = ""
        if (key, secret) == (keys.confidential_key, keys.confidential_secret):
            return Client(is_confidential=True)
        if (key, secret) == (keys.public_key, ""):
            return Client()
    elif scheme.lower() == "bearer":
        token = world.tokens.get(encoded)
        if token is not None and token.expires_at > world.now() and token.shopper.account is None:
            return Client(guest=token.shopper)
    elif given.get("client_id") == keys.public_key:
        return Client()
    raise _refusal(401, "invalid_client", "The client credentials are invalid.")


def _known(request: Request) -> str:
    world = world_of(request)
    access = bearer_of(request) or request.query_params.get("token")
    if not access:
        raise _refusal(401, "invalid_request", "A token is missing.")
    if access not in world.tokens or world.tokens[access].expires_at <= world.now():
        raise _refusal(401, "invalid_token", "The token is unknown or expired.")
    return access


def _wire(request: Request, world: World, token: Token) -> Json:
    shopper = token.shopper
    return {
        "sessionId": f"s{shopper.id}",
        "userId": shopper.id,
        "externalReferenceId": shopper.account.external_reference if shopper.account else None,
        "authenticated": "true" if shopper.account else "false",
        "locale": shopper.locale,
        "currency": shopper.currency,
        "cartId": str(shopper.cart.id) if shopper.cart else None,
        "clientIpAddress": shopper.ip_address,
        "domain": request.url.hostname,
        "expiresIn": _left_s(world, token),
        "createdOn": token.created_at.isoformat(),
        "lastAccessed": world.now().isoformat(),
        "themeId": None,
        "sessionTag": None,
    }


def _left_s(world: World, token: Token) -> int:
    return int((token.expires_at - world.now()).total_seconds())


def _refusal(status: int, code: str, text: str) -> Refusal:
    return Refusal(status, code, text, envelope="D")
