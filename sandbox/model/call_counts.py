"""Counts of the API calls that the sandbox has answered."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Call:
    """Properties by which API calls are counted. Calls with the same properties are counted together."""

    method: str
    path: str
    """Path template of the route, or `other` for an unknown path."""
    shopper: str | None
    """Id of the shopper; None if the call had no access token."""


@dataclass
class Calls:
    by_call: Counter[Call] = field(default_factory=Counter)
    refused: int = 0
    """Number of calls that exceeded the quota. They are counted in `by_call` as well."""
    without_json: int = 0
    """Number of calls that did not ask for JSON. Digital River would answer such calls in XML."""

    def count(self, method: str | None = None, path: str | None = None, shopper: str | None = None) -> int:
        """Number of calls with these properties. A property that is None matches every value."""
        return sum(
            number
            for call, number in self.by_call.items()
            if method in (None, call.method) and path in (None, call.path) and shopper in (None, call.shopper)
        )

    def clear(self) -> None:
        self.by_call.clear()
        self.refused = self.without_json = 0
