"""Metrics of what protects Digital River from too many calls, and shoppers from waiting for calls that fail."""

from gateway.metrics.declaring import Label, counter, gauge

RESOURCES = ("submissions", "carts", "payments", "catalog", "orders", "shoppers", "tokens", "ledger")

RESOURCE = Label("resource", RESOURCES)
"""A part of Digital River's API, of `gateway.upstream.protection.resources`."""

OPERATIONS = Label("operations", ["ordering", "not_ordering"])
"""Whether the calls belong to operations that submit or resume an order."""

CIRCUIT_OPEN = gauge(
    "riverfront_upstream_circuit_open",
    "1 while calls are held back as too many failed.",
    RESOURCE,
    OPERATIONS,
)

HELD_BACK = counter(
    "riverfront_upstream_held_back_total", "Calls that were not sent, because too many failed.", RESOURCE, OPERATIONS
)

NOT_REPEATED = counter(
    "riverfront_upstream_not_repeated_total", "Failed calls that were not repeated, because too many were.", RESOURCE
)

PRIORITY = Label("priority", ["submission", "checkout", "session", "public"])
"""Which operations give way first, of `gateway.upstream.priority`."""

SHED = counter("riverfront_upstream_quota_shed_total", "Calls that got no permit, to stay within the quota.", PRIORITY)

QUOTA_REFUSALS = counter(
    "riverfront_upstream_quota_refusals_total", "Calls that Digital River refused because of its quota."
)
