"""Which strings are recognised as card numbers: nearly no innocent ones, and every notation that people use."""

import base64
import random
import uuid
from collections.abc import Callable
from itertools import pairwise

import pytest
from stdnum import ean, iban, luhn

from gateway.documents.card_numbers import ISSUERS, MOST_LOOKS, Screen, has_card_number
from gateway.documents.card_variables import accepts_number

chance = random.Random(4711)  # noqa: S311 - the tests need the same strings in each run


def some(count: int) -> str:
    return "".join(chance.choices("0123456789", k=count))


def in_fours(text: str) -> str:
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def perhaps_in_fours(text: str) -> str:
    return chance.choice([text, in_fours(text)])


def with_gs1_digit(digits: str) -> str:
    return digits + str(ean.calc_check_digit(digits))


def bank_account() -> str:
    country, account = chance.choice(
        [("DE", some(18)), ("FR", some(23)), ("ES", some(20)), ("PL", some(24)), ("NL", f"ABNA{some(10)}")]
    )
    return perhaps_in_fours(country + iban.calc_check_digits(f"{country}00{account}") + account)


def telephone() -> str:
    return f"{some(3)}-{some(3)}-{some(4)}"


INNOCENT: dict[str, Callable[[], str]] = {
    "bank accounts": bank_account,
    "parcels in the USA": lambda: perhaps_in_fours(with_gs1_digit(f"9{chance.randint(1, 5)}{some(19)}")),
    "parcels by SSCC": lambda: with_gs1_digit(some(17)),
    "parcels by SSCC with its prefix": lambda: perhaps_in_fours("00" + with_gs1_digit(some(17))),
    "parcels of UPS": lambda: f"1Z{some(3)}{chance.choice('AEX')}{some(12)}",
    "parcels of DHL": lambda: f"JJD01{some(16)}",
    "parcels of FedEx": lambda: some(12),
    "two telephone numbers": lambda: f"{telephone()}, {telephone()}",
    "two telephone numbers with spaces": lambda: f"{telephone()} {telephone()}".replace("-", " "),
    "telephone numbers with prefix": lambda: f"0{some(3)}/{some(7)} or 0{some(4)}/{some(6)}",
    "international telephone numbers": lambda: f"+{some(2)} {some(3)} {some(4)} {some(4)}, +{some(13)}",
    "products": lambda: with_gs1_digit(some(12)),
    "books": lambda: with_gs1_digit(f"978{some(9)}"),
    "cards of telephones": lambda: f"89{some(17)}",
    "times": lambda: f"2026-{some(2)}-{some(2)} {some(2)}:{some(2)}:{some(2)}",
    "times in milliseconds": lambda: f"17{some(11)}",
    "places": lambda: f"52.{some(6)}, 13.{some(6)}",
    "addresses": lambda: f"{some(5)} Bren Road {some(2)}, Apt {some(3)}, {some(5)}-{some(4)}",
    "companies in Brazil": lambda: f"{some(2)}.{some(3)}.{some(3)}/{some(4)}-{some(2)}",
    "serial numbers": lambda: f"SN-{some(4)}-{chance.choice('ABCDEF')}{some(4)}-{some(6)}",
    "UUIDs": lambda: str(uuid.UUID(int=chance.getrandbits(128), version=4)),
    "digests": lambda: f"{chance.getrandbits(256):064x}",
    "tokens": lambda: base64.b64encode(chance.randbytes(48)).decode(),
    "orders": lambda: f"Order 11{some(11)} of 2026-11-27",
    "amounts": lambda: f"{some(2)},{some(3)},{some(3)}.{some(2)} and {some(3)},{some(3)}.{some(2)}",
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", INNOCENT)
def test_at_most_one_innocent_string_in_a_thousand_is_refused(kind: str) -> None:
    refused = [string for string in (INNOCENT[kind]() for _ in range(20_000)) if has_card_number(string)]
    assert len(refused) <= 20, refused[:5]


def cnpj() -> str:
    digits = some(12)
    for _ in range(2):
        weights = [*range(len(digits) - 7, 1, -1), *range(9, 1, -1)]
        rest = sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True)) % 11
        digits += str(0 if rest < 2 else 11 - rest)
    return digits


IN_OWN_INPUT: dict[str, tuple[str, str, str, Callable[[], str]]] = {
    "order numbers": ("String", "number", "", lambda: some(16)),
    "tax identifiers": ("String", "value", "TaxIdentifierInput", cnpj),
    "ids": ("ID", "orderId", "", lambda: some(13)),
    "revisions": ("CartRevision", "ifRevision", "", lambda: f"{chance.getrandbits(128):032x}"),
    "telephone numbers": ("String", "phoneNumber", "AddressInput", lambda: some(13)),
}


@pytest.mark.parametrize("kind", IN_OWN_INPUT)
def test_identifiers_are_accepted_in_their_own_inputs(kind: str) -> None:
    type_name, input_name, parent_name, new = IN_OWN_INPUT[kind]
    values = [new() for _ in range(2_000)]
    assert all(accepts_number(type_name, input_name, parent_name, value) for value in values)
    for type_name in ("ID", "UUID"):
        assert accepts_number(type_name, "product", "", "4222222222222")
    assert not accepts_number("String", "value", "CustomAttributeInput", "4222222222222")


def card() -> str:
    """A valid card number of any issuer, with 14 to 17 or 19 digits. Others may have a check digit of GS1."""
    while True:
        leading, lengths = chance.choice(ISSUERS)
        length = chance.choice([length for length in lengths if length in (14, 15, 16, 17, 19)] or [16])
        start = str(chance.choice(leading))
        digits = start + some(length - len(start) - 1)
        if length in lengths:
            return digits + luhn.calc_check_digit(digits)


def card_of_16_digits() -> str:
    digits = "4" + some(14)
    return digits + luhn.calc_check_digit(digits)


TELEPHONE_GROUPS = [pattern * 3 for pattern in ("334", "343", "433")]
"""Sizes of the groups of telephone numbers, which pass even if their digits are those of a card."""


def grouped(number: str, separator: str) -> str:
    while True:
        cuts = sorted({0, len(number), *chance.sample(range(1, len(number)), chance.randint(1, 6))})
        groups = [number[start:end] for start, end in pairwise(cuts)]
        sizes = "".join(str(len(group)) for group in groups)
        if not any(pattern.startswith(sizes) for pattern in TELEPHONE_GROUPS):
            return separator.join(groups)


def in_script(number: str) -> str:
    zero = chance.choice("０٠०০๐᠐𝟎𝟘")
    return "".join(chr(ord(zero) + int(digit)) for digit in number)


def sprinkled(number: str) -> str:
    invisible = "\u200b\u200d\u2060\ufeff\u00ad\u0301\u0316\u20dd\u3164\u115f\ufe0f"
    return "".join(digit + "".join(chance.choices(invisible, k=chance.randint(0, 3))) for digit in number)


def between(length: int) -> str:
    return "-" + "".join(chance.choices("abcdefgh .,:-", k=length - 1))


def separated_fours() -> str:
    number = card_of_16_digits()
    return between(chance.randint(1, 12)).join(number[start : start + 4] for start in range(0, 16, 4))


def separated_threes() -> str:
    number = card_of_16_digits()
    separator = "".join(chance.choices(" .,:-", k=chance.randint(4, 12)))
    return separator.join(number[start : start + 3] for start in range(0, 16, 3))


SEPARATORS = [" ", "-", ".", "_", "–", "\u00a0", " - ", "/"]

DISGUISES: dict[str, Callable[[], str]] = {
    "plain": card,
    "between letters": lambda: f"card{card()}visa",
    "in groups with one separator": lambda: grouped(card(), chance.choice(SEPARATORS)),
    "in fours with long separators": separated_fours,
    "in threes with long separators": separated_threes,
    "in another script": lambda: in_script(card()),
    "with invisible characters": lambda: sprinkled(card()),
    "with a security code": lambda: card_of_16_digits() + some(chance.choice([3, 4])),
    "with one more digit": lambda: chance.choice([card_of_16_digits() + some(1), some(1) + card_of_16_digits()]),
    "with expiry and code": lambda: f"{in_fours(card_of_16_digits())} {some(2)}/{some(2)} {some(3)}",
    "after other numbers": lambda: f"{some(2)} times {some(1)}, {in_fours(card_of_16_digits())}",
}


@pytest.mark.parametrize("disguise", DISGUISES)
def test_card_number_is_recognised_in_every_disguise(disguise: str) -> None:
    strings = [DISGUISES[disguise]() for _ in range(200)]
    assert [string for string in strings if not has_card_number(string)] == []


def test_strings_of_a_request_share_their_looks() -> None:
    screen = Screen()
    strings = ["1 " * 20] * (MOST_LOOKS // 20)
    assert not any(map(screen.has_card_number, strings))
    assert screen.has_card_number("1 " * 20)


def test_card_number_is_recognised_behind_as_many_groups_as_looks() -> None:
    groups = MOST_LOOKS - 10
    assert not has_card_number("1 " * groups)
    assert has_card_number("1 " * groups + card_of_16_digits())


def test_groups_far_from_each_other_are_no_card_number() -> None:
    fours = in_fours("4111111111111111").split()
    assert has_card_number((" " + "." * 10 + " ").join(fours))
    assert not has_card_number((" " + "." * 11 + " ").join(fours))


@pytest.mark.parametrize("size", [3, 5, 6])
def test_letters_beside_separators_part_groups_other_than_four(size: int) -> None:
    for digits in ("371449635398431", "378282246310005"):
        groups = [digits[start : start + size] for start in range(0, len(digits), size)]
        assert has_card_number(" - ".join(groups))
        assert not has_card_number(" a ".join(groups))


def test_sign_of_a_whole_phrase_is_one_character() -> None:
    """The sign stands for 18 characters, which would part the groups."""
    assert has_card_number("4111\ufdfa1111\ufdfa1111\ufdfa1111")


LONG_STRINGS = [
    "3 " * 64_000,
    "4 " * 64_000,
    "4" * 128_000,
    "3500 " * 26_000,
    "٣ " * 32_000,
    ("4" * 12 + "a") * 9_000,
    "\u0301\u0316" * 32_000,
    "AB12 " * 25_000,
    ("4" * 64 + " ") * 2_000,
    ("91" + "1" * 18 + " ") * 6_000,
    ("abcdef01" * 8 + " ") * 1_900,
    "\ufdfa" * 40_000,
]


@pytest.mark.parametrize("string", LONG_STRINGS, ids=range(len(LONG_STRINGS)))
def test_time_of_a_look_grows_with_the_length_only(string: str, cpu_s: Callable[[Callable[[], object]], float]) -> None:
    """The bound is ten times what was measured; a step of quadratic time takes a hundred times as long."""
    assert cpu_s(lambda: has_card_number(string)) < 0.8


@pytest.fixture
def cpu_s() -> Callable[[Callable[[], object]], float]:
    """Function that measures the CPU time of a function call in seconds."""
    import time

    def measure(act: Callable[[], object]) -> float:
        began = time.process_time()
        act()
        return time.process_time() - began

    return measure
