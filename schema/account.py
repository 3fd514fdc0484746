"""The visit, and the shopper with an account."""

from datetime import datetime

from strawberry import ID

from gateway.enums import CartTransitionOutcome, SessionLevel
from resolvers import account
from schema import graph
from schema.directives import PRIVATE, CacheControl, Cost, RequiresSession, Sensitive
from schema.graph import field
from schema.scalars import CurrencyCode, EmailAddress, Locale
from schema.values import Node


@graph.type(CacheControl(max_age=0, scope=PRIVATE), RequiresSession(level=SessionLevel.REGISTERED))
class Shopper(Node):
    """A person with an account. Source: GET /v1/shoppers/me with a full access token."""

    upstream_id: str = field("Identifier used upstream. Source: id.")
    external_reference_id: str | None = field("Merchant's own identifier. Source: externalReferenceId.")
    first_name: str | None = field("Given name. Source: firstName.")
    last_name: str | None = field("Family name. Source: lastName.")
    email: EmailAddress | None = field("Email address. Source: emailAddress.", Sensitive())


@graph.type(CacheControl(max_age=0, scope=PRIVATE))
class Session:
    """A visit. The gateway keeps the upstream tokens and never hands them out; the client holds an opaque
    cookie or bearer handle. Source: gateway, over POST /oauth20/token.
    """

    id: ID = field("Identifier for support and logs; it grants no access. Source: gateway.")
    level: SessionLevel = field("How far the session is established. Source: gateway, from the kind of upstream token.")
    locale: Locale = field("Locale of the session. Source: gateway, as set when the session began or by updateSession.")
    currency_code: CurrencyCode = field(
        "Currency of the session and its cart. Source: gateway, as set when the session began or by updateSession."
    )
    expires_at: datetime = field(
        "When the session ends unless it is used; never later than its upstream token can be "
        "renewed. Source: gateway, from expires_in."
    )
    shopper: Shopper | None = field(
        "The signed-in shopper; null for a guest. Source: GET /v1/shoppers/me.",
        Cost(weight="1"),
        resolver=account.shopper_of,
    )


@graph.type()
class CartTransition:
    """What became of a cart when its owner changed. Source: gateway, by comparing the cart before and after."""

    outcome: CartTransitionOutcome = field("Verdict.")
    quantity_before: int = field("Units before.")
    quantity_after: int = field("Units after.")
