"""Checks the check digits of an IBAN (ISO 13616)."""

import re

PATTERN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")


def is_valid(iban: str) -> bool:
    compact = re.sub(r"\s", "", iban).upper()
    if not PATTERN.fullmatch(compact):
        return False
    turned = compact[4:] + compact[:4]
    return int("".join(str(int(letter, 36)) for letter in turned)) % 97 == 1
