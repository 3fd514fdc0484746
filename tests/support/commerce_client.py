"""Client of the Commerce API for tests that call the sandbox without the gateway."""

from dataclasses import dataclass
from typing import Any

import httpx

from sandbox.model.world import World
from tests.support.shop import CART, PACK, create_source

ME = "/v1/shoppers/me"

ADDRESS = {
    "firstName": "Ada",
    "lastName": "Lovelace",
    "line1": "10380 Bren Road W",
    "city": "Minnetonka",
    "countrySubdivision": "MN",
    "postalCode": "55343",
    "country": "US",
    "phoneNumber": "952-555-0100",
    "emailAddress": "ada@example.com",
}


@dataclass
class Client:
    """Client of the Commerce API with the access token of one shopper."""

    http: httpx.AsyncClient
    world: World
    token: str = ""

    async def start(self, grant: str = "password") -> dict[str, Any]:
        keys = self.world.keys
        pair = (keys.confidential_key, keys.confidential_secret)
        answer = await self.http.post("/oauth20/token", auth=pair, data={"grant_type": grant})
        assert answer.status_code == 200
        body: dict[str, Any] = answer.json()
        self.token = body["access_token"]
        return body

    async def renew(self, refresh_token: str) -> httpx.Response:
        keys = self.world.keys
        form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
        return await self.http.post("/oauth20/token", auth=(keys.confidential_key, keys.confidential_secret), data=form)

    async def sign_in(self, number: int = 0, **more: str) -> dict[str, Any]:
        """Sign in a demo shopper and return the shopper's tokens. `number` is 0 for Alex and 1 for Sam."""
        keys = self.world.keys
        accounts = [
            (keys.shopper_username, keys.shopper_password),
            (keys.other_shopper_username, keys.other_shopper_password),
        ]
        username, password = accounts[number]
        form = {"grant_type": "password", "username": username, "password": password} | more
        pair = (keys.confidential_key, keys.confidential_secret)
        answer = await self.http.post("/oauth20/token", auth=pair, data=form)
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        self.token = body["access_token"]
        return body

    async def ask(self, method: str, path: str, expected: int = 200, **more: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.token}", "Accept": "application/json"}
        answer = await self.http.request(method, path, headers=headers, **more)
        assert answer.status_code == expected, answer.text
        assert answer.headers["x-dr-requestid"]
        return answer.json() if answer.content else None

    async def cart(self) -> dict[str, Any]:
        cart: dict[str, Any] = (await self.ask("GET", f"{CART}?expand=all"))["cart"]
        return cart

    async def fill(self, product_id: str = PACK) -> dict[str, Any]:
        await self.ask("POST", f"{CART}?productId={product_id}")
        for side in ("billing", "shipping"):
            await self.ask("PUT", f"{CART}/{side}-address", 204, json={"address": ADDRESS})
        return await self.cart()

    async def source(self, source_type: str = "creditCard", **changes: Any) -> str:
        session_id = (await self.cart())["paymentSession"]["id"]
        return await create_source(self.http, self.world, session_id, source_type, **changes)

    async def shown(self, source_id: str) -> dict[str, Any]:
        """The source, as DigitalRiver.js reads it with the public key and the second half of the client secret."""
        headers = {"Authorization": f"Bearer {self.world.keys.public_key}"}
        secret = self.world.sources[source_id].secret.partition("_")[2]
        answer = await self.http.get(f"/payments/sources/{source_id}?secret={secret}", headers=headers)
        assert answer.status_code == 200, answer.text
        source: dict[str, Any] = answer.json()
        return source

    async def attach(self, source_id: str, expected: int = 200) -> Any:
        body = {"paymentMethod": {"sourceId": source_id}}
        return await self.ask("POST", f"{CART}/apply-payment-method?expand=all", expected, json=body)

    async def decide(self, source_id: str, decision: str) -> None:
        source = next(source for key, source in self.world.sources.items() if str(key) == source_id)
        url = httpx.URL(source.redirect["redirectUrl"])
        answer = await self.http.post(url.raw_path.decode(), data={"decision": decision})
        assert answer.status_code == 303


def code(body: Any) -> str:
    """Error code of the first error in an answer."""
    value: str = body["errors"]["error"][0]["code"]
    return value
