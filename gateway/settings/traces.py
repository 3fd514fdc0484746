"""The settings of traces."""

from pydantic import Field

from gateway.settings.environment import EnvironmentSettings
from gateway.settings.values import OptionalTracesUrl


class TraceSettings(EnvironmentSettings):
    """Which operations are traced, and where their traces go."""

    traces_url: OptionalTracesUrl = Field(
        "",
        description="URL to which traces are sent, by OTLP over HTTP, such as http://127.0.0.1:4318/v1/traces. It "
        "needs the packages of requirements-otel.lock. If empty, there are no traces.",
    )
    traces_share: float = Field(0.01, ge=0, le=1, description="Share of operations that are traced, from 0 to 1.")
    traces_from_proxies: bool = Field(
        False,
        description="Whether the header `traceparent` of trusted proxies decides which operations are traced. The "
        "proxies must replace the header that clients send.",
    )
    traces_to_upstream: bool = Field(
        False, description="Whether calls to Digital River have the header `traceparent`, if they are traced."
    )
