"""Global ids of the graph. A global id encodes a type name and an upstream id in one string, and grants no access."""

import binascii
import re
from base64 import urlsafe_b64decode
from urllib.parse import quote

from gateway.errors import UpstreamRefusal
from gateway.upstream import refusal_codes

URL_SAFE = bytes.maketrans(b"+/", b"-_")

PATTERN = re.compile(r"[A-Za-z0-9_-]{1,128}")
"""Format of an upstream id that can be used in a URL path."""


def global_id(type_name: str, upstream_id: str) -> str:
    encoded = binascii.b2a_base64(f"{type_name}:{upstream_id}".encode(), newline=False)
    return encoded.translate(URL_SAFE).rstrip(b"=").decode()


def upstream_id(type_name: str, identifier: str) -> str | None:
    """Upstream id from a global id of the type `type_name`; None if the global id has another type or is malformed."""
    found_type, found_id = typed_id(identifier)
    return found_id if found_type == type_name else None


def typed_id(identifier: str) -> tuple[str, str] | tuple[None, None]:
    """Type name and upstream id from a global id; (None, None) if the global id is malformed."""
    try:
        decoded = urlsafe_b64decode(identifier.encode() + b"=" * (-len(identifier) % 4)).decode()
    except (binascii.Error, ValueError):
        return None, None
    type_name, _, found_id = decoded.partition(":")
    return (type_name, found_id) if PATTERN.fullmatch(found_id) else (None, None)


def path_part(identifier: str) -> str:
    """The upstream id as part of a URL path.

    Raises a refusal with status 404 if the id is malformed, because it could lead to another path.
    """
    if not PATTERN.fullmatch(identifier):
        raise UpstreamRefusal(404, refusal_codes.RESOURCE_NOT_FOUND)
    return quote(identifier, safe="")
