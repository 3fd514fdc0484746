"""The operations that are measured."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.support.shop import documents

PEERS = Path(__file__).parents[1] / "peers"

CHANGING = {"expiresAt", "fetchedAt", "evaluatedAt", "supportReference"}
"""Fields that differ from answer to answer, besides the id of the session."""


@dataclass
class Operation:
    """An operation. Variables such as `$lines.0.id` are taken from the cart, `expected` from graphql-core's answer."""

    name: str
    document: str
    variables: dict[str, Any] = field(default_factory=dict)
    expected: Any = None

    def differences(self, answer: Any) -> Iterator[str]:
        """Paths at which an answer is not the expected one."""
        return differences(self.expected, answer)

    @property
    def body(self) -> dict[str, Any]:
        return {"query": self.document, "variables": self.variables}


def differences(expected: Any, actual: Any, path: str = "") -> Iterator[str]:
    """Paths at which two answers differ. The order of fields counts; values that change from answer to answer do
    not."""
    alike = type(expected) is type(actual)
    if isinstance(expected, dict) and alike and list(expected) == list(actual):
        for name, value in expected.items():
            if name not in CHANGING and f"{path}.{name}" != ".data.session.id":
                yield from differences(value, actual[name], f"{path}.{name}")
    elif isinstance(expected, list) and alike and len(expected) == len(actual):
        for number, value in enumerate(expected):
            yield from differences(value, actual[number], f"{path}.{number}")
    elif isinstance(expected, dict | list) or not alike or expected != actual:
        yield f"{path}: {str(actual)[:200]}, not {str(expected)[:200]}"


SMALLEST = Operation("{ __typename }", "{ __typename }")

CHECKOUT = Operation("Checkout", (PEERS / "checkout.graphql").read_text())
"""The operation that the peers also serve."""

CHECKOUT_PAGE = Operation("CheckoutPage", documents()["CheckoutPage"])

CART_PAGE = Operation("CartPage", documents()["CartPage"])

PRODUCT_PAGE = Operation(
    "ProductPage",
    documents()["ProductPage"],
    {
        "id": "UHJvZHVjdDo1NDAxMjMwMzAw",
        "locale": "de-DE",
        "currency": "EUR",
        "pointOfPromotion": "CrossSell_ProductDetail",
    },
)

CHANGE_QUANTITY = Operation(
    "ChangeQuantity",
    documents()["ChangeQuantity"],
    {"revision": "$revision", "lineId": "$lines.0.id", "quantity": "$lines.0.quantity"},
)
"""A mutation that leaves the cart as it is, so that it can be repeated: the line has this quantity already."""

READS = [SMALLEST, CHECKOUT, CHECKOUT_PAGE, CART_PAGE, PRODUCT_PAGE]
