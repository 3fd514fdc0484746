"""The registered shoppers that the demo shop begins with."""

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

from sandbox.demo_shop.payment_methods import METHODS
from sandbox.model.shopper import Account, PaymentOption, SavedAddress
from sandbox.model.source import Source
from sandbox.wire.money import ZERO, Json

if TYPE_CHECKING:
    from sandbox.model.world import World  # which is furnished here

HOME: Json = {
    "firstName": "Alex",
    "lastName": "Rivera",
    "line1": "10380 Bren Road West",
    "line2": "Suite 150",
    "city": "Minnetonka",
    "countrySubdivision": "MN",
    "postalCode": "55343",
    "country": "US",
    "countryName": "United States",
    "phoneNumber": "952-555-0142",
    "countyName": "Hennepin",
    "emailAddress": "alex.rivera@example.com",
}
WORK: Json = HOME | {
    "companyName": "Riverfront Demo Outfitters",
    "line1": "120 Nicollet Mall",
    "line2": None,
    "city": "Minneapolis",
    "postalCode": "55401",
}
CABIN: Json = HOME | {
    "firstName": "Sam",
    "lastName": "Brook",
    "line1": "4 Lakeside Lane",
    "line2": None,
    "city": "Duluth",
    "postalCode": "55802",
    "countyName": "Saint Louis",
    "emailAddress": "sam.brook@example.com",
}


def furnish(world: "World") -> None:
    """Alex has two addresses and two cards, Sam has one of each."""
    keys = world.keys
    alex = world.open_account(keys.shopper_username, keys.shopper_password, "rf-cust-000042", "Alex", "Rivera")
    _address(world, alex, "Home", HOME)
    _address(world, alex, "Work", WORK)
    _card(world, alex, "Everyday Visa", "Visa", "1111", (8, 4), "debit")
    _card(world, alex, "Travel card", "MasterCard", "0008", (11, 3), "credit")
    sam = world.open_account(keys.other_shopper_username, keys.other_shopper_password, "rf-cust-000043", "Sam", "Brook")
    _address(world, sam, "Cabin", CABIN)
    _card(world, sam, "Sam's Visa", "Visa", "1111", (10, 5), "credit")


def _address(world: "World", account: Account, nickname: str, fields: Json) -> None:
    is_first = not account.addresses
    account.addresses.append(SavedAddress(world.next_address_id(), nickname, is_first, fields))


def _card(
    world: "World", account: Account, nickname: str, brand: str, digits: str, expiry: tuple[int, int], funding: str
) -> None:
    """`expiry` is the month, and how many years from now."""
    month, years = expiry
    now = world.now()
    source_id = uuid4()
    source = Source(
        id=source_id,
        secret=f"{source_id}_{uuid4()}",
        method=METHODS["creditCard"],
        amount=ZERO,
        currency="USD",
        state="chargeable",
        owner=None,
        session_id=None,
        created_at=now - timedelta(days=30),
        details={
            "brand": brand,
            "expirationMonth": month,
            "expirationYear": now.year + years,
            "lastFourDigits": digits,
            "fundingSource": funding,
        },
        reusable=True,
    )
    world.sources[source_id] = source
    is_first = not account.payment_options
    account.payment_options.append(PaymentOption(world.next_option_id(), nickname, is_first, source))
