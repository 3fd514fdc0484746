"""A guest's purchase in an app with a bearer token. Arguments: URL of the gateway, URL of the sandbox."""

import asyncio
import sys
import uuid

import httpx
from graph.client import Riverfront
from graph.enums import ProductKind, SessionDelivery
from graph.input_types import AddressInput, MoneyInput

CLIENT = {"Accept": "application/graphql-response+json", "X-Riverfront-Client": "python-example"}

# Longer than the gateway's own time limit for an order.
ORDER_TIMEOUT_S = 70

ADDRESS = AddressInput(
    firstName="Ada",
    lastName="Lovelace",
    line1="10380 Bren Road W",
    city="Minnetonka",
    countrySubdivision="MN",
    postalCode="55343",
    countryCode="US",
    phoneNumber="952-555-0100",
    email="ada@example.com",
)


async def main(gateway_url: str = "http://127.0.0.1:8000", sandbox_url: str = "http://127.0.0.1:8001") -> None:
    async with Riverfront(f"{gateway_url}/graphql", CLIENT) as graph:
        listing = await graph.look_around()
        assert listing.storefront and listing.products
        physical = (item for item in listing.products.nodes if item.kind is ProductKind.PHYSICAL)
        product = next(item for item in physical if item.is_purchasable)
        added = (await graph.guest_first_line(uuid.uuid4(), product.id, SessionDelivery.BEARER)).add_cart_lines
        assert added and not added.errors, added
        print(f"In the cart: {product.name}")
    async with Riverfront(
        f"{gateway_url}/graphql", CLIENT | {"Authorization": f"Bearer {added.bearer_token}"}
    ) as graph:
        await check_out(graph, sandbox_url, listing.storefront.publishable_key)


async def check_out(graph: Riverfront, sandbox_url: str, key: str) -> None:
    prepared = (await graph.guest_details(ADDRESS)).prepare_checkout
    assert prepared and not prepared.errors, prepared
    assert prepared.cart and prepared.cart.payment_session
    collect = prepared.cart.payment_session.next_action
    assert collect and collect.typename__ == "CollectSourceAction", collect
    # Digital River may not report an amount. Without a total, the next action would not be SubmitOrderAction.
    print(f"To pay: {collect.amount_due.formatted if collect.amount_due else 'unknown'}")

    source_id = await create_card(sandbox_url, key, collect.drop_in.session_id)
    attached = (await graph.guest_source(source_id)).attach_source
    assert attached and not attached.errors, attached
    assert attached.payment_session
    ready = attached.payment_session.next_action
    # The comparison tells the type checker which fields this action has.
    assert ready and ready.typename__ == "SubmitOrderAction", ready

    total = MoneyInput(amount=ready.amount.amount, currencyCode=ready.amount.currency_code)
    ordered = await graph.guest_order(uuid.uuid4(), total, ready.cart_revision, timeout=ORDER_TIMEOUT_S)
    assert ordered.submit_order and not ordered.submit_order.errors, ordered
    result = ordered.submit_order.result
    assert result and result.typename__ == "OrderPlaced", result
    print(f"Order number {result.order.number}")


async def create_card(sandbox_url: str, key: str, session_id: str) -> str:
    """Create a card source, as DigitalRiver.js does in a browser. The card is sent to the payment service only."""
    body = {
        "type": "creditCard",
        "sessionId": session_id,
        "owner": {
            "firstName": ADDRESS.first_name,
            "lastName": ADDRESS.last_name,
            "email": ADDRESS.email,
            "address": {
                "line1": ADDRESS.line_1,
                "city": ADDRESS.city,
                "state": ADDRESS.country_subdivision,
                "postalCode": ADDRESS.postal_code,
                "country": ADDRESS.country_code,
            },
        },
        "creditCard": {"number": "4444222233331111", "expirationMonth": 10, "expirationYear": 2035, "cvv": "123"},
    }
    headers = {"Authorization": f"Bearer {key}"}
    async with httpx.AsyncClient(headers=headers) as http:
        answer = await http.post(f"{sandbox_url}/payments/sources", json=body)
    answer.raise_for_status()
    source_id: str = answer.json()["id"]
    return source_id


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
