"""Card numbers are detected by the leading digits and the lengths of each issuer, and no other numbers are."""

import pytest
from stdnum import ean, luhn

from gateway.documents.card_numbers import has_card_number

ISSUERS: dict[str, tuple[int, int, set[int]]] = {
    "Visa": (4, 4, {13, 16, 19}),
    "Mastercard": (51, 55, {16}),
    "Mastercard, second range": (2221, 2720, {16}),
    "American Express 34": (34, 34, {15}),
    "American Express 37": (37, 37, {15}),
    "Diners Club 300 to 305": (300, 305, {14, 16, 17, 18, 19}),
    "Diners Club 3095": (3095, 3095, {14, 16, 17, 18, 19}),
    "Diners Club 36": (36, 36, {14, 15, 16, 17, 18, 19}),
    "Diners Club 38 and 39": (38, 39, {14, 16, 17, 18, 19}),
    "JCB": (3528, 3589, {16, 17, 18, 19}),
    "Discover 6011": (6011, 6011, {16, 17, 18, 19}),
    "Discover 644 to 659": (644, 659, {16, 17, 18, 19}),
    "UnionPay 62": (62, 62, {16, 17, 18, 19}),
    "UnionPay 81 and 82": (81, 82, {16, 17, 18, 19}),
    "Mir": (2200, 2204, {16, 17, 18, 19}),
    "Troy": (9792, 9792, {16}),
    "Maestro, Elo, Verve": (50, 50, {13, 14, 15, 16, 17, 18, 19}),
    "Maestro 56 to 58": (56, 58, {13, 14, 15, 16, 17, 18, 19}),
    "RuPay, Hipercard": (60, 60, {16, 17, 18, 19}),
    "Maestro 63": (63, 63, {13, 14, 15, 16, 17, 18, 19}),
    "Maestro 67": (67, 67, {13, 14, 15, 16, 17, 18, 19}),
}
"""First and last leading digits, and lengths, of the numbers of each issuer."""


def has_check_digit_of_gs1(number: str) -> bool:
    """Whether the number may be that of a product or a parcel."""
    weighted = [int(digit) * (3 if index % 2 else 1) for index, digit in enumerate(reversed(number))]
    return sum(weighted) % 10 == 0


def number(prefix: int, length: int) -> str:
    """A number with a valid check digit, which is none of a product or a parcel and does not begin with a shorter card
    number."""
    for filler in range(10_000):
        body = f"{prefix}{filler:04d}".ljust(length - 1, "0")
        candidate = body + str(luhn.calc_check_digit(body))
        shorter = (candidate[:size] for size in range(13, length))
        if not has_check_digit_of_gs1(candidate) and not any(map(luhn.is_valid, shorter)):
            return candidate
    raise AssertionError(f"there is no such number: {prefix}, {length}")


def issuer_lengths(prefix: str) -> set[int]:
    """Lengths of all card numbers that begin with these four digits."""
    return {
        length
        for first, last, lengths in ISSUERS.values()
        if first <= int(prefix[: len(str(first))]) <= last
        for length in lengths
    }


@pytest.mark.parametrize(("first", "last", "lengths"), ISSUERS.values(), ids=ISSUERS)
def test_numbers_at_both_ends_of_each_range_are_detected(first: int, last: int, lengths: set[int]) -> None:
    for prefix in (first, last):
        for length in lengths:
            assert has_card_number(number(prefix, length)), (prefix, length)


def test_no_number_outside_the_ranges_and_lengths_is_detected() -> None:
    borders = {
        int(str(border).ljust(4, digit)) + step
        for first, last, _ in ISSUERS.values()
        for border, digit in ((first, "0"), (last, "9"))
        for step in (-1, 0, 1)
    }
    for prefix in borders | set(range(1000, 10_000, 250)):
        for length in set(range(12, 20)) - issuer_lengths(str(prefix)):
            assert not has_card_number(number(prefix, length)), (prefix, length)


EAN_AND_CARD = "4006381330060"


def test_end_of_a_long_group_is_no_number() -> None:
    group = "100000" + "40000000000002"
    assert luhn.is_valid(group[6:])
    assert len(group[6:]) not in ISSUERS["Visa"][2]
    assert not has_card_number(group)


def test_ean_is_accepted_unless_written_in_groups() -> None:
    assert ean.is_valid(EAN_AND_CARD)
    assert luhn.is_valid(EAN_AND_CARD)
    assert not has_card_number(EAN_AND_CARD)
    assert not has_card_number(f"EAN {EAN_AND_CARD}, 2 units")
    for groups in ("4006 3813 3006 0", "4006-381330060", "400638133006 0"):
        assert has_card_number(groups), "an EAN is not written in these groups"
