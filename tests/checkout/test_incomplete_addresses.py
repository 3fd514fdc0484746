"""The blocker of an incomplete address names each field of AddressInput that the address lacks."""

from typing import Any

import pytest

from tests.support.shop import CART, InMemoryTransport, Shopper

BLOCKERS = """{ checkoutReadiness { blockers { __typename step
  ... on AddressBlocker { kind missingFields } } } }"""

FIELDS = {
    "firstName": "firstName",
    "lastName": "lastName",
    "line1": "line1",
    "city": "city",
    "country": "countryCode",
    "emailAddress": "email",
}
"""Fields of Digital River's addresses, with their names in AddressInput."""


@pytest.mark.parametrize("field", FIELDS)
async def test_blocker_names_each_field_that_an_address_lacks(
    shopper: Shopper, network: InMemoryTransport, field: str
) -> None:
    await shopper.get_ready()

    def without_field(wire: Any) -> Any:
        for kind in ("billing", "shipping"):
            address = wire["cart"][f"{kind}Address"]
            assert address[field]
            address[field] = None
        return wire

    network.rewrites["GET", CART] = without_field
    blockers = (await shopper.storefront.ask(BLOCKERS)).data["checkoutReadiness"]["blockers"]
    kinds = ["BILLING"] if field == "emailAddress" else ["BILLING", "SHIPPING"]
    assert [blocker for blocker in blockers if blocker["__typename"] == "AddressBlocker"] == [
        {"__typename": "AddressBlocker", "step": f"{kind}_ADDRESS", "kind": kind, "missingFields": [FIELDS[field]]}
        for kind in kinds
    ]
