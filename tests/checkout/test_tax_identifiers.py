"""Tax identifiers: where they are required, how they are validated, and how the cart shows them."""

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


async def set_tax(storefront: Storefront, customer_type: str, **identifiers: str) -> dict[str, Any]:
    pairs = [{"key": key, "value": value} for key, value in identifiers.items()]
    args = {"customerType": customer_type, "taxIdentifiers": pairs}
    payload: dict[str, Any] = (await storefront.ask(SET, input=args)).data["setTaxIdentifiers"]
    return payload


async def readiness(storefront: Storefront) -> dict[str, Any]:
    checkout: dict[str, Any] = (await storefront.ask(READY)).data["checkoutReadiness"]
    return checkout


async def test_business_with_a_vat_number_pays_no_tax(shopper: Shopper) -> None:
    await shopper.fill_cart(**BRITAIN)
    shopper.world.calls.clear()
    payload = await set_tax(shopper.storefront, "BUSINESS", UK_VAT=" GB698588737 ")
    assert payload["errors"] == []
    assert payload["cart"]["customerType"] == "BUSINESS"
    assert payload["cart"]["taxIdentifiers"] == [{"key": "UK_VAT", "maskedValue": "•••••••8737"}]
    assert payload["cart"]["totals"]["tax"]["amount"] == "0.00"
    assert shopper.world.calls.count() == 3, "calls: tax schema, change, cart"


async def test_tax_identifiers_can_be_replaced_and_removed(storefront: Storefront, shopper: Shopper) -> None:
    await shopper.fill_cart(**BRAZIL)
    first = await set_tax(storefront, "BUSINESS", CNPJ=CNPJ, IE="110042490114")
    assert [identifier["key"] for identifier in first["cart"]["taxIdentifiers"]] == ["CNPJ", "IE"]
    second = await set_tax(storefront, "INDIVIDUAL", CPF=CPF)
    assert [identifier["key"] for identifier in second["cart"]["taxIdentifiers"]] == ["CPF"]
    removed = await set_tax(storefront, "BUSINESS")
    assert removed["errors"] == []
    assert removed["cart"] == IsPartialDict(customerType="BUSINESS", taxIdentifiers=[])


async def test_repeated_set_tax_identifiers_returns_the_same_payload(storefront: Storefront, shopper: Shopper) -> None:
    await shopper.fill_cart(**BRAZIL)
    for identifiers, keys in (({"CPF": CPF}, ["CPF"]), ({}, [])):
        first = await set_tax(storefront, "INDIVIDUAL", **identifiers)
        assert first["errors"] == []
        assert [identifier["key"] for identifier in first["cart"]["taxIdentifiers"]] == keys
        assert await set_tax(storefront, "INDIVIDUAL", **identifiers) == first


INVALID: dict[str, tuple[str, dict[str, str], list[str]]] = {
    "not matching the pattern": ("INDIVIDUAL", {"CPF": "529-982"}, ["0", "value"]),
    "wrong check digits": ("INDIVIDUAL", {"CPF": "52998224726"}, ["0", "value"]),
    "the second of two": ("BUSINESS", {"CNPJ": CNPJ, "IE": "x"}, ["1", "value"]),
    "of the other customer type": ("INDIVIDUAL", {"CNPJ": CNPJ}, ["0", "key"]),
    "of another country": ("BUSINESS", {"UK_VAT": "GB698588737"}, ["0", "key"]),
    "empty": ("INDIVIDUAL", {"CPF": ""}, ["0", "value"]),
    "too long": ("INDIVIDUAL", {"CPF": "5" * 1000}, ["0", "value"]),
}


@pytest.mark.parametrize(("customer_type", "identifiers", "path"), INVALID.values(), ids=INVALID)
async def test_invalid_tax_identifier_is_rejected_and_not_sent(
    shopper: Shopper, customer_type: str, identifiers: dict[str, str], path: list[str]
) -> None:
    await shopper.fill_cart(**BRAZIL)
    shopper.world.calls.clear()
    refused = await set_tax(shopper.storefront, customer_type, **identifiers)
    assert refused["errors"] == [
        {
            "__typename": "DestinationError",
            "code": "TAX_IDENTIFIER_INVALID",
            "path": ["input", "taxIdentifiers", *path],
            "retry": "FIX_THEN_RETRY",
        }
    ]
    assert shopper.world.calls.count("POST", REGISTRATIONS) == 0


async def test_duplicate_tax_identifier_key_is_rejected(storefront: Storefront, shopper: Shopper) -> None:
    await shopper.fill_cart(**BRAZIL)
    twice = [{"key": "CPF", "value": CPF}, {"key": "CPF", "value": CPF}]
    answer = await storefront.ask(SET, input={"customerType": "INDIVIDUAL", "taxIdentifiers": twice})
    (error,) = answer.data["setTaxIdentifiers"]["errors"]
    assert error["path"] == ["input", "taxIdentifiers", "1", "key"]


async def test_tax_identifier_is_rejected_when_site_collects_none(shopper: Shopper) -> None:
    await shopper.fill_cart(**BRITAIN)
    await shopper.control("switches", {"tax_registrations": "off"})
    refused = await set_tax(shopper.storefront, "BUSINESS", UK_VAT="GB698588737")
    assert refused["errors"] == [IsPartialDict(code="TAX_IDENTIFIER_INVALID", path=["input", "taxIdentifiers"])]
    assert refused["cart"] == IsPartialDict(customerType="INDIVIDUAL", taxIdentifiers=[])


async def test_digital_river_validates_tax_identifiers_when_tax_schema_is_unavailable(shopper: Shopper) -> None:
    await shopper.fill_cart(**BRAZIL)
    await shopper.fault("status", SCHEMA, status=503)
    assert (await set_tax(shopper.storefront, "INDIVIDUAL", CPF=CPF))["errors"] == []
    refused = await set_tax(shopper.storefront, "INDIVIDUAL", CPF="nonsense")
    assert refused["errors"] == [IsPartialDict(code="TAX_IDENTIFIER_INVALID", path=["input", "taxIdentifiers"])]


async def test_tax_identifier_is_masked_in_every_answer(storefront: Storefront, shopper: Shopper) -> None:
    await shopper.fill_cart(**BRAZIL)
    payload = await set_tax(storefront, "INDIVIDUAL", CPF=CPF)
    assert [identifier["key"] for identifier in payload["cart"]["taxIdentifiers"]] == ["CPF"]
    assert CPF not in str(payload)
    refused = await storefront.ask(
        SET, input={"customerType": "INDIVIDUAL", "taxIdentifiers": [{"key": "CPF", "value": "12345678901"}]}
    )
    assert refused.data["setTaxIdentifiers"]["errors"] == [IsPartialDict(code="TAX_IDENTIFIER_INVALID")]
    assert "12345678901" not in str(refused.body)


# Tax identifiers in prepareCheckout.


async def test_prepare_checkout_applies_address_before_tax_identifiers(shopper: Shopper) -> None:
    storefront = shopper.storefront
    await storefront.add(PACK, 3)
    shopper.world.calls.clear()
    args = {
        "billing": {"address": ADDRESS | BRAZIL},
        "shipping": {"sameAs": "BILLING"},
        "tax": {"customerType": "INDIVIDUAL", "taxIdentifiers": [{"key": "CPF", "value": CPF}]},
        "shippingOption": {"rule": "CHEAPEST"},
        "offer": {"couponCode": "TRAIL10"},
        "termsOfSaleAccepted": True,
    }
    payload = (await storefront.ask(PREPARE, input=args)).data["prepareCheckout"]
    assert payload["errors"] == []
    assert payload["cart"]["taxIdentifiers"] == [{"key": "CPF"}], "validated with the tax schema of the new country"
    assert payload["cart"]["totals"]["discount"]["amount"] == "24.03"
    assert shopper.world.calls.count() == 5, "calls: addresses and terms, tax schema, tax, cart, coupon"


async def test_prepare_checkout_applies_no_input_after_the_first_failed_input(shopper: Shopper) -> None:
    storefront = shopper.storefront
    await storefront.add(PACK)
    args: dict[str, Any] = {
        "billing": {"address": ADDRESS | BRAZIL},
        "shipping": {"sameAs": "BILLING"},
        "tax": {"customerType": "INDIVIDUAL", "taxIdentifiers": [{"key": "CPF", "value": "1"}]},
        "offer": {"couponCode": "TRAIL10"},
    }
    payload = (await storefront.ask(PREPARE, input=args)).data["prepareCheckout"]
    path = ["input", "tax", "taxIdentifiers", "0", "value"]
    assert payload["errors"] == [{"code": "TAX_IDENTIFIER_INVALID", "path": path}]
    assert payload["cart"]["totals"]["discount"]["amount"] == "0.00", (
        "the coupon after the failed tax input is not applied"
    )

    args["tax"]["taxIdentifiers"][0]["value"] = CPF
    args["offer"]["couponCode"] = "NONSENSE"
    payload = (await storefront.ask(PREPARE, input=args)).data["prepareCheckout"]
    assert payload["errors"] == [{"code": "COUPON_INVALID", "path": ["input", "offer", "couponCode"]}]
    assert payload["cart"]["taxIdentifiers"] == [{"key": "CPF"}], "the tax input before the failed coupon is applied"


# Tax identifiers that block the checkout.


async def test_missing_tax_identifier_blocks_the_order_until_set(shopper: Shopper) -> None:
    await shopper.fill_cart(**BRAZIL)
    await shopper.pay_with()
    shopper.world.calls.clear()
    checkout = await readiness(shopper.storefront)
    assert shopper.world.calls.count() == 2, "calls: cart, tax schema"
    assert checkout["status"] == "BLOCKED"
    assert checkout["blockers"] == [
        {
            "__typename": "TaxIdentifierBlocker",
            "code": "TAX_IDENTIFIER_MISSING",
            "step": "TAX",
            "resolvedBy": ["Mutation.setTaxIdentifiers", "Mutation.prepareCheckout"],
            "requirements": [{"customerType": "INDIVIDUAL", "minimumCount": 1, "fields": [{"key": "CPF"}]}],
        }
    ]
    assert {"kind": "TAX", "status": "BLOCKED"} in checkout["steps"]
    result = await shopper.storefront.outcome()
    assert [blocker["code"] for blocker in result["blockers"]] == ["TAX_IDENTIFIER_MISSING"]
    assert shopper.submits == 0

    await set_tax(shopper.storefront, "INDIVIDUAL", CPF=CPF)
    shopper.world.calls.clear()
    checkout = await readiness(shopper.storefront)
    assert shopper.world.calls.count() == 1, "the tax schema is not read when the cart has an identifier"
    assert checkout["status"] == "READY"
    assert {"kind": "TAX", "status": "DONE"} in checkout["steps"]
    assert (await shopper.storefront.outcome())["__typename"] == "OrderPlaced"


async def test_unavailable_tax_schema_makes_readiness_unknown(shopper: Shopper) -> None:
    await shopper.fill_cart(**BRAZIL)
    await shopper.pay_with()
    await shopper.fault("status", SCHEMA, status=503)
    checkout = await readiness(shopper.storefront)
    assert checkout["status"] == "UNKNOWN"
    (blocker,) = checkout["blockers"]
    assert blocker == IsPartialDict(__typename="CheckUnavailableBlocker", code="CHECK_UNAVAILABLE", step="TAX")
    assert blocker["resolvedBy"] == ["Query.checkoutReadiness"]
    assert {"kind": "TAX", "status": "UNKNOWN"} in checkout["steps"]
    result = await shopper.storefront.outcome()
    assert [blocker["code"] for blocker in result["blockers"]] == ["CHECK_UNAVAILABLE"]
    assert shopper.submits == 0

    await shopper.sandbox.delete("/_sandbox/faults")
    assert [blocker["code"] for blocker in (await readiness(shopper.storefront))["blockers"]] == [
        "TAX_IDENTIFIER_MISSING"
    ]


async def test_readiness_marks_tax_step_as_not_needed_for_us_address(shopper: Shopper) -> None:
    await shopper.get_ready()
    shopper.world.calls.clear()
    checkout = await readiness(shopper.storefront)
    assert checkout["status"] == "READY"
    assert {"kind": "TAX", "status": "NOT_NEEDED"} in checkout["steps"]
    assert shopper.world.calls.count() == 1


async def test_invalid_tax_identifier_refused_by_submit_cart_becomes_a_blocker(shopper: Shopper, world: World) -> None:
    await shopper.get_ready()
    await shopper.fault("status", SUBMIT, status=409, code="invalid-tax-registrations", times=1)
    result = await shopper.storefront.outcome()
    assert result["__typename"] == "OrderBlocked"
    (blocker,) = result["blockers"]
    assert blocker == IsPartialDict(__typename="TaxIdentifierBlocker", code="TAX_IDENTIFIER_MISSING")
    assert world.calls.count("GET", SCHEMA) == 1


async def test_checkout_page_reads_the_tax_schema_once(shopper: Shopper) -> None:
    await shopper.fill_cart(**BRAZIL)
    shopper.world.calls.clear()
    page = (await shopper.storefront.ask(documents()["CheckoutPage"])).data
    assert page["cart"]["taxIdentifierRequirements"]
    assert page["cart"]["readiness"]["status"] == "BLOCKED"
    assert shopper.world.calls.count("GET", SCHEMA) == 1
