"""Cart totals: the amounts add up, and the tax depends on the address."""

from decimal import Decimal

import pytest

from tests.support.commerce_client import ADDRESS, ME, Client
from tests.support.shop import CART, GRAPHITE, PACK, POLES, SOFTWARE


async def test_cart_with_coupon_has_the_expected_totals(client: Client) -> None:
    lines = [
        {"product": {"id": PACK}},
        {"product": {"id": GRAPHITE}},
        {"product": {"id": int(SOFTWARE)}, "quantity": 2},
    ]
    await client.ask("POST", f"{CART}/line-items", json={"lineItems": {"lineItem": lines}})
    await client.ask("PUT", f"{CART}/shipping-address", 204, json={"address": ADDRESS})
    cart = (await client.ask("POST", f"{CART}?promoCode=SPRING20&expand=all"))["cart"]
    amounts = {name: amount["value"] for name, amount in cart["pricing"].items() if isinstance(amount, dict)}
    assert amounts == {
        "subtotal": 409.08,
        "subtotalWithDiscount": 389.08,
        "discount": 20,
        "shippingAndHandling": 9.95,
        "importTaxAndDuty": 0,
        "tax": 29.43,
        "orderTotal": 428.46,
    }
    assert cart["totalItemsInCart"] == 4


@pytest.mark.parametrize("locale", ["en_US", "de_DE", "en_GB", "ja_JP"])
@pytest.mark.parametrize("coupon", ["SPRING20", "TRAIL10", "SUMMIT50"])
@pytest.mark.parametrize("country", ["US", "DE", "GB", "JP", "CH"])
async def test_line_amounts_add_up_to_totals_in_every_locale(
    client: Client, locale: str, coupon: str, country: str
) -> None:
    await client.ask("POST", f"{ME}?locale={locale}", 204)
    await client.ask("POST", f"{CART}?productId={PACK},{GRAPHITE},{SOFTWARE},{POLES}&promoCode={coupon}&quantity=3")
    state = "NY" if country == "US" else None
    address = ADDRESS | {"country": country, "countrySubdivision": state, "postalCode": "10001"}
    await client.ask("PUT", f"{CART}/shipping-address", 204, json={"address": address})
    cart = await client.cart()
    pricing = {
        name: Decimal(str(amount["value"])) for name, amount in cart["pricing"].items() if isinstance(amount, dict)
    }
    lines = [line["pricing"] for line in cart["lineItems"]["lineItem"]]

    def summed(*names: str) -> Decimal:
        return sum((Decimal(str(line[name]["value"])) for line in lines for name in names), Decimal(0))

    assert pricing["subtotal"] == summed("salePriceWithQuantity")
    assert pricing["subtotalWithDiscount"] == pricing["subtotal"] - pricing["discount"]
    assert pricing["tax"] == summed("productTax", "shippingTax", "feeTax")
    added = Decimal(0) if cart["taxInclusive"] == "true" else pricing["tax"]
    assert pricing["orderTotal"] == pricing["subtotalWithDiscount"] + pricing["shippingAndHandling"] + added
    assert pricing["discount"] > 0
    assert pricing["tax"] > 0


async def test_physical_goods_are_taxed_by_shipping_address(client: Client) -> None:
    await client.ask("POST", f"{CART}?productId={PACK}")
    await client.ask("PUT", f"{CART}/billing-address", 204, json={"address": ADDRESS})
    assert (await client.cart())["pricing"]["tax"]["value"] == 0
    await client.ask("PUT", f"{CART}/shipping-address", 204, json={"address": ADDRESS})
    assert (await client.cart())["pricing"]["tax"]["value"] > 0


async def test_downloads_are_taxed_by_billing_address(client: Client) -> None:
    await client.ask("POST", f"{CART}?productId={SOFTWARE}")
    await client.ask("PUT", f"{CART}/billing-address", 204, json={"address": ADDRESS})
    assert (await client.cart())["pricing"]["tax"]["value"] > 0
