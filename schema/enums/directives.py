"""Enums for the arguments of directives."""

from gateway.enums import CacheControlScope, IdempotencyMode
from schema.descriptions import describe_enum

describe_enum(
    CacheControlScope,
    "Whether all shoppers share a cached value.",
    PUBLIC="The value is the same for every shopper; a content delivery network may store the value.",
    PRIVATE="The value belongs to one session; only its client may store the value.",
)

describe_enum(
    IdempotencyMode,
    "What happens when a mutation is sent again with the same input.",
    NATURAL="The repeat leaves the same state. The mutation is safe to repeat.",
    KEYED="The input has an idempotency key. A repeat with the same key returns the stored outcome of the first call.",
    NONE="The repeat may have another effect. Read the state first.",
)
