"""A submit request of a shopper, and what the shopper agreed to."""

from dataclasses import dataclass, field
from datetime import datetime

from tests.support.shop import new_key


@dataclass(frozen=True)
class ShownCart:
    """The cart as a device showed it to the shopper."""

    total: dict[str, str]
    revision: str


@dataclass(eq=False)
class SubmitRequest:
    agreed: ShownCart
    has_revision: bool
    """Whether the request names the revision that the shopper saw, in addition to the total."""
    session_id: str
    """The session that made the request. It keeps its id when a guest signs in."""
    is_registered: bool
    began_at: datetime
    key: str = field(default_factory=new_key)
    denied_as: str | None = None
    """Outcome by which the shopper was told that there is no order and never will be."""
    is_forgotten: bool = False
    """Whether the store has lost records since the request."""

    @property
    def variables(self) -> dict[str, object]:
        revision = self.agreed.revision if self.has_revision else None
        return {"key": self.key, "total": self.agreed.total, "revision": revision}
