"""Digital River's tax schema decides which identifiers are accepted, and how many are needed."""

from collections.abc import Callable
from typing import Any

import pytest
from dirty_equals import IsPartialDict

from tests.checkout.test_tax_identifiers import BRAZIL, CNPJ, CPF, REGISTRATIONS, SCHEMA, set_tax
from tests.support.shop import InMemoryTransport, Shopper


def in_all_objects(value: Any, edit: Callable[[dict[str, Any]], None]) -> Any:
    if isinstance(value, dict):
        edit(value)
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else []:
        in_all_objects(part, edit)
    return value


def with_pattern(network: InMemoryTransport, pattern: str) -> None:
    """Replace every pattern of the tax schema."""

    def replace(part: dict[str, Any]) -> None:
        if "pattern" in part:
            part["pattern"] = pattern

    network.rewrites["GET", SCHEMA] = lambda body: in_all_objects(body, replace)


@pytest.mark.parametrize("pattern", ["(?<unclosed", "(?=x)x", "(x{30}){30}" * 20, r"(\p{L}{30}){30}"])
async def test_pattern_that_cannot_be_run_rejects_nothing(
    shopper: Shopper, network: InMemoryTransport, capfd: pytest.CaptureFixture[str], pattern: str
) -> None:
    await shopper.fill_cart(**BRAZIL)
    with_pattern(network, pattern)
    assert (await set_tax(shopper.storefront, "INDIVIDUAL", CPF=CPF))["errors"] == []
    assert capfd.readouterr().err == ""


async def test_costly_pattern_is_matched_at_once(shopper: Shopper, network: InMemoryTransport) -> None:
    await shopper.fill_cart(**BRAZIL)
    with_pattern(network, r"^(\d+)+$")
    # Python's own engine would take longer than the age of the universe.
    (error,) = (await set_tax(shopper.storefront, "INDIVIDUAL", CPF="1" * 63 + "x"))["errors"]
    assert error == IsPartialDict(code="TAX_IDENTIFIER_INVALID", path=["input", "taxIdentifiers", "0", "value"])
    assert (await set_tax(shopper.storefront, "INDIVIDUAL", CPF=CPF))["errors"] == []


@pytest.mark.parametrize(("value", "is_accepted"), [(CPF, True), ("", False), ("1" * 65, False)])
async def test_value_of_a_tax_identifier_is_checked(shopper: Shopper, value: str, *, is_accepted: bool) -> None:
    await shopper.fill_cart(**BRAZIL)
    payload = await set_tax(shopper.storefront, "INDIVIDUAL", CPF=value)
    expected = IsPartialDict(code="TAX_IDENTIFIER_INVALID", path=["input", "taxIdentifiers", "0", "value"])
    assert payload["errors"] == ([] if is_accepted else [expected])


async def test_business_sends_all_identifiers_that_the_schema_needs(
    shopper: Shopper, network: InMemoryTransport
) -> None:
    def need_two(part: dict[str, Any]) -> None:
        if "minItems" in part:
            part["minItems"] = 2

    await shopper.fill_cart(**BRAZIL)
    network.rewrites["GET", SCHEMA] = lambda body: in_all_objects(body, need_two)
    payload = await set_tax(shopper.storefront, "BUSINESS", CNPJ=CNPJ)
    assert payload["errors"] == [IsPartialDict(code="TAX_IDENTIFIER_INVALID", path=["input", "taxIdentifiers"])]
    assert shopper.world.calls.count("POST", REGISTRATIONS) == 0
