"""The readiness of a cart names the next step, and the totals are estimates until the cart is complete."""

from typing import Any

from tests.support.shop import ADDRESS, PACK, SOFTWARE, Shopper

READ = """{ cart { totals { isEstimate } }
  checkoutReadiness { status nextStep steps { kind status } blockers { code step } } }"""
SET_ADDRESSES = """mutation($input: SetCartAddressesInput!) { setCartAddresses(input: $input) {
  errors { code } } }"""
SELECT = """mutation($id: ID!) { selectShippingOption(input: {shippingOptionId: $id}) { errors { code } } }"""
ACCEPT_TERMS = "mutation { updateCart(input: {termsOfSaleAccepted: true}) { errors { code } } }"


async def read(shopper: Shopper) -> dict[str, Any]:
    data = (await shopper.storefront.ask(READ)).data
    readiness = data["checkoutReadiness"]
    steps = {step["kind"]: step["status"] for step in readiness["steps"]}
    blocked = [kind for kind, status in steps.items() if status in ("BLOCKED", "UNKNOWN")]
    assert {blocker["step"] for blocker in readiness["blockers"]} == set(blocked)
    return {"next": readiness["nextStep"], "blocked": blocked, "is_estimate": data["cart"]["totals"]["isEstimate"]}


async def change(shopper: Shopper, text: str, **variables: Any) -> None:
    (payload,) = (await shopper.storefront.ask(text, **variables)).data.values()
    assert payload["errors"] == []


async def test_next_step_is_the_first_one_that_is_open(shopper: Shopper) -> None:
    shopper.world.switches.shipping_option = "open"
    await shopper.storefront.add(PACK)
    rest = ["SHIPPING_OPTION", "PAYMENT", "REVIEW"]
    blocked = ["BILLING_ADDRESS", "SHIPPING_ADDRESS", *rest]
    assert await read(shopper) == {"next": "BILLING_ADDRESS", "blocked": blocked, "is_estimate": True}

    await change(shopper, SET_ADDRESSES, input={"shipping": {"address": ADDRESS}})
    assert await read(shopper) == {
        "next": "BILLING_ADDRESS",
        "blocked": ["BILLING_ADDRESS", *rest],
        "is_estimate": True,
    }

    await change(shopper, SET_ADDRESSES, input={"billing": {"address": ADDRESS}})
    assert await read(shopper) == {"next": "SHIPPING_OPTION", "blocked": rest, "is_estimate": True}

    options = (await shopper.storefront.ask("{ cart { shippingOptions { id } } }")).data["cart"]["shippingOptions"]
    await change(shopper, SELECT, id=options[0]["id"])
    assert await read(shopper) == {"next": "PAYMENT", "blocked": ["PAYMENT", "REVIEW"], "is_estimate": False}

    await shopper.pay_with()
    assert await read(shopper) == {"next": "REVIEW", "blocked": ["REVIEW"], "is_estimate": False}

    await change(shopper, ACCEPT_TERMS)
    assert await read(shopper) == {"next": None, "blocked": [], "is_estimate": False}


async def test_missing_shipping_address_is_the_step_after_billing(shopper: Shopper) -> None:
    await shopper.storefront.add(PACK)
    await change(shopper, SET_ADDRESSES, input={"billing": {"address": ADDRESS}})
    readiness = await read(shopper)
    assert (readiness["next"], readiness["is_estimate"]) == ("SHIPPING_ADDRESS", True)
    assert readiness["blocked"][0] == "SHIPPING_ADDRESS"


async def test_totals_of_a_digital_cart_need_only_billing_address(shopper: Shopper) -> None:
    await shopper.storefront.add(SOFTWARE)
    assert (await read(shopper))["is_estimate"] is True
    await change(shopper, SET_ADDRESSES, input={"billing": {"address": ADDRESS}})
    assert await read(shopper) == {"next": "PAYMENT", "blocked": ["PAYMENT", "REVIEW"], "is_estimate": False}


async def test_step_that_could_not_be_checked_is_next(shopper: Shopper) -> None:
    await shopper.fill_cart(
        countryCode="BR", countrySubdivision="SP", city="São Paulo", postalCode="01310-100", phoneNumber="+551155550100"
    )
    await shopper.pay_with()
    await shopper.fault("status", "/v1/shoppers/me/carts/active/tax-registrations/schema", status=503)
    assert await read(shopper) == {"next": "TAX", "blocked": ["TAX"], "is_estimate": False}
