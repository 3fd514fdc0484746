"""Paths and requests of shopper accounts, for the tests of the sandbox."""

import base64
from typing import Any

from tests.support.commerce_client import ME, Client

TOKEN = "/oauth20/token"
BOOK = f"{ME}/addresses"
OPTIONS = f"{ME}/payment-options"
PASSWORD = "Lakes+Rivers7"


async def request_token(client: Client, form: dict[str, str], status: int = 200, **more: Any) -> Any:
    """Request a token with the confidential API key, unless `more` has other credentials. Returns the JSON body."""
    keys = client.world.keys
    arguments: dict[str, Any] = {"auth": (keys.confidential_key, keys.confidential_secret)} | more
    answer = await client.http.post(TOKEN, data=form, **arguments)
    assert answer.status_code == status, answer.text
    return answer.json()


def new_shopper(**changes: Any) -> dict[str, Any]:
    """Request body of a registration. A field that `changes` sets to None is left out."""
    shopper = {
        "username": "kim@example.com",
        "password": base64.b64encode(PASSWORD.encode()).decode(),
        "firstName": "Kim",
        "lastName": "Ford",
        "emailAddress": "kim@example.com",
    }
    return {"shopper": {name: value for name, value in (shopper | changes).items() if value is not None}}
