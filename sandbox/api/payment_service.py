"""What the calls of the payment service share: the keys, the JSON body, the locale, and the cart of a session."""

import re
from collections.abc import Mapping

from starlette.requests import Request

from sandbox.api.requests import basic_credentials_of, bearer_of, world_of
from sandbox.model.cart import Cart
from sandbox.model.world import World
from sandbox.wire.body import Body, decode_object
from sandbox.wire.refusal import Refusal, bad_parameter, missing_parameter, payment_not_found

LOCALE = re.compile(r"([a-z]{2})([-_][a-z]{2})?", re.IGNORECASE)
"""Pattern of the locales of DigitalRiver.js, such as `en`, `en-us` and `de_DE`."""


def check_public_key(request: Request) -> None:
    """Raise a 401 if the request has no public key. DigitalRiver.js sends a legacy key with Basic authentication."""
    sent = bearer_of(request) or (basic_credentials_of(request) or "").removesuffix(":")
    if not world_of(request).keys.is_public(sent):
        raise _unauthorized("The public key is missing or wrong.")


def check_confidential_key(request: Request) -> None:
    if bearer_of(request) != world_of(request).keys.payment_key:
        raise _unauthorized("The confidential key is missing or wrong.")


def _unauthorized(description: str) -> Refusal:
    return Refusal(401, "unauthorized", description, envelope="C")


async def payment_body(request: Request) -> Body:
    fields = decode_object(await request.body())
    if fields is None:
        raise bad_parameter("invalid_format", "body", "The body must be a JSON object.")
    return Body(fields, malformed_field)


def malformed_field(name: str) -> Refusal:
    return bad_parameter("invalid_format", name, f"{name} is malformed.")


def required(sent: Body, name: str) -> str:
    value = sent.string(name)
    if value is None:
        raise missing_parameter(name)
    return value


def language_of(request: Request) -> str:
    """Language of the query parameter `locale`; English without it. Raises a 400 for a malformed locale."""
    locale = request.query_params.get("locale") or "en"
    match = LOCALE.fullmatch(locale)
    if match is None:
        raise bad_parameter("invalid_parameter", "locale", f"'{locale}' is not a valid locale.")
    return match[1].lower()


def read_code(fields: Mapping[str, str], name: str, length: int) -> str | None:
    """Currency or country in the fields, in upper case; None without it."""
    value = fields.get(name)
    if not value:
        return None
    if len(value) != length or not (value.isascii() and value.isalpha()):
        raise bad_parameter("invalid_parameter", name, f"'{value}' is not a valid {name}.")
    return value.upper()


def cart_of_session(world: World, session_id: str) -> Cart:
    cart = world.cart_of_session(session_id)
    if cart is None:
        raise payment_not_found("not_found", "sessionId", "The payment session could not be found.")
    return cart
