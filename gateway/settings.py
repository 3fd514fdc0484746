"""Every knob of the gateway, with its unit and default; read from the environment once, at start.

A variable is named `RIVERFRONT_` and the field in capitals. A malformed or unknown one stops the start
and is named. No other module reads the environment.
"""

import json
import os
import re
from collections.abc import Iterable
from difflib import get_close_matches
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from gateway.enums import TermsOfSaleMode

PREFIX = "RIVERFRONT_"

SECRETS = "/run/secrets"
"""Where container engines put secrets: a file `riverfront_api_secret` stands for the variable."""

LOOPBACK_HOSTS = frozenset({"127.0.0.1", "::1", "localhost"})

FERNET_KEY = re.compile(r"[A-Za-z0-9_-]{43}=")

PUBLIC_KEY_TYPES = frozenset({"EC", "RSA"})
"""Of keys that sign statements about shoppers; nothing that both sides know."""

SHORTEST_SECRET = 12
"""Characters. What is shorter was made up by a person, or cut off."""

Text = Annotated[str, Field(min_length=1)]

Url = Annotated[str, Field(pattern=r"^https?://[^/\s?#]+(/[^\s?#]*)?$")]

Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]

Origin = Annotated[str, Field(pattern=r"^https?://[^/\s?#*]+$")]
"""A scheme, a host and perhaps a port, as browsers send it: no path, and no slash at the end."""

Market = tuple[Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Z]{2})?$")], Annotated[str, Field(pattern=r"^[A-Z]{3}$")]]
"""A locale and its currency."""


class GuestGrant(StrEnum):
    """How a guest's token is asked for."""

    PASSWORD = "password"  # noqa: S105 - the name of a grant
    CLIENT_CREDENTIALS = "client_credentials"


class MethodsFrom(StrEnum):
    """Who is asked first for the ways to pay."""

    PAYMENT_SERVICE = "payment-service"
    CART = "cart"


class DocumentsMode(StrEnum):
    """What becomes of a document that is not in the manifest."""

    OFF = "off"
    REPORT = "report"
    ENFORCE = "enforce"


class Settings(BaseSettings):
    """What a deployment can choose. Defaults are those of `make run`, but for the secrets."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid")

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8000, ge=0, le=65535, description="Port to listen on.")
    development: bool = Field(
        False,
        description="GraphiQL, introspection, suggestions, and every loopback origin. Never in production.",
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="Least severe line to log.")

    upstream_url: Url = Field("http://127.0.0.1:8001", description="Base URL of the Commerce API.")
    payments_url: Url | Literal[""] = Field(
        "", description="Base URL of the payment service; the Commerce API's when empty."
    )
    api_key: SecretStr = Field(min_length=1, description="Confidential API key of the site.")
    api_secret: SecretStr = Field(min_length=1, description="Secret of the confidential API key.")
    publishable_key: Text = Field(description="Public key for DigitalRiver.js and the payment service.")
    payment_methods: MethodsFrom = Field(
        MethodsFrom.PAYMENT_SERVICE,
        description="Who tells the ways to pay: payment-service, with the cart's own list where it cannot, or cart.",
    )
    merchant_key: SecretStr = Field(
        SecretStr(""),
        description="Key of the merchant's own side with its secret, as key:secret, for recurring purchases; off when "
        "empty.",
    )
    payment_key: SecretStr = Field(
        SecretStr(""), description="Confidential key of the payment service, for store credit; off when empty."
    )
    ledger_url: Url | Literal[""] = Field(
        "", description="Address of the merchant's ledger of store credit, called with ?reference=; off when empty."
    )
    ledger_key: SecretStr = Field(SecretStr(""), description="Key that the ledger takes as Bearer.")
    guest_grant: GuestGrant = Field(
        GuestGrant.PASSWORD,
        description="Grant for guests: password (renewable), or client_credentials for sites that refuse it.",
    )

    assertion_issuer: str = Field(
        "", description="`iss` of the merchant's identity provider, whose JWT signs a shopper in; empty for none."
    )
    assertion_audience: str = Field("", description="`aud` by which such a JWT names this gateway.")
    assertion_keys: str = Field("", description="Public keys of the identity provider: a JWK set, as JSON.")

    locales: Annotated[tuple[Market, ...], NoDecode] = Field(
        (("en-US", "USD"), ("de-DE", "EUR"), ("en-GB", "GBP"), ("ja-JP", "JPY")),
        description="Locales of the storefront with their currency, as en-US:USD,de-DE:EUR; the site's own first.",
    )
    billing_countries: Annotated[tuple[Country, ...], NoDecode] = Field(
        (), description="Countries the site bills to; empty for no limit."
    )
    shipping_countries: Annotated[tuple[Country, ...], NoDecode] = Field(
        (), description="Countries the site ships to; empty for no limit."
    )
    tax_identifier_countries: Annotated[tuple[Country, ...], NoDecode] = Field(
        ("BR",), description="Countries for which the guard asks for a tax identifier where the site demands one."
    )
    terms_of_sale_mode: TermsOfSaleMode = Field(
        TermsOfSaleMode.ACTIVE, description="How the shopper accepts the terms of sale."
    )

    origins: Annotated[tuple[Origin, ...], NoDecode] = Field(
        (), description="Origins of storefronts that may use the session cookie."
    )
    cookie_same_site: Literal["strict", "lax", "none"] = Field(
        "strict", description="SameSite of the session cookie; none needs origins."
    )
    trusted_proxies: Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode] = Field(
        (), description="Networks of the proxies whose X-Forwarded-For is believed."
    )

    session_idle_s: float = Field(1800, gt=0, description="Seconds a session lives without being used.")
    session_absolute_s: float = Field(86_400, gt=0, description="Seconds a session lives at most.")
    store_url: SecretStr = Field(
        SecretStr(""),
        description="Redis or Valkey server that replicas share, as rediss://user:password@host:6379/0; empty for the "
        "memory of this one process.",
    )
    store_timeout_s: float = Field(0.25, gt=0, description="Seconds one command of the shared store may take.")
    sealing_keys: Annotated[tuple[SecretStr, ...], NoDecode] = Field(
        (),
        description="Fernet keys that seal sessions in the shared store, the newest first; empty for one made from the "
        "API secret.",
    )

    operation_deadline_s: float = Field(10, gt=0, description="Seconds for an operation with all its calls.")
    submission_deadline_s: float = Field(60, gt=0, description="Seconds for an operation that buys.")
    doubt_quiet_s: float = Field(
        120, gt=0, description="Seconds after sending from which the absence of an order may be believed."
    )

    manifest: str = Field(
        "", description="File with the documents that clients send, as `python -m gateway manifest` makes it."
    )
    documents_mode: DocumentsMode = Field(
        DocumentsMode.OFF,
        description="What becomes of documents outside the manifest: off, report (logged) or enforce (refused).",
    )

    body_limit_bytes: int = Field(128 * 1024, gt=0, description="Size of a request's body at most.")
    cost_limit: int = Field(1000, gt=0, description="Points an operation may cost at most, by its estimate.")

    @classmethod
    def from_environment(cls) -> Self:
        """Read the environment; raises `ValueError` that names a variable nobody reads."""
        known = {PREFIX + name.upper() for name in cls.model_fields}
        unknown = sorted(name for name in os.environ if name.startswith(PREFIX) and name not in known)
        if unknown:
            raise ValueError("\n".join(f"  {name} is no setting.{_meant(name, known)}" for name in unknown))
        return cls(_secrets_dir=SECRETS if Path(SECRETS).is_dir() else None)

    @model_validator(mode="before")
    @classmethod
    def _split_lists(cls, values: dict[str, object]) -> dict[str, object]:
        for name in (
            "billing_countries",
            "shipping_countries",
            "tax_identifier_countries",
            "origins",
            "trusted_proxies",
            "sealing_keys",
        ):
            if isinstance(text := values.get(name), str):
                values[name] = tuple(part.strip() for part in text.split(",") if part.strip())
        if isinstance(text := values.get("locales"), str):
            values["locales"] = tuple(tuple(part.strip().split(":")) for part in text.split(","))
        return values

    @model_validator(mode="after")
    def _check_together(self) -> Self:
        if not self.locales:
            raise ValueError("locales: at least one is needed.")
        if self.cookie_same_site == "none" and not self.origins:
            raise ValueError("cookie_same_site: none needs a list of origins.")
        if self.doubt_quiet_s <= self.submission_deadline_s:
            raise ValueError("doubt_quiet_s: must be longer than submission_deadline_s.")
        if self.documents_mode is not DocumentsMode.OFF and not self.manifest:
            raise ValueError("documents_mode: report and enforce need a manifest.")
        _check_assertions(self)
        for name in ("upstream_url", "payments_url"):
            url = urlsplit(getattr(self, name))
            if url.scheme == "http" and url.hostname not in LOOPBACK_HOSTS and not self.development:
                raise ValueError(f"{name}: keys and tokens travel over it; use https.")
        if (pair := self.merchant_key.get_secret_value()) and not all(pair.partition(":")):
            raise ValueError("merchant_key: write it as key:secret.")
        for key in self.sealing_keys:
            if not FERNET_KEY.fullmatch(key.get_secret_value()):
                raise ValueError("sealing_keys: each is 32 random bytes in URL-safe base64.")
        is_local = self.host in LOOPBACK_HOSTS
        if self.development and not is_local:
            raise ValueError("development: for this machine only; listen on 127.0.0.1, or switch it off.")
        if not is_local and not self.trusted_proxies:
            raise ValueError("trusted_proxies: name the proxy that ends TLS before listening beyond this machine.")
        if not self.development and len(self.api_secret.get_secret_value()) < SHORTEST_SECRET:
            raise ValueError(f"api_secret: shorter than {SHORTEST_SECRET} characters.")
        return self


def _meant(name: str, known: Iterable[str]) -> str:
    near = get_close_matches(name.removeprefix(PREFIX), [one.removeprefix(PREFIX) for one in known], n=1)
    return f" Did you mean {PREFIX}{near[0]}?" if near else ""


def _check_assertions(settings: Settings) -> None:
    """Issuer, audience and keys come together, and the keys are public ones."""
    given = (settings.assertion_issuer, settings.assertion_audience, settings.assertion_keys)
    if any(given) and not all(given):
        raise ValueError("assertion_issuer, assertion_audience, assertion_keys: all of them, or none.")
    if not any(given):
        return
    try:
        keys = json.loads(settings.assertion_keys)["keys"]
        kinds = {key["kty"] for key in keys}
    except (ValueError, KeyError, TypeError):
        raise ValueError("assertion_keys: not a JWK set, as JSON.") from None
    if not kinds or not kinds <= PUBLIC_KEY_TYPES or any("d" in key for key in keys):
        raise ValueError("assertion_keys: public keys of the types EC and RSA, and nothing secret.")
