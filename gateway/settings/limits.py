"""Settings of the limits of requests and clients."""

from collections.abc import Iterator
from typing import NamedTuple

from pydantic import BaseModel, Field

OFF_IN_DEVELOPMENT = "0 turns the limit off. In development mode, it is 0 unless it is set."


class ClientLimits(NamedTuple):
    """What one client may use: the points of a session and of an address in a minute, the sessions that an address may
    start in a second, and the new submit requests of a session in a minute. 0 is no limit."""

    session_points: int
    address_points: int
    session_starts_per_s: int
    submits_per_minute: int


class LimitSettings(BaseModel):
    """A part of the settings, see `gateway.settings.settings`."""

    body_limit_bytes: int = Field(
        128 * 1024, gt=0, le=512 * 1024, description="Maximum size of a request body, in bytes."
    )
    cost_limit: int = Field(1000, gt=0, description="Maximum estimated cost of an operation, in points.")
    session_points: int = Field(
        6000,
        ge=0,
        le=10**9,
        description="Points that the operations of one session may cost in a minute, at all replicas together. "
        + OFF_IN_DEVELOPMENT,
    )
    address_points: int = Field(
        20_000,
        ge=0,
        le=10**9,
        description="Points that the operations of one client address may cost in a minute, at all replicas together. "
        + OFF_IN_DEVELOPMENT,
    )
    session_starts_per_s: int = Field(
        5,
        ge=0,
        le=10**6,
        description="Sessions that one client address may start in a second, at all replicas together. "
        + OFF_IN_DEVELOPMENT,
    )

    submits_per_minute: int = Field(
        5,
        ge=0,
        le=10**6,
        description="Submit requests with a new idempotency key that one session may send in a minute, at all replicas "
        "together. " + OFF_IN_DEVELOPMENT,
    )

    def limits_of_clients(self, *, development: bool) -> ClientLimits:
        return ClientLimits(
            *(
                0 if development and name not in self.model_fields_set else getattr(self, name)
                for name in ClientLimits._fields
            )
        )


def point_problems(settings: LimitSettings) -> Iterator[str]:
    """Error messages about the limits of points."""
    for name in ("session_points", "address_points"):
        if 0 < getattr(settings, name) < 2 * settings.cost_limit:
            yield f"{name}: must be 0 or at least twice RIVERFRONT_COST_LIMIT, as half of it counts without the store"
