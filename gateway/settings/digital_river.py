"""The settings that name Digital River's services, and the keys for them."""

from pydantic import Field, SecretStr

from gateway.settings.environment import EnvironmentSettings
from gateway.settings.values import (
    FilePath,
    GuestGrant,
    MethodsFrom,
    OptionalScriptUrl,
    OptionalUrl,
    ScriptUrl,
    Url,
)


class DigitalRiverSettings(EnvironmentSettings):
    """Where Digital River is, and how the gateway shows who it is."""

    upstream_url: Url = Field(
        "http://127.0.0.1:8001", description="Base URL of the Commerce API. It must be set outside development."
    )
    payments_url: OptionalUrl = Field(
        "", description="Base URL of the payment service. If empty, the base URL of the Commerce API is used."
    )
    upstream_proxy: SecretStr = Field(
        SecretStr(""),
        description="URL of the proxy through which Digital River is reached, such as http://user:password@proxy:3128 "
        "or socks5://proxy:1080. If empty, Digital River is reached directly. HTTPS_PROXY and the like are ignored.",
    )
    upstream_ca: FilePath = Field(
        "",
        description="Path of a PEM file with certificate authorities that are trusted for Digital River, besides those "
        "of the system.",
    )
    api_key: SecretStr = Field(min_length=1, description="Confidential API key of the site.")
    api_secret: SecretStr = Field(min_length=1, description="Secret of the confidential API key.")
    publishable_key: str = Field(min_length=1, description="Public key for DigitalRiver.js and the payment service.")
    script_url: ScriptUrl = Field(
        "https://js.digitalriverws.com/v1/DigitalRiver.js", description="URL from which pages load DigitalRiver.js."
    )
    style_sheet_url: OptionalScriptUrl = Field(
        "",
        description="URL of the style sheet of the drop-in. If empty, css/DigitalRiver.css beside the script.",
    )
    payments_public_url: ScriptUrl = Field(
        "https://api.digitalriver.com",
        description="Base URL of the payment service for pages, which `storefront` reports to them. The gateway itself "
        "uses RIVERFRONT_PAYMENTS_URL.",
    )
    payment_methods: MethodsFrom = Field(
        MethodsFrom.PAYMENT_SERVICE,
        description="Where the gateway reads the payment methods: payment-service or cart. If the payment "
        "service fails, the gateway reads the payment methods from the cart.",
    )
    merchant_key: SecretStr = Field(
        SecretStr(""),
        description="Key and secret of the merchant, as key:secret, for subscription contracts. If empty, "
        "subscription contracts are off.",
    )
    payment_key: SecretStr = Field(
        SecretStr(""),
        description="Confidential key of the payment service, for store credit. If empty, store credit is off.",
    )
    ledger_url: OptionalUrl = Field(
        "",
        description="URL of the merchant's store credit ledger. The gateway adds the query parameter "
        "reference, which identifies the shopper. If empty, store credit is off.",
    )
    ledger_key: SecretStr = Field(SecretStr(""), description="Bearer token for the ledger.")
    guest_grant: GuestGrant = Field(
        GuestGrant.PASSWORD,
        description="OAuth grant type for guest tokens: password, or client_credentials if the site rejects "
        "password. Only tokens of the password grant can be renewed.",
    )
