"""How far a session is established, and how it is held."""

from gateway.enums import CartTransitionOutcome, SessionDelivery, SessionLevel
from schema.descriptions import describe_enum

describe_enum(
    SessionLevel,
    "How far a session has been established.",
    NONE="No session is needed.",
    ANONYMOUS="A guest session exists. Upstream: limited access token.",
    REGISTERED="The shopper has signed in. Upstream: full access token.",
)

describe_enum(
    SessionDelivery,
    "How a client holds its session.",
    COOKIE="In an HTTP-only cookie; for browsers.",
    BEARER="In a token the client sends as a bearer header; for apps.",
)

describe_enum(
    CartTransitionOutcome,
    "What happened to the guest cart at a sign-in.",
    KEPT="Same lines as before.",
    MERGED="Lines of the account were added.",
    CHANGED="Lines were lost or replaced; see the warnings.",
    WAS_EMPTY="The guest cart had no lines.",
)
