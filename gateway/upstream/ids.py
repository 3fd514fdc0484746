"""Global identifiers: type and upstream id in one opaque text. They grant nothing and are not signed."""

import binascii
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from urllib.parse import quote

from gateway.errors import UpstreamRefusal
from gateway.upstream import refusal_codes

PATTERN = re.compile(r"[A-Za-z0-9_-]{1,128}")
"""What an upstream id may look like before it becomes part of a path."""


def global_id(type_name: str, upstream_id: str) -> str:
    return urlsafe_b64encode(f"{type_name}:{upstream_id}".encode()).rstrip(b"=").decode()


def upstream_id(type_name: str, given: str) -> str | None:
    """The upstream id in a global one of this type; None for another type or form."""
    found_type, found = typed(given)
    return found if found_type == type_name else None


def typed(given: str) -> tuple[str, str] | tuple[None, None]:
    """Type and upstream id in a global one; nothing for another form."""
    try:
        text = urlsafe_b64decode(given.encode() + b"=" * (-len(given) % 4)).decode()
    except (binascii.Error, ValueError):
        return None, None
    found_type, _, found = text.partition(":")
    return (found_type, found) if PATTERN.fullmatch(found) else (None, None)


def path_part(given: str) -> str:
    """An id as a part of a path. Nothing that could lead elsewhere passes."""
    if not PATTERN.fullmatch(given):
        raise UpstreamRefusal(404, refusal_codes.RESOURCE_NOT_FOUND)
    return quote(given, safe="")
