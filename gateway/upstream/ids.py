"""Global identifiers: type and upstream id in one opaque text. They grant nothing and are not signed."""

import binascii
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode

PATTERN = re.compile(r"[A-Za-z0-9_-]{1,128}")
"""What an upstream id may look like before it becomes part of a path."""


def global_id(type_name: str, upstream_id: str) -> str:
    return urlsafe_b64encode(f"{type_name}:{upstream_id}".encode()).rstrip(b"=").decode()


def upstream_id(type_name: str, given: str) -> str | None:
    """The upstream id in a global one of this type; None for another type or form."""
    try:
        text = urlsafe_b64decode(given.encode() + b"=" * (-len(given) % 4)).decode()
    except (binascii.Error, ValueError):
        return None
    found_type, _, found = text.partition(":")
    return found if found_type == type_name and PATTERN.fullmatch(found) else None
