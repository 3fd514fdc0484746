"""Sign-in with a merchant assertion: a signed, short-lived token that can be used once."""

import base64
import io
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey, RSAKey

from sandbox.model.world import World
from tests.support.recorded_log import lines_with
from tests.support.shop import PACK, Clock, InMemoryTransport, Storefront, gateway, new_key, settings_for

ISSUER = "https://id.shop.example"
AUDIENCE = "https://graph.shop.example"

KEY = ECKey.generate_key("P-256", {"kid": "current"})
OLD_KEY = RSAKey.generate_key(2048, {"kid": "old"})
FOREIGN_KEY = ECKey.generate_key("P-256", {"kid": "current"})
KEYS = json.dumps(KeySet([KEY, OLD_KEY]).as_dict(private=False))

TRUSTED = {"assertion_issuer": ISSUER, "assertion_audience": AUDIENCE, "assertion_keys": KEYS}

SIGN_IN = """mutation($assertion: String!) { signIn(input: {credentials: {merchantAssertion: $assertion}}) {
  session { level shopper { externalReferenceId } } cartTransition { outcome quantityAfter }
  errors { __typename code path } } }"""

REFUSED = {
    "__typename": "CredentialError",
    "code": "SIGN_IN_FAILED",
    "path": ["input", "credentials", "merchantAssertion"],
}


@pytest.fixture
async def trusting(world: World, network: InMemoryTransport, clock: Clock) -> AsyncIterator[Storefront]:
    async with gateway(world, network, clock, **TRUSTED) as storefront:
        yield storefront


@pytest.fixture
def assertion(clock: Clock) -> Callable[..., str]:
    """A function that creates an assertion for Alex. A claim that is set to None is left out."""

    def make(key: Any = KEY, header: dict[str, Any] | None = None, algorithm: str = "ES256", **changes: Any) -> str:
        now = int(clock().timestamp())
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": "rf-cust-000042",
            "iat": now,
            "exp": now + 60,
            "jti": new_key(),
        } | changes
        headers = {"alg": algorithm, "kid": key.kid} | (header or {})
        present = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode(headers, present, key, algorithms=[algorithm])

    return make


async def sign_in(storefront: Storefront, assertion: str) -> dict[str, Any]:
    payload: dict[str, Any] = (await storefront.ask(SIGN_IN, assertion=assertion)).data["signIn"]
    return payload


async def test_assertion_signs_the_shopper_in_and_keeps_the_cart(
    trusting: Storefront, assertion: Callable[..., str]
) -> None:
    await trusting.add(PACK, 2)
    assert await sign_in(trusting, assertion()) == {
        "session": {"level": "REGISTERED", "shopper": {"externalReferenceId": "rf-cust-000042"}},
        "cartTransition": {"outcome": "KEPT", "quantityAfter": 2},
        "errors": [],
    }


async def test_assertion_signed_with_the_second_trusted_key_is_accepted(
    trusting: Storefront, assertion: Callable[..., str]
) -> None:
    assert (await sign_in(trusting, assertion(OLD_KEY, algorithm="RS256")))["errors"] == []


async def test_assertion_can_be_used_only_once(
    trusting: Storefront, assertion: Callable[..., str], world: World, clock: Clock
) -> None:
    used = assertion()
    assert (await sign_in(trusting, used))["errors"] == []
    world.calls.clear()
    thief = Storefront(trusting.http)
    assert (await sign_in(thief, used))["errors"] == [REFUSED]
    clock.move(45)
    assert (await sign_in(thief, used))["errors"] == [REFUSED]
    assert world.calls.count() == 0


WRONG: dict[str, dict[str, Any]] = {
    "another issuer": {"iss": "https://id.evil.example"},
    "another audience": {"aud": "https://other.example"},
    "no audience": {"aud": None},
    "no issuer": {"iss": None},
    "no subject": {"sub": None},
    "a blank subject": {"sub": " "},
    "a number as subject": {"sub": 42},
    "a subject that is too long": {"sub": "x" * 256},
    "no expiry": {"exp": None},
    "no time of issue": {"iat": None},
    "no id": {"jti": None},
    "a lifetime that is too long": {"exp": 4_000_000_000},
    "expired": {"iat": 1_700_000_000, "exp": 1_700_000_060},
    "not valid yet": {"nbf": 4_000_000_000},
    "a foreign key with our key id": {"key": FOREIGN_KEY},
    "a shared secret": {
        "key": OctKey.import_key("a-secret-that-both-sides-know-0123456789", {"kid": "current"}),
        "algorithm": "HS256",
    },
    "a key that the assertion brings": {"header": {"jwk": FOREIGN_KEY.as_dict(private=False)}, "key": FOREIGN_KEY},
    "an unknown key id": {"header": {"kid": "next"}},
}


@pytest.mark.parametrize("name", WRONG)
async def test_assertion_with_a_wrong_claim_or_key_is_rejected(
    trusting: Storefront, assertion: Callable[..., str], world: World, name: str
) -> None:
    payload = await sign_in(trusting, assertion(**WRONG[name]))
    assert payload["errors"] == [REFUSED]
    assert payload["session"] is None
    assert world.calls.count() == 0


FAILED_CHECKS = {
    "another issuer": "InvalidClaimError iss",
    "another audience": "InvalidClaimError aud",
    "no audience": "MissingClaimError aud",
    "a blank subject": "subject is no reference",
    "no id": "MissingClaimError jti",
    "a lifetime that is too long": "lives too long",
    "expired": "ExpiredTokenError exp",
    "a foreign key with our key id": "BadSignatureError",
    "a shared secret": "UnsupportedAlgorithmError",
}


@pytest.mark.parametrize("name", FAILED_CHECKS)
async def test_log_has_the_check_that_an_assertion_failed(
    trusting: Storefront, assertion: Callable[..., str], log: io.StringIO, name: str
) -> None:
    await sign_in(trusting, assertion(**WRONG[name]))
    (line,) = lines_with(log, event="merchant assertion refused")
    assert (line["reason"], line["level"]) == (FAILED_CHECKS[name], "warning")


async def test_log_has_that_an_assertion_was_used_before(
    trusting: Storefront, assertion: Callable[..., str], log: io.StringIO
) -> None:
    used = assertion()
    for _ in range(2):
        await sign_in(Storefront(trusting.http), used)
    (line,) = lines_with(log, event="merchant assertion refused")
    assert line["reason"] == "used before"
    assert used not in log.getvalue()


@pytest.mark.parametrize("malformed", ["", "x", "a.b.c", "....", "ey" * 500, "\u00e9.\u00e9.\u00e9"])
async def test_malformed_and_forged_assertions_have_the_same_error(
    trusting: Storefront, world: World, malformed: str
) -> None:
    assert (await sign_in(trusting, malformed))["errors"] == [REFUSED]
    assert world.calls.count() == 0


async def test_unsigned_assertion_is_rejected(trusting: Storefront, assertion: Callable[..., str]) -> None:
    _, claims, _ = assertion().split(".")
    header = base64.urlsafe_b64encode(b'{"alg":"none"}').rstrip(b"=").decode()
    assert (await sign_in(trusting, f"{header}.{claims}."))["errors"] == [REFUSED]


async def test_unknown_shopper_and_forged_assertion_have_the_same_error(
    trusting: Storefront, assertion: Callable[..., str]
) -> None:
    assert (await sign_in(trusting, assertion(sub="unknown")))["errors"] == [REFUSED]


async def test_client_address_may_try_five_assertions_a_minute(trusting: Storefront) -> None:
    for _ in range(5):
        assert (await sign_in(trusting, "x"))["errors"] == [REFUSED]
    assert [error["code"] for error in (await sign_in(trusting, "x"))["errors"]] == ["RATE_LIMITED"]


async def test_assertion_without_trusted_keys_fails_with_not_configured(storefront: Storefront, world: World) -> None:
    answer = await storefront.ask(SIGN_IN, assertion="x")
    assert answer.body["data"] == {"signIn": None}
    assert answer.codes == ["NOT_CONFIGURED"]
    assert "RIVERFRONT_ASSERTION_KEYS" in answer.body["errors"][0]["message"]
    assert world.calls.count() == 0


async def test_session_without_refresh_token_ends_when_access_token_expires(
    world: World, network: InMemoryTransport, clock: Clock, assertion: Callable[..., str]
) -> None:
    async with gateway(world, network, clock, session_idle_s=90_000, session_absolute_s=90_000, **TRUSTED) as own:
        assert (await sign_in(own, assertion()))["errors"] == []
        clock.move(86_400)
        assert (await own.ask("{ paymentSession { id } }")).codes == ["SESSION_EXPIRED"]


@pytest.mark.parametrize(
    "changes",
    [
        {"assertion_keys": ""},
        {"assertion_issuer": ""},
        {"assertion_keys": "keys"},
        {"assertion_keys": '{"keys": []}'},
        {"assertion_keys": json.dumps(KeySet([KEY]).as_dict(private=True))},
        {"assertion_keys": json.dumps({"keys": [{"kty": "oct", "k": "c2VjcmV0"}]})},
    ],
)
def test_gateway_does_not_start_with_invalid_assertion_settings(world: World, changes: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="assertion_"):
        settings_for(world, **(TRUSTED | changes))
