"""The headers that every answer has."""

from gateway.documents.cacheability import NOT_CACHED
from gateway.http.cache_headers import PRIVATE_VARY

FIXED_HEADERS = {
    "Cache-Control": NOT_CACHED,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""Headers of every answer. Only a public answer has another `Cache-Control`."""

HSTS = "max-age=31536000"
"""The value of `Strict-Transport-Security`, a header of every answer to an encrypted request."""

PRIVATE_LINES = [
    *((name.lower().encode(), value.encode()) for name, value in FIXED_HEADERS.items()),
    (b"vary", PRIVATE_VARY.encode()),
]
"""The lines of every answer that is not public."""

HSTS_LINE = (b"strict-transport-security", HSTS.encode())
