"""A registered shopper as Digital River tells it, with the graph's names."""

from msgspec import field

from gateway.upstream.ids import global_id
from gateway.upstream.wire import Identifier, Shape, blank_is_none


class Shopper(Shape, frozen=True, kw_only=True, rename="camel"):
    """Source: shopper."""

    wire_id: Identifier = field(name="id")
    wire_reference: Identifier | None = field(name="externalReferenceId", default=None)
    first_name: str | None = None
    last_name: str | None = None
    wire_email: str | None = field(name="emailAddress", default=None)
    wire_locale: str | None = field(name="locale", default=None)
    currency: str | None = None

    @property
    def id(self) -> str:
        return global_id("Shopper", self.upstream_id)

    @property
    def upstream_id(self) -> str:
        return str(self.wire_id)

    @property
    def external_reference_id(self) -> str | None:
        return None if self.wire_reference is None else blank_is_none(str(self.wire_reference))

    @property
    def email(self) -> str | None:
        return blank_is_none(self.wire_email)

    @property
    def locale(self) -> str | None:
        return self.wire_locale.replace("_", "-") if self.wire_locale else None

    def __repr__(self) -> str:
        return f"Shopper({self.upstream_id})"
