"""Calls of the payment service, with the headers and bodies that DigitalRiver.js sends."""

from typing import Any

from tests.support.commerce_client import Client
from tests.support.shop import VISA

SOURCES = "/payments/sources"
CARD = {"number": VISA, "expirationMonth": 10, "expirationYear": 2035, "cvv": "123"}
OWNER = {"firstName": "Ada", "lastName": "Lovelace", "email": "ada@example.com", "phoneNumber": "952-555-0100"}
ACCOUNT_CARD = {"type": "creditCard", "owner": OWNER, "creditCard": CARD}
"""Body of a source that an account page creates, where there is no payment session and nothing to pay."""


async def call(client: Client, method: str, path: str, status: int = 200, **more: Any) -> Any:
    """Call the payment service with the public key, and return the JSON body."""
    headers = {
        "Authorization": f"bearer {client.world.keys.public_key}",
        "version": "new",
        "x-debug-drjs-application": "drjs",
        "User-Agent": "Mozilla/5.0",
    }
    answer = await client.http.request(method, path, headers=headers, **more)
    assert answer.status_code == status, answer.text
    return answer.json()


async def create(client: Client, status: int = 201, /, **changes: Any) -> dict[str, Any]:
    """Create a source with the body of an account page and these changes."""
    source: dict[str, Any] = await call(client, "POST", SOURCES, status, json=ACCOUNT_CARD | changes)
    return source


def secret_of(source: dict[str, Any]) -> str:
    """Second half of the client secret, which the library sends in the query."""
    secret: str = source["clientSecret"].removeprefix(f"{source['id']}_")
    return secret


def errors(answer: dict[str, Any]) -> list[tuple[str, str | None]]:
    """Code and parameter of each error in an answer."""
    return [(error["code"], error.get("parameter")) for error in answer["errors"]]
