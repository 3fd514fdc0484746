"""A merchant's own site vouches for its shopper, in a statement that is good once, for us, and not for long."""

import base64
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey, RSAKey

from sandbox.model.world import World
from tests.support.shop import PACK, Clock, InMemoryTransport, Storefront, gateway, new_key, settings_for

ISSUER = "https://id.shop.example"
AUDIENCE = "https://graph.shop.example"

KEY = ECKey.generate_key("P-256", {"kid": "now"})
OLD_KEY = RSAKey.generate_key(2048, {"kid": "old"})
STRANGER = ECKey.generate_key("P-256", {"kid": "now"})
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
def statement(clock: Clock) -> Callable[..., str]:
    """A statement about Alex; what is given as None is left out of it."""

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
        given = {name: value for name, value in claims.items() if value is not None}
        headers = {"alg": algorithm, "kid": key.kid} | (header or {})
        return jwt.encode(headers, given, key, algorithms=[algorithm])

    return make


async def ask(storefront: Storefront, assertion: str) -> dict[str, Any]:
    payload: dict[str, Any] = (await storefront.ask(SIGN_IN, assertion=assertion)).data["signIn"]
    return payload


async def test_a_merchant_vouches_and_the_cart_is_kept(trusting: Storefront, statement: Callable[..., str]) -> None:
    await trusting.add(PACK, 2)
    assert await ask(trusting, statement()) == {
        "session": {"level": "REGISTERED", "shopper": {"externalReferenceId": "rf-cust-000042"}},
        "cartTransition": {"outcome": "KEPT", "quantityAfter": 2},
        "errors": [],
    }


async def test_a_second_key_counts_while_keys_change(trusting: Storefront, statement: Callable[..., str]) -> None:
    assert (await ask(trusting, statement(OLD_KEY, algorithm="RS256")))["errors"] == []


async def test_a_statement_is_good_once(
    trusting: Storefront, statement: Callable[..., str], world: World, clock: Clock
) -> None:
    once = statement()
    assert (await ask(trusting, once))["errors"] == []
    world.calls.clear()
    thief = Storefront(trusting.http)
    assert (await ask(thief, once))["errors"] == [REFUSED]
    clock.move(45)
    assert (await ask(thief, once))["errors"] == [REFUSED]
    assert world.calls.count() == 0


WRONG: dict[str, dict[str, Any]] = {
    "another issuer": {"iss": "https://id.evil.example"},
    "for somebody else": {"aud": "https://other.example"},
    "for nobody": {"aud": None},
    "of no issuer": {"iss": None},
    "about nobody": {"sub": None},
    "about a blank": {"sub": " "},
    "about a number": {"sub": 42},
    "about too much": {"sub": "x" * 256},
    "without an end": {"exp": None},
    "without a beginning": {"iat": None},
    "without a number of its own": {"jti": None},
    "good for too long": {"exp": 4_000_000_000},
    "ended": {"iat": 1_700_000_000, "exp": 1_700_000_060},
    "not begun": {"nbf": 4_000_000_000},
    "signed by a stranger": {"key": STRANGER},
    "signed with what both know": {
        "key": OctKey.import_key("a-secret-that-both-sides-know-0123456789", {"kid": "now"}),
        "algorithm": "HS256",
    },
    "with its own key": {"header": {"jwk": STRANGER.as_dict(private=False)}, "key": STRANGER},
    "by a key of an unknown name": {"header": {"kid": "next"}},
}


@pytest.mark.parametrize("name", WRONG)
async def test_a_statement_is_not_believed(
    trusting: Storefront, statement: Callable[..., str], world: World, name: str
) -> None:
    payload = await ask(trusting, statement(**WRONG[name]))
    assert payload["errors"] == [REFUSED]
    assert payload["session"] is None
    assert world.calls.count() == 0


@pytest.mark.parametrize("text", ["", "x", "a.b.c", "....", "ey" * 500, "\u00e9.\u00e9.\u00e9"])
async def test_what_is_no_statement_is_refused_alike(trusting: Storefront, world: World, text: str) -> None:
    assert (await ask(trusting, text))["errors"] == [REFUSED]
    assert world.calls.count() == 0


async def test_an_unsigned_statement_is_not_believed(trusting: Storefront, statement: Callable[..., str]) -> None:
    _, claims, _ = statement().split(".")
    header = base64.urlsafe_b64encode(b'{"alg":"none"}').rstrip(b"=").decode()
    assert (await ask(trusting, f"{header}.{claims}."))["errors"] == [REFUSED]


async def test_a_shopper_whom_upstream_does_not_know_is_refused_alike(
    trusting: Storefront, statement: Callable[..., str]
) -> None:
    assert (await ask(trusting, statement(sub="nobody")))["errors"] == [REFUSED]


async def test_statements_are_tried_five_times_a_minute(trusting: Storefront) -> None:
    for _ in range(5):
        assert (await ask(trusting, "x"))["errors"] == [REFUSED]
    assert [error["code"] for error in (await ask(trusting, "x"))["errors"]] == ["RATE_LIMITED"]


async def test_without_an_issuer_it_is_not_configured(storefront: Storefront, world: World) -> None:
    answer = await storefront.ask(SIGN_IN, assertion="x")
    assert answer.body["data"] == {"signIn": None}
    assert answer.codes == ["NOT_CONFIGURED"]
    assert world.calls.count() == 0


async def test_a_session_that_cannot_be_renewed_ends_with_its_token(
    world: World, network: InMemoryTransport, clock: Clock, statement: Callable[..., str]
) -> None:
    async with gateway(world, network, clock, session_idle_s=90_000, session_absolute_s=90_000, **TRUSTED) as own:
        assert (await ask(own, statement()))["errors"] == []
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
def test_a_trust_that_is_half_set_stops_the_start(world: World, changes: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="assertion_"):
        settings_for(world, **(TRUSTED | changes))
