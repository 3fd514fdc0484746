"""Types of the settings' values. Each type describes its format in the error message for a malformed value."""

import json
import os
import re
from collections.abc import Iterable
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Annotated, NamedTuple
from urllib.parse import unquote, urlsplit

from pydantic import AfterValidator, BeforeValidator
from redis.asyncio.connection import parse_url

PUBLIC_KEY_TYPES = frozenset({"EC", "RSA"})
"""Key types (`kty`) with which the identity provider may sign its JWTs."""

MARKET = re.compile(r"([A-Za-z]{2,3})(?:-([A-Za-z]{4}))?(?:-([A-Za-z]{2}|[0-9]{3}))?:([A-Z]{3})")
"""A locale and a currency. A locale has a language, and may have a script and a region: `en-US`, `es-419`,
`zh-Hant-TW`. The letters may be of any case."""

STORE_SCHEMES = frozenset({"redis", "rediss", "unix"})

DATABASE = re.compile(r"(/[0-9]*)?")


class GuestGrant(StrEnum):
    """OAuth grant type for guest tokens."""

    PASSWORD = "password"  # noqa: S105 - the name of a grant
    CLIENT_CREDENTIALS = "client_credentials"


class MethodsFrom(StrEnum):
    """Where the gateway reads the list of payment methods."""

    PAYMENT_SERVICE = "payment-service"
    CART = "cart"


class DocumentsMode(StrEnum):
    """What the gateway does with a document that is not in the manifest."""

    OFF = "off"
    REPORT = "report"
    ENFORCE = "enforce"


def matches(pattern: str, form: str) -> AfterValidator:
    """Validator that rejects a string that does not match `pattern`. The error message is `must be {form}`."""

    def check(value: str) -> str:
        if re.fullmatch(pattern, value) is None:
            raise ValueError(f"must be {form}")
        return value

    return AfterValidator(check)


def _market(value: object) -> object:
    if not isinstance(value, str):
        return value
    match = MARKET.fullmatch(value)
    if match is None:
        raise ValueError("must be locales with their currency, such as en-US:USD,de-DE:EUR")
    language, script, region, currency = match.groups()
    locale = "-".join(part for part in (language.lower(), (script or "").title(), (region or "").upper()) if part)
    return locale, currency


MIN_PREFIX_LENGTHS = {4: 8, 6: 7}
"""Minimum prefix length of a trusted network by IP version: that of the largest networks for private use."""


def _network(value: object) -> object:
    try:
        return ip_network(value) if isinstance(value, str) else value
    except ValueError:
        raise ValueError("must be networks such as 10.0.0.0/8 or fd00::/8") from None


URL = r"https?://[^/\s?#]+(/[^\s?#]*)?"

RECEIVES_KEYS = "keys and tokens are sent to it"
"""Mark of the settings whose value is the URL of a service. The gateway sends keys, tokens and personal data to it."""

USED_BY_PAGES = "pages with payment details load it or send to it"
"""Mark of the settings whose value is a URL that pages receive."""

RECEIVES_TRACES = "traces, and the key of a tracing service, are sent to it"
"""Mark of the setting whose value is the URL of a collector."""

ENCRYPTED = frozenset({RECEIVES_KEYS, USED_BY_PAGES, RECEIVES_TRACES})
"""Marks of the URLs that must be https. Each is the reason, for the error message."""

Url = Annotated[str, matches(URL, "a URL such as https://api.example.com/base"), RECEIVES_KEYS]

OptionalUrl = Annotated[
    str, matches(f"({URL})?", "a URL such as https://api.example.com/base, or empty"), RECEIVES_KEYS
]

OptionalTracesUrl = Annotated[
    str,
    matches(r"(https?://[^/\s?#@]+(/[^\s?#]*)?)?", "a URL such as http://127.0.0.1:4318/v1/traces, or empty"),
    RECEIVES_TRACES,
]

ScriptUrl = Annotated[str, matches(URL, "a URL such as https://js.example.com/v1/DigitalRiver.js"), USED_BY_PAGES]

OptionalScriptUrl = Annotated[
    str, matches(f"({URL})?", "a URL such as https://js.example.com/v1/css/DigitalRiver.css, or empty"), USED_BY_PAGES
]


def _readable_file(value: str) -> str:
    if value and not os.access(value, os.R_OK):
        raise ValueError("must be the path of a file that the gateway can read")
    return value


FilePath = Annotated[str, AfterValidator(_readable_file)]

Country = Annotated[str, matches(r"[A-Z]{2}", "country codes such as US,DE")]

HostName = Annotated[
    str, matches(r"[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]", "host names such as shop.example, without a port")
]

ORIGIN = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://((?:\*\.)?[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::([0-9]{1,5}))?")
"""Scheme, host and port of an origin. The host may begin with a wildcard. Apps have schemes of their own, such as
`capacitor://localhost`."""

DEFAULT_PORTS = {"http": "80", "https": "443"}
"""Ports that browsers leave out of an origin, by scheme."""

WILDCARD = "://*."

ONE_LABEL = r"[a-z0-9_-]+"
"""What a wildcard stands for, as in certificates: `*.shop.example` has `a.shop.example`, not `a.b.shop.example`."""

MAX_PORT = 65535


def _origin(value: str) -> str:
    """The origin as browsers send it: in lower case, and without the default port of its scheme."""
    match = ORIGIN.fullmatch(value)
    if match is None:
        raise ValueError(
            "must be origins such as https://shop.example or https://*.shop.example, without a slash at the end. Hosts "
            "in other alphabets are written in ASCII (xn--…)"
        )
    scheme, host, port = match[1].lower(), match[2].lower(), match[3]
    if port is not None and not 0 < int(port) <= MAX_PORT:
        raise ValueError("must be origins with a port from 1 to 65535")
    if host.startswith("*.") and (host.count(".") < 2 or scheme not in DEFAULT_PORTS):
        raise ValueError("may have a * only in front of a domain of one's own, such as https://*.shop.example")
    has_port = port is not None and port != DEFAULT_PORTS.get(scheme)
    return f"{scheme}://{host}:{int(port)}" if has_port else f"{scheme}://{host}"


def pattern_of(origins: Iterable[str]) -> str:
    """Regular expression of the origins in a setting. Without origins, it matches nothing."""
    escaped = [re.escape(origin).replace(re.escape("*"), ONE_LABEL) for origin in origins]
    return "|".join(escaped) or r"(?!)"


Origin = Annotated[str, AfterValidator(_origin)]

HeaderName = Annotated[str, matches(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+", "names of headers such as X-Trace-Id")]

Market = Annotated[tuple[str, str], BeforeValidator(_market)]
"""Pair of a locale and its currency, read from a string such as `en-US:USD`."""

Network = Annotated[IPv4Network | IPv6Network, BeforeValidator(_network)]


PROXY_SCHEMES = frozenset({"http", "socks5"})

SENTINEL_SCHEMES = frozenset({"redis+sentinel", "rediss+sentinel"})

SENTINEL_PORT = 26379


class SentinelUrl(NamedTuple):
    """A primary server of Redis or Valkey, by the Sentinels that know its address."""

    sentinels: tuple[tuple[str, int], ...]
    primary: str
    """The name that the Sentinels have for the primary."""
    database: int
    user: str | None
    password: str | None
    """User and password of the primary."""
    is_encrypted: bool


def sentinel_url(url: str) -> SentinelUrl | None:
    """The parts of `rediss+sentinel://user:password@host-1:26379,host-2:26379/name/0`; None for another URL. Raises
    `ValueError`."""
    parts = urlsplit(url)
    if parts.scheme not in SENTINEL_SCHEMES:
        return None
    credentials, _, hosts = parts.netloc.rpartition("@")
    user, _, password = credentials.partition(":")
    primary, _, database = parts.path.removeprefix("/").partition("/")
    addresses = [urlsplit(f"//{host}") for host in hosts.split(",")]
    if not primary or parts.query or not all(address.hostname and address.port != 0 for address in addresses):
        raise ValueError
    return SentinelUrl(
        tuple((address.hostname or "", address.port or SENTINEL_PORT) for address in addresses),
        primary,
        int(database or 0),
        unquote(user) or None,
        unquote(password) or None,
        parts.scheme == "rediss+sentinel",
    )


def is_proxy_url(url: str) -> bool:
    """Whether the URL is that of a proxy, as `RIVERFRONT_UPSTREAM_PROXY`."""
    try:
        parts = urlsplit(url)
        is_plain = parts.path in ("", "/") and not parts.query
        return parts.scheme in PROXY_SCHEMES and bool(parts.hostname) and bool(parts.port) and is_plain
    except ValueError:
        return False


def is_store_url(url: str) -> bool:
    """Whether the URL names one Redis or Valkey server, or its Sentinels, as `RIVERFRONT_STORE_URL` does."""
    try:
        if sentinel_url(url) is not None:
            return True
        parts = urlsplit(url)
        parse_url(url)
        is_path_plain = parts.scheme == "unix" or DATABASE.fullmatch(parts.path) is not None
        has_address = bool(parts.path if parts.scheme == "unix" else parts.hostname)
        return parts.scheme in STORE_SCHEMES and parts.port != 0 and is_path_plain and has_address and not parts.query
    except ValueError:
        return False


def key_set_problem(text: str) -> str | None:
    """What is wrong with a JWK set of public keys; None if nothing is."""
    # Most deployments have no keys, and the package needs 3 MB.
    from joserfc.errors import JoseError
    from joserfc.jwk import KeySet

    try:
        key_set = json.loads(text)
        keys = key_set["keys"]
        types = {key["kty"] for key in keys}
        if not types or not types <= PUBLIC_KEY_TYPES or any("d" in key for key in keys):
            return "must be public keys of the types EC and RSA"
        KeySet.import_key_set(key_set)
    except (ValueError, KeyError, TypeError, JoseError):
        return "must be a JWK set, as JSON"
    return None
