"""Metrics of traces."""

from gateway.metrics.declaring import Label, counter

RESULT = Label("result", ["exported", "failed", "dropped"])
"""`failed`: the collector did not take them. `dropped`: too many waited, or belonged to one operation."""

SPANS = counter("riverfront_trace_spans_total", "Spans of traced operations, by what became of them.", RESULT)
