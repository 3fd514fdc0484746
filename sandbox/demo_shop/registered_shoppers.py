"""The two registered shoppers of the demo shop: Alex has two addresses and two cards, Sam has one of each."""

from dataclasses import dataclass

from sandbox.demo_shop.keys import Keys
from sandbox.wire.values import Json

ALEX_HOME: Json = {
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
ALEX_WORK: Json = ALEX_HOME | {
    "companyName": "Riverfront Demo Outfitters",
    "line1": "120 Nicollet Mall",
    "line2": None,
    "city": "Minneapolis",
    "postalCode": "55401",
}
SAM_CABIN: Json = ALEX_HOME | {
    "firstName": "Sam",
    "lastName": "Brook",
    "line1": "4 Lakeside Lane",
    "line2": None,
    "city": "Duluth",
    "postalCode": "55802",
    "countyName": "Saint Louis",
    "emailAddress": "sam.brook@example.com",
}


@dataclass(frozen=True)
class DemoCard:
    nickname: str
    brand: str
    last_four_digits: str
    expiration_month: int
    valid_years: int
    """Years from now until the card expires."""
    funding: str


@dataclass(frozen=True)
class DemoShopper:
    username: str
    password: str
    external_reference: str
    first_name: str
    last_name: str
    addresses: dict[str, Json]
    """Addresses by nickname. The first address is the default."""
    cards: tuple[DemoCard, ...]
    """Cards saved as payment options. The first card is the default."""


def registered_shoppers(keys: Keys) -> list[DemoShopper]:
    return [
        DemoShopper(
            keys.shopper_username,
            keys.shopper_password,
            "rf-cust-000042",
            "Alex",
            "Rivera",
            {"Home": ALEX_HOME, "Work": ALEX_WORK},
            (
                DemoCard("Everyday Visa", "Visa", "1111", 8, 4, "debit"),
                DemoCard("Travel card", "MasterCard", "0008", 11, 3, "credit"),
            ),
        ),
        DemoShopper(
            keys.other_shopper_username,
            keys.other_shopper_password,
            "rf-cust-000043",
            "Sam",
            "Brook",
            {"Cabin": SAM_CABIN},
            (DemoCard("Sam's Visa", "Visa", "1111", 10, 5, "credit"),),
        ),
    ]
