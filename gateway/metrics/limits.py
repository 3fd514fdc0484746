"""Metrics of limits and of work that was refused to protect the rest, and of events that concern security."""

from gateway.metrics.declaring import Label, counter

LIMIT = Label(
    "limit",
    [
        "session-points",
        "address-points",
        "sign-in",
        "look-up",
        "decline",
        "session-start",
        "coupon",
        "submit",
        "calls",
        "documents",
        "memory-store",
        "connections",
    ],
)
"""`session-points`, `address-points`: the cost of operations. `calls`: those of one client to Digital River.
`documents`: new documents that wait to be read."""

EVENT = Label("event", ["origin", "header", "card", "document", "head"])
"""What was refused: a page of another origin, its header, a card number, a document that is not in the manifest, a
request before it was read."""

HIT = counter("riverfront_limits_hit_total", "Requests and connections that a limit refused.", LIMIT)

SECURITY = counter("riverfront_security_events_total", "Requests that a check of security refused.", EVENT)
