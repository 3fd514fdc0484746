"""The operations that are measured."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.support.shop import documents

PEERS = Path(__file__).parents[1] / "peers"


@dataclass
class Operation:
    """An operation. Variables such as `$lines.0.id` are taken from the cart, `expected` from graphql-core's answer."""

    name: str
    document: str
    variables: dict[str, Any] = field(default_factory=dict)
    expected: Any = None

    @property
    def body(self) -> dict[str, Any]:
        return {"query": self.document, "variables": self.variables}


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
