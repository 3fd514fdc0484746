"""Metrics of the store that replicas share, and of the cache."""

from gateway.metrics.declaring import Label, counter, gauge, histogram

COMMAND = Label(
    "command",
    ["GET", "SET", "DEL", "EVALSHA", "SCRIPT LOAD", "TIME", "INFO", "ZREM", "ZRANGEBYSCORE", "SELECT"],
)

CAUSE = Label("cause", ["down", "silent", "lost", "refused"])
"""`down`: known before. `silent`: no answer in time. `lost`: the connection ended. `refused`: by the server."""

COMMANDS = counter("riverfront_store_commands_total", "Commands to the shared store.", COMMAND)

ERRORS = counter("riverfront_store_errors_total", "Commands to the shared store that failed.", CAUSE)

DURATION = histogram(
    "riverfront_store_command_seconds",
    "Time from a command to its answer.",
    buckets=(0.001, 0.005, 0.025, 0.1, 0.25, 1),
)

UP = gauge("riverfront_store_up", "1 while the store answers, and for a store in memory; 0 while it is down.")
UP.labels().set(1)

KIND = Label(
    "kind",
    [
        "categories",
        "categories-of",
        "category",
        "offer",
        "offered-products",
        "offers-of-point-of-promotion",
        "offers-of-product",
        "payment-methods",
        "product",
        "product-page",
        "product-reference",
        "products",
        "stock",
        "variations",
        "volume-pricing",
    ],
)
"""Kind of answer, the beginning of its cache key."""

READ = Label("read", ["hit", "loaded", "shared", "stale"])

CACHE = counter("riverfront_cache_reads_total", "Reads of the cache, by kind of answer.", KIND, READ)
