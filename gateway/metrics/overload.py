"""Metrics of the admission of requests, see `gateway.http.admission`."""

import math

from gateway.metrics.declaring import Label, counter, gauge

REFUSED = counter(
    "riverfront_shed_total",
    "Requests that were refused because the process is overloaded: they waited too long, or too many were running.",
    Label("priority", ["checkout", "session", "public"]),
    Label("reason", ["wait", "running"]),
)

WAIT = gauge("riverfront_queue_wait_seconds", "Mean wait of the last requests before their work began.")

BUDGET = gauge("riverfront_admitted_per_second", "Requests a second that are admitted; +Inf if all are.")
BUDGET.labels().set(math.inf)
