"""The settings of a deployment, read from the environment once at the start.

The gateway does not start if a setting is unknown or malformed.
"""

import re
from collections.abc import Iterator
from functools import cached_property
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import NoDecode

from gateway.enums import TermsOfSaleMode
from gateway.settings.digital_river import DigitalRiverSettings
from gateway.settings.environment import EnvironmentSettings
from gateway.settings.limits import ClientLimits, LimitSettings, point_problems
from gateway.settings.traces import TraceSettings
from gateway.settings.values import (
    ENCRYPTED,
    MIN_PREFIX_LENGTHS,
    WILDCARD,
    Country,
    DocumentsMode,
    FilePath,
    HeaderName,
    HostName,
    Market,
    Network,
    Origin,
    is_proxy_url,
    is_store_url,
    key_set_problem,
    pattern_of,
)

LOOPBACK_HOSTS = frozenset({"127.0.0.1", "::1", "localhost"})

LOOPBACK_ORIGIN = r"https?://(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?"
"""Origins that are allowed in development mode: this machine, on any port."""

SERVER_KEY = re.compile(r"[A-Za-z0-9_-]{32,}")

SEALING_KEY = re.compile(r"[A-Za-z0-9_-]{43}=|derived")

MIN_SECRET_LENGTH = 12
"""Minimum length of the API secret. A shorter secret was probably invented by hand or truncated."""


MIN_DRAIN_S = 5

MONTH_S = 30 * 86_400


class ServerSettings(EnvironmentSettings):
    """Where the server listens, how long it keeps connections, how it stops, and what load it takes."""

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8000, ge=0, le=65535, description="Port to listen on.")
    development: bool = Field(
        False,
        description="Enables GraphiQL, introspection, valid names in error messages, and all "
        "loopback origins. Never use it in production.",
    )
    keep_alive_s: float = Field(
        90,
        gt=0,
        le=3600,
        description="Time for which an idle connection of a client is kept, in seconds. It must be longer than that of "
        "a balancer in front, which would otherwise send a request on a connection that is just closing.",
    )
    drain_s: float = Field(
        5,
        ge=0,
        le=600,
        description="Time for which a process that was told to stop announces it and still answers, in seconds, before "
        "it closes its port. It must be 0 or at least 5. In development mode, it is 0 unless it is set.",
    )

    overload_wait_s: float = Field(
        0.05,
        ge=0,
        le=10,
        description="Time that no request should wait before its work begins, in seconds. If the process is busier, it "
        "refuses requests with 503, public reads first and submissions never. 0 turns this off. In development mode, "
        "it is 0 unless it is set.",
    )
    metrics_host: str = Field("127.0.0.1", description="Address on which Prometheus reads the metrics.")
    metrics_port: int = Field(
        0,
        ge=0,
        le=65535,
        description="Port on which Prometheus reads the metrics, by `GET /metrics`. With several workers, the first of "
        "as many ports. If 0, there are no metrics.",
    )

    @property
    def drain_time_s(self) -> float:
        return 0 if self.development and "drain_s" not in self.model_fields_set else self.drain_s

    @property
    def longest_queue_wait_s(self) -> float:
        return 0 if self.development and "overload_wait_s" not in self.model_fields_set else self.overload_wait_s


class Settings(LimitSettings, TraceSettings, DigitalRiverSettings, ServerSettings):
    """Settings of the gateway. The default values are for `make run`. A setting without a default value is required."""

    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", description="Minimum level of log messages."
    )

    assertion_issuer: str = Field(
        "",
        description="Issuer (`iss`) of the JWTs of the merchant's identity provider. If empty, JWTs are rejected.",
    )
    assertion_audience: str = Field(
        "", description="Audience (`aud`) of the identity provider's JWTs, which identifies this gateway."
    )
    assertion_keys: str = Field("", description="Public keys of the identity provider, as a JWK set in JSON.")

    locales: Annotated[tuple[Market, ...], NoDecode] = Field(
        (("en-US", "USD"), ("de-DE", "EUR"), ("en-GB", "GBP"), ("ja-JP", "JPY")),
        description="Locales of the storefront, each with its currency, such as en-US:USD,de-DE:EUR. The "
        "site's default locale must be the first.",
    )
    billing_countries: Annotated[tuple[Country, ...], NoDecode] = Field(
        (), description="Countries allowed in billing addresses. If empty, all countries are allowed."
    )
    shipping_countries: Annotated[tuple[Country, ...], NoDecode] = Field(
        (), description="Countries allowed in shipping addresses. If empty, all countries are allowed."
    )
    tax_identifier_countries: Annotated[tuple[Country, ...], NoDecode] = Field(
        ("BR",),
        description="Destination countries for which the gateway checks whether the site requires a tax identifier.",
    )
    terms_of_sale_mode: TermsOfSaleMode = Field(
        TermsOfSaleMode.ACTIVE,
        description="How the shopper accepts the terms of sale: ACTIVE by ticking a box, PASSIVE by placing "
        "the order, NOT_REQUIRED not at all.",
    )

    shopper_messages: str = Field(
        "", description="Path of the folder with the merchant's own messages for shoppers, such as de.po."
    )

    hosts: Annotated[tuple[HostName, ...], NoDecode] = Field(
        (),
        description="Host names under which clients reach the gateway. Requests for other hosts are refused, except "
        "health checks. If empty, all hosts are accepted.",
    )
    origins: Annotated[tuple[Origin, ...], NoDecode] = Field(
        (),
        description="Origins of storefronts: of pages that may read private answers and use the session cookie. "
        "https://*.shop.example allows each host one level below shop.example.",
    )
    cors_headers: Annotated[tuple[HeaderName, ...], NoDecode] = Field(
        (),
        description="Headers that pages of these origins may send, besides those of GraphQL clients, Sentry, "
        "OpenTelemetry, Datadog and similar tools.",
    )
    server_keys: Annotated[tuple[SecretStr, ...], NoDecode] = Field(
        (),
        description="Keys of servers that render pages and forward the session cookie, each with at least 32 "
        "characters. With the header X-Riverfront-Server-Key, a query needs no Origin.",
    )
    cookie_same_site: Literal["strict", "lax", "none"] = Field(
        "strict",
        description="SameSite attribute of the session cookie. The value none requires RIVERFRONT_ORIGINS without a "
        "wildcard.",
    )
    trusted_proxies: Annotated[tuple[Network, ...], NoDecode] = Field(
        (),
        description="IP networks of trusted proxies. Only their X-Forwarded-For and X-Forwarded-Proto headers are "
        "used.",
    )

    session_idle_s: float = Field(
        1800,
        gt=0,
        le=MONTH_S,
        description="Maximum time between two uses of a session, in seconds. After this time, the session ends.",
    )
    session_absolute_s: float = Field(
        86_400,
        gt=0,
        le=MONTH_S,
        description="Maximum age of a session, in seconds. At this age, the session ends even if it is in use.",
    )
    store_url: SecretStr = Field(
        SecretStr(""),
        description="URL of the Redis or Valkey server that replicas share, such as "
        "rediss://user:password@host:6379/0. If empty, sessions and submissions are stored in the "
        "memory of the process.",
    )
    store_ca: FilePath = Field(
        "",
        description="Path of a PEM file with the certificate authorities that are trusted for the shared store. If "
        "empty, those of the system are.",
    )
    store_timeout_s: float = Field(
        0.25,
        gt=0,
        le=10,
        description="Time for which the shared store may be silent, in seconds. A request that sends nothing to "
        "Digital River waits 1.2 times as long for all its commands of the store, then it is refused.",
    )
    sealing_keys: Annotated[tuple[SecretStr, ...], NoDecode] = Field(
        (),
        description="Fernet keys that encrypt the shared store. The first encrypts, all decrypt. `derived` "
        "is the key that is derived from the API secret, which is also used if this setting is empty.",
    )

    upstream_quota_per_s: float = Field(
        0,
        ge=0,
        le=10_000,
        description="Calls a second that Digital River allows the API key: 10 for a test key, 100 for a live one. All "
        "replicas together use 90 % of them. 0: any number.",
    )
    operation_deadline_s: float = Field(
        10, gt=0, le=600, description="Time limit for an operation, including its calls to Digital River, in seconds."
    )
    submission_deadline_s: float = Field(
        60, gt=0, le=600, description="Time limit for an operation that submits or resumes an order, in seconds."
    )
    slow_call_s: float = Field(
        3, gt=0, le=600, description="Duration from which a call to Digital River is logged as slow, in seconds."
    )
    doubt_quiet_s: float = Field(
        120,
        gt=0,
        le=86_400,
        description="Time to wait when Digital River gave no clear answer to a submission, in seconds. If "
        "Digital River still has no order after this time, the order is reported as not placed.",
    )

    manifest: str = Field(
        "",
        description="Path of the manifest, the file with the documents of known clients. `python -m gateway "
        "manifest` writes this file.",
    )
    documents_mode: DocumentsMode = Field(
        DocumentsMode.OFF,
        description="What happens to documents that are not in the manifest: off executes them, report executes and "
        "logs them, enforce rejects them.",
    )

    compiled_plans: bool = Field(
        True,
        description="Compiles operations that are sent repeatedly or are in the manifest, so that their execution "
        "takes less CPU time.",
    )
    fast_lane: bool = Field(
        True,
        description="Whether GraphQL requests by POST are answered without the interface between server and "
        "application (ASGI). Their answers are the same, and cost less CPU time.",
    )

    @cached_property
    def allowed_origins(self) -> re.Pattern[str]:
        """Matches the origins of storefronts. In development mode, also those of this machine."""
        return re.compile("|".join([pattern_of(self.origins), *([LOOPBACK_ORIGIN] if self.development else [])]))

    @property
    def client_limits(self) -> ClientLimits:
        return self.limits_of_clients(development=self.development)

    @cached_property
    def unencrypted_origins(self) -> list[str]:
        """Origins of pages that are sent without encryption over a network."""
        return [origin for origin in self.origins if _is_unencrypted(origin)]

    @cached_property
    def currencies_by_locale(self) -> dict[str, str]:
        """The default currency of each locale: the first one, if the locale has several."""
        return dict(reversed(self.locales))

    @cached_property
    def currencies(self) -> list[str]:
        return list(dict.fromkeys(currency for _, currency in self.locales))

    @cached_property
    def locale_names(self) -> list[str]:
        return list(dict.fromkeys(locale for locale, _ in self.locales))

    @model_validator(mode="after")
    def _check(self) -> Self:
        problems = [*_problems(self), *_exposure_problems(self), *_assertion_problems(self)]
        if problems:
            raise ValueError("\n".join(problems))
        return self


def _problems(settings: Settings) -> Iterator[str]:
    """Error messages about invalid settings. Each message begins with the name of the setting."""
    if not settings.locales:
        yield "locales: at least one is required"
    if not settings.development and "upstream_url" not in settings.model_fields_set:
        yield "upstream_url: must be set outside development"
    if settings.cookie_same_site == "none" and not settings.origins:
        yield "cookie_same_site: the value none needs RIVERFRONT_ORIGINS"
    if settings.cookie_same_site == "none" and any(WILDCARD in origin for origin in settings.origins):
        yield (
            "cookie_same_site: with the value none, every page under a wildcard of RIVERFRONT_ORIGINS could use the "
            "shopper's cookie from another site; list the origins one by one, or let those pages use bearer tokens"
        )
    if settings.doubt_quiet_s <= settings.submission_deadline_s:
        yield "doubt_quiet_s: must be longer than RIVERFRONT_SUBMISSION_DEADLINE_S"
    if 0 < settings.drain_s < MIN_DRAIN_S:
        yield f"drain_s: must be 0 or at least {MIN_DRAIN_S}, since balancers notice a stop only after a while"
    yield from point_problems(settings)
    if settings.traces_from_proxies and not settings.trusted_proxies:
        yield "traces_from_proxies: needs RIVERFRONT_TRUSTED_PROXIES"
    if settings.documents_mode is not DocumentsMode.OFF and not settings.manifest:
        yield "documents_mode: report and enforce need RIVERFRONT_MANIFEST"
    if (pair := settings.merchant_key.get_secret_value()) and not all(pair.partition(":")):
        yield "merchant_key: must be key:secret"
    if (url := settings.store_url.get_secret_value()) and not is_store_url(url):
        yield (
            "store_url: must be a URL such as rediss://user:password@host:6379/0, or with Sentinels "
            "rediss+sentinel://user:password@host-1:26379,host-2:26379/name-of-the-primary/0"
        )
    if settings.store_ca and not url.startswith("rediss"):
        yield "store_ca: needs a RIVERFRONT_STORE_URL that begins with rediss"
    if (proxy := settings.upstream_proxy.get_secret_value()) and not is_proxy_url(proxy):
        yield "upstream_proxy: must be a URL such as http://user:password@proxy:3128 or socks5://proxy:1080"
    if any(not SERVER_KEY.fullmatch(key.get_secret_value()) for key in settings.server_keys):
        yield "server_keys: each must have at least 32 letters, digits, - or _, such as those of `openssl rand -hex 32`"
    if any(name.lower() == "x-riverfront-server-key" for name in settings.cors_headers):
        yield "cors_headers: must not have X-Riverfront-Server-Key, as pages never have a server key"
    if any(not SEALING_KEY.fullmatch(key.get_secret_value()) for key in settings.sealing_keys):
        yield "sealing_keys: each must be 32 random bytes in URL-safe base64, or `derived` for the derived key"
    if not settings.development and len(settings.api_secret.get_secret_value()) < MIN_SECRET_LENGTH:
        yield f"api_secret: must have at least {MIN_SECRET_LENGTH} characters"


def _exposure_problems(settings: Settings) -> Iterator[str]:
    """Error messages about settings that would allow secrets to be sent over a network without encryption."""
    for name, field in Settings.model_fields.items():
        for reason in ENCRYPTED.intersection(field.metadata):
            if _is_readable(getattr(settings, name), settings):
                yield f"{name}: must be https, since {reason}"
    if settings.unencrypted_origins and not settings.development:
        yield "origins: must be https, since a page that is sent without encryption can be replaced on the way"
    if any(network.prefixlen < MIN_PREFIX_LENGTHS[network.version] for network in settings.trusted_proxies):
        yield "trusted_proxies: must not contain the addresses of clients, since a trusted client can forge its address"
    is_local = settings.host in LOOPBACK_HOSTS
    if settings.development and not is_local:
        yield "development: works on this machine only; set RIVERFRONT_HOST to 127.0.0.1, or this setting to false"
    if not is_local and not settings.trusted_proxies:
        yield "trusted_proxies: must name the proxy that ends TLS, because RIVERFRONT_HOST is no loopback address"


def _is_readable(url: str, settings: Settings) -> bool:
    """Whether requests to the URL can be read by others on the network. In development mode, no URL counts as one."""
    return _is_unencrypted(url) and not settings.development


def _is_unencrypted(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "http" and parts.hostname not in LOOPBACK_HOSTS


def _assertion_problems(settings: Settings) -> Iterator[str]:
    values = (settings.assertion_issuer, settings.assertion_audience, settings.assertion_keys)
    if any(values) and not all(values):
        yield "assertion_issuer, assertion_audience, assertion_keys: set all three, or none"
    if settings.assertion_keys and (problem := key_set_problem(settings.assertion_keys)):
        yield f"assertion_keys: {problem}"
