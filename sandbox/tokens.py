"""`/oauth20`: tokens for guests, their renewal, and what a token stands for."""

import base64
import binascii

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.errors import Refusal
from sandbox.money import Json
from sandbox.requests import bearer_of, form_of, world_of
from sandbox.world import Token, World

ANONYMOUS = (None, "", "anonymous")


async def give(request: Request) -> Response:
    """`POST /oauth20/token`. Parameters are read from the form, and from the query."""
    world = world_of(request)
    given = dict(request.query_params) | await form_of(request)
    is_confidential = _check_client(request, world, given)
    match given.get("grant_type"):
        case "password" if given.get("username") in ANONYMOUS:
            shopper = world.new_shopper()
            refresh = world.give_refresh_token(shopper)
        case "client_credentials" if is_confidential and "dr_external_reference_id" not in given:
            shopper, refresh = world.new_shopper(), ""
        case "refresh_token":
            refresh = given.get("refresh_token", "")
            known = world.refresh_tokens.get(refresh)
            if known is None or known.expires_at <= world.now():
                raise _refusal(401, "invalid_token", "The refresh token is unknown or expired.")
            shopper = known.shopper
            del world.refresh_tokens[refresh]
            refresh = world.give_refresh_token(shopper)
        case _:
            text = "This grant is not possible here. The sandbox knows guests only."
            raise _refusal(400, "invalid_request", text)
    access = world.give_token(shopper)
    body: Json = {"access_token": access, "token_type": "bearer", "expires_in": _left_s(world, world.tokens[access])}
    return JSONResponse(body | ({"refresh_token": refresh} if refresh else {}), headers={"Cache-Control": "no-store"})


async def show(request: Request) -> Response:
    """`GET /oauth20/access-tokens`."""
    world, access = world_of(request), _known(request)
    return JSONResponse(_wire(request, world, world.tokens[access]))


async def revoke(request: Request) -> Response:
    """`DELETE /oauth20/access-tokens`: the session is over, with every token of it."""
    world, access = world_of(request), _known(request)
    token = world.tokens[access]
    for tokens in (world.tokens, world.refresh_tokens):
        for text in [text for text, one in tokens.items() if one.shopper is token.shopper]:
            del tokens[text]
    return JSONResponse(_wire(request, world, token))


def _check_client(request: Request, world: World, given: dict[str, str]) -> bool:
    """Whether the confidential key and its secret were shown. Raises for a wrong pair."""
    keys = world.keys
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            key, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            key = secret = ""
        if (key, secret) == (keys.confidential_key, keys.confidential_secret):
            return True
        if (key, secret) == (keys.public_key, ""):
            return False
    elif given.get("client_id") == keys.public_key:
        return False
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
        "externalReferenceId": None,
        "authenticated": "false",
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
