"""Sends the example operations of a guest's purchase in order, as an app would, and prints each step.

A step shows the operation, its result and the number of calls to Digital River. The sandbox creates the payment source,
which DigitalRiver.js would create in a browser. If a step fails, the program exits with status 1 and a message.
"""

import argparse
import json
import os
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from graphql import parse, print_ast, separate_operations

from examples.values import Answers

OPERATIONS = Path(__file__).resolve().parent / "operations"

CLIENT = {"X-Riverfront-Client": "demo", "Accept": "application/graphql-response+json"}

TEST_CARD = {"number": "4444222233331111", "expirationMonth": 10, "expirationYear": 2035, "cvv": "123"}

SUBMIT = ("POST", "/v1/shoppers/me/carts/active/submit-cart")


HOW_TO_START = (
    "Start one with `make run`. If it runs on other ports, pass them as to `make run`: "
    "make demo PORT=9000 SANDBOX_PORT=9001"
)


class StepFailed(Exception):
    """The purchase cannot continue. The message contains the reason and the next step."""


def main() -> None:
    parser = argparse.ArgumentParser(description="A guest's purchase, step by step.")
    port, sandbox_port = os.environ.get("PORT") or "8000", os.environ.get("SANDBOX_PORT") or "8001"
    parser.add_argument("--gateway", default=f"http://127.0.0.1:{port}", metavar="URL", help="default: %(default)s")
    parser.add_argument(
        "--sandbox", default=f"http://127.0.0.1:{sandbox_port}", metavar="URL", help="default: %(default)s"
    )
    arguments = parser.parse_args()
    try:
        # Both programs run locally, so proxy variables of the environment are ignored.
        with httpx.Client(timeout=70, trust_env=False) as http:
            buy(Gateway(http, arguments.gateway.rstrip("/"), Sandbox(http, arguments.sandbox.rstrip("/"))))
    except StepFailed as failure:
        sys.exit(f"\nThe demo stopped. {failure}")
    except KeyboardInterrupt:
        sys.exit("\nStopped.")


def buy(gateway: "Gateway") -> None:
    """Buy a product in five steps, from the product list to the order number."""
    listing = gateway.ask("What is for sale?", "LookAround")
    product = listing["products"]["nodes"][0]
    report(f"{listing['products']['totalCount']} products; the guest takes {product['name']}")
    report(f"price {_shown(product['pricing']['salePrice'])}")

    added = gateway.change("Add one to the cart. This starts a session.", "GuestFirstLine", delivery="BEARER")
    gateway.use_bearer(added["bearerToken"])
    report("a bearer token for the session")
    report(f"a cart with {added['cart']['totalQuantity']} item, subtotal {_total(added['cart'], 'subtotal')}")

    prepared = gateway.change("Set address, shipping and terms in one call.", "GuestDetails")
    cart = prepared["cart"]
    session = cart["paymentSession"]
    methods = session["availablePaymentMethods"]["methods"]
    report(f"shipping {_total(cart, 'shippingAndHandling')}, tax {_total(cart, 'tax')}")
    report(f"total {_total(cart, 'orderTotal')}")
    report(f"{len(methods)} payment methods: {', '.join(method['displayName'] for method in methods)}")

    collect = _next_action(session, "CollectSourceAction")
    public_key = listing["storefront"]["publishableKey"]
    address = gateway.variables("GuestDetails")["address"]
    source_id = gateway.sandbox.create_card(public_key, collect["dropIn"]["sessionId"], address)
    gateway.answers.add({"source": {"sourceId": source_id}})
    report(f"source {source_id}")

    attached = gateway.change("Attach the source to the cart.", "GuestSource")
    _next_action(attached["paymentSession"], "SubmitOrderAction")
    report(f"payment session {attached['paymentSession']['state']}, checkout {attached['cart']['readiness']['status']}")

    result = gateway.change("Buy, at most once.", "GuestOrder")["result"]
    if result["__typename"] != "OrderPlaced":
        raise StepFailed(f"No order was placed: {result['__typename']}. {result['message']}")
    report(f"{result['__typename']}, {_shown(result['order']['totals']['orderTotal'])}")

    calls = gateway.calls
    print(f"\n{calls.total()} calls to Digital River in all, {calls[SUBMIT]} of them submit-cart.")
    print(f"Order number {result['order']['number']}")


def report(result: str) -> None:
    print(f"   < {result}")


@dataclass
class Gateway:
    """Client of the gateway, which plays the steps of the first set of examples.

    After the session has started, each request has the bearer token of the session. The variables of a step are filled
    in from the answers before.
    """

    http: httpx.Client
    url: str
    sandbox: "Sandbox"
    headers: dict[str, str] = field(default_factory=lambda: dict(CLIENT))
    steps: int = 0
    calls: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Number of calls to Digital River in all steps so far, by HTTP method and path."""
    answers: Answers = field(default_factory=Answers)

    def __post_init__(self) -> None:
        source = "\n".join(file.read_text() for file in sorted(OPERATIONS.glob("*.graphql")))
        documents = separate_operations(parse(source))
        self._documents = {name: print_ast(document) for name, document in documents.items()}
        self._variables = json.loads((OPERATIONS / "variables.json").read_text())
        (shown, *_) = json.loads((OPERATIONS / "sets.json").read_text())
        self._of_step = {step["operation"]: step.get("variables", {}) for step in reversed(shown["steps"])}

    def use_bearer(self, token: str | None) -> None:
        if not token:
            raise StepFailed("The gateway started a session without a bearer token.")
        self.headers["Authorization"] = f"Bearer {token}"

    def variables(self, name: str) -> dict[str, Any]:
        rules = self._variables.get(name, {}) | self._of_step[name]
        return {variable: self.answers.fill(rule) for variable, rule in rules.items()}

    def ask(self, title: str, name: str, **more: Any) -> dict[str, Any]:
        """Send an example operation, and return its data. Raises `StepFailed` on any error."""
        self.steps += 1
        variables = self.variables(name) | more
        print(f"\n{self.steps}. {title}\n   > {name}({', '.join(variables)})")
        before = self.sandbox.calls()
        body = {"query": self._documents[name], "variables": variables}
        try:
            answer = self.http.post(f"{self.url}/graphql", json=body, headers=self.headers)
            content = answer.json()
        except httpx.HTTPError:
            raise StepFailed(f"No gateway answers at {self.url}. {HOW_TO_START}") from None
        except ValueError:
            raise StepFailed(f"{self.url} is no gateway: it answers without JSON. {HOW_TO_START}") from None
        for error in content.get("errors", []):
            raise StepFailed(f"{name} failed: {error['extensions']['code']}: {error['message']}")
        calls = self.sandbox.calls() - before
        self.calls += calls
        report(f"{calls.total()} call{'' if calls.total() == 1 else 's'} to Digital River")
        data: dict[str, Any] = content["data"]
        self.answers.add(data)
        return data

    def change(self, title: str, name: str, **more: Any) -> dict[str, Any]:
        """Send an operation with one mutation, and return the payload.

        Raises `StepFailed` if the payload has errors.
        """
        (payload,) = self.ask(title, name, **more).values()
        for error in payload["errors"]:
            raise StepFailed(f"{name} was refused: {error['code']}: {error['message']}")
        return dict(payload)


@dataclass
class Sandbox:
    """Client of the sandbox that creates sources, as DigitalRiver.js does, and reads the number of calls."""

    http: httpx.Client
    url: str

    def create_card(self, public_key: str, session_id: str, address: Mapping[str, str]) -> str:
        """Create a card source for the payment session, and return its id."""
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
        if any(error.get("parameter") == "sessionId" for error in source.get("errors", [])):
            raise StepFailed(f"The gateway uses another sandbox than {self.url}. {HOW_TO_START}")
        if source.get("state") != "chargeable":
            raise StepFailed(f"The payment service created no chargeable source: {json.dumps(source)}")
        return str(source["id"])

    def calls(self) -> Counter[tuple[str, str]]:
        """Number of calls to Digital River so far, by HTTP method and path. Calls from a browser are not included."""
        rows = self._json("GET", "/_sandbox/calls")["calls"]
        counted: Counter[tuple[str, str]] = Counter()
        for row in rows:
            if not row["path"].startswith(("/payments/sources", "/payments/redirects")):
                counted[row["method"], row["path"]] += row["count"]
        return counted

    def _json(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        try:
            answer = self.http.request(method, self.url + path, **options)
            content: dict[str, Any] = answer.json()
        except (httpx.HTTPError, ValueError):
            raise StepFailed(f"No sandbox answers at {self.url}. {HOW_TO_START}") from None
        return content


def _next_action(session: dict[str, Any], kind: str) -> dict[str, Any]:
    action = session["nextAction"] or {"__typename": "no action"}
    if action["__typename"] != kind:
        raise StepFailed(f"The payment session's next action is {action['__typename']}, not {kind}.")
    return dict(action)


def _total(cart: dict[str, Any], name: str) -> str:
    return _shown(cart["totals"][name])


def _shown(amount: dict[str, Any] | None) -> str:
    """The amount for display. Digital River may not report an amount."""
    return str(amount["formatted"]) if amount else "unknown"


if __name__ == "__main__":
    main()
