"""Finds the brand of a card number, and checks its check digit (Luhn)."""

import re

PASSES_WITHOUT_LUHN = {"4000000000004663"}
"""Test card numbers of Digital River that are accepted although their check digit is wrong."""

_BRANDS = [
    ("American Express", r"3[47]"),
    ("Diners Club", r"3(0|6|8)"),
    ("JCB", r"35"),
    ("Discover", r"6(011|4[4-9]|5)"),
    ("UnionPay", r"62"),
    ("MasterCard", r"5[1-5]|2[2-7]"),
    ("Visa", r"4"),
]

BRANDS_OF_WALLETS = {
    "AMEX": "American Express",
    "DISCOVER": "Discover",
    "JCB": "JCB",
    "MASTERCARD": "MasterCard",
    "VISA": "Visa",
}
"""Brands by the names that Google Pay uses for them."""


def brand(number: str) -> str | None:
    """Brand of the card number; None if no brand uses its first digits."""
    return next((name for name, pattern in _BRANDS if re.match(pattern, number)), None)


def is_valid(number: str) -> bool:
    return number in PASSES_WITHOUT_LUHN or (re.fullmatch(r"\d{13,19}", number) is not None and _passes_luhn(number))


def _passes_luhn(number: str) -> bool:
    digits = [int(digit) for digit in reversed(number)]
    doubled = (sum(divmod(2 * digit, 10)) for digit in digits[1::2])
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0
