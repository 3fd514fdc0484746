"""A guest buys something: the example operations, one after the other, as an app would send them.

Prints what was asked, what came back, and what it cost in calls to Digital River. The payment source,
which DigitalRiver.js makes in a browser, is made here at the sandbox. Ends with 1 and a reason when
anything is not as it should be.
"""

import argparse
import json
import sys
import uuid
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from graphql import parse, print_ast, separate_operations

OPERATIONS = Path(__file__).resolve().parent / "operations"

CLIENT = {"X-Riverfront-Client": "demo", "Accept": "application/graphql-response+json"}

TEST_CARD = {"number": "4444222233331111", "expirationMonth": 10, "expirationYear": 2035, "cvv": "123"}

SUBMIT = ("POST", "/v1/shoppers/me/carts/active/submit-cart")


class Trouble(Exception):
    """The purchase cannot go on; the text says why and what to do."""


def main() -> None:
    options = argparse.ArgumentParser(description="A guest's purchase, step by step.")
    options.add_argument("--gateway", default="http://127.0.0.1:8000", metavar="URL", help="default: %(default)s")
    options.add_argument("--sandbox", default="http://127.0.0.1:8001", metavar="URL", help="default: %(default)s")
    chosen = options.parse_args()
    try:
        # No proxy of the environment: both programs are reached as their addresses say.
        with httpx.Client(timeout=70, trust_env=False) as http:
            buy(Gateway(http, chosen.gateway.rstrip("/"), Sandbox(http, chosen.sandbox.rstrip("/"))))
    except Trouble as trouble:
        sys.exit(f"\nThe demo stopped. {trouble}")
    except KeyboardInterrupt:
        sys.exit("\nStopped.")


def buy(gateway: "Gateway") -> None:
    """From the first look to the order's number."""
    looked = gateway.ask("What is for sale?", "LookAround")
    product = _something_to_buy(looked["products"]["nodes"])
    told(f"{looked['products']['totalCount']} products; the guest takes {product['name']}")
    told(f"price {product['pricing']['salePrice']['formatted']}")

    line = {"key": str(uuid.uuid4()), "productId": product["id"], "delivery": "BEARER"}
    added = gateway.change("Put it into the cart; this begins a session.", "GuestFirstLine", line)
    gateway.use_bearer(added["bearerToken"])
    told("a bearer token for the session")
    told(f"a cart with {added['cart']['totalQuantity']} item, subtotal {_total(added['cart'], 'subtotal')}")

    address = json.loads((OPERATIONS / "variables.json").read_text())["GuestDetails"]["address"]
    prepared = gateway.change("Address, shipping and terms, in one call.", "GuestDetails", {"address": address})
    cart = prepared["cart"]
    session = cart["paymentSession"]
    methods = session["availablePaymentMethods"]["methods"]
    told(f"shipping {_total(cart, 'shippingAndHandling')}, tax {_total(cart, 'tax')}")
    told(f"total {_total(cart, 'orderTotal')}")
    told(f"{len(methods)} ways to pay: {', '.join(method['displayName'] for method in methods)}")

    collect = _next_action(session, "CollectSourceAction")
    public_key = looked["storefront"]["publishableKey"]
    source_id = gateway.sandbox.create_card(public_key, collect["dropIn"]["sessionId"], address)
    told(f"source {source_id}")

    attached = gateway.change("Pay with that source.", "GuestSource", {"sourceId": source_id})
    ready = _next_action(attached["paymentSession"], "SubmitOrderAction")
    told(f"payment session {attached['paymentSession']['state']}, checkout {attached['cart']['readiness']['status']}")

    total = {name: ready["amount"][name] for name in ("amount", "currencyCode")}
    order = {"key": str(uuid.uuid4()), "total": total, "revision": ready["cartRevision"]}
    result = gateway.change("Buy, at most once.", "GuestOrder", order)["result"]
    if result["__typename"] != "OrderPlaced":
        raise Trouble(f"No order was placed: {result['__typename']}. {result['message']}")
    told(f"{result['__typename']}, {result['order']['totals']['orderTotal']['formatted']}")

    spent = gateway.spent
    print(f"\n{spent.total()} calls to Digital River in all, {spent[SUBMIT]} of them submit-cart.")
    print(f"Order number {result['order']['number']}")


def told(text: str) -> None:
    print(f"   < {text}")


@dataclass
class Gateway:
    """The graph over HTTP, with a bearer once there is one."""

    http: httpx.Client
    url: str
    sandbox: "Sandbox"
    headers: dict[str, str] = field(default_factory=lambda: dict(CLIENT))
    steps: int = 0
    spent: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Calls to Digital River by method and path."""

    def __post_init__(self) -> None:
        text = "\n".join(file.read_text() for file in sorted(OPERATIONS.glob("*.graphql")))
        self._documents = {name: print_ast(one) for name, one in separate_operations(parse(text)).items()}

    def use_bearer(self, token: str | None) -> None:
        if not token:
            raise Trouble("The gateway began a session without giving its bearer token.")
        self.headers["Authorization"] = f"Bearer {token}"

    def ask(self, sentence: str, name: str, variables: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The data of one example operation."""
        self.steps += 1
        print(f"\n{self.steps}. {sentence}\n   > {name}({', '.join(variables or ())})")
        before = self.sandbox.calls()
        body = {"query": self._documents[name], "variables": variables}
        try:
            answer = self.http.post(f"{self.url}/graphql", json=body, headers=self.headers)
            content = answer.json()
        except httpx.HTTPError:
            raise Trouble(f"There is no gateway at {self.url}. Start one with `make run`.") from None
        except ValueError:
            raise Trouble(f"{self.url} answered {answer.status_code} without JSON. Is it this gateway?") from None
        for error in content.get("errors", []):
            raise Trouble(f"{name} failed: {error['extensions']['code']}: {error['message']}")
        calls = self.sandbox.calls() - before
        self.spent += calls
        told(f"{calls.total()} call{'' if calls.total() == 1 else 's'} to Digital River")
        data: dict[str, Any] = content["data"]
        return data

    def change(self, sentence: str, name: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        """The payload of an operation with one mutation, when it refused nothing."""
        (payload,) = self.ask(sentence, name, variables).values()
        for error in payload["errors"]:
            raise Trouble(f"{name} was refused: {error['code']}: {error['message']}")
        return dict(payload)


@dataclass
class Sandbox:
    """The payment service as DigitalRiver.js uses it, and the sandbox's counters."""

    http: httpx.Client
    url: str

    def create_card(self, public_key: str, session_id: str, address: Mapping[str, str]) -> str:
        """A card source for the payment session, which knows the amount. Its id."""
        body = {
            "type": "creditCard",
            "sessionId": session_id,
            "owner": {
                "firstName": address["firstName"],
                "lastName": address["lastName"],
                "email": address["email"],
                "phoneNumber": address["phoneNumber"],
                "address": {
                    "line1": address["line1"],
                    "city": address["city"],
                    "state": address["countrySubdivision"],
                    "postalCode": address["postalCode"],
                    "country": address["countryCode"],
                },
            },
            "creditCard": TEST_CARD,
        }
        print("\n   The card goes from the browser to the payment service; the gateway never sees it.")
        headers = {"Authorization": f"Bearer {public_key}"}
        source = self._json("POST", "/payments/sources", json=body, headers=headers)
        if source.get("state") != "chargeable":
            raise Trouble(f"The payment service made no source of the card: {json.dumps(source)}")
        return str(source["id"])

    def calls(self) -> Counter[tuple[str, str]]:
        """All calls of gateways so far: what DigitalRiver.js and browsers ask is not theirs."""
        rows = self._json("GET", "/_sandbox/calls")["calls"]
        counted: Counter[tuple[str, str]] = Counter()
        for row in rows:
            if not row["path"].startswith(("/payments/sources", "/payments/redirects")):
                counted[row["method"], row["path"]] += row["count"]
        return counted

    def _json(self, method: str, path: str, **given: Any) -> dict[str, Any]:
        try:
            answer = self.http.request(method, self.url + path, **given)
            content: dict[str, Any] = answer.json()
        except (httpx.HTTPError, ValueError):
            raise Trouble(f"There is no sandbox at {self.url}. Start one with `make run`.") from None
        return content


def _something_to_buy(products: list[dict[str, Any]]) -> dict[str, Any]:
    for product in products:
        if product["kind"] == "PHYSICAL" and product["isPurchasable"]:
            return product
    raise Trouble("Nothing is for sale that can be sent by post.")


def _next_action(session: dict[str, Any], kind: str) -> dict[str, Any]:
    action = session["nextAction"] or {"__typename": "nothing"}
    if action["__typename"] != kind:
        raise Trouble(f"The payment session asks for {action['__typename']}, not for {kind}.")
    return dict(action)


def _total(cart: dict[str, Any], name: str) -> str:
    return str(cart["totals"][name]["formatted"])


if __name__ == "__main__":
    main()
