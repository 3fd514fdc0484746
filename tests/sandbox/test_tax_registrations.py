"""Tax registrations of the active cart."""

from typing import Any

import pytest
from dirty_equals import IsPartialDict

from tests.support.commerce_client import Client, code
from tests.support.shop import CART, SUBMIT

REGISTRATIONS = f"{CART}/tax-registrations"


BRAZIL = {"line1": "Rua A 1", "city": "São Paulo", "postalCode": "01310-100", "country": "BR"}


async def test_tax_registrations_are_set_returned_and_removed(client: Client) -> None:
    await client.fill()
    address = {"address": BRAZIL}
    await client.ask("PUT", f"{CART}/shipping-address", 204, json=address)
    body = {"customerType": "I", "taxRegistrations": [{"key": "CPF", "value": "52998224725"}]}
    assert await client.ask("POST", REGISTRATIONS, json=body) == body
    assert await client.ask("GET", REGISTRATIONS) == body
    assert await client.cart() == IsPartialDict(**body)
    await client.ask("DELETE", REGISTRATIONS, 204)
    assert await client.ask("GET", REGISTRATIONS) == {"customerType": "I"}


@pytest.mark.parametrize(
    ("body", "status", "expected"),
    [
        ({}, 400, "invalid-request"),
        ({"customerType": "X"}, 400, "invalid-request"),
        ({"customerType": "I", "taxRegistrations": [{"key": "CPF"}]}, 400, "invalid-request"),
        ({"customerType": "I", "taxRegistrations": [{"key": "CPF", "value": "1"}]}, 409, "vat-exemption-failure"),
        ({"customerType": "I", "taxRegistrations": [{"key": "CNPJ", "value": "1"}]}, 409, "vat-exemption-failure"),
    ],
)
async def test_invalid_tax_registrations_are_rejected_with_an_error_code(
    client: Client, body: dict[str, Any], status: int, expected: str
) -> None:
    await client.fill()
    await client.ask("PUT", f"{CART}/shipping-address", 204, json={"address": BRAZIL})
    refused = await client.ask("POST", REGISTRATIONS, status, json=body)
    assert refused == {"errors": [IsPartialDict(code=expected)]}


async def test_site_without_tax_registrations_rejects_them(client: Client) -> None:
    await client.fill()
    client.world.switches.tax_registrations = "off"
    refused = await client.ask("POST", REGISTRATIONS, 409, json={"customerType": "B"})
    assert refused["errors"] == [
        {
            "code": "vat-exemption-failure",
            "subcode": "vat-exemption-unavailable",
            "description": "Tax Exemption Rest of the World is not enabled on this site.",
        }
    ]


async def test_order_to_brazil_needs_a_tax_registration(client: Client) -> None:
    await client.fill()
    for side in ("billing", "shipping"):
        await client.ask("PUT", f"{CART}/{side}-address", 204, json={"address": BRAZIL})
    await client.attach(await client.source())
    assert code(await client.ask("POST", SUBMIT, 409)) == "invalid-tax-registrations"
