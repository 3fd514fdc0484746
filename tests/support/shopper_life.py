"""The operations of a shopper's life: catalog, cart, payment, purchase, account, orders and subscription contracts.

The example operations select what a storefront needs. The other operations select everything that can be read without a
further call.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any

from graphql import get_named_type, is_abstract_type, is_composite_type, is_required_argument

from gateway.upstream.ids import global_id
from schema.build import build
from schema.directives import Cost
from tests.support import operation_calls
from tests.support.changed_answers import Scenario
from tests.support.operation_calls import TABLE
from tests.support.shop import GRAPHITE, LIVE_MAPS, WATCH, Shopper, documents

BRIEF = {"Product": "id upstreamId name kind isPurchasable", "DropInSetup": "sessionId countryCode"}
"""Selections of types that occur in many others. A document may have at most 2000 tokens."""


@cache
def everything(type_name: str, inside: tuple[str, ...] = ()) -> str:
    """A selection set with all fields of a type that need no argument and no call to Digital River of their own."""
    core = build().core
    type_: Any = core.type_map[type_name]
    if is_abstract_type(type_):
        return "__typename " + " ".join(
            f"... on {possible.name} {{ {everything(possible.name, inside)} }}"
            for possible in core.get_possible_types(type_)
        )
    return "__typename " + " ".join(_selected(type_, (*inside, type_name)))


def _selected(type_: Any, inside: tuple[str, ...]) -> Iterator[str]:
    for name, field in type_.fields.items():
        directives = field.extensions["strawberry-definition"].directives
        if any(isinstance(directive, Cost) for directive in directives):
            continue
        if any(is_required_argument(argument) for argument in field.args.values()):
            continue
        below = get_named_type(field.type)
        if not is_composite_type(below):
            yield name
        elif below.name in BRIEF:
            yield f"{name} {{ {BRIEF[below.name]} }}"
        elif below.name not in inside:
            yield f"{name} {{ {everything(below.name, inside)} }}"


async def purchased_contract(shopper: Shopper) -> dict[str, Any]:
    return {"id": (await operation_calls.contract(shopper))["id"]}


async def subscription_cart(shopper: Shopper) -> dict[str, Any]:
    await operation_calls.with_store_credit(shopper)
    await shopper.storefront.add(LIVE_MAPS)
    return {}


async def redirecting_cart(shopper: Shopper) -> dict[str, Any]:
    await operation_calls.ready_to_redirect(shopper)
    await shopper.storefront.outcome()
    return {}


async def pending_transfer(shopper: Shopper) -> dict[str, Any]:
    return {"id": (await operation_calls.wire_transfer(shopper))["orderId"]}


async def legacy_orders(shopper: Shopper) -> dict[str, Any]:
    await operation_calls.history(shopper)
    return {}


async def tax_form(shopper: Shopper) -> dict[str, Any]:
    await shopper.fill_cart(countryCode="BR", countrySubdivision="SP", postalCode="01310-100")
    return {}


async def wrong_coupon(shopper: Shopper) -> dict[str, Any]:
    await operation_calls.coupon(shopper)
    return {"code": "NOSUCHCODE"}


async def decline_ahead(shopper: Shopper) -> dict[str, Any]:
    await shopper.get_ready(owner__lastName="Decline:do_not_honor")
    return await _submission(shopper)


async def transfer_ahead(shopper: Shopper) -> dict[str, Any]:
    await shopper.get_ready("wireTransfer")
    return await _submission(shopper)


async def _submission(shopper: Shopper) -> dict[str, Any]:
    cart = await shopper.storefront.cart()
    return {
        "key": "00000000-0000-4000-8000-000000000001",
        "total": cart["totals"]["orderTotal"],
        "revision": cart["revision"],
    }


def scenarios() -> list[Scenario]:
    """Every operation that calls Digital River, with the function that prepares the cart and the session for it."""
    cart, session = everything("Cart"), everything("PaymentSession")
    methods, offer = everything("AvailablePaymentMethods"), everything("Offer")
    product, order = everything("Product"), everything("Order")
    account = f"""{{ shopper {{ {everything("Shopper")} addresses {{ {everything("SavedAddress")} }}
      paymentOptions {{ {everything("PaymentOption")} }} storeCredit {{ {everything("StoreCreditAccount")} }} }} }}"""
    history = f"{{ shopper {{ orders(first: 20) {{ {everything('OrderConnection')} }} }} }}"
    contract = everything("SubscriptionContract")
    contracts = f"""query($id: ID!) {{ subscriptionContract(id: $id) {{ {contract} }}
      shopper {{ subscriptionContracts(first: 9) {{ nodes {{ id pendingChanges {{ action requestedAt }}
        orders(first: 2) {{ nodes {{ id }} }} }} }} }} }}"""
    whole = {
        "WholeProduct": (
            f"""{{ product(by: {{upstreamId: "{WATCH}"}}) {{ {product} inventory {{ {everything("InventoryStatus")} }}
              volumePricing {{ {everything("VolumePriceTier")} }} variations {{ id name }}
              categories {{ {everything("Category")} }} offers {{ {offer} products {{ {everything("OfferedProduct")} }}
              }} }} }}""",
            operation_calls.nothing,
        ),
        "Variation": (f'{{ node(id: "{global_id("Product", GRAPHITE)}") {{ ... on Product {{ {product} }} }} }}', None),
        "Categories": (f"{{ categories {{ {everything('Category')} children {{ id name }} }} }}", None),
        "WholeCart": (
            f"{{ cart {{ {cart} appliedOffers {{ {everything('AppliedOffer')} }} }} }}",
            operation_calls.filled,
        ),
        "ReadyCart": (f"{{ cart {{ {cart} }} checkoutReadiness {{ status blockers {{ code }} }} }}", ready),
        "SubscriptionCart": (
            f"{{ cart {{ {cart} }} paymentSession {{ {session} }} availablePaymentMethods {{ {methods} }} }}",
            subscription_cart,
        ),
        "RedirectingCart": (f"{{ cart {{ {cart} }} paymentSession {{ {session} }} }}", redirecting_cart),
        "TaxForm": (
            f"{{ cart {{ {cart} taxIdentifierRequirements {{ {everything('TaxIdentifierRequirement')} }} }} }}",
            tax_form,
        ),
        "WholeAccount": (account, subscription_cart),
        "WholeHistory": (history, legacy_orders),
        "WholeOrder": (f"query($id: ID!) {{ order(id: $id) {{ {order} }} }}", operation_calls.order),
        "PendingOrder": (f"query($id: ID!) {{ order(id: $id) {{ {order} }} }}", pending_transfer),
        "WholeContract": (contracts, purchased_contract),
        "WrongCoupon": (documents()["RedeemCoupon"], wrong_coupon),
        "DeclinedOrder": (documents()["GuestOrder"], decline_ahead),
        "TransferOrder": (documents()["GuestOrder"], transfer_ahead),
    }
    return [
        *(Scenario(name, documents()[name], row.arrange) for name, row in TABLE.items() if row.effects),
        *(Scenario(name, text, arrange or operation_calls.nothing) for name, (text, arrange) in whole.items()),
    ]


async def ready(shopper: Shopper) -> dict[str, Any]:
    await operation_calls.ready(shopper)
    return {}
