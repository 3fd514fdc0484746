"""The visit."""

from datetime import datetime

from strawberry import ID

from gateway.enums import SessionLevel
from schema import graph
from schema.directives import PRIVATE, CacheControl
from schema.graph import field
from schema.scalars import CurrencyCode, Locale


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
