"""Which clients may have the calls of their operation listed in the answer."""

from gateway.http.csrf import has_server_key
from gateway.http.http_request import RequestHeaders
from gateway.settings.settings import Settings

HEADER = "X-Riverfront-Calls"

RAW_HEADER = HEADER.lower().encode()


def lists_calls(headers: RequestHeaders, settings: Settings) -> bool:
    """Whether the client asks for the calls, and may have them: in development mode, or with the key of a server."""
    return bool(headers.get(RAW_HEADER)) and (settings.development or has_server_key(headers, settings))
