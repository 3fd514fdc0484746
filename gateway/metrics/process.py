"""Metrics of the process. The library adds those whose names begin with `process_`: memory, CPU time, open files."""

from prometheus_client import ProcessCollector

from gateway.metrics.declaring import REGISTRY, Label, gauge, histogram

VERSION = Label("version", None)

INFO = gauge("riverfront_info", "Always 1. The label has the version of the gateway.", VERSION)

LAG = histogram(
    "riverfront_event_loop_lag_seconds",
    "How late the process came to a task that is due every half second.",
    buckets=(0.005, 0.02, 0.05, 0.1, 0.25, 1),
)

TASKS = gauge("riverfront_tasks", "Tasks of the event loop.")

CONNECTIONS = gauge("riverfront_connections", "Connections of clients.")

ProcessCollector(registry=REGISTRY)
