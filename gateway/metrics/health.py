"""Metrics of what the process can do, see `gateway.http.health`."""

from gateway.metrics.declaring import gauge

TAKES_ORDERS = gauge(
    "riverfront_takes_orders",
    "1 while the process could take orders, by its own check every 5 seconds, also while it stops.",
)
TAKES_ORDERS.labels().set(1)
"""Before the first check nothing is known. A process that could take no orders since its start gets no traffic."""
