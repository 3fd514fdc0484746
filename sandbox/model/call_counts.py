"""What was asked of the sandbox, counted."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Call:
    """What is counted together."""

    method: str
    path: str
    """Template of the route; `other` where there is none."""
    shopper: str | None
    """None: no shopper's token was shown."""


@dataclass
class Calls:
    by_call: Counter[Call] = field(default_factory=Counter)
    without_json: int = 0
    """Calls that did not ask for JSON, which the real service would answer in XML."""

    def count(self, method: str | None = None, path: str | None = None, shopper: str | None = None) -> int:
        return sum(
            number
            for call, number in self.by_call.items()
            if method in (None, call.method) and path in (None, call.path) and shopper in (None, call.shopper)
        )

    def clear(self) -> None:
        self.by_call.clear()
        self.without_json = 0
