"""Tax identifiers: asked for where a country demands them, checked before they are sent, sent as they are."""

from typing import Any

import pytest
from dirty_equals import IsPartialDict

from sandbox.model.world import World
from tests.support.shop import ADDRESS, CART, PACK, SUBMIT, Shopper, Storefront, documents

REGISTRATIONS = f"{CART}/tax-registrations"
SCHEMA = f"{REGISTRATIONS}/schema"

SET = """mutation($input: SetTaxIdentifiersInput!) { setTaxIdentifiers(input: $input) {
  cart { customerType taxIdentifiers { key maskedValue } totals { tax { amount } orderTotal { amount } } }
  warnings { code } errors { __typename code path retry } } }"""
PREPARE = """mutation($input: PrepareCheckoutInput!) { prepareCheckout(input: $input) {
  cart { customerType taxIdentifiers { key } totals { discount { amount } shippingAndHandling { amount } } }
  errors { code path } } }"""
READY = """{ checkoutReadiness { status steps { kind status } blockers { __typename code step resolvedBy
  ... on CheckUnavailableBlocker { retryAfter }
  ... on TaxIdentifierBlocker { requirements { customerType minimumCount fields { key } } } } } }"""

CPF, CNPJ = "52998224725", "11222333000181"
BRAZIL = {
    "countryCode": "BR",
    "countrySubdivision": "SP",
    "city": "São Paulo",
    "postalCode": "01310-100",
    "phoneNumber": "+551155550100",
}
BRITAIN: dict[str, Any] = {"countryCode": "GB", "countrySubdivision": None, "city": "Leeds", "postalCode": "LS1 4AP"}


async def set_tax(storefront: Storefront, kind: str, **identifiers: str) -> dict[str, Any]:
    listed = [{"key": key, "value": value} for key, value in identifiers.items()]
    given = {"customerType": kind, "taxIdentifiers": listed}
    payload: dict[str, Any] = (await storefront.ask(SET, input=given)).data["setTaxIdentifiers"]
    return payload


async def readiness(storefront: Storefront) -> dict[str, Any]:
    found: dict[str, Any] = (await storefront.ask(READY)).data["checkoutReadiness"]
    return found


async def test_a_business_gives_its_number_and_owes_no_tax(shopper: Shopper) -> None:
    await shopper.fill_cart(**BRITAIN)
    shopper.world.calls.clear()
    done = await set_tax(shopper.storefront, "BUSINESS", UK_VAT=" GB698588737 ")
    assert done["errors"] == []
    assert done["cart"]["customerType"] == "BUSINESS"
    assert done["cart"]["taxIdentifiers"] == [{"key": "UK_VAT", "maskedValue": "•••••••8737"}]
    assert done["cart"]["totals"]["tax"]["amount"] == "0.00"
    assert shopper.world.calls.count() == 3, "schema, change, cart"


async def test_identifiers_are_replaced_and_removed(storefront: Storefront, shopper: Shopper) -> None:
    await shopper.fill_cart(**BRAZIL)
    first = await set_tax(storefront, "BUSINESS", CNPJ=CNPJ, IE="110042490114")
    assert [one["key"] for one in first["cart"]["taxIdentifiers"]] == ["CNPJ", "IE"]
    second = await set_tax(storefront, "INDIVIDUAL", CPF=CPF)
    assert [one["key"] for one in second["cart"]["taxIdentifiers"]] == ["CPF"]
    gone = await set_tax(storefront, "BUSINESS")
    assert gone["errors"] == []
    assert gone["cart"] == IsPartialDict(customerType="BUSINESS", taxIdentifiers=[])


async def test_the_same_call_again_changes_nothing(storefront: Storefront, shopper: Shopper) -> None:
    await shopper.fill_cart(**BRAZIL)
    assert await set_tax(storefront, "INDIVIDUAL", CPF=CPF) == await set_tax(storefront, "INDIVIDUAL", CPF=CPF)
    assert await set_tax(storefront, "INDIVIDUAL") == await set_tax(storefront, "INDIVIDUAL")


WRONG: dict[str, tuple[str, dict[str, str], list[str]]] = {
    "not the pattern": ("INDIVIDUAL", {"CPF": "529-982"}, ["0", "value"]),
    "not its check digits": ("INDIVIDUAL", {"CPF": "52998224726"}, ["0", "value"]),
    "the second of two": ("BUSINESS", {"CNPJ": CNPJ, "IE": "x"}, ["1", "value"]),
    "of another kind of buyer": ("INDIVIDUAL", {"CNPJ": CNPJ}, ["0", "key"]),
    "of another country": ("BUSINESS", {"UK_VAT": "GB698588737"}, ["0", "key"]),
    "nothing in it": ("INDIVIDUAL", {"CPF": ""}, ["0", "value"]),
    "too long": ("INDIVIDUAL", {"CPF": "5" * 1000}, ["0", "value"]),
}


@pytest.mark.parametrize(("kind", "identifiers", "place"), WRONG.values(), ids=WRONG)
async def test_what_is_plainly_wrong_is_told_before_it_is_sent(
    shopper: Shopper, kind: str, identifiers: dict[str, str], place: list[str]
) -> None:
    await shopper.fill_cart(**BRAZIL)
    shopper.world.calls.clear()
    refused = await set_tax(shopper.storefront, kind, **identifiers)
    assert refused["errors"] == [
        {
            "__typename": "DestinationError",
            "code": "TAX_IDENTIFIER_INVALID",
            "path": ["input", "taxIdentifiers", *place],
            "retry": "FIX_THEN_RETRY",
        }
    ]
    assert shopper.world.calls.count("POST", REGISTRATIONS) == 0


async def test_a_kind_that_comes_twice_is_wrong(storefront: Storefront, shopper: Shopper) -> None:
    await shopper.fill_cart(**BRAZIL)
    twice = [{"key": "CPF", "value": CPF}, {"key": "CPF", "value": CPF}]
    answer = await storefront.ask(SET, input={"customerType": "INDIVIDUAL", "taxIdentifiers": twice})
    (error,) = answer.data["setTaxIdentifiers"]["errors"]
    assert error["path"] == ["input", "taxIdentifiers", "1", "key"]


async def test_a_site_without_tax_identifiers_says_so(shopper: Shopper) -> None:
    await shopper.fill_cart(**BRITAIN)
    await shopper.control("switches", {"tax_registrations": "off"})
    refused = await set_tax(shopper.storefront, "BUSINESS", UK_VAT="GB698588737")
    assert refused["errors"] == [IsPartialDict(code="TAX_IDENTIFIER_INVALID", path=["input", "taxIdentifiers"])]
    assert refused["cart"] == IsPartialDict(customerType="INDIVIDUAL", taxIdentifiers=[])


async def test_without_the_schema_upstream_decides(shopper: Shopper) -> None:
    await shopper.fill_cart(**BRAZIL)
    await shopper.fault("status", SCHEMA, status=503)
    assert (await set_tax(shopper.storefront, "INDIVIDUAL", CPF=CPF))["errors"] == []
    refused = await set_tax(shopper.storefront, "INDIVIDUAL", CPF="nonsense")
    assert refused["errors"] == [IsPartialDict(code="TAX_IDENTIFIER_INVALID", path=["input", "taxIdentifiers"])]


async def test_a_value_is_masked_wherever_it_is_shown(storefront: Storefront, shopper: Shopper) -> None:
    await shopper.fill_cart(**BRAZIL)
    done = await set_tax(storefront, "INDIVIDUAL", CPF=CPF)
    assert CPF not in str(done)
    refused = await storefront.ask(
        SET, input={"customerType": "INDIVIDUAL", "taxIdentifiers": [{"key": "CPF", "value": "12345678901"}]}
    )
    assert "12345678901" not in str(refused.body)


# In one call with the rest of the checkout.


async def test_the_parts_of_a_checkout_are_done_in_order(shopper: Shopper) -> None:
    storefront = shopper.storefront
    await storefront.add(PACK, 3)
    shopper.world.calls.clear()
    given = {
        "billing": {"address": ADDRESS | BRAZIL},
        "shipping": {"sameAs": "BILLING"},
        "tax": {"customerType": "INDIVIDUAL", "taxIdentifiers": [{"key": "CPF", "value": CPF}]},
        "shippingOption": {"rule": "CHEAPEST"},
        "offer": {"couponCode": "TRAIL10"},
        "termsOfSaleAccepted": True,
    }
    payload = (await storefront.ask(PREPARE, input=given)).data["prepareCheckout"]
    assert payload["errors"] == []
    assert payload["cart"]["taxIdentifiers"] == [{"key": "CPF"}], "the schema is that of the new address"
    assert payload["cart"]["totals"]["discount"]["amount"] == "24.03"
    assert shopper.world.calls.count() == 5, "addresses and terms, schema, tax, cart, coupon"


async def test_a_checkout_stops_at_the_part_that_fails(shopper: Shopper) -> None:
    storefront = shopper.storefront
    await storefront.add(PACK)
    given: dict[str, Any] = {
        "billing": {"address": ADDRESS | BRAZIL},
        "shipping": {"sameAs": "BILLING"},
        "tax": {"customerType": "INDIVIDUAL", "taxIdentifiers": [{"key": "CPF", "value": "1"}]},
        "offer": {"couponCode": "TRAIL10"},
    }
    payload = (await storefront.ask(PREPARE, input=given)).data["prepareCheckout"]
    path = ["input", "tax", "taxIdentifiers", "0", "value"]
    assert payload["errors"] == [{"code": "TAX_IDENTIFIER_INVALID", "path": path}]
    assert payload["cart"]["totals"]["discount"]["amount"] == "0.00", "the part after it was left alone"

    given["tax"]["taxIdentifiers"][0]["value"] = CPF
    given["offer"]["couponCode"] = "NONSENSE"
    payload = (await storefront.ask(PREPARE, input=given)).data["prepareCheckout"]
    assert payload["errors"] == [{"code": "COUPON_INVALID", "path": ["input", "offer", "couponCode"]}]
    assert payload["cart"]["taxIdentifiers"] == [{"key": "CPF"}], "the parts before it are done"


# The guard.


async def test_where_an_identifier_is_demanded_the_cart_says_so(shopper: Shopper) -> None:
    await shopper.fill_cart(**BRAZIL)
    await shopper.pay_with()
    shopper.world.calls.clear()
    found = await readiness(shopper.storefront)
    assert shopper.world.calls.count() == 2, "cart and schema"
    assert found["status"] == "BLOCKED"
    assert found["blockers"] == [
        {
            "__typename": "TaxIdentifierBlocker",
            "code": "TAX_IDENTIFIER_MISSING",
            "step": "TAX",
            "resolvedBy": ["Mutation.setTaxIdentifiers", "Mutation.prepareCheckout"],
            "requirements": [{"customerType": "INDIVIDUAL", "minimumCount": 1, "fields": [{"key": "CPF"}]}],
        }
    ]
    assert {"kind": "TAX", "status": "BLOCKED"} in found["steps"]
    result = await shopper.storefront.outcome()
    assert [one["code"] for one in result["blockers"]] == ["TAX_IDENTIFIER_MISSING"]
    assert shopper.submits == 0

    await set_tax(shopper.storefront, "INDIVIDUAL", CPF=CPF)
    shopper.world.calls.clear()
    found = await readiness(shopper.storefront)
    assert shopper.world.calls.count() == 1, "nothing is asked once there is one"
    assert found["status"] == "READY"
    assert {"kind": "TAX", "status": "DONE"} in found["steps"]
    assert (await shopper.storefront.outcome())["__typename"] == "OrderPlaced"


async def test_a_check_that_cannot_be_made_is_unknown_and_not_ready(shopper: Shopper) -> None:
    await shopper.fill_cart(**BRAZIL)
    await shopper.pay_with()
    await shopper.fault("status", SCHEMA, status=503)
    found = await readiness(shopper.storefront)
    assert found["status"] == "UNKNOWN"
    (blocker,) = found["blockers"]
    assert blocker == IsPartialDict(__typename="CheckUnavailableBlocker", code="CHECK_UNAVAILABLE", step="TAX")
    assert blocker["resolvedBy"] == ["Query.checkoutReadiness"]
    assert {"kind": "TAX", "status": "UNKNOWN"} in found["steps"]
    result = await shopper.storefront.outcome()
    assert [one["code"] for one in result["blockers"]] == ["CHECK_UNAVAILABLE"]
    assert shopper.submits == 0

    await shopper.sandbox.delete("/_sandbox/faults")
    assert [one["code"] for one in (await readiness(shopper.storefront))["blockers"]] == ["TAX_IDENTIFIER_MISSING"]


async def test_elsewhere_nobody_asks_and_a_step_is_not_needed(shopper: Shopper) -> None:
    await shopper.get_ready()
    shopper.world.calls.clear()
    found = await readiness(shopper.storefront)
    assert found["status"] == "READY"
    assert {"kind": "TAX", "status": "NOT_NEEDED"} in found["steps"]
    assert shopper.world.calls.count() == 1


async def test_a_refusal_that_the_rules_did_not_see_is_the_same_blocker(shopper: Shopper, world: World) -> None:
    await shopper.get_ready()
    await shopper.fault("status", SUBMIT, status=409, code="invalid-tax-registrations", times=1)
    result = await shopper.storefront.outcome()
    assert result["__typename"] == "OrderBlocked"
    (blocker,) = result["blockers"]
    assert blocker == IsPartialDict(__typename="TaxIdentifierBlocker", code="TAX_IDENTIFIER_MISSING")
    assert world.calls.count("GET", SCHEMA) == 1


async def test_the_checkout_page_reads_the_schema_once(shopper: Shopper) -> None:
    await shopper.fill_cart(**BRAZIL)
    shopper.world.calls.clear()
    page = (await shopper.storefront.ask(documents()["CheckoutPage"])).data
    assert page["cart"]["taxIdentifierRequirements"]
    assert page["cart"]["readiness"]["status"] == "BLOCKED"
    assert shopper.world.calls.count("GET", SCHEMA) == 1
