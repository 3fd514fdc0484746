"""A document at a limit is accepted, and a document above it is rejected with a message that names the limit."""

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.model.world import World
from tests.support.costly_documents import aliases, many_fields, side_by_side
from tests.support.shop import Storefront


def mutations(count: int) -> str:
    return "mutation {" + " ".join(f"a{i}: signOut {{ signedOut }}" for i in range(count)) + "}"


def nested_fields(count: int) -> str:
    return '{ __type(name: "Query") {' + " ofType {" * (count - 2) + " name" + " }" * count


def nested_fragments(count: int) -> str:
    return "{ storefront {" + " ... {" * (count - 2) + " locales" + " }" * count


def directives(count: int) -> str:
    """The first directive is on the operation. The others are on a field, on a fragment and inside the fragment."""
    skip = " @skip(if: false)"
    return f"query @unknown {{ storefront {{ locales{skip * (count - 3)} ...{skip} {{ currencies{skip} }} }} }}"


def fields(count: int) -> str:
    return "{ storefront {" + " ".join(f"x{i}" for i in range(count - 1)) + "} }"


def repeated_leaves(count: int) -> str:
    return "{ storefront { locales " + "locales " * count + "} }"


def repeated_leaves_below(count: int) -> str:
    """Half of the repeated fields are in fragments, and all of them are two levels below the operation."""
    half = count // 2
    text = "{ cart { totals { orderTotal { amount " + "amount " * half + "...A ...B } } } }"
    below = "fragment B on Money { amount ... on Money { " + "amount " * (count - half - 2) + "} }"
    return f"{text} fragment A on Money {{ amount }} {below}"


def repeated_leaves_in_fragment(count: int) -> str:
    return f"{{ cart {{ ...A }} }} fragment A on Cart {{ totals {{ orderTotal {{ amount {'amount ' * count} }} }} }}"


def repeated_composites(count: int) -> str:
    return "{ cart { totals { tax { amount } } " + "totals { tax { amount } } " * count + "} }"


def repeated_composites_below(count: int) -> str:
    """The fields are two levels below the operation, the first one and the last one in fragments."""
    tax = "tax { amount } "
    text = "{ cart { totals { ...A " + tax * (count - 1) + "...B } } }"
    return f"{text} fragment A on CartTotals {{ {tax} }} fragment B on CartTotals {{ {tax} }}"


def repeated_composites_in_fragment(count: int) -> str:
    return "{ cart { ...A } } fragment A on Cart { totals { " + "tax { amount } " * (count + 1) + "} }"


LIMITS: list[tuple[str, int, Callable[[int], str]]] = [
    ("Root fields", 10, many_fields),
    ("Root fields", 5, mutations),
    ("Nested fields", 15, nested_fields),
    ("Nested fragments", 45, nested_fragments),
    ("Aliases", 30, aliases),
    ("Directives", 50, directives),
    ("Fields", 1000, fields),
    ("Repeated fields", 200, repeated_leaves),
    ("Repeated fields", 200, repeated_leaves_below),
    ("Repeated fields", 200, repeated_leaves_in_fragment),
    ("Repeated fields with a selection set", 10, repeated_composites),
    ("Repeated fields with a selection set", 10, repeated_composites_below),
    ("Repeated fields with a selection set", 10, repeated_composites_in_fragment),
    ("Fragments", 100, side_by_side),
]
"""What is counted, its limit, and a function that returns a document with a given count."""


@pytest.mark.parametrize(("subject", "limit", "document"), LIMITS, ids=[row[2].__name__ for row in LIMITS])
async def test_document_is_rejected_only_above_its_limit(
    storefront: Storefront, world: World, subject: str, limit: int, document: Callable[[int], str]
) -> None:
    within = await storefront.ask(document(limit))
    assert "OPERATION_TOO_EXPENSIVE" not in within.codes
    world.calls.clear()
    above = await storefront.ask(document(limit + 1))
    assert above.codes == ["OPERATION_TOO_EXPENSIVE"]
    assert above.body["errors"][0]["message"] == (f"{subject}: {limit + 1}; at most {limit} are allowed. Select less.")
    assert world.calls.count() == 0


NODES = "query($ids: [ID!]!) { nodes(ids: $ids) { __typename } }"
PRODUCT = "query($by: ProductBy!) { product(by: $by) { name } }"


@pytest.mark.parametrize(
    ("text", "within", "above", "message"),
    [
        (NODES, {"ids": ["x"] * 100}, {"ids": ["x"] * 101}, "A list may have at most 100 items. One list has 101."),
        (
            PRODUCT,
            {"by": {"externalReferenceId": "x" * 1024}},
            {"by": {"externalReferenceId": "x" * 1025}},
            "A string may have at most 1024 characters. One string has 1025.",
        ),
        (
            PRODUCT,
            {"by": {"externalReferenceId": "x\n"}},
            {"by": {"externalReferenceId": "x\x7f"}},
            "A string has control characters. Only tabs and line breaks are allowed.",
        ),
    ],
    ids=["list", "string", "control character"],
)
async def test_value_is_rejected_only_above_its_limit(
    storefront: Storefront, text: str, within: dict[str, Any], above: dict[str, Any], message: str
) -> None:
    accepted = await storefront.ask(text, **within)
    assert message not in [error["message"] for error in accepted.body.get("errors", [])]
    refused = await storefront.ask(text, **above)
    assert refused.codes == ["BAD_USER_INPUT"]
    assert [error["message"] for error in refused.body["errors"]] == [message]
