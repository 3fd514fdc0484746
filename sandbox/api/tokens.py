"""`/oauth20`: issues, renews and revokes the tokens of guests and registered shoppers."""

from dataclasses import dataclass
from functools import partial

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.api.requests import basic_credentials_of, bearer_of, decode_base64, form_of, world_of
from sandbox.model.shopper import Account, Shopper
from sandbox.model.world import Token, World
from sandbox.wire.refusal import Refusal
from sandbox.wire.values import Json, boolean

ANONYMOUS = (None, "", "anonymous")

_refused = partial(Refusal, envelope="D")


async def issue(request: Request) -> Response:
    """`POST /oauth20/token`: issues tokens. The parameters are in the request body or in the query string."""
    world = world_of(request)
    form = dict(request.query_params) | await form_of(request)
    client = _client(request, world, form)
    refresh_token, session = "", world.new_session()
    match form.get("grant_type"):
        case "password" if form.get("username") in ANONYMOUS:
            shopper = world.new_shopper()
            refresh_token = world.give_refresh_token(shopper, session)
        case "password":
            account = _account_by_password(world, form)
            shopper = _sign_in(world, account, client.guest or _guest_of_limited_token(world, form))
            refresh_token = world.give_refresh_token(shopper, session)
        case "client_credentials" if client.is_confidential and "dr_external_reference_id" in form:
            account = _account_by_reference(world, form["dr_external_reference_id"])
            shopper = _sign_in(world, account, _guest_of_limited_token(world, form))
        case "client_credentials" if client.is_confidential:
            shopper = world.new_shopper()
        case "refresh_token":
            used = _use_refresh_token(world, form.get("refresh_token", ""))
            shopper, session = used.shopper, used.session
            refresh_token = world.give_refresh_token(shopper, session)
        case _:
            raise _refused(400, "invalid_request", "This grant is not possible for this client.")
    access = world.give_token(shopper, session)
    wire: Json = {"access_token": access, "token_type": "bearer", "expires_in": _left_s(world, world.tokens[access])}
    wire |= {"refresh_token": refresh_token} if refresh_token else {}
    return JSONResponse(wire, headers={"Cache-Control": "no-store"})


def _use_refresh_token(world: World, refresh_token: str) -> Token:
    """Mark a refresh token as used, and return the token. Raises a 401 for an unknown, used or expired token."""
    token = world.refresh_tokens.get(refresh_token)
    if token is None or token.expires_at <= world.now():
        raise _refused(401, "invalid_token", "The refresh token is unknown or expired.")
    return world.refresh_tokens.pop(refresh_token)


def _account_by_password(world: World, form: dict[str, str]) -> Account:
    """Account with the user name and password in the form. The error 401 does not reveal which of them is wrong."""
    username, password = form.get("username", ""), form.get("password", "")
    account = next((account for account in world.accounts if account.username.lower() == username.lower()), None)
    if account is None or account.password is None or account.password not in (password, decode_base64(password)):
        raise _refused(401, "invalid_request", "The user name or the password is wrong.")
    return account


def _account_by_reference(world: World, reference: str) -> Account:
    account = next((account for account in world.accounts if account.external_reference == reference), None)
    if account is None:
        raise _refused(401, "invalid_request", "There is no shopper with this external reference id.")
    return account


def _guest_of_limited_token(world: World, form: dict[str, str]) -> Shopper | None:
    """Guest whose token is in `dr_limited_token`; None without this parameter. Raises a 400 for an invalid token."""
    limited_token = form.get("dr_limited_token")
    if not limited_token:
        return None
    guest = _valid_guest(world, limited_token)
    if guest is None:
        raise _refused(400, "dr_limited_token_invalid", "The limited token is invalid or has expired.")
    return guest


def _valid_guest(world: World, access: str) -> Shopper | None:
    token = world.tokens.get(access)
    if token is None or token.expires_at <= world.now() or token.shopper.is_registered:
        return None
    return token.shopper


def _sign_in(world: World, account: Account, guest: Shopper | None) -> Shopper:
    if guest is not None:
        world.sign_in_guest(guest, account)
    return account.shopper


async def show(request: Request) -> Response:
    """`GET /oauth20/access-tokens`: shows the properties of an access token."""
    return JSONResponse(_wire(request, _token(request)))


async def revoke(request: Request) -> Response:
    """`DELETE /oauth20/access-tokens`: revokes all tokens of the sign-in that issued the given token."""
    token = _token(request)
    world_of(request).revoke_tokens(lambda other: other.session == token.session)
    return JSONResponse(_wire(request, token))


@dataclass(frozen=True)
class Client:
    """The OAuth client that requests a token."""

    is_confidential: bool = False
    guest: Shopper | None = None
    """Guest whose access token the client sent instead of an API key; None if the client sent an API key."""


def _client(request: Request, world: World, form: dict[str, str]) -> Client:
    """OAuth client whose credentials are in the request. Raises a 401 for wrong credentials."""
    keys = world.keys
    credentials, bearer = basic_credentials_of(request), bearer_of(request)
    if credentials is not None:
        if credentials == f"{keys.confidential_key}:{keys.confidential_secret}":
            return Client(is_confidential=True)
        if keys.is_public(credentials.removesuffix(":")):
            return Client()
    elif bearer is not None:
        guest = _valid_guest(world, bearer)
        if guest is not None:
            return Client(guest=guest)
    elif keys.is_public(form.get("client_id")):
        return Client()
    raise _refused(401, "invalid_client", "The client credentials are invalid.")


def _token(request: Request) -> Token:
    world = world_of(request)
    access = bearer_of(request) or request.query_params.get("token")
    if not access:
        raise _refused(401, "invalid_request", "A token is missing.")
    token = world.tokens.get(access)
    if token is None or token.expires_at <= world.now():
        raise _refused(401, "invalid_token", "The token is unknown or expired.")
    return token


def _wire(request: Request, token: Token) -> Json:
    world, shopper = world_of(request), token.shopper
    return {
        "sessionId": f"s{shopper.id}",
        "userId": shopper.id,
        "externalReferenceId": shopper.account.external_reference if shopper.account else None,
        "authenticated": boolean(shopper.is_registered),
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
