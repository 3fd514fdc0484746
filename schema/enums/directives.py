"""Arguments of the directives."""

from gateway.enums import CacheControlScope, IdempotencyMode
from schema.descriptions import describe_enum

describe_enum(
    CacheControlScope,
    "Who may share a cached value.",
    PUBLIC="Same for every shopper; a content delivery network may store it.",
    PRIVATE="Belongs to one session; only that session may store it.",
)

describe_enum(
    IdempotencyMode,
    "What happens when the same mutation is sent again.",
    NATURAL="Sending the same input again leaves the same state; safe to repeat.",
    KEYED="The input carries a key; the stored outcome of the first call is returned.",
    NONE="A repeat may act again; read the state first.",
)
