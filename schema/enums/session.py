"""Enums for sessions and sign-ins."""

from gateway.enums import CartTransitionOutcome, SessionDelivery, SessionLevel
from schema.descriptions import describe_enum

describe_enum(
    SessionLevel,
    "Levels of a session, from low to high.",
    NONE="No session is needed.",
    ANONYMOUS="A guest session exists. Digital River value: limited access token.",
    REGISTERED="The shopper has signed in. Digital River value: full access token.",
)

describe_enum(
    SessionDelivery,
    "How a client holds its session.",
    COOKIE="In an HTTP-only cookie; for browsers.",
    BEARER="In a token that the client sends as a bearer header; for apps.",
)

describe_enum(
    CartTransitionOutcome,
    "What happened to the guest cart at a sign-in.",
    KEPT="The cart has the same lines as before.",
    MERGED="Lines of the registered shopper's cart were added.",
    CHANGED="Products or units of the guest cart were lost; see the warnings.",
    WAS_EMPTY="The guest cart had no lines.",
)
