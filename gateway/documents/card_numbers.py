"""Detects card numbers in strings. Card numbers are not stored, logged or sent to Digital River.

A card number has 13 to 19 digits, begins with the digits of a card issuer, and passes the Luhn check. The digits may be
of any script. They stand in one group, or in groups as people write them, see `_across_groups`. The numbers of bank
accounts, parcels and products pass if their own check digits are valid.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice

from stdnum import ean, iban, luhn

SHORTEST, LONGEST = 13, 19

DIGITS = "0123456789"

DIGIT_GROUP = re.compile(r"[0-9]+")

ISSUERS: tuple[tuple[range, tuple[int, ...]], ...] = (
    (range(4, 5), (13, 16, 19)),  # Visa
    (range(51, 56), (16,)),  # Mastercard
    (range(2221, 2721), (16,)),
    (range(34, 35), (15,)),  # American Express
    (range(37, 38), (15,)),
    (range(300, 306), (14, 16, 17, 18, 19)),  # Diners Club
    (range(3095, 3096), (14, 16, 17, 18, 19)),
    (range(36, 37), (14, 15, 16, 17, 18, 19)),
    (range(38, 40), (14, 16, 17, 18, 19)),
    (range(3528, 3590), (16, 17, 18, 19)),  # JCB
    (range(644, 660), (16, 17, 18, 19)),  # Discover
    (range(62, 63), (16, 17, 18, 19)),  # UnionPay
    (range(81, 83), (16, 17, 18, 19)),
    (range(2200, 2205), (16, 17, 18, 19)),  # Mir
    (range(9792, 9793), (16,)),  # Troy
    (range(50, 51), (13, 14, 15, 16, 17, 18, 19)),  # Maestro, Elo, Verve
    (range(56, 59), (13, 14, 15, 16, 17, 18, 19)),
    (range(60, 61), (16, 17, 18, 19)),  # Discover, RuPay, Hipercard
    (range(63, 64), (13, 14, 15, 16, 17, 18, 19)),
    (range(67, 68), (13, 14, 15, 16, 17, 18, 19)),
)
"""Leading digits of the numbers of each card issuer, and the lengths that these numbers may have."""

MOST_LOOKS = 3_000
"""Maximum number of looks at digit groups and possible card numbers in the strings of one request.

To save CPU time, a request that needs more looks is treated as if it had a card number. Such a request has thousands of
numbers, and one in a hundred of them looks like a card number anyway."""

LOOKS_OF_CHECK = 4
"""Looks for which the check of a number of a bank account or parcel counts, because it takes so long."""

MAX_GROUP_LENGTH = 64
"""Maximum length of a digit group in which every position is searched for a card number."""

GLUED = {15: (1, 4), 16: (1, 3, 4)}
"""Numbers of digits that may directly follow a card number, by its length: a security code, an expiry date, or a digit
typed by mistake."""

SEPARATORS = re.compile(r"[^\w+]{1,3}|_{1,3}")
"""Characters between two digit groups of any length, if they are the same between all groups. A `+` begins a telephone
number."""

ANY_BETWEEN = 12
"""Maximum number of characters, letters included, between two groups of four digits."""

REGULAR_SIZE = 3
"""Minimum size of digit groups that other characters than `SEPARATORS` may separate."""

BANK_ACCOUNT = re.compile(
    r"(?<![A-Za-z0-9])[A-Z]{2}[0-9]{2}(?:[ -]?[A-Z0-9]{4}){2,7}(?:[ -]?[A-Z0-9]{1,3})?(?![A-Za-z0-9])"
)

PARCEL = re.compile(r"(?<![0-9])(?:9[0-9]|00)[0-9]{2}(?:[ -]?[0-9]{4}){4}(?:[ -]?[0-9]{2})?(?![0-9])")
"""Number of a parcel with 20 or 22 digits. Of the card issuers, only Troy has numbers that begin with 9."""

DIGEST = re.compile(r"(?<![A-Za-z0-9])(?=[0-9a-f]*[a-f])(?:[0-9a-f]{64}|[0-9a-f]{40}|[0-9a-f]{32})(?![A-Za-z0-9])")
"""Digest or random identifier in hexadecimal digits."""

GS1_LENGTHS = frozenset({13, 18, 20, 22})
"""Lengths of the numbers of products and parcels that have the check digit of GS1."""

APART = "x" * (ANY_BETWEEN + 1)
"""Replaces a number that is none of a card, so that the digits before and after it are not read as one number."""

PHONE_LENGTHS = range(SHORTEST, 16)

INVISIBLE = frozenset("\u115f\u1160\u3164\uffa0")
"""Characters without a shape whose category is that of letters: the fillers of Hangul."""


class _Folded(dict[int, str]):
    """Maps each character to itself, to nothing if it is invisible, and to 0 to 9 if it is a digit of any script.

    Characters are mapped one by one. The normalization of a whole string takes quadratic time for some strings.
    """

    def __missing__(self, code: int) -> str:
        char = chr(code)
        normalized = unicodedata.normalize("NFKC", char)
        folded = "".join(map(_folded, normalized))
        if len(folded) > LONGEST_FOLDED:
            folded = char
        # Unicode has few characters that change, but a million that clients could send to fill this table.
        if normalized != char or folded != char or len(self) < MOST_UNCHANGED:
            self[code] = folded
        return folded


def _folded(char: str) -> str:
    if char.isascii():
        return char
    if char in INVISIBLE or unicodedata.category(char) in ("Cf", "Mn", "Me"):
        return ""
    digit = unicodedata.digit(char, None)
    return char if digit is None else str(digit)


MOST_UNCHANGED = 10_000
"""Size of the table of folded characters above which it gets no more characters that stay unchanged."""

LONGEST_FOLDED = 4
"""Maximum number of characters that replace one character. The longest replacement with a digit has so many; letters
that stand for a whole phrase would make the string eighteen times longer."""

FOLDED = _Folded()


class Screen:
    """Looks for card numbers in the strings of one request. The strings share a limited number of looks."""

    def __init__(self) -> None:
        self._looks = MOST_LOOKS

    def has_card_number(self, string: str) -> bool:
        if len(string) < SHORTEST:
            return False
        if not string.isascii():
            string = string.translate(FOLDED)
        if sum(map(string.count, DIGITS)) < SHORTEST:
            return False
        string = BANK_ACCOUNT.sub(self._without_bank_account, string)
        string = PARCEL.sub(self._without_parcel, string)
        string = DIGEST.sub(APART, string)
        groups = list(islice(DIGIT_GROUP.finditer(string), MOST_LOOKS + LONGEST))
        return self._search(string, groups)

    def _without_bank_account(self, match: re.Match[str]) -> str:
        number = match.group()
        return APART if self._may_check() and iban.is_valid(number, check_country=False) else number

    def _without_parcel(self, match: re.Match[str]) -> str:
        number = match.group()
        return APART if self._may_check() and _has_gs1_digit(re.sub("[ -]", "", number)) else number

    def _may_check(self) -> bool:
        self._looks -= LOOKS_OF_CHECK
        return self._looks >= 0

    def _search(self, string: str, groups: list[re.Match[str]]) -> bool:
        for index, group in enumerate(groups):
            self._looks -= 1
            if self._looks < 0:
                return True
            if _is_apart(string, groups, index):
                continue
            is_phone = group.start() > 0 and string[group.start() - 1] == "+"
            for number in (*_in_group(group.group()), *_across_groups(string, groups, index)):
                if is_phone and len(number) in PHONE_LENGTHS:
                    continue
                self._looks -= 1
                if luhn.is_valid(number):
                    return True
        return False


def _is_apart(string: str, groups: list[re.Match[str]], index: int) -> bool:
    """Whether a group of digits is too short for a card number, and does not continue in the next group either. Most
    groups of a UUID are, and without this check it takes twice as long."""
    start, end = groups[index].span()
    if end - start >= SHORTEST:
        return False
    if index + 1 == len(groups):
        return True
    next_start, next_end = groups[index + 1].span()
    if next_start - end > ANY_BETWEEN:
        return True
    is_regular = end - start >= REGULAR_SIZE and next_end - next_start <= end - start
    return not is_regular and SEPARATORS.fullmatch(string, end, next_start) is None


def has_card_number(string: str) -> bool:
    return Screen().has_card_number(string)


def _has_gs1_digit(digits: str) -> bool:
    return len(digits) in GS1_LENGTHS and str(ean.calc_check_digit(digits[:-1])) == digits[-1]


def _in_group(group: str) -> Iterator[str]:
    """Numbers in one group of digits that have the leading digits and the length of a card number."""
    length = len(group)
    if length < SHORTEST or (length <= LONGEST and _has_gs1_digit(group)):
        return
    if LONGEST < length <= MAX_GROUP_LENGTH:
        for start in range(length - SHORTEST + 1):
            yield from (
                group[start : start + size]
                for size in _card_lengths(group[start : start + 4])
                if start + size <= length
            )
        return
    for size in _card_lengths(group[:4]):
        if size == length or length - size in GLUED.get(size, ()):
            yield group[:size]
    for size in _card_lengths(group[1:5]):
        if size == length - 1 and size in GLUED:
            yield group[1:]


def _across_groups(string: str, groups: list[re.Match[str]], first: int) -> Iterator[str]:
    """Numbers that begin with the group `first`, continue in the next groups, and have the leading digits and a length
    of card numbers.

    The groups have one of these layouts:
    - all groups have the same size, except that the last may be shorter, such as 4-4-4-4 or 2-2-2-2-2-2-2-2. Between
      groups of three or more digits may be up to twelve characters, and letters only between four groups of four;
    - groups of any sizes with the same characters in between, such as 4-6-5, except telephone numbers.
    """
    number = ""
    is_regular = is_uniform = True
    has_letters = False
    separator: str | None = None
    sizes: list[int] = []
    for index in range(first, min(first + LONGEST, len(groups))):
        group = groups[index].group()
        if index > first:
            between = string[groups[index - 1].end() : groups[index].start()]
            if len(between) > ANY_BETWEEN:
                return
            is_plain = SEPARATORS.fullmatch(between) is not None
            separator = between if separator is None else separator
            is_uniform = is_uniform and is_plain and between == separator
            is_regular = (
                is_regular
                and sizes[-1] == sizes[0]
                and len(group) <= sizes[0]
                and (is_plain or sizes[0] >= REGULAR_SIZE)
            )
            has_letters = has_letters or any(map(str.isalnum, between))
            if not (is_regular or is_uniform):
                return
        sizes.append(len(group))
        number += group
        if len(number) > LONGEST:
            return
        if index == first or len(number) < SHORTEST or len(number) not in _card_lengths(number[:4]):
            continue
        if (is_regular and (not has_letters or sizes == [4, 4, 4, 4])) or (is_uniform and not _are_phones(sizes)):
            yield number


def _are_phones(sizes: list[int]) -> bool:
    """Whether the groups belong to telephone numbers such as 952 555 0100, which may begin in the middle."""
    return any(
        all(size == expected for size, expected in zip(sizes, pattern * 3, strict=False))
        for pattern in ((3, 3, 4), (3, 4, 3), (4, 3, 3))
    )


@lru_cache(maxsize=10_000)
def _card_lengths(prefix: str) -> tuple[int, ...]:
    """Lengths of card numbers that begin with `prefix`, which has four digits."""
    lengths: set[int] = set()
    for leading, issuer_lengths in ISSUERS:
        width = len(str(leading.start))
        if len(prefix) >= width and int(prefix[:width]) in leading:
            lengths.update(issuer_lengths)
    return tuple(sorted(lengths))
